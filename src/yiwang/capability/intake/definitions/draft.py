"""What others may know of a draft, and what is frozen when it is handed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from yiwang.capability.intake.definitions.lookup import LookedUp


@dataclass(frozen=True, slots=True)
class Prefilled:
    """A fact a source gave: shown with its source and time, and kept when the person disagrees."""

    value: Any
    source_label: str
    as_of: datetime
    source: str = ""


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """Two devices changed one answer: ``kept`` is in the draft, ``other`` came later; both stay."""

    field: str
    label: str
    kept: Any
    other: Any
    at: datetime


@dataclass(frozen=True, slots=True)
class DraftView:
    """One application being filled in. Answers are unmasked: show them only to their owner."""

    key: str
    item_code: str
    item_version: int
    applicant: str
    answers: Mapping[str, Any]
    prefilled: Mapping[str, Prefilled]
    questions: Mapping[str, str]
    step: str
    version: int
    started_at: datetime
    saved_at: datetime
    expires_at: datetime
    form_instance: str
    files: tuple[str, ...] = ()
    conflicts: tuple[FieldConflict, ...] = ()
    submitted_case: str | None = None
    looked_up: Mapping[str, LookedUp] = field(default_factory=dict)  # Named.key → what was said

    @property
    def reference(self) -> str:
        return f"draft:{self.key}"


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft in a list: no answers."""

    key: str
    item_code: str
    item_version: int
    title: str
    step: str
    step_title: str
    saved_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answered question in words: for the check page, the case and the letter.

    ``sensitive``: the value must be masked wherever its owner is not looking. ``checked``: what the
    register said about the person or firm named.
    """

    field: str
    label: str
    value: str
    source: str = ""
    step: str = ""
    step_title: str = ""
    sensitive: bool = False
    masked: str = ""
    checked: str = ""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """The person says otherwise than the register: recorded for whoever decides, never replaced."""

    field: str
    label: str
    register_value: Any
    given_value: Any
    source_label: str
    as_of: datetime


@dataclass(frozen=True, slots=True)
class FrozenApplication:
    """What was handed in: answers without hidden fields, where each came from, the files."""

    draft_key: str
    applicant: str
    item_code: str
    item_version: int
    form_title: str
    form_digest: str
    questions: Mapping[str, str]
    answers: Mapping[str, Any]
    rows: tuple[AnswerRow, ...]
    sources: Mapping[str, Prefilled]  # fields whose answer is still what a source gave
    contradictions: tuple[Contradiction, ...] = ()
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # field → file keys
    material_files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # material → keys
