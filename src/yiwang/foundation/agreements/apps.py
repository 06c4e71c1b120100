from __future__ import annotations

from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "yiwang.foundation.agreements"
    label = "agreements"
    verbose_name = "供需对接"
