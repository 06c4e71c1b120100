"""A published form as frozen values. A kind decides a field's look, checks and wording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

#: In ``earliest`` and ``latest``: the day the form is handed in.
DAY_TODAY: Final = "today"


class Kind(StrEnum):
    TEXT = "TEXT"
    LONG_TEXT = "LONG_TEXT"
    NUMBER = "NUMBER"
    DATE = "DATE"
    CHOICE = "CHOICE"
    CHOICES = "CHOICES"
    YES_NO = "YES_NO"
    CITIZEN_ID = "CITIZEN_ID"
    PHONE = "PHONE"
    ACCOUNT = "ACCOUNT"
    DIVISION = "DIVISION"
    PERSON = "PERSON"
    ORGANIZATION = "ORGANIZATION"
    INDUSTRY = "INDUSTRY"
    LICENCE = "LICENCE"  # one of the applicant's own licences, by its identifier
    GROUP = "GROUP"
    FILE = "FILE"


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a pack file: where (``properties/phone/x-kind``) and what to mend."""

    path: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class ShowWhen:
    """A field is asked only while another field of the same form has one of these answers."""

    field: str
    values: tuple[str | bool | int, ...]

    def holds(self, answers: Mapping[str, Any]) -> bool:
        given = answers.get(self.field)
        if isinstance(given, list):
            return any(value in given for value in self.values)
        return any(given == value and type(given) is type(value) for value in self.values)


@dataclass(frozen=True, slots=True)
class FromQuestion:
    """A field the guide asked already: its answer is carried over, and carried back when changed.

    ``answers`` pairs the guide's codes with this field's values; empty: the codes are the same.
    """

    key: str
    answers: tuple[tuple[str, str | bool], ...] = ()

    def answer_of(self, code: str) -> str | bool:
        return next((value for given, value in self.answers if given == code), code)

    def code_of(self, value: Any) -> str:
        spoken = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
        return next((code for code, given in self.answers if given == value), spoken)


@dataclass(frozen=True, slots=True)
class Field:
    """One question. ``grade`` 3 and 4 are stored encrypted and shown masked (个人信息分级)."""

    key: str
    kind: Kind
    label: str
    help: str = ""
    why: str = ""
    required: bool = False
    options: tuple[Option, ...] = ()
    prefill: str | None = None
    prefill_with: tuple[
        tuple[str, str], ...
    ] = ()  # parameter → ``answer:<field>`` or ``text:<words>``
    grade: int = 1
    show_when: ShowWhen | None = None
    max_length: int | None = None
    minimum: int | float | None = None
    maximum: int | float | None = None
    fields: tuple[Field, ...] = ()  # GROUP: the questions of one row
    accept: tuple[str, ...] = ()  # FILE: extensions without the dot
    integer: bool = False
    unit: str = ""
    earliest: str = ""  # DATE: DAY_TODAY, an ISO day, or another field's key
    latest: str = ""
    division_level: int = 0  # DIVISION: the level that must be reached, 0 for any
    division_root: str = ""  # DIVISION: 12 digits; choices begin below it
    bank_card: bool = False  # ACCOUNT: a bank card, whose last digit is a check digit
    min_items: int = 0
    max_items: int | None = None
    pattern: str = ""
    pattern_hint: str = ""
    row_name: str = ""  # GROUP: what one row is called
    autocomplete: str = ""
    question: FromQuestion | None = None  # already answered on the guide
    material: str = ""  # FILE: uploads here are this material of the item
    licence: str = ""  # LICENCE: the licence type to choose among
    own_statement: bool = True  # PERSON, ORGANIZATION: whom no register lists may be named too

    @property
    def sensitive(self) -> bool:
        return self.grade >= 3

    def prefill_parameters(self, answers: Mapping[str, Any]) -> dict[str, str] | None:
        """What its source is asked with; None while an answer it needs is not given."""
        given: dict[str, str] = {}
        for name, source in self.prefill_with:
            kind, _, said = source.partition(":")
            value = said if kind == "text" else answers.get(said)
            if value in (None, ""):
                return None
            given[name] = str(value)
        return given

    def is_prefilled_by(self, other: str) -> bool:
        """Does what its source says depend on the answer to another question?"""
        return any(source == f"answer:{other}" for _, source in self.prefill_with)

    @property
    def spoken(self) -> str:
        """The label inside a sentence: a question is quoted."""
        return f"“{self.label}”" if self.label.endswith(("？", "?")) else self.label

    def label_of(self, value: str) -> str:
        """The words of a chosen code, the code itself when it is none of the options."""
        return next((o.label for o in self.options if o.value == value), value)


@dataclass(frozen=True, slots=True)
class FormStep:
    key: str
    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A whole form. ``schema`` is pure JSON Schema 2020-12 with conditions; ``digest`` names it."""

    title: str
    steps: tuple[FormStep, ...]
    schema: Mapping[str, Any] = field(hash=False, compare=False)
    digest: str = ""
    fields: tuple[Field, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        every = tuple(f for step in self.steps for f in step.fields)
        object.__setattr__(self, "fields", every)

    def find_field(self, key: str) -> Field | None:
        return next((f for f in self.fields if f.key == key), None)

    def find_step(self, key: str | None) -> FormStep | None:
        return next((s for s in self.steps if s.key == key), None)
