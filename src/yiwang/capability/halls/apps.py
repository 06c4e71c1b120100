from __future__ import annotations

from django.apps import AppConfig


class HallsConfig(AppConfig):
    name = "yiwang.capability.halls"
    label = "halls"
    verbose_name = "大厅"
