"""The materials of a draft, and what is kept of them for next time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, BinaryIO, cast

from django.db import transaction
from django.http import HttpRequest
from ninja import File, Query, Router, Schema, Status, UploadedFile
from pydantic import Field, StringConstraints

from yiwang.capability import journey
from yiwang.capability.intake import queries as intake
from yiwang.capability.materials import actions as material_actions
from yiwang.capability.materials import queries as materials
from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import Given, Key
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.kernel import moments
from yiwang.kernel.references import reference
from yiwang.mechanisms.files import actions as files

router = Router(tags=["材料"])
MaterialKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]


class GivenFileOut(Schema):
    key: str
    filename: str
    size: int
    digest: str


class VerifiedOut(Schema):
    body: str
    at: datetime


class DraftMaterialOut(Schema):
    """One material: ``supply`` says how it came, or why it is not here."""

    material: str
    name: str
    required: bool
    supply: str
    supply_label: str
    files: list[GivenFileOut]
    source_label: str
    note: str
    may_upload: bool
    may_promise: bool
    verified: VerifiedOut | None


class KeptOut(Schema):
    """One paper of the vault. ``origin``: given back to use it again; ``valid_until``: exclusive."""

    material: str
    name: str
    case_key: str
    origin: str
    files: list[GivenFileOut]
    handed_in_at: datetime
    kind: str
    verified: VerifiedOut | None
    valid_until: date | None
    position: int


class ReuseIn(Given):
    """``origin``: which paper of the vault; the newest when empty."""

    origin: Annotated[str, Field(max_length=80)] = ""


@router.get(
    "/drafts/{key}/materials", response=list[DraftMaterialOut], summary="要哪些材料，各到哪一步"
)
@access(CITIZEN, scope="drafts:read")
def list_materials(request: HttpRequest, key: Key) -> object:
    """Every material the draft needs, as its answers and the chosen road leave it."""
    return list(journey.list_supplied(intake.get_draft(key, actor_of(request))))


@router.post("/drafts/{key}/materials/fetch", response=list[DraftMaterialOut], summary="替我取材料")
@access(CITIZEN, scope="drafts:write")
def fetch(request: HttpRequest, key: Key) -> object:
    """Ask the sources for what need not be handed in, at most two seconds."""
    actor = actor_of(request)
    journey.fetch_materials(draft_key=key, actor=actor, at=moments.now())
    return list(journey.list_supplied(intake.get_draft(key, actor)))


@router.post(
    "/drafts/{key}/materials/{material}/upload",
    response={201: DraftMaterialOut},
    summary="上传材料",
)
@access(CITIZEN, scope="drafts:write")
def upload(
    request: HttpRequest, key: Key, material: MaterialKey, file: File[UploadedFile]
) -> object:
    """Check, store and add one file to a material."""
    actor, at = actor_of(request), moments.now()
    intake.get_draft(key, actor)
    stored = files.store(
        data=cast(BinaryIO, file.file), filename=file.name or "", actor=actor, at=at
    )
    view = journey.upload_material(
        draft_key=key, material=material, stored=stored, actor=actor, at=at
    )
    return Status(201, view)


@router.post(
    "/drafts/{key}/materials/{material}/reuse", response=DraftMaterialOut, summary="用以前交过的"
)
@access(CITIZEN, scope="drafts:write")
def reuse(request: HttpRequest, key: Key, material: MaterialKey, body: ReuseIn) -> object:
    """Use a paper of the vault again."""
    return journey.reuse_material(
        draft_key=key,
        material=material,
        origin=body.origin,
        actor=actor_of(request),
        at=moments.now(),
    )


@router.post(
    "/drafts/{key}/materials/{material}/promise",
    response=DraftMaterialOut,
    summary="先受理，后补交",
)
@access(CITIZEN, scope="drafts:write")
def promise(request: HttpRequest, key: Key, material: MaterialKey) -> object:
    """It comes later, where the item lets it; the undertaking is signed before handing in."""
    return journey.promise_material(
        draft_key=key, material=material, actor=actor_of(request), at=moments.now()
    )


@router.get("/vault", response=list[KeptOut], summary="材料库")
@access(CITIZEN, scope="files:read", own=True)
def list_vault(
    request: HttpRequest,
    after: Annotated[int, Query(ge=0, lt=2**53)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> object:
    """What I handed in before, newest first; ``after``: the last row's ``position``."""
    return list(materials.list_vault(actor_of(request), after=after, limit=limit))


@router.delete("/vault/{key}/{material}", response={204: None}, summary="从材料库删掉")
@access(CITIZEN, scope="files:write", own=True)
def forget(request: HttpRequest, key: Key, material: MaterialKey) -> object:
    """Take one paper (of a case) out of the vault; the case keeps its file."""
    with transaction.atomic():
        material_actions.forget(
            case=reference("case", key),
            material=material,
            actor=actor_of(request),
            at=moments.now(),
        )
    return Status(204, None)
