from __future__ import annotations

from django.apps import AppConfig


class EnquiriesConfig(AppConfig):
    name = "yiwang.support.enquiries"
    label = "enquiries"
    verbose_name = "查询记录的询问和异议"
