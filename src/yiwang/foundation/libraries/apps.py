from django.apps import AppConfig


class Libraries(AppConfig):
    name = "yiwang.foundation.libraries"
    label = "libraries"
    verbose_name = "基础库"
