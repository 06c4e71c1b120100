"""Jobs own three small tables beside the library's."""

from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "yiwang.mechanisms.jobs"
    label = "jobs"
    verbose_name = "后台任务"
