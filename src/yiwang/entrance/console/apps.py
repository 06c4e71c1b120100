"""The console's templates."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "yiwang.entrance.console"
    label = "console"
    verbose_name = "运维"
