"""调用异常: raised by the clock when an hour is not as usual, answered by a person (plan row S10)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from yiwang.foundation.exchange.definitions import (
    ALERT_ANSWER,
    ALERT_ANSWERERS,
    ALERT_HOURS,
    DEAD_LETTERS,
    LEDGER_ALARM,
    LONGEST_ANSWER,
    AlertView,
)
from yiwang.foundation.exchange.events import AlertAnswered, AlertRaised
from yiwang.foundation.exchange.models import Alert
from yiwang.foundation.exchange.queries import list_oddities
from yiwang.foundation.exchange.refusals import AlertAnsweredAlready
from yiwang.foundation.exchange.topics.definitions import OFFICERS
from yiwang.foundation.exchange.topics.queries import list_newly_dead
from yiwang.kernel.actor import Actor
from yiwang.kernel.pages import Page, bounded, cut
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.clocks.definitions import Allowance, Unit
from yiwang.mechanisms.journal import actions as journal

#: What was answered is not raised anew while its hour is still the last one.
_QUIET: Final = timedelta(hours=1)


def raise_alerts(*, actor: Actor, at: datetime) -> int:
    """One alert for each thing odd about the last hour and for each subscription with new dead letters,
    unless it is open or was just answered; how many."""
    odd = [
        Alert(
            system=one.traffic.system,
            service=one.traffic.service,
            kind=kind,
            calls=one.traffic.calls,
            usual_calls=one.usual_calls,
            rows=one.traffic.rows,
            mean_milliseconds=one.traffic.mean_milliseconds,
            raised_at=at,
        )
        for one in list_oddities(at=at)
        for kind in one.kinds
    ]
    dead = [
        Alert(
            system=system, service=topic, kind=DEAD_LETTERS, calls=count, usual_calls=0, rows=0,
            mean_milliseconds=0, raised_at=at,
        )
        for topic, system, count in list_newly_dead(since=at - _QUIET)
    ]  # fmt: skip
    return sum(_raise(alert, actor, at) for alert in (*odd, *dead))


def raise_about_ledger(*, ledger: str, kind: str, actor: Actor, at: datetime) -> int:
    """A ledger's alarm waits for an answer like every other; 1, or 0 while one alike is open."""
    alert = Alert(
        system=ledger, service=kind, kind=LEDGER_ALARM, calls=0, usual_calls=0, rows=0,
        mean_milliseconds=0, raised_at=at,
    )  # fmt: skip
    return _raise(alert, actor, at)


def get_alert(key: str) -> AlertView:
    """One alert for those who are told of it; NotFound."""
    row = Alert.objects.filter(key=key).first()
    if row is None:
        raise NotFound
    return _view(row)


@transaction.atomic
def answer_alert(*, key: str, words: str, actor: Actor, at: datetime) -> AlertView:
    """Somebody looked and says what it was. Refusals: ``NotFound``, ``NotAllowed``, ``InvalidInput``,
    ``AlertAnsweredAlready``."""
    row = Alert.objects.visible_to(actor).select_for_update().filter(key=key).first()
    if row is None:
        raise NotFound
    answerers = (*ALERT_ANSWERERS, *OFFICERS) if row.kind == DEAD_LETTERS else ALERT_ANSWERERS
    if not any(actor.has_role(role) for role in answerers):
        raise NotAllowed("调用异常由运维或者安全管理员处理，死信也由订阅部门处理。")
    if row.answered_at is not None:
        raise AlertAnsweredAlready
    said = words.strip()
    if not 0 < len(said) <= LONGEST_ANSWER:
        problem = FieldProblem(
            "words", "要写明查了什么、怎么处理。", f"不超过 {LONGEST_ANSWER} 字。"
        )
        raise InvalidInput(fields=[problem])
    row.answered_at, row.answered_by, row.answer = at, actor.reference, said
    row.save(update_fields=["answered_at", "answered_by", "answer"])
    clocks.stop(subject=row.reference, kind=ALERT_ANSWER, at=at, actor=actor)
    fact = AlertAnswered(
        subject=row.reference, at=at, system=row.system, service=row.service, kind=row.kind
    )
    journal.announce(fact, actor=actor)
    return _view(row)


def list_alerts(
    actor: Actor, *, answered: bool = False, after: str = "", limit: int = 50
) -> Page[AlertView]:
    """Those nobody answered, or those answered, the newest first."""
    rows = Alert.objects.visible_to(actor).filter(answered_at__isnull=not answered)
    if after:
        rows = rows.filter(id__lt=Alert.objects.filter(key=after).values("id")[:1])
    shown, following = cut(rows.order_by("-id")[: bounded(limit) + 1], limit)
    return Page(tuple(_view(row) for row in shown), following)


def find_dead(actor: Actor, *, topic: str, system: str) -> AlertView | None:
    """The last alert about dead letters of one subscription, answered or not."""
    rows = Alert.objects.visible_to(actor).filter(kind=DEAD_LETTERS, service=topic, system=system)
    row = rows.order_by("-id").first()
    return _view(row) if row else None


@transaction.atomic
def _raise(alert: Alert, actor: Actor, at: datetime) -> int:
    alike = Alert.objects.filter(system=alert.system, service=alert.service, kind=alert.kind)
    last = alike.order_by("-id").first()
    if last and (last.answered_at is None or last.answered_at > at - _QUIET):
        return 0
    made = Alert.objects.bulk_create([alert], ignore_conflicts=True)
    row = alike.filter(key=made[0].key).first()
    if row is None:  # another worker was first
        return 0
    fact = AlertRaised(
        subject=row.reference, at=at, system=row.system, service=row.service, kind=row.kind
    )
    journal.announce(fact, actor=actor)
    clocks.start(
        subject=row.reference,
        kind=ALERT_ANSWER,
        allowance=Allowance(ALERT_HOURS, Unit.HOUR),
        at=at,
        actor=actor,
    )
    return 1


def _view(row: Alert) -> AlertView:
    return AlertView(
        row.key, row.system, row.service, row.kind, row.calls, row.usual_calls, row.rows,
        row.mean_milliseconds, row.raised_at, row.answered_at, row.answered_by, row.answer,
    )  # fmt: skip
