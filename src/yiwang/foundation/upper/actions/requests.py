"""Requests in both directions: what we ask of the platform above, and what we answer to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef

from yiwang.foundation.upper import queries, rules
from yiwang.foundation.upper.actions.noting import new, note
from yiwang.foundation.upper.definitions import ANSWERERS, Kind, State, UpperView
from yiwang.foundation.upper.models import UpperItem
from yiwang.foundation.upper.refusals import (
    AlreadyAnswered,
    AlreadyAsked,
    CannotBeChanged,
    NothingAbove,
)
from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed, NotFound, VersionConflict
from yiwang.mechanisms.statements import prepared

_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


@transaction.atomic
def ask(
    *, resource: str, purpose: str, fields: str, department: str, actor: Actor, at: datetime
) -> UpperView:
    """我方申请: ask the platform above for one of its resources.

    Refusals: NothingAbove, NotAllowed, InvalidInput, AlreadyAsked (the same, sent twice).
    """
    if not queries.is_above():
        raise NothingAbove
    if not _is_officer(actor, department):
        raise NotAllowed
    given = _said(resource=resource, purpose=purpose, fields=fields)
    body = {**given, "department": department}
    _insist_is_new(body)
    row = UpperItem(
        kind=Kind.REQUEST,
        title=f"{resource}：{purpose}"[:200],
        body=body,
        **new(department, at),
    )
    row.subject = row.key
    row.line = rules.line_of_request(row.key)
    row.save()
    note("upper.request_queued", row, actor, at)
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
    note("upper.answer_queued", row, actor, at, agreed=agreed)
    return queries.view_of(row)


def _insist_is_new(body: Mapping[str, str]) -> None:
    """Two at once wait for each other; what was decided or taken back may be asked anew."""
    prepared.run(_LOCK, [f"upper|ask|{body['department']}"])
    rows = UpperItem.objects.filter(
        kind=Kind.REQUEST,
        department=body["department"],
        state__in=(State.WAITING, State.SENT),
        body=body,
    )
    recalled = UpperItem.objects.filter(kind=Kind.RECALL, subject=OuterRef("key"))
    if rows.exclude(Exists(recalled)).exists():
        raise AlreadyAsked


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
        **new(row.department, at),
    )
    row.version, row.changed_at = row.version + 1, at
    row.save(update_fields=["version", "changed_at"])
    note(f"upper.{kind.lower()}_queued", made, actor, at, request=row.key)
    return queries.view_of(made)


def _said(**given: str) -> dict[str, str]:
    """What was written, without blanks around it; InvalidInput names what is missing or too long."""
    missing = [name for name, text in given.items() if not text.strip() or len(text) > 200]
    if missing:
        raise InvalidInput(
            fields=[FieldProblem(name, "请写明，不超过 200 字。") for name in missing]
        )
    return {name: text.strip() for name, text in given.items()}


def _is_officer(actor: Actor, department: str) -> bool:
    if actor.kind is ActorKind.MACHINE:
        return True
    return bool(department) and any(
        grant.role == Role.DATA_OFFICER and grant.department == department for grant in actor.grants
    )
