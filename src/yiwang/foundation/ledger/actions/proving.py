"""A proof somebody takes along: his entries, where they stand in the tree, who signed that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from yiwang.foundation.ledger import outside, queries
from yiwang.foundation.ledger.definitions import (
    JOURNAL,
    CheckpointView,
    NotInLedgerYet,
    SaltForgotten,
)
from yiwang.kernel.moments import SHANGHAI
from yiwang.mechanisms.journal import queries as journal
from yiwang.mechanisms.journal.definitions import Entry

FORMAT: Final = "yiwang-ledger-proof/1"


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry to be proven. ``open``: may its holder read the body? Else only its digest goes out."""

    entry: Entry
    label: str
    open: bool


def prove_entries(shown: Sequence[Shown], *, at: datetime) -> dict[str, Any]:
    """One document for ``yiwang-verify proof``: plain JSON values.

    Who may have it is the caller's to check. Refusals: ``NotInLedgerYet`` while none of the entries
    is under a signed checkpoint; later ones are left out until they are. Of one whose random part was
    forgotten only its leaf is shown; ``SaltForgotten`` when nothing else is left.
    """
    checkpoint = queries.find_newest()
    tree = checkpoint.tree(JOURNAL) if checkpoint else None
    if checkpoint is None or tree is None:
        raise NotInLedgerYet
    by_id = {one.entry.entry_id: one for one in shown}
    found = [row for row in journal.list_proofs(list(by_id)) if row[0] <= tree.size]
    if not found:
        raise NotInLedgerYet
    entries, forgotten = [], []
    for position, entry_id, sealed_at, body, link, previous in found:
        salt = queries.find_salt(tree=JOURNAL, number=position)
        if not salt:
            forgotten.append(_leaf(position, by_id[entry_id], checkpoint))
            continue
        told = {
            "body": body,
            "entry_id": entry_id,
            "previous": previous.hex(),
            "sealed_at": sealed_at,
        }
        one = by_id[entry_id]
        entries.append(
            _entry(position, salt, link, one, checkpoint) | {"entry": told if one.open else None}
        )
    if not entries:
        raise SaltForgotten
    more = {"forgotten": forgotten} if forgotten else {}
    return _document(entries, checkpoint, at) | more


def _leaf(position: int, shown: Shown, checkpoint: CheckpointView) -> dict[str, Any]:
    """What can still be shown of a forgotten one: that its leaf is there, not what it says."""
    proof = queries.prove_inclusion(tree=JOURNAL, number=position, checkpoint=checkpoint)
    return {
        "leaf": proof.leaf.hex(),
        "number": position,
        "path": [step.hex() for step in proof.path],
        "shown": _told(shown),
        "tree": JOURNAL,
    }


def _told(shown: Shown) -> dict[str, str]:
    moment = shown.entry.at.astimezone(SHANGHAI).isoformat(timespec="seconds")
    return {"at": moment, "label": shown.label}


def _entry(
    position: int, salt: bytes, link: bytes, shown: Shown, checkpoint: CheckpointView
) -> dict[str, Any]:
    proof = queries.prove_inclusion(tree=JOURNAL, number=position, checkpoint=checkpoint)
    return {
        "digest": link.hex(),
        "kind": 1,
        "number": position,
        "path": [step.hex() for step in proof.path],
        "salt": salt.hex(),
        "shown": _told(shown),
        "tree": JOURNAL,
    }


def _document(
    entries: list[dict[str, Any]], checkpoint: CheckpointView, at: datetime
) -> dict[str, Any]:
    witnesses = queries.list_witness_signatures([checkpoint.number]).get(checkpoint.number, ())
    return {
        "checkpoint": checkpoint.body,
        "entries": entries,
        "exported_at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "format": FORMAT,
        "keys": queries.keys_of(checkpoint, witnesses),
        "ledger": outside.own_name(),
        "witnesses": list(witnesses),
    }


def prove_consistency(*, first: int, second: int) -> dict[str, Any]:
    """One document for ``yiwang-verify consistency``: two checkpoints by number, and the proofs."""
    old, new = queries.get_checkpoint(first), queries.get_checkpoint(second)
    proofs = {}
    for tree in old.trees:
        now = new.tree(tree.name)
        if now is not None and 0 < tree.size <= now.size:
            proof = queries.prove_consistency(tree=tree.name, first=tree.size, second=now.size)
            proofs[tree.name] = [step.hex() for step in proof.path]
    keys = queries.keys_of(old) | queries.keys_of(new)
    return {"first": old.body, "keys": keys, "proofs": proofs, "second": new.body}
