from __future__ import annotations

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "yiwang.capability.reviews"
    label = "reviews"
    verbose_name = "好差评"
