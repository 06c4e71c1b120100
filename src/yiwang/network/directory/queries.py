"""Questions about places, bodies and posts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Q

from yiwang.kernel.places import lineage, significant_prefix
from yiwang.kernel.refusals import NotFound
from yiwang.network.directory import rules
from yiwang.network.directory.definitions import (
    ClosedDayView,
    Colour,
    DepartmentView,
    DivisionView,
    Hours,
    LookView,
    PostView,
)
from yiwang.network.directory.models import (
    ClosedDay,
    Department,
    Division,
    LocalLook,
    OpeningHours,
    Post,
)

_MOST = 200


def _view(row: Division) -> DivisionView:
    return DivisionView(
        code=row.code,
        name=row.name,
        full_name=row.full_name,
        level=row.level,
        parent=row.parent,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        successor=row.successor,
    )


def get_division(code: str) -> DivisionView:
    """One division by its 12-digit code, ended ones too; NotFound when there is none."""
    found = find_division(code)
    if found is None:
        raise NotFound("没有这个行政区划。", "请从列表中选择所在地区。")
    return found


def find_division(code: str) -> DivisionView | None:
    """One division or None."""
    row = Division.objects.filter(code=code).first()
    return _view(row) if row else None


def find_divisions(codes: Iterable[str]) -> dict[str, DivisionView]:
    """Several divisions in one question, by code; unknown codes are left out."""
    wanted = set(codes)
    rows = Division.objects.filter(code__in=wanted) if wanted else ()
    return {row.code: _view(row) for row in rows}


def list_children(code: str | None) -> tuple[DivisionView, ...]:
    """The divisions right below, in code order: one step of the cascade. None: the provinces."""
    rows = Division.objects.filter(parent=code, valid_until__isnull=True).order_by("code")
    return tuple(_view(row) for row in rows[:_MOST])


def list_ancestors(code: str) -> tuple[DivisionView, ...]:
    """Province first, down to the parent; without the division itself."""
    above = rules.lineage(code)[1:]
    return tuple(_view(r) for r in Division.objects.filter(code__in=above).order_by("level"))


def list_subtree(
    code: str, *, level: int | None = None, after: str = "", limit: int = _MOST
) -> tuple[DivisionView, ...]:
    """The division and all below it in code order, a page at a time; ``level`` picks one level."""
    rows = Division.objects.filter(code__startswith=significant_prefix(code), code__gt=after)
    if level is not None:
        rows = rows.filter(level=level)
    return tuple(_view(row) for row in rows.order_by("code")[: min(limit, _MOST)])


def nearest(code: str, among: Collection[str]) -> str | None:
    """The nearest division, itself or above, that is in ``among`` (the places offering something)."""
    return rules.nearest(code, among)


def suggest_divisions(
    text: str, *, within: str | None = None, limit: int = 12
) -> tuple[DivisionView, ...]:
    """Type-ahead by characters, pinyin or initials: ``城关``, ``chengguan``, ``cgq``."""
    wanted = text.strip().lower().replace(" ", "")
    if not wanted or len(wanted) > 40:
        return ()
    rows = Division.objects.filter(valid_until__isnull=True)
    if within:
        rows = rows.filter(code__startswith=significant_prefix(within))
    if wanted.isascii():
        rows = rows.filter(Q(pinyin__startswith=wanted) | Q(initials__startswith=wanted))
    else:
        rows = rows.filter(name__contains=wanted)
    return tuple(_view(row) for row in rows.order_by("level", "code")[: min(limit, _MOST)])


def _department(row: Department) -> DepartmentView:
    return DepartmentView(
        uscc=row.uscc,
        name=row.name,
        short_name=row.short_name,
        division_code=row.division_code,
        phone=row.phone,
        address=row.address,
    )


def get_department(uscc: str) -> DepartmentView:
    """One department by its unified social credit code; NotFound when there is none."""
    row = Department.objects.filter(uscc=uscc).first()
    if row is None:
        raise NotFound("没有这个部门。", "请从部门列表中选择。")
    return _department(row)


def find_departments(usccs: Iterable[str]) -> dict[str, DepartmentView]:
    """Several departments in one question; unknown codes are left out."""
    return {row.uscc: _department(row) for row in Department.objects.filter(uscc__in=set(usccs))}


def list_departments(division_code: str) -> tuple[DepartmentView, ...]:
    """The departments of exactly this division, by code."""
    rows = Department.objects.filter(division_code=division_code).order_by("uscc")
    return tuple(_department(row) for row in rows[:_MOST])


def list_posts(holder: str) -> tuple[PostView, ...]:
    """The posts one official holds, oldest first."""
    rows = Post.objects.filter(holder=holder).order_by("since", "key")
    return tuple(
        PostView(
            key=row.key,
            department=row.department_id,
            name=row.name,
            holder=row.holder,
            since=row.since,
        )
        for row in rows[:_MOST]
    )


def list_departments_below(division_code: str) -> tuple[DepartmentView, ...]:
    """The departments of a division and everything below it, by code."""
    prefix = significant_prefix(division_code)
    rows = Department.objects.filter(division_code__startswith=prefix).order_by("uscc")
    return tuple(_department(row) for row in rows[:_MOST])


def list_hours(division_code: str) -> dict[int, tuple[Hours, ...]]:
    """When the halls of a place are open, by weekday; of the nearest place above that says so."""
    rows = list(
        OpeningHours.objects.filter(division_code__in=lineage(division_code)).order_by("opens")
    )
    said = rules.nearest(division_code, {row.division_code for row in rows})
    found: dict[int, tuple[Hours, ...]] = {}
    for row in rows:
        if row.division_code == said:
            span = Hours(row.opens, row.closes)
            found[row.weekday] = (*found.get(row.weekday, ()), span)
    return found


def list_closed_days(division_code: str, *, since: date) -> tuple[ClosedDayView, ...]:
    """The days off still to come, of the place and of those above it."""
    rows = ClosedDay.objects.filter(division_code__in=lineage(division_code), on__gte=since)
    return tuple(ClosedDayView(row.on, row.reason) for row in rows.order_by("on")[:_MOST])


def find_look(division_code: str) -> LookView | None:
    """How the nearest place that says so looks; None: as usual."""
    rows = {
        row.division_code: row
        for row in LocalLook.objects.filter(division_code__in=lineage(division_code))
    }
    said = rules.nearest(division_code, set(rows))
    return LookView(rows[said].name, Colour(rows[said].colour)) if said else None
