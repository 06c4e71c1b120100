"""What I promised with an application: a paper that comes later, a commitment that is looked into."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import CaseView
from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.commitments import queries as promises
from yiwang.capability.commitments.definitions import CommitmentView, ToleranceView
from yiwang.entrance.citizen.acts import actor_of, seen_version
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound, Refusal
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files.definitions import StoredFile

_MOST_AT_ONCE: Final = 5
_LONGEST: Final = 2000


def of_case(case: CaseView, actor: Actor, at: datetime) -> Mapping[str, object]:
    """For the page of progress: late papers, the nearest to hand in first, and the commitment."""
    made = promises.get_promises(case.reference, actor, at=at)
    return {
        "late": made.late,
        "late_waiting": [one for one in made.late if one.waits],
        "commitment": made.commitment,
    }


@access(CITIZEN)
@require_http_methods(["GET", "HEAD", "POST"])
def late(request: HttpRequest, key: str, tolerance_key: str) -> HttpResponse:
    """Hand in the late paper; the undertaking's consequence is said once more."""
    actor, at = actor_of(request), moments.now()
    case = cases.get_case(key, actor, at=at)
    paper = promises.get_tolerance(tolerance_key, actor, at=at)
    if paper.case != case.reference or (paper.settled or paper.state == "ENDED"):
        raise NotFound(_("这样材料现在不用补交。"), _("请回到办件页看最新情况。"))
    if request.method != "POST":
        return _late_page(request, case, paper, None)
    try:
        stored = _stored(request, actor, at)
        journey.supply_late(
            case_key=key, tolerance_key=tolerance_key, files=stored, actor=actor, at=at
        )
    except InvalidInput as refusal:
        return _late_page(request, case, paper, refusal)
    return HttpResponseRedirect(f"/my/cases/{key}/")


def _stored(request: HttpRequest, actor: Actor, at: datetime) -> list[StoredFile]:
    """The files, checked and kept before any transaction. Refuses InvalidInput."""
    kept = []
    for sent in request.FILES.getlist("file")[:_MOST_AT_ONCE]:
        try:
            content = sent.file
            stored = files.store(data=content, filename=sent.name or "", actor=actor, at=at)  # type: ignore[arg-type]
        except Refusal as refusal:
            problem = FieldProblem("file", refusal.sentence, refusal.remedy)
            raise InvalidInput(fields=[problem]) from refusal
        kept.append(stored)
    if not kept:
        problem = FieldProblem("file", _("还没有选文件。"), _("请选好文件再提交。"))
        raise InvalidInput(_("还没有选文件"), " ", fields=[problem])
    return kept


def _late_page(
    request: HttpRequest, case: CaseView, paper: ToleranceView, refusal: InvalidInput | None
) -> HttpResponse:
    given = [m.filename for m in case.materials if m.key == paper.material and m.filename]
    words = catalogue.get_words(case.item_code, case.item_version, get_language() or "zh-hans")
    values = {
        "case": case,
        "item_name": words.get("item.name", case.item_name),
        "name": words.get(f"item.materials.{paper.material}.name", paper.name),
        "late": paper,
        "given": given,
        "refusal": refusal,
    }
    return render(request, "citizen/late.html", values, status=422 if refusal else 200)


@access(CITIZEN)
@require_http_methods(["GET", "HEAD", "POST"])
def commitment(request: HttpRequest, key: str) -> HttpResponse:
    """My commitment word for word, what was found, and a place to say what was put right."""
    actor, at = actor_of(request), moments.now()
    case = cases.get_case(key, actor, at=at)
    view = promises.find_case_commitment(case.reference, actor, at=at)
    if view is None:
        raise NotFound(_("这一件没有告知承诺。"), _("请回到办件页看最新情况。"))
    if request.method != "POST":
        return _page(request, case, view, None)
    words = request.POST.get("words", "").strip()
    try:
        if not words or len(words) > _LONGEST:
            sentence = _("没有写改正的情况，或者太长。")
            problem = FieldProblem("words", sentence, _("请用 2000 字以内写清楚。"))
            raise InvalidInput(_("还差一步"), " ", fields=[problem])
        journey.report_correction(
            commitment_key=view.key,
            version=seen_version(request),
            words=words,
            actor=actor,
            at=at,
        )
    except InvalidInput as refusal:
        return _page(request, case, view, refusal)
    return HttpResponseRedirect(f"/my/cases/{key}/commitment/")


def _page(
    request: HttpRequest, case: CaseView, view: CommitmentView, refusal: InvalidInput | None
) -> HttpResponse:
    title, _rest, text = view.text.partition("\n")
    language = get_language() or "zh-hans"
    words = catalogue.get_words(view.item_code, view.item_version, language)
    values = {
        "case": case,
        "item_name": words.get("item.name", case.item_name),
        "translation": journey.translate_commitment(view, language=language),
        "commitment": view,
        "title": title,
        "lines": text.splitlines(),
        "may_report": any(act == "report_correction" for act, _label in view.acts),
        "typed": request.POST.get("words", "") if refusal else "",
        "refusal": refusal,
    }
    return render(request, "citizen/commitment.html", values, status=422 if refusal else 200)
