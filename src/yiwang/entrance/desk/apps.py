"""The desk's templates."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "yiwang.entrance.desk"
    label = "desk"
    verbose_name = "办公"
