from __future__ import annotations

from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "yiwang.capability.visits"
    label = "visits"
    verbose_name = "现场核查"
