"""What the platform does by itself: the receipt letter, and a decision by rule. Never a no."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yiwang.capability.cases import actions as cases
from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions.flow import Flow, table_code
from yiwang.capability.cases.definitions.profiles import Profile, State
from yiwang.capability.cases.queries import Inside
from yiwang.capability.journey import facts, letters, official, results
from yiwang.kernel.actor import Actor, machine
from yiwang.kernel.refusals import Refusal
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.rulings import actions as rulings
from yiwang.mechanisms.rulings.definitions import APPROVE, Input, Ruling

RULES = machine("rules")


def begin(*, case_key: str, flow: Flow, by_person: bool, at: datetime) -> None:
    """In the act of handing in: what no rule can decide is an official's with the receipt.

    A rule is asked by a job, because it asks other registers.
    """
    rule = flow.ruling is not None or flow.profile == Profile.FILING
    if flow.instant and rule and not by_person:
        jobs.defer(task="cases.after_submission", queue="urgent", case=case_key)
        return
    cases.to_official(case_key=case_key, actor=RULES, at=at)
    jobs.defer(task="cases.write_receipt", case=case_key)


def after_submission(*, case_key: str, actor: Actor, at: datetime) -> None:
    """Right after the receipt: decide by rule or pass to an official; the receipt letter follows.

    Safe to run twice: a case that has moved on is left alone, a letter is written once.
    """
    decide_by_rule(case_key=case_key, at=at, actor=actor)
    with transaction.atomic():
        jobs.defer(task="cases.write_receipt", case=case_key)


def write_receipt(*, case_key: str, actor: Actor, at: datetime) -> None:
    """申请材料接收凭证, once; nobody waits for it, so it does not hold up decisions."""
    with transaction.atomic():
        inside = case_queries.get_inside(case_key, lock=True)
        flow = case_queries.get_flow(inside.item_code, inside.item_version, inside.profile)
        letters.receipt(inside=inside, flow=flow, actor=actor, at=at)


def decide_by_rule(*, case_key: str, at: datetime, actor: Actor = RULES) -> None:
    """Ask the item's decision table; yes decides at once, everything else goes to an official.

    Runs outside a transaction (sources are asked first). Does nothing when the case has moved on.
    """
    inside = case_queries.get_inside(case_key)
    if inside.state != State.SUBMITTED:
        return
    flow = case_queries.get_flow(inside.item_code, inside.item_version, inside.profile)
    if inside.instant and not inside.by_person and flow.profile == Profile.FILING:
        _file(inside, flow, actor, at)
        return
    if not inside.instant or inside.by_person or flow.ruling is None or inside.issue_blocked:
        _pass_on(inside, actor, at)
        return
    if facts.identity_differs(inside):
        _pass_on(inside, actor, at, refusal=facts.IdentityDiffers())
        return
    about = facts.person_about(inside, flow.ruling.about)
    inputs = facts.gather(flow.ruling, inside, about=about, at=at)
    try:
        with transaction.atomic():
            ruling = _rule(inside, flow, inputs, actor, at)
            if ruling.outcome == APPROVE and about is not None:
                _approve(inside, flow, ruling, about, actor, at)
            else:
                cases.to_official(case_key=case_key, actor=actor, at=at)
    except Refusal as refusal:
        _pass_on(inside, actor, at, refusal=refusal)


def _file(inside: Inside, flow: Flow, actor: Actor, at: datetime) -> None:
    """备案: the form and the materials were checked when it was handed in; the receipt goes out."""
    with transaction.atomic():
        if case_queries.get_inside(inside.key, lock=True).state != State.SUBMITTED:
            return
        basis = results.basis_of(inside, flow, approved=True)
        row = cases.file_at_once(case_key=inside.key, basis=basis, actor=actor, at=at)
        clocks.stop_all(subject=inside.reference, at=at, actor=actor)
        about = inside.applicant
        results.finish(case_key=row, about=about, ruling=None, actor=actor, at=at)


def _rule(
    inside: Inside, flow: Flow, inputs: dict[str, Input], actor: Actor, at: datetime
) -> Ruling:
    if flow.ruling is None:
        raise LookupError(inside.item_code)
    return rulings.rule(
        subject=inside.reference,
        table=table_code(inside.item_code, flow.ruling.table),
        table_version=inside.item_version,
        inputs=inputs,
        at=at,
        actor=actor,
    )


def _approve(
    inside: Inside, flow: Flow, ruling: Ruling, about: str, actor: Actor, at: datetime
) -> None:
    basis = results.basis_of(inside, flow, approved=True)
    row = cases.approve_by_rule(
        case_key=inside.key,
        ruling=ruling,
        basis=basis,
        conditions=official.propose_conditions(inside.key),
        actor=actor,
        at=at,
    )
    clocks.stop_all(subject=inside.reference, at=at, actor=actor)
    results.finish(case_key=row, about=about, ruling=ruling, actor=actor, at=at)


def _pass_on(inside: Inside, actor: Actor, at: datetime, *, refusal: Refusal | None = None) -> None:
    """To an official, with the reason the rule could not be used; nothing when somebody was faster."""
    with transaction.atomic():
        row = cases.take_up(case_key=inside.key, actor=actor)
        if case_queries.get_inside(row).state != State.SUBMITTED:
            return
        cases.to_official(case_key=row, actor=actor, at=at)
        if refusal is not None:
            journal.record(
                actor=actor,
                act="cases.rule_unavailable",
                subject=inside.reference,
                at=at,
                result=refusal.code,
            )
