"""Cards from facts about limits: heard, issued once, settled when the matter has its end."""

from __future__ import annotations

from datetime import date
from typing import Final

from yiwang.governance.supervision import actions
from yiwang.governance.supervision.definitions import (
    About,
    CaseLimit,
    Colour,
    Limit,
    NamedLimit,
)

#: On which article a limit between departments stands.
_DATA: Final = {
    "data-answer": "政务数据共享条例第二十一条",
    "data-delivery": "政务数据共享条例第二十二条",
    "data-disposal": "政务数据共享条例第二十七条、第二十九条，时限为本地规定（示例）",
}
_CORRECTION: Final = "政务数据共享条例第二十六条"
_CHANGE: Final = "政务数据共享条例第十七条"
_ENQUIRY: Final = "个人信息保护法第五十条，时限为本地规定（示例）"


def warn_of_case(*, event: CaseLimit, **_: object) -> None:
    """A case's own limit is nearly over."""
    _of_case(event, Colour.YELLOW)


def late_with_case(*, event: CaseLimit, **_: object) -> None:
    """A case's own limit is over."""
    _of_case(event, Colour.RED)


def warn_of_branch(*, event: Limit, **_: object) -> None:
    """A body that was asked has nearly no time left."""
    _of_part(event, Colour.YELLOW, "branch")


def late_with_branch(*, event: Limit, **_: object) -> None:
    """A body that was asked did not answer in time."""
    _of_part(event, Colour.RED, "branch")


def warn_of_visit(*, event: Limit, **_: object) -> None:
    """A visit is nearly late."""
    _of_part(event, Colour.YELLOW, "visit")


def late_with_visit(*, event: Limit, **_: object) -> None:
    """A visit was not recorded in time."""
    _of_part(event, Colour.RED, "visit")


def late_with_reply(*, event: Limit, **_: object) -> None:
    """An applicant's message was not answered in time."""
    _of_part(event, Colour.YELLOW, "reply")


def warn_of_data(*, event: NamedLimit, **_: object) -> None:
    """A body has nearly no time left to answer or supply another, or to declare what it still holds."""
    _of_part(event, Colour.YELLOW, event.matter, _DATA[event.matter])


def late_with_data(*, event: NamedLimit, **_: object) -> None:
    """A body did not answer or supply another, or declare what it still holds, in time."""
    _of_part(event, Colour.RED, event.matter, _DATA[event.matter])


def warn_of_correction(*, event: Limit, **_: object) -> None:
    """The source of a datum has nearly no time left to verify it."""
    _of_part(event, Colour.YELLOW, "data-correction", _CORRECTION)


def late_with_correction(*, event: Limit, **_: object) -> None:
    """The source of a datum did not verify it in time."""
    _of_part(event, Colour.RED, "data-correction", _CORRECTION)


def warn_of_change(*, event: Limit, **_: object) -> None:
    """A body's catalogue has to follow a change within days."""
    _of_part(event, Colour.YELLOW, "data-change", _CHANGE)


def late_with_change(*, event: Limit, **_: object) -> None:
    """A body's catalogue did not follow a change in time."""
    _of_part(event, Colour.RED, "data-change", _CHANGE)


def warn_of_enquiry(*, event: Limit, **_: object) -> None:
    """A body has nearly no time left to answer who asks about a look at his data."""
    _of_part(event, Colour.YELLOW, "data-enquiry", _ENQUIRY)


def late_with_enquiry(*, event: Limit, **_: object) -> None:
    """A body did not answer in time who asked about a look at his data."""
    _of_part(event, Colour.RED, "data-enquiry", _ENQUIRY)


def settle(*, event: About, **_: object) -> None:
    """Decided or ended."""
    actions.settle(subject=event.subject, at=event.at)


def _of_case(event: CaseLimit, colour: Colour) -> None:
    actions.issue(
        colour=colour,
        subject=event.subject,
        matter=event.clock,
        division_code=event.division_code,
        department=event.department,
        due_on=date.fromisoformat(event.due_on),
        basis=event.basis,
        official=event.official,
        at=event.at,
    )


def _of_part(event: Limit, colour: Colour, matter: str, basis: str = "") -> None:
    actions.issue(
        colour=colour,
        subject=event.subject,
        matter=matter,
        division_code=event.division_code,
        department=event.department,
        due_on=date.fromisoformat(event.due_on),
        basis=basis,
        at=event.at,
    )
