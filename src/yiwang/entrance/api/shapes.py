"""Shapes several resources share."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from ninja import Query, Schema
from pydantic import ConfigDict, StringConstraints

Key = Annotated[str, StringConstraints(pattern=r"^[0-9a-hjkmnp-tv-z]{16}$")]
Short = Annotated[str, StringConstraints(max_length=100)]
Words = Annotated[str, StringConstraints(max_length=2000)]
Reason = Annotated[str, StringConstraints(min_length=2, max_length=2000)]
#: The mark of the page before, as ``next`` gave it; empty for the first page.
After = Annotated[str, Query(max_length=100)]
Limit = Annotated[int, Query(ge=1, le=200)]
Division = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]


class Given(Schema):
    """What a program sends: exactly the named fields."""

    model_config = ConfigDict(extra="forbid")


class Citation(Given):
    """One article a decision stands on."""

    law: Short
    article: Short


class LabelledValue(Schema):
    label: str
    value: str


class Clock(Schema):
    """A limit as it stands: 时限."""

    kind: str
    started_on: date
    due_on: date
    provisional: bool
    colour: str
    days_left: int
    days_used: int
    paused: bool
    stopped_on: date | None
    steps: list[str]
