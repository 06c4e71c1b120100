"""My space: what waits, my cases, results, messages, and who looked at my data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import CaseFilter
from yiwang.capability.entitlements import queries as entitlements
from yiwang.entrance.citizen import waiting
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.journal import queries as journal
from yiwang.support.identity import queries as identity
from yiwang.support.licences import queries as licences
from yiwang.support.messages import actions as message_actions
from yiwang.support.messages import queries as messages

_A_PAGE: Final = 20
_KINDS: Final[Mapping[str, object]] = {
    "case": gettext_lazy("办件"),
    "draft": gettext_lazy("草稿"),
    "licence": gettext_lazy("证照"),
    "letter": gettext_lazy("文书"),
    "file": gettext_lazy("材料"),
    "person": gettext_lazy("登记信息"),
    "entitlement": gettext_lazy("待遇"),
}


@dataclass(frozen=True, slots=True)
class Look:
    """One look at my data: when, by whom, at what, what for."""

    at: datetime
    who: str
    what: object
    purpose: str
    href: str


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@access(CITIZEN)
@require_safe
def space(request: HttpRequest) -> HttpResponse:
    """Everything of mine on one page."""
    actor, at = _actor(request), moments.now()
    after = request.GET.get("after", "")[:80]
    page = cases.list_cases(actor, filter=CaseFilter(), after=after, limit=_A_PAGE)
    values = {
        "waiting": waiting.for_actor(actor, at=at),
        "cases": page.rows,
        "next": f"/my/?after={page.next}" if page.next else "",
        "first": "/my/" if after else "",
        "unread": messages.count_unread(actor),
    }
    return render(request, "citizen/my.html", values)


@access(CITIZEN)
@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """My licences and benefits."""
    actor = _actor(request)
    values = {
        "licences": licences.list_licences(actor, at=moments.now()),
        "entitlements": entitlements.list_entitlements(actor),
    }
    return render(request, "citizen/my_results.html", values)


@access(CITIZEN)
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """My messages, newest first."""
    after = request.GET.get("after", "")[:40]
    rows = messages.list_messages(_actor(request), after=after, limit=_A_PAGE + 1)
    more = len(rows) > _A_PAGE
    rows = rows[:_A_PAGE]
    values = {
        "rows": [(row, _address(row.subject)) for row in rows],
        "unread": any(row.read_at is None for row in rows),
        "next": f"/my/messages/?after={rows[-1].key}" if more else "",
        "first": "/my/messages/" if after else "",
    }
    return render(request, "citizen/messages.html", values)


@access(CITIZEN)
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """I have read them."""
    with transaction.atomic():
        message_actions.mark_all_read(actor=_actor(request), at=moments.now())
    return HttpResponseRedirect("/my/messages/")


@access(CITIZEN)
@require_safe
def reads(request: HttpRequest) -> HttpResponse:
    """Who looked at my data, when, and what for."""
    before = request.GET.get("before", "")
    start = int(before) if before.isdecimal() and len(before) < 16 else 0
    entries = journal.list_reads_of(_actor(request).applicant, before=start, limit=_A_PAGE + 1)
    more = len(entries) > _A_PAGE
    entries = entries[:_A_PAGE]
    names = identity.list_names({entry.actor for entry in entries})
    rows = [
        Look(
            at=entry.at,
            who=names.get(
                entry.actor, _("系统") if entry.actor_kind == "MACHINE" else _("工作人员")
            ),
            what=_KINDS.get(entry.subject.partition(":")[0], _("资料")),
            purpose=entry.purpose,
            href=_address(entry.subject),
        )
        for entry in entries
    ]
    values = {
        "rows": rows,
        "next": f"/my/reads/?before={entries[-1].entry_id}" if more else "",
        "first": "/my/reads/" if start else "",
    }
    return render(request, "citizen/reads.html", values)


def _address(subject: str) -> str:
    """Where the person can see the thing a message or a look is about."""
    kind, _colon, key = subject.partition(":")
    pages = {"case": f"/my/cases/{key}/", "draft": f"/my/drafts/{key}/"}
    return pages.get(kind, "")
