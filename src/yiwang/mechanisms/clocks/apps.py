"""Owns clocks, pauses and imported calendar notices."""

from django.apps import AppConfig


class ClocksConfig(AppConfig):
    name = "yiwang.mechanisms.clocks"
    label = "clocks"
