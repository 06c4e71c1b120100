from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "yiwang.capability.catalogue"
    label = "catalogue"
    verbose_name = "事项目录"

    def ready(self) -> None:
        """Register the sources packs may name."""
        from yiwang.capability.catalogue import providers

        _ = providers
