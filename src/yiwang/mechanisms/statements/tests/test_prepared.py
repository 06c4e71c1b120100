"""Named statements: the same rows as the ORM's, kept ready by the server, true to transactions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from yiwang.mechanisms.clocks.models import CalendarNotice
from yiwang.mechanisms.files.models import File
from yiwang.mechanisms.rulings.models import RuleTable, RulingRecord
from yiwang.mechanisms.statements import prepared

NOON = datetime(2026, 12, 14, 4, 0, tzinfo=UTC)
DAYS = [{"on": "2027-01-01", "working": False, "name": "元旦"}]
ALL_NOTICES = "SELECT {columns} FROM clocks_calendar_notice ORDER BY year"


def notice(year: int) -> CalendarNotice:
    return CalendarNotice(
        year=year, source="国办发明电", days=DAYS, imported_at=NOON, imported_by="official:x"
    )


def kept_ready() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [text for (text,) in cursor.fetchall()]


@pytest.mark.django_db
def test_what_was_added_is_what_the_orm_reads():
    prepared.add(notice(2031), notice(2032))
    rows = list(CalendarNotice.objects.order_by("year"))
    assert [(r.year, r.days, r.imported_at) for r in rows] == [
        (2031, DAYS, NOON),
        (2032, DAYS, NOON),
    ]
    prepared.add()
    assert CalendarNotice.objects.count() == 2


@pytest.mark.django_db
def test_what_is_read_is_what_the_orm_wrote():
    CalendarNotice.objects.bulk_create([notice(2031), notice(2032)])
    found = prepared.read(CalendarNotice, ALL_NOTICES)
    assert [vars(r) | {"_state": None} for r in found] == [
        vars(r) | {"_state": None} for r in CalendarNotice.objects.order_by("year")
    ]
    assert not found[0]._state.adding


@pytest.mark.django_db
def test_encrypted_columns_are_closed_in_the_table_and_open_in_the_row():
    given = File(
        key="k" * 16, filename="房产证.pdf", kind="PDF", size=1, digest="d", stored_by="person:x",
        stored_at=NOON, scanned=False,
    )  # fmt: skip
    prepared.add(given)
    [(kept,)] = prepared.run("SELECT filename FROM files_file WHERE key = %s", [given.key])
    assert "房产证" not in kept
    one = "SELECT {columns} FROM files_file WHERE key = %(key)s"
    [row] = prepared.read(File, one, {"key": given.key})
    assert row.filename == "房产证.pdf"


@pytest.mark.django_db
def test_the_server_keeps_a_statement_ready_after_its_first_use():
    text = "SELECT count(*) FROM clocks_calendar_notice WHERE year = %s"
    for year in (2031, 2032, 2033):
        assert prepared.run(text, [year]) == [(0,)]
    assert [one for one in kept_ready() if "count(*)" in one] == [text.replace("%s", "$1")]


@pytest.mark.django_db
def test_what_the_orm_builds_is_not_kept_by_the_server():
    for _ in range(8):
        list(RulingRecord.objects.filter(subject="case:x"))
    assert kept_ready() == []


@pytest.mark.django_db(transaction=True)
def test_a_statement_belongs_to_the_transaction_around_it():
    with pytest.raises(IntegrityError):
        _add_one_whole_and_one_half()
    assert prepared.read(CalendarNotice, ALL_NOTICES) == []
    prepared.add(notice(2033))
    assert [row.year for row in prepared.read(CalendarNotice, ALL_NOTICES)] == [2033]


def _add_one_whole_and_one_half() -> None:
    with transaction.atomic():
        prepared.add(notice(2031))
        prepared.run("INSERT INTO clocks_calendar_notice (year) VALUES (%s)", [2032])


@pytest.mark.django_db
def test_statements_are_counted_like_the_orms(django_assert_num_queries):
    with django_assert_num_queries(2):
        prepared.add(notice(2031))
        prepared.read(CalendarNotice, ALL_NOTICES)


@pytest.mark.django_db
def test_values_are_named_or_stand_in_order_and_a_doubled_sign_stays_one():
    text = "SELECT %(a)s::int + %(b)s::int * %(a)s::int, 7 %% 4"
    assert prepared.run(text, {"b": 3, "a": 2}) == [(8, 3)]
    assert prepared.run("SELECT %s::text || %s", ["甲", "%s"]) == [("甲%s",)]
    assert prepared.run("SET LOCAL statement_timeout = 4000") == []


@pytest.mark.django_db
def test_a_row_whose_key_is_taken_is_not_added_and_breaks_nothing():
    first, again = (File(
        key="k" * 16, filename=name, kind="PDF", size=1, digest="d", stored_by="person:x",
        stored_at=NOON, scanned=False,
    ) for name in ("一.pdf", "二.pdf"))  # fmt: skip
    with transaction.atomic():
        assert prepared.add_new(first)
        assert not prepared.add_new(again)
        assert File.objects.get(key="k" * 16).filename == "一.pdf"
    numbered = notice(2035)
    assert prepared.add_new(numbered)
    assert numbered.pk == CalendarNotice.objects.get(year=2035).pk


@pytest.mark.django_db
def test_only_rows_that_are_as_said_are_changed():
    prepared.add(notice(2031), notice(2032))
    where = {"year": 2031, "source": "国办发明电"}
    assert prepared.change(CalendarNotice, {"days": [], "source": "改"}, where=where) == 1
    assert prepared.change(CalendarNotice, {"days": DAYS}, where=where) == 0
    kept = CalendarNotice.objects.order_by("year").values_list("year", "days", "source")
    assert list(kept) == [(2031, [], "改"), (2032, DAYS, "国办发明电")]


@pytest.mark.django_db
def test_another_row_is_named_by_its_number():
    first, second = (
        RuleTable.objects.create(
            code="t", version=number, table={}, tests=[], digest="d", published_at=NOON,
            published_by="official:x",
        )
        for number in (1, 2)
    )  # fmt: skip
    record = RulingRecord.objects.create(
        key="k" * 16, subject="case:x", table=first, outcome="APPROVE", content={}, at=NOON,
        ruled_by="machine:x",
    )  # fmt: skip
    for where in ({"table": first}, {"table_id": second.pk}):
        assert prepared.change(RulingRecord, {"table": second}, where=where) == 1
    record.refresh_from_db()
    assert record.table == second


@pytest.mark.django_db
def test_what_a_statement_says_beside_the_columns_comes_beside_the_row():
    prepared.add(notice(2031))
    beside = "SELECT {columns}, year + 1, 'x' FROM clocks_calendar_notice"
    [(row, more)] = prepared.read_beside(CalendarNotice, beside)
    assert (row.year, tuple(more)) == (2031, (2032, "x"))
