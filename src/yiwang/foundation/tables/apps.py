"""Owns tables."""

from django.apps import AppConfig


class Tables(AppConfig):
    name = "yiwang.foundation.tables"
    label = "tables"
    verbose_name = "整表交换"
