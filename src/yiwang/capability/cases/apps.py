"""Owns cases, their numbers and published flows."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "yiwang.capability.cases"
    label = "cases"

    def ready(self) -> None:
        """Register who keeps the dates of a case's clocks."""
        from yiwang.capability.cases.actions import work

        _ = work
