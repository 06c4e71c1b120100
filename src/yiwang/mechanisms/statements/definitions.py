"""What is counted, and how far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

#: Counting stops here; more is shown as “999+”.
COUNTED_UP_TO: Final = 1000


@dataclass(frozen=True, slots=True)
class Count:
    """How one list is counted: a statement that gives one number, and its values."""

    statement: str
    values: tuple[Any, ...] = ()


NOTHING: Final = Count("SELECT 0")
