from __future__ import annotations

from django.apps import AppConfig


class DataConfig(AppConfig):
    name = "yiwang.entrance.data"
    label = "data"
    verbose_name = "数据"
