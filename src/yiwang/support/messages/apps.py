"""Owns tables; registers what others find by name."""

from django.apps import AppConfig


class Messages(AppConfig):
    name = "yiwang.support.messages"
    label = "messages"
    verbose_name = "消息"

    def ready(self) -> None:
        """Registers this module's jobs."""
        from yiwang.support.messages import checks, jobs

        del checks, jobs
