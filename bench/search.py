"""Search at 20,000 items: the slowest of a hundred, over the committed file of real queries."""

from __future__ import annotations

import time
from pathlib import Path

from bench.figures import Measurement, at_most, percentile
from yiwang.support.assistant import queries
from yiwang.support.assistant import sample as assistant_sample

ROOT = Path(__file__).resolve().parents[1]
QUERIES = ROOT / "tests" / "search_queries.tsv"
NAMES = ROOT / "src/yiwang/capability/catalogue/data/guangan_district_items.csv"
ITEMS = 20_000
ROUNDS = 5


def _texts() -> list[str]:
    lines = QUERIES.read_text(encoding="utf-8").splitlines()
    return [line.split("\t")[0] for line in lines if not line.startswith("#")]


def measure() -> list[Measurement]:
    """Fills the index up to ITEMS with generated rows, then asks every query ROUNDS times."""
    assistant_sample.fill(NAMES, ITEMS)
    texts = _texts()
    queries.search(texts[0])
    taken: list[float] = []
    for _ in range(ROUNDS):
        for text in texts:
            began = time.perf_counter()
            queries.search(text)
            taken.append((time.perf_counter() - began) * 1000)
    return [
        Measurement(f"search p50 at {ITEMS} items", round(percentile(taken, 0.5), 2), "ms"),
        at_most(f"search p99 at {ITEMS} items", percentile(taken, 0.99), "ms", 20.0),
    ]
