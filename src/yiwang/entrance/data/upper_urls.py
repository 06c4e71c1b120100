"""Routes of the platform above."""

from __future__ import annotations

from django.urls import path

from yiwang.entrance.data import upper, upper_changes

urlpatterns = [
    path("data/upper/", upper.show_upper),
    path("data/upper/<slug:upper_key>/", upper.answer),
    path("data/upper/<slug:upper_request>/amend/", upper_changes.amend),
    path("data/upper/<slug:upper_request>/recall/", upper_changes.recall),
]
