from __future__ import annotations

from django.apps import AppConfig


class LicencesConfig(AppConfig):
    name = "yiwang.support.licences"
    label = "licences"
    verbose_name = "电子证照"

    def ready(self) -> None:
        """Register the sources packs may name."""
        from yiwang.support.licences import providers

        _ = providers
