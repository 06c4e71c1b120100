"""Owns tables; registers what others find by name."""

from django.apps import AppConfig


class Libraries(AppConfig):
    name = "yiwang.foundation.libraries"
    label = "libraries"
    verbose_name = "基础库"

    def ready(self) -> None:
        """Registers this module's providers."""
        from yiwang.foundation.libraries import providers

        del providers
