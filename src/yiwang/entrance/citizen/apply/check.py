"""The last look, which reads like a letter; handing in; the receipt."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.commitments.actions import NotSigned
from yiwang.capability.intake import queries as intake
from yiwang.capability.materials import queries as materials
from yiwang.capability.materials.actions import MissingMaterials
from yiwang.entrance.citizen.apply.draft import open_draft
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.entrance.shell.forms import supplies
from yiwang.entrance.shell.forms.opened import OpenDraft
from yiwang.entrance.shell.speaking import speak_problem
from yiwang.kernel.moments import legal_date
from yiwang.kernel.references import split
from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal
from yiwang.kernel.sentences import said


@access(CITIZEN)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, key: str) -> HttpResponse:
    """Read it over; POST hands it in. The receipt is shown only after the commit."""
    opened = open_draft(request, key)
    if opened.draft.submitted_case:
        return HttpResponseRedirect(f"{opened.home}receipt/")
    journey.insist_on_assurance(opened.version.item, opened.actor)
    if request.method != "POST":
        return _page(request, opened, None)
    if request.POST.get("agree") != "yes":
        problem = FieldProblem("agree", said("还没有确认内容属实。"), said("请先打勾。"))
        return _page(request, opened, InvalidInput(said("还差一步"), " ", fields=[problem]))
    try:
        supplies.fetch(opened)
        journey.submit(
            draft_key=key,
            idempotency_key=opened.draft.form_instance,
            by_person=request.POST.get("by_person") == "yes",
            actor=opened.actor,
            at=opened.at,
        )
    except (InvalidInput, journey.LicenceInHand) as refusal:
        return _page(request, opened, refusal)
    return HttpResponseRedirect(f"{opened.home}receipt/")


@access(CITIZEN)
@require_safe
def receipt(request: HttpRequest, key: str) -> HttpResponse:
    """The number, what happens next and by when; it can be printed. Before handing in: the form."""
    opened = open_draft(request, key)
    if not opened.draft.submitted_case:
        return HttpResponseRedirect(opened.home)
    _, case_key = split(opened.draft.submitted_case)
    case = cases.get_case(case_key, opened.actor, at=opened.at)
    values = {"opened": opened, "case": case}
    return render(request, "citizen/apply/receipt.html", values)


def _page(request: HttpRequest, opened: OpenDraft, refusal: Refusal | None) -> HttpResponse:
    draft = opened.draft
    names = intake.list_attachments(draft.key, opened.actor)
    rows = intake.answer_rows(
        opened.form,
        draft.answers,
        prefilled=draft.prefilled,
        file_names=names,
        looked_up=draft.looked_up,
    )
    problems = intake.check(draft, on=legal_date(opened.at), language=opened.language)
    if problems and refusal is None:
        refusal = InvalidInput(said("还有 %(n)s 处没有填好", n=len(problems)), " ", fields=problems)
    values = {
        "opened": opened,
        "item": opened.version.item,
        "paragraphs": [
            {"key": key, "title": title, "rows": list(group)}
            for (key, title), group in groupby(rows, key=lambda row: (row.step, row.step_title))
        ],
        "materials": materials.outlook(
            required=opened.required,
            subject=draft.reference,
            on_form=intake.material_files(draft),
        ),
        "contradictions": [_label(opened, one.field) for one in intake.list_contradictions(draft)],
        "number": len(opened.step_names),
        "refusal": refusal,
        "incomplete": bool(problems),
        "links": _links(opened, refusal),
    }
    status = refusal.status if refusal and request.method == "POST" else 200
    return render(request, "citizen/apply/check.html", values, status=status)


def _label(opened: OpenDraft, key: str) -> str:
    field = opened.form.find_field(key)
    return field.label if field else key


def _links(opened: OpenDraft, refusal: Refusal | None) -> list[dict[str, str]]:
    """Every problem with the address where it can be mended."""
    if refusal is None:
        return []
    if isinstance(refusal, NotSigned):
        where = f"{opened.home}undertaking/"
        return [{"href": where, "text": speak_problem(p)} for p in refusal.fields]
    if isinstance(refusal, journey.LicenceInHand):
        return [{"href": f"/my/cases/{refusal.case_key}/", "text": _("看看那一件办到哪里了")}]
    missing = isinstance(refusal, MissingMaterials)
    return [
        {"href": _where(opened, p.field, missing), "text": speak_problem(p)} for p in refusal.fields
    ]


def _where(opened: OpenDraft, name: str, missing: bool) -> str:
    if missing:
        return f"{opened.home}materials/#m-{name}"
    field = name.split("-", 1)[0]
    for step in opened.form.steps:
        if any(f.key == field for f in step.fields):
            return f"{opened.address(step.key)}#{name}"
    return f"#{name}"
