"""收到以后: taken up, told what is missing, not ours, passed on; and what the clock does by itself.

Pre-check never hides time: the days run from the receipt, whoever looks at it first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from yiwang.capability.cases import actions as cases
from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import CaseView, CitationRow, NotOurs
from yiwang.capability.entitlements.definitions import StopReason
from yiwang.capability.journey import clocks as case_clocks
from yiwang.capability.journey import letters, results, stopping, together
from yiwang.kernel.actor import Actor, machine
from yiwang.kernel.references import reference
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.network.directory import queries as directory

#: What time does by itself is done in its name.
CLOCK: Final = machine("clock")


def accept(*, case_key: str, version: int, actor: Actor, at: datetime) -> CaseView:
    """受理: complete and ours. The notice goes out; a licence's days of decision begin (行政许可法 42).

    Refusals: ``CannotDo``, ``VersionConflict`` (also when the clock accepted it first), ``NotAllowed``.
    """
    settle(case_key=case_key, at=at)
    with transaction.atomic():
        row = cases.accept(case_key=case_key, version=version, actor=actor, at=at)
        flow = case_queries.get_flow(row.item_code, row.item_version, row.profile)
        case_clocks.accepted(row.reference, flow, since=at, actor=actor, at=at)
        changed = together.begin(case_key=row, actor=actor, at=at)
        letters.accepted(case_key=row, actor=actor, at=at)
        return case_queries.get_case(case_key if changed else row, actor, at=at)


def return_for_correction(
    *, case_key: str, version: int, problems: Sequence[str], actor: Actor, at: datetime
) -> CaseView:
    """Tell once, everything; from here on the time is the applicant's until it is mended."""
    settle(case_key=case_key, at=at)
    with transaction.atomic():
        row = cases.return_for_correction(
            case_key=case_key, version=version, problems=problems, actor=actor, at=at
        )
        flow = case_queries.get_flow(row.item_code, row.item_version, row.profile)
        supply_by = case_clocks.returned(row.reference, flow, actor=actor, at=at)
        letters.returned(
            case_key=case_key, problems=problems, supply_by=supply_by, actor=actor, at=at
        )
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
    settle(case_key=case_key, at=at)
    with transaction.atomic():
        named = basis or results.named_basis(case_key, approved=False)
        cases.refuse_acceptance(
            case_key=case_key, version=version, reason=reason, basis=named, advice=advice,
            actor=actor, at=at,
        )  # fmt: skip
        clocks.stop_all(subject=reference("case", case_key), at=at, actor=actor)
        letters.refused(
            case_key=case_key, reason=reason, basis=named, advice=advice, actor=actor, at=at
        )
        _stop_what_is_paid(case_key, reason, named, at)
        return case_queries.get_case(case_key, actor, at=at)


def not_ours(
    *,
    case_key: str,
    version: int,
    kind: str,
    reason: str,
    actor: Actor,
    at: datetime,
    where: str = "",
) -> CaseView:
    """No licence is needed for it, or it is another body's: told at once (行政许可法 32 (1), (2))."""
    settle(case_key=case_key, at=at)
    with transaction.atomic():
        named = NotOurs(kind)
        cases.not_ours(
            case_key=case_key, version=version, kind=named, reason=reason, where=where,
            actor=actor, at=at,
        )  # fmt: skip
        clocks.stop_all(subject=reference("case", case_key), at=at, actor=actor)
        letters.not_ours(
            case_key=case_key, kind=named, reason=reason, where=where, actor=actor, at=at
        )
        _stop_what_is_paid(case_key, reason, (), at)
        return case_queries.get_case(case_key, actor, at=at)


def transfer(
    *, case_key: str, version: int, department: str, reason: str, actor: Actor, at: datetime
) -> CaseView:
    """转办 to another body, before acceptance; receipt and clock stay, the applicant is told.

    ``department``: its USCC. Refusals: ``NotFound`` (no such body), ``InvalidInput``, ``CannotDo``.
    """
    settle(case_key=case_key, at=at)
    to = directory.get_department(department)
    with transaction.atomic():
        cases.transfer(
            case_key=case_key, version=version, department=to.uscc, department_name=to.name,
            division_code=to.division_code, reason=reason, actor=actor, at=at,
        )  # fmt: skip
        letters.transferred(case_key=case_key, reason=reason, actor=actor, at=at)
        return case_queries.get_case(case_key, actor, at=at)


@transaction.atomic
def terminate(
    *,
    case_key: str,
    version: int,
    reason: str,
    actor: Actor,
    at: datetime,
    basis: Sequence[CitationRow] = (),
) -> CaseView:
    """终止办理: it can go on no more, with reasons and rights of appeal."""
    cases.terminate(
        case_key=case_key, version=version, reason=reason, basis=basis, actor=actor, at=at
    )
    clocks.stop_all(subject=reference("case", case_key), at=at, actor=actor)
    letters.terminated(case_key=case_key, reason=reason, basis=basis, actor=actor, at=at)
    _stop_what_is_paid(case_key, reason, basis, at)
    return case_queries.get_case(case_key, actor, at=at)


def _stop_what_is_paid(
    case_key: str, reason: str, basis: Sequence[CitationRow], at: datetime
) -> None:
    """A benefit a rule had granted before stops after notice, when the case ended without a yes."""
    stopping.announce_end(
        inside=case_queries.get_inside(case_key),
        reason=StopReason.ENDED,
        because=reason,
        basis=basis,
        at=at,
    )


def settle(*, case_key: str, at: datetime) -> None:
    """If the days to say something are over, the case is accepted before anybody says it now.

    The clock's own round does it too; nobody's lateness moves the law.
    """
    if case_queries.is_silent(case_key, at=at):
        deem_accepted(case_key=case_key, actor=CLOCK, at=at)


@transaction.atomic
def deem_accepted(*, case_key: str, actor: Actor, at: datetime) -> bool:
    """Five working days without a word: accepted, and the days of decision run from the receipt.

    行政许可法 32 (4). False when it does not apply (any more); twice is once.
    """
    inside = case_queries.get_inside(case_key, lock=True)
    if not case_queries.is_silent(case_key, at=at):
        return False
    flow = case_queries.get_flow(inside.item_code, inside.item_version, inside.profile)
    cases.deem_accepted(case_key=case_key, actor=actor, at=at)
    case_clocks.accepted(inside.reference, flow, since=inside.counted_from, actor=actor, at=at)
    together.begin(case_key=case_key, since=inside.counted_from, actor=actor, at=at)
    letters.accepted_by_silence(inside=inside, actor=actor, at=at)
    return True
