"""A person or a firm somebody named on a form, and what the register says about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from yiwang.capability.intake.definitions.form import Field, Kind

#: Kind → the source that compares a name and a number with its register.
REGISTER_OF: Final = {Kind.PERSON: "person.match", Kind.ORGANIZATION: "organization.match"}
#: Kind → the part of an answer that is the number.
NUMBER_OF: Final = {Kind.PERSON: "citizen_id", Kind.ORGANIZATION: "uscc"}
#: A register can be put right: what it denied is asked again after this time.
ASKED_AGAIN_AFTER: Final = timedelta(hours=24)


class Said(StrEnum):
    """What a register said to one name with one number."""

    AGREES = "AGREES"
    DIFFERS = "DIFFERS"  # the number is listed, under another name, which is never told
    NOT_LISTED = "NOT_LISTED"
    AWAY = "AWAY"  # it cannot answer now
    PAUSED = "PAUSED"  # this person has asked too often; it was not asked


@dataclass(frozen=True, slots=True)
class Named:
    """One person or firm named in full: where (``relative``, ``members-0-relative``), and as whom."""

    place: str
    field: Field
    name: str
    number: str

    @property
    def key(self) -> str:
        """The same name with the same number is looked up once, wherever on the form it stands."""
        return named_key(self.field.kind, self.name, self.number)

    @property
    def answer(self) -> dict[str, str]:
        """As the form keeps it."""
        return {"name": self.name, NUMBER_OF[self.field.kind]: self.number}


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What was said, by which register, when. ``remark``: a public fact of a firm, such as 已注销.

    ``about`` is the reference of who was found: for the journal only, never for a page.
    """

    said: Said
    source_label: str
    at: datetime
    remark: str = ""
    about: str = ""

    def lets_go_on(self, field: Field) -> bool:
        """May the application be handed in? Where the field allows it, on the person's own word."""
        if self.said in (Said.AGREES, Said.DIFFERS):
            return self.said is Said.AGREES
        return field.own_statement

    def is_to_be_asked_again(self, at: datetime) -> bool:
        """Nothing was learnt, or something was denied long ago."""
        if self.said in (Said.AWAY, Said.PAUSED):
            return True
        return self.said is not Said.AGREES and at - self.at > ASKED_AGAIN_AFTER


def named_key(kind: Kind, name: str, number: str) -> str:
    """Under this key a draft keeps what was said (encrypted, as answers are)."""
    return f"{kind.value} {number} {name}"
