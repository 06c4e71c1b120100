"""The port to witnesses: other nodes, or anybody independent, who countersign our checkpoints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class WitnessAway(Exception):
    """No answer, or none that can be read: the next checkpoint is tried again."""


class WitnessRefused(Exception):
    """The witness answered, and would not sign; ``told``: its words."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        super().__init__(str(told.get("code", "")))
        self.told = told


class Witness(Protocol):
    """One who countersigns."""

    code: str

    def find_seen(self, *, ledger: str, within: Mapping[str, int] | None) -> dict[str, Any] | None:
        """The newest checkpoint of ours it countersigned; ``within``: no tree longer than that."""
        ...

    def witness(self, submission: Mapping[str, Any]) -> dict[str, Any]:
        """Its signed statement; ``WitnessRefused``, ``WitnessAway``."""
        ...


def witnesses() -> list[Witness]:
    """Those this installation asks (``YIWANG_WITNESSES``)."""
    driver = import_string(settings.WITNESS_DRIVER)
    return [driver(code, address) for code, address in settings.WITNESSES]
