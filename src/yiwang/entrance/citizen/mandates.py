"""授权: whom I let act for me, for whom I act, what was done under each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.intake import queries as intake
from yiwang.entrance.citizen.acts import actor_of
from yiwang.entrance.citizen.addresses import page_of
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor, PowerAct
from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal
from yiwang.mechanisms.journal import queries as journal
from yiwang.mechanisms.journal.definitions import Entry
from yiwang.support.mandates import actions as mandate_actions
from yiwang.support.mandates import queries as mandates
from yiwang.support.mandates.definitions import MandateKind, MandateView, Standing

HERE: Final = "/my/mandates/"
_A_PAGE: Final = 20
#: How long one may be given, in days and words.
TERMS: Final[Mapping[str, Any]] = {
    "30": gettext_lazy("一个月"),
    "182": gettext_lazy("半年"),
    "365": gettext_lazy("一年"),
    "1095": gettext_lazy("三年"),
}
_ACTS: Final[Mapping[str, Any]] = {
    PowerAct.APPLY: gettext_lazy("替我填表、提交、补材料"),
    PowerAct.SEE: gettext_lazy("替我看办到哪一步"),
    PowerAct.RECEIVE: gettext_lazy("替我看结果、领证照"),
}
#: What was done under a mandate, in words; the rest is said as “改动”.
_DONE: Final[Mapping[str, Any]] = {
    "READ": gettext_lazy("看了"),
    "intake.start": gettext_lazy("开始填写申请"),
    "intake.save": gettext_lazy("填写申请"),
    "intake.prefill": gettext_lazy("取了登记信息填表"),
    "intake.discard": gettext_lazy("删了草稿"),
    "cases.case_submitted": gettext_lazy("提交了申请"),
    "cases.case_corrected": gettext_lazy("补交了材料"),
    "cases.case_withdrawn": gettext_lazy("撤回了申请"),
    "conversations.remark_made": gettext_lazy("给承办人留言"),
    "commitments.signed": gettext_lazy("签了承诺书"),
    "identity.signed_in": gettext_lazy("开始代办"),
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form holds."""

    side: str
    kind: str
    name: str
    number: str
    scope: str
    items: tuple[str, ...]
    acts: tuple[str, ...]
    term: str
    note: str

    @property
    def giving(self) -> bool:
        return self.side == "give"


@dataclass(frozen=True, slots=True)
class Done:
    """One thing done under a mandate."""

    at: datetime
    words: Any
    href: str


@access(CITIZEN, own=True)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Both sides on one page, newest first."""
    actor, at = actor_of(request), moments.now()
    given = mandates.list_given(
        actor, at=at, after=request.GET.get("given", "")[:16], limit=_A_PAGE
    )
    taken = mandates.list_taken(
        actor, at=at, after=request.GET.get("taken", "")[:16], limit=_A_PAGE
    )
    values = {
        "given": given.rows,
        "taken": taken.rows,
        "next_given": f"{HERE}?given={given.next}" if given.next else "",
        "next_taken": f"{HERE}?taken={taken.next}" if taken.next else "",
        "firm": actor.applicant.startswith("organization:"),
    }
    return render(request, "citizen/mandates/overview.html", values)


@access(CITIZEN, own=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Give one, or ask for one; the text is shown whole before it counts."""
    actor, at = actor_of(request), moments.now()
    typed = _typed(request, actor)
    if request.method != "POST":
        return _form(request, typed, actor, None)
    try:
        other = _partner(typed)
        wish = _wish(typed, actor, other, at)
        if typed.giving and request.POST.get("agreed") != "1":
            text = mandates.preview(actor=actor, at=at, **wish)
            return render(request, "citizen/mandates/agree.html", {"typed": typed, "text": text})
        view = mandate_actions.propose(actor=actor, at=at, note=typed.note, **wish)
    except InvalidInput as refusal:
        return _form(request, typed, actor, refusal)
    return HttpResponseRedirect(f"{HERE}{view.key}/?done=proposed")


@access(CITIZEN, own=True)
@require_safe
def show(request: HttpRequest, mandate_key: str) -> HttpResponse:
    """One mandate: its text, how it stands, what was done under it."""
    actor, at = actor_of(request), moments.now()
    view = mandates.get_mandate(mandate_key, actor, at=at)
    before = request.GET.get("before", "")
    start = int(before) if before.isdecimal() and len(before) < 16 else 0
    entries = journal.list_acts_under(view.key, before=start, limit=_A_PAGE + 1)
    return _page(request, view, actor, entries, None)


def _page(
    request: HttpRequest,
    view: MandateView,
    actor: Actor,
    entries: tuple[Entry, ...],
    refusal: Refusal | None,
) -> HttpResponse:
    shown = entries[:_A_PAGE]
    giving, live = actor.applicant == view.giver, view.revoked_at is None
    values = {
        "mandate": view,
        "giving": giving,
        "may_grant": giving and view.standing is Standing.WAITS_FOR_GIVER,
        "may_accept": not giving and view.standing is Standing.WAITS_FOR_TAKER,
        "may_end": live and view.standing is not Standing.EXPIRED,
        "may_act": not giving and view.in_force,
        "done": [_done(one) for one in shown],
        "next": f"{HERE}{view.key}/?before={shown[-1].entry_id}" if len(entries) > _A_PAGE else "",
        "happened": request.GET.get("done", ""),
        "refusal": refusal,
    }
    return render(request, "citizen/mandates/one.html", values)


_VERBS: Final = {
    "grant": mandate_actions.grant,
    "accept": mandate_actions.accept,
    "revoke": mandate_actions.revoke,
}


@access(CITIZEN, own=True)
@require_POST
def settle(request: HttpRequest, mandate_key: str) -> HttpResponse:
    """Consent, accept, take back or decline: the button says which."""
    verb = request.POST.get("verb", "")
    if verb not in _VERBS:
        raise InvalidInput(_("没有这个操作。"), _("请回到授权页面再选。"))
    _VERBS[verb](key=mandate_key, actor=actor_of(request), at=moments.now())
    return HttpResponseRedirect(f"{HERE}{mandate_key}/?done={verb}")


def _typed(request: HttpRequest, actor: Actor) -> Typed:
    sent = request.POST if request.method == "POST" else request.GET
    firm = actor.applicant.startswith("organization:")
    side = "give" if firm or sent.get("side") != "ask" else "ask"
    kind = "HELPER" if sent.get("kind") == "HELPER" else "FAMILY"
    fresh = request.method != "POST"
    return Typed(
        side=side,
        kind="FIRM_AGENT" if firm else kind,
        name=sent.get("name", "")[:60].strip(),
        number=sent.get("number", "")[:20].strip().upper(),
        scope="ALL" if sent.get("scope") == "ALL" else "SOME",
        items=tuple(sent.getlist("items")[:100]),
        acts=tuple(_ACTS) if fresh else tuple(a for a in _ACTS if a in sent.getlist("acts")),
        term=sent.get("term", "365") if sent.get("term") in TERMS else "365",
        note=sent.get("note", "")[:200],
    )


def _offered(actor: Actor) -> dict[str, str]:
    """What can be applied for here, code → name."""
    firm = actor.applicant.startswith("organization:")
    rows = catalogue.list_items(here=True, limit=200)
    language = get_language() or "zh-hans"
    return {
        row.code: intake.get_glossary(row.code, row.version, language).get(row.name, row.name)
        for row in rows
        if not firm or set(row.served) - {"1"}
    }


def _partner(typed: Typed) -> str:
    """Whom the form names: number and name must both be right; which was wrong is not said."""
    person = libraries.find_person(typed.number) if typed.number else None
    if person is None or not libraries.is_called(person, typed.name):
        problem = FieldProblem("number", _("姓名和身份证号对不上。"), _("请照对方身份证上的写。"))
        raise InvalidInput(_("还差一步"), " ", fields=[problem])
    return person.reference


def _wish(typed: Typed, actor: Actor, other: str, at: datetime) -> dict[str, Any]:
    offered = _offered(actor)
    chosen = {code: offered[code] for code in typed.items if code in offered}
    giver, taker = (actor.applicant, other) if typed.giving else (other, actor.reference)
    return {
        "kind": MandateKind(typed.kind),
        "giver": giver,
        "taker": taker,
        "items": None if typed.scope == "ALL" else chosen,
        "acts": tuple(PowerAct(act) for act in typed.acts),
        "valid_until": at + timedelta(days=int(typed.term)),
    }


def _form(
    request: HttpRequest, typed: Typed, actor: Actor, refusal: InvalidInput | None
) -> HttpResponse:
    values = {
        "typed": typed,
        "firm": actor.applicant.startswith("organization:"),
        "offered": [(c, n, c in typed.items) for c, n in _offered(actor).items()],
        "acts": [(code, words, code in typed.acts) for code, words in _ACTS.items()],
        "terms": [(days, words, days == typed.term) for days, words in TERMS.items()],
        "wrong": {problem.field for problem in refusal.fields} if refusal else set(),
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return render(request, "citizen/mandates/new.html", values, status=status)


def _done(entry: Entry) -> Done:
    return Done(entry.at, _DONE.get(entry.act, _("办理了手续")), page_of(entry.subject))
