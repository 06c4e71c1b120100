"""docs/look-up/where-values-lie.md and the tables: no column that could hold a value is without a word."""

import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from tests.house.tree import ROOT
from yiwang.foundation.exchange.fastpath import grants
from yiwang.foundation.privacy.definitions import Grade
from yiwang.mechanisms.crypto.fields import EncryptedText

PAGE = ROOT / "docs/look-up/where-values-lie.md"
_ROW = re.compile(r"\| `(\w+)` \| (.*?) \| (.*?) \| (.*?) \|")
#: A column so wide may hold a sentence; narrower ones are codes, states and references.
WORDY = 80

Columns = tuple[tuple[str, ...], tuple[str, ...]]


def is_wordy(field: "models.Field[Any, Any]") -> bool:
    """Free text, JSON, bytes, lists: a new one gets its row on the page, or ``EncryptedText``."""
    if isinstance(field, models.CharField):
        return (field.max_length or WORDY) >= WORDY
    return isinstance(field, models.TextField | models.JSONField | models.BinaryField | ArrayField)


def columns_of(model: type[models.Model]) -> Columns:
    """Sealed, and in clear."""
    fields = model._meta.local_fields
    sealed = tuple(str(f.column) for f in fields if isinstance(f, EncryptedText))
    clear = tuple(str(f.column) for f in fields if is_wordy(f) and not isinstance(f, EncryptedText))
    return sealed, clear


def tables() -> dict[str, Columns]:
    """Of the storey that has what departments exchange."""
    ours = (m for m in apps.get_models() if m.__module__.startswith("yiwang.foundation."))
    found = {model._meta.db_table: columns_of(model) for model in ours}
    return {table: columns for table, columns in found.items() if any(columns)}


def told() -> Iterator[tuple[str, Columns, str]]:
    for table, sealed, clear, why in _ROW.findall(PAGE.read_text(encoding="utf-8")):
        names = tuple(re.findall(r"`(\w+)`", sealed)), tuple(re.findall(r"`(\w+)`", clear))
        yield table, names, why


def test_every_column_that_could_hold_a_value_is_sealed_or_explained() -> None:
    assert {table: columns for table, columns, _why in told()} == tables()
    assert [table for table, (_sealed, clear), why in told() if clear and not why.strip("— ")] == []


def test_a_new_column_in_clear_would_be_noticed() -> None:
    class Note(models.Model):
        words = models.CharField(max_length=200)
        closed = EncryptedText(purpose="x")
        state = models.CharField(max_length=12)

        class Meta:
            app_label = "resources"
            managed = False

    try:
        assert columns_of(Note) == (("closed",), ("words",))
        assert Note._meta.db_table in tables() or Note.__module__.startswith("tests.")
    finally:
        del apps.all_models["resources"]["note"]


def test_places_named_on_the_page_are_there_and_the_grade_is_the_catalogue_s() -> None:
    text = PAGE.read_text(encoding="utf-8")
    way = text.split("## On the way")[1].split("## In tables")[0]
    for row in re.findall(r"\| ([^|]+) \|$", way, re.MULTILINE)[2:]:
        for path in re.findall(r"`((?:\w+/)+\w+(?:\.py)?)`", row):
            assert list((ROOT / "src/yiwang").rglob(path)) or (ROOT / path).exists(), path
    assert Grade(grants.MASKED_FROM) is Grade.PERSONAL
