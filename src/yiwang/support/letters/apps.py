from __future__ import annotations

from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "yiwang.support.letters"
    label = "letters"
    verbose_name = "文书"
