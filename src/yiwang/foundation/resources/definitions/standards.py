"""A data element or a code table on its way: proposed by a body, published by another person of the authority."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from yiwang.foundation.resources.definitions.codes import VersionState
from yiwang.foundation.standards.definitions import (
    About,
    Code,
    CodeTable,
    Element,
    ElementType,
)
from yiwang.mechanisms.states.definitions import Machine, Party, Transition

Standard = Element | CodeTable
LONGEST_REASON: Final = 500
#: How many users of a standard are named.
MOST_NAMED: Final = 50


class StandardKind(StrEnum):
    ELEMENT = "ELEMENT"
    TABLE = "TABLE"


STANDARD_LABELS: Final[Mapping[StandardKind, str]] = {
    StandardKind.ELEMENT: "数据元",
    StandardKind.TABLE: "代码表",
}
_S: Final = VersionState
_BODY: Final = (Party.OFFICIAL,)
#: As of a resource; no article asks the head of the body for consent or gives the authority days.
STANDARD: Final = Machine(
    profile="STANDARD_VERSION",
    version=1,
    initial=_S.DRAFT,
    labels={
        _S.DRAFT: "在写",
        _S.SUBMITTED: "等审核发布",
        _S.PUBLISHED: "已发布",
        _S.DISCARDED: "不用了",
    },
    transitions=(
        Transition(_S.DRAFT, "write", _BODY, _S.DRAFT, "修改"),
        Transition(_S.DRAFT, "submit", _BODY, _S.SUBMITTED, "报送审核"),
        Transition(_S.DRAFT, "discard", _BODY, _S.DISCARDED, "不用了"),
        Transition(_S.SUBMITTED, "publish", _BODY, _S.PUBLISHED, "发布"),
        Transition(_S.SUBMITTED, "send_back", _BODY, _S.DRAFT, "退回修改"),
    ),
)
OPEN_STANDARDS: Final = (_S.DRAFT, _S.SUBMITTED)


def kind_of(standard: Standard) -> StandardKind:
    """Which of the two it is."""
    return StandardKind.ELEMENT if isinstance(standard, Element) else StandardKind.TABLE


def code_of(standard: Standard) -> str:
    """What it is called in systems."""
    return standard.code if isinstance(standard, Element) else standard.name


def title_of(standard: Standard) -> str:
    """What people call it."""
    return standard.name if isinstance(standard, Element) else standard.title


def as_data(standard: Standard) -> dict[str, Any]:
    """As it lies in the database."""
    return asdict(standard)


def standard_of(kind: str, data: Mapping[str, Any]) -> Standard:
    """The reverse of ``as_data``; KeyError or ValueError for what never was one."""
    if kind == StandardKind.ELEMENT:
        kinds = {"kind": ElementType(data["kind"]), "about": About(data["about"])}
        return Element(**{**data, **kinds})
    codes = tuple(Code(**one) for one in data["codes"])
    return CodeTable(**{**data, "codes": codes})


@dataclass(frozen=True, slots=True)
class Uses:
    """Who uses a standard: how many resources and items do, and the first of them by name."""

    count: int
    named: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.count > 0


@dataclass(frozen=True, slots=True)
class StandardVersionView:
    """One version of a data element or a code table. ``losses``: what it takes from what is in force;
    ``uses``: by whom that is used. ``acts``: (act, label) open to this actor."""

    key: str
    reference: str
    kind: StandardKind
    code: str
    number: int  # 0 until published
    state: VersionState
    version: int
    content: Standard
    before: Standard | None
    department: str
    department_name: str
    division_code: str
    written_at: datetime
    submitted_at: datetime | None
    published_at: datetime | None
    remark: str
    losses: tuple[str, ...] = ()
    uses: Uses = Uses(0)
    acts: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        return title_of(self.content)

    @property
    def kind_label(self) -> str:
        return STANDARD_LABELS[self.kind]

    @property
    def state_label(self) -> str:
        return STANDARD.labels[self.state]
