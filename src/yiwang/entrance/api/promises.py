"""Undertakings, late papers, commitments and what is on record, as the applicant sees them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, BinaryIO, cast

from django.db import transaction
from django.http import HttpRequest
from ninja import File, Query, Router, Schema, UploadedFile
from pydantic import Field, StringConstraints

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.commitments import queries as promises
from yiwang.capability.commitments.definitions import CommitmentView, PaperKind, PaperView
from yiwang.capability.intake import queries as intake
from yiwang.entrance.api.cases import CaseOut, SeenIn
from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import Clock, Given, Key, Reason, Short
from yiwang.entrance.shell.access import CITIZEN, SIGNED_IN, access
from yiwang.kernel import moments
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.files import actions as files
from yiwang.support.credit import actions as credit_actions
from yiwang.support.credit import queries as credit

router = Router(tags=["容缺和承诺"])


class TickedOut(Schema):
    key: str
    text: str


class PaperOut(Schema):
    """One undertaking to read and sign: ``digest`` comes back with the signature."""

    kind: str
    title: str
    version: str
    told: list[str]
    declared: list[TickedOut]
    digest: str
    signed_at: datetime | None


class SignatureIn(Given):
    """``agreed``: the keys of all sentences declared; ``digest``: of the text that was shown."""

    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    agreed: Annotated[list[Short], Field(max_length=50)]


class ToleranceOut(Schema):
    key: str
    material: str
    name: str
    state: str
    state_label: str
    withdraws: bool
    due_on: date | None
    clock: Clock | None
    supplied_at: datetime | None
    settled: bool
    reason: str
    version: int


class NoteOut(Schema):
    at: datetime
    label: str
    words: str


class CommitmentOut(Schema):
    key: str
    case_key: str
    item_name: str
    kind: str
    kind_label: str
    applicant_masked: str
    department_name: str
    state: str
    state_label: str
    version: int
    text: str
    signed_at: datetime
    due_on: date | None
    clock: Clock | None
    correction: str
    finding: str
    serious: bool
    notes: list[NoteOut]
    acts: list[str]


class WordsIn(SeenIn):
    words: Reason


class BreachOut(Schema):
    key: str
    case_key: str
    item_name: str
    department_name: str
    serious: bool
    words: str
    state: str
    state_label: str
    version: int
    recorded_at: datetime
    due_on: date | None
    notes: list[NoteOut]
    closes_the_road: bool
    position: int


def shown(view: CommitmentView) -> dict[str, object]:
    """A commitment with the names of the acts open to the asker."""
    names = (name for name in CommitmentOut.model_fields if name != "acts")
    return {**{name: getattr(view, name) for name in names}, "acts": [act for act, _ in view.acts]}


def _paper(one: PaperView) -> dict[str, object]:
    paper = one.paper
    return {
        "kind": paper.kind.value,
        "title": paper.title,
        "version": paper.version,
        "told": list(paper.told),
        "declared": [{"key": t.key, "text": t.text} for t in paper.declared],
        "digest": one.digest,
        "signed_at": one.signed_at,
    }


@router.get("/drafts/{key}/undertakings", response=list[PaperOut], summary="要签的承诺书")
@access(CITIZEN, scope="drafts:read")
def list_papers(request: HttpRequest, key: Key) -> object:
    """What has to be read and signed before handing in; empty for most."""
    draft = intake.get_draft(key, actor_of(request))
    return [_paper(one) for one in journey.list_papers(draft)]


@router.post("/drafts/{key}/undertakings/{kind}/sign", response=PaperOut, summary="签承诺书")
@access(CITIZEN, scope="drafts:write")
def sign(request: HttpRequest, key: Key, kind: PaperKind, body: SignatureIn) -> object:
    """Sign one undertaking, every sentence; 409 when the text is not the one that was shown."""
    return _paper(
        journey.sign(
            draft_key=key,
            kind=kind,
            digest=body.digest,
            agreed=body.agreed,
            actor=actor_of(request),
            at=moments.now(),
        )
    )


@router.get("/cases/{key}/late", response=list[ToleranceOut], summary="容缺材料")
@access(SIGNED_IN, scope="cases:read")
def list_late(request: HttpRequest, key: Key) -> object:
    """The late materials of a case the asker may see."""
    at = moments.now()
    case = cases.get_case(key, actor_of(request), at=at)
    return list(promises.list_tolerances(case=case.reference, at=at))


@router.post("/cases/{key}/late/{tolerance_key}/supply", response=CaseOut, summary="补交材料")
@access(CITIZEN, scope="cases:write")
def supply_late(
    request: HttpRequest, key: Key, tolerance_key: Key, file: File[UploadedFile]
) -> object:
    """Hand the late material in; once more adds to it until the case is decided."""
    actor, at = actor_of(request), moments.now()
    promises.get_tolerance(tolerance_key, actor, at=at)
    stored = files.store(
        data=cast(BinaryIO, file.file), filename=file.name or "", actor=actor, at=at
    )
    return journey.supply_late(
        case_key=key, tolerance_key=tolerance_key, files=[stored], actor=actor, at=at
    )


@router.get("/cases/{key}/commitment", response=CommitmentOut, summary="告知承诺")
@access(SIGNED_IN, scope="cases:read")
def get_commitment(request: HttpRequest, key: Key) -> object:
    """The commitment a case was handed in on; 404 when it was not."""
    actor, at = actor_of(request), moments.now()
    case = cases.get_case(key, actor, at=at)
    view = promises.find_case_commitment(case.reference, actor, at=at)
    if view is None:
        raise NotFound
    return shown(view)


@router.post(
    "/commitments/{commitment_key}/report-correction",
    response=CommitmentOut,
    summary="报告已经改好",
)
@access(CITIZEN, scope="cases:write")
def report_correction(request: HttpRequest, commitment_key: Key, body: WordsIn) -> object:
    """Say what was put right after a correction order."""
    return shown(
        journey.report_correction(
            commitment_key=commitment_key,
            version=body.version,
            words=body.words,
            actor=actor_of(request),
            at=moments.now(),
        )
    )


@router.get("/breaches", response=list[BreachOut], summary="信用记录")
@access(SIGNED_IN, scope="cases:read")
def list_breaches(
    request: HttpRequest,
    after: Annotated[int, Query(ge=0, lt=2**53)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> object:
    """What is on record about me, or for an official what the body has on record."""
    actor = actor_of(request)
    return list(credit.list_breaches(actor, at=moments.now(), after=after, limit=limit))


@router.post("/breaches/{breach_key}/ask-repair", response=BreachOut, summary="申请修复")
@access(CITIZEN, scope="cases:write", own=True)
def ask_repair(request: HttpRequest, breach_key: Key, body: WordsIn) -> object:
    """Ask the body to repair a record, saying what was put right."""
    with transaction.atomic():
        return credit_actions.ask_repair(
            key=breach_key,
            version=body.version,
            words=body.words,
            actor=actor_of(request),
            at=moments.now(),
        )
