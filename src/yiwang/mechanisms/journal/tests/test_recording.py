from __future__ import annotations

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


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused() -> None:
    with pytest.raises(NoOpenTransaction):
        actions.record(actor=CLERK, act="ACCEPT", subject="case:1", at=AT)


@pytest.mark.parametrize("value", ["13800138000", "电话13800138000。", "11010519491231002X"])
def test_a_personal_value_never_enters(value: str) -> None:
    from yiwang.mechanisms.journal import rules

    with pytest.raises(PersonalValueInJournal):
        rules.refuse_personal_values(f'{{"note":"{value}"}}')
