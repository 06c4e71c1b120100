from __future__ import annotations

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "yiwang.foundation.ledger"
    label = "ledger"
    verbose_name = "公开账本"
    default_auto_field = "django.db.models.BigAutoField"
