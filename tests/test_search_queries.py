"""The search gate: real-life words over both packs and a real district's catalogue."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from yiwang.applications import queries as applications
from yiwang.capability.catalogue import actions as catalogue
from yiwang.kernel.actor import machine
from yiwang.support.assistant import queries as assistant

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
QUERIES = Path(__file__).with_name("search_queries.tsv")
CATALOGUE = settings.ROOT / "src/yiwang/capability/catalogue/data/guangan_district_items.csv"


@pytest.fixture(scope="module")
def _catalogue(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    """Read once for all these tests, and taken back after them."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        _fill()
        with django_db_blocker.block():  # type: ignore[attr-defined]
            yield
        transaction.set_rollback(True)


@pytest.fixture
def filled(_catalogue: None, db: None) -> None:
    """Packs and a district's catalogue."""


def _fill() -> None:
    for code in ("elderly-allowance", "individual-business"):
        pack = applications.read_pack(settings.ROOT / "packs" / "services" / code)
        catalogue.publish_item(
            item=pack.item,
            texts=pack.texts_as_data,
            approved_by="official:approver",
            actor=machine("test"),
            at=AT,
        )
    catalogue.import_items(file=CATALOGUE, actor=machine("test"), at=AT, apply=True)


@pytest.mark.usefixtures("filled")
def test_at_least_ninety_five_in_a_hundred_are_found_among_the_first_three() -> None:
    lines = [line for line in QUERIES.read_text().splitlines() if not line.startswith("#")]
    missed = []
    for line in lines:
        text, wanted = line.split("\t")
        if wanted not in [hit.name for hit in assistant.search(text)[:3]]:
            missed.append(text)
    assert len(lines) >= 200
    print(f"{len(lines) - len(missed)} of {len(lines)} found; missed: {missed}")
    assert len(missed) / len(lines) <= 0.05, missed


@pytest.mark.usefixtures("filled")
def test_no_synonym_is_the_name_of_an_item_and_nothing_else() -> None:
    """Synonyms are domain words, not answers: one that only repeats a query is not allowed."""
    asked = {line.split("\t")[0] for line in QUERIES.read_text().splitlines()}
    words = {s.said for s in assistant.synonyms()}
    assert len(words & asked) < len(words) / 2


@pytest.mark.usefixtures("filled")
def test_an_imported_item_is_found_by_its_own_name_and_shown_as_not_connected() -> None:
    hit = assistant.search("取水许可证延续审批")[0]
    assert hit.name == "取水许可证延续审批"
    assert hit.code.startswith("local:")


@pytest.mark.usefixtures("filled")
def test_a_place_narrows_what_is_found() -> None:
    assert assistant.search("高龄津贴", division_code="620102001000")[0].code == "elderly-allowance"
    elsewhere = assistant.search("高龄津贴", division_code="511602000000")
    assert [hit.name for hit in elsewhere][:1] == ["80周岁以上老年人高龄津贴发放"]


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    "text", ["", " ", "？！", "'; DROP TABLE x; --", "\x00", "a" * 5000, "\\", "'|&!:*"]
)
def test_odd_text_never_fails(text: str) -> None:
    assert isinstance(assistant.search(text), tuple)
