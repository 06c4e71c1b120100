"""Routes of the leader's screen."""

from __future__ import annotations

from django.urls import path

from yiwang.entrance.leader import rows, screen

urlpatterns = [
    path("leader/", screen.show_screen),
    path("leader/cases/", rows.show_rows),
]
