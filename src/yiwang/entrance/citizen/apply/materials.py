"""The materials of an application: what we fetched, what the person uploads, what may wait."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from yiwang.capability.intake import queries as intake
from yiwang.capability.materials import queries as materials
from yiwang.capability.materials.definitions import Supply
from yiwang.entrance.citizen.apply.draft import open_draft
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.entrance.shell.forms import supplies
from yiwang.entrance.shell.forms.opened import OpenDraft
from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal
from yiwang.kernel.sentences import said

#: The platform has it, or the form is it. The check page names each of them too.
_NOTHING_TO_DO: Final = frozenset({Supply.FETCHED, Supply.FORM})


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
        supplies.do(request, opened, act, material)
    except Refusal as refusal:
        problem = FieldProblem(f"m-{material}", refusal.sentence, refusal.remedy)
        return _page(request, opened, InvalidInput("材料没有收下", " ", fields=[problem]))
    place = f"m-{material.split(':')[0]}" if material else "main"
    return HttpResponseRedirect(f"{opened.home}materials/#{place}")


def forward(opened: OpenDraft) -> str:
    """Where the form's last step leads: past this page when there is nothing for the person to do here."""
    if opened.has_materials:
        supplies.fetch(opened)
        lines = supplies.list_lines(opened)
        if not all(line.view.supply in _NOTHING_TO_DO for line in lines):
            return f"{opened.home}materials/"
    return opened.after_materials


def _next(request: HttpRequest, opened: OpenDraft) -> HttpResponse:
    supplies.fetch(opened)
    missing = materials.list_missing(
        required=opened.required,
        subject=opened.draft.reference,
        on_form=intake.material_files(opened.draft),
    )
    if missing:
        named = [FieldProblem(f"m-{m.material}", f"还缺“{m.name}”。", "请上传。") for m in missing]
        refusal = InvalidInput(said("还缺 %(n)s 样材料", n=len(named)), " ", fields=named)
        return _page(request, opened, refusal)
    return HttpResponseRedirect(opened.after_materials)


def _page(request: HttpRequest, opened: OpenDraft, refusal: InvalidInput | None) -> HttpResponse:
    rows = supplies.list_lines(opened)
    views = [row.view for row in rows]
    values = {
        "opened": opened,
        "rows": rows,
        "number": len(opened.form.steps) + 1,
        "to_fetch": any(v.supply is Supply.PENDING and v.as_of is None for v in views),
        "nothing_to_bring": not any(v.supply is Supply.MISSING or v.may_promise for v in views),
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return render(request, "citizen/apply/materials.html", values, status=status)
