"""What an applicant may still do with a case: withdraw it, or ask for a person.

Each is asked once more in words before it happens; the journey refuses what is not possible.
"""

from __future__ import annotations

from collections.abc import Callable
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
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import NotFound, VersionConflict


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
    actor, at = actor_of(request), moments.now()
    if request.method == "POST":
        asked.take(case_key=key, version=seen_version(request), actor=actor, at=at)
        return HttpResponseRedirect(f"/my/cases/{key}/")
    case = open_case(key, actor, asked.act)
    return render(request, "citizen/act.html", {"case": case, "asked": asked})


def open_case(key: str, actor: Actor, act: str) -> CaseView:
    """The case, when this act is possible now; else as if the page did not exist."""
    case = cases.get_case(key, actor, at=moments.now())
    if act not in {one.name for one in case.acts}:
        raise NotFound(_("这一件现在不能这样办。"), _("请回到办件页看最新情况。"))
    return case


def seen_version(request: HttpRequest) -> int:
    """The version the person looked at when pressing the button."""
    text = request.POST.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise VersionConflict
    return int(text)


def actor_of(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
