from __future__ import annotations

from django.apps import AppConfig


class DeliveriesConfig(AppConfig):
    name = "yiwang.capability.deliveries"
    label = "deliveries"
    verbose_name = "送达和纸质材料"
