"""Sending up and hearing from above. What leaves this machine leaves outside a transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from yiwang.foundation.upper import drivers, queries, rules
from yiwang.foundation.upper.actions.noting import contact, new, note
from yiwang.foundation.upper.definitions import Kind, News, State, UpperAway, UpperPlatform
from yiwang.foundation.upper.models import UpperContact, UpperItem
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import NotFound

#: Taken by one sender for so long; a sender that dies leaves it to the next.
_LEASE: Final = timedelta(minutes=5)
_BATCH: Final = 100


def send_due(*, actor: Actor, at: datetime) -> int:
    """Everything whose moment has come goes up, one after the other; answers how many arrived. The first
    that does not ends the round: the next ones would wait for the same reason."""
    if not queries.is_above():
        return 0
    driver, sent = drivers.get_driver(), 0
    for _ in range(_BATCH):
        row = _take(at)
        if row is None:
            break
        try:
            number = rules.receipt_number(_send(driver, row))
        except UpperAway as away:
            _failed(row, str(away), at)
            break
        _arrived(row, number, actor, at)
        sent += 1
    return sent


@transaction.atomic
def try_again(*, key: str, actor: Actor, at: datetime) -> None:
    """What waits for a later attempt is tried at the next round. NotFound."""
    row = UpperItem.objects.visible_to(actor).select_for_update().filter(key=key).first()
    if row is None or row.state != State.WAITING:
        raise NotFound
    row.next_try_at = at
    row.save(update_fields=["next_try_at"])
    note("upper.tried_again", row, actor, at)


def fetch(*, actor: Actor, at: datetime) -> int:
    """Decisions and requests from above; answers how many were new."""
    if not queries.is_above():
        return 0
    known = UpperContact.objects.get_or_create(pk=1)[0]
    try:
        page = rules.page(drivers.get_driver().news(mark=known.mark))
    except UpperAway as away:
        contact(str(away), at)
        return 0
    with transaction.atomic():
        new = sum(_hear(one, actor, at) for one in page.news)
        UpperContact.objects.filter(pk=1).update(mark=page.mark)
    contact("", at)
    return new


def _hear(one: News, actor: Actor, at: datetime) -> bool:
    """A decision counts once, whenever it comes; a request of theirs is one, however often told."""
    if one.decision:
        row = UpperItem.objects.select_for_update().filter(key=one.number).first()
        if row is None or row.kind != Kind.REQUEST:
            return False
        if row.state in (State.DECIDED, State.RECALLED):
            return False
        row.state, row.agreed, row.words = State.DECIDED, one.agreed, one.words
        row.next_try_at, row.changed_at, row.version = None, at, row.version + 1
        row.save()
        note("upper.request_decided", row, actor, at, agreed=one.agreed)
        return True
    row, made = UpperItem.objects.get_or_create(
        kind=Kind.INCOMING,
        subject=one.number,
        defaults={
            "title": f"{one.title}：{one.resource}"[:200],
            "body": {"resource": one.resource, "words": one.words},
            "line": f"incoming:{one.number}",
            **new("", at),
            "state": State.ARRIVED,
            "next_try_at": None,
        },
    )
    if made:
        note("upper.request_arrived", row, actor, at)
    return made


@transaction.atomic
def _take(at: datetime) -> UpperItem | None:
    """The next one, held for a while so that two senders do not send it at once.

    What waits behind another of its line waits until that one was received.
    """
    rows = UpperItem.objects.select_for_update(skip_locked=True)
    before = UpperItem.objects.filter(
        line=OuterRef("line"), id__lt=OuterRef("id"), state=State.WAITING
    )
    due = rows.filter(~Exists(before), state=State.WAITING, next_try_at__lte=at)
    row = due.order_by("next_try_at", "id").first()
    if row is not None:
        row.next_try_at = at + _LEASE
        row.save(update_fields=["next_try_at"])
    return row


def _send(driver: UpperPlatform, row: UpperItem) -> str:
    senders: Mapping[str, Callable[[], str]] = {
        Kind.ENTRY: lambda: driver.put_entry(row.body, number=row.key),
        Kind.REQUEST: lambda: driver.ask(row.body, number=row.key),
        Kind.INCOMING: lambda: driver.answer(
            incoming=row.subject, agreed=bool(row.agreed), words=row.words, number=row.key
        ),
        Kind.REMOVAL: lambda: driver.remove_entry(row.body["resource"], number=row.key),
        Kind.AMENDED: lambda: driver.amend(row.body, of=_request_of(row), number=row.key),
        Kind.RECALL: lambda: driver.recall(
            of=_request_of(row), words=row.body["words"], number=row.key
        ),
    }
    return senders[row.kind]()


def _request_of(row: UpperItem) -> str:
    """The number of the request it is about."""
    return row.line.partition(":")[2]


@transaction.atomic
def _arrived(row: UpperItem, number: str, actor: Actor, at: datetime) -> None:
    """A decision may have been quicker than the receipt: then only the number is new."""
    now = UpperItem.objects.select_for_update().get(pk=row.pk)
    now.upper_no, now.problem, now.next_try_at = number, "", None
    if now.state == State.WAITING:
        now.state = State.SENT
    now.changed_at, now.version, now.attempts = at, now.version + 1, now.attempts + 1
    now.save()
    if now.kind == Kind.RECALL:
        asked = UpperItem.objects.filter(key=_request_of(now), state=State.SENT)
        asked.update(state=State.RECALLED, changed_at=at, version=F("version") + 1)
    note("upper.sent", now, actor, at, upper_no=number)
    contact("", at)


@transaction.atomic
def _failed(row: UpperItem, problem: str, at: datetime) -> None:
    now = UpperItem.objects.select_for_update().get(pk=row.pk)
    if now.state == State.WAITING:
        now.attempts += 1
        now.problem, now.next_try_at = problem[:200], rules.next_try(now.attempts, at)
        now.save(update_fields=["attempts", "problem", "next_try_at"])
    contact(problem, at)
