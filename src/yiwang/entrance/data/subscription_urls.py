"""Routes of subscriptions."""

from __future__ import annotations

from django.urls import path

from yiwang.entrance.data import subscriptions

urlpatterns = [
    path("data/subscriptions/", subscriptions.show_subscriptions),
    path("data/subscriptions/new/", subscriptions.subscribe),
    path("data/subscriptions/letters/<slug:dead_letter>/<slug:letter_act>/", subscriptions.settle),
    path("data/subscriptions/<slug:subscription_key>/", subscriptions.show_subscription),
    path(
        "data/subscriptions/<slug:subscription_key>/<slug:subscription_act>/",
        subscriptions.take_act,
    ),
]
