"""The register of breaches: once per commitment, shown to whom it is about, repaired with reasons."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from yiwang.kernel.actor import Actor, ActorKind, Grant, Role
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound, VersionConflict
from yiwang.mechanisms.states.rules import CannotDo
from yiwang.mechanisms.states.rules import problems as table_problems
from yiwang.support.credit import actions, queries
from yiwang.support.credit.definitions import BREACH, BreachState

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
PLACE, BODY = "620102000000", "11620102000000019B"
ME = Actor(ActorKind.PERSON, "person:ma", "马*")
OTHER = Actor(ActorKind.PERSON, "person:other", "李*")


def official(role=Role.APPROVER, place=PLACE, **more):
    return Actor(
        ActorKind.OFFICIAL, "official:zhao", "赵*", grants=(Grant(role, place, BODY),), **more
    )


def record(serious=True, source="commitment:aaaaaaaaaaaaaaaa"):
    return actions.record_breach(
        applicant=ME.reference, source=source, case="case:cccccccccccccccc",
        item_name="示例许可", division_code=PLACE, department=BODY, department_name="示例局",
        serious=serious, words="没有按标准建设", actor=official(), at=AT,
    )  # fmt: skip


def ask(breach, actor=ME, version=None, words="改好了"):
    return actions.ask_repair(
        key=breach.key, version=version or breach.version, words=words, actor=actor, at=AT
    )


def answer(breach, actor=None, verb=actions.repair, words="核实了"):
    return verb(
        key=breach.key, version=breach.version, words=words, actor=actor or official(), at=AT
    )


def test_the_table_of_a_breach_is_sound():
    assert table_problems(BREACH) == ()


def test_one_commitment_is_on_record_once():
    assert record().key == record().key
    assert len(queries.list_breaches(ME, at=AT)) == 1


def test_only_a_serious_breach_that_is_not_repaired_closes_the_road():
    record(serious=False)
    assert not queries.has_open_serious_breach(ME.reference)
    breach = record(source="commitment:bbbbbbbbbbbbbbbb")
    assert queries.has_open_serious_breach(ME.reference)
    assert not queries.has_open_serious_breach(OTHER.reference)
    answer(ask(breach))
    assert not queries.has_open_serious_breach(ME.reference)
    assert queries.get_breach(breach.key, ME, at=AT).state == BreachState.REPAIRED


def test_a_request_is_answered_within_ten_working_days():
    asked = ask(record())
    view = queries.get_breach(asked.key, official(), at=AT)
    assert view.due_on == view.clock.due_on == date(2026, 3, 16)
    done = answer(asked)
    assert done.due_on is None
    assert queries.get_breach(asked.key, ME, at=AT).clock is None


def test_a_no_comes_with_reasons_and_one_may_ask_again():
    declined = answer(ask(record()), verb=actions.decline_repair, words="还差一处")
    assert declined.state == BreachState.ON_RECORD
    assert declined.notes[-1].words == "还差一处"
    again = ask(declined, words="都改了")
    assert queries.get_breach(again.key, ME, at=AT).clock is not None


def test_nothing_is_said_without_reasons_or_on_an_old_version():
    breach = record()
    with pytest.raises(InvalidInput):
        ask(breach, words=" ")
    asked = ask(breach)
    with pytest.raises(VersionConflict):
        ask(breach, version=breach.version)
    with pytest.raises(CannotDo):
        ask(asked)
    with pytest.raises(InvalidInput):
        answer(asked, words="")


def test_others_neither_see_nor_ask_nor_answer():
    breach = record()
    with pytest.raises(NotFound):
        queries.get_breach(breach.key, OTHER, at=AT)
    with pytest.raises(NotFound):
        ask(breach, OTHER)
    asked = ask(breach)
    with pytest.raises(NotFound):
        answer(asked, official(place="620103000000"))
    with pytest.raises(NotAllowed):
        answer(asked, official(Role.HANDLER))
    with pytest.raises(NotAllowed):
        answer(asked, official(person=ME.reference))
    with pytest.raises(NotAllowed):
        ask(breach, official())
    assert queries.list_breaches(OTHER, at=AT) == ()
