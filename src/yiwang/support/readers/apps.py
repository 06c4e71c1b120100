from __future__ import annotations

from django.apps import AppConfig


class ReadersConfig(AppConfig):
    name = "yiwang.support.readers"
    label = "readers"
    verbose_name = "读卡器"
