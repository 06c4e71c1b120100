"""What came out: letters, licences and benefits, as data and as PDF."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Router, Schema
from pydantic import Field, StringConstraints

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.entitlements import actions as entitlement_actions
from yiwang.capability.entitlements import queries as entitlements
from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import After, Given, Key, LabelledValue, Limit, Reason
from yiwang.entrance.shell.access import CITIZEN, OFFICIAL, SIGNED_IN, access
from yiwang.entrance.shell.downloads import send_file
from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.support.letters import queries as letters
from yiwang.support.licences import actions as licence_actions
from yiwang.support.licences import queries as licences
from yiwang.support.licences.definitions import LicenceView

router = Router(tags=["结果"])
_BYTES = {"schema": {"type": "string", "format": "binary"}}
_PDF = {200: {"description": "PDF", "content": {"application/pdf": _BYTES}}}


class LetterOut(Schema):
    key: str
    kind: str
    title: str
    state: str
    number: str
    created_at: datetime
    verify_code: str
    addressee: str
    paragraphs: list[str]
    rows: list[LabelledValue]
    closing: list[str]
    body: str
    dated: str
    mark: str


class LicenceOut(Schema):
    key: str
    name: str
    identifier: str
    verify_code: str
    verify_address: str
    state: str
    state_label: str
    version: int
    holder_name: str
    issuer: str
    issuer_name: str
    rows: list[LabelledValue]
    valid_from: date
    valid_until: date | None
    issued_at: datetime
    specimen: str
    mark: str
    pdf_ready: bool
    seal_wait: str
    predecessor: str


class WayOut(Schema):
    """One thing the holder may do: 延续、延期、变更、注销. ``why_not``: empty when it is open now.

    ``item_code``, ``questions`` and the licence's key, sent to ``POST /drafts``, begin it.
    """

    effect: str
    title: str
    label: str
    item_code: str
    questions: dict[str, str]
    why_not: str
    remedy: str


class UnneededOut(Schema):
    """What the law does not have for this licence, why, and where it says so."""

    title: str
    why: str
    basis: str


class OpenCaseOut(Schema):
    key: str
    case_no: str


class OnwardOut(Schema):
    """Where its holder may go on from a licence: nothing for officials and once it has ended.

    ``open_case``: the application on it that must end first. ``later_version``: the key of a newer one.
    """

    ways: list[WayOut]
    open_case: OpenCaseOut | None
    later_version: str | None
    unneeded: list[UnneededOut]


class LicenceDetailOut(LicenceOut):
    onward: OnwardOut


class LicencePageOut(Schema):
    """``next``: give it as ``after`` for the following page, empty at the end."""

    rows: list[LicenceOut]
    next: str


class LicenceChangeIn(Given):
    act: Annotated[str, StringConstraints(pattern=r"^(suspend|resume|revoke|cancel)$")]
    reason: Reason


class PaymentOut(Schema):
    month: date
    listed_month: date
    amount_fen: int
    state: str
    state_label: str
    note: str


class EntitlementOut(Schema):
    key: str
    benefit: str
    benefit_name: str
    monthly_fen: int
    starts_on: date
    state: str
    state_label: str
    account_masked: str
    version: int
    stops_on: date | None
    paid_fen: int
    owed_back_fen: int
    payments: list[PaymentOut]


class EntitlementPageOut(Schema):
    """``next``: give it as ``after`` for the following page, empty at the end."""

    rows: list[EntitlementOut]
    next: str


class AccountIn(Given):
    version: Annotated[int, Field(ge=0, le=2**31)]
    account: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    account_name: Annotated[str, StringConstraints(min_length=1, max_length=64)]


def _licence(shown: LicenceView) -> dict[str, object]:
    given = {name: getattr(shown, name) for name in LicenceOut.model_fields if name != "rows"}
    return {**given, "rows": [{"label": label, "value": value} for label, value in shown.rows]}


def _onward(found: journey.Onward) -> dict[str, object]:
    return {
        "ways": found.ways,
        "unneeded": found.unneeded,
        "open_case": dict(zip(("key", "case_no"), found.open_case, strict=True))
        if found.open_case
        else None,
        "later_version": found.newest.key if found.newest else None,
    }


@router.get("/cases/{key}/letters/{letter}", response=LetterOut, summary="文书")
@access(SIGNED_IN, scope="cases:read")
def get_letter(request: HttpRequest, key: Key, letter: Key) -> object:
    """One letter of a case in words; the case's rights decide."""
    read = journey.read_letter(
        case_key=key, letter=letter, actor=actor_of(request), at=moments.now()
    )
    shown, face = read.letter, read.face
    return {
        **{
            name: getattr(face, name, None) or getattr(shown, name, None)
            for name in LetterOut.model_fields
        },
        "number": shown.number,
        "mark": face.mark,
        "rows": [{"label": label, "value": value} for label, value in face.rows],
        "paragraphs": face.paragraphs,
        "closing": face.closing,
    }


@router.get(
    "/cases/{key}/letters/{letter}/pdf", summary="文书 PDF", openapi_extra={"responses": _PDF}
)
@access(SIGNED_IN, scope="cases:read")
def get_letter_pdf(request: HttpRequest, key: Key, letter: Key) -> StreamingHttpResponse:
    """The same as PDF; 503 with Retry-After while it is being made."""
    subject = cases.get_case(key, actor_of(request), at=moments.now()).reference
    return send_file(letters.open_pdf(letter, subject=subject))


@router.get("/licences", response=LicencePageOut, summary="我的证照")
@access(CITIZEN, scope="licences:read")
def list_licences(request: HttpRequest, after: After = "", limit: Limit = 50) -> object:
    """My licences, newest first."""
    page = licences.list_licences(actor_of(request), at=moments.now(), after=after, limit=limit)
    return {"rows": [_licence(row) for row in page.rows], "next": page.next}


@router.get("/licences/{key}", response=LicenceDetailOut, summary="证照")
@access(SIGNED_IN, scope="licences:read")
def get_licence(request: HttpRequest, key: Key) -> object:
    """One licence its holder or the issuing body asks for; for its holder, where he may go on from it."""
    actor, at = actor_of(request), moments.now()
    shown = licences.get_licence(key, actor, at=at)
    onward = journey.list_ways(licence_key=key, actor=actor, at=at)
    return {**_licence(shown), "onward": _onward(onward)}


@router.get("/licences/{key}/pdf", summary="证照 PDF", openapi_extra={"responses": _PDF})
@access(SIGNED_IN, scope="licences:read")
def get_licence_pdf(request: HttpRequest, key: Key) -> StreamingHttpResponse:
    """The licence as PDF; 503 with Retry-After while it is being made."""
    return send_file(licences.open_pdf(key, actor_of(request)))


@router.post("/licences/{key}/state", response=LicenceOut, summary="变更证照状态", tags=["审批"])
@access(OFFICIAL, roles=(Role.APPROVER,), scope="desk:write")
def change_licence(request: HttpRequest, key: Key, body: LicenceChangeIn) -> object:
    """Suspend, resume, revoke or cancel, with the reason; verification shows it at once."""
    shown = licence_actions.change_state(
        key=key, act=body.act, reason=body.reason, at=moments.now(), actor=actor_of(request)
    )
    return _licence(shown)


@router.get("/entitlements", response=EntitlementPageOut, summary="我的待遇")
@access(SIGNED_IN, scope="licences:read")
def list_entitlements(request: HttpRequest, after: After = "", limit: Limit = 50) -> object:
    """My benefits with what was paid; for an official those of the body; newest first."""
    return entitlements.list_entitlements(actor_of(request), after=after, limit=limit)


@router.get("/entitlements/{key}", response=EntitlementOut, summary="待遇")
@access(SIGNED_IN, scope="licences:read")
def get_entitlement(request: HttpRequest, key: Key) -> object:
    """One benefit."""
    return entitlements.get_entitlement(key, actor_of(request))


@router.put("/entitlements/{key}/account", response=EntitlementOut, summary="换账户")
@access(CITIZEN, scope="entitlements:write", own=True)
def change_account(request: HttpRequest, key: Key, body: AccountIn) -> object:
    """Name another account; the next list pays to it."""
    return entitlement_actions.change_account(
        key=key,
        version=body.version,
        account=body.account,
        account_name=body.account_name,
        at=moments.now(),
        actor=actor_of(request),
    )
