from django.apps import AppConfig


class Materials(AppConfig):
    name = "yiwang.capability.materials"
    label = "materials"
    verbose_name = "材料"
