"""Property: from any state anybody can reach, only declared acts succeed, and no version is lost."""

from __future__ import annotations

from collections.abc import Callable

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
from yiwang.capability.cases.definitions import Outcome
from yiwang.capability.cases.definitions.profiles import Profile, State, machine_of
from yiwang.capability.cases.models import Case
from yiwang.capability.cases.queries import standing
from yiwang.kernel.actor import Actor, Role, machine
from yiwang.kernel.refusals import NotAllowed, NotFound, Refusal, VersionConflict
from yiwang.mechanisms.journal import queries as journal
from yiwang.mechanisms.states import rules as state_rules

AT = sample.AT
ACTORS: dict[str, Actor] = {
    "applicant": sample.citizen(),
    "stranger": sample.citizen("stranger"),
    "approver": sample.official(),
    "head": sample.official(name="head"),
    "clerk": sample.official(Role.WINDOW_CLERK, name="qian"),
    "elsewhere": sample.official(place="620103000000", name="sun"),
    "machine": machine("worker"),
}
Verb = Callable[[str, int, Actor], Case]


def _decide(outcome: Outcome) -> Verb:
    return lambda key, version, actor: actions.decide(
        case_key=key, version=version, outcome=outcome, reason="理由", basis=(), actor=actor, at=AT
    )


VERBS: dict[str, Verb] = {
    "accept": lambda k, v, a: actions.accept(case_key=k, version=v, actor=a, at=AT),
    "return_for_correction": lambda k, v, a: actions.return_for_correction(
        case_key=k, version=v, problems=["缺"], actor=a, at=AT
    ),
    "supply_correction": lambda k, v, a: actions.supply_correction(
        case_key=k, version=v, answers={}, rows=[], actor=a, at=AT
    ),
    "hand_back": lambda k, v, a: actions.hand_back(
        case_key=k, version=v, problems=["缺"], actor=a, at=AT
    ),
    "refuse_acceptance": lambda k, v, a: actions.refuse_acceptance(
        case_key=k, version=v, reason="理由", actor=a, at=AT
    ),
    "approve": _decide(Outcome.APPROVE),
    "reject": _decide(Outcome.REJECT),
    "withdraw": lambda k, v, a: actions.withdraw(case_key=k, version=v, actor=a, at=AT),
    "ask_for_person": lambda k, v, a: actions.ask_for_person(case_key=k, version=v, actor=a, at=AT),
    "confirm_by_person": lambda k, v, a: actions.confirm_by_person(
        case_key=k, version=v, reason="核对", actor=a, at=AT
    ),
    "to_official": lambda k, v, a: actions.to_official(case_key=k, actor=a, at=AT),
    "rule": lambda k, v, a: actions.approve_by_rule(
        case_key=k, ruling=sample.ruling(), basis=(), actor=a, at=AT
    ),
    "issue": lambda k, v, a: actions.mark_issued(
        case_key=k, result_kind="DOCUMENT", result="letter:x", actor=a, at=AT
    ),
    "deliver": lambda k, v, a: actions.deliver(case_key=k, actor=a, at=AT),
    "ask_extension": lambda k, v, a: actions.ask_extension(
        case_key=k, version=v, reason="复杂", actor=a, at=AT
    ),
    "grant_extension": lambda k, v, a: actions.grant_extension(
        case_key=k, version=v, actor=a, at=AT
    ),
    "decline_extension": lambda k, v, a: actions.decline_extension(
        case_key=k, version=v, actor=a, at=AT
    ),
    "revoke_by_person": lambda k, v, a: actions.revoke_by_person(
        case_key=k, version=v, reason="不同意", actor=a, at=AT
    ),
    "supply_overdue": lambda k, v, a: actions.pass_on_overdue(case_key=k, actor=a, at=AT),
    "close": lambda k, v, a: actions.close(case_key=k, actor=a, at=AT),
}
VERSIONED = set(VERBS) - {"to_official", "rule", "issue", "deliver", "close", "supply_overdue"}
NOBODY = {"stranger", "elsewhere"}


class CaseLife(RuleBasedStateMachine):
    """One case, everybody trying everything in any order, with right and stale versions."""

    profile = Profile.BENEFIT

    @initialize()
    def hand_in(self) -> None:
        with transaction.atomic():
            self.case = sample.opened(profile=self.profile)
        self.steps = 0

    @rule(
        verb=st.sampled_from(sorted(VERBS)),
        who=st.sampled_from(sorted(ACTORS)),
        stale=st.booleans(),
    )
    def try_it(self, verb: str, who: str, stale: bool) -> None:
        before = Case.objects.get(pk=self.case.pk)
        wrong_version = stale and verb in VERSIONED and before.version > 1
        allowed = self._declared(before, verb, who)
        refusal = self._attempt(verb, before, who, int(wrong_version))
        after = Case.objects.get(pk=before.pk)
        if refusal is None:
            assert allowed, f"{who} did {verb} in {before.state}"
            assert not wrong_version
            assert after.version == before.version + 1
            self.steps += 1
            return
        assert (after.state, after.version) == (before.state, before.version)
        assert not allowed or wrong_version, f"{who} {verb} in {before.state}: {refusal.code}"
        assert who not in NOBODY or isinstance(refusal, NotFound)
        assert not (wrong_version and allowed) or isinstance(refusal, VersionConflict)

    def _attempt(self, verb: str, row: Case, who: str, behind: int) -> Refusal | None:
        try:
            with transaction.atomic():
                VERBS[verb](row.key, row.version - behind, ACTORS[who])
        except Refusal as refusal:
            return refusal
        return None

    def _declared(self, row: Case, verb: str, who: str) -> bool:
        """What the table says, asked without the code under test's own gate."""
        if who in NOBODY:
            return False
        machine_table = machine_of(self.profile)
        role = {"applicant": "APPLICANT", "machine": "MACHINE"}.get(who, "OFFICIAL")
        act = "approve" if verb == "rule" else verb
        facts = standing.facts_of(row, AT, rule_approved=verb == "rule")
        open_acts = state_rules.allowed_acts(machine_table, state=row.state, role=role, facts=facts)
        clerk_may = {
            "accept", "return_for_correction", "hand_back", "deliver", "ask_extension",
        }  # fmt: skip
        if act == "grant_extension" and (row.extension or {}).get("by") == ACTORS[who].reference:
            return False
        return act in open_acts and (who != "clerk" or act in clerk_may)

    @invariant()
    def the_version_counts_every_step(self) -> None:
        if hasattr(self, "case"):
            row = Case.objects.get(pk=self.case.pk)
            assert row.version == 1 + self.steps
            entries = journal.list_entries(subject=row.reference)
            assert len([e for e in entries if e.act.startswith("cases.")]) == row.version

    @invariant()
    def a_rule_never_says_no_and_an_end_is_an_end(self) -> None:
        if hasattr(self, "case"):
            row = Case.objects.get(pk=self.case.pk)
            assert not (row.by_rule and row.outcome == "REJECT")
            if row.state in (State.WITHDRAWN, State.REFUSED, State.HANDED_BACK):
                assert row.ended_at is not None
                assert standing.acts_of(row, ACTORS["approver"], AT) == ()

    @rule(who=st.sampled_from(["applicant", "approver", "head", "clerk"]))
    def what_is_offered_is_what_may_be_done(self, who: str) -> None:
        row = Case.objects.get(pk=self.case.pk)
        offered = {a.name for a in queries.get_case(row.key, ACTORS[who], at=AT).acts}
        assert offered & set(VERBS) == {
            v for v in VERBS if v != "rule" and self._declared(row, v, who)
        }


@pytest.mark.django_db
@pytest.mark.parametrize("profile", [Profile.BENEFIT, Profile.MARKET_REGISTRATION])
def test_only_declared_acts_succeed_from_any_state_anybody_can_reach(profile: Profile) -> None:
    life = type("Life", (CaseLife,), {"profile": profile})
    run_state_machine_as_test(
        life,
        settings=settings(
            max_examples=10,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_an_auditor_sees_no_case() -> None:
    case = sample.opened()
    with pytest.raises((NotFound, NotAllowed)):
        actions.accept(case_key=case.key, version=1, actor=sample.official(Role.AUDITOR), at=AT)
