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
