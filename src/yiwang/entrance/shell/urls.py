"""Routes of the shell."""

from __future__ import annotations

from django.urls import path

from yiwang.entrance.shell import views

app_name = "shell"
urlpatterns = [
    path("look/", views.look, name="look"),
    path("language/", views.language, name="language"),
    path("patterns/", views.patterns, name="patterns"),
]
