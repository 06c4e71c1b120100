"""Tables: whose they are, who refers to them, who may see their rows."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.utils import translation

from tests.house.tree import ROOT, plant, sources

ORDER = (
    "kernel",
    "mechanisms",
    "cloud",
    "network",
    "foundation",
    "support",
    "capability",
    "governance",
    "collaboration",
    "centre",
    "applications",
    "entrance",
    "project",
)
PLATFORMS = {"capability", "governance", "collaboration"}
_NAMED = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE|ONLY)\s+\"?([a-z][a-z0-9_]+)", re.I)


def our_models() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if m.__module__.startswith("yiwang.")]


def module_of(model: type[models.Model]) -> str:
    return ".".join(model.__module__.split(".")[:3])


def keys_upward(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """A key may point within its module, within its storey, or down; never to accounts from outside."""
    for holder, target in pairs:
        if holder == target:
            continue
        here, there = holder.split(".")[1], target.split(".")[1]
        if (
            target == "yiwang.support.identity"
            or (here in PLATFORMS and there in PLATFORMS and here != there)
            or ORDER.index(there) > ORDER.index(here)
        ):
            yield f"{holder} -> {target}"


def foreign_keys() -> Iterator[tuple[str, str]]:
    for model in our_models():
        for field in model._meta.get_fields():
            if field.is_relation and field.concrete and field.related_model is not None:
                target = field.related_model
                if isinstance(target, type) and target.__module__.startswith("yiwang."):
                    yield module_of(model), module_of(target)


def foreign_sql(base: Path, owners: Mapping[str, str]) -> Iterator[str]:
    """Raw SQL that names a table of another module."""
    texts = [(s.name, s.module, s.text) for s in sources(base)]
    for path in sorted((base / "yiwang").rglob("*.sql")):
        name = path.relative_to(base)
        texts.append((str(name), ".".join(name.parts[:3]), path.read_text(encoding="utf-8")))
    for name, module, text in texts:
        for table in _NAMED.findall(text):
            owner = owners.get(table.lower())
            if owner is not None and owner != module:
                yield f"{name} names {table} of {owner}"


def unguarded(classes: Iterable[type[models.Model]]) -> Iterator[str]:
    """Tables whose rows belong to somebody, without ``visible_to``."""
    for model in classes:
        names = {field.name for field in model._meta.get_fields()}
        if "applicant" in names or {"division_code", "department"} <= names:
            if not hasattr(model._default_manager.all(), "visible_to"):
                yield f"{model.__module__}.{model.__name__} has no visible_to"


#: Tables with such columns whose rows are public, and why.
PUBLIC: dict[str, str] = {
    "yiwang.capability.catalogue.models.ItemVersionRecord": "what government offers is public",
    "yiwang.support.identity.models.Post": "listed to who administers the place, by list_posts",
    "yiwang.support.identity.models.RoleGrant": "read by identity alone, to make the actor",
}


def test_foreign_keys_stay_in_their_storey_or_point_down():
    assert list(keys_upward(foreign_keys())) == []


@pytest.mark.parametrize(
    "pair",
    [
        ("yiwang.network.directory", "yiwang.support.letters"),
        ("yiwang.capability.cases", "yiwang.governance.hotline"),
        ("yiwang.capability.cases", "yiwang.support.identity"),
    ],
)
def test_a_planted_key_is_seen(pair):
    assert list(keys_upward([pair])) != []


def test_nobody_writes_sql_about_another_modules_tables(tmp_path):
    owners = {model._meta.db_table: module_of(model) for model in our_models()}
    assert owners
    assert list(foreign_sql(ROOT / "src", owners)) == []
    plant(tmp_path, "yiwang/support/letters/queries.py", 'X = "SELECT 1 FROM cases_case"')
    assert list(foreign_sql(tmp_path, {"cases_case": "yiwang.capability.cases"})) != []


def test_rows_that_belong_to_somebody_are_narrowed_to_the_actor():
    found = [line for line in unguarded(our_models()) if line.split(" ")[0] not in PUBLIC]
    assert found == []


def test_a_planted_table_without_visible_to_is_seen():
    class Planted(models.Model):
        applicant = models.TextField()

        class Meta:
            app_label = "planted"
            managed = False

    assert list(unguarded([Planted])) != []
    apps.all_models.pop("planted", None)
    apps.clear_cache()


def changes(edit: Callable[[ProjectState], None] = lambda state: None) -> dict[str, list[object]]:
    """What makemigrations would write; words untranslated, as it sees them."""
    language = translation.get_language()
    translation.deactivate_all()
    try:
        loader, state = MigrationLoader(None), ProjectState.from_apps(apps)
        edit(state)
        return MigrationAutodetector(loader.project_state(), state).changes(graph=loader.graph)
    finally:
        translation.activate(language or "zh-hans")


def test_tables_and_migrations_agree():
    assert changes() == {}


def test_a_planted_column_without_a_migration_is_seen():
    def plant_column(state: ProjectState) -> None:
        state.models["jobs", "schedule"].fields["planted"] = models.IntegerField(default=0)

    assert list(changes(plant_column)) == ["jobs"]
