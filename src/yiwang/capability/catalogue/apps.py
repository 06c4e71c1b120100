from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "yiwang.capability.catalogue"
    label = "catalogue"
    verbose_name = "事项目录"
