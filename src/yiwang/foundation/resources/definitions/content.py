"""What is written down about one resource: the core metadata of the catalogue guide."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from yiwang.foundation.privacy.definitions import (
    DATA_CLASS_LABELS,
    GRADE_LABELS,
    DataClass,
    Mask,
)
from yiwang.foundation.resources.definitions.codes import (
    CYCLE_LABELS,
    FORMAT_LABELS,
    KIND_LABELS,
    OPENING_LABELS,
    SHARING_LABELS,
    WAY_LABELS,
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

    @property
    def basis(self) -> str:
        law, article = self.basis_law, self.basis_article
        return f"《{law}》{article}" if law else ""

    @property
    def kind_label(self) -> str:
        return KIND_LABELS[self.kind]

    @property
    def format_label(self) -> str:
        return FORMAT_LABELS[self.format]

    @property
    def cycle_label(self) -> str:
        return CYCLE_LABELS[self.cycle]

    @property
    def sharing_label(self) -> str:
        return SHARING_LABELS[self.sharing]

    @property
    def opening_label(self) -> str:
        return OPENING_LABELS[self.opening]

    @property
    def class_label(self) -> str:
        return DATA_CLASS_LABELS[self.data_class]

    @property
    def grade_label(self) -> str:
        return GRADE_LABELS[self.grade]

    @property
    def ways_label(self) -> str:
        return "、".join(WAY_LABELS[one] for one in self.ways)

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
