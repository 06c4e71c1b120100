"""The material and data source port: register a source with ``@provides``, ask it with ``ask``.

A provider is a plain function in ``<module>/providers.py``::

    @provides("person.name", label="姓名", source_label="人口库")
    def person_name(*, subject: str, parameters: Mapping[str, str]) -> str | None: ...

It returns a plain value (or ``Found(value, as_of)``), None when there is no such record, and raises
``SourceAway`` when it cannot say. What comes back is not trusted: see ``checking``.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

from django.db import connection

from yiwang.foundation.exchange import breaker, calls, checking, routes, simulator
from yiwang.foundation.exchange.definitions import (
    Answer,
    Found,
    Plain,
    Question,
    RouteView,
    Shape,
    Source,
    SourceAway,
    Status,
    Why,
)
from yiwang.foundation.exchange.models import SystemKey
from yiwang.foundation.exchange.routes import Errand
from yiwang.kernel import moments

__all__ = ["Answer", "Question", "Shape", "Status", "ask", "ask_all", "list_sources", "provides"]

_log = logging.getLogger(__name__)
_REGISTRY: dict[str, Source] = {}
#: Threads that wait for other machines; a stuck one is left behind, never waited for.
_WAITERS: Final = ThreadPoolExecutor(max_workers=32, thread_name_prefix="source")
#: At most so many calls of one source wait at once; one bad partner must not fill the pool.
_PER_SOURCE: Final = 8
_slots: dict[str, threading.BoundedSemaphore] = {}

Provider = Callable[..., Plain]


def provides(
    name: str,
    *,
    label: str,
    source_label: str,
    shape: Shape = Shape.TEXT,
    remote: bool = False,
    papers: Sequence[str] = (),
) -> Callable[[Provider], Provider]:
    """Register a source under a stable name a pack may mention; a name belongs to one function.

    ``papers``: names of papers it makes unnecessary (国务院令第716号第七条); packs may not ask for them.
    """

    def register(function: Provider) -> Provider:
        known = _REGISTRY.get(name)
        if known is not None and known.provide.__qualname__ != function.__qualname__:
            raise ValueError(f"two providers are named {name!r}")
        source = Source(name, label, source_label, shape, remote, function, tuple(papers))
        _REGISTRY[name] = source
        _slots.setdefault(name, threading.BoundedSemaphore(_PER_SOURCE))
        return function

    return register


def list_sources() -> tuple[Source, ...]:
    """Every registered source by name: for the pack checker, the console and the documentation."""
    return tuple(_REGISTRY[name] for name in sorted(_REGISTRY))


def find_source(name: str) -> Source | None:
    """One source, None when nobody registered that name."""
    return _REGISTRY.get(name)


def ask(
    *,
    provider: str,
    subject: str,
    purpose: str,
    item: str = "",
    case: str = "",
    parameters: Mapping[str, str] | None = None,
    limit_seconds: float = 1.0,
    at: datetime | None = None,
) -> Answer:
    """Ask one source about one subject and wait at most ``limit_seconds``.

    Never raises for the source's sake: a slow, broken or lying source is AWAY. ``purpose``, ``item``
    and ``case`` (its number) say why it is asked; the receipt of a call carries them. Refuses
    (RuntimeError) inside a database transaction: other machines are asked before it opens.
    """
    question = Question(provider, subject, parameters or {})
    found = ask_all(
        [question], purpose=purpose, item=item, case=case, limit_seconds=limit_seconds, at=at
    )
    return found[0]


def ask_all(
    questions: Sequence[Question],
    *,
    purpose: str,
    item: str = "",
    case: str = "",
    limit_seconds: float = 1.0,
    at: datetime | None = None,
) -> tuple[Answer, ...]:
    """Ask several sources at once under one common limit; the answers come in the same order.

    Those with a route go over the exchange, one call for all that tell a service the same.
    """
    if not purpose:
        raise ValueError("say why it is asked")
    _refuse_inside_a_transaction()
    moment = at or moments.now()
    deadline = time.monotonic() + limit_seconds
    lines = routes.find({question.provider for question in questions})
    errands = routes.plan(questions, lines, _ask_here)
    why = Why(purpose, item, case)
    key = calls.platform_key(moment) if any(errands.values()) else None
    waiting = [
        _begin_routed(question, lines[question.provider], errands[place], why, limit_seconds, key)
        if place in errands
        else _begin(question, limit_seconds)
        for place, question in enumerate(questions)
    ]
    pairs = zip(questions, waiting, strict=True)
    return tuple(_finish(question, begun, deadline, moment) for question, begun in pairs)


class _Local:
    """A source in our own database: asked in the caller's thread when its turn comes."""

    def __init__(self, source: Source) -> None:
        self.source = source


@dataclass(frozen=True, slots=True)
class _Routed:
    """One field of what an errand brings."""

    route: RouteView
    errand: Errand
    future: Future[Plain]


_Sent = _Local | _Routed | Future[Plain] | None
_Begun = _Sent | str


def _ask_here(provider: str, question: Question) -> Plain:
    """What a source of our own says about the question's subject, wherever it is routed to."""
    source = _REGISTRY.get(provider)
    if source is None:
        return None
    found = source.provide(subject=question.subject, parameters={})
    return found.value if isinstance(found, Found) else found


def _begin(question: Question, limit_seconds: float) -> _Begun:
    source = _REGISTRY.get(question.provider)
    if source is None:
        return "没有登记这个数据源"
    if not breaker.may_call(source.name):
        return "连续失败，暂停询问"
    misbehaviour = simulator.misbehaviour_of(source.name)
    if misbehaviour is None and not source.remote:
        return _Local(source)
    call = simulator.spoil(source.provide, misbehaviour, limit_seconds)
    return _send(
        source.name, partial(call, subject=question.subject, parameters=question.parameters)
    )


def _begin_routed(
    question: Question,
    route: RouteView,
    errand: Errand | None,
    why: Why,
    limit_seconds: float,
    key: SystemKey | None,
) -> _Begun:
    """The first question of an errand sends it. A source told to misbehave does so on its way here."""
    if question.provider not in _REGISTRY:
        return "没有登记这个数据源"
    if errand is None or key is None:
        return None
    misbehaviour = simulator.misbehaviour_of(question.provider)
    if misbehaviour is not None:
        alone = replace(errand, fields={route.field}, future=None)
        call = simulator.spoil(
            lambda: alone.run(why, limit_seconds, key), misbehaviour, limit_seconds
        )
        sent = _send(route.service, call)
        return sent if isinstance(sent, str) else _Routed(route, alone, sent)
    if errand.future is None:
        if not breaker.may_call(route.service):
            return "连续失败，暂停询问"
        sent = _send(route.service, partial(errand.run, why, limit_seconds, key))
        if isinstance(sent, str):
            return sent
        errand.future = sent
    return _Routed(route, errand, errand.future)


def _send(name: str, call: Callable[[], Plain]) -> Future[Plain] | str:
    slot = _slots.setdefault(name, threading.BoundedSemaphore(_PER_SOURCE))
    if not slot.acquire(blocking=False):
        return "同时询问的太多"
    return _WAITERS.submit(_run_remote, call, slot)


def _run_remote(call: Callable[[], Plain], slot: threading.BoundedSemaphore) -> Plain:
    try:
        return call()
    finally:
        slot.release()
        connection.close()  # this thread's own


def _finish(question: Question, begun: _Begun, deadline: float, moment: datetime) -> Answer:
    source = _REGISTRY.get(question.provider)
    label = source.source_label if source else "登记信息"
    if isinstance(begun, str) or source is None:
        return Answer(Status.AWAY, None, question.provider, label, moment, str(begun))
    try:
        raw = _value_of(begun, question, deadline)
        value, as_of = (raw.value, raw.as_of) if isinstance(raw, Found) else (raw, moment)
        checked = None if value is None else checking.check(value, source.shape)
    except Exception as error:  # an outside fault of any kind means only: nothing is known
        _hold_against(source, begun)
        _log.warning("source %s is away: %s", source.name, type(error).__name__)
        reason = _reason(error)
        return Answer(Status.AWAY, None, source.name, label, moment, reason)
    breaker.succeeded(begun.route.service if isinstance(begun, _Routed) else source.name)
    status = Status.NOT_FOUND if checked is None else Status.FOUND
    return Answer(status, checked, source.name, label, as_of)


def _hold_against(source: Source, begun: _Sent) -> None:
    if not isinstance(begun, _Routed):
        breaker.failed(source.name)
    elif not begun.errand.judged:
        begun.errand.judged = True
        breaker.failed(begun.route.service)


def _value_of(begun: _Sent, question: Question, deadline: float) -> Plain:
    if begun is None:  # nobody to ask about
        return None
    if isinstance(begun, _Local):
        return begun.source.provide(subject=question.subject, parameters=question.parameters)
    left = max(0.0, deadline - time.monotonic())
    if isinstance(begun, _Routed):
        return routes.pick(begun.future.result(timeout=left), begun.route)
    return begun.result(timeout=left)


def _reason(error: Exception) -> str:
    if isinstance(error, FutureTimeout):
        return "到时间还没有答复"
    if isinstance(error, checking.NotWhatWasPromised):
        return "答复的内容不对"
    return (str(error) or "现在连不上") if isinstance(error, SourceAway) else "对方出错"


def _refuse_inside_a_transaction() -> None:
    blocks: Iterable[object] = connection.atomic_blocks
    if any(not getattr(block, "_from_testcase", False) for block in blocks):
        raise RuntimeError("ask other machines before the transaction opens, or after it")
