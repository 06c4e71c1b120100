"""Routes of the console."""

from __future__ import annotations

from django.urls import path

from yiwang.entrance.console import calendar, halls, health, jobs, journal, recovery, rights

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
    path("console/halls/", halls.halls),
    path("console/halls/<str:network_key>/end/", halls.end),
    path("console/recovery/", recovery.recovery),
    path("console/recovery/<str:recovery_key>/confirm/", recovery.confirm),
    path("console/recovery/<str:recovery_key>/drop/", recovery.drop),
    path("console/rights/", rights.show_rights),
    path("console/rights/propose/", rights.propose),
    path("console/rights/<str:role_grant>/confirm/", rights.confirm),
    path("console/rights/<str:role_grant>/end/", rights.end),
]
