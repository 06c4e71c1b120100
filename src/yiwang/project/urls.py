"""Every way in, sorted by who walks in."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from yiwang.project import health

handler400 = "yiwang.project.failures.bad_request"
handler404 = "yiwang.project.failures.not_found"
handler500 = "yiwang.project.failures.failed"

urlpatterns: list[URLPattern | URLResolver] = [
    # First: programs are not led past every page.
    path("api/v1/", include("yiwang.entrance.api.urls")),
    path("exchange/house/", include("yiwang.entrance.api.housework")),
    path("", include("yiwang.entrance.shell.urls")),
    path("", include("yiwang.entrance.citizen.urls")),
    path("", include("yiwang.entrance.citizen.apply.urls")),
    path("", include("yiwang.entrance.citizen.verify")),
    path("", include("yiwang.entrance.console.urls")),
    path("", include("yiwang.entrance.data.urls")),
    path("", include("yiwang.entrance.data.requests_urls")),
    path("", include("yiwang.entrance.data.source_urls")),
    path("", include("yiwang.entrance.data.integrating_urls")),
    path("", include("yiwang.entrance.data.subscription_urls")),
    path("", include("yiwang.entrance.data.upper_urls")),
    path("", include("yiwang.entrance.desk.urls")),
    path("", include("yiwang.entrance.hall.urls")),
    path("", include("yiwang.entrance.leader.urls")),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.show_metrics),
]
