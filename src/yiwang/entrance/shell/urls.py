"""Routes of the shell."""

from __future__ import annotations

from django.urls import path

from yiwang.entrance.shell import step_up, views

app_name = "shell"
urlpatterns = [
    path("look/", views.look, name="look"),
    path("language/", views.language, name="language"),
    path("patterns/", views.patterns, name="patterns"),
    path("step-up/", step_up.step_up, name="step-up"),
    path("step-up/code/", step_up.send_code),
    path("step-up/passkey/", step_up.ask_passkey),
]
