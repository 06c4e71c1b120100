"""The acts of a procedure in full: signing, special procedures, transfer, silence's other side, the end."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from yiwang.capability import journey
from yiwang.capability.cases import actions as case_actions
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import (
    DeliveryProof,
    Ground,
    Manner,
    NotOurs,
    Outcome,
)
from yiwang.capability.cases.definitions.flow import Special
from yiwang.entrance.api.cases import CaseOut, SeenIn, Version
from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import Given, Key, Reason, Short, Words
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel import moments
from yiwang.kernel.actor import CASE_STAFF
from yiwang.mechanisms.clocks.definitions import Allowance

router = Router(tags=["审批"])
_STAFF = CASE_STAFF
Uscc = Annotated[str, Field(pattern=r"^[0-9A-Z]{18}$")]


class OpinionIn(SeenIn):
    opinion: Reason


class ForwardIn(OpinionIn):
    """``proposal``: what the one who signs proposes."""

    proposal: Outcome


class NotOursIn(SeenIn):
    """``where``: the body to turn to, when it is another's."""

    kind: NotOurs
    reason: Reason
    where: Words = ""


class TransferIn(SeenIn):
    department: Uscc
    reason: Reason


class SpecialBeginIn(SeenIn):
    kind: Special
    reason: Reason
    expected_on: date


class SpecialEndIn(SeenIn):
    kind: Special
    finding: Reason


class GroundsIn(SeenIn):
    reason: Reason


class DeliveryIn(SeenIn):
    manner: Manner
    receiver: Annotated[str, Field(min_length=1, max_length=100)]
    checked: Short = ""
    tracking: Short = ""
    remark: Words = ""


class ServiceIn(Given):
    """``letters``: which of the case's letters were handed over on paper."""

    letters: Annotated[list[Key], Field(min_length=1, max_length=50)]
    manner: Literal["WINDOW", "COURIER"]
    receiver: Annotated[str, Field(min_length=1, max_length=100)]
    checked: Short = ""
    tracking: Short = ""
    remark: Words = ""


class ReopenIn(SeenIn):
    """``within``: working days the review or the court set; empty: the item's own limit."""

    ground: Ground
    document: Annotated[str, Field(min_length=1, max_length=100)]
    reason: Reason
    within: Annotated[int, Field(ge=1, le=366)] | None = None


class SeenCaseIn(Given):
    key: Key
    version: Version


class BatchIn(Given):
    act: Short
    reason: Words = ""
    cases: Annotated[list[SeenCaseIn], Field(min_length=1, max_length=100)]


class BatchResultOut(Schema):
    case_key: str
    done: bool
    state_label: str
    code: str
    sentence: str
    remedy: str


class PhraseIn(Given):
    text: Annotated[str, Field(min_length=1, max_length=200)]


class PhraseOut(Schema):
    key: str
    text: str


@router.post("/cases/{key}/forward", response=CaseOut, summary="送下一步签批")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def forward(request: HttpRequest, key: Key, body: ForwardIn) -> object:
    """Sign and pass on along the chain, with an opinion."""
    return journey.forward(
        case_key=key, version=body.version, proposal=body.proposal, opinion=body.opinion,
        actor=actor_of(request), at=moments.now(),
    )  # fmt: skip


@router.post("/cases/{key}/send-back", response=CaseOut, summary="退回上一步")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def send_back(request: HttpRequest, key: Key, body: OpinionIn) -> object:
    """Back to the step before, with an opinion."""
    return journey.send_back(
        case_key=key, version=body.version, opinion=body.opinion,
        actor=actor_of(request), at=moments.now(),
    )  # fmt: skip


@router.post("/cases/{key}/not-ours", response=CaseOut, summary="不受理，告知去向")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def not_ours(request: HttpRequest, key: Key, body: NotOursIn) -> object:
    """No licence is needed, or it is another body's matter."""
    return journey.not_ours(
        case_key=key, version=body.version, kind=body.kind, reason=body.reason, where=body.where,
        actor=actor_of(request), at=moments.now(),
    )  # fmt: skip


@router.post("/cases/{key}/transfer", response=CaseOut, summary="转办")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def transfer(request: HttpRequest, key: Key, body: TransferIn) -> object:
    """To another body before acceptance; the day of receipt stays."""
    return journey.transfer(
        case_key=key, version=body.version, department=body.department, reason=body.reason,
        actor=actor_of(request), at=moments.now(),
    )  # fmt: skip


@router.post("/cases/{key}/terminate", response=CaseOut, summary="终止办理")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def terminate(request: HttpRequest, key: Key, body: GroundsIn) -> object:
    """It can go on no more, with reasons."""
    return journey.terminate(
        case_key=key, version=body.version, reason=body.reason,
        actor=actor_of(request), at=moments.now(),
    )  # fmt: skip


@router.post("/cases/{key}/special/begin", response=CaseOut, summary="进入特别程序")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def begin_special(request: HttpRequest, key: Key, body: SpecialBeginIn) -> object:
    """The clock stands until it ends; only what the item names."""
    return journey.begin_special(
        case_key=key, version=body.version, kind=body.kind, reason=body.reason,
        expected_on=body.expected_on, actor=actor_of(request), at=moments.now(),
    )  # fmt: skip


@router.post("/cases/{key}/special/end", response=CaseOut, summary="特别程序结束")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def end_special(request: HttpRequest, key: Key, body: SpecialEndIn) -> object:
    """It is over, with what it found."""
    return journey.end_special(
        case_key=key, version=body.version, kind=body.kind, finding=body.finding,
        actor=actor_of(request), at=moments.now(),
    )  # fmt: skip


@router.post("/cases/{key}/letters/serve", response=CaseOut, summary="登记纸质送达")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def serve_letters(request: HttpRequest, key: Key, body: ServiceIn) -> object:
    """Letters handed over on paper: a 送达回证 is written for them."""
    proof = DeliveryProof(
        Manner(body.manner), body.receiver, body.checked, body.tracking, body.remark
    )
    return journey.serve_letters(
        case_key=key, keys=body.letters, proof=proof, actor=actor_of(request), at=moments.now()
    )


@router.post("/cases/{key}/deliver", response=CaseOut, summary="送达")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def deliver(request: HttpRequest, key: Key, body: DeliveryIn) -> object:
    """In the applicant's hands, with the proof of delivery."""
    proof = DeliveryProof(body.manner, body.receiver, body.checked, body.tracking, body.remark)
    return journey.deliver(
        case_key=key, version=body.version, proof=proof,
        actor=actor_of(request), at=moments.now(),
    )  # fmt: skip


@router.post("/cases/{key}/take-back", response=CaseOut, summary="撤销决定")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def take_back(request: HttpRequest, key: Key, body: GroundsIn) -> object:
    """The head takes the body's own decision back; the result ends."""
    return journey.revoke(
        case_key=key, version=body.version, reason=body.reason,
        actor=actor_of(request), at=moments.now(),
    )  # fmt: skip


@router.post("/cases/{key}/reopen", response=CaseOut, summary="经复议或者诉讼，重新办理")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def reopen(request: HttpRequest, key: Key, body: ReopenIn) -> object:
    """Taken up anew after a review or a judgment."""
    return journey.reopen(
        case_key=key, version=body.version, ground=body.ground, document=body.document,
        reason=body.reason, within=Allowance(body.within) if body.within else None,
        actor=actor_of(request), at=moments.now(),
    )  # fmt: skip


@router.post("/desk/batch", response=list[BatchResultOut], summary="批量办理")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def batch(request: HttpRequest, body: BatchIn) -> object:
    """accept, approve or forward many; each case its own answer. A no is written one by one."""
    told = journey.batch(
        acts=[(one.key, one.version) for one in body.cases],
        act=body.act,
        reason=body.reason,
        actor=actor_of(request),
        at=moments.now(),
    )
    return list(told)


@router.get("/desk/phrases", response=list[PhraseOut], summary="意见短语")
@access(OFFICIAL, roles=_STAFF, scope="desk:read")
def list_phrases(request: HttpRequest) -> object:
    """The phrases this official keeps."""
    return list(cases.list_phrases(actor_of(request)))


@router.post("/desk/phrases", response=PhraseOut, summary="保存意见短语")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def keep_phrase(request: HttpRequest, body: PhraseIn) -> object:
    """Keep one more."""
    key = case_actions.keep_phrase(text=body.text, actor=actor_of(request), at=moments.now())
    return {"key": key, "text": " ".join(body.text.split())}


@router.delete("/desk/phrases/{phrase_key}", response={204: None}, summary="删除意见短语")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def forget_phrase(request: HttpRequest, phrase_key: Key) -> object:
    """Delete one of one's own."""
    case_actions.forget_phrase(key=phrase_key, actor=actor_of(request), at=moments.now())
    return 204, None
