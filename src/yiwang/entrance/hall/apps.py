"""The hall's templates."""

from django.apps import AppConfig


class HallConfig(AppConfig):
    name = "yiwang.entrance.hall"
    label = "hall"
    verbose_name = "大厅"
