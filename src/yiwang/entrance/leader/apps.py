from __future__ import annotations

from django.apps import AppConfig


class LeaderConfig(AppConfig):
    name = "yiwang.entrance.leader"
    label = "leader"
    verbose_name = "领导"
