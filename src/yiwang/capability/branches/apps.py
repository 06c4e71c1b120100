from __future__ import annotations

from django.apps import AppConfig


class BranchesConfig(AppConfig):
    name = "yiwang.capability.branches"
    label = "branches"
    verbose_name = "并联审批"
