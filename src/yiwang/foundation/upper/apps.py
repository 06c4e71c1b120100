"""Owns tables."""

from __future__ import annotations

from django.apps import AppConfig


class UpperConfig(AppConfig):
    name = "yiwang.foundation.upper"
    label = "upper"
    verbose_name = "上级平台"
