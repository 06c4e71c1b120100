"""Begin an application, fill it in, take what the sources know, hand it in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, BinaryIO, cast

from django.db import transaction
from django.http import HttpRequest
from ninja import File, Form, Header, Router, Schema, Status, UploadedFile
from pydantic import Field, StringConstraints

from yiwang.capability import journey
from yiwang.capability.intake import actions as intake_actions
from yiwang.capability.intake import queries as intake
from yiwang.capability.intake.definitions import Said
from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import After, Given, Key, Limit, Short
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.kernel import moments
from yiwang.kernel.refusals import Refusal
from yiwang.mechanisms.files import actions as files

router = Router(tags=["申请"])
Version = Annotated[int, Field(ge=0, le=2**31)]


class DraftsAreOneSided(Refusal):
    """Two devices changed the same answers."""

    sentence = "有的内容在别处改过，两种填法都保留着。"
    remedy = "请读取最新草稿，选定后再保存。"


class StartIn(Given):
    """``licence``: the key of one's own licence that the application acts on."""

    item_code: Short
    licence: Key | None = None
    questions: dict[Short, Short] = Field(default_factory=dict, max_length=50)


class AnswersIn(Given):
    """Changed fields only; null removes one. ``version``: the draft the program saw."""

    version: Version
    answers: Annotated[dict[Short, Any], Field(max_length=300)]
    step: Short | None = None


class PrefilledOut(Schema):
    value: Any
    source_label: str
    as_of: datetime


class DraftOut(Schema):
    key: str
    item_code: str
    item_version: int
    version: int
    step: str
    answers: dict[str, Any]
    prefilled: dict[str, PrefilledOut]
    files: list[str]
    saved_at: datetime
    expires_at: datetime
    submitted_case: str | None


class DraftRowOut(Schema):
    key: str
    item_code: str
    item_version: int
    title: str
    step: str
    step_title: str
    saved_at: datetime
    expires_at: datetime


class DraftPageOut(Schema):
    """``next``: give it as ``after`` for the following page, empty at the end."""

    rows: list[DraftRowOut]
    next: str


class ReceiptOut(Schema):
    case_key: str
    case_no: str
    item_name: str
    received_at: datetime
    answer_by: date | None
    provisional: bool
    next_step: str


class FileOut(Schema):
    key: str
    filename: str
    size: int
    digest: str


class SaidOut(Schema):
    """What a register said about one person or firm the draft names, where on the form."""

    field: str
    said: Said
    source_label: str
    remark: str
    at: datetime


class LookUpOut(Schema):
    draft: DraftOut
    told: list[SaidOut]


class PrefillOut(Schema):
    """What the sources said: taken over, without a record, or not reachable now."""

    draft: DraftOut
    not_found: list[str]
    away: dict[str, str]


@router.post("/drafts", response={201: DraftOut}, summary="开始申请")
@access(CITIZEN, scope="drafts:write")
def start(request: HttpRequest, body: StartIn) -> object:
    """Begin an application for an item, carrying the answers given on its guide."""
    draft = journey.start(
        item_code=body.item_code,
        questions=body.questions,
        licence=body.licence or "",
        actor=actor_of(request),
        at=moments.now(),
    )
    return Status(201, draft)


@router.get("/drafts", response=DraftPageOut, summary="我的草稿")
@access(CITIZEN, scope="drafts:read")
def list_drafts(request: HttpRequest, after: After = "", limit: Limit = 50) -> object:
    """My applications that are not handed in yet, newest first."""
    return intake.list_drafts(actor_of(request), at=moments.now(), after=after, limit=limit)


@router.get("/drafts/{key}", response=DraftOut, summary="读草稿")
@access(CITIZEN, scope="drafts:read")
def get_draft(request: HttpRequest, key: Key) -> object:
    """One draft of mine."""
    return intake.get_draft(key, actor_of(request))


@router.patch("/drafts/{key}", response=DraftOut, summary="保存答案")
@access(CITIZEN, scope="drafts:write")
def save(request: HttpRequest, key: Key, body: AnswersIn) -> object:
    """Keep answers, complete or not; 409 when another device changed the same ones meanwhile."""
    draft = journey.answer(
        draft_key=key,
        answers=body.answers,
        version=body.version,
        step=body.step,
        actor=actor_of(request),
        at=moments.now(),
    )
    if draft.conflicts:
        raise DraftsAreOneSided
    return draft


@router.post("/drafts/{key}/prefill", response=PrefillOut, summary="取已知数据")
@access(CITIZEN, scope="drafts:write")
def prefill(request: HttpRequest, key: Key) -> object:
    """Ask every source the form names (a second at most) and keep what they say."""
    actor = actor_of(request)
    said = intake.prefill(intake.get_draft(key, actor), actor)
    with transaction.atomic():
        draft = intake_actions.keep_prefilled(
            draft_key=key, found=said.found, actor=actor, at=moments.now()
        )
    return {"draft": draft, "not_found": said.not_found, "away": said.away or {}}


@router.post("/drafts/{key}/look-up", response=LookUpOut, summary="核对填的人和单位")
@access(CITIZEN, scope="drafts:write")
def look_up(request: HttpRequest, key: Key) -> object:
    """Compare everybody the draft names with the registers (a second at most).

    A name that does not belong to its number is said to differ, never which one does. Handing in
    does the same for whoever was not looked up.
    """
    at = moments.now()
    draft = journey.look_up(draft_key=key, actor=actor_of(request), at=at)
    return {"draft": draft, "told": intake.list_told(draft, at=at)}


@router.post("/drafts/{key}/files", response={201: FileOut}, summary="上传文件")
@access(CITIZEN, scope="drafts:write")
def upload(request: HttpRequest, key: Key, field: Form[Short], file: File[UploadedFile]) -> object:
    """Check, store and attach one file to a file question of the draft."""
    actor, at = actor_of(request), moments.now()
    intake.get_draft(key, actor)
    stored = files.store(
        data=cast(BinaryIO, file.file), filename=file.name or "", actor=actor, at=at
    )
    with transaction.atomic():
        intake_actions.attach_file(draft_key=key, field=field, stored=stored, actor=actor, at=at)
    return Status(201, stored)


@router.post("/drafts/{key}/submit", response=ReceiptOut, summary="提交申请")
@access(CITIZEN, scope="drafts:write")
def submit(
    request: HttpRequest,
    key: Key,
    idempotency_key: Annotated[
        str,
        StringConstraints(pattern=r"^[0-9A-Za-z_-]{8,64}$"),
        Header(alias="Idempotency-Key"),
    ],
    by_person: bool = False,
) -> object:
    """Hand in. The same key and draft again give the same receipt, another draft under it 409.

    ``by_person``: 请人工办理, no rule decides.
    """
    return journey.submit(
        draft_key=key,
        idempotency_key=idempotency_key,
        actor=actor_of(request),
        at=moments.now(),
        by_person=by_person,
        channel="API",
    )
