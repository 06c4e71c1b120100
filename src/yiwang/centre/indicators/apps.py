"""Tables of the daily counters."""

from __future__ import annotations

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "yiwang.centre.indicators"
    label = "indicators"
    verbose_name = "运行指标"
