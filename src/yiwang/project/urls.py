"""Every way in, sorted by who walks in."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("yiwang.entrance.shell.urls")),
]
