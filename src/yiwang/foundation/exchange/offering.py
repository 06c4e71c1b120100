"""What integrators ask: a service as it is described, how it does, how it was tried; one's own systems."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Max, Q, Sum

from yiwang.foundation.exchange import reports
from yiwang.foundation.exchange.definitions import Algorithm, ReportView, Side, State
from yiwang.foundation.exchange.models import (
    ConformanceReport,
    FigureHour,
    Service,
    System,
    SystemKey,
)
from yiwang.foundation.resources import queries as resources
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import NotFound

PAGE: Final = 50
HEALTH_OVER: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class KeyView:
    """A key of a system; never its secret."""

    key_id: str
    algorithm: str
    issued_at: datetime
    valid_until: datetime | None
    ended_at: datetime | None

    def holds(self, at: datetime) -> bool:
        return self.ended_at is None and (self.valid_until is None or at < self.valid_until)

    @property
    def signs(self) -> bool:
        return self.algorithm == Algorithm.SM2


@dataclass(frozen=True, slots=True)
class SystemView:
    """A calling system and its keys, the newest first."""

    key: str
    code: str
    name: str
    department: str
    per_second: int
    state: str
    all_keys: tuple[KeyView, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The ids of those that were not ended."""
        return tuple(one.key_id for one in self.all_keys if one.ended_at is None)


@dataclass(frozen=True, slots=True)
class Health:
    """A day of calls to a service, as this node saw them."""

    calls: int
    away: int
    mean_milliseconds: int
    slowest: int

    @property
    def success(self) -> float:
        """Answered or rightly refused, of all."""
        return 1 - self.away / self.calls if self.calls else 1.0


def list_calling_nodes(departments: Collection[str]) -> dict[str, str]:
    """Of departments that registered a system here: the node it calls from, of several the one registered first."""
    rows = System.objects.filter(department__in=set(departments), state=State.ACTIVE)
    return dict(rows.order_by("-id").values_list("department", "node"))


def list_systems(actor: Actor, *, after: str = "", limit: int = PAGE) -> tuple[SystemView, ...]:
    """Calling systems by code: an operator all of this node, an office its own."""
    rows = System.objects.visible_to(actor).filter(code__gt=after)
    rows = rows.prefetch_related("keys").order_by("code")
    return tuple(_system(row) for row in rows[: min(limit, 200)])


def system_names_of(codes: Iterable[str]) -> dict[str, str]:
    """What calling systems of this node are called, by their codes; another node's are left out."""
    return dict(System.objects.filter(code__in=set(codes)).values_list("code", "name"))


def get_system(key: str, actor: Actor) -> SystemView:
    """One system by its key; NotFound."""
    rows = System.objects.visible_to(actor).prefetch_related("keys")
    row = rows.filter(key=key).first()
    if row is None:
        raise NotFound
    return _system(row)


def describe(code: str) -> Mapping[str, Any] | None:
    """A service of this node as other nodes hear of it, with what the catalogue says of its items;
    None when there is none that answers."""
    row = Service.objects.filter(code=code, state=State.ACTIVE).first()
    if row is None:
        return None
    known = _items(row.resource)
    return {
        "code": row.code,
        "kind": row.kind,
        "title": row.title,
        "summary": row.summary,
        "version": row.version,
        "limit_seconds": row.limit_seconds,
        "reply_bytes": row.reply_bytes,
        "parameters": list(row.parameters),
        "fields": [
            {
                "name": field["name"],
                "title": field.get("title", ""),
                "grade": max(int(field.get("grade", 2)), row.grades.get(field["name"], [1])[0]),
                **known.get(field["name"], {}),
            }
            for field in row.fields
        ],
    }


def list_health(codes: Collection[str], *, at: datetime) -> Mapping[str, Health]:
    """The last day of each of these services; those nobody called are left out. A call both of whose
    sides are here counts once."""
    rows = (
        FigureHour.objects.filter(service__in=codes, hour__gt=at - HEALTH_OVER)
        .filter(Q(side=Side.PROVIDER) | ~Q(to_node=settings.NODE))
        .values("service")
        .annotate(n=Sum("calls"), lost=Sum("away"), total=Sum("milliseconds"), most=Max("slowest"))
    )
    return {
        row["service"]: Health(row["n"], row["lost"], row["total"] // max(row["n"], 1), row["most"])
        for row in rows
    }


def list_reports(service: str, *, limit: int = 10) -> tuple[ReportView, ...]:
    """The conformance reports attached to a service, the newest first."""
    rows = ConformanceReport.objects.filter(service=service).order_by("-attached_at", "-id")
    return tuple(reports.view_of(row) for row in rows[:limit])


def _items(resource: str) -> Mapping[str, dict[str, object]]:
    if not resource:
        return {}
    try:
        found = resources.get_resource(resource).items
    except NotFound:
        return {}
    return {one.name: {"kind": one.kind.value, "length": one.length} for one in found}


def _system(row: System) -> SystemView:
    keys = sorted(row.keys.all(), key=lambda key: (key.issued_at, key.pk), reverse=True)
    return SystemView(
        row.key,
        row.code,
        row.name,
        row.department,
        row.per_second,
        row.state,
        tuple(_key(key) for key in keys),
    )


def _key(key: SystemKey) -> KeyView:
    return KeyView(key.key_id, key.algorithm, key.issued_at, key.valid_until, key.ended_at)
