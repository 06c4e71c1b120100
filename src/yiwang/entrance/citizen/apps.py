"""Templates of the citizens' pages."""

from __future__ import annotations

from django.apps import AppConfig


class CitizenConfig(AppConfig):
    name = "yiwang.entrance.citizen"
    label = "citizen"
