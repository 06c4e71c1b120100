from __future__ import annotations

from django.apps import AppConfig


class EntitlementsConfig(AppConfig):
    name = "yiwang.capability.entitlements"
    label = "entitlements"
    verbose_name = "待遇发放"
