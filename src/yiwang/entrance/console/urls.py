"""Routes of the console."""

from __future__ import annotations

from django.urls import path

from yiwang.entrance.console import (
    calendar,
    halls,
    health,
    jobs,
    journal,
    local,
    local_place,
    posts,
    recovery,
    rights,
)

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
    path("console/local/", local.staff),
    path("console/local/new/", local.new),
    path("console/local/place/", local_place.place),
    path("console/local/items/", local_place.items),
    path("console/local/staff/<str:account_key>/", local.official),
    path("console/local/staff/<str:account_key>/leave/", local.leave),
    path("console/local/staff/<str:account_key>/stand-in/", local.ask_stand_in),
    path("console/local/grants/<str:role_grant>/settle/", local.settle_grant),
    path("console/local/stand-ins/<str:stand_in_key>/settle/", local.settle_stand_in),
    path("console/posts/", posts.posts),
    path("console/posts/<str:post_key>/", posts.post),
    path("console/posts/<str:post_key>/end/", posts.end),
    path("console/posts/<str:post_key>/grants/<str:role_grant>/settle/", posts.settle),
    path("console/rights/", rights.show_rights),
    path("console/rights/propose/", rights.propose),
    path("console/rights/<str:role_grant>/confirm/", rights.confirm),
    path("console/rights/<str:role_grant>/end/", rights.end),
]
