"""Routes of the citizens' pages. The addresses are agreed in docs/contracts.md."""

from __future__ import annotations

from django.urls import path

from yiwang.entrance.citizen import duties, home, house, items, laws

app_name = "citizen"
urlpatterns = [
    path("", home.home, name="home"),
    path("search/", home.search, name="search"),
    path("search/suggest/", home.suggest, name="suggest"),
    path("division/", home.division, name="division"),
    path("departments/", home.departments, name="departments"),
    path("items/", items.items, name="items"),
    path("persons/", items.persons, name="persons"),
    path("firms/", items.firms, name="firms"),
    path("items/<str:code>/", items.guide, name="guide"),
    path("items/<str:code>/short/", items.short, name="short"),
    path("laws/", laws.library, name="laws"),
    path("laws/law/", laws.law, name="law"),
    path("house/", house.house, name="house"),
    path("accessibility/", duties.accessibility, name="accessibility"),
    path("privacy/", duties.privacy, name="privacy"),
    path("site-map/", duties.site_map, name="site-map"),
]
