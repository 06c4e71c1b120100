from __future__ import annotations

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "yiwang.project"
    label = "project"

    def ready(self) -> None:
        """Give the journal the table of who hears what, and requests the secret that signs."""
        from yiwang.mechanisms.journal import registry
        from yiwang.project import session_keys
        from yiwang.project.wiring import WHO_HEARS

        registry.wire(WHO_HEARS)
        session_keys.start()
