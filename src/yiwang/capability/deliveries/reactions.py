"""What the person is told about paper. Safe to hear twice: each message has its fact's position."""

from __future__ import annotations

from yiwang.capability.deliveries.events import (
    OriginalGivenBack,
    PaperEvent,
    ParcelCameBack,
    PieceFound,
    PieceMissing,
    ResultOnShelf,
    ResultPosted,
    ResultStillOnShelf,
    ResultTakenOffShelf,
)
from yiwang.support.messages import actions as messages


def tell_on_shelf(*, event: ResultOnShelf, position: int, **_: object) -> None:
    """Where to fetch it, under which number, with what."""
    _tell("result-on-shelf", event, position, place=event.place, shelf_no=event.shelf_no)


def tell_still_there(*, event: ResultStillOnShelf, position: int, **_: object) -> None:
    """It still lies there."""
    _tell("result-still-on-shelf", event, position, place=event.place, shelf_no=event.shelf_no)


def tell_taken_off(*, event: ResultTakenOffShelf, position: int, **_: object) -> None:
    """It went back; how to get it all the same."""
    _tell("result-taken-off-shelf", event, position)


def tell_given_back(*, event: OriginalGivenBack, position: int, **_: object) -> None:
    """An original was given back: who did not get it speaks up."""
    _tell("original-given-back", event, position, material=event.piece)


def tell_missing(*, event: PieceMissing, position: int, **_: object) -> None:
    """Said openly."""
    _tell("piece-missing", event, position, material=event.piece)


def tell_found(*, event: PieceFound, position: int, **_: object) -> None:
    """It is there again."""
    _tell("piece-found", event, position, material=event.piece)


def tell_posted(*, event: ResultPosted, position: int, **_: object) -> None:
    """By whom, under which number."""
    _tell("result-posted", event, position, tracking=event.tracking, courier=event.courier)


def tell_came_back(*, event: ParcelCameBack, position: int, **_: object) -> None:
    """The courier could not deliver it."""
    _tell("parcel-came-back", event, position)


def _tell(template: str, event: PaperEvent, position: int, **more: str) -> None:
    messages.tell(
        recipient=event.applicant,
        template=template,
        values={
            "item_name": event.item_name,
            "case_no": event.case_no,
            "department": event.department_name,
            "result": event.piece,
            "phone": "12345",
            **more,
        },
        subject=event.subject,
        at=event.at,
        key=f"paper-{position}",
    )
