"""What a measurement is, and the plain arithmetic around it."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Measurement:
    """One figure. ``against`` names a limit or a peer; ``ratio`` is value divided by it."""

    name: str
    value: float
    unit: str
    against: str = ""
    ratio: float | None = None
    gate: str = ""
    met: bool | None = None

    def as_json(self) -> dict[str, object]:
        return {key: value for key, value in asdict(self).items() if value not in ("", None)}


def at_most(name: str, value: float, unit: str, limit: float) -> Measurement:
    """A figure with an upper gate."""
    return Measurement(
        name,
        round(value, 3),
        unit,
        f"limit {limit:g} {unit}",
        round(value / limit, 3),
        f"<= {limit:g} {unit}",
        value <= limit,
    )


def percentile(values: list[float], share: float) -> float:
    """The value below which ``share`` (0..1) of the values lie; nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _stat(pid: str) -> tuple[int, float] | None:
    """Parent and CPU seconds of one process and its ended children, None when it has gone."""
    try:
        fields = Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(fields[1]), sum(map(int, fields[11:15])) / _TICKS


def cpu_seconds(root: int) -> float:
    """User and system CPU seconds of a process and everything below it that is alive."""
    parents: dict[int, int] = {}
    seconds: dict[int, float] = {}
    for name in os.listdir("/proc"):
        if name.isdigit() and (stat := _stat(name)) is not None:
            parents[int(name)], seconds[int(name)] = stat
    total, open_pids = 0.0, [root]
    while open_pids:
        pid = open_pids.pop()
        total += seconds.get(pid, 0.0)
        open_pids += [child for child, parent in parents.items() if parent == pid]
    return total


def machine_words() -> str:
    """The machine in words that name no host: cores, memory, processor model."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        "unknown processor",
    )
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{os.cpu_count()} cores ({model}), {pages / 2**30:.0f} GiB"
