"""The base of every fact a module announces. Subclasses live in ``<module>/events.py``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A business fact in the past tense.

    ``name``: stable, ``"cases.case_decided"``. ``subject``: the reference the order is kept for.
    Further fields are references and plain facts (str, int, bool, None, date as ISO text), never
    personal values, never model instances.
    """

    name: ClassVar[str] = ""
    subject: str
    at: datetime
