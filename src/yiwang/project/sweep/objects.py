"""One object of every kind for one owner. A new kind of object gets a maker here.

``SWEEP_OBJECTS`` maps what a route calls its parameter (``case_key``), or the word before it in the
address (``cases``), to a kind; a parameter that is in neither table fails the sweep.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from yiwang.kernel.actor import Actor
from yiwang.project.sweep.definitions import Estate, Maker, Thing
from yiwang.support.messages import actions as messages

SWEEP_OBJECTS: Final[dict[str, str]] = {
    "case_key": "case",
    "cases": "case",
    "drafts": "draft",
    "draft_key": "draft",
    "licences": "licence",
    "licence_key": "licence",
    "letters": "letter",
    "letter_key": "letter",
    "messages": "message",
    "message_key": "message",
    "files": "file",
    "file_key": "file",
    "materials": "file",
}
#: Parameters that name something public or no object at all, with a value that exists.
SWEEP_VALUES: Final[dict[str, str]] = {
    "items": "elderly-allowance",
    "item_code": "elderly-allowance",
    "act": "accept",
}


def make_message(*, owner: Actor, department: str, at: datetime) -> Mapping[str, Thing]:
    """A message to the owner: nobody else's business, officials included."""
    told = messages.tell(
        recipient=owner.applicant,
        template="announcement",
        values={"title": "给您的消息", "text": f"只有收件人能看：{owner.applicant}"},
        subject=owner.applicant,
        at=at,
    )
    return {"message": Thing(told.key, owner=owner.applicant)}


MAKERS: Final[list[Maker]] = [make_message]


def make_estate(*, owner: Actor, department: str, at: datetime) -> Estate:
    """Everything one owner has."""
    things: dict[str, Thing] = {}
    for make in MAKERS:
        things |= make(owner=owner, department=department, at=at)
    return Estate(owner.applicant, things)


def kind_of(template: str, parameter: str) -> str | None:
    """What kind of object a route's parameter opens; None when no table knows it."""
    before = template.partition("{" + parameter + "}")[0].rstrip("/").rpartition("/")[2]
    return SWEEP_OBJECTS.get(parameter) or SWEEP_OBJECTS.get(before)


def value_of(template: str, parameter: str) -> str | None:
    """The value of a parameter that names nothing private; None when no table knows it."""
    before = template.partition("{" + parameter + "}")[0].rstrip("/").rpartition("/")[2]
    return SWEEP_VALUES.get(parameter) or SWEEP_VALUES.get(before)
