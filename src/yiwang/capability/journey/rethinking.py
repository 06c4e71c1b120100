"""More time with the head's approval, and a machine's decision that a person takes back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yiwang.capability.cases import actions as cases
from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import CaseView
from yiwang.capability.cases.definitions.profiles import State
from yiwang.capability.journey import afterwards, letters
from yiwang.capability.journey import clocks as case_clocks
from yiwang.capability.journey.clocks import DECIDE
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.clocks import actions as clocks


@transaction.atomic
def ask_extension(
    *, case_key: str, version: int, reason: str, actor: Actor, at: datetime
) -> CaseView:
    """The examiner asks the head of the body for as much more time as the flow names, once a case.

    Refusals: ``InvalidInput`` (no reason), ``CannotDo`` (another procedure, or asked already).
    """
    cases.ask_extension(case_key=case_key, version=version, reason=reason, actor=actor, at=at)
    return case_queries.get_case(case_key, actor, at=at)


@transaction.atomic
def grant_extension(*, case_key: str, version: int, actor: Actor, at: datetime) -> CaseView:
    """The head approves; the clock is computed again and the applicant told in writing.

    As the flow names it (行政许可法 42, 市场主体登记管理条例 19). Refusals: ``SecondPersonNeeded``,
    ``CannotDo``, ``VersionConflict``.
    """
    row = cases.grant_extension(case_key=case_key, version=version, actor=actor, at=at)
    flow = case_queries.get_flow(row.item_code, row.item_version, row.profile)
    if flow.extension is None:  # the guard lets nobody ask where the flow names none
        raise LookupError(row.item_code)
    more = flow.extension.amount
    due = clocks.extend(subject=row.reference, kind=DECIDE, more=more, at=at, actor=actor)
    reason = str((row.extension or {}).get("reason", ""))
    letters.extended(case_key=case_key, flow=flow, reason=reason, due_on=due, actor=actor, at=at)
    return case_queries.get_case(case_key, actor, at=at)


@transaction.atomic
def decline_extension(*, case_key: str, version: int, actor: Actor, at: datetime) -> CaseView:
    """The head does not approve; the limit stays as it is."""
    cases.decline_extension(case_key=case_key, version=version, actor=actor, at=at)
    return case_queries.get_case(case_key, actor, at=at)


@transaction.atomic
def revoke_by_person(
    *, case_key: str, version: int, reason: str, actor: Actor, at: datetime
) -> CaseView:
    """The official who looked again disagrees with the rule: revoked, and decided anew by a person.

    The licence is revoked at once; a benefit is paid on until the new decision, and stops after
    notice when that is no (``stopping.announce_end``). The applicant gets a letter with reasons and
    rights. Refusals: ``CannotDo`` (nobody asked for a person, or an official decided),
    ``InvalidInput``, ``VersionConflict``.
    """
    before = case_queries.get_case(case_key, actor, at=at)
    cases.revoke_by_person(case_key=case_key, version=version, reason=reason, actor=actor, at=at)
    inside = case_queries.get_inside(case_key)
    flow = case_queries.get_flow(inside.item_code, inside.item_version, inside.profile)
    due = case_clocks.begin_anew(inside.reference, flow, actor=actor, at=at)
    result = before.result.reference if before.result else ""
    effect = afterwards.take_back(inside, result, reason, anew=True, actor=actor, at=at)
    letters.revoked(inside=inside, reason=reason, effect=effect, due_on=due, actor=actor, at=at)
    return case_queries.get_case(case_key, actor, at=at)


def pass_on_overdue(*, case_key: str, actor: Actor, at: datetime) -> None:
    """The time to mend ran out: on the official's worklist, the clock goes on. Twice is once."""
    inside = case_queries.get_inside(case_key, lock=True)
    if inside.state != State.RETURNED:
        return
    cases.pass_on_overdue(case_key=case_key, actor=actor, at=at)
    flow = case_queries.get_flow(inside.item_code, inside.item_version, inside.profile)
    case_clocks.not_supplied(inside.reference, flow, actor=actor, at=at)
