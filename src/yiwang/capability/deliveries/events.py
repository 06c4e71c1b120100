"""Facts about paper. The subject is the case, so that its history is one; a bag's own is the bag."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperEvent(Event):
    """What every fact about a piece carries."""

    case_no: str
    item_name: str
    applicant: str
    piece: str
    department_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultOnShelf(PaperEvent):
    """A result lies ready to be fetched."""

    name: ClassVar[str] = "deliveries.result_on_shelf"
    place: str
    shelf_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultStillOnShelf(PaperEvent):
    """Nobody came for it: a reminder is due."""

    name: ClassVar[str] = "deliveries.result_still_on_shelf"
    place: str
    shelf_no: str
    reminder: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultTakenOffShelf(PaperEvent):
    """Nobody came: it went back to the body that made it."""

    name: ClassVar[str] = "deliveries.result_taken_off_shelf"


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalTakenIn(PaperEvent):
    """A paper original was taken in from the person."""

    name: ClassVar[str] = "deliveries.original_taken_in"
    copies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalGivenBack(PaperEvent):
    """The person has the original again."""

    name: ClassVar[str] = "deliveries.original_given_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceMissing(PaperEvent):
    """A piece is not where it should be; somebody says so."""

    name: ClassVar[str] = "deliveries.piece_missing"
    bag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceFound(PaperEvent):
    """It is there again."""

    name: ClassVar[str] = "deliveries.piece_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class BagSealed(Event):
    """A bag was sealed with its list."""

    name: ClassVar[str] = "deliveries.bag_sealed"
    pieces: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BagHandedOver(Event):
    """A second person handed the bag over."""

    name: ClassVar[str] = "deliveries.bag_handed_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class BagReceived(Event):
    """Counted at the other end."""

    name: ClassVar[str] = "deliveries.bag_received"
    missing: int
    seal_broken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPosted(PaperEvent):
    """A result was given to a courier company."""

    name: ClassVar[str] = "deliveries.result_posted"
    courier: str
    tracking: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelCameBack(PaperEvent):
    """The courier could not deliver it."""

    name: ClassVar[str] = "deliveries.parcel_came_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelDelivered(PaperEvent):
    """The courier says that it was signed for."""

    name: ClassVar[str] = "deliveries.parcel_delivered"
