"""Routes of the console."""

from __future__ import annotations

from django.urls import path

from yiwang.entrance.console import calendar, health, jobs, journal, rights

urlpatterns = [
    path("console/", health.show_health),
    path("console/jobs/", jobs.show_jobs),
    path("console/jobs/<int:key>/", jobs.show_job),
    path("console/jobs/<int:key>/retry/", jobs.retry),
    path("console/jobs/<int:key>/close/", jobs.close),
    path("console/calendar/", calendar.show_calendar),
    path("console/journal/", journal.show_journal),
    path("console/journal/parked/<int:key>/", journal.show_parked),
    path("console/journal/parked/<int:key>/retry/", journal.retry),
    path("console/journal/parked/<int:key>/close/", journal.close),
    path("console/rights/", rights.show_rights),
    path("console/rights/propose/", rights.propose),
    path("console/rights/<str:role_grant>/confirm/", rights.confirm),
    path("console/rights/<str:role_grant>/end/", rights.end),
]
