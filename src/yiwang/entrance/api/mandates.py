"""授权委托: giving, taking, ending, and what was done under each. Consent itself needs a session."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import AwareDatetime, Field

from yiwang.capability.catalogue import queries as catalogue
from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import After, Given, Key, Limit, Short
from yiwang.entrance.shell.access import CITIZEN, OFFICIAL, access
from yiwang.kernel import moments
from yiwang.kernel.actor import PowerAct, Role
from yiwang.mechanisms.journal import queries as journal
from yiwang.support.mandates import actions as mandate_actions
from yiwang.support.mandates import queries as mandates
from yiwang.support.mandates.definitions import Ending, MandateKind

router = Router(tags=["授权"])
Reference = Annotated[str, Field(pattern=r"^(person|organization|official):[0-9a-z-]{1,60}$")]
_MOST = 100


class MandateOut(Schema):
    """One mandate. ``items``: code → name, null for every item; ``text``: what is consented to."""

    key: str
    kind: str
    kind_label: str
    giver: str
    giver_name: str
    taker: str
    taker_name: str
    items: dict[str, str] | None
    acts: list[str]
    valid_from: datetime
    valid_until: datetime
    standing: str
    standing_label: str
    consent_kind: str | None
    consented_at: datetime | None
    accepted_at: datetime | None
    revoked_at: datetime | None
    text: str
    note: str


class MandatePageOut(Schema):
    rows: list[MandateOut]
    next: str


class DoneOut(Schema):
    """One entry of the journal made under a mandate: who, what, on what."""

    entry_id: int
    at: datetime
    act: str
    subject: str
    actor: str
    on_behalf_of: str | None


class WishIn(Given):
    """``items``: item codes, null for every item."""

    kind: MandateKind
    giver: Reference
    taker: Reference
    items: Annotated[list[Short], Field(max_length=_MOST)] | None
    acts: Annotated[list[PowerAct], Field(max_length=len(PowerAct))]
    valid_until: AwareDatetime
    note: Annotated[str, Field(max_length=200)] = ""


class PaperIn(WishIn):
    """A signed paper: how it was checked, the stored scan, whether the taker signed it too."""

    proof: Annotated[str, Field(max_length=500)]
    proof_file: Key
    taker_signed: bool = False


class EndingIn(Given):
    """How the window knows that it is to end."""

    because: Ending


@router.get("/mandates", response=MandatePageOut, summary="授权")
@access(CITIZEN, scope="mandates:read", own=True)
def list_mandates(
    request: HttpRequest,
    side: Annotated[str, Query(pattern="^(given|taken)$")] = "given",
    after: After = "",
    limit: Limit = 50,
) -> object:
    """What I gave, or what others gave me."""
    ask = mandates.list_given if side == "given" else mandates.list_taken
    return ask(actor_of(request), at=moments.now(), after=after, limit=limit)


@router.post("/mandates", response={201: MandateOut}, summary="授权或者请对方授权")
@access(CITIZEN, scope="mandates:write", own=True)
def propose(request: HttpRequest, body: WishIn) -> object:
    """As the giver (with a session: consent is no program's) or as the taker who asks."""
    view = mandate_actions.propose(
        actor=actor_of(request), at=moments.now(), note=body.note, **_wish(body)
    )
    return Status(201, view)


@router.get("/mandates/{mandate_key}", response=MandateOut, summary="一份授权")
@access(CITIZEN, scope="mandates:read", own=True)
def get_mandate(request: HttpRequest, mandate_key: Key) -> object:
    return mandates.get_mandate(mandate_key, actor_of(request), at=moments.now())


@router.get("/mandates/{mandate_key}/acts", response=list[DoneOut], summary="用这份授权办了什么")
@access(CITIZEN, scope="mandates:read", own=True)
def list_acts(
    request: HttpRequest,
    mandate_key: Key,
    before: Annotated[int, Query(ge=0)] = 0,
    limit: Limit = 50,
) -> object:
    """Newest first; ``before``: the ``entry_id`` seen last."""
    view = mandates.get_mandate(mandate_key, actor_of(request), at=moments.now())
    return list(journal.list_acts_under(view.key, before=before, limit=limit))


@router.post("/mandates/{mandate_key}/grant", response=MandateOut, summary="同意授权")
@access(CITIZEN, scope="mandates:write", own=True)
def grant(request: HttpRequest, mandate_key: Key) -> object:
    return mandate_actions.grant(key=mandate_key, actor=actor_of(request), at=moments.now())


@router.post("/mandates/{mandate_key}/accept", response=MandateOut, summary="接受授权")
@access(CITIZEN, scope="mandates:write", own=True)
def accept(request: HttpRequest, mandate_key: Key) -> object:
    return mandate_actions.accept(key=mandate_key, actor=actor_of(request), at=moments.now())


@router.post("/mandates/{mandate_key}/revoke", response=MandateOut, summary="撤回、辞去或者不接受")
@access(CITIZEN, scope="mandates:write", own=True)
def revoke(request: HttpRequest, mandate_key: Key) -> object:
    return mandate_actions.revoke(key=mandate_key, actor=actor_of(request), at=moments.now())


@router.get("/desk/mandates", response=MandatePageOut, summary="等核对的书面授权")
@access(OFFICIAL, roles=(Role.WINDOW_CLERK,), scope="desk:read")
def list_papers(
    request: HttpRequest, waiting: bool = True, after: After = "", limit: Limit = 50
) -> object:
    """Mandates on paper that wait for the second official of my body, or all it wrote down."""
    return mandates.list_papers(
        actor_of(request), at=moments.now(), after=after, limit=limit, waiting=waiting
    )


@router.get("/desk/mandates/{paper_key}", response=MandateOut, summary="一份书面授权")
@access(OFFICIAL, roles=(Role.WINDOW_CLERK,), scope="desk:read")
def read_paper(request: HttpRequest, paper_key: Key) -> object:
    """Who looked is written down."""
    view, _proof = mandate_actions.read_paper(
        key=paper_key, actor=actor_of(request), at=moments.now()
    )
    return view


@router.post("/desk/mandates", response={201: MandateOut}, summary="登记书面授权")
@access(OFFICIAL, roles=(Role.WINDOW_CLERK,), scope="desk:write")
def record_paper(request: HttpRequest, body: PaperIn) -> object:
    view = mandate_actions.record_paper(
        proof=body.proof,
        proof_file=body.proof_file,
        taker_signed=body.taker_signed,
        actor=actor_of(request),
        at=moments.now(),
        **_wish(body),
    )
    return Status(201, view)


@router.post("/desk/mandates/{paper_key}/confirm", response=MandateOut, summary="核对书面授权")
@access(OFFICIAL, roles=(Role.WINDOW_CLERK,), scope="desk:write")
def confirm_paper(request: HttpRequest, paper_key: Key) -> object:
    """By another official of the body than the one who wrote it down."""
    return mandate_actions.confirm_paper(key=paper_key, actor=actor_of(request), at=moments.now())


@router.post("/desk/mandates/{paper_key}/end", response=MandateOut, summary="结束书面授权")
@access(OFFICIAL, roles=(Role.WINDOW_CLERK,), scope="desk:write")
def end_paper(request: HttpRequest, paper_key: Key, body: EndingIn) -> object:
    """Somebody came or wrote to take it back; both sides are told."""
    return mandate_actions.end_paper(
        key=paper_key, because=body.because, actor=actor_of(request), at=moments.now()
    )


def _wish(body: WishIn) -> dict[str, Any]:
    """Names as the catalogue has them now; an unknown item is ``NotFound``."""
    items = None
    if body.items is not None:
        items = {code: catalogue.get_item(code).item.name for code in body.items}
    return {
        "kind": body.kind,
        "giver": body.giver,
        "taker": body.taker,
        "items": items,
        "acts": tuple(body.acts),
        "valid_until": body.valid_until,
    }
