from __future__ import annotations

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "yiwang.capability.registers"
    label = "registers"
    verbose_name = "台账"
