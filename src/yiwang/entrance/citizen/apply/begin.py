"""The page before the form: who applies, what is read from where, what is still asked."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from yiwang.capability import journey
from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.catalogue.definitions import Item
from yiwang.capability.commitments.actions import CommitmentClosed
from yiwang.capability.intake import queries as intake
from yiwang.capability.intake.definitions import Form
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.foundation.exchange import sources
from yiwang.kernel import moments
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound, Refusal
from yiwang.kernel.sentences import said
from yiwang.support.licences import queries as licences


@dataclass(frozen=True, slots=True)
class Reading:
    """What will be read about the person: the facts, and from which register."""

    source: str
    labels: tuple[str, ...]


@access(CITIZEN)
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """Say what will happen, then start a draft and lead to its first step."""
    version = catalogue.get_item(code, language=get_language() or "zh-hans")
    if not version.open_for_application:
        raise NotFound("这个事项还不能在这里办。", "请看办事指南里的办理方式。")
    journey.insist_on_assurance(version.item, request.actor)  # type: ignore[attr-defined]
    form = intake.get_spoken_form(code, version.version, get_language() or "zh-hans")
    sent = request.POST if request.method == "POST" else request.GET
    given = _given(version.item, sent)
    if catalogue.narrow(
        version.item, given
    ).not_here:  # the guide says why, and takes other answers
        return HttpResponseRedirect(f"/items/{code}/?{urlencode(given)}")
    key = str(sent.get("licence", ""))[:40]
    licence = licences.get_licence(key, request.actor, at=moments.now()) if key else None  # type: ignore[attr-defined]
    settled = _settled(given, sent)
    asked = [q for q in catalogue.list_questions(version.item, given) if q.key not in settled]
    missing = [q for q in asked if q.key not in given]
    refusal: Refusal | None = None
    if request.method == "POST" and not missing:
        try:
            return _start(request, code, given, licence.key if licence else "")
        except CommitmentClosed as closed:  # the other road is open: choose again
            refusal = closed
            asked = list(catalogue.list_questions(version.item, given))
            settled = ()
    elif request.method == "POST":
        named = [
            FieldProblem(q.key, said("“%(label)s”还没有选。", label=q.text), said("请选一个。"))
            for q in missing
        ]
        refusal = InvalidInput(said("还有 %(n)s 个问题没有回答", n=len(named)), " ", fields=named)
    at = moments.now()
    drafts = intake.list_drafts(request.actor, at=at, item_code=code)  # type: ignore[attr-defined]
    values = {
        "version": version,
        "item": version.item,
        "licence": licence,
        "settled": {key: given[key] for key in settled},
        "questions": [(question, given.get(question.key, "")) for question in asked],
        "readings": _readings(form),
        "drafts": drafts.rows,
        "steps": [step.title for step in form.steps],
        "refusal": refusal,
        "restarting": refusal is not None or "settled" in sent,
    }
    status = refusal.status if refusal else 200
    return render(request, "citizen/apply/begin.html", values, status=status)


def _start(request: HttpRequest, code: str, given: dict[str, str], licence: str) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    draft = journey.start(
        item_code=code, actor=actor, at=moments.now(), questions=given, licence=licence
    )
    return HttpResponseRedirect(f"/my/drafts/{draft.key}/")


def _given(item: Item, sent: object) -> dict[str, str]:
    """The guide's answers, only codes the item offers."""
    get = sent.get  # type: ignore[attr-defined]
    return {
        question.key: str(get(question.key))
        for question in item.questions
        if get(question.key) in {option.value for option in question.options}
    }


def _settled(given: dict[str, str], sent: object) -> tuple[str, ...]:
    """What was answered on the guide and is not asked again; the page itself remembers which."""
    named = sent.get("settled")  # type: ignore[attr-defined]
    if named is None:
        return tuple(given)
    return tuple(key for key in str(named).split(",") if key in given)


def _readings(form: Form) -> tuple[Reading, ...]:
    by_source: dict[str, list[str]] = {}
    for field in form.fields:
        source = sources.find_source(field.prefill) if field.prefill else None
        if source is not None:
            by_source.setdefault(source.source_label, []).append(field.label)
    return tuple(Reading(source, tuple(labels)) for source, labels in by_source.items())
