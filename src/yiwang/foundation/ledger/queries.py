"""Reading the ledger: how the trees stand, signed checkpoints, proofs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from yiwang.foundation.ledger import nodes, yiwang_verify
from yiwang.foundation.ledger.definitions import (
    AlarmKind,
    AlarmView,
    CheckpointView,
    ConsistencyProof,
    InclusionProof,
    NoSuchLeaf,
    NotInLedgerYet,
    TreeHead,
)
from yiwang.foundation.ledger.models import LedgerAlarm, SeenCheckpoint, WitnessSignature
from yiwang.foundation.ledger.rules import documents, merkle
from yiwang.foundation.ledger.rules.merkle import Node
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.crypto import actions as crypto_actions
from yiwang.mechanisms.crypto import queries as crypto
from yiwang.mechanisms.crypto.definitions import KeyId
from yiwang.mechanisms.statements import prepared
from yiwang.network.nodes import queries as members

#: Leaf hashes given out at once, and checkpoints on a page.
LEAVES: Final = 1000
PAGE: Final = 50

_TREES: Final = "SELECT name, algorithm, size FROM ledger_tree ORDER BY name"
_NEWEST: Final = "SELECT body FROM ledger_checkpoint ORDER BY number DESC LIMIT 1"
_ONE: Final = "SELECT body FROM ledger_checkpoint WHERE number = %s"
_BEFORE: Final = (
    "SELECT body FROM ledger_checkpoint WHERE number < %s ORDER BY number DESC LIMIT %s"
)
_ENDLESS: Final = 2**62
#: Seen checkpoints looked through for one that a restored ledger still extends: two weeks of minutes.
_LOOKED_BACK: Final = 20_000


def list_trees() -> list[dict[str, Any]]:
    """Every tree with its hash function, size and root, as it goes into a checkpoint."""
    return [
        {"hash": algorithm, "name": name, "root": root_of(name, size).hex(), "size": size}
        for name, algorithm, size in prepared.run(_TREES)
    ]


def root_of(tree: str, size: int) -> bytes:
    """The root over the first ``size`` leaves."""
    return nodes.fold(tree, [(0, size)])[0] if size else merkle.empty_root()


def find_newest() -> CheckpointView | None:
    """The newest signed checkpoint; None before the first."""
    rows = prepared.run(_NEWEST)
    return view(rows[0][0]) if rows else None


def get_checkpoint(number: int) -> CheckpointView:
    """One signed checkpoint; ``NotFound``."""
    rows = prepared.run(_ONE, [number])
    if not rows:
        raise NotFound
    return view(rows[0][0])


def list_checkpoints(*, before: int = 0, limit: int = PAGE) -> tuple[CheckpointView, ...]:
    """Signed checkpoints, newest first; ``before``: the number seen last."""
    rows = prepared.run(_BEFORE, [before or _ENDLESS, min(limit, PAGE)])
    return tuple(view(body) for (body,) in rows)


def view(body: str) -> CheckpointView:
    """A checkpoint from its signed line."""
    document = json.loads(body)
    return CheckpointView(
        number=document["number"],
        at=datetime.fromisoformat(document["at"]),
        trees=tuple(TreeHead(**tree) for tree in document["trees"]),
        body=document,
    )


def prove_inclusion(
    *, tree: str, number: int, checkpoint: CheckpointView | None = None
) -> InclusionProof:
    """That the leaf with this number stands in the tree of a checkpoint (the newest when none is
    given). Hashes only: whoever does not know the leaf learns nothing of it.

    Refusals: ``NoSuchLeaf``, ``NotInLedgerYet`` when no signed checkpoint reaches it.
    """
    head, signed = _head_of(tree, checkpoint)
    if number > head.size:
        raise NotInLedgerYet if number <= _size_of(tree) else NoSuchLeaf
    if number < 1:
        raise NoSuchLeaf
    index = number - 1
    spans = merkle.inclusion_spans(index, head.size)
    leaf, *path = nodes.fold(tree, [(index, number), *spans])
    return InclusionProof(tree, head.hash, index, head.size, leaf, tuple(path), head.root, signed)


def prove_consistency(*, tree: str, first: int, second: int) -> ConsistencyProof:
    """That the tree of ``second`` leaves is that of ``first`` with leaves appended; ``NoSuchLeaf``."""
    if not 1 <= first <= second or second > _size_of(tree):
        raise NoSuchLeaf
    path = nodes.fold(tree, merkle.consistency_spans(first, second)) if first < second else []
    old, new = root_of(tree, first), root_of(tree, second)
    return ConsistencyProof(tree, merkle.SM3, first, old.hex(), second, new.hex(), tuple(path))


def list_leaf_hashes(*, tree: str, first: int, count: int) -> tuple[bytes, ...]:
    """Leaf hashes from number ``first`` on: enough for anybody to keep the tree himself."""
    if first < 1 or first > _size_of(tree):
        raise NoSuchLeaf
    behind = min(first - 1 + min(count, LEAVES), _size_of(tree))
    wanted = [Node(0, index) for index in range(first - 1, behind)]
    found = nodes.read(tree, wanted)
    return tuple(found[node] for node in wanted)


def find_salt(*, tree: str, number: int) -> bytes:
    """The random part of a leaf, for the proof its owner takes along; empty when forgotten."""
    salt = nodes.read_salt(tree, number - 1)
    return salt if any(salt) else b""


def find_seen(ledger: str, *, within: Mapping[str, int] | None = None) -> dict[str, Any] | None:
    """The newest checkpoint of another ledger countersigned here; ``within``: no tree longer than that."""
    rows = SeenCheckpoint.objects.filter(ledger=ledger).order_by("-number")
    looked_at = _LOOKED_BACK if within is not None else 1
    for body in rows.values_list("body", flat=True)[:looked_at].iterator():
        found: dict[str, Any] = json.loads(body)
        if within is None or documents.lies_within(found, within):
            return found
    return None


def list_seen(ledger: str, *, after: int = 0, limit: int = 1000) -> tuple[dict[str, Any], ...]:
    """Our statements as a witness of one ledger, in order: what an auditor of it asks us for."""
    rows = SeenCheckpoint.objects.filter(ledger=ledger, number__gt=after).order_by("number")
    return tuple(json.loads(text) for text in rows.values_list("signature", flat=True)[:limit])


def list_witness_signatures(numbers: Sequence[int]) -> dict[int, tuple[dict[str, Any], ...]]:
    """Who countersigned these checkpoints of ours, each as it was signed."""
    found: dict[int, tuple[dict[str, Any], ...]] = {}
    rows = WitnessSignature.objects.filter(number__in=numbers).order_by("number", "witness")
    for row in rows:
        found[row.number] = (*found.get(row.number, ()), json.loads(row.body))
    return found


def keys_of(
    checkpoint: CheckpointView, witnesses: Sequence[Mapping[str, Any]] = ()
) -> dict[str, str]:
    """Public points of who signed a checkpoint and of its witnesses (``<node>.<key id>``)."""
    signer = KeyId(str(checkpoint.body["key_id"]))
    keys = {str(signer): crypto.get_public_key(signer).point}
    for told in witnesses:
        node = members.find_node(str(told["witness"]))
        for key in node.keys if node else ():
            keys[f"{told['witness']}.{key.key_id}"] = key.point
    return keys


def fingerprints_of(keys: Mapping[str, str]) -> list[tuple[str, str]]:
    """Key ids with the SM3 of their public points: what people note down and compare."""
    return [(key_id, crypto_actions.digest(bytes.fromhex(point))) for key_id, point in keys.items()]


def verifier_text() -> str:
    """The program that checks proofs alone."""
    return Path(yiwang_verify.__file__).read_text(encoding="utf-8")


def as_line(document: Mapping[str, Any]) -> str:
    """A signed document as one line of a file."""
    return documents.plain(document).decode() + "\n"


def list_alarms(*, limit: int = PAGE) -> tuple[AlarmView, ...]:
    """The newest alarms, ours and about others."""
    rows = LedgerAlarm.objects.order_by("-id")[: min(limit, PAGE)]
    return tuple(
        AlarmView(row.pk, row.at, row.ledger, AlarmKind(row.kind), row.digest, row.evidence)
        for row in rows
    )


def _head_of(tree: str, checkpoint: CheckpointView | None) -> tuple[TreeHead, CheckpointView]:
    signed = checkpoint or find_newest()
    if signed is None:
        raise NotInLedgerYet
    head = signed.tree(tree)
    if head is None:
        raise NoSuchLeaf
    return head, signed


_SIZE: Final = "SELECT size FROM ledger_tree WHERE name = %s"


def _size_of(tree: str) -> int:
    rows = prepared.run(_SIZE, [tree])
    return int(rows[0][0]) if rows else 0
