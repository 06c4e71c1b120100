"""承诺书: read as a letter, ticked sentence by sentence, signed before handing in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yiwang.capability import journey
from yiwang.entrance.citizen.apply.draft import open_draft
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.entrance.shell.forms.opened import OpenDraft
from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal

_AGREED = "agree-"


@access(CITIZEN)
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, key: str) -> HttpResponse:
    """What has to be signed; POST signs one paper. Nothing to sign: on to the last step."""
    opened = open_draft(request, key)
    if opened.draft.submitted_case:
        return HttpResponseRedirect(f"{opened.home}receipt/")
    if not opened.papers:
        return HttpResponseRedirect(f"{opened.home}check/")
    if request.method != "POST":
        return _page(request, opened, None)
    try:
        _sign(request, opened)
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        return _page(request, open_draft(request, key), refusal)
    fresh = open_draft(request, key)
    left = [one for one in fresh.papers if one.signed_at is None]
    there = f"{opened.home}undertaking/#{left[0].paper.kind.lower()}" if left else ""
    return HttpResponseRedirect(there or f"{opened.home}check/")


def _sign(request: HttpRequest, opened: OpenDraft) -> None:
    kind = request.POST.get("kind", "")
    try:
        journey.sign(
            draft_key=opened.draft.key,
            kind=kind,
            digest=request.POST.get("digest", ""),
            agreed=[name.removeprefix(_AGREED) for name in request.POST if _AGREED in name],
            actor=opened.actor,
            at=opened.at,
        )
    except InvalidInput as refusal:
        named = [
            FieldProblem(f"{kind.lower()}-{p.field}", p.sentence, p.remedy) for p in refusal.fields
        ]
        sentence = _("还有 %(number)s 条没有确认") % {"number": len(named)}
        raise InvalidInput(sentence, " ", fields=named) from refusal


def _page(request: HttpRequest, opened: OpenDraft, refusal: Refusal | None) -> HttpResponse:
    ticked = {name for name in request.POST if _AGREED in name} if refusal else set()
    values = {
        "opened": opened,
        "papers": [
            (
                one,
                one.paper.kind.lower(),
                one.translation or one.paper,
                [
                    (t, f"{_AGREED}{t.key}" in ticked)
                    for t in (one.translation or one.paper).declared
                ],
            )
            for one in opened.papers
        ],
        "all_signed": all(one.signed_at for one in opened.papers),
        "number": len(opened.step_names) - 1,
        "back": f"{opened.home}materials/" if opened.has_materials else opened.home,
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "citizen/apply/undertaking.html", values, status=status)
