from __future__ import annotations

from django.apps import AppConfig


class ArchivesConfig(AppConfig):
    name = "yiwang.capability.archives"
    label = "archives"
    verbose_name = "电子档案"
