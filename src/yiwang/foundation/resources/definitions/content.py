"""What is written down about one resource: the core metadata of the catalogue guide."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from yiwang.foundation.privacy.definitions import DataClass, Mask
from yiwang.foundation.resources.definitions.codes import (
    Cycle,
    Format,
    Kind,
    Opening,
    Sharing,
    Way,
)
from yiwang.foundation.standards.definitions import ElementType


@dataclass(frozen=True, slots=True)
class Datum:
    """信息项. ``name``: the column's code; ``element``: the data element it holds; ``authoritative``: this is
    the source of that element, every other place has a copy (一数一源)."""

    name: str
    label: str
    kind: ElementType
    length: int
    grade: int
    element: str = ""
    mask: Mask = Mask.NONE
    authoritative: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """One version of a resource, whole. ``basis_law``, ``basis_article``: why it is not shared."""

    code: str
    name: str
    kind: Kind
    provider: str  # USCC of the body that has the data
    summary: str
    format: Format
    sharing: Sharing
    cycle: Cycle
    condition: str = ""
    basis_law: str = ""
    basis_article: str = ""
    ways: tuple[Way, ...] = ()
    opening: Opening = Opening.NONE
    opening_condition: str = ""
    data_class: DataClass = DataClass.GENERAL
    grade: int = 1
    officer: str = ""
    related: tuple[str, ...] = ()
    items: tuple[Datum, ...] = ()
    local: bool = False

    def as_data(self) -> dict[str, Any]:
        """As it lies in the database and in files."""
        return asdict(self)

    @staticmethod
    def of(data: dict[str, Any]) -> Content:
        """The reverse of ``as_data``; KeyError or ValueError for what never was a content."""
        return Content(
            **{
                **data,
                "kind": Kind(data["kind"]),
                "format": Format(data["format"]),
                "sharing": Sharing(data["sharing"]),
                "cycle": Cycle(data["cycle"]),
                "ways": tuple(Way(one) for one in data["ways"]),
                "opening": Opening(data["opening"]),
                "data_class": DataClass(data["data_class"]),
                "related": tuple(data["related"]),
                "items": tuple(_datum(one) for one in data["items"]),
            }
        )


def _datum(data: dict[str, Any]) -> Datum:
    return Datum(**{**data, "kind": ElementType(data["kind"]), "mask": Mask(data["mask"])})
