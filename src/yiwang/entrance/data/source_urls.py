"""Routes of the data sources."""

from __future__ import annotations

from django.urls import path

from yiwang.entrance.data import source_drops, source_queries, sources, tables

urlpatterns = [
    path("data/tables/", tables.show_tables),
    path("data/tables/new/", tables.new_table),
    path("data/tables/<slug:copy_key>/", tables.show_table),
    path("data/tables/<slug:copy_key>/<slug:copy_act>/", tables.take_act),
    path("data/sources/", sources.show_sources),
    path("data/sources/new/", sources.new_source),
    path("data/sources/queries/<slug:query_key>/", source_queries.show_query),
    path("data/sources/queries/<slug:query_key>/try/", source_queries.try_query),
    path("data/sources/queries/<slug:query_key>/<slug:query_act>/", source_queries.take_act),
    path("data/sources/drops/", source_drops.drops),
    path("data/sources/drops/<slug:drop_key>/", source_drops.show_drop),
    path("data/sources/drops/<slug:drop_key>/<slug:drop_act>/", source_drops.take_act),
    path("data/sources/<slug:source_key>/", sources.show_source),
    path("data/sources/<slug:source_key>/file/", sources.replace_file),
    path("data/sources/<slug:source_key>/publish/", source_queries.publish),
    path("data/sources/<slug:source_key>/definition/", source_queries.define),
]
