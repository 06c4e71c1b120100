"""材料库: the papers I handed in, kept for next time; who verified them, until when; delete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.capability.materials import actions as material_actions
from yiwang.capability.materials import queries as materials
from yiwang.capability.materials.definitions import Kept
from yiwang.entrance.citizen.acts import actor_of
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.kernel import moments
from yiwang.kernel.moments import legal_date
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import NotFound

_A_PAGE: Final = 20


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper as the list shows it."""

    kept: Kept
    usable: bool

    @property
    def last_day(self) -> date | None:
        """The last day it may be used again."""
        until = self.kept.valid_until
        return until - timedelta(days=1) if until else None


@access(CITIZEN, own=True)
@require_safe
def vault(request: HttpRequest) -> HttpResponse:
    """Everything kept, newest first."""
    after = request.GET.get("after", "")
    start = int(after) if after.isascii() and after.isdecimal() and len(after) < 18 else 0
    rows = materials.list_vault(actor_of(request), after=start, limit=_A_PAGE + 1)
    shown, today = rows[:_A_PAGE], legal_date(moments.now())
    values = {
        "papers": [Paper(kept, kept.usable(today)) for kept in shown],
        "next": f"/my/materials/?after={shown[-1].position}" if len(rows) > _A_PAGE else "",
        "first": "/my/materials/" if start else "",
        "done": request.GET.get("done") == "1",
    }
    return render(request, "citizen/vault.html", values)


@access(CITIZEN, own=True)
@require_http_methods(["GET", "HEAD", "POST"])
def forget(request: HttpRequest, case_key: str, material: str) -> HttpResponse:
    """Take one paper out of the vault; asked once more in words."""
    actor, case = actor_of(request), reference("case", case_key)
    if request.method == "POST":
        with transaction.atomic():
            material_actions.forget(case=case, material=material, actor=actor, at=moments.now())
        return HttpResponseRedirect("/my/materials/?done=1")
    kept = materials.find_kept(actor, case=case, material=material)
    if kept is None:
        raise NotFound(_("材料库里没有这份材料。"), _("它可能已经删掉了，请回到材料库。"))
    return render(request, "citizen/forget.html", {"kept": kept})
