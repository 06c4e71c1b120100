from __future__ import annotations

from django.apps import AppConfig


class ResourcesConfig(AppConfig):
    name = "yiwang.foundation.resources"
    label = "resources"
    verbose_name = "数据资源目录"
