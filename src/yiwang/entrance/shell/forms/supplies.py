"""The materials of an open draft: one thing done to the list, and the list as it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest

from yiwang.capability import journey
from yiwang.capability.intake import queries as intake
from yiwang.capability.materials import queries as materials
from yiwang.capability.materials.definitions import Kept, MaterialView, Supply
from yiwang.entrance.shell.forms.amounts import amount_words
from yiwang.entrance.shell.forms.opened import OpenDraft
from yiwang.entrance.shell.forms.uploads import MOST_AT_ONCE, store
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.clocks import rules as clock_rules


def fetch(opened: OpenDraft) -> None:
    """Ask the sources for what need not be handed in."""
    journey.fetch_materials(draft_key=opened.draft.key, actor=opened.actor, at=opened.at)


def do(request: HttpRequest, opened: OpenDraft, act: str, rest: str) -> None:
    """``fetch``, or one of ``upload remove reuse promise`` with a material's key."""
    if act == "fetch":
        fetch(opened)
        return
    key, _, which = rest.partition(":")
    if key not in {material.key for material in opened.required}:
        raise NotFound("没有这样材料。", "请刷新页面。")
    about: dict[str, Any] = {
        "draft_key": opened.draft.key,
        "material": key,
        "actor": opened.actor,
        "at": opened.at,
    }
    if act == "remove":
        journey.remove_material(file_key=which, **about)
    elif act == "upload":
        for sent in request.FILES.getlist(f"m-{key}-file")[:MOST_AT_ONCE]:
            journey.upload_material(stored=store(opened, sent), **about)
    elif act == "promise":
        journey.promise_material(**about)
    elif act == "reuse":
        journey.reuse_material(origin=which, **about)


@dataclass(frozen=True, slots=True)
class Line:
    """One material, what of the vault would do for it, and how it may come later.

    ``last_day``: of a paper that comes later, were the case accepted today.
    """

    view: MaterialView
    kept: tuple[Kept, ...]
    later: str = ""
    last_day: date | None = None


def _line(view: MaterialView, kept: tuple[Kept, ...], opened: OpenDraft) -> Line:
    if view.tolerance is None or view.supply not in (Supply.MISSING, Supply.PROMISED):
        return Line(view, kept if view.supply is Supply.MISSING else ())
    within = view.tolerance.within
    calendar = clocks.get_calendar()
    due = clock_rules.due(start=legal_date(opened.at), allowance=within, calendar=calendar)
    return Line(view, kept, amount_words(within), due.on)


def list_lines(opened: OpenDraft) -> tuple[Line, ...]:
    """Every material the application needs, as it stands."""
    views = materials.outlook(
        required=opened.required,
        subject=opened.draft.reference,
        on_form=intake.material_files(opened.draft),
    )
    open_ = {view.material for view in views if view.may_upload and not view.on_form}
    wanted = [m for m in opened.required if m.key in open_]
    reusable = (
        materials.list_reusable(actor=opened.actor, materials=wanted, on=legal_date(opened.at))
        if wanted
        else {}
    )
    return tuple(_line(view, reusable.get(view.material, ()), opened) for view in views)
