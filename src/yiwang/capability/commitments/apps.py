from __future__ import annotations

from django.apps import AppConfig


class CommitmentsConfig(AppConfig):
    name = "yiwang.capability.commitments"
    label = "commitments"
    verbose_name = "容缺和告知承诺"
