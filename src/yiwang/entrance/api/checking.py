"""Looking into promises: late papers, commitments, records; for officials."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from django.db import transaction
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from yiwang.capability import journey
from yiwang.capability.commitments import queries as promises
from yiwang.entrance.api.cases import CaseOut, SeenIn
from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.promises import BreachOut, CommitmentOut, WordsIn, shown
from yiwang.entrance.api.shapes import Clock, Given, Key, Reason, Short
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel import moments
from yiwang.kernel.actor import CASE_STAFF, Role
from yiwang.support.credit import actions as credit_actions

router = Router(tags=["审批"])
_ANSWERING = (Role.APPROVER, Role.HEAD)


class CommitmentRowOut(Schema):
    """``position``: given back as ``after`` for the following page."""

    key: str
    case_key: str
    item_name: str
    kind_label: str
    applicant_masked: str
    state: str
    state_label: str
    due_on: date | None
    clock: Clock | None
    position: str


class ChosenIn(Given):
    materials: Annotated[list[Short], Field(min_length=1, max_length=50)]


class MarkedOut(Schema):
    """What was marked now; what had been before is not named again."""

    marked: list[str]


class SentBackIn(SeenIn):
    reason: Reason


class BrokenIn(WordsIn):
    """``serious``: the road of commitments is closed until it is repaired."""

    serious: bool


@router.get("/commitments", response=list[CommitmentRowOut], summary="待核查的承诺")
@access(OFFICIAL, roles=CASE_STAFF, scope="desk:read")
def list_commitments(
    request: HttpRequest,
    after: Annotated[str, Query(max_length=40)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> object:
    """Commitments to look into, the nearest day first."""
    return list(
        promises.list_commitments(actor_of(request), at=moments.now(), after=after, limit=limit)
    )


@router.get("/commitments/{commitment_key}", response=CommitmentOut, summary="一份承诺")
@access(OFFICIAL, roles=CASE_STAFF, scope="desk:read")
def get_commitment(request: HttpRequest, commitment_key: Key) -> object:
    """One commitment of the body."""
    return shown(promises.get_commitment(commitment_key, actor_of(request), at=moments.now()))


@router.post("/commitments/{commitment_key}/find-true", response=CommitmentOut, summary="核查属实")
@access(OFFICIAL, roles=CASE_STAFF, scope="desk:write")
def find_true(request: HttpRequest, commitment_key: Key, body: WordsIn) -> object:
    """Looked into: as promised."""
    return shown(
        journey.find_true(
            commitment_key=commitment_key,
            version=body.version,
            words=body.words,
            actor=actor_of(request),
            at=moments.now(),
        )
    )


@router.post(
    "/commitments/{commitment_key}/order-correction",
    response=CommitmentOut,
    summary="责令限期改正",
)
@access(OFFICIAL, roles=CASE_STAFF, scope="desk:write")
def order_correction(request: HttpRequest, commitment_key: Key, body: WordsIn) -> object:
    """Not as promised: to be put right in the item's term, told in writing."""
    return shown(
        journey.order_correction(
            commitment_key=commitment_key,
            version=body.version,
            words=body.words,
            actor=actor_of(request),
            at=moments.now(),
        )
    )


@router.post(
    "/commitments/{commitment_key}/find-corrected", response=CommitmentOut, summary="复查合格"
)
@access(OFFICIAL, roles=CASE_STAFF, scope="desk:write")
def find_corrected(request: HttpRequest, commitment_key: Key, body: WordsIn) -> object:
    """Put right."""
    return shown(
        journey.find_corrected(
            commitment_key=commitment_key,
            version=body.version,
            words=body.words,
            actor=actor_of(request),
            at=moments.now(),
        )
    )


@router.post(
    "/commitments/{commitment_key}/find-broken", response=CommitmentOut, summary="认定承诺不实"
)
@access(OFFICIAL, roles=_ANSWERING, scope="desk:write")
def find_broken(request: HttpRequest, commitment_key: Key, body: BrokenIn) -> object:
    """Untrue, or not put right: what was granted is revoked, a breach is on record."""
    return shown(
        journey.find_broken(
            commitment_key=commitment_key,
            version=body.version,
            words=body.words,
            serious=body.serious,
            actor=actor_of(request),
            at=moments.now(),
        )
    )


@router.post("/cases/{key}/verify", response=MarkedOut, summary="核验材料")
@access(OFFICIAL, roles=CASE_STAFF, scope="desk:write")
def verify(request: HttpRequest, key: Key, body: ChosenIn) -> object:
    """Mark papers of a case as compared with what they must show; the vault offers them so marked."""
    marked = journey.verify_materials(
        case_key=key, chosen=body.materials, actor=actor_of(request), at=moments.now()
    )
    return {"marked": list(marked)}


@router.post(
    "/cases/{key}/late/{tolerance_key}/send-back", response=CaseOut, summary="退回补交的材料"
)
@access(OFFICIAL, roles=CASE_STAFF, scope="desk:write")
def send_back_late(request: HttpRequest, key: Key, tolerance_key: Key, body: SentBackIn) -> object:
    """Not what was asked for: the rest of its term runs on."""
    return journey.send_back_late(
        case_key=key,
        tolerance_key=tolerance_key,
        version=body.version,
        reason=body.reason,
        actor=actor_of(request),
        at=moments.now(),
    )


@router.post(
    "/cases/{key}/late/{tolerance_key}/confirm", response=CaseOut, summary="补交的材料核对无误"
)
@access(OFFICIAL, roles=CASE_STAFF, scope="desk:write")
def confirm_late(request: HttpRequest, key: Key, tolerance_key: Key, body: SeenIn) -> object:
    """The late paper of an approved case is right: the result is made."""
    return journey.confirm_late(
        case_key=key,
        tolerance_key=tolerance_key,
        version=body.version,
        actor=actor_of(request),
        at=moments.now(),
    )


@router.post("/breaches/{breach_key}/repair", response=BreachOut, summary="同意修复")
@access(OFFICIAL, roles=_ANSWERING, scope="desk:write")
def repair(request: HttpRequest, breach_key: Key, body: WordsIn) -> object:
    """The body agrees, with reasons."""
    with transaction.atomic():
        return credit_actions.repair(
            key=breach_key,
            version=body.version,
            words=body.words,
            actor=actor_of(request),
            at=moments.now(),
        )


@router.post("/breaches/{breach_key}/decline-repair", response=BreachOut, summary="不同意修复")
@access(OFFICIAL, roles=_ANSWERING, scope="desk:write")
def decline_repair(request: HttpRequest, breach_key: Key, body: WordsIn) -> object:
    """The body does not agree, with reasons; the person may ask again."""
    with transaction.atomic():
        return credit_actions.decline_repair(
            key=breach_key,
            version=body.version,
            words=body.words,
            actor=actor_of(request),
            at=moments.now(),
        )
