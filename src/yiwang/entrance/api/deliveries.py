"""Paper that travels: the shelf, originals, courier bags, and where it is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.deliveries import actions as deliveries
from yiwang.capability.deliveries import queries
from yiwang.capability.deliveries.definitions import Identity, Taker
from yiwang.entrance.api.cases import SeenIn
from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import After, Given, Key, Limit, Reason, Short
from yiwang.entrance.shell.access import OFFICIAL, SIGNED_IN, access
from yiwang.kernel import moments
from yiwang.kernel.actor import CASE_STAFF

router = Router(tags=["纸质材料和结果"])
_STAFF = CASE_STAFF
Name = Annotated[str, Field(min_length=1, max_length=100)]
Uscc = Annotated[str, Field(pattern=r"^[0-9A-Z]{18}$")]


class WhereOut(Schema):
    """One piece of paper and where it is; ``tone``: now, good, bad, plain."""

    what: str
    label: str
    tone: str
    detail: str
    at: datetime


class ShelfOut(Schema):
    key: str
    case_key: str
    case_no: str
    item_name: str
    applicant_masked: str
    department_name: str
    place: str
    shelf_no: str
    document: str
    state: str
    state_label: str
    arrived_at: datetime
    remind_on: date | None
    reminders: int
    settled_at: datetime | None
    receiver: str
    version: int
    acts: list[str]


class ShelfPageOut(Schema):
    """``next``: give it as ``after`` for the following page, empty at the end."""

    rows: list[ShelfOut]
    next: str


class OriginalOut(Schema):
    key: str
    case_key: str
    case_no: str
    item_name: str
    applicant_masked: str
    name: str
    copies: int
    state: str
    state_label: str
    held_by: str
    taken_at: datetime
    settled_at: datetime | None
    receiver: str
    reason: str
    version: int
    acts: list[str]


class OriginalPageOut(Schema):
    """``next``: give it as ``after`` for the following page, empty at the end."""

    rows: list[OriginalOut]
    next: str


class PieceOut(Schema):
    key: str
    name: str
    case_key: str
    case_no: str
    state: str
    state_label: str


class BagOut(Schema):
    key: str
    seal_no: str
    from_name: str
    to_name: str
    state: str
    state_label: str
    sealed_at: datetime | None
    sealed_by: str
    handed_at: datetime | None
    handed_by: str
    received_at: datetime | None
    received_by: str
    seal_broken: bool
    remark: str
    pieces: list[PieceOut]
    missing: int
    version: int
    acts: list[str]


class BagPageOut(Schema):
    """``next``: give it as ``after`` for the following page, empty at the end."""

    rows: list[BagOut]
    next: str


class PlaceIn(Given):
    place: Annotated[str, Field(min_length=2, max_length=200)]


class CollectIn(SeenIn):
    """Name and number as on the document shown; ``authority``: the paper an agent leaves here."""

    taker: Literal["SELF", "AGENT"]
    name: Name
    number: Annotated[str, Field(max_length=30)] = ""
    authority: Short = ""
    seen: Annotated[str, Field(max_length=60)] = ""


class PostIn(SeenIn):
    receiver: Name
    phone: Annotated[str, Field(min_length=5, max_length=30)]
    address: Annotated[str, Field(min_length=5, max_length=300)]


class PaperReasonIn(SeenIn):
    reason: Reason


class OriginalIn(Given):
    name: Annotated[str, Field(min_length=1, max_length=200)]
    copies: Annotated[int, Field(ge=1, le=999)] = 1


class OriginalsIn(Given):
    pieces: Annotated[list[OriginalIn], Field(min_length=1, max_length=50)]


class GiveBackIn(SeenIn):
    receiver: Name


class BagIn(Given):
    sender: Uscc
    receiver: Uscc


class PackIn(SeenIn):
    original: Key


class SealIn(SeenIn):
    seal_no: Annotated[str, Field(min_length=1, max_length=40)]


class ReceiveIn(SealIn):
    """``arrived``: the pieces that are there; every other one is reported missing."""

    arrived: Annotated[list[Key], Field(max_length=500)]
    seal_broken: bool = False
    remark: Annotated[str, Field(max_length=500)] = ""


@router.get("/cases/{key}/papers", response=list[WhereOut], summary="纸在哪里")
@access(SIGNED_IN, scope="cases:read")
def list_where(request: HttpRequest, key: Key) -> object:
    """Every piece of paper of a case and where it is now."""
    actor = actor_of(request)
    cases.get_case(key, actor, at=moments.now())
    return list(queries.list_where(key, actor))


@router.post("/cases/{key}/shelf", response=ShelfOut, summary="结果上架")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def put_on_shelf(request: HttpRequest, key: Key, body: PlaceIn) -> object:
    """The result lies ready; the person is told where and under which number."""
    return journey.put_on_shelf(
        case_key=key, place=body.place, actor=actor_of(request), at=moments.now()
    )


@router.post("/cases/{key}/originals", response=list[OriginalOut], summary="收下原件")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def take_in_originals(request: HttpRequest, key: Key, body: OriginalsIn) -> object:
    """Originals come in with a receipt."""
    rows = journey.take_in_originals(
        case_key=key, pieces=[(one.name, one.copies) for one in body.pieces],
        actor=actor_of(request), at=moments.now(),
    )  # fmt: skip
    return list(rows)


@router.get("/shelf", response=ShelfPageOut, summary="结果架")
@access(OFFICIAL, roles=_STAFF, scope="desk:read")
def list_shelf(
    request: HttpRequest, waiting: bool = True, after: After = "", limit: Limit = 50
) -> object:
    """What lies ready in my body, oldest first; or what left, newest first."""
    return queries.list_shelf(actor_of(request), waiting=waiting, after=after, limit=limit)


@router.get("/shelf/{key}", response=ShelfOut, summary="一份在架的结果")
@access(SIGNED_IN, scope="cases:read")
def get_shelf_item(request: HttpRequest, key: Key) -> object:
    """One result: the person's own, or of my body."""
    return queries.get_shelf_item(key, actor_of(request))


@router.post("/shelf/{key}/collect", response=ShelfOut, summary="核验身份，交给领取人")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def collect(request: HttpRequest, key: Key, body: CollectIn) -> object:
    """Handed over to whoever proves to be the person or sent by them; with the 送达回证."""
    who = Identity(Taker(body.taker), body.name, body.number, body.authority, seen=body.seen)
    return journey.collect(
        key=key, version=body.version, who=who, actor=actor_of(request), at=moments.now()
    )


@router.post("/shelf/{key}/post", response=ShelfOut, summary="邮寄")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def post(request: HttpRequest, key: Key, body: PostIn) -> object:
    """Given to a courier company."""
    actor = actor_of(request)
    deliveries.post(
        key=key, version=body.version, receiver=body.receiver, phone=body.phone,
        address=body.address, actor=actor, at=moments.now(),
    )  # fmt: skip
    return queries.get_shelf_item(key, actor)


@router.post("/shelf/{key}/return", response=ShelfOut, summary="退回办理单位")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def take_off_shelf(request: HttpRequest, key: Key, body: PaperReasonIn) -> object:
    """Nobody came."""
    actor = actor_of(request)
    deliveries.take_off_shelf(
        key=key, version=body.version, reason=body.reason, actor=actor, at=moments.now()
    )
    return queries.get_shelf_item(key, actor)


@router.get("/originals", response=OriginalPageOut, summary="纸质原件")
@access(OFFICIAL, roles=_STAFF, scope="desk:read")
def list_originals(
    request: HttpRequest, held: bool = True, after: After = "", limit: Limit = 50
) -> object:
    """Originals my body answers for: still to be given back, or given back."""
    return queries.list_originals(actor_of(request), held=held, after=after, limit=limit)


@router.get("/originals/{key}", response=OriginalOut, summary="一件原件")
@access(SIGNED_IN, scope="cases:read")
def get_original(request: HttpRequest, key: Key) -> object:
    """One original: the person's own, or held by my body."""
    return queries.get_original(key, actor_of(request))


@router.post("/originals/{key}/give-back", response=OriginalOut, summary="退还原件")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def give_back(request: HttpRequest, key: Key, body: GiveBackIn) -> object:
    """The person has it again."""
    actor = actor_of(request)
    deliveries.give_back(
        key=key, version=body.version, receiver=body.receiver, actor=actor, at=moments.now()
    )
    return queries.get_original(key, actor)


@router.post("/originals/{key}/report-missing", response=OriginalOut, summary="报告找不到")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def report_missing(request: HttpRequest, key: Key, body: PaperReasonIn) -> object:
    """Said aloud; the person is told."""
    actor = actor_of(request)
    deliveries.report_missing(
        key=key, version=body.version, reason=body.reason, actor=actor, at=moments.now()
    )
    return queries.get_original(key, actor)


@router.post("/originals/{key}/find", response=OriginalOut, summary="找到了")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def find_original(request: HttpRequest, key: Key, body: PaperReasonIn) -> object:
    """It is there again."""
    actor = actor_of(request)
    deliveries.find_original(
        key=key, version=body.version, reason=body.reason, actor=actor, at=moments.now()
    )
    return queries.get_original(key, actor)


@router.get("/bags", response=BagPageOut, summary="交换袋")
@access(OFFICIAL, roles=_STAFF, scope="desk:read")
def list_bags(request: HttpRequest, after: After = "", limit: Limit = 50) -> object:
    """Bags my body sent, and bags coming to it."""
    return queries.list_bags(actor_of(request), after=after, limit=limit)


@router.post("/bags", response=BagOut, summary="新装一袋")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def begin_bag(request: HttpRequest, body: BagIn) -> object:
    """An empty bag from one body to another."""
    actor = actor_of(request)
    bag = deliveries.begin_bag(
        sender=body.sender, receiver=body.receiver, actor=actor, at=moments.now()
    )
    return queries.get_bag(bag.key, actor)


@router.get("/bags/{key}", response=BagOut, summary="一只交换袋")
@access(OFFICIAL, roles=_STAFF, scope="desk:read")
def get_bag(request: HttpRequest, key: Key) -> object:
    """One bag with its list."""
    return queries.get_bag(key, actor_of(request))


@router.post("/bags/{key}/pack", response=BagOut, summary="装入一件")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def pack(request: HttpRequest, key: Key, body: PackIn) -> object:
    """One more original."""
    return journey.pack(
        key=key, version=body.version, original=body.original, actor=actor_of(request),
        at=moments.now(),
    )  # fmt: skip


@router.post("/bags/{key}/seal", response=BagOut, summary="封袋")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def seal_bag(request: HttpRequest, key: Key, body: SealIn) -> object:
    """Closed with a numbered seal."""
    actor = actor_of(request)
    deliveries.seal_bag(
        key=key, version=body.version, seal_no=body.seal_no, actor=actor, at=moments.now()
    )
    return queries.get_bag(key, actor)


@router.post("/bags/{key}/hand-over", response=BagOut, summary="交出")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def hand_over_bag(request: HttpRequest, key: Key, body: SeenIn) -> object:
    """By another person than the one who sealed it."""
    actor = actor_of(request)
    deliveries.hand_over_bag(key=key, version=body.version, actor=actor, at=moments.now())
    return queries.get_bag(key, actor)


@router.post("/bags/{key}/receive", response=BagOut, summary="点收")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def receive_bag(request: HttpRequest, key: Key, body: ReceiveIn) -> object:
    """Counted at the other end."""
    actor = actor_of(request)
    deliveries.receive_bag(
        key=key, version=body.version, seal_no=body.seal_no, arrived=body.arrived,
        seal_broken=body.seal_broken, remark=body.remark, actor=actor, at=moments.now(),
    )  # fmt: skip
    return queries.get_bag(key, actor)
