"""Owns the cards of the supervision of time limits."""

from __future__ import annotations

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "yiwang.governance.supervision"
    label = "supervision"
    verbose_name = "电子监察"
