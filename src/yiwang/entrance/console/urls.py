"""Routes of the console."""

from __future__ import annotations

from django.urls import path

from yiwang.entrance.console import journal

urlpatterns = [
    path("console/journal/", journal.show_journal),
    path("console/journal/parked/<int:key>/", journal.show_parked),
    path("console/journal/parked/<int:key>/retry/", journal.retry),
    path("console/journal/parked/<int:key>/close/", journal.close),
]
