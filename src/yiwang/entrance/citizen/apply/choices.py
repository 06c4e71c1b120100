"""Lists the open page asks for: the next level of divisions, industries by words."""

from __future__ import annotations

import re

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.views.decorators.http import require_POST, require_safe

from yiwang.capability.intake import actions as intake_actions
from yiwang.capability.intake import queries as intake
from yiwang.entrance.shell.access import ANYONE, CITIZEN, access
from yiwang.entrance.shell.forms.opened import children_of
from yiwang.kernel import moments
from yiwang.kernel.refusals import InvalidInput


@access(ANYONE)
@require_safe
def divisions(request: HttpRequest) -> JsonResponse:
    """The divisions right below ``parent``: public facts."""
    parent = request.GET.get("parent", "")
    if parent and not re.fullmatch(r"\d{12}", parent, re.ASCII):
        raise InvalidInput("区划代码是 12 位数字。", "请从列表里选。")
    answer = JsonResponse({"divisions": [{"code": c, "name": n} for c, n in children_of(parent)]})
    answer.headers["Cache-Control"] = "public, max-age=600"
    return answer


@access(ANYONE)
@require_safe
def industries(request: HttpRequest) -> JsonResponse:
    """Industry classes by name or code: public facts."""
    hits = intake.list_industries(request.GET.get("q", "")[:40])
    answer = JsonResponse({"industries": [{"code": c, "name": n} for c, n in hits]})
    answer.headers["Cache-Control"] = "public, max-age=600"
    return answer


@access(CITIZEN)
@require_POST
def discard(request: HttpRequest, key: str) -> HttpResponse:
    """Throw a draft away."""
    actor = request.actor  # type: ignore[attr-defined]
    with transaction.atomic():
        intake_actions.discard_draft(draft_key=key, actor=actor, at=moments.now())
    return HttpResponseRedirect("/my/")
