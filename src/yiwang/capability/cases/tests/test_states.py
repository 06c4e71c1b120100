"""Property: in any order of acts only declared ones succeed, and no version is lost. By chance; every
state and every act is reached without chance in ``test_every_act``.

Every profile, with and without a signing chain; everybody tries everything in any order, with right
and stale versions. What may be done is said here a second time, by hand: the table of offices below
and the guards of the transition tables, asked without the code under test.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from yiwang.capability.cases import actions, queries, sample
from yiwang.capability.cases.definitions import Ground, NotOurs, Outcome, Stage
from yiwang.capability.cases.definitions.flow import Special
from yiwang.capability.cases.definitions.profiles import Profile, State, machine_of
from yiwang.capability.cases.models import Case, CaseHolding
from yiwang.capability.cases.queries import standing
from yiwang.kernel.actor import Actor, Role, machine
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound, Refusal, VersionConflict
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.clocks.definitions import Allowance
from yiwang.mechanisms.journal import queries as journal
from yiwang.mechanisms.states.definitions import Transition

AT = sample.AT
#: After the clock of acceptance, before the old term ends; and after both.
LATE, LAST = AT + timedelta(days=9), AT + timedelta(days=90)
OTHER_BODY = "11620102000000027X"
ACTORS: dict[str, Actor] = {
    "applicant": sample.citizen(),
    "stranger": sample.citizen("stranger"),
    "approver": sample.official(),
    "second approver": sample.official(name="second"),
    "head": sample.official(Role.HEAD, name="head"),
    "handler": sample.official(Role.HANDLER, name="handler"),
    "reviewer": sample.official(Role.REVIEWER, name="reviewer"),
    "clerk": sample.official(Role.WINDOW_CLERK, name="qian"),
    "elsewhere": sample.official(place="620103000000", name="sun"),
    "other body": sample.official(body=OTHER_BODY, name="li"),
    "machine": machine("worker"),
}
NOBODY = {"stranger", "elsewhere"}
Verb = Callable[[str, int, Actor, object], Case]


def _decide(outcome: Outcome) -> Verb:
    return lambda k, v, a, at: actions.decide(
        case_key=k, version=v, outcome=outcome, reason="理由", basis=(), actor=a, at=at
    )


def _plain(verb: Callable, **more: object) -> Verb:
    return lambda k, v, a, at: verb(case_key=k, version=v, actor=a, at=at, **more)


def _unseen(verb: Callable, **more: object) -> Verb:
    """A verb of the platform's: it sees the row, no version is named."""
    return lambda k, v, a, at: verb(case_key=k, actor=a, at=at, **more)


VERBS: dict[str, Verb] = {
    "accept": _plain(actions.accept),
    "return_for_correction": _plain(actions.return_for_correction, problems=["缺"]),
    "supply_correction": _plain(actions.supply_correction, answers={}, rows=[]),
    "hand_back": _plain(actions.hand_back, problems=["缺"]),
    "refuse_acceptance": _plain(actions.refuse_acceptance, reason="理由"),
    "not_ours": _plain(actions.not_ours, kind=NotOurs.NOT_NEEDED, reason="理由", where=""),
    "transfer": _plain(
        actions.transfer, department=OTHER_BODY, department_name="住建局",
        division_code=sample.PLACE, reason="职权",
    ),
    "approve": _decide(Outcome.APPROVE),
    "reject": _decide(Outcome.REJECT),
    "forward": _plain(actions.forward, proposal=Outcome.APPROVE, opinion="拟同意"),
    "send_back": _plain(actions.send_back, opinion="再看"),
    "begin_special": _plain(
        actions.begin_special, kind=Special.HEARING, reason="听证", expected_on=date(2027, 1, 1)
    ),
    "end_special": _plain(actions.end_special, kind=Special.HEARING, finding="完"),
    "terminate": _plain(actions.terminate, reason="理由"),
    "withdraw": _plain(actions.withdraw),
    "ask_for_person": _plain(actions.ask_for_person),
    "confirm_by_person": _plain(actions.confirm_by_person, reason="核对"),
    "to_official": _unseen(actions.to_official),
    "rule": _unseen(actions.approve_by_rule, ruling=sample.ruling(), basis=()),
    "deem_accepted": _unseen(actions.deem_accepted),
    "deem_renewed": _unseen(actions.deem_renewed),
    "issue": _unseen(actions.mark_issued, result_kind="DOCUMENT", result="letter:x"),
    "deliver": _unseen(actions.deliver),
    "ask_extension": _plain(actions.ask_extension, reason="复杂"),
    "grant_extension": _plain(actions.grant_extension),
    "decline_extension": _plain(actions.decline_extension),
    "revoke_by_person": _plain(actions.revoke_by_person, reason="不同意"),
    "supply_overdue": _unseen(actions.pass_on_overdue),
    "revoke": _plain(actions.revoke, reason="理由"),
    "reopen": _plain(actions.reopen, ground=Ground.COURT, document="〔2026〕1号", reason="重办"),
    "close": _unseen(actions.close),
}  # fmt: skip
UNSEEN = {
    "to_official", "rule", "deem_accepted", "deem_renewed", "issue", "deliver", "close",
    "supply_overdue",
}  # fmt: skip
#: By hand: the office that takes an act where a chain is signed; the window only where it may.
OFFICES: dict[str, set[str]] = {
    "clerk": {"deliver", "close"},
    "handler": {
        "accept", "return_for_correction", "hand_back", "refuse_acceptance", "not_ours",
        "begin_special", "end_special", "ask_extension", "issue", "deliver", "close",
    },
    "reviewer": {"ask_extension"},
    "approver": {
        "approve", "reject", "confirm_by_person", "revoke_by_person", "terminate",
        "ask_extension", "issue", "deliver", "close",
    },
    "head": {
        "grant_extension", "decline_extension", "transfer", "terminate", "revoke", "reopen",
    },
}  # fmt: skip
AT_WINDOW = {"accept", "return_for_correction", "hand_back", "ask_extension"}
SIGNS = {"ACCEPTED": "handler", "IN_REVIEW": "reviewer", "FOR_APPROVAL": "approver"}


def flow_of(profile: Profile, chained: bool) -> dict[str, object]:
    """A flow that offers everything its profile may have."""
    flow: dict[str, object] = {
        "profile": profile,
        "decide": {"within": {"amount": 20}, "local": True},
    }
    if profile is Profile.FILING:
        return flow
    flow["extension"] = {"amount": 10, "basis": "行政许可法 第四十二条"}
    if chained:
        flow["chain"] = ["HANDLE", "REVIEW", "APPROVE"]
    if profile is Profile.LICENCE:
        flow["special_procedures"] = ["HEARING"]
        renewal = {"effect": "RENEW", "ask_before": {"amount": 1}, "basis": "行政许可法 第五十条"}
        flow["earlier"] = {"licence": "answer:note", "acts": [renewal]}
        flow["silence"] = "RENEWED"
    return flow


class CaseLife(RuleBasedStateMachine):
    """One case, everybody trying everything in any order, with right and stale versions."""

    profile = Profile.BENEFIT
    chained = False
    table: int | None = None

    @initialize()
    def hand_in(self) -> None:
        self.at, self.item = AT, f"{self.profile}-{self.chained}".lower()
        with transaction.atomic():
            actions.publish_flow(
                item_code=self.item, item_version=1, flow=flow_of(self.profile, self.chained),
                actor=machine("publisher"), at=AT,
            )  # fmt: skip
            silence = AT + timedelta(days=60) if self.profile is Profile.LICENCE else None
            self.case = sample.opened(profile=self.profile, item_code=self.item, silence_at=silence)
            clocks.start(
                subject=self.case.reference, kind="accept", allowance=Allowance(5), at=AT,
                actor=machine("worker"),
            )  # fmt: skip
            if self.table is not None:  # a case of before
                Case.objects.filter(pk=self.case.pk).update(machine_version=self.table)
        self.steps = 0
        self.answered = False

    @rule(later=st.sampled_from([LATE, LAST]))
    def time_passes(self, later) -> None:
        self.at = max(self.at, later)

    @rule(stage=st.sampled_from(list(Stage)), on=st.booleans())
    def something_blocks_or_lets_go(self, stage: Stage, on: bool) -> None:
        verb = actions.block if on else actions.unblock
        with transaction.atomic():
            verb(
                case_key=self.case.key, stage=stage, reason="branch:x", actor=ACTORS["machine"],
                at=self.at,
            )  # fmt: skip

    @rule(
        verb=st.sampled_from(sorted(VERBS)),
        who=st.sampled_from(sorted(ACTORS)),
        stale=st.booleans(),
    )
    def try_it(self, verb: str, who: str, stale: bool) -> None:
        before = Case.objects.get(pk=self.case.pk)
        wrong_version = stale and verb not in UNSEEN and before.version > 1
        allowed = self._declared(before, verb, who)
        refusal = self._attempt(verb, before, who, int(wrong_version))
        after = Case.objects.get(pk=before.pk)
        if refusal is None:
            assert allowed, f"{who} did {verb} in {before.state}"
            assert not wrong_version
            assert after.version == before.version + 1
            self.steps += 1
            self._answered(verb)
            return
        assert (after.state, after.version) == (before.state, before.version)
        if allowed and isinstance(refusal, InvalidInput | NotFound):
            assert verb in ("transfer", "begin_special"), f"{who} {verb}: {refusal}"
            return  # to the same body again; the same kind twice
        assert not allowed or wrong_version, f"{who} {verb} in {before.state}: {refusal.code}"
        assert who not in NOBODY or isinstance(refusal, NotFound)
        assert not (wrong_version and allowed) or isinstance(refusal, VersionConflict)

    @rule(pick=st.integers(0, 10_000))
    def go_on(self, pick: int) -> None:
        """Something that is allowed, so that deep states are reached; the ends are left to chance."""
        row = Case.objects.get(pk=self.case.pk)
        ends = {"withdraw", "terminate", "refuse_acceptance", "not_ours", "hand_back"}
        ways = [
            (verb, who)
            for verb in sorted(set(VERBS) - ends)
            for who in ACTORS
            if self._declared(row, verb, who)
        ]
        if ways:
            verb, who = ways[pick % len(ways)]
            self.try_it(verb, who, False)

    def _answered(self, verb: str) -> None:
        """The journey stops and begins the clock of acceptance; here it is done beside the act."""
        subject, actor = self.case.reference, machine("worker")
        if verb == "supply_correction":
            clocks.stop(subject=subject, kind="accept", at=self.at, actor=actor)
            clocks.restart(
                subject=subject, kind="accept", allowance=Allowance(5), at=self.at, actor=actor
            )
            self.due_from = self.at
            self.answered = False
        elif verb in ("return_for_correction", "accept", "deem_accepted"):
            clocks.stop(subject=subject, kind="accept", at=self.at, actor=actor)
            self.answered = True

    def _attempt(self, verb: str, row: Case, who: str, behind: int) -> Refusal | None:
        try:
            with transaction.atomic():
                VERBS[verb](row.key, row.version - behind, ACTORS[who], self.at)
        except Refusal as refusal:
            return refusal
        return None

    # what may be done, said a second time

    def _declared(self, row: Case, verb: str, who: str) -> bool:
        act = "approve" if verb == "rule" else verb
        party = {"applicant": "APPLICANT", "machine": "MACHINE"}.get(who, "OFFICIAL")
        if who in NOBODY or (party == "OFFICIAL" and not self._in_office(row, act, who)):
            return False
        here = [
            t
            for t in machine_of(row.profile, row.machine_version).transitions
            if t.source == row.state
        ]
        facts = self._facts(row, verb)
        return any(t.act == act and party in t.roles and self._holds(t, facts, row) for t in here)

    def _in_office(self, row: Case, act: str, who: str) -> bool:
        if (who == "other body") != (row.department == OTHER_BODY):
            return False
        office = {"second approver": "approver", "other body": "approver"}.get(who, who)
        if act == "grant_extension" and (row.extension or {}).get("by") == ACTORS[who].reference:
            return False
        if not self.chained:
            window = self.profile not in (Profile.LICENCE, Profile.COMMITMENT)
            if office == "clerk" and window and act in AT_WINDOW:
                return True
            return office == "approver" or act in OFFICES[office]
        if act in ("forward", "send_back"):
            return SIGNS.get(row.state) == office
        window = self.profile not in (Profile.LICENCE, Profile.COMMITMENT)
        return act in OFFICES[office] or (office == "clerk" and window and act in AT_WINDOW)

    def _facts(self, row: Case, verb: str) -> dict[str, bool]:
        told, mended = row.notified_at is not None, row.corrected_at is not None
        asked, extended = row.extension_asked_at is not None, row.extended_at is not None
        waits = row.person_asked_at is not None and row.person_answered_at is None
        open_blocks = set(row.blocks.filter(ended_at=None).values_list("stage", flat=True))
        since = row.corrected_at or row.received_at
        silent = not self.answered and self.at - since >= timedelta(days=8)
        return {
            "correction_used": told,
            "supply_late": row.supply_lapsed_at is not None and not mended,
            "awaits_correction": told and not mended,
            "machine_decided": row.by_rule and row.person_asked_at is None,
            "person_waits": row.by_rule and waits,
            "extension_offered": self.profile is not Profile.FILING,
            "extension_free": not asked and not extended,
            "extension_waits": asked and not extended,
            "special_offered": self.profile is Profile.LICENCE,
            "last_special": True,
            "chained": self.chained,
            "chain_reviews": self.chained,
            "decision_blocked": Stage.DECISION in open_blocks,
            "issue_blocked": Stage.ISSUE in open_blocks,
            "silence_lapsed": row.silence_at is not None and self.at >= row.silence_at,
            "approved": row.outcome == "APPROVE",
            "accept_lapsed": silent and not (told and not mended) and self._knows_silence(row),
            "rule_approved": verb == "rule",
        }

    def _knows_silence(self, row: Case) -> bool:
        return row.profile in (Profile.LICENCE, Profile.COMMITMENT)

    def _holds(self, one: Transition, facts: dict[str, bool], row: Case) -> bool:
        for word in filter(None, (part.strip() for part in one.guard.split("&"))):
            if facts[word.removeprefix("!")] == word.startswith("!"):
                return False
        return True

    # what is always so

    @invariant()
    def the_version_counts_every_step(self) -> None:
        if hasattr(self, "case"):
            row = Case.objects.get(pk=self.case.pk)
            assert row.version == 1 + self.steps

    @invariant()
    def a_rule_never_says_no_and_an_end_is_an_end(self) -> None:
        if hasattr(self, "case"):
            row = Case.objects.get(pk=self.case.pk)
            assert not (row.by_rule and row.outcome == "REJECT")
            if row.state in (State.WITHDRAWN, State.REFUSED, State.HANDED_BACK, State.TERMINATED):
                assert row.ended_at is not None

    @rule()
    def exactly_one_has_an_open_case_and_nobody_an_ended_one(self) -> None:
        row = Case.objects.get(pk=self.case.pk)
        holding = CaseHolding.objects.filter(case=row, ended_at=None).count()
        keeper = standing.keeper_of(row)
        assert holding == (1 if keeper and row.held_since else 0)
        account = queries.get_case(row.key, ACTORS["applicant"], at=self.at).time_account
        assert account is not None
        assert (account.spans[-1].ended_at is None) == (keeper is not None)
        for one, following in zip(account.spans, account.spans[1:], strict=False):
            assert one.ended_at is not None
            assert one.began_at <= one.ended_at <= following.began_at

    @rule(who=st.sampled_from(["applicant", "approver", "second approver", "head", "handler",
                               "reviewer", "clerk", "other body"]))  # fmt: skip
    def what_is_offered_is_what_may_be_done(self, who: str) -> None:
        row = Case.objects.get(pk=self.case.pk)
        try:
            offered = {a.name for a in queries.get_case(row.key, ACTORS[who], at=self.at).acts}
        except NotFound:
            offered = set()
        assert offered == {v for v in VERBS if v != "rule" and self._declared(row, v, who)}


MODES = [
    (profile, chained, None)
    for profile in Profile
    for chained in (False, True)
    if (profile, chained) != (Profile.FILING, True)
]
OLD = [(Profile.BENEFIT, False, 1), (Profile.MARKET_REGISTRATION, False, 1)]


@pytest.mark.django_db
@pytest.mark.parametrize(("profile", "chained", "table"), [*MODES, *OLD])
def test_only_declared_acts_succeed_from_any_state_anybody_can_reach(
    profile: Profile, chained: bool, table: int | None
) -> None:
    given = {"profile": profile, "chained": chained, "table": table}
    run_state_machine_as_test(
        type("Life", (CaseLife,), given),
        settings=settings(
            max_examples=5 if profile is Profile.LICENCE else 2,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_the_journal_has_one_entry_for_every_step() -> None:
    case = sample.opened()
    case = actions.to_official(case_key=case.key, actor=machine("worker"), at=AT)
    case = actions.accept(case_key=case.key, version=case.version, actor=sample.official(), at=AT)
    entries = journal.list_entries(subject=case.reference)
    assert len([e for e in entries if e.act.startswith("cases.")]) == case.version


@pytest.mark.django_db
def test_an_auditor_sees_no_case() -> None:
    case = sample.opened()
    with pytest.raises((NotFound, NotAllowed)):
        actions.accept(case_key=case.key, version=1, actor=sample.official(Role.AUDITOR), at=AT)
