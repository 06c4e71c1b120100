"""What a trial found."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Outcome:
    """Counts worth keeping, every claim with whether it held, every gate of speed with whether it was met.

    A missed gate fails no trial: time decides none (docs/decisions/0230). It is said and kept.
    """

    name: str
    counts: dict[str, float | int | str] = field(default_factory=dict)
    claims: list[tuple[str, bool]] = field(default_factory=list)
    gates: list[tuple[str, bool]] = field(default_factory=list)

    def claim(self, sentence: str, holds: bool) -> None:
        """Note one claim; a failed one is said at once."""
        self.claims.append((sentence, holds))
        print(f"{self.name}: {'ok' if holds else 'FAILED'}  {sentence}", flush=True)

    def gate(self, sentence: str, met: bool) -> None:
        """Note one gate of speed."""
        self.gates.append((sentence, met))
        print(f"{self.name}: {'met' if met else 'MISSED'}  {sentence}", flush=True)

    def count(self, **counts: float | int | str) -> None:
        """Note figures and say them."""
        self.counts.update(counts)
        words = ", ".join(f"{key} {value}" for key, value in counts.items())
        print(f"{self.name}: {words}", flush=True)

    @property
    def passed(self) -> int:
        return sum(holds for _, holds in self.claims)

    @property
    def failed(self) -> int:
        return len(self.claims) - self.passed

    def as_json(self) -> dict[str, object]:
        return {
            "trial": self.name,
            "passed": self.passed,
            "failed": self.failed,
            "counts": self.counts,
            "failures": [sentence for sentence, holds in self.claims if not holds],
            "gates_met": [sentence for sentence, met in self.gates if met],
            "gates_missed": [sentence for sentence, met in self.gates if not met],
        }
