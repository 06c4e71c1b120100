"""Is this licence or letter real? For everybody, without signing in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema

from yiwang.entrance.api.shapes import LabelledValue
from yiwang.entrance.shell import pace
from yiwang.entrance.shell.access import ANYONE, access
from yiwang.kernel import moments
from yiwang.support.letters import queries as letters
from yiwang.support.licences import queries as licences

router = Router(tags=["验真"])
PER_MINUTE = 60


class VerifyOut(Schema):
    """The register's answer; an unknown code gives the same shape with empty values."""

    state: str
    state_label: str
    sentence: str
    checked_at: datetime
    name: str
    identifier: str
    holder_masked: str
    issuer_name: str
    valid_from: date | None
    valid_until: date | None
    rows: list[LabelledValue]
    specimen: str
    mark: str


@router.get("/verify", response=VerifyOut, summary="证照验真")
@access(ANYONE)
def verify(
    request: HttpRequest,
    code: Annotated[str, Query(min_length=1, max_length=64)],
    identifier: Annotated[str, Query(max_length=96)] = "",
) -> object:
    """Valid, suspended, revoked, cancelled, superseded, expired or unknown; personal values masked."""
    pace.slow_down(request, what="verify", per_minute=PER_MINUTE)
    shown = licences.verify_licence(code=code, identifier=identifier, at=moments.now())
    return {
        **{name: getattr(shown, name) for name in VerifyOut.model_fields if name != "rows"},
        "rows": [{"label": label, "value": value} for label, value in shown.rows],
    }


class LetterProofOut(Schema):
    """What the platform knows of a letter's code; an unknown one gives empty values."""

    known: bool
    title: str
    number: str
    body: str
    addressee_masked: str
    created_at: datetime | None


@router.get("/verify/letter", response=LetterProofOut, summary="文书验真")
@access(ANYONE)
def verify_letter(
    request: HttpRequest, code: Annotated[str, Query(min_length=1, max_length=64)]
) -> object:
    """Was this letter made here, for whom (masked), when."""
    pace.slow_down(request, what="verify", per_minute=PER_MINUTE)
    proof = letters.find_proof(code.strip().lower())
    names = [name for name in LetterProofOut.model_fields if name != "known"]
    if proof is None:
        return {"known": False, **dict.fromkeys(names, ""), "created_at": None}
    return {"known": True, **{name: getattr(proof, name) for name in names}}
