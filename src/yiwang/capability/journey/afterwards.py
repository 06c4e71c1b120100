"""After the end: the body takes its decision back, or takes the matter up anew after a review."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from yiwang.capability.cases import actions as cases
from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import CaseView, CitationRow, Ground
from yiwang.capability.cases.definitions.profiles import State, Step
from yiwang.capability.cases.queries import Inside
from yiwang.capability.entitlements.definitions import StopReason
from yiwang.capability.journey import clocks as case_clocks
from yiwang.capability.journey import earlier, letters, stopping
from yiwang.kernel.actor import Actor, machine
from yiwang.kernel.references import split
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.clocks.definitions import Allowance
from yiwang.support.licences import queries as licence_queries
from yiwang.support.licences.definitions import LicenceView

#: Acts on a licence in the delegating body's name, for the body that handles the case.
_DELEGATED: Final = machine("delegation")


@transaction.atomic
def revoke(
    *,
    case_key: str,
    version: int,
    reason: str,
    actor: Actor,
    at: datetime,
    basis: Sequence[CitationRow] = (),
) -> CaseView:
    """撤销 by the head (行政许可法 69): the result ends, in writing, with reasons and rights of appeal.

    Refusals: ``CannotDo`` (nothing was granted), ``InvalidInput``, ``NotAllowed``, ``VersionConflict``.
    """
    before = case_queries.get_case(case_key, actor, at=at)
    cases.revoke(case_key=case_key, version=version, reason=reason, basis=basis, actor=actor, at=at)
    inside = case_queries.get_inside(case_key)
    clocks.stop_all(subject=inside.reference, at=at, actor=actor)
    effect = take_back(inside, _result(before), reason, anew=False, actor=actor, at=at)
    stopping.announce_end(
        inside=inside, reason=StopReason.ENDED, because=reason, basis=basis, at=at
    )
    letters.taken_back(inside=inside, reason=reason, basis=basis, effect=effect, actor=actor, at=at)
    return case_queries.get_case(case_key, actor, at=at)


@transaction.atomic
def reopen(
    *,
    case_key: str,
    version: int,
    ground: str,
    document: str,
    reason: str,
    actor: Actor,
    at: datetime,
    within: Allowance | None = None,
) -> CaseView:
    """Taken up anew because a review or a court said so; decided within what they set, else the limit.

    What had been granted ends. Refusals: ``InvalidInput``, ``CannotDo``, ``NotAllowed``.
    """
    before = case_queries.get_case(case_key, actor, at=at)
    cases.reopen(
        case_key=case_key, version=version, ground=Ground(ground), document=document,
        reason=reason, actor=actor, at=at,
    )  # fmt: skip
    inside = case_queries.get_inside(case_key)
    flow = case_queries.get_flow(inside.item_code, inside.item_version, inside.profile)
    clocks.stop_all(subject=inside.reference, at=at, actor=actor)
    due = case_clocks.begin_anew(inside.reference, flow, within=within, actor=actor, at=at)
    result = "" if before.state == State.REVOKED else _result(before)  # ended already
    effect = take_back(inside, result, reason, anew=True, actor=actor, at=at)
    letters.reopened(
        inside=inside, ground=Ground(ground), document=document, effect=effect, due_on=due,
        actor=actor, at=at,
    )  # fmt: skip
    return case_queries.get_case(case_key, actor, at=at)


def take_back(
    inside: Inside, result: str, reason: str, *, anew: bool, actor: Actor, at: datetime
) -> str:
    """What becomes of the result, as the letter says it. ``anew``: it is going to be decided again.

    Decisions that renewed or changed the licence since stood on this one: they are taken back first.
    A benefit's end is announced by a letter of its own (``stopping``). Refuses ``LaterVersionStands``.
    """
    kind = split(result)[0] if result else ""
    if kind == "licence" or (result and inside.effect):
        by = actor if inside.body == inside.department else _DELEGATED
        licence = result if kind == "licence" else ""
        if licence:
            _take_back_later(inside, licence, reason, actor=actor, at=at)
        return earlier.take_back(inside, licence, reason, actor=by, at=at)
    if kind == "entitlement":
        return stopping.meanwhile(inside) if anew else ""
    return ""


def _take_back_later(
    inside: Inside, licence: str, reason: str, *, actor: Actor, at: datetime
) -> None:
    """The decisions behind later versions fall with the one they stood on: newest first, by the same
    head, each with a letter of its own; all of them or nothing. Refuses ``LaterVersionStands``."""
    versions = licence_queries.list_versions(split(licence)[1], at=at)
    mine = next(one for one in versions if one.reference == licence)
    later = [one for one in versions if one.version > mine.version and one.case != inside.reference]
    for one in later:  # in this order everybody locks them
        case_queries.get_inside(split(one.case)[1], lock=True)
    for one in reversed(later):
        _revoke_later(one, f"所依据的证照（编号 {mine.identifier}）已被撤销：{reason}", actor, at)


def _revoke_later(version: LicenceView, because: str, actor: Actor, at: datetime) -> None:
    key = split(version.case)[1]
    inside = case_queries.get_inside(key)
    if inside.state == State.REVOKED:
        return
    try:
        case = case_queries.get_case(key, actor, at=at)
    except NotFound:
        raise earlier.LaterVersionStands from None
    if not any(act.name == Step.REVOKE for act in case.acts):
        raise earlier.LaterVersionStands
    cases.revoke(case_key=key, version=case.version, reason=because, actor=actor, at=at)
    clocks.stop_all(subject=inside.reference, at=at, actor=actor)
    by = actor if inside.body == inside.department else _DELEGATED
    earlier.take_back(inside, version.reference, because, actor=by, at=at)
    effect = f"换发的{inside.result_label}（编号 {version.identifier}）同时撤销，不能再使用。"
    letters.taken_back(inside=inside, reason=because, basis=(), effect=effect, actor=actor, at=at)


def _result(before: CaseView) -> str:
    return before.result.reference if before.result else ""
