"""Checkpoints: how every tree stood at a moment, signed, outside the database, a minute apart."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from django.db import transaction

from yiwang.foundation.ledger import outside, queries
from yiwang.foundation.ledger.actions import alarms
from yiwang.foundation.ledger.definitions import SCHEME, AlarmKind
from yiwang.foundation.ledger.models import LedgerCheckpoint
from yiwang.mechanisms.crypto import queries as crypto
from yiwang.mechanisms.crypto import signed_lines
from yiwang.mechanisms.crypto.definitions import KeyId
from yiwang.mechanisms.crypto.signed_lines import Lines

PURPOSE: Final = "ledger"


def write_checkpoint(*, at: datetime) -> int | None:
    """Sign how the trees stand and append it to the file; its number, or None when nothing is new.

    The file comes first: killed behind it, the next round copies the line into the database. A key
    that was rotated is introduced by a last line of the old one. Trees that do not begin with what
    was signed last are not signed: ``write_restoration`` says why, or it is an alarm.
    """
    trees = queries.list_trees()
    with signed_lines.writing(outside.folder(), outside.CHECKPOINTS) as lines:
        last = _last(lines)
        _copy(last)
        wrong = _wrong(last, trees)
        if wrong is None and any(tree["size"] for tree in trees) and trees != last.get("trees"):
            _introduce(lines, at)
            return _add(lines, trees, {}, at)
    if wrong is not None:
        evidence = {"signed": last, "trees": trees}
        alarms.raise_alarm(ledger=outside.own_name(), kind=wrong, evidence=evidence, at=at)
    return None


def write_restoration(*, restored_to: datetime, at: datetime) -> Mapping[str, tuple[int, int]]:
    """After a restore: sign how far each tree is there and how far checkpoints prove it was.

    Whoever watches sees from this line that history did not change by stealth but ended at
    ``kept`` and goes on from there. Returns tree → (kept, lost until).
    """
    trees = queries.list_trees()
    with signed_lines.writing(outside.folder(), outside.CHECKPOINTS) as lines:
        last = _last(lines)
        if not last and not any(tree["size"] for tree in trees):
            return {}
        before = {tree["name"]: tree["size"] for tree in last.get("trees", ())}
        kept = {tree["name"]: tree["size"] for tree in trees}
        lost = {name: max(size, kept.get(name, 0)) for name, size in before.items()}
        told = {
            "lost_until": lost,
            "restored_to": restored_to.astimezone(UTC).isoformat(),
        }
        _introduce(lines, at)
        _add(lines, trees, told, at)
    return {name: (kept.get(name, 0), until) for name, until in lost.items()}


def _wrong(last: Mapping[str, Any], trees: Sequence[Mapping[str, Any]]) -> AlarmKind | None:
    """Do the trees begin with what was signed last?"""
    now = {tree["name"]: tree["size"] for tree in trees}
    for tree in last.get("trees", ()):
        if now.get(tree["name"], 0) < tree["size"]:
            return AlarmKind.SHRUNK
        if queries.root_of(tree["name"], tree["size"]).hex() != tree["root"]:
            return AlarmKind.REWRITTEN
    return None


def _last(lines: Lines) -> dict[str, Any]:
    return json.loads(lines.last) if lines.last else {}


def _add(lines: Lines, trees: object, told: Mapping[str, Any], at: datetime) -> int:
    number = int(_last(lines).get("number", 0)) + 1
    document = {
        **told,
        "at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "ledger": outside.own_name(),
        "number": number,
        "scheme": SCHEME,
        "trees": trees,
    }
    old = KeyId(str(told["by"])) if "by" in told else None
    document.pop("by", None)
    line = lines.add(document, purpose=PURPOSE, key_id=old)
    _copy(json.loads(line))
    return number


def _introduce(lines: Lines, at: datetime) -> None:
    """The key that signed last says which key signs from now on."""
    last = _last(lines)
    key = crypto.current_public_key(purpose=PURPOSE)
    if not last or last["key_id"] == key.key_id:
        return
    introduced = {"key_id": key.key_id, "point": key.point}
    _add(lines, last["trees"], {"by": last["key_id"], "introduces": introduced}, at)


def _copy(document: Mapping[str, Any]) -> None:
    """Into the database, for look-ups; lines that are there already stay."""
    if not document:
        return
    with transaction.atomic():
        LedgerCheckpoint.objects.bulk_create(
            [
                LedgerCheckpoint(
                    number=document["number"],
                    at=datetime.fromisoformat(document["at"]),
                    body=signed_lines.plain(document).decode(),
                )
            ],
            ignore_conflicts=True,
        )
