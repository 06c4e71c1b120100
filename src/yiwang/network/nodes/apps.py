from __future__ import annotations

from django.apps import AppConfig


class NodesConfig(AppConfig):
    name = "yiwang.network.nodes"
    label = "nodes"
    verbose_name = "节点"
    default_auto_field = "django.db.models.BigAutoField"
