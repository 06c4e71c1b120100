"""Halls and their windows."""

from __future__ import annotations

from yiwang.capability.halls.definitions import CounterView, HallView
from yiwang.capability.halls.models import Counter, ScreenPairing, ServiceHall, Shift
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import NotFound

_MOST = 200


def hall_view(row: ServiceHall) -> HallView:
    return HallView(row.key, row.name, row.division_code)


def counter_view(row: Counter, shift: Shift | None = None, *, paired: bool = False) -> CounterView:
    return CounterView(
        key=row.key,
        hall=row.hall.key,
        hall_name=row.hall.name,
        number=row.number,
        line=row.line,
        department=row.department,
        department_name=row.department_name or "综合窗口",
        division_code=row.division_code,
        clerk=shift.clerk if shift else "",
        clerk_name=shift.clerk_name if shift else "",
        paired=paired,
    )


def list_halls(actor: Actor) -> tuple[HallView, ...]:
    """The open halls of the places an official works in."""
    rows = ServiceHall.objects.visible_to(actor).filter(closed_at=None)
    return tuple(hall_view(row) for row in rows.order_by("division_code", "name")[:_MOST])


def get_hall(key: str, actor: Actor) -> HallView:
    """One hall of one's place; ``NotFound``."""
    row = ServiceHall.objects.visible_to(actor).filter(key=key, closed_at=None).first()
    if row is None:
        raise NotFound
    return hall_view(row)


def find_hall(key: str) -> HallView | None:
    """One open hall, for the ticket machine and the board in it: that it is there is public."""
    row = ServiceHall.objects.filter(key=key, closed_at=None).first()
    return hall_view(row) if row else None


def list_lines(hall: str) -> tuple[tuple[str, str], ...]:
    """The queues of a hall: letter and what is done there, for the ticket machine."""
    rows = Counter.objects.filter(hall__key=hall, closed_at=None).order_by("line", "number")
    found: dict[str, list[str]] = {}
    for line, name in rows.values_list("line", "department_name"):
        names = found.setdefault(line, [])
        if (name or "综合窗口") not in names:
            names.append(name or "综合窗口")
    return tuple((line, "、".join(names)) for line, names in found.items())


def list_counters(actor: Actor, *, hall: str = "") -> tuple[CounterView, ...]:
    """The open windows an official may sit at (or keeps), with who sits there now."""
    rows = Counter.objects.visible_to(actor).filter(closed_at=None).select_related("hall")
    if hall:
        rows = rows.filter(hall__key=hall)
    shown = list(rows.order_by("hall__name", "number")[:_MOST])
    open_ = {one.counter_id: one for one in Shift.objects.filter(counter__in=shown, ended_at=None)}
    return tuple(counter_view(row, open_.get(row.pk)) for row in shown)


def get_counter(key: str, actor: Actor) -> CounterView:
    """One open window of one's place and body; ``NotFound``."""
    rows = Counter.objects.visible_to(actor).filter(key=key, closed_at=None)
    row = rows.select_related("hall").first()
    if row is None:
        raise NotFound
    return counter_view(row, row.shifts.filter(ended_at=None).first(), paired=is_paired(row))


def is_paired(row: Counter) -> bool:
    return ScreenPairing.objects.filter(
        counter=row, ended_at=None, paired_at__isnull=False
    ).exists()
