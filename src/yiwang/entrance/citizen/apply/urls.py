"""Routes of applying. Addresses: docs/contracts.md."""

from __future__ import annotations

from django.urls import path

from yiwang.entrance.citizen.apply import (
    begin,
    check,
    choices,
    drafts,
    form,
    materials,
    naming,
    save,
    undertaking,
    uploads,
)

app_name = "apply"
urlpatterns = [
    path("items/<str:code>/apply/", begin.begin, name="begin"),
    path("my/drafts/", drafts.drafts, name="drafts"),
    path("my/drafts/<str:key>/", form.resume, name="resume"),
    path("my/drafts/<str:key>/step/<str:step_key>/", form.step, name="step"),
    path("my/drafts/<str:key>/step/<str:step_key>/save/", save.save, name="save"),
    path("my/drafts/<str:key>/step/<str:step_key>/prefill/", save.prefill, name="prefill"),
    path(
        "my/drafts/<str:key>/step/<str:step_key>/look-up/<str:field>/",
        naming.look_up,
        name="look-up",
    ),
    path("my/drafts/<str:key>/files/<str:field>/", uploads.upload, name="upload"),
    path("my/drafts/<str:key>/materials/", materials.show, name="materials"),
    path("my/drafts/<str:key>/undertaking/", undertaking.show, name="undertaking"),
    path("my/drafts/<str:key>/check/", check.check, name="check"),
    path("my/drafts/<str:key>/receipt/", check.receipt, name="receipt"),
    path("my/drafts/<str:key>/discard/", choices.discard, name="discard"),
    path("choices/divisions/", choices.divisions, name="divisions"),
    path("choices/industries/", choices.industries, name="industries"),
]
