"""Every act from every reachable standing, by everybody: as declared, or refused by name, nothing changed.

A walk without chance: from the first state on, each act is tried by each actor in each standing (the
state and the facts its guards ask for). Who is what to the row is said here a second time, by hand.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.db import connection, transaction

from yiwang.foundation.agreements import actions, queries
from yiwang.foundation.agreements.definitions import (
    GRANT,
    REQUEST,
    Act,
    Cited,
    GrantAct,
    RequestState,
    Side,
)
from yiwang.foundation.agreements.definitions.reports import Report
from yiwang.foundation.agreements.models import DataGrant, DataRequest
from yiwang.foundation.agreements.tests.people import (
    ACTORS,
    AT,
    VALUES,
    delivered,
    drafted,
    offer_as,
)
from yiwang.foundation.laws import actions as laws
from yiwang.kernel.refusals import NotAllowed, NotFound, Refusal, VersionConflict
from yiwang.mechanisms.states import rules as tables
from yiwang.mechanisms.states.definitions import Machine
from yiwang.mechanisms.states.rules import CannotDo

SIDES = {
    "asker": {Side.CONSUMER},
    "asking head": {Side.CONSUMER_HEAD},
    "giver": {Side.PROVIDER},
    "giving head": {Side.PROVIDER_HEAD},
    "authority": {Side.AUTHORITY},
    "operator": {Side.OPERATOR},
    "clock": {Side.MACHINE},
    "leader": set(),
    "other body": set(),
    "person": set(),
}
_SAY = {"words": "理由"}
REQUEST_VERBS: dict[str, tuple[Callable[..., object], dict[str, object]]] = {
    Act.REWRITE: (actions.rewrite, {"values": VALUES}),
    Act.HAND_TO_HEAD: (actions.hand_to_head, {}),
    Act.HAND_BACK: (actions.hand_back, _SAY),
    Act.SIGN: (actions.sign, {}),
    Act.TELL_MISSING: (actions.tell_missing, _SAY),
    Act.SUPPLY: (actions.supply, {"values": VALUES, **_SAY}),
    Act.ASK_LONGER: (actions.ask_longer, {"days": 5, **_SAY}),
    Act.CONSENT_LONGER: (actions.consent_longer, {}),
    Act.DECLINE_LONGER: (actions.decline_longer, _SAY),
    Act.PROPOSE_YES: (actions.propose_yes, _SAY),
    Act.PROPOSE_NO: (actions.propose_no, {"article": "条例第十四条", **_SAY}),
    Act.RETURN_ANSWER: (actions.return_answer, _SAY),
    Act.SIGN_YES: (actions.sign_answer, {}),
    Act.SIGN_NO: (actions.sign_answer, {}),
    Act.DELIVER: (actions.deliver, {"service": "62/household-register"}),
    Act.DISPUTE: (actions.dispute, _SAY),
    Act.CLIMB: (actions.climb, _SAY),
    Act.SETTLE_YES: (actions.settle_yes, _SAY),
    Act.SETTLE_NO: (actions.settle_no, _SAY),
    Act.WITHDRAW: (actions.withdraw, _SAY),
}
GRANT_VERBS: dict[str, tuple[Callable[..., object], dict[str, object]]] = {
    GrantAct.SUSPEND: (actions.suspend, {"mend_days": 5, **_SAY}),
    GrantAct.STOP_NOW: (actions.stop_now, _SAY),
    GrantAct.REPORT_MENDED: (actions.report_mended, _SAY),
    GrantAct.RESUME: (actions.resume, _SAY),
    GrantAct.END_MISUSE: (actions.end_misuse, _SAY),
    GrantAct.ASK_END: (actions.ask_end, _SAY),
    GrantAct.AGREE_END: (actions.agree_end, {}),
    GrantAct.DECLINE_END: (actions.decline_end, _SAY),
    GrantAct.ASK_RENEWAL: (
        actions.ask_renewal,
        {"until": VALUES.until + timedelta(days=200), **_SAY},
    ),
    GrantAct.RENEW: (actions.renew, {}),
    GrantAct.DECLINE_RENEWAL: (actions.decline_renewal, _SAY),
    GrantAct.REPORT_EFFECT: (
        actions.report_effect,
        {"report": Report(words="快了", since=AT.date(), until=AT.date())},
    ),
    GrantAct.REPORT_STORAGE: (
        actions.report_storage,
        {"report": Report(words="三人能看", place="业务系统", held=5)},
    ),
    GrantAct.RECITE: (
        actions.recite,
        {"articles": (Cited("老年人权益保障法", "第三十三条"),), **_SAY},
    ),
    GrantAct.REQUIRE_DISPOSAL: (actions.require_disposal, _SAY),
    GrantAct.DECLARE_DISPOSAL: (actions.declare_disposal, {"report": Report(disposal="NONE_HELD")}),
}
_EVERYTHING = """
SELECT (SELECT md5(string_agg(r::text, '|' ORDER BY id)) FROM agreements_request r),
       (SELECT md5(string_agg(g::text, '|' ORDER BY id)) FROM agreements_grant g),
       (SELECT md5(string_agg(c::text, '|' ORDER BY id)) FROM clocks_clock c),
       (SELECT count(*) FROM journal_entry)
"""


@contextlib.contextmanager
def undone() -> Iterator[None]:
    mark = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(mark)


def everything() -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_EVERYTHING)
        return tuple(cursor.fetchone())


@dataclass
class Walk:
    """Goes from standing to standing, each once."""

    machine: Machine
    model: type[DataRequest] | type[DataGrant]
    key: str
    verbs: dict[str, tuple[Callable[..., object], dict[str, object]]]
    moments: tuple[timedelta, ...] = (timedelta(),)
    seen: set[tuple[str, frozenset[str]]] = field(default_factory=set)
    taken: set[tuple[str, str, str]] = field(default_factory=set)

    def go(self) -> None:
        for later in self.moments:
            at, row = AT + later, self.row()
            facts = queries.facts_of(row, at)
            standing = (row.state, self.known(row.state, facts))
            if standing in self.seen:
                continue
            self.seen.add(standing)
            self.try_all(row, facts, at)

    def known(self, state, facts) -> frozenset[str]:
        """What the guards of this state's transitions ask for and what holds of it."""
        asked = {
            name
            for one in self.machine.transitions
            if one.source == state
            for name, _ in one.conditions
        }
        return frozenset(name for name in asked if facts.get(name))

    def row(self):
        return self.model.objects.get(key=self.key)

    def try_all(self, row, facts, at) -> None:
        before = everything()
        open_to: dict[str, str] = {}
        for act in self.verbs:
            for who, held in SIDES.items():
                if self.declared(row, act, held, facts):
                    open_to.setdefault(act, who)
                    continue
                refusal = self.attempt(act, who, row.version, at)
                assert isinstance(refusal, (NotFound, NotAllowed, CannotDo)), (
                    f"{who} {act} {row.state} {sorted(facts)}: {refusal!r}"
                )
            self.offered_as_declared(row, act, facts, at)
        assert everything() == before, f"a refused act changed something in {row.state}"
        for act, who in open_to.items():
            stale = self.attempt(act, who, row.version - 1, at)
            assert isinstance(stale, VersionConflict), f"{who} {act} {row.state}: {stale!r}"
            self.take(row, act, who, facts, at)

    def declared(self, row, act, held, facts) -> bool:
        if act in (Act.SIGN_YES, Act.SIGN_NO):  # one verb signs what was written
            act = Act.SIGN_YES if row.answer_yes else Act.SIGN_NO
        return any(
            act in tables.allowed_acts(self.machine, state=row.state, role=side, facts=facts)
            for side in held
        )

    def attempt(self, act, who, version, at) -> Refusal | None:
        verb, given = self.verbs[act]
        try:
            verb(key=self.key, version=version, actor=ACTORS[who], at=at, **given)
        except Refusal as refusal:
            return refusal
        return None

    def take(self, row, act, who, facts, at) -> None:
        with undone():
            assert self.attempt(act, who, row.version, at) is None
            after = self.row()
            assert after.version == row.version + 1, f"{act} {row.state}"
            self.taken.add((row.state, act, after.state))
            self.go()

    def offered_as_declared(self, row, act, facts, at) -> None:
        for who, held in SIDES.items():
            if who == "clock" or not held:
                continue
            try:
                offered = dict(queries.acts_of(row, self.machine, ACTORS[who], at))
            except NotFound:
                offered = {}
            wanted = any(
                act in tables.allowed_acts(self.machine, state=row.state, role=side, facts=facts)
                for side in held
            )
            assert (act in offered) is wanted, f"{who} {act} {row.state}"


def declared_steps(machine: Machine) -> set[tuple[str, str, str]]:
    return {(one.source, one.act, one.target) for one in machine.transitions}


@pytest.mark.django_db
def test_every_act_on_a_request_succeeds_as_declared_or_is_refused_by_name(monkeypatch) -> None:
    offer_as(monkeypatch)
    walk = Walk(REQUEST, DataRequest, drafted().key, REQUEST_VERBS)
    walk.go()
    assert {state for state, _ in walk.seen} == set(RequestState)
    signed = {(s, a, t) for s, a, t in walk.taken if a not in (Act.SIGN_YES, Act.SIGN_NO)}
    wanted = {(s, a, t) for s, a, t in declared_steps(REQUEST) if a not in ("sign_yes", "sign_no")}
    assert signed == wanted
    assert {t for _, a, t in walk.taken if a in ("sign_yes", "sign_no")} == {"AGREED", "REFUSED"}


@pytest.mark.django_db
def test_every_act_on_a_grant_succeeds_as_declared_or_is_refused_by_name(monkeypatch) -> None:
    offer_as(monkeypatch)
    laws.import_shipped(actor=ACTORS["clock"], at=AT)
    walk = Walk(
        GRANT,
        DataGrant,
        delivered().grant,
        GRANT_VERBS,
        moments=(timedelta(), timedelta(days=30)),
    )
    walk.go()
    wanted = {step for step in declared_steps(GRANT) if step[1] != GrantAct.EXPIRE}
    assert walk.taken == wanted


def test_the_tables_have_no_holes() -> None:
    assert tables.problems(REQUEST) == ()
    assert tables.problems(GRANT) == ()
