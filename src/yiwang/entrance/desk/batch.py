"""批量办理: ticked cases of a list, one opinion, one confirmation, an answer for each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from yiwang.capability import journey
from yiwang.capability.cases.definitions import CaseRow
from yiwang.entrance.desk import dock
from yiwang.entrance.desk.navigation import DESK_ROLES
from yiwang.entrance.desk.worklist import Worklist, worklist_of
from yiwang.entrance.shell import typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel.moments import now
from yiwang.kernel.references import KEY_PATTERN
from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal

#: What may be done to many: the act, its words, whether an opinion is written.
ACTS: Final = (
    ("accept", "受理", False),
    ("approve", "批准", True),
    ("forward", "拟同意，送下一步", True),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one case, with what people call it."""

    row: CaseRow | None
    result: journey.BatchResult


@require_http_methods(["GET", "POST"])
@access(OFFICIAL, roles=DESK_ROLES)
def batch(request: HttpRequest) -> HttpResponse:
    """Tick, choose an act, write one opinion, confirm; then the answer for each case."""
    shown = worklist_of(request)
    if request.method != "POST":
        return _page(request, shown)
    try:
        act, reason, acts = _asked(request)
        results = journey.batch(
            acts=acts,
            act=act,
            reason=reason,
            actor=request.actor,  # type: ignore[attr-defined]
            at=now(),
        )
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        return _page(request, shown, refusal=refusal)
    rows = {row.key: row for row in shown.rows}
    answers = tuple(Answer(rows.get(one.case_key), one) for one in results)
    return render(
        request,
        "desk/batch_done.html",
        {
            "links": worklist_of(request).bar,
            "worklist": shown,
            "answers": answers,
            "done": sum(one.result.done for one in answers),
            "failed": sum(not one.result.done for one in answers),
        },
    )


def _asked(request: HttpRequest) -> tuple[str, str, list[tuple[str, int]]]:
    """Act, opinion and the ticked cases; ``InvalidInput`` names what is missing."""
    act, reason = request.POST.get("act", ""), request.POST.get("reason", "").strip()
    known = next((one for one in ACTS if one[0] == act), None)
    problems = []
    if known is None:
        problems.append(FieldProblem("act", "还没有选怎么办", "，请选一种"))
    if known and known[2] and not reason:
        problems.append(FieldProblem("reason", "还没有写意见", "，请在意见栏写明"))
    if len(reason) > typed.LONGEST:
        problems.append(FieldProblem("reason", f"意见超过 {typed.LONGEST} 字", "，请精简"))
    if request.POST.get("confirmed") != "1":
        problems.append(FieldProblem("confirmed", "还没有确认", "，请勾选“都看过”"))
    acts = [_seen(one) for one in request.POST.getlist("case")]
    if not acts:
        problems.append(FieldProblem("case", "一件也没有勾", "，请勾选要办的"))
    if problems:
        raise InvalidInput("还不能办。", "请按提示改好再办。", fields=problems)
    return act, reason, acts


def _seen(given: str) -> tuple[str, int]:
    """“key.version” of a ticked case."""
    key, _, version = given.partition(".")
    if not KEY_PATTERN.fullmatch(key) or re.fullmatch(r"[0-9]{1,9}", version) is None:
        raise InvalidInput("这一页已经过期。", "请刷新后再办理。")
    return key, int(version)


def _page(request: HttpRequest, shown: Worklist, *, refusal: Refusal | None = None) -> HttpResponse:
    context = {
        "links": shown.bar,
        "worklist": shown,
        "acts": ACTS,
        "chosen": request.POST.get("act", ""),
        "ticked_keys": {one.partition(".")[0] for one in request.POST.getlist("case")},
        "typed": request.POST.get("reason", "")[:4000],
        "phrases": dock.PHRASES[:2],
        "refusal": refusal,
        "wrong": {one.field for one in refusal.fields} if refusal else set(),
    }
    return render(request, "desk/batch.html", context, status=refusal.status if refusal else 200)
