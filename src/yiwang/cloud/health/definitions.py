"""One check and its answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """``name``: stable; ``label``: for operators; ``value``: what was measured, in ``unit``."""

    name: str
    label: str
    good: bool
    value: float
    unit: str = ""
    needed: bool = True  # False: shown and alarmed, but the installation still serves
