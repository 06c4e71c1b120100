"""The materials of an application: what we fetched, what the person uploads, what may wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from yiwang.capability import journey
from yiwang.capability.intake import queries as intake
from yiwang.capability.materials import queries as materials
from yiwang.capability.materials.definitions import Kept, MaterialView, Supply
from yiwang.entrance.citizen.answers import amount_words
from yiwang.entrance.citizen.apply.draft import OpenDraft, open_draft
from yiwang.entrance.citizen.apply.uploads import store
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound, Refusal
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.clocks import rules as clock_rules


@access(CITIZEN)
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, key: str) -> HttpResponse:
    """The list of materials; POST does one thing to it, or goes on to the check page."""
    opened = open_draft(request, key)
    if opened.draft.submitted_case:
        return HttpResponseRedirect(f"{opened.home}receipt/")
    if request.method != "POST":
        return _page(request, opened, None)
    act, _, material = request.POST.get("do", "next").partition(":")
    if act == "back":
        return HttpResponseRedirect(opened.address(opened.form.steps[-1].key))
    try:
        if act == "next":
            return _next(request, opened)
        _do(request, opened, act, material)
    except Refusal as refusal:
        problem = FieldProblem(f"m-{material}", refusal.sentence, refusal.remedy)
        return _page(request, opened, InvalidInput("材料没有收下", " ", fields=[problem]))
    place = f"m-{material.split(':')[0]}" if material else "main"
    return HttpResponseRedirect(f"{opened.home}materials/#{place}")


def fetch(opened: OpenDraft) -> None:
    """Ask the sources for what need not be handed in."""
    journey.fetch_materials(draft_key=opened.draft.key, actor=opened.actor, at=opened.at)


def _next(request: HttpRequest, opened: OpenDraft) -> HttpResponse:
    fetch(opened)
    missing = materials.list_missing(
        required=opened.required,
        subject=opened.draft.reference,
        on_form=intake.material_files(opened.draft),
    )
    if missing:
        named = [FieldProblem(f"m-{m.material}", f"还缺“{m.name}”。", "请上传。") for m in missing]
        refusal = InvalidInput(f"还缺 {len(named)} 样材料", " ", fields=named)
        return _page(request, opened, refusal)
    return HttpResponseRedirect(opened.after_materials)


def _do(request: HttpRequest, opened: OpenDraft, act: str, rest: str) -> None:
    if act == "fetch":
        fetch(opened)
        return
    key, _, which = rest.partition(":")
    if key not in {material.key for material in opened.required}:
        raise NotFound("没有这样材料。", "请刷新页面。")
    about: dict[str, Any] = {
        "draft_key": opened.draft.key,
        "material": key,
        "actor": opened.actor,
        "at": opened.at,
    }
    if act == "remove":
        journey.remove_material(file_key=which, **about)
    elif act == "upload":
        for sent in request.FILES.getlist(f"m-{key}-file")[:5]:
            journey.upload_material(stored=store(opened, sent), **about)
    elif act == "promise":
        journey.promise_material(**about)
    elif act == "reuse":
        journey.reuse_material(origin=which, **about)


@dataclass(frozen=True, slots=True)
class Line:
    """One material, what of the vault would do for it, and how it may come later.

    ``last_day``: of a paper that comes later, were the case accepted today.
    """

    view: MaterialView
    kept: tuple[Kept, ...]
    later: str = ""
    last_day: date | None = None


def _line(view: MaterialView, kept: tuple[Kept, ...], opened: OpenDraft) -> Line:
    if view.tolerance is None or view.supply not in (Supply.MISSING, Supply.PROMISED):
        return Line(view, kept if view.supply is Supply.MISSING else ())
    within = view.tolerance.within
    calendar = clocks.get_calendar()
    due = clock_rules.due(start=legal_date(opened.at), allowance=within, calendar=calendar)
    return Line(view, kept, amount_words(within), due.on)


def _page(request: HttpRequest, opened: OpenDraft, refusal: InvalidInput | None) -> HttpResponse:
    views = materials.outlook(
        required=opened.required,
        subject=opened.draft.reference,
        on_form=intake.material_files(opened.draft),
    )
    open_ = {view.material for view in views if view.may_upload and not view.on_form}
    wanted = [m for m in opened.required if m.key in open_]
    reusable = (
        materials.list_reusable(actor=opened.actor, materials=wanted, on=legal_date(opened.at))
        if wanted
        else {}
    )
    values = {
        "opened": opened,
        "rows": [_line(view, reusable.get(view.material, ()), opened) for view in views],
        "number": len(opened.form.steps) + 1,
        "to_fetch": any(v.supply is Supply.PENDING and v.as_of is None for v in views),
        "nothing_to_bring": not any(v.supply is Supply.MISSING or v.may_promise for v in views),
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return render(request, "citizen/apply/materials.html", values, status=status)
