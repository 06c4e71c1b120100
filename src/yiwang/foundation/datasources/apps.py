from __future__ import annotations

from django.apps import AppConfig


class DatasourcesConfig(AppConfig):
    name = "yiwang.foundation.datasources"
    label = "datasources"
    verbose_name = "数据源"
