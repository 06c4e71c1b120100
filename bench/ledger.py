"""The public ledger with ten million leaves: what appending costs an entry, what a proof costs."""

from __future__ import annotations

import os
import random
import time

from bench.figures import Measurement, at_most, percentile
from yiwang.foundation.ledger import actions, queries
from yiwang.foundation.ledger.definitions import CheckpointView, Numbered, Source, TreeHead
from yiwang.foundation.ledger.rules import merkle
from yiwang.kernel.moments import now

TREE = "bench"
LEAVES = int(os.environ.get("YIWANG_BENCH_LEAVES", "10000000"))
PROOFS = 3_000
CONSISTENCIES = 500


def _rows(after: int, limit: int) -> list[Numbered]:
    """Numbered rows out of nothing: their source is not what is measured."""
    last = min(after + limit, LEAVES)
    return [(number, number.to_bytes(32, "big")) for number in range(after + 1, last + 1)]


def _build() -> float:
    """Microseconds an entry, durable, in batches as the loop beside the sealer takes them."""
    source = Source(TREE, 9, _rows)
    actions.append(source)  # enrols the tree
    began, done = time.monotonic(), 0
    while appended := actions.append(source):
        done += appended
    return (time.monotonic() - began) * 1e6 / max(done, 1)


def _signed() -> CheckpointView:
    root = queries.root_of(TREE, LEAVES).hex()
    return CheckpointView(1, now(), (TreeHead(TREE, merkle.SM3, LEAVES, root),), {})


def _proofs(signed: CheckpointView) -> list[float]:
    """Milliseconds of proofs of any entry; each one is checked."""
    drawn, taken = random.Random(6962), []
    root = bytes.fromhex(signed.trees[0].root)
    numbers = [drawn.randint(1, LEAVES) for _ in range(PROOFS)]
    numbers[:20] = [LEAVES - n for n in range(20)]  # the right edge is computed, not read
    for number in numbers:
        began = time.perf_counter()
        proof = queries.prove_inclusion(tree=TREE, number=number, checkpoint=signed)
        taken.append((time.perf_counter() - began) * 1000)
        if not merkle.includes(
            leaf=proof.leaf, index=number - 1, size=LEAVES, path=proof.path, root=root
        ):
            raise RuntimeError(f"the proof of {number} does not hold")
    return taken


def _consistencies() -> list[float]:
    drawn, taken = random.Random(9162), []
    for _ in range(CONSISTENCIES):
        began = time.perf_counter()
        queries.prove_consistency(tree=TREE, first=drawn.randint(1, LEAVES), second=LEAVES)
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def measure() -> list[Measurement]:
    cost = _build()
    proofs = _proofs(_signed())
    joined = _consistencies()
    return [
        at_most(f"ledger append in batches, {LEAVES} leaves, an entry", cost, "us", 10.0),
        Measurement("ledger proof p50", round(percentile(proofs, 0.5), 2), "ms"),
        at_most(f"ledger proof p99 among {LEAVES} leaves", percentile(proofs, 0.99), "ms", 5.0),
        Measurement("ledger consistency proof p99", round(percentile(joined, 0.99), 2), "ms"),
    ]
