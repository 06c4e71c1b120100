"""The source tree as the house tests see it; every check takes the tree, so it can be shown to fail."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Source:
    """One Python file below ``src/yiwang``."""

    path: Path
    base: Path  # the folder that holds ``yiwang``

    @property
    def parts(self) -> tuple[str, ...]:
        return self.path.relative_to(self.base).with_suffix("").parts

    @property
    def module(self) -> str:
        """``yiwang.support.letters``, for ``yiwang.kernel.x`` the file itself."""
        return ".".join(self.parts[:3])

    @property
    def storey(self) -> str:
        return self.parts[1] if len(self.parts) > 2 else ""

    @property
    def shelf(self) -> str:
        """``actions`` for actions.py and for every file of actions/."""
        return self.parts[3] if len(self.parts) > 3 else self.parts[-1]

    @property
    def name(self) -> str:
        return str(self.path.relative_to(self.base))

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def syntax(self) -> ast.Module:
        return ast.parse(self.text)


def sources(base: Path = ROOT / "src", *, tests: bool = False) -> Iterator[Source]:
    """Every file of the product; migrations never, tests when asked."""
    for path in sorted((base / "yiwang").rglob("*.py")):
        parts = path.relative_to(base).parts
        if "migrations" not in parts and (tests or "tests" not in parts):
            yield Source(path, base)


def plant(base: Path, name: str, text: str) -> Path:
    """Write one file of a small house into an empty folder, with the packages above it."""
    path = base / name
    path.parent.mkdir(parents=True, exist_ok=True)
    for folder in path.relative_to(base).parents:
        if str(folder) != "." and not (base / folder / "__init__.py").exists():
            (base / folder / "__init__.py").write_text('"""A package."""\n')
    path.write_text(text)
    return path
