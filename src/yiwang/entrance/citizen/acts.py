"""What an applicant may still do with a case: withdraw it, ask for a person, supply what is missing.

Each is asked once more in words before it happens; the journey refuses what is not possible.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import CaseView
from yiwang.capability.intake import queries as intake
from yiwang.capability.intake.definitions import Field, Kind
from yiwang.entrance.citizen.apply.draft import children_of
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.entrance.shell.forms.reading import read_answers
from yiwang.entrance.shell.forms.rendering import render_fields
from yiwang.entrance.shell.forms.state import PageState, by_field
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import InvalidInput, NotFound, VersionConflict


@dataclass(frozen=True, slots=True)
class Asked:
    """One act in words, and the journey step it takes."""

    act: str
    title: Any
    lead: Any
    button: Any
    danger: bool
    take: Callable[..., CaseView]


_WITHDRAW: Final = Asked(
    "withdraw",
    gettext_lazy("撤回这个申请？"),
    gettext_lazy("撤回以后不再办理，已经交的材料不再使用。想办时可以重新申请，不影响您。"),
    gettext_lazy("撤回申请"),
    True,
    journey.withdraw,
)
_PERSON: Final = Asked(
    "ask_for_person",
    gettext_lazy("请工作人员来办？"),
    gettext_lazy(
        "系统自动核对的事，您有权要求由工作人员办理或者复核（个人信息保护法第二十四条）。"
        "会比自动办理慢一些，最晚哪天答复，办件页上会写明。"
    ),
    gettext_lazy("请人工办理"),
    False,
    journey.ask_for_person,
)


@access(CITIZEN)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, key: str) -> HttpResponse:
    """Take the application back."""
    return _ask(request, key, _WITHDRAW)


@access(CITIZEN)
@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_person(request: HttpRequest, key: str) -> HttpResponse:
    """请人工办理: a person handles it, or looks again at what a rule decided."""
    return _ask(request, key, _PERSON)


def _ask(request: HttpRequest, key: str, asked: Asked) -> HttpResponse:
    actor, at = _actor(request), moments.now()
    if request.method == "POST":
        asked.take(case_key=key, version=_version(request), actor=actor, at=at)
        return HttpResponseRedirect(f"/my/cases/{key}/")
    case = _open(key, actor, asked.act)
    return render(request, "citizen/act.html", {"case": case, "asked": asked})


@access(CITIZEN)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, key: str) -> HttpResponse:
    """Supply what was missing: the form again, as it was filled in."""
    actor = _actor(request)
    case = _open(key, actor, "supply_correction")
    form = intake.get_form(case.item_code, case.item_version)
    shown = intake.visible_keys(form, case.answer_values)
    fields = [f for f in form.fields if f.key in shown and f.kind is not Kind.FILE]
    if request.method != "POST":
        return _form(request, case, fields, case.answer_values)
    given = read_answers(fields, request.POST)
    try:
        _supply(case, given, version=_version(request), actor=actor)
    except InvalidInput as refusal:
        return _form(request, case, fields, {**case.answer_values, **given}, refusal)
    return HttpResponseRedirect(f"/my/cases/{key}/")


def _supply(case: CaseView, given: Mapping[str, Any], *, version: int, actor: Actor) -> None:
    before = case.answer_values
    changed = {name: value for name, value in given.items() if value != before.get(name)}
    if not changed:
        raise InvalidInput(_("您还没有改动。"), _("请照告知的内容改好后再提交。"))
    journey.supply_correction(
        case_key=case.key, version=version, answers=changed, actor=actor, at=moments.now()
    )


def _form(
    request: HttpRequest,
    case: CaseView,
    fields: list[Field],
    answers: Mapping[str, Any],
    refusal: InvalidInput | None = None,
) -> HttpResponse:
    form = intake.get_form(case.item_code, case.item_version)
    state = PageState(
        answers=answers,
        problems=by_field(refusal.fields if refusal else ()),
        visible=intake.visible_keys(form, answers),
        editing=frozenset(field.key for field in fields),
        names=intake.names_of_codes([f for f in fields if f.kind is Kind.INDUSTRY], answers),
        children_of=children_of,
        industries=intake.list_industries,
        address=request.path,
    )
    values = {"case": case, "fields": render_fields(form, fields, state), "refusal": refusal}
    return render(request, "citizen/correct.html", values, status=422 if refusal else 200)


def _open(key: str, actor: Actor, act: str) -> CaseView:
    """The case, when this act is possible now; else as if the page did not exist."""
    case = cases.get_case(key, actor, at=moments.now())
    if act not in {one.name for one in case.acts}:
        raise NotFound(_("这一件现在不能这样办。"), _("请回到办件页看最新情况。"))
    return case


def _version(request: HttpRequest) -> int:
    """The version the person looked at when pressing the button."""
    text = request.POST.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise VersionConflict
    return int(text)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
