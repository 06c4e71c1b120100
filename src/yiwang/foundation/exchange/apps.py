"""Owns tables."""

from django.apps import AppConfig


class Exchange(AppConfig):
    name = "yiwang.foundation.exchange"
    label = "exchange"
    verbose_name = "数据共享交换"
