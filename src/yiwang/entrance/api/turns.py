"""One person's turn at a window, step by step, as the clerk's screen takes it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, BinaryIO, cast

from django.http import HttpRequest
from ninja import File, Form, Router, Schema, Status, UploadedFile
from pydantic import Field

from yiwang.capability import journey
from yiwang.capability.halls import actions as halls
from yiwang.capability.halls import queries
from yiwang.capability.halls.definitions import CLERKS
from yiwang.capability.intake import queries as intake
from yiwang.capability.journey import counter
from yiwang.entrance.api.cases import CaseOut, SeenIn
from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.drafts import AnswersIn, DraftOut, DraftsAreOneSided
from yiwang.entrance.api.materials import DraftMaterialOut, MaterialKey
from yiwang.entrance.api.shapes import Given, Key, Short, Words
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.files import actions as files

router = Router(tags=["窗口接待"])


class TurnOut(Schema):
    """Who is at the window, what for, and how far it came; names are masked."""

    key: str
    open: bool
    began_at: datetime
    ended_at: datetime | None
    person_masked: str
    found_label: str
    applicant: str
    applicant_masked: str
    item_code: str
    item_name: str
    draft: str
    case_key: str
    outcome: str
    outcome_label: str
    signing: str
    signed_at: datetime | None


class FilledOut(Schema):
    """What was printed to be signed; ``digest`` is its mark."""

    item_name: str
    digest: str


class NoticeOut(Schema):
    key: str
    item_code: str
    item_name: str
    letter: str
    given_at: datetime


class PersonIn(Given):
    citizen_id: Annotated[str, Field(min_length=15, max_length=20)]
    name: Annotated[str, Field(min_length=1, max_length=60)]


class ApplicantIn(Given):
    """The person present, a firm he legally represents, or ``mandate:<key>`` somebody gave him."""

    applicant: Annotated[str, Field(max_length=80)]


class ItemIn(Given):
    item_code: Short
    questions: dict[Short, Short] = Field(default_factory=dict, max_length=50)


class PreparedIn(Given):
    draft: Key


class CorrectionsIn(SeenIn):
    problems: Annotated[list[Words], Field(min_length=1, max_length=50)]


class ConsultIn(ItemIn):
    remark: Annotated[str, Field(max_length=500)] = ""


@router.post("/hall/turns", response={201: TurnOut}, summary="接待没有取号的人")
@access(OFFICIAL, roles=CLERKS, scope="desk:write")
def walk_in(request: HttpRequest) -> object:
    """A turn without a number."""
    return Status(201, halls.begin_session(actor=actor_of(request), at=moments.now()))


@router.post("/hall/turns/next", response={201: TurnOut}, summary="叫下一位")
@access(OFFICIAL, roles=CLERKS, scope="desk:write")
def call_next(request: HttpRequest) -> object:
    """This turn ends, the first of the line is called; 409 when nobody waits."""
    return Status(201, counter.serve_next(actor=actor_of(request), at=moments.now()))


@router.post("/hall/tickets/{ticket_key}/call", response=TurnOut, summary="再叫一次")
@access(OFFICIAL, roles=CLERKS, scope="desk:write")
def call_again(request: HttpRequest, ticket_key: Key) -> object:
    """The number just called, or one who missed his turn and is here now."""
    return halls.call_again(ticket=ticket_key, actor=actor_of(request), at=moments.now())


@router.get("/hall/turns/{turn_key}", response=TurnOut, summary="一次接待")
@access(OFFICIAL, roles=CLERKS, scope="desk:read")
def get_turn(request: HttpRequest, turn_key: Key) -> object:
    """One turn of mine."""
    return queries.get_session(turn_key, actor_of(request))


@router.post("/hall/turns/{turn_key}/card", response=TurnOut, summary="读身份证")
@access(OFFICIAL, roles=CLERKS, scope="desk:write")
def read_card(request: HttpRequest, turn_key: Key) -> object:
    """The card on the window's reader, compared with the register."""
    return counter.find_by_card(session_key=turn_key, actor=actor_of(request), at=moments.now())


@router.post("/hall/turns/{turn_key}/person", response=TurnOut, summary="看证件输入")
@access(OFFICIAL, roles=CLERKS, scope="desk:write")
def find_person(request: HttpRequest, turn_key: Key, body: PersonIn) -> object:
    """Number and name as the document has them, compared with the register."""
    return counter.find_by_number(
        session_key=turn_key, citizen_id=body.citizen_id, name=body.name,
        actor=actor_of(request), at=moments.now(),
    )  # fmt: skip


@router.post("/hall/turns/{turn_key}/applicant", response=TurnOut, summary="替谁办")
@access(OFFICIAL, roles=CLERKS, scope="desk:write")
def act_for(request: HttpRequest, turn_key: Key, body: ApplicantIn) -> object:
    """For the person present, a firm he legally represents, or who gave him a mandate."""
    return counter.act_for(
        session_key=turn_key, applicant=body.applicant, actor=actor_of(request), at=moments.now()
    )


@router.post("/hall/turns/{turn_key}/item", response=TurnOut, summary="办什么")
@access(OFFICIAL, roles=CLERKS, scope="desk:write")
def choose_item(request: HttpRequest, turn_key: Key, body: ItemIn) -> object:
    """A draft begins; what registers know is filled in."""
    return counter.choose_item(
        session_key=turn_key, item_code=body.item_code, questions=body.questions,
        actor=actor_of(request), at=moments.now(),
    )  # fmt: skip


@router.post("/hall/turns/{turn_key}/prepared", response=TurnOut, summary="接着办在家填好的")
@access(OFFICIAL, roles=CLERKS, scope="desk:write")
def take_up(request: HttpRequest, turn_key: Key, body: PreparedIn) -> object:
    """What the applicant began at home."""
    return counter.take_up(
        session_key=turn_key, draft_key=body.draft, actor=actor_of(request), at=moments.now()
    )


@router.patch("/hall/turns/{turn_key}/answers", response=DraftOut, summary="填表")
@access(OFFICIAL, roles=CLERKS, scope="desk:write")
def answer(request: HttpRequest, turn_key: Key, body: AnswersIn) -> object:
    """Keep answers of the turn's form; its applicant's screen shows them."""
    at, who, draft = _open(request, turn_key)
    kept = journey.answer(
        draft_key=draft, answers=body.answers, version=body.version, step=body.step, actor=who,
        at=at,
    )  # fmt: skip
    if kept.conflicts:
        raise DraftsAreOneSided
    return kept


@router.get(
    "/hall/turns/{turn_key}/materials", response=list[DraftMaterialOut], summary="要哪些材料"
)
@access(OFFICIAL, roles=CLERKS, scope="desk:read")
def list_materials(request: HttpRequest, turn_key: Key) -> object:
    """Every material of the turn's form, and how it came."""
    _at, who, draft = _open(request, turn_key)
    return list(journey.list_supplied(intake.get_draft(draft, who)))


@router.post(
    "/hall/turns/{turn_key}/materials", response={201: DraftMaterialOut}, summary="收下扫描件"
)
@access(OFFICIAL, roles=CLERKS, scope="desk:write")
def upload(
    request: HttpRequest, turn_key: Key, material: Form[MaterialKey], file: File[UploadedFile]
) -> object:
    """Check, store and join one scanned file to a material."""
    at, who, draft = _open(request, turn_key)
    stored = files.store(data=cast(BinaryIO, file.file), filename=file.name or "", actor=who, at=at)
    view = journey.upload_material(
        draft_key=draft, material=material, stored=stored, actor=who, at=at
    )
    return Status(201, view)


@router.post("/hall/turns/{turn_key}/print", response=FilledOut, summary="打印申请表")
@access(OFFICIAL, roles=CLERKS, scope="desk:write")
def print_form(request: HttpRequest, turn_key: Key) -> object:
    """The form as it stands goes on paper, to be signed."""
    return counter.print_form(session_key=turn_key, actor=actor_of(request), at=moments.now())


@router.post("/hall/turns/{turn_key}/signature", response=TurnOut, summary="纸上已签")
@access(OFFICIAL, roles=CLERKS, scope="desk:write")
def sign_on_paper(request: HttpRequest, turn_key: Key) -> object:
    """The printed form was signed; 409 when the form was changed since."""
    return counter.sign_on_paper(session_key=turn_key, actor=actor_of(request), at=moments.now())


@router.post("/hall/turns/{turn_key}/receive", response=TurnOut, summary="收件")
@access(OFFICIAL, roles=CLERKS, scope="desk:write")
def receive(request: HttpRequest, turn_key: Key, by_person: bool = False) -> object:
    """Hand in for the person present; again is the same case. 409 before it is signed."""
    return counter.receive(
        session_key=turn_key, by_person=by_person, actor=actor_of(request), at=moments.now()
    )


@router.post("/hall/turns/{turn_key}/accept", response=CaseOut, summary="窗口受理")
@access(OFFICIAL, roles=CLERKS, scope="desk:write")
def accept(request: HttpRequest, turn_key: Key, body: SeenIn) -> object:
    """Accept what was received, where the item lets the window."""
    return counter.accept(
        session_key=turn_key, version=body.version, actor=actor_of(request), at=moments.now()
    )


@router.post("/hall/turns/{turn_key}/correction", response=CaseOut, summary="窗口一次告知补正")
@access(OFFICIAL, roles=CLERKS, scope="desk:write")
def correct(request: HttpRequest, turn_key: Key, body: CorrectionsIn) -> object:
    """Tell everything that must be corrected, once."""
    return counter.return_for_correction(
        session_key=turn_key, version=body.version, problems=body.problems,
        actor=actor_of(request), at=moments.now(),
    )  # fmt: skip


@router.post(
    "/hall/turns/{turn_key}/consultation", response={201: NoticeOut}, summary="发一次性告知单"
)
@access(OFFICIAL, roles=CLERKS, scope="desk:write")
def consult(request: HttpRequest, turn_key: Key, body: ConsultIn) -> object:
    """A question answered without an application."""
    given = counter.consult(
        session_key=turn_key, item_code=body.item_code, questions=body.questions,
        remark=body.remark, actor=actor_of(request), at=moments.now(),
    )  # fmt: skip
    return Status(201, given)


@router.post("/hall/turns/{turn_key}/finish", response=TurnOut, summary="这一位办完")
@access(OFFICIAL, roles=CLERKS, scope="desk:write")
def finish(request: HttpRequest, turn_key: Key) -> object:
    """The turn ends, and with it the mandate of the window."""
    return counter.finish(session_key=turn_key, actor=actor_of(request), at=moments.now())


def _open(request: HttpRequest, turn_key: str) -> tuple[datetime, Actor, str]:
    """Now, the clerk as who acts for the person present, and the turn's draft."""
    at, actor = moments.now(), actor_of(request)
    session = queries.get_open_session(turn_key, actor)
    return at, counter.acting(session, actor, at), session.draft
