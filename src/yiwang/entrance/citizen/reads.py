"""Who looked at my data: read from the journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from yiwang.entrance.citizen.addresses import page_of
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.journal import queries as journal
from yiwang.mechanisms.journal.definitions import Entry
from yiwang.support.identity import queries as identity

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


@access(CITIZEN, own=True)
@require_safe
def reads(request: HttpRequest) -> HttpResponse:
    """Who looked at my data, when, and what for."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    entries, more = page_of_looks(request, actor)
    values = {
        "rows": _looks(entries),
        "next": f"/my/reads/?before={entries[-1].entry_id}" if more else "",
        "first": "/my/reads/" if _start(request) else "",
        "proof": f"/my/reads/proof/?before={_start(request)}"
        if _start(request)
        else "/my/reads/proof/",
    }
    return render(request, "citizen/reads.html", values)


def page_of_looks(request: HttpRequest, actor: Actor) -> tuple[tuple[Entry, ...], bool]:
    """One page of who looked, and whether there are older ones."""
    entries = journal.list_reads_of(actor.applicant, before=_start(request), limit=_A_PAGE + 1)
    return entries[:_A_PAGE], len(entries) > _A_PAGE


def _start(request: HttpRequest) -> int:
    before = request.GET.get("before", "")
    return int(before) if before.isdecimal() and len(before) < 16 else 0


def _looks(entries: tuple[Entry, ...]) -> list[Look]:
    """The names of those who looked are asked for once."""
    names = identity.list_names({entry.actor for entry in entries})
    return [
        Look(
            at=entry.at,
            who=names.get(entry.actor) or _nameless(entry),
            what=_KINDS.get(entry.subject.partition(":")[0], _("资料")),
            purpose=entry.purpose,
            href=page_of(entry.subject),
        )
        for entry in entries
    ]


def _nameless(entry: Entry) -> str:
    return _("系统") if entry.actor_kind == "MACHINE" else _("工作人员")
