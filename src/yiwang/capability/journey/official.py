"""What the official who examines and decides does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from yiwang.capability.cases import actions as cases
from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import CaseView, CitationRow, Outcome
from yiwang.capability.entitlements.definitions import StopReason
from yiwang.capability.journey import clocks as case_clocks
from yiwang.capability.journey import facts, letters, results, stopping
from yiwang.kernel.actor import Actor
from yiwang.kernel.references import reference
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.rulings import queries as rulings


@transaction.atomic
def accept(*, case_key: str, version: int, actor: Actor, at: datetime) -> CaseView:
    """Take the case up; the notice of acceptance goes out, a licence's days of decision begin."""
    row = cases.accept(case_key=case_key, version=version, actor=actor, at=at)
    flow = case_queries.get_flow(row.item_code, row.item_version)
    case_clocks.accepted(row.reference, flow, since=at, actor=actor, at=at)
    letters.accepted(case_key=case_key, actor=actor, at=at)
    return case_queries.get_case(case_key, actor, at=at)


@transaction.atomic
def return_for_correction(
    *, case_key: str, version: int, problems: Sequence[str], actor: Actor, at: datetime
) -> CaseView:
    """Tell once, everything; from here on the time is the applicant's until it is mended."""
    row = cases.return_for_correction(
        case_key=case_key, version=version, problems=problems, actor=actor, at=at
    )
    flow = case_queries.get_flow(row.item_code, row.item_version)
    supply_by = case_clocks.returned(row.reference, flow, actor=actor, at=at)
    letters.returned(case_key=case_key, problems=problems, supply_by=supply_by, actor=actor, at=at)
    return case_queries.get_case(case_key, actor, at=at)


@transaction.atomic
def hand_back(
    *, case_key: str, version: int, problems: Sequence[str], actor: Actor, at: datetime
) -> CaseView:
    """Market registration: the materials go back, told once; the applicant applies anew."""
    cases.hand_back(case_key=case_key, version=version, problems=problems, actor=actor, at=at)
    clocks.stop_all(subject=reference("case", case_key), at=at, actor=actor)
    letters.handed_back(case_key=case_key, problems=problems, actor=actor, at=at)
    return case_queries.get_case(case_key, actor, at=at)


@transaction.atomic
def refuse_acceptance(
    *,
    case_key: str,
    version: int,
    reason: str,
    actor: Actor,
    at: datetime,
    basis: Sequence[CitationRow] = (),
    advice: str = "",
) -> CaseView:
    """Not accepted: in writing, with reason, article, where to turn, rights of appeal.

    A benefit a rule had granted before is then announced to stop.
    """
    named = basis or _basis(case_key, approved=False)
    cases.refuse_acceptance(
        case_key=case_key,
        version=version,
        reason=reason,
        basis=named,
        advice=advice,
        actor=actor,
        at=at,
    )
    clocks.stop_all(subject=reference("case", case_key), at=at, actor=actor)
    letters.refused(
        case_key=case_key, reason=reason, basis=named, advice=advice, actor=actor, at=at
    )
    stopping.announce_end(
        inside=case_queries.get_inside(case_key), reason=StopReason.ENDED, because=reason,
        basis=named, at=at,
    )  # fmt: skip
    return case_queries.get_case(case_key, actor, at=at)


@transaction.atomic
def decide(
    *,
    case_key: str,
    version: int,
    outcome: str,
    reason: str,
    actor: Actor,
    at: datetime,
    conditions: str = "",
    basis: Sequence[CitationRow] = (),
) -> CaseView:
    """Approve, and the result is made and delivered; or reject with reasons and rights of appeal.

    A benefit a rule had granted before is then announced to stop.

    Refusals: ``VersionConflict`` (somebody was faster), ``CannotDo``, ``NotYourOwnCase``,
    ``NotAllowed``, ``InvalidInput`` (no reason), ``CannotIssue``.
    """
    approved = Outcome(outcome) is Outcome.APPROVE
    named = basis or _basis(case_key, approved=approved)
    cases.decide(
        case_key=case_key,
        version=version,
        outcome=Outcome(outcome),
        reason=reason,
        basis=named,
        conditions=conditions,
        actor=actor,
        at=at,
    )
    clocks.stop_all(subject=reference("case", case_key), at=at, actor=actor)
    inside = case_queries.get_inside(case_key)
    if approved:
        flow = case_queries.get_flow(inside.item_code, inside.item_version)
        about = facts.person_about(inside, flow.ruling.about if flow.ruling else "")
        last = next(reversed(rulings.list_rulings(subject=inside.reference)), None)
        results.finish(
            case_key=case_key, about=about or inside.applicant, ruling=last, actor=actor, at=at
        )
    else:
        letters.decided(
            inside=inside, approved=False, reason=reason, basis=named, actor=actor, at=at
        )
        stopping.announce_end(
            inside=inside, reason=StopReason.ENDED, because=reason, basis=named, at=at
        )
        results.hand_over(case_key=case_key, actor=actor, at=at)
    return case_queries.get_case(case_key, actor, at=at)


@transaction.atomic
def confirm_by_person(
    *, case_key: str, version: int, reason: str, actor: Actor, at: datetime
) -> CaseView:
    """An official has looked again at what a rule decided."""
    cases.confirm_by_person(case_key=case_key, version=version, reason=reason, actor=actor, at=at)
    return case_queries.get_case(case_key, actor, at=at)


def _basis(case_key: str, *, approved: bool) -> tuple[CitationRow, ...]:
    """What the pack names for such a decision."""
    inside = case_queries.get_inside(case_key)
    flow = case_queries.get_flow(inside.item_code, inside.item_version)
    named = results.basis_of(inside, flow, approved=approved)
    return named or results.basis_of(inside, flow, approved=True)
