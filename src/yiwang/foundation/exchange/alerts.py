"""调用异常: raised by the clock when an hour is not as usual, answered by a person (plan row S10)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from yiwang.foundation.exchange.definitions import ALERT_ANSWERERS, LONGEST_ANSWER, AlertView
from yiwang.foundation.exchange.events import AlertAnswered, AlertRaised
from yiwang.foundation.exchange.models import Alert
from yiwang.foundation.exchange.queries import OddTraffic, list_oddities
from yiwang.foundation.exchange.refusals import AlertAnsweredAlready
from yiwang.kernel.actor import Actor
from yiwang.kernel.pages import Page, bounded, cut
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.journal import actions as journal

#: What was answered is not raised anew while its hour is still the last one.
_QUIET: Final = timedelta(hours=1)


def raise_alerts(*, actor: Actor, at: datetime) -> int:
    """One alert for each thing odd about the last hour, unless it is open or was just answered; how many."""
    return sum(_raise(one, kind, actor, at) for one in list_oddities(at=at) for kind in one.kinds)


@transaction.atomic
def answer_alert(*, key: str, words: str, actor: Actor, at: datetime) -> AlertView:
    """Somebody looked and says what it was. Refusals: ``NotFound``, ``NotAllowed``, ``InvalidInput``,
    ``AlertAnsweredAlready``."""
    row = Alert.objects.visible_to(actor).select_for_update().filter(key=key).first()
    if row is None:
        raise NotFound
    if not any(actor.has_role(role) for role in ALERT_ANSWERERS):
        raise NotAllowed("调用异常由运维或者安全管理员处理。")
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


@transaction.atomic
def _raise(one: OddTraffic, kind: str, actor: Actor, at: datetime) -> int:
    traffic = one.traffic
    alike = Alert.objects.filter(system=traffic.system, service=traffic.service, kind=kind)
    last = alike.order_by("-id").first()
    if last and (last.answered_at is None or last.answered_at > at - _QUIET):
        return 0
    made = Alert.objects.bulk_create(
        [
            Alert(
                system=traffic.system, service=traffic.service, kind=kind, calls=traffic.calls,
                usual_calls=one.usual_calls, rows=traffic.rows,
                mean_milliseconds=traffic.mean_milliseconds, raised_at=at,
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    row = alike.filter(key=made[0].key).first()
    if row is None:  # another worker was first
        return 0
    fact = AlertRaised(
        subject=row.reference, at=at, system=row.system, service=row.service, kind=kind
    )
    journal.announce(fact, actor=actor)
    return 1


def _view(row: Alert) -> AlertView:
    return AlertView(
        row.key, row.system, row.service, row.kind, row.calls, row.usual_calls, row.rows,
        row.mean_milliseconds, row.raised_at, row.answered_at, row.answered_by, row.answer,
    )  # fmt: skip
