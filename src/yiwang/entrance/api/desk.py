"""The official's acts on a case: accept, return, hand back, refuse, decide."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from yiwang.capability import journey
from yiwang.capability.cases.definitions import CitationRow
from yiwang.entrance.api.cases import CaseOut, SeenIn
from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import Citation, Key, Reason, Words
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel import moments
from yiwang.kernel.actor import CASE_STAFF, Role

router = Router(tags=["审批"])
_DECIDERS = (Role.APPROVER,)
#: Who may grant more time: the head of the body, where no chain is signed also an approver.
_HEADS = (Role.APPROVER, Role.HEAD)
_STAFF = CASE_STAFF


class ReasonIn(SeenIn):
    reason: Reason


class CorrectionIn(SeenIn):
    """Everything that must be corrected, once."""

    problems: Annotated[list[Words], Field(min_length=1, max_length=50)]


class RefusalIn(ReasonIn):
    """``basis``: the articles it stands on, the item's own when empty."""

    basis: list[Citation] = Field(default_factory=list, max_length=20)
    advice: Words = ""


class DecisionIn(ReasonIn):
    """``conditions``: what a yes carries; left out, those of the item and of the bodies asked."""

    outcome: Literal["APPROVE", "REJECT"]
    conditions: Words | None = None
    basis: list[Citation] = Field(default_factory=list, max_length=20)


@router.post("/cases/{key}/accept", response=CaseOut, summary="受理")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def accept(request: HttpRequest, key: Key, body: SeenIn) -> object:
    """The application is complete and ours: accepted."""
    return journey.accept(
        case_key=key, version=body.version, actor=actor_of(request), at=moments.now()
    )


@router.post("/cases/{key}/return", response=CaseOut, summary="一次告知补正")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def return_for_correction(request: HttpRequest, key: Key, body: CorrectionIn) -> object:
    """Tell everything that must be corrected, once."""
    return journey.return_for_correction(
        case_key=key,
        version=body.version,
        problems=body.problems,
        actor=actor_of(request),
        at=moments.now(),
    )


@router.post("/cases/{key}/hand-back", response=CaseOut, summary="退回材料")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def hand_back(request: HttpRequest, key: Key, body: CorrectionIn) -> object:
    """Market registration: hand the materials back, told once, to be applied for anew."""
    return journey.hand_back(
        case_key=key,
        version=body.version,
        problems=body.problems,
        actor=actor_of(request),
        at=moments.now(),
    )


@router.post("/cases/{key}/refuse", response=CaseOut, summary="不予受理")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def refuse(request: HttpRequest, key: Key, body: RefusalIn) -> object:
    """Not to be accepted, with reasons and articles."""
    return journey.refuse_acceptance(
        case_key=key,
        version=body.version,
        reason=body.reason,
        basis=[CitationRow(cited.law, cited.article) for cited in body.basis],
        advice=body.advice,
        actor=actor_of(request),
        at=moments.now(),
    )


@router.post("/cases/{key}/decide", response=CaseOut, summary="决定")
@access(OFFICIAL, roles=_DECIDERS, scope="desk:write")
def decide(request: HttpRequest, key: Key, body: DecisionIn) -> object:
    """Approve or reject, with reasons; two at once: one decides, the other gets 409."""
    return journey.decide(
        case_key=key,
        version=body.version,
        outcome=body.outcome,
        reason=body.reason,
        conditions=body.conditions,
        basis=[CitationRow(cited.law, cited.article) for cited in body.basis],
        actor=actor_of(request),
        at=moments.now(),
    )


@router.post("/cases/{key}/confirm", response=CaseOut, summary="人工复核")
@access(OFFICIAL, roles=_DECIDERS, scope="desk:write")
def confirm_by_person(request: HttpRequest, key: Key, body: ReasonIn) -> object:
    """Answer a person who asked for a person after a machine decided."""
    return journey.confirm_by_person(
        case_key=key,
        version=body.version,
        reason=body.reason,
        actor=actor_of(request),
        at=moments.now(),
    )


@router.post("/cases/{key}/revoke", response=CaseOut, summary="复核后撤销，重新办理")
@access(OFFICIAL, roles=_DECIDERS, scope="desk:write")
def revoke_by_person(request: HttpRequest, key: Key, body: ReasonIn) -> object:
    """The person who looked again disagrees with the machine: revoked, decided anew by a person."""
    return journey.revoke_by_person(
        case_key=key,
        version=body.version,
        reason=body.reason,
        actor=actor_of(request),
        at=moments.now(),
    )


@router.post("/cases/{key}/extension/ask", response=CaseOut, summary="提请延长办理期限")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def ask_extension(request: HttpRequest, key: Key, body: ReasonIn) -> object:
    """Ask the head for as much more time as the item names, with the reason."""
    return journey.ask_extension(
        case_key=key,
        version=body.version,
        reason=body.reason,
        actor=actor_of(request),
        at=moments.now(),
    )


@router.post("/cases/{key}/extension/grant", response=CaseOut, summary="批准延长办理期限")
@access(OFFICIAL, roles=_HEADS, scope="desk:write")
def grant_extension(request: HttpRequest, key: Key, body: SeenIn) -> object:
    """Another approver grants the time asked for; the applicant is told in writing."""
    return journey.grant_extension(
        case_key=key, version=body.version, actor=actor_of(request), at=moments.now()
    )


@router.post("/cases/{key}/extension/decline", response=CaseOut, summary="不批准延长办理期限")
@access(OFFICIAL, roles=_HEADS, scope="desk:write")
def decline_extension(request: HttpRequest, key: Key, body: SeenIn) -> object:
    """The time asked for is not granted."""
    return journey.decline_extension(
        case_key=key, version=body.version, actor=actor_of(request), at=moments.now()
    )
