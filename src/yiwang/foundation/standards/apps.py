from __future__ import annotations

from django.apps import AppConfig


class StandardsConfig(AppConfig):
    name = "yiwang.foundation.standards"
    label = "standards"
    verbose_name = "数据标准"
