"""Routes for integrators: services, trying one, systems and keys, recipes."""

from __future__ import annotations

from django.urls import path

from yiwang.entrance.data import integrating, recipes, systems, trying

urlpatterns = [
    path("data/services/", integrating.show_services),
    path("data/services/<slug:exchange_node>/<slug:service_name>/", integrating.show_service),
    path(
        "data/services/<slug:exchange_node>/<slug:service_name>/openapi.json", integrating.openapi
    ),
    path("data/services/<slug:exchange_node>/<slug:service_name>/report/", integrating.attach),
    path("data/services/<slug:exchange_node>/<slug:service_name>/try/", trying.try_service),
    path("data/systems/", systems.show_systems),
    path("data/systems/<slug:system_key>/", systems.show_system),
    path("data/systems/<slug:system_key>/issue/", systems.issue),
    path("data/systems/<slug:system_key>/<slug:exchange_key>/<slug:key_act>/", systems.take_act),
    path("data/recipes/", recipes.show_recipes),
]
