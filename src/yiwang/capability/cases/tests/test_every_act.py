"""Every act from every reachable state, by everybody: it succeeds as declared, or is refused by name.

A walk without chance over all a profile's table reaches, with and without a signing chain: from the
receipt on, every declared act is taken once from every standing of the case (its state and the facts
its guards ask for); what is not declared is tried too, and must be refused by the refusal that names
why, with nothing changed. What may be done is said a second time in ``test_states``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

import pytest
from django.db import connection, transaction

from yiwang.capability.cases import queries
from yiwang.capability.cases.definitions import Stage
from yiwang.capability.cases.definitions.profiles import Profile, State, machine_of
from yiwang.capability.cases.models import Case
from yiwang.capability.cases.tests import test_states as states
from yiwang.capability.cases.tests.test_states import (
    ACTORS,
    LAST,
    LATE,
    NOBODY,
    UNSEEN,
    VERBS,
    CaseLife,
)
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound, Refusal, VersionConflict
from yiwang.mechanisms.states.rules import CannotDo

#: A body that was passed a case has one official here: it is looked at after everything else.
ACTS = [*(verb for verb in VERBS if verb != "transfer"), "transfer"]
#: What only time decides is looked at apart.
_BY_TIME = {"accept_lapsed", "silence_lapsed"}
#: What keeps a declared act back besides its table, by name: to oneself; what is running already.
ASKED_WRONGLY = {"transfer": InvalidInput, "begin_special": InvalidInput}
#: What a case consists of: a refused act leaves every row of it as it was.
_EVERYTHING = """
SELECT (SELECT md5(string_agg(c::text, '|' ORDER BY id)) FROM cases_case c),
       (SELECT md5(string_agg(h::text, '|' ORDER BY id)) FROM cases_holding h),
       (SELECT count(*) FROM cases_opinion), (SELECT count(*) FROM cases_special),
       (SELECT count(*) FROM cases_participant), (SELECT count(*) FROM journal_entry)
"""


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """What happens inside has not happened afterwards."""
    mark = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(mark)


class Life(CaseLife):
    """What holds of one row is asked of the database once, not for everybody and every act."""

    def _facts(self, row: Case, verb: str) -> dict[str, bool]:
        known = row.__dict__.setdefault("facts_said", {})
        asked = (verb == "rule", self.at, self.answered)
        if asked not in known:
            known[asked] = super()._facts(row, verb)
        return known[asked]


@dataclass
class Explorer:
    """Goes from standing to standing, each once."""

    life: CaseLife
    seen: set[tuple[str, frozenset[str]]] = field(default_factory=set)
    taken: set[tuple[str, str, str]] = field(default_factory=set)
    turn: Iterator[int] = field(default_factory=count)

    def go(self) -> None:
        row = self.row()
        standing = (row.state, self.known(row))
        if standing in self.seen:
            return
        first = row.state not in {state for state, _ in self.seen}
        self.seen.add(standing)
        if first:
            self.everything_else_is_refused(row)
            self.everybody_is_offered_what_he_may(row)
            self.blocks_keep_back(row)
        for verb in ACTS:
            who = self.somebody(row, verb)
            if who is not None:
                self.take(row, verb, who)
        if first:
            self.later(row)

    def row(self) -> Case:
        return Case.objects.get(pk=self.life.case.pk)

    def known(self, row: Case) -> frozenset[str]:
        """What the guards of this state's transitions ask for and what holds of it."""
        facts = self.life._facts(row, "")
        asked = {
            word.strip().removeprefix("!")
            for one in machine_of(row.profile, row.machine_version).transitions
            if one.source == row.state
            for word in one.guard.split("&")
        }
        return frozenset(name for name in asked - _BY_TIME if facts.get(name))

    def somebody(self, row: Case, verb: str, *, may: bool = True) -> str | None:
        """One who may take an act (or may not): another one each time."""
        found = [who for who in ACTORS if self.life._declared(row, verb, who) is may]
        return found[next(self.turn) % len(found)] if found else None

    def take(self, row: Case, verb: str, who: str) -> None:
        """It succeeds, and where it leads is looked at; then it has not happened."""
        answered, at = self.life.answered, self.life.at
        with undone():
            refusal = self.life._attempt(verb, row, who, 0)
            if refusal is not None:
                assert isinstance(refusal, ASKED_WRONGLY.get(verb, ())), f"{who} {verb} {row.state}"
                return
            after = self.row()
            assert after.version == row.version + 1
            self.taken.add((row.state, "approve" if verb == "rule" else verb, after.state))
            self.life._answered(verb)
            self.go()
        self.life.answered, self.life.at = answered, at

    def everything_else_is_refused(self, row: Case) -> None:
        before = everything()
        for verb in VERBS:
            if (wrong := self.somebody(row, verb, may=False)) is not None:
                refusal = refused(verb, row, wrong, 0, self.life.at)
                expected = self.named(row, verb, wrong)
                assert isinstance(refusal, expected), f"{wrong} {verb} {row.state}: {refusal!r}"
            right = self.somebody(row, verb)
            if right is not None and verb not in UNSEEN:
                refusal = refused(verb, row, right, 1, self.life.at)
                stale = (VersionConflict, *(ASKED_WRONGLY[v] for v in ASKED_WRONGLY if v == verb))
                assert isinstance(refusal, stale), f"{right} {verb} {row.state}: {refusal!r}"
        assert everything() == before, f"a refused act changed something in {row.state}"

    def named(self, row: Case, verb: str, who: str) -> tuple[type[Refusal], ...]:
        """The refusal that says why: not there for him; not his to do; not from here."""
        inside = who not in NOBODY and (who == "other body") == (
            row.department == states.OTHER_BODY
        )
        if who == "machine":
            return (CannotDo, *([ASKED_WRONGLY[verb]] if verb in ASKED_WRONGLY else []))
        if who == "applicant":
            return (CannotDo, *([ASKED_WRONGLY[verb]] if verb in ASKED_WRONGLY else []))
        if not inside:
            return (NotFound, NotAllowed, *([ASKED_WRONGLY[verb]] if verb in ASKED_WRONGLY else []))
        act = "approve" if verb == "rule" else verb
        wrongly = [ASKED_WRONGLY[verb]] if verb in ASKED_WRONGLY else []
        signing = act in ("forward", "send_back") and not self.life.chained
        if signing or self.life._in_office(row, act, who):
            return (CannotDo, *wrongly, *([NotAllowed] if signing else []))
        return (NotAllowed, *wrongly)

    def everybody_is_offered_what_he_may(self, row: Case) -> None:
        for who, actor in ACTORS.items():
            if who == "machine" or who in NOBODY:  # whom it is not there for
                continue
            try:
                offered = {a.name for a in queries.get_case(row.key, actor, at=self.life.at).acts}
            except NotFound:
                offered = set()
            assert offered == {v for v in VERBS if v != "rule" and self.life._declared(row, v, who)}

    def blocks_keep_back(self, row: Case) -> None:
        """While something keeps a decision or a result back, just those acts are refused."""
        with undone():
            for stage in Stage:
                self.life.something_blocks_or_lets_go(stage=stage, on=True)
            blocked = self.row()
            for verb in ("approve", "rule", "issue"):
                for who in ACTORS:
                    if self.life._declared(row, verb, who):
                        refusal = refused(verb, blocked, who, 0, self.life.at)
                        assert isinstance(refusal, CannotDo), f"{who} {verb} {row.state}"

    def later(self, row: Case) -> None:
        """After the days of acceptance; after the end of the old term."""
        before = self.life.at
        possible = {verb for verb in ACTS if self.somebody(row, verb)}
        for moment in (LATE, LAST):
            self.life.at = max(before, moment)
            for verb in ACTS:
                who = self.somebody(row, verb)
                if who is not None and verb not in possible:
                    self.take(row, verb, who)
                if who is None and verb in possible:
                    refusal = refused(verb, row, self.before_that(row, verb, before), 0, moment)
                    assert isinstance(refusal, CannotDo), f"{verb} {row.state} {moment}"
        self.life.at = before

    def before_that(self, row: Case, verb: str, at: datetime) -> str:
        """Who might have taken an act that time has taken away."""
        now, self.life.at = self.life.at, at
        who = self.somebody(row, verb)
        self.life.at = now
        assert who is not None
        return who


def refused(verb: str, row: Case, who: str, behind: int, at: object) -> Refusal | None:
    """What an act is refused with, called without a transaction of its own: nothing is cleaned up."""
    try:
        VERBS[verb](row.key, row.version - behind, ACTORS[who], at)
    except Refusal as refusal:
        return refusal
    return None


def everything() -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_EVERYTHING)
        return tuple(cursor.fetchone())


#: Two special procedures side by side: ``journey/tests/test_clocks_agree.py`` walks them.
TWO_AT_ONCE = {(State.SUSPENDED, act, State.SUSPENDED) for act in ("begin_special", "end_special")}
#: Where a table leads only under a chain, and what no chain leaves to do.
_CHAIN_ONLY = {"IN_REVIEW", "FOR_APPROVAL"}


@pytest.mark.django_db
@pytest.mark.parametrize(("profile", "chained", "table"), [*states.MODES, *states.OLD])
def test_every_act_from_every_reachable_state_succeeds_as_declared_or_is_refused_by_name(
    profile: Profile, chained: bool, table: int | None
) -> None:
    given = {"profile": profile, "chained": chained, "table": table}
    life = type("Life", (Life,), given)()
    life.hand_in()
    explorer = Explorer(life)
    explorer.go()
    machine = machine_of(profile, table)
    missed = set(machine.labels) - {state for state, _ in explorer.seen}
    assert missed == (set() if chained else _CHAIN_ONLY & set(machine.labels))
    declared = {
        (one.source, one.act, one.target)
        for one in machine.transitions
        if one.source not in missed and one.target not in missed
    }
    assert explorer.taken == declared - by_the_other_way(machine, chained) - TWO_AT_ONCE


def by_the_other_way(machine, chained: bool) -> set[tuple[str, str, str]]:
    """What a table declares for items that sign otherwise."""
    wrong = {"chained", "chain_reviews"} if not chained else {"!chained", "!chain_reviews"}
    words = [(one, {word.strip() for word in one.guard.split("&")}) for one in machine.transitions]
    here = {(one.source, one.act, one.target) for one, said in words if not said & wrong}
    return {(one.source, one.act, one.target) for one, said in words if said & wrong} - here
