"""Another node's ledger, all in memory, and another node as a witness of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from yiwang.foundation.ledger.rules import documents
from yiwang.foundation.ledger.tests import plain
from yiwang.foundation.ledger.witnesses import WitnessAway, WitnessRefused
from yiwang.mechanisms.crypto import primitives
from yiwang.mechanisms.crypto import rules as crypto
from yiwang.network.nodes.sample import FarNode


def sign(secret: bytes, document: Mapping[str, Any], key_id: str) -> dict[str, Any]:
    told = {**document, "algorithm": "sm2-sm3", "key_id": key_id}
    signature = crypto.signature(secret, documents.plain(told), key_id=key_id)
    return {**told, "signature": signature.rsplit("$", 1)[1]}


@dataclass
class FarLedger:
    """A ledger with one tree, ``journal``."""

    node: FarNode
    secret: bytes = field(default_factory=primitives.new_sm2_key)
    leaves: list[bytes] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)

    def grow(self, count: int, mark: bytes = b"") -> None:
        self.leaves += [mark + bytes([len(self.leaves) % 256, n % 256]) for n in range(count)]

    def sign(self, **told: Any) -> dict[str, Any]:
        tree = {"hash": "sm3", "name": "journal", "size": len(self.leaves)}
        document = {
            "at": "2026-03-02T01:30:00+00:00",
            "ledger": self.node.code,
            "number": len(self.lines) + 1,
            "previous": plain.h(documents.plain(self.lines[-1]) if self.lines else b"").hex(),
            "scheme": 1,
            "trees": [{**tree, "root": plain.mth(self.leaves).hex()}],
            **told,
        }
        self.lines.append(sign(self.secret, document, "sign-ledger.1"))
        return self.lines[-1]

    def proof(self, base: int) -> list[str]:
        return [step.hex() for step in plain.proof(base, self.leaves)]

    def submission(self, *bases: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
        """The newest checkpoint with honest proofs from others."""
        point = primitives.sm2_public(self.secret).hex()
        text = documents.vouched_text(self.node.code, "sign-ledger.1", point)
        _, by, signature = self.node.sign(text).split("$")
        return {
            "checkpoint": self.lines[-1],
            "proofs": {
                str(base["number"]): {"journal": self.proof(base["trees"][0]["size"])}
                for base in bases
            },
            "restorations": [],
            "vouch": {
                "key_id": "sign-ledger.1", "point": point, "by": by, "signature": signature
            },
            **changes,
        }  # fmt: skip


@dataclass
class FarWitness:
    """A node that countersigns what it is brought, or does not."""

    node: FarNode
    seen: list[dict[str, Any]] = field(default_factory=list)
    mood: str = "signs"

    @property
    def code(self) -> str:
        return self.node.code

    def find_seen(self, *, ledger: str, within: Mapping[str, int] | None) -> dict[str, Any] | None:
        if self.mood == "away":
            raise WitnessAway
        for one in reversed(self.seen):
            if within is None or documents.lies_within(one, within):
                return one
        return None

    def witness(self, submission: Mapping[str, Any]) -> dict[str, Any]:
        if self.mood == "refuses":
            raise WitnessRefused({"code": "HistoryDiverges"})
        checkpoint = submission["checkpoint"]
        self.asked = submission
        self.seen.append(checkpoint)
        told = {
            "at": "2026-03-02T01:31:00+00:00",
            "checkpoint": plain.h(documents.plain(checkpoint)).hex(),
            "ledger": checkpoint["ledger"],
            "number": checkpoint["number"],
            "scheme": 1,
            "witness": self.code,
        }
        secret = primitives.new_sm2_key() if self.mood == "lies" else self.node.secret
        return sign(secret, told, self.node.key_id)
