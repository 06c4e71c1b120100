"""Having our newest checkpoint countersigned by every witness that has not done it yet."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from yiwang.foundation.ledger import nodes as hashes
from yiwang.foundation.ledger import outside, queries
from yiwang.foundation.ledger.actions import alarms
from yiwang.foundation.ledger.actions.checkpoints import PURPOSE
from yiwang.foundation.ledger.definitions import AlarmKind, CheckpointView
from yiwang.foundation.ledger.models import LedgerCheckpoint, WitnessSignature
from yiwang.foundation.ledger.rules import documents, merkle
from yiwang.foundation.ledger.witnesses import Witness, WitnessAway, WitnessRefused
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.crypto import queries as crypto_queries
from yiwang.mechanisms.crypto import signed_lines
from yiwang.mechanisms.crypto.signed_lines import plain
from yiwang.network.nodes import queries as nodes
from yiwang.network.nodes.definitions import KEY_PURPOSE

log = logging.getLogger(__name__)

_REFUSED: Final = "HistoryDiverges"


def ask_witnesses(witnesses: Sequence[Witness], *, at: datetime) -> int:
    """One round; how many signatures came. A witness that is away holds up no other.

    One that refuses because ours does not extend what it saw is an alarm here, too.
    """
    newest = queries.find_newest()
    if newest is None:
        return 0
    done = 0
    for witness in witnesses:
        if WitnessSignature.objects.filter(number=newest.number, witness=witness.code).exists():
            continue
        try:
            _keep(witness, newest, witness.witness(_submission(witness, newest)), at)
            done += 1
        except WitnessAway:
            log.warning("witness %s is away", witness.code)
        except WitnessRefused as refused:
            log.error("witness %s refused: %s", witness.code, refused)
            if refused.told.get("code") == _REFUSED:
                evidence = {"checkpoint": newest.body, "refused_by": witness.code}
                kind, ledger = AlarmKind.REFUSED, outside.own_name()
                alarms.raise_alarm(ledger=ledger, kind=kind, evidence=evidence, at=at)
    return done


def _submission(witness: Witness, newest: CheckpointView) -> dict[str, Any]:
    ledger = outside.own_name()
    seen = witness.find_seen(ledger=ledger, within=None)
    since = _restorations(int(seen["number"]) if seen else newest.number, newest)
    bases: list[Mapping[str, Any] | None] = [seen]
    if since:
        bases = [witness.find_seen(ledger=ledger, within=documents.least(since)), since[-1]]
    return {
        "checkpoint": newest.body,
        "proofs": {str(base["number"]): _proofs(base, newest) for base in bases if base},
        "restorations": since,
        "vouch": _vouch(),
    }


def _restorations(after: int, newest: CheckpointView) -> list[Mapping[str, Any]]:
    rows = LedgerCheckpoint.objects.filter(
        number__gt=after, number__lte=newest.number, body__contains='"restored_to"'
    )
    bodies = rows.order_by("number").values_list("body", flat=True)[: documents.RESTORES]
    return [json.loads(body) for body in bodies]


def _proofs(base: Mapping[str, Any], newest: CheckpointView) -> dict[str, list[str]]:
    """Without a proof where there can be none: the witness will say so."""
    found = {}
    for tree in base["trees"]:
        now = newest.tree(tree["name"])
        if now is not None and 0 < tree["size"] < now.size:
            spans = merkle.consistency_spans(tree["size"], now.size)
            found[tree["name"]] = [step.hex() for step in hashes.fold(tree["name"], spans)]
    return found


def _vouch() -> dict[str, str]:
    """Our node's key vouches for the ledger's: whoever knows the members knows the ledger."""
    key = crypto_queries.current_public_key(purpose=PURPOSE)
    text = documents.vouched_text(outside.own_name(), key.key_id, key.point)
    _, by, signature = crypto.sign(text, purpose=KEY_PURPOSE).split("$")
    return {"key_id": key.key_id, "point": key.point, "by": by, "signature": signature}


def _keep(witness: Witness, newest: CheckpointView, told: Mapping[str, Any], at: datetime) -> None:
    """The signature, checked by the member's key, outside the database and in it."""
    node = nodes.find_node(witness.code)
    points = {key.key_id: key.point for key in node.keys} if node else {}
    line = plain(newest.body)
    good = (
        told.get("witness") == witness.code
        and told.get("ledger") == outside.own_name()
        and told.get("number") == newest.number
        and told.get("checkpoint") == crypto.digest(line)
        and documents.is_signed(told, points)
    )
    if not good:
        raise WitnessAway(f"{witness.code}: not a signature under our checkpoint")
    key_id = str(told["key_id"])
    name = f"{witness.code}.{key_id}"
    signed_lines.keep_public_key(outside.folder(), name, points[key_id])
    _append(plain(told))
    WitnessSignature.objects.bulk_create(
        [
            WitnessSignature(
                number=newest.number, witness=witness.code, at=at, body=plain(told).decode()
            )
        ],
        ignore_conflicts=True,
    )


def _append(line: bytes) -> None:
    path = outside.folder() / outside.WITNESSES
    with path.open("ab") as file:
        file.write(line + b"\n")
        file.flush()
        os.fsync(file.fileno())
