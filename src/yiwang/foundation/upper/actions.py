"""Sending up, hearing from above, answering. What leaves this machine leaves outside a transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef

from yiwang.foundation.exchange import actions as exchange
from yiwang.foundation.exchange.definitions import NewService
from yiwang.foundation.resources import queries as resources
from yiwang.foundation.upper import drivers, queries, rules
from yiwang.foundation.upper.definitions import (
    ANSWERERS,
    Kind,
    News,
    State,
    UpperAway,
    UpperPlatform,
    UpperView,
)
from yiwang.foundation.upper.models import UpperContact, UpperItem
from yiwang.foundation.upper.refusals import AlreadyAnswered, CannotBeChanged, NothingAbove
from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed, NotFound, VersionConflict
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.directory import queries as directory

#: Taken by one sender for so long; a sender that dies leaves it to the next.
_LEASE: Final = timedelta(minutes=5)
_BATCH: Final = 100


@transaction.atomic
def put_up(*, resource: str, number: int, actor: Actor, at: datetime) -> None:
    """目录上报: a version of a resource is to go up; the same one once. Nothing above: nothing is done."""
    if not queries.is_above():
        return
    content = resources.get_resource(resource).content
    _row, made = UpperItem.objects.get_or_create(
        kind=Kind.ENTRY,
        subject=f"{resource}#{number}",
        defaults={
            "title": content.name,
            "body": {**content.as_data(), "number": number},
            "line": rules.line_of_entry(resource),
            **_new(content.provider, at),
        },
    )
    if made:
        _note("upper.entry_queued", _row, actor, at)


@transaction.atomic
def take_down(*, resource: str, actor: Actor, at: datetime) -> None:
    """撤下上报: the entry is no longer in our catalogue; said once, after whatever was said of it before.

    What never went up is not taken down either.
    """
    line = rules.line_of_entry(resource)
    last = UpperItem.objects.filter(line=line).order_by("-id").first()
    if not queries.is_above() or last is None or last.kind == Kind.REMOVAL:
        return
    row = UpperItem.objects.create(
        kind=Kind.REMOVAL,
        subject=last.subject,
        title=last.title,
        body={"resource": resource},
        line=line,
        **_new(last.department, at),
    )
    _note("upper.removal_queued", row, actor, at)


@transaction.atomic
def ask(
    *, resource: str, purpose: str, fields: str, department: str, actor: Actor, at: datetime
) -> UpperView:
    """我方申请: ask the platform above for one of its resources. NothingAbove, NotAllowed, InvalidInput."""
    if not queries.is_above():
        raise NothingAbove
    if not _is_officer(actor, department):
        raise NotAllowed
    given = _said(resource=resource, purpose=purpose, fields=fields)
    row = UpperItem(
        kind=Kind.REQUEST,
        title=f"{resource}：{purpose}"[:200],
        body={**given, "department": department},
        **_new(department, at),
    )
    row.subject = row.key
    row.line = rules.line_of_request(row.key)
    row.save()
    _note("upper.request_queued", row, actor, at)
    return queries.view_of(row)


@transaction.atomic
def amend(
    *, key: str, version: int, purpose: str, fields: str, actor: Actor, at: datetime
) -> UpperView:
    """更正申请: a request of ours says something else from now on; that goes up after the request itself.

    Refusals: NotFound, NotAllowed, CannotBeChanged, VersionConflict, InvalidInput.
    """
    row = _ours(key, version, actor)
    body = {**row.body, **_said(purpose=purpose, fields=fields)}
    number = UpperItem.objects.filter(kind=Kind.AMENDED, line=row.line).count() + 1
    title = f"{body['resource']}：{purpose.strip()}"[:200]
    return _follow(row, Kind.AMENDED, f"{row.key}#{number}", title, body, actor, at)


@transaction.atomic
def recall(*, key: str, version: int, words: str, actor: Actor, at: datetime) -> UpperView:
    """撤回申请: a request of ours is taken back; that goes up after everything said of it before.

    Refusals: NotFound, NotAllowed, CannotBeChanged, VersionConflict, InvalidInput.
    """
    row = _ours(key, version, actor)
    body = _said(words=words)
    return _follow(row, Kind.RECALL, row.key, row.title, body, actor, at)


def _ours(key: str, version: int, actor: Actor) -> UpperItem:
    """A request nobody has decided or taken back, locked."""
    row = UpperItem.objects.visible_to(actor).select_for_update().filter(key=key).first()
    if row is None or row.kind != Kind.REQUEST:
        raise NotFound
    if not _is_officer(actor, row.department):
        raise NotAllowed
    recalled = UpperItem.objects.filter(kind=Kind.RECALL, subject=row.key).exists()
    if recalled or row.state not in (State.WAITING, State.SENT):
        raise CannotBeChanged
    if row.version != version:
        raise VersionConflict
    return row


def _follow(
    row: UpperItem,
    kind: Kind,
    subject: str,
    title: str,
    body: Mapping[str, Any],
    actor: Actor,
    at: datetime,
) -> UpperView:
    """What becomes of a request goes up behind it."""
    made = UpperItem.objects.create(
        kind=kind,
        subject=subject,
        title=title,
        body=body,
        line=row.line,
        **_new(row.department, at),
    )
    row.version, row.changed_at = row.version + 1, at
    row.save(update_fields=["version", "changed_at"])
    _note(f"upper.{kind.lower()}_queued", made, actor, at, request=row.key)
    return queries.view_of(made)


def _said(**given: str) -> dict[str, str]:
    """What was written, without blanks around it; InvalidInput names what is missing or too long."""
    missing = [name for name, text in given.items() if not text.strip() or len(text) > 200]
    if missing:
        raise InvalidInput(
            fields=[FieldProblem(name, "请写明，不超过 200 字。") for name in missing]
        )
    return {name: text.strip() for name, text in given.items()}


@transaction.atomic
def answer(
    *, key: str, version: int, agreed: bool, words: str, actor: Actor, at: datetime
) -> UpperView:
    """答复上级申请: what the sharing authority says goes up. NotFound, NotAllowed, AlreadyAnswered,
    VersionConflict, InvalidInput."""
    row = UpperItem.objects.visible_to(actor).select_for_update().filter(key=key).first()
    if row is None or row.kind != Kind.INCOMING:
        raise NotFound
    if actor.kind is not ActorKind.MACHINE and not any(map(actor.has_role, ANSWERERS)):
        raise NotAllowed
    if row.state != State.ARRIVED:
        raise AlreadyAnswered
    if row.version != version:
        raise VersionConflict
    if not words.strip() or len(words) > 1000:
        raise InvalidInput(fields=[FieldProblem("words", "请写明理由，不超过 1000 字。")])
    row.state, row.agreed, row.words = State.WAITING, agreed, words.strip()
    row.next_try_at, row.changed_at, row.version = at, at, row.version + 1
    row.save()
    _note("upper.answer_queued", row, actor, at, agreed=agreed)
    return queries.view_of(row)


@transaction.atomic
def try_again(*, key: str, actor: Actor, at: datetime) -> None:
    """What waits for a later attempt is tried at the next round. NotFound."""
    row = UpperItem.objects.visible_to(actor).select_for_update().filter(key=key).first()
    if row is None or row.state != State.WAITING:
        raise NotFound
    row.next_try_at = at
    row.save(update_fields=["next_try_at"])
    _note("upper.tried_again", row, actor, at)


def open_service(*, service: NewService, upper_service: str, actor: Actor, at: datetime) -> str:
    """A service above can be called like one of ours: grants, masks and receipts as everywhere, the call
    itself goes through the gateway. NothingAbove, ServiceTaken, InvalidInput."""
    if not queries.is_above():
        raise NothingAbove
    values = {name: getattr(service, name) for name in service.__dataclass_fields__}
    values |= {
        "upstream": f"http://127.0.0.1:{settings.UPPER_PORT}/{upper_service}",
        "private_ok": True,
    }
    return exchange.publish_service(service=NewService(**values), actor=actor, at=at)


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


def fetch(*, actor: Actor, at: datetime) -> int:
    """Decisions and requests from above; answers how many were new."""
    if not queries.is_above():
        return 0
    contact = UpperContact.objects.get_or_create(pk=1)[0]
    try:
        page = rules.page(drivers.get_driver().news(mark=contact.mark))
    except UpperAway as away:
        _contact(str(away), at)
        return 0
    with transaction.atomic():
        new = sum(_hear(one, actor, at) for one in page.news)
        UpperContact.objects.filter(pk=1).update(mark=page.mark)
    _contact("", at)
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
        _note("upper.request_decided", row, actor, at, agreed=one.agreed)
        return True
    row, made = UpperItem.objects.get_or_create(
        kind=Kind.INCOMING,
        subject=one.number,
        defaults={
            "title": f"{one.title}：{one.resource}"[:200],
            "body": {"resource": one.resource, "words": one.words},
            "line": f"incoming:{one.number}",
            **_new("", at),
            "state": State.ARRIVED,
            "next_try_at": None,
        },
    )
    if made:
        _note("upper.request_arrived", row, actor, at)
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
    _note("upper.sent", now, actor, at, upper_no=number)
    _contact("", at)


@transaction.atomic
def _failed(row: UpperItem, problem: str, at: datetime) -> None:
    now = UpperItem.objects.select_for_update().get(pk=row.pk)
    if now.state == State.WAITING:
        now.attempts += 1
        now.problem, now.next_try_at = problem[:200], rules.next_try(now.attempts, at)
        now.save(update_fields=["attempts", "problem", "next_try_at"])
    _contact(problem, at)


def _contact(problem: str, at: datetime) -> None:
    row = UpperContact.objects.get_or_create(pk=1)[0]
    if problem:
        row.since = row.since or at
    else:
        row.reached_at, row.since = at, None
    row.problem = problem[:200]
    row.save(update_fields=["problem", "since", "reached_at"])


def _new(department: str, at: datetime) -> dict[str, Any]:
    """Whose it is, and where: what no body here made is the whole node's."""
    body = directory.find_departments([department]).get(department)
    place = body.division_code if body else settings.NODE_DIVISION
    return {
        "department": department,
        "division_code": place,
        "made_at": at,
        "changed_at": at,
        "next_try_at": at,
    }


def _is_officer(actor: Actor, department: str) -> bool:
    if actor.kind is ActorKind.MACHINE:
        return True
    return bool(department) and any(
        grant.role == Role.DATA_OFFICER and grant.department == department for grant in actor.grants
    )


def _note(act: str, row: UpperItem, actor: Actor, at: datetime, **facts: str | bool) -> None:
    told = {"kind": row.kind, **facts}
    journal.record(actor=actor, act=act, subject=row.reference, at=at, facts=told)
