"""Owns published decision tables and the records of what they said."""

from django.apps import AppConfig


class RulingsConfig(AppConfig):
    name = "yiwang.mechanisms.rulings"
    label = "rulings"
