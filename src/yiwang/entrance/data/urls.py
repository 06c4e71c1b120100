"""Routes of the data pages; ``data/catalogue/`` is the public part."""

from __future__ import annotations

from django.urls import path

from yiwang.entrance.data import (
    catalogue,
    changes,
    corrections,
    elements,
    lists,
    public,
    sheets,
    standards,
    usage,
    versions,
    writing,
)

urlpatterns = [
    path("data/", catalogue.open_data),
    path("data/resources/", catalogue.show_resources),
    path("data/changes/", changes.show_changes),
    path("data/changes/new/", changes.note),
    path("data/changes/<slug:catalogue_change>/", changes.show_change),
    *(
        path(f"data/changes/<slug:catalogue_change>/{slug}/", changes.take_act, {"slug": slug})
        for slug in changes.SLUGS
    ),
    path("data/resources/new/", writing.write_new),
    path("data/resources/<slug:resource_key>/", catalogue.show_resource),
    path("data/resources/<slug:resource_key>/edit/", writing.write_next),
    path("data/resources/<slug:resource_key>/withdraw/", versions.withdraw),
    path("data/waiting/", versions.show_waiting),
    path("data/versions/<slug:resource_version>/", versions.show_version),
    path("data/versions/<slug:resource_version>/<slug:version_act>/", versions.take_act),
    path("data/standards/", standards.show_standards),
    path("data/standards/<slug:standard_version>/", standards.show_standard),
    path("data/standards/<slug:standard_version>/<slug:standard_act>/", standards.take_act),
    *(
        path(f"data/{slug}/{page}", view, {"kind": kind})
        for slug, kind in standards.SLUGS.items()
        for page, view in (
            ("new/", standards.propose),
            ("export/", sheets.export_standards),
            ("import/", sheets.take_in_standards),
            ("import/undo/", sheets.undo_standards),
        )
    ),
    path("data/elements/", elements.show_elements),
    path("data/elements/<str:element_code>/", elements.show_element),
    path("data/elements/<str:element_code>/edit/", standards.propose_element),
    path("data/elements/<str:element_code>/withdraw/", standards.withdraw_element),
    path("data/code-tables/", elements.show_code_tables),
    path("data/code-tables/<slug:code_table>/", elements.show_code_table),
    path("data/code-tables/<slug:code_table>/edit/", standards.propose_table),
    path("data/code-tables/<slug:code_table>/withdraw/", standards.withdraw_table),
    path("data/code-tables/<slug:code_table>/csv/", elements.code_table_csv),
    path("data/demand/", lists.show_demand),
    path("data/duty/", lists.show_duty),
    path("data/negative/", lists.show_negative),
    path("data/census/", lists.show_census),
    path("data/export/", sheets.export),
    path("data/import/", sheets.take_in),
    path("data/import/undo/", sheets.undo),
    path("data/corrections/", corrections.show_corrections),
    path("data/corrections/new/", corrections.report),
    path("data/corrections/<slug:correction_key>/", corrections.show_correction),
    path("data/corrections/<slug:correction_key>/read/", corrections.read_whole),
    path("data/corrections/<slug:correction_key>/<slug:correction_answer>/", corrections.answer),
    path("data/copies/<slug:correction_copy>/taken/", corrections.take_over),
    path("data/catalogue/", public.show_catalogue),
    path("data/catalogue/usage/", usage.show_usage),
    path("data/catalogue/usage.csv", usage.usage_csv),
    path("data/catalogue/usage.json", usage.usage_json),
    path("data/catalogue/<slug:open_resource>/", public.show_entry),
]
