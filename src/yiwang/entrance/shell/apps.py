"""The shell's templates, static files and words."""

from __future__ import annotations

from django.apps import AppConfig


class ShellConfig(AppConfig):
    name = "yiwang.entrance.shell"
    label = "shell"
