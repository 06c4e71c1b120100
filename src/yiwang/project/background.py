"""Background work starts in two ways, a fact or the clock; here every such module becomes known."""

from __future__ import annotations

import importlib
from pathlib import Path


def know_all() -> None:
    """Import every ``jobs`` and ``reactions`` module, so that its tasks are known by name."""
    for name in modules():
        importlib.import_module(name)


def modules() -> tuple[str, ...]:
    """Their dotted names, read from the tree: nobody can forget to list one."""
    source = Path(__file__).resolve().parents[2]
    found = [
        path.relative_to(source).with_suffix("")
        for path in sorted((source / "yiwang").rglob("*.py"))
        if path.stem in ("jobs", "reactions") and "tests" not in path.parts
    ]
    return tuple(".".join(path.parts) for path in found)
