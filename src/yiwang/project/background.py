"""Background work starts in two ways, a fact or the clock; here every such module becomes known."""

from __future__ import annotations

import importlib
from pathlib import Path

from yiwang.project import loading


def know_all() -> None:
    """Import every ``jobs`` and ``reactions`` module, so that its tasks are known by name."""
    with loading.undisturbed():
        for name in modules():
            importlib.import_module(name)


def modules() -> tuple[str, ...]:
    """Their dotted names, read from the tree: nobody can forget to list one."""
    source = Path(__file__).resolve().parents[2]
    every = (path.relative_to(source) for path in sorted((source / "yiwang").rglob("*.py")))
    found = (p for p in every if p.stem in ("jobs", "reactions") and "tests" not in p.parts)
    return tuple(".".join(path.with_suffix("").parts) for path in found)
