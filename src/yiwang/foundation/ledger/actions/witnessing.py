"""Being a witness: countersign another node's checkpoint when it extends what we saw, else raise alarm."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from django.db import connection, transaction

from yiwang.foundation.ledger import outside, queries
from yiwang.foundation.ledger.actions import alarms
from yiwang.foundation.ledger.definitions import SCHEME, AlarmKind
from yiwang.foundation.ledger.models import SeenCheckpoint
from yiwang.foundation.ledger.refusals import (
    CannotReadCheckpoint,
    HistoryDiverges,
    OlderThanSeen,
    UnknownLedger,
)
from yiwang.foundation.ledger.rules import documents, merkle
from yiwang.foundation.ledger.rules.documents import Submission, Unreadable
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.crypto import queries as crypto_queries
from yiwang.mechanisms.crypto.signed_lines import plain
from yiwang.network.nodes import queries as nodes
from yiwang.network.nodes.definitions import KEY_PURPOSE, NodeState

_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('ledger ' || %s, 0))"


def witness(*, submission: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Countersign a checkpoint of another node; the signed statement, the same one when asked again.

    ``submission``: the checkpoint, the node's word for its ledger's key, proofs from what we saw
    last, and the signed lines of restores since. Refusals: ``UnknownLedger``,
    ``CannotReadCheckpoint``, ``OlderThanSeen``, ``HistoryDiverges`` (with an alarm). A restore that
    is told of is an alarm, too, and then countersigned.
    """
    try:
        offered = documents.read_submission(submission)
        _insist_on_signatures(offered, at)
    except Unreadable as error:
        raise CannotReadCheckpoint from error
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK, [offered.ledger])
        seen = SeenCheckpoint.objects.filter(ledger=offered.ledger)
        same = seen.filter(number=offered.number).first()
        if same is not None and same.body == offered.line:
            return dict(json.loads(same.signature))
        last = same or seen.order_by("-number").first()
        if last is None or (same is None and _follows(offered, last, at)):
            return _sign(offered, at)
    about = {"seen": json.loads(last.body), "offered": offered.checkpoint}
    alarms.raise_alarm(
        ledger=offered.ledger,
        kind=AlarmKind.NOT_EXTENDING,
        evidence={**about, "offered": dict(submission)},
        at=at,
        about=about,
    )
    raise HistoryDiverges


def _insist_on_signatures(offered: Submission, at: datetime) -> None:
    """The node is a member, vouches for the key, and the key signed every line."""
    node = nodes.find_node(offered.ledger)
    if node is None or node.state is not NodeState.ACTIVE or offered.ledger == outside.own_name():
        raise UnknownLedger
    points = {key.key_id: key.point for key in node.keys if key.holds(at)}
    documents.insist_on_vouched(offered, points)


def _follows(offered: Submission, last: SeenCheckpoint, at: datetime) -> bool:
    """Does it extend what was seen last; after a told restore, what was seen before that?"""
    if offered.number < last.number:
        raise OlderThanSeen
    since = [line for line in offered.restorations if line["number"] > last.number]
    bases: list[Mapping[str, Any] | None] = [json.loads(last.body)]
    if since:
        evidence = {"seen": bases[0], "told": since[-1]}
        kind = AlarmKind.RESTORED
        alarms.raise_alarm(ledger=offered.ledger, kind=kind, evidence=evidence, at=at)
        bases = [queries.find_seen(offered.ledger, within=documents.least(since)), since[-1]]
    return all(base is None or _extends(offered, base) for base in bases)


def _extends(offered: Submission, base: Mapping[str, Any]) -> bool:
    now = {tree["name"]: tree for tree in offered.checkpoint["trees"]}
    proofs = offered.proofs.get(str(base["number"]), {})
    for tree in base["trees"]:
        new = now.get(tree["name"])
        if new is None or new["hash"] != tree["hash"]:
            return False
        good = tree["size"] == 0 or merkle.extends(
            first=tree["size"],
            first_root=bytes.fromhex(tree["root"]),
            second=new["size"],
            second_root=bytes.fromhex(new["root"]),
            path=proofs.get(tree["name"], ()),
        )
        if not good:
            return False
    return True


def _sign(offered: Submission, at: datetime) -> dict[str, Any]:
    key = crypto_queries.current_public_key(purpose=KEY_PURPOSE)
    statement: dict[str, Any] = {
        "algorithm": key.algorithm,
        "at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "checkpoint": crypto.digest(offered.line.encode()),
        "key_id": key.key_id,
        "ledger": offered.ledger,
        "number": offered.number,
        "scheme": SCHEME,
        "witness": outside.own_name(),
    }
    signed = crypto.sign(plain(statement), purpose=KEY_PURPOSE, key_id=key.key_id)
    statement["signature"] = signed.rsplit("$", 1)[1]
    SeenCheckpoint.objects.create(
        ledger=offered.ledger,
        number=offered.number,
        at=at,
        body=offered.line,
        signature=plain(statement).decode(),
    )
    return statement
