"""登记纸质送达: letters of a case handed over on paper, with their 送达回证."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import MANNER_LABELS, DeliveryProof, Manner
from yiwang.entrance.desk.forms import boxes
from yiwang.entrance.desk.navigation import DESK_ROLES, links
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.typed import Field, wrong
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import NotFound, Refusal

#: On paper: everything else than electronically.
_PAPER: Final = tuple(
    (manner, label) for manner, label in MANNER_LABELS.items() if manner != Manner.ELECTRONIC
)
_FIELDS: Final = (
    Field("manner", "怎么送达的", "choice", options=_PAPER),
    Field("receiver", "由谁签收", "text"),
    Field("checked", "怎么核对的身份", "text", "例如：查验身份证原件", optional=True),
    Field("tracking", "运单号", "text", optional=True),
    Field("remark", "备注", "text", optional=True),
)


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=DESK_ROLES)
def serve(request: HttpRequest, case_key: str) -> HttpResponse:
    """Which letters, into whose hands; then the receipt is written."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at = now()
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            _serve(request, case_key, actor, at)
        except NotFound:
            raise
        except Refusal as error:
            refusal = error
        else:
            return HttpResponseRedirect(f"/desk/cases/{case_key}/")
    values = {
        "links": links(request),
        "case": cases.get_case(case_key, actor, at=at),
        "letters": journey.list_servable(case_key, actor, at=at),
        "chosen": request.POST.getlist("keys"),
        "fields": boxes(_FIELDS, request, refusal),
        "refusal": refusal,
    }
    return render(request, "desk/serve.html", values, status=refusal.status if refusal else 200)


def _serve(request: HttpRequest, case_key: str, actor: Actor, at: datetime) -> None:
    manner = request.POST.get("manner", "")
    if manner not in dict(_PAPER):
        raise wrong("manner", "还没有选怎么送达的", "，请选择")
    proof = DeliveryProof(
        Manner(manner),
        request.POST.get("receiver", "").strip()[:100],
        request.POST.get("checked", "").strip()[:100],
        request.POST.get("tracking", "").strip()[:100],
        request.POST.get("remark", "").strip()[:500],
    )
    journey.serve_letters(
        case_key=case_key, keys=request.POST.getlist("keys")[:200], proof=proof, actor=actor, at=at
    )
