from __future__ import annotations

from django.apps import AppConfig


class CreditConfig(AppConfig):
    name = "yiwang.support.credit"
    label = "credit"
    verbose_name = "信用支撑"
