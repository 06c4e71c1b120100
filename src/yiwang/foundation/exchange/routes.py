"""线路: which service of which department answers a source; without one, it is answered here.

An operator lays a route, the packs go on naming the source: what a department serves itself one day
changes no pack.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import transaction

from yiwang.foundation.exchange import calls
from yiwang.foundation.exchange.definitions import (
    CallStatus,
    Found,
    Plain,
    Question,
    RouteView,
    SourceAway,
    State,
    Why,
)
from yiwang.foundation.exchange.events import RouteEnded, RouteLaid
from yiwang.foundation.exchange.models import Route, SystemKey
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.statements import prepared

_SERVICE: Final = re.compile(r"[0-9A-Z-]{2,32}/[a-z0-9-]{2,40}")
_ORIGIN: Final = re.compile(r"source:[a-z_.]{1,80}|asked:[a-z_]{1,60}|text:.{0,120}")
_FIND: Final = "SELECT {columns} FROM exchange_route WHERE provider = ANY(%s) AND state = 'ACTIVE'"
_NOT_PROMISED: Final = "答复的内容不对"


@transaction.atomic
def lay(*, route: RouteView, actor: Actor, at: datetime) -> None:
    """From now on a service answers this source. Laid again it is replaced. InvalidInput."""
    problems = [
        *_if(not _SERVICE.fullmatch(route.service), "service", "服务编码应为“节点编码/名称”。"),
        *_if(not route.field, "field", "请写明取哪个字段。"),
        *_if(route.about not in route.parameters, "about", "当事人参数应是参数之一。"),
        *_if(
            not all(_ORIGIN.fullmatch(origin) for origin in route.parameters.values()),
            "parameters",
            "参数应取自 source:、asked: 或 text:。",
        ),
    ]
    if problems:
        raise InvalidInput(fields=problems)
    row, _made = Route.objects.update_or_create(
        provider=route.provider,
        defaults={
            "service": route.service,
            "field": route.field,
            "parameters": dict(route.parameters),
            "about": route.about,
            "state": State.ACTIVE,
            "changed_at": at,
        },
    )
    told = RouteLaid(subject=row.reference, at=at, provider=row.provider, service=row.service)
    journal.announce(told, actor=actor)


@transaction.atomic
def end(*, provider: str, actor: Actor, at: datetime) -> None:
    """From now on the source is answered here again. NotFound."""
    row = Route.objects.select_for_update().filter(provider=provider, state=State.ACTIVE).first()
    if row is None:
        raise NotFound
    row.state, row.changed_at = State.STOPPED, at
    row.save(update_fields=["state", "changed_at"])
    journal.announce(
        RouteEnded(subject=row.reference, at=at, provider=provider, service=row.service),
        actor=actor,
    )


def find(providers: Collection[str]) -> Mapping[str, RouteView]:
    """The routes of these sources, by source."""
    rows = prepared.read(Route, _FIND, [sorted(providers)]) if providers else []
    return {row.provider: _view(row) for row in rows}


def list_routes() -> tuple[RouteView, ...]:
    """Every route in force, by source."""
    return tuple(
        _view(row) for row in Route.objects.filter(state=State.ACTIVE).order_by("provider")
    )


@dataclass(slots=True)
class Errand:
    """One call, on which several questions about the same subject go together."""

    service: str
    parameters: Mapping[str, str]
    subject: str
    fields: set[str] = field(default_factory=set)
    future: Future[Plain] | None = None
    judged: bool = False  # its failure is held against the service once, not for every question

    def run(self, why: Why, limit_seconds: float, key: SystemKey) -> Plain:
        """The record, with its day; None when there is none; SourceAway when nothing is known. With
        the key at hand the database is not asked: a thread of its own would connect for it."""
        reply = calls.call(
            service=self.service,
            parameters=self.parameters,
            purpose=why.purpose,
            item=why.item,
            case=why.case,
            fields=sorted(self.fields),
            subject=self.subject,
            limit_seconds=limit_seconds,
            key=key,
        )
        if reply.status is CallStatus.NOT_FOUND:
            return None
        if reply.status is not CallStatus.FOUND:
            raise SourceAway(reply.sentence)
        record = reply.rows[0] if len(reply.rows) == 1 else reply.value
        if not isinstance(record, dict):
            raise SourceAway(_NOT_PROMISED)
        return Found(record, reply.as_of)


def plan(
    questions: Sequence[Question],
    routes: Mapping[str, RouteView],
    here: Callable[[str, Question], Plain],
) -> dict[int, Errand | None]:
    """Which errand each routed question goes on (by its place); None: nothing to ask about.

    ``here`` answers a source of our own. Questions that tell one service the same share an errand.
    """
    errands: dict[tuple[str, tuple[tuple[str, str], ...]], Errand] = {}
    found: dict[int, Errand | None] = {}
    for place, question in enumerate(questions):
        route = routes.get(question.provider)
        if route is None:
            continue
        told = _filled(route, question, here)
        if told is None:
            found[place] = None
            continue
        key = (route.service, tuple(sorted(told.items())))
        errand = errands.setdefault(key, Errand(route.service, told, told[route.about]))
        errand.fields.add(route.field)
        found[place] = errand
    return found


def pick(record: Plain, route: RouteView) -> Plain:
    """The one field this question is about; None when the record does not have it."""
    if not isinstance(record, Found):
        return record
    return Found(record.value.get(route.field), record.as_of)


def _filled(
    route: RouteView, question: Question, here: Callable[[str, Question], Plain]
) -> Mapping[str, str] | None:
    told: dict[str, str] = {}
    for name, origin in route.parameters.items():
        kind, _, rest = origin.partition(":")
        if kind == "source":
            given = here(rest, question)
        else:
            given = rest if kind == "text" else question.parameters.get(rest)
        if given in (None, ""):
            return None
        told[name] = str(given)
    return told


def _view(row: Route) -> RouteView:
    return RouteView(row.provider, row.service, row.field, row.parameters, row.about)


def _if(wrong: bool, name: str, sentence: str) -> list[FieldProblem]:
    return [FieldProblem(name, sentence)] if wrong else []
