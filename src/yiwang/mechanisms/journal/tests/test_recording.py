from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from yiwang.kernel.actor import machine
from yiwang.mechanisms.journal import actions, queries
from yiwang.mechanisms.journal.definitions import NoOpenTransaction, PersonalValueInJournal

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
CLERK = machine("test")


@pytest.mark.django_db
def test_an_act_is_found_by_its_subject() -> None:
    actions.record(actor=CLERK, act="ACCEPT", subject="case:1", at=AT, facts={"state": "ACCEPTED"})
    (entry,) = queries.list_entries(subject="case:1")
    assert (entry.act, entry.actor, entry.at, entry.facts["state"], entry.position) == (
        "ACCEPT",
        "machine:test",
        AT,
        "ACCEPTED",
        None,
    )


@pytest.mark.django_db
def test_who_looked_is_found_for_every_subject_that_was_shown() -> None:
    actions.record(
        actor=CLERK, act="READ", subject="case:1", at=AT, subjects=["person:a", "person:b"]
    )
    actions.record(actor=CLERK, act="READ", subject="person:a", at=AT, purpose="核对")
    actions.record(actor=CLERK, act="ACCEPT", subject="person:a", at=AT)
    assert [e.purpose for e in queries.list_reads_of("person:a")] == ["核对", ""]
    assert len(queries.list_reads_of("person:b")) == 1
    assert queries.list_reads_of("person:c") == ()


@pytest.mark.django_db
def test_looks_do_not_crowd_out_what_happened() -> None:
    for _ in range(3):
        actions.record(actor=CLERK, act="READ", subject="case:1", at=AT)
    actions.record(actor=CLERK, act="ACCEPT", subject="case:1", at=AT)
    (entry,) = queries.list_acts_on(subject="case:1", limit=1)
    assert entry.act == "ACCEPT"


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused() -> None:
    with pytest.raises(NoOpenTransaction):
        actions.record(actor=CLERK, act="ACCEPT", subject="case:1", at=AT)


@pytest.mark.django_db
def test_a_personal_number_stops_the_act_it_came_with() -> None:
    with pytest.raises(PersonalValueInJournal):
        actions.record(
            actor=CLERK, act="TELL", subject="case:1", at=AT, facts={"to": "13800138000"}
        )
    assert queries.list_entries(subject="case:1") == ()


@pytest.mark.django_db
def test_writing_an_entry_is_one_statement(django_assert_num_queries: Callable) -> None:
    with django_assert_num_queries(1):
        actions.record(actor=CLERK, act="A", subject="case:1", at=AT)
    with django_assert_num_queries(1):
        actions.record(actor=CLERK, act="A", subject="case:1", at=AT, subjects=["person:1"])
    with django_assert_num_queries(1):
        queries.list_reads_of("person:1")


@pytest.mark.django_db
def test_what_one_actor_did_is_listed_newest_first_page_by_page() -> None:
    for number in range(5):
        actions.record(actor=CLERK, act=f"A{number}", subject="case:1", at=AT)
    first = queries.list_acts_of(actor=CLERK.reference, limit=2)
    assert [e.act for e in first] == ["A4", "A3"]
    rest = queries.list_acts_of(actor=CLERK.reference, before=first[-1].entry_id)
    assert [e.act for e in rest] == ["A2", "A1", "A0"]
    assert queries.list_acts_of(actor="machine:other") == ()
    later = queries.list_entries(subject="case:1", after=rest[0].entry_id)
    assert [e.act for e in later] == ["A3", "A4"]
