from django.apps import AppConfig


class Directory(AppConfig):
    name = "yiwang.network.directory"
    label = "directory"
    verbose_name = "名录"
