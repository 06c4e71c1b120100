"""Owns cases, their numbers and published flows."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "yiwang.capability.cases"
    label = "cases"
