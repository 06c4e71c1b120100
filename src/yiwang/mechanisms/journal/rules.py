"""What goes into an entry, and how links are computed: pure functions."""

from __future__ import annotations

import json
import re
import traceback
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any, Final, TypeVar, get_args, get_type_hints

from yiwang.kernel.actor import Actor
from yiwang.kernel.events import Event
from yiwang.kernel.identifiers import citizen_id_birth, citizen_id_check_character
from yiwang.kernel.refusals import Refusal
from yiwang.mechanisms.journal.definitions import Fact, Facts, PersonalValueInJournal

E = TypeVar("E", bound=Event)
_HINTS: dict[type[Event], Mapping[str, object]] = {}

_PHONE: Final = re.compile(r"(?<![0-9A-Za-z])1[3-9]\d{9}(?![0-9A-Za-z])")
_CITIZEN_ID: Final = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{16}[0-9Xx](?![0-9A-Za-z])")


def body_of(
    *,
    actor: Actor,
    act: str,
    subject: str,
    at: datetime,
    purpose: str,
    result: str,
    facts: Facts,
    subjects: Sequence[str],
    is_event: bool = False,
) -> str:
    """The text that is stored and hashed: JSON, keys sorted, no blanks, UTC with microseconds."""
    body = {
        "act": act,
        "actor": actor.reference,
        "actor_kind": actor.kind.value,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "departments": sorted({g.department for g in actor.grants if g.department}),
        "facts": dict(facts),
        "is_event": is_event,
        "on_behalf_of": actor.on_behalf_of,
        "purpose": purpose,
        "request_id": actor.request_id,
        "result": result,
        "roles": sorted({g.role.value for g in actor.grants}),
        "subject": subject,
        "subjects": list(subjects),
    }
    if actor.mandate is not None:
        body["mandate"] = actor.mandate.mandate
    posts = sorted({g.post_name for g in actor.grants if g.post_name})
    if posts:
        body["posts"] = posts
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    refuse_personal_values(text)
    return text


def facts_of(event: Event) -> dict[str, Fact]:
    """An event's own fields as plain facts: enumerations by value, days and moments as ISO text."""
    own = (f.name for f in fields(event) if f.name not in ("subject", "at"))
    return {name: plain(getattr(event, name)) for name in own}


def plain(value: object) -> Fact:
    """One value as it is stored; TypeError for what is neither a reference nor a plain fact."""
    if isinstance(value, Enum):
        return plain(value.value)
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [str(plain(one)) for one in value]
    raise TypeError(f"not a plain fact: {type(value).__name__}")


def event_of(event_class: type[E], *, subject: str, at: datetime, facts: Mapping[str, object]) -> E:
    """The event again from a stored entry; facts it no longer knows are left out.

    TypeError when a field without default is missing.
    """
    known = _hints_of(event_class)
    values = {k: _typed(known[k], v) for k, v in facts.items() if k in known}
    return event_class(subject=subject, at=at, **values)


def _hints_of(event_class: type[Event]) -> Mapping[str, object]:
    """The types of an event's own fields, found out once."""
    if event_class not in _HINTS:
        hints = get_type_hints(event_class)
        own = (f.name for f in fields(event_class) if f.name not in ("subject", "at"))
        _HINTS[event_class] = {name: hints[name] for name in own}
    return _HINTS[event_class]


def _typed(hint: object, value: object) -> Any:  # the field's own type, known only at run time
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, str):
        for kind in get_args(hint) or (hint,):
            if isinstance(kind, type) and issubclass(kind, Enum):
                return kind(value)
            if kind is datetime:
                return datetime.fromisoformat(value)
            if kind is date:
                return date.fromisoformat(value)
    return value


def refuse_personal_values(text: str) -> None:
    """Individual information law: the journal holds references, never identity or phone numbers."""
    if _PHONE.search(text):
        raise PersonalValueInJournal("a phone number")
    for match in _CITIZEN_ID.finditer(text):
        number = match.group().upper()
        if citizen_id_birth(number) and citizen_id_check_character(number[:17]) == number[17]:
            raise PersonalValueInJournal("a citizen identity number")


#: Seconds before the second try, the factor to the next, the longest wait, and how many tries.
FIRST_WAIT: Final = 10
FACTOR: Final = 3
LONGEST_WAIT: Final = 3600
TRIES: Final = 8
#: No next try lies further away; one that does was written while the clock was wrong.
FARTHEST: Final = timedelta(seconds=2 * LONGEST_WAIT)


def next_try_at(subject: str, *, attempts: int, at: datetime) -> datetime | None:
    """When a parked subject is tried again: ever later, up to an hour, spread a little so that
    many do not come at once; None when a person must look at it."""
    if attempts >= TRIES:
        return None
    wait = min(FIRST_WAIT * FACTOR ** (attempts - 1), LONGEST_WAIT)
    spread = zlib.crc32(f"{subject}|{attempts}".encode()) % 1000 / 5000
    return at + timedelta(seconds=wait * (1 + spread))


def problem_of(error: Exception) -> str:
    """What went wrong, for the operator: the kind and the place. Never the message, which may
    carry a person's values; a refusal's sentence is written by us and may."""
    said = f"：{error.sentence}" if isinstance(error, Refusal) else ""
    return f"{type(error).__name__}{said}（{_place(error)}）"


def _place(error: Exception) -> str:
    """The last line of our own code on the way to the error."""
    ours = [f for f in traceback.extract_tb(error.__traceback__) if "yiwang" in f.filename]
    frame = ours[-1] if ours else None
    return f"{frame.filename.rpartition('yiwang/')[2]}:{frame.lineno}" if frame else "?"
