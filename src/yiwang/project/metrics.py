"""What is counted. Labels are routes and states, never keys of people or cases."""

from __future__ import annotations

import os
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import REGISTRY

REQUESTS: Final = Counter(
    "yiwang_requests_total", "Answered requests.", ["method", "route", "status"]
)
SECONDS: Final = Histogram(
    "yiwang_request_seconds",
    "Time to answer.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10),
)


def exposition(gauges: dict[str, float]) -> bytes:
    """The text a monitor reads: counters of all web processes, and the gauges of this moment."""
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    current = CollectorRegistry()
    for name, value in gauges.items():
        Gauge(f"yiwang_{name}", f"See the runbook: {name}.", registry=current).set(value)
    return generate_latest(registry) + generate_latest(current)
