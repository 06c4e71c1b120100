"""Subjects a listener failed on: set aside with their later facts, tried again, then shown."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed
from yiwang.mechanisms.journal import rules
from yiwang.mechanisms.journal.actions.reacting import react, take_checkpoint
from yiwang.mechanisms.journal.actions.recording import record
from yiwang.mechanisms.journal.definitions import CannotRetry, Fact, PersonalValueInJournal
from yiwang.mechanisms.journal.models import Checkpoint, ParkedEvent, ParkedSubject
from yiwang.mechanisms.journal.registry import Listener
from yiwang.mechanisms.statements import prepared

#: Subjects tried again in one round, and facts of one subject in one transaction.
RETRIES_A_ROUND: Final = 20
FACTS_A_TRY: Final = 200

_PARKED: Final = """
SELECT listener, subject, id FROM journal_parked_subject
 WHERE listener = ANY(%s::text[]) AND subject = ANY(%s::text[])
"""
#: Of each listener the ones that have waited longest.
_DUE: Final = """
SELECT due.id, due.listener FROM unnest(%(listeners)s::text[]) AS named
 CROSS JOIN LATERAL (
    SELECT id, listener FROM journal_parked_subject
     WHERE listener = named AND state = 'WAITING'
       AND (next_try_at <= %(at)s OR next_try_at > %(farthest)s)
     ORDER BY next_try_at LIMIT %(limit)s) AS due
"""
_WAITING: Final = """
SELECT p.id, p.position, e.body
  FROM journal_parked_event p
  JOIN journal_link l ON l.position = p.position
  JOIN journal_entry e ON e.id = l.entry_id
 WHERE p.parked_id = %s ORDER BY p.position LIMIT %s
"""


def parked_among(
    listeners: Collection[str], subjects: Collection[str]
) -> dict[str, dict[str, int]]:
    """Which of these subjects some listeners have parked: listener → subject → row."""
    found: dict[str, dict[str, int]] = {name: {} for name in listeners}
    if subjects:
        for name, subject, key in prepared.run(_PARKED, [list(listeners), list(subjects)]):
            found[name][subject] = key
    return found


def park(listener: str, subject: str, position: int, problem: str, *, at: datetime) -> int:
    """Set a subject aside with the fact that failed; it is tried again after a while."""
    parked = ParkedSubject.objects.create(
        listener=listener,
        subject=subject,
        problem=problem,
        parked_at=at,
        next_try_at=rules.next_try_at(subject, attempts=1, at=at),
    )
    park_behind(parked.pk, position)
    return int(parked.pk)


def park_behind(parked: int, position: int) -> None:
    """A later fact of a parked subject waits its turn."""
    ParkedEvent.objects.create(parked_id=parked, position=position)


def retry_due(listeners: Collection[Listener], *, at: datetime) -> int:
    """Try the parked subjects whose time has come; how many came free."""
    named = {one.name: one for one in listeners}
    values = {
        "listeners": list(named),
        "at": at,
        "farthest": at + rules.FARTHEST,
        "limit": RETRIES_A_ROUND,
    }
    due = prepared.run(_DUE, values)
    return sum(_try_again(named[name], key, at=at) for key, name in due)


def _try_again(listener: Listener, key: int, *, at: datetime) -> bool:
    """One parked subject: its facts in order until one fails. True when none is left.

    The checkpoint is locked first, so no later fact of the subject can slip in between.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if take_checkpoint(cursor, listener.name) is None:
            return False
        parked = ParkedSubject.objects.filter(pk=key).first()
        if parked is None:
            return False
        cursor.execute(_WAITING, [key, FACTS_A_TRY])
        waiting = cursor.fetchall()
        for row, position, body in waiting:
            problem = react(listener, position, json.loads(body), at=at)
            if problem is not None:
                _put_off(parked, problem, at=at)
                return False
            ParkedEvent.objects.filter(pk=row).delete()
        if len(waiting) == FACTS_A_TRY:
            return False
        parked.delete()
    return True


def _put_off(parked: ParkedSubject, problem: str, *, at: datetime) -> None:
    """Wait longer; after the last try, wait for an operator."""
    parked.attempts += 1
    parked.problem = problem
    parked.next_try_at = rules.next_try_at(parked.subject, attempts=parked.attempts, at=at)
    if parked.next_try_at is None:
        parked.state = ParkedSubject.State.OPERATOR
    parked.save(update_fields=["attempts", "problem", "next_try_at", "state"])


@transaction.atomic
def retry_parked(*, key: int, actor: Actor, at: datetime) -> None:
    """An operator has mended the cause: the subject is tried again in the next round.

    Refusals: ``NotAllowed`` for others than operators, ``CannotRetry`` when it is free already.
    """
    parked = _for_operator(key, actor)
    parked.state, parked.attempts, parked.next_try_at = ParkedSubject.State.WAITING, 0, at
    parked.save(update_fields=["state", "attempts", "next_try_at"])
    record(
        actor=actor,
        act="RETRY_PARKED",
        subject=parked.subject,
        at=at,
        facts={"listener": parked.listener},
    )


@transaction.atomic
def close_parked(*, key: int, reason: str, actor: Actor, at: datetime) -> None:
    """An operator gives the waiting facts up for this listener, and says why; later ones are heard.

    Refusals: ``NotAllowed``, ``CannotRetry``, ``InvalidInput`` for a missing reason or one that
    names a person's numbers.
    """
    parked = _for_operator(key, actor)
    if not 4 <= len(reason.strip()) <= 500:
        raise _bad_reason("请写明关闭的原因，4 到 500 个字。")
    positions = list(
        ParkedEvent.objects.filter(parked=parked)
        .order_by("position")
        .values_list("position", flat=True)
    )
    facts: dict[str, Fact] = {
        "listener": parked.listener,
        "reason": reason.strip(),
        "given_up": len(positions),
        "first_position": positions[0] if positions else None,
        "last_position": positions[-1] if positions else None,
    }
    try:
        record(actor=actor, act="CLOSE_PARKED", subject=parked.subject, at=at, facts=facts)
    except PersonalValueInJournal as error:
        raise _bad_reason("原因里不要写身份证号码和手机号码。") from error
    parked.delete()


def _for_operator(key: int, actor: Actor) -> ParkedSubject:
    """The row, after the listener's checkpoint: in the order the listener itself locks."""
    if actor.kind is not ActorKind.OFFICIAL or not actor.has_role(Role.OPERATOR):
        raise NotAllowed
    parked = ParkedSubject.objects.filter(pk=key).first()
    if parked is None:
        raise CannotRetry
    Checkpoint.objects.select_for_update().get(pk=parked.listener)
    again = ParkedSubject.objects.select_for_update().filter(pk=key).first()
    if again is None:
        raise CannotRetry
    return again


def _bad_reason(sentence: str) -> InvalidInput:
    return InvalidInput(fields=[FieldProblem("reason", sentence)])
