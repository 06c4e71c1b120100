"""Property: whatever is done to a case and however time passes, every clock says what an oracle says.

Two ways: named walks, each written down, that between them reach every clock of a case with every way
it can begin, stand and end (asserted); and chance, which finds the orders nobody thought of. Errors
planted into the product show that the walks would notice: one for each thing a clock does.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from yiwang.capability.cases.queries import inside, standing
from yiwang.capability.journey import acceptance, official, reactions, results, rethinking, special
from yiwang.capability.journey import clocks as case_clocks
from yiwang.capability.journey.tests import clock_life
from yiwang.capability.journey.tests.clock_life import RENEWAL, Life, Place
from yiwang.kernel.refusals import Refusal, VersionConflict
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.clocks import queries as clock_queries
from yiwang.mechanisms.clocks import rules as clock_rules
from yiwang.mechanisms.clocks.definitions import Allowance

pytestmark = pytest.mark.slow
FIRST = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
#: A Monday; the last hours of a Friday before the Spring Festival; a Saturday before May Day.
STARTS = (
    FIRST,
    datetime(2026, 2, 13, 15, 30, tzinfo=UTC),
    datetime(2026, 4, 25, 2, 0, tzinfo=UTC),
)
#: Thirty working days before the old term ends, and not much more: a renewal's only start.
RENEWING = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)

#: What happens one after another, by the names of ``Life``. After each step every clock is compared.
WALKS: dict[str, dict[str, str]] = {
    "LICENCE": {
        "to the end": "days 2, accept, days 9, approve, days 2, deliver, days 30",
        "refused": "days 1, refuse, days 3, reopen, days 2, reject",
        "not theirs": "days 1, not_ours",
        "never looked at": "last_minute accept, minute, days 3, approve, days 20, deliver",
        "looked at too late": "unseen 20, too_late accept, days 1, reject",
        "told, supplied, silence": "days 3, tell, days 4, supply, last_minute accept, minute, days 9",
        "told, supplied, told too late": "days 2, tell, days 20, supply, days 2, accept, days 40, reject",
        "told, nothing came": "days 1, tell, last_minute supply, minute, days 30, accept, days 2, reject",
        "told, supplied late": "tell, days 40, supply, days 2, supply_not, accept, days 1, terminate",
        "told, supplied late, silence": "tell, days 40, supply, last_minute accept, minute, approve",
        "told, withdrawn": "days 1, tell, days 3, withdraw, days 60",
        "nothing came, refused": "tell, days 50, refuse",
        "withdrawn at once": "hours 5, withdraw",
        "heard": "accept, days 3, hear, days 17, end_hearing, days 9, more_time, days 30, approve",
        "heard twice over": "accept, hear, days 5, hear EXPERT_REVIEW, days 3, end_hearing, days 6,"
        " end_hearing EXPERT_REVIEW, days 1, hear, days 2, withdraw",
        "heard, ended": "accept, days 1, hear, days 3, terminate",
        "heard, decided, anew": "accept, hear, days 12, end_hearing, days 1, approve, days 3, deliver,"
        " days 9, reopen, days 5, approve, days 30, deliver",
        "more time, late": "accept, more_time, days 90, approve, days 1, revoke, days 2, reopen, days 3",
        "withdrawn late": "accept, days 60, withdraw",
        "ended late": "accept, days 60, terminate",
    },
    "COMMITMENT": {
        "on the spot": "days 1, approve, days 1, deliver",
        "never looked at": "last_minute accept, minute, days 9, reject",
        "told, nothing came": "tell, last_minute supply, minute, days 9, accept, days 1, approve",
        "told, supplied": "days 4, tell, days 15, supply, days 30, terminate",
    },
    "CONFIRMATION": {
        "to the end": "days 2, accept, days 9, approve, days 2, deliver",
        "never looked at": "days 60, accept, days 2, reject",
        "told, supplied": "days 3, tell, days 9, supply, days 12, accept, approve, days 20, deliver",
        "told, nothing came": "days 1, tell, last_minute supply, minute, days 9, accept, more_time,"
        " days 9, reject",
        "told, supplied late": "tell, days 40, supply, days 9, refuse",
        "told, withdrawn": "days 8, tell, days 9, withdraw, days 9",
        "not theirs": "days 30, not_ours, days 2, reopen, days 3, approve",
        "taken back": "accept, approve, days 2, revoke, days 2, reopen, days 3, terminate",
    },
    "MARKET_REGISTRATION": {
        "on the spot": "days 1, approve, days 1, deliver",
        "handed back": "days 2, hand_back, days 3, reopen, days 2, reject",
        "later": "days 2, accept, more_time, days 40, hand_back",
    },
    "BENEFIT": {
        "no": "days 2, accept, days 40, reject",
        "told, supplied": "tell, days 9, supply, days 3, accept, more_time, days 3, withdraw",
        "told, nothing came": "tell, last_minute supply, minute, terminate",
    },
    "FILING": {
        "filed": "days 3, approve, days 3, deliver",
        "told, nothing came": "tell, last_minute supply, minute, days 2, approve",
        "not theirs": "not_ours",
    },
    RENEWAL: {
        "nobody decides": "accept, days 60, days 20, days 20, deliver",
        "nobody looks": "days 90, deliver",
        "told, nothing came, nobody looks": "tell, days 90, days 9, refuse",
        "told, supplied, nobody looks": "tell, days 5, supply, days 80, days 1, deliver",
        "heard over the end": "accept, days 1, hear, days 80, deliver",
        "decided in time": "accept, days 1, approve, days 80",
    },
}  # fmt: skip
#: Per procedure: every clock of a case × every way it begins, stands and ends there.
EVERYTHING: dict[str, dict[str, set[str]]] = {
    "LICENCE": {
        "accept": {
            "accepted",
            "begun supplied",
            "begun supplied late",
            "begun when nothing came",
            "late accepted",
            "late silence",
            "late too late",
            "not ours",
            "refused",
            "told",
            "withdrawn",
        },
        "supply": {"begun", "late never came", "supplied", "withdrawn"},
        "decide": {
            "approved",
            "begun",
            "begun anew",
            "begun by silence",
            "extended",
            "late approved",
            "late rejected",
            "late terminated",
            "late withdrawn",
            "rejected",
            "stood",
            "stood twice over",
            "terminated",
            "went on heard",
            "withdrawn",
        },
        "deliver": {"begun", "delivered", "late delivered", "revoked"},
    },
    "COMMITMENT": {
        "accept": {
            "approved",
            "begun supplied",
            "begun when nothing came",
            "late accepted",
            "late silence",
            "told",
        },
        "supply": {"begun", "late never came", "supplied"},
        "decide": {"approved", "begun", "begun by silence", "rejected", "terminated"},
        "deliver": {"begun", "delivered"},
    },
    "CONFIRMATION": {
        "supply": {"begun", "late never came", "supplied", "withdrawn"},
        "decide": {
            "approved",
            "begun anew",
            "extended",
            "late not ours",
            "late rejected",
            "refused",
            "rejected",
            "terminated",
            "went on supplied",
            "went on when nothing came",
            "withdrawn",
        },
        "deliver": {"begun", "delivered", "late delivered", "revoked"},
    },
    "MARKET_REGISTRATION": {
        "decide": {"approved", "begun anew", "extended", "handed back", "rejected"},
        "deliver": {"begun", "delivered"},
    },
    "BENEFIT": {
        "supply": {"begun", "late never came", "supplied"},
        "decide": {
            "extended",
            "late rejected",
            "terminated",
            "went on supplied",
            "went on when nothing came",
            "withdrawn",
        },
    },
    "FILING": {
        "supply": {"begun", "late never came"},
        "decide": {"approved", "not ours", "went on when nothing came"},
        "deliver": {"begun", "delivered"},
    },
    RENEWAL: {
        "accept": {
            "accepted",
            "begun supplied",
            "begun when nothing came",
            "late refused",
            "late silence",
            "told",
        },
        "supply": {"begun", "late never came", "supplied"},
        "decide": {
            "approved",
            "begun",
            "begun by silence",
            "late renewed by silence",
            "renewed by silence",
            "stood",
        },
        "deliver": {"begun", "begun by renewal", "delivered", "late delivered"},
    },
}


class Walker(Life):
    """A life whose every step must be possible: a walk that stops short has not been walked."""

    def step(self, written: str) -> None:
        name, _, given = written.strip().partition(" ")
        wanted = {"days": int, "hours": int, "unseen": int, "last_minute": str, "hear": str}
        getattr(self, name)(*([wanted.get(name, str)(given)] if given else []))
        if name != "unseen":  # what fell due in those days is for the next act to notice
            self.check()

    def too_late(self, act: str) -> None:
        """An official acts after the last day, before any round: silence has accepted it already."""
        refused = False
        try:
            getattr(self, act)()
        except VersionConflict:
            refused = True
        assert refused
        self.accepted_by_silence("too late")

    def supply_not(self) -> None:
        """Nothing may be supplied a second time."""
        assert not self.may("supply_correction")


def walk(at: Place, written: str, first: datetime) -> Walker:
    life = Walker(at, first)
    for step in written.split(","):
        try:
            life.step(step)
        except AssertionError as wrong:
            raise AssertionError(f"after “{step.strip()}” in “{written}”: {wrong}") from wrong
    return life


def begins(kind: str, name: str) -> datetime:
    """Every start is some walk's."""
    if kind == RENEWAL:
        return RENEWING
    return STARTS[list(WALKS[kind]).index(name) % len(STARTS)]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", WALKS)
def test_every_clock_agrees_with_the_oracle_on_every_way_it_can_go(kind: str) -> None:
    at = clock_life.place(kind, FIRST)
    reached: dict[str, set[str]] = {}
    for name, written in WALKS[kind].items():
        for clock, how in walk(at, written, begins(kind, name)).endings:
            reached.setdefault(clock, set()).add(how)
    assert reached == EVERYTHING[kind]


# errors planted into the product: what each walk is there to notice


def _then(real, change):
    """The real verb, called with changed arguments."""
    return lambda *given, **named: real(*given, **{**named, **change(named)})


def _off(real):
    """A verb that does nothing for one kind of clock."""
    return lambda kind: (
        lambda *given, **named: None if named.get("kind") == kind else real(*given, **named)
    )


def _no_stop(kind):
    return _off(clocks.stop)(kind)


def _shift(real, minutes):
    return lambda **given: real(**given) + timedelta(minutes=minutes)


def _only_supply(case, flow, *, actor, at):
    clocks.stop(subject=case, kind="supply", at=at, actor=actor)


class _NothingSuspends:
    SUSPENDED = "never"


def _from_the_day_itself(real):
    def wrong(rows, *, open_until):
        return tuple(
            replace(one, begins_on=one.begins_on - timedelta(days=1))
            for one in real(rows, open_until=open_until)
        )

    return wrong


def _stop_only(clock, at, actor):
    clock.stopped_at = at
    clock.save()


def _delivery_from_now(real):
    return lambda **given: real(**(given | ({"since": None} if given["kind"] == "deliver" else {})))


class _Standing:
    @staticmethod
    def stop_all(**_):
        return 0


def _a_day_early(real):
    return lambda **given: real(**{**given, "start": given["start"] - timedelta(days=1)})


PLANTED = {
    "silence accepts from the round, not the receipt": (
        "LICENCE", "never looked at",
        [(case_clocks, "accepted", _then(case_clocks.accepted, lambda g: {"since": g["at"]}))],
    ),
    "silence accepts from the first receipt, not the correction": (
        "LICENCE", "told, supplied, silence",
        [(inside, "counted_from", lambda row: row.received_at)],
    ),
    "silence accepts what is still incomplete": (
        "LICENCE", "told, nothing came",
        [(standing, "awaits_correction", lambda row: False)],
    ),
    "silence accepts a minute early": (
        "LICENCE", "never looked at",
        [(clock_rules, "due_moment", _shift(clock_rules.due_moment, -5))],
    ),
    "silence accepts a minute late": (
        "LICENCE", "never looked at",
        [(clock_rules, "due_moment", _shift(clock_rules.due_moment, 5))],
    ),
    "silence accepts nothing": (
        "LICENCE", "never looked at",
        [(reactions.acceptance, "deem_accepted", lambda **_: False)],
    ),
    "an official may still act after silence": (
        "LICENCE", "looked at too late",
        [(acceptance, "settle", lambda **_: None), (standing, "accepted_by_now", lambda *_: False)],
    ),
    "silence leaves the clock of acceptance running": (
        "LICENCE", "never looked at",
        [(clocks, "stop", _no_stop("accept"))],
    ),
    "a correction that never comes starts no new days of acceptance": (
        "LICENCE", "told, nothing came",
        [(clocks, "restart", _off(clocks.restart)("accept"))],
    ),
    "a correction that never comes stays the applicant's": (
        "LICENCE", "told, nothing came",
        [(rethinking, "pass_on_overdue", lambda **_: None)],
    ),
    "a correction that never comes leaves the decision standing": (
        "CONFIRMATION", "told, nothing came",
        [(case_clocks, "not_supplied", _only_supply)],
    ),
    "a correction that came leaves the decision standing": (
        "CONFIRMATION", "told, supplied",
        [(clocks, "resume", lambda **_: None)],
    ),
    "a correction that came late makes a decision go on twice": (
        "CONFIRMATION", "told, supplied late",
        [(case_clocks, "supplied", _then(case_clocks.supplied, lambda _: {"late": False}))],
    ),
    "a correction that came starts no new days of acceptance": (
        "LICENCE", "told, supplied, silence",
        [(clocks, "restart", _off(clocks.restart)("accept"))],
    ),
    "the applicant's days go on after the correction": (
        "LICENCE", "told, supplied, silence",
        [(clocks, "stop", _no_stop("supply"))],
    ),
    "the applicant has fewer days to mend": (
        "LICENCE", "told, supplied, silence",
        [(case_clocks, "SUPPLY_WITHIN", Allowance(10))],
    ),
    "being told does not answer": (
        "LICENCE", "told, supplied, silence",
        [(clocks, "stop", _no_stop("accept"))],
    ),
    "being told takes the body's own time": (
        "CONFIRMATION", "told, supplied",
        [(clocks, "pause", lambda **_: None), (clocks, "resume", lambda **_: None)],
    ),
    "a hearing takes the body's own time": (
        "LICENCE", "heard",
        [(clocks, "pause", lambda **_: None), (clocks, "resume", lambda **_: None)],
    ),
    "the end of one of two hearings lets the clock go on": (
        "LICENCE", "heard twice over",
        [(special, "State", _NothingSuspends)],
    ),
    "a day on which it stood still counts as one outside": (
        "LICENCE", "heard, ended",
        [(clock_queries, "pauses_of", _from_the_day_itself(clock_queries.pauses_of))],
    ),
    "what ended while standing stands for ever": (
        "CONFIRMATION", "told, withdrawn",
        [(clocks, "_stop", _stop_only)],
    ),
    "more time than the law gives": (
        "LICENCE", "more time, late",
        [(clocks, "extend", _then(clocks.extend, lambda g: {"more": g["more"] + 1}))],
    ),
    "a decision stops no clock": (
        "LICENCE", "to the end",
        [(official, "clocks", _Standing)],
    ),
    "anew is not a whole limit": (
        "LICENCE", "heard, decided, anew",
        [(case_clocks, "begin_anew", _then(case_clocks.begin_anew, lambda _: {"within": Allowance(15)}))],
    ),
    "delivery counts from the day it is noticed": (
        RENEWAL, "nobody decides",
        [(clocks, "start", _delivery_from_now(clocks.start))],
    ),
    "nothing must be delivered in time": (
        "LICENCE", "to the end",
        [(results.case_clocks, "to_deliver", lambda *_, **__: None)],
    ),
    "delivery stops no clock": (
        "COMMITMENT", "on the spot",
        [(results, "clocks", _Standing)],
    ),
    "the day of receipt counts": (
        "MARKET_REGISTRATION", "on the spot",
        [(clock_rules, "last_day", _a_day_early(clock_rules.last_day))],
    ),
    "days off count": (
        "FILING", "filed",
        [(clock_rules, "_nth_working_day", lambda start, amount, *_: start + timedelta(amount))],
    ),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("error", PLANTED)
def test_a_planted_error_is_noticed(error: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, name, plants = PLANTED[error]
    at = clock_life.place(kind, FIRST)
    for module, attribute, wrong in plants:
        monkeypatch.setattr(module, attribute, wrong)
    with pytest.raises((AssertionError, Refusal, IntegrityError)):
        walk(at, WALKS[kind][name], begins(kind, name))


class Chance(RuleBasedStateMachine):
    """The same life in an order nobody chose."""

    at: Place

    @initialize(days=st.integers(0, 200))
    def hand_in(self, days: int) -> None:
        self.life = Life(self.at, FIRST + timedelta(days=days))

    @rule(hours=st.integers(1, 120))
    def time_passes(self, hours: int) -> None:
        self.life.hours(hours)

    @rule(act=st.sampled_from([
        "accept", "return_for_correction", "supply_correction", "begin_special", "end_special",
        "ask_extension", "approve", "reject", "deliver", "reopen",
    ]))  # fmt: skip
    def somebody_acts(self, act: str) -> None:
        does = {
            "return_for_correction": "tell", "supply_correction": "supply",
            "begin_special": "hear", "end_special": "end_hearing", "ask_extension": "more_time",
        }  # fmt: skip
        suspended = self.life.view().state == "SUSPENDED"
        if self.life.may(act) and not (act == "begin_special" and suspended):
            getattr(self.life, does.get(act, act))()

    @invariant()
    def every_clock_says_what_the_oracle_says(self) -> None:
        if hasattr(self, "life"):
            self.life.check()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["LICENCE", "CONFIRMATION"])
def test_every_clock_agrees_with_the_oracle_whatever_is_done(kind: str) -> None:
    at = clock_life.place(kind, FIRST)
    run_state_machine_as_test(
        type("Life", (Chance,), {"at": at}),
        settings=settings(
            max_examples=8,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
