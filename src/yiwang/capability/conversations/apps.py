from __future__ import annotations

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "yiwang.capability.conversations"
    label = "conversations"
    verbose_name = "留言"
