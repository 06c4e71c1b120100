from __future__ import annotations

from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "yiwang.mechanisms.journal"
    label = "journal"
    verbose_name = "日志"
    default_auto_field = "django.db.models.BigAutoField"
