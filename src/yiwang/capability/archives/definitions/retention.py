"""保管期限表: how long which kind of case is kept, as a table with a version and a date.

档案法实施条例 19: a body's scope and periods are approved by the archive authority of its level; so a
table says who approved it, and every row without a source says that it is local.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from yiwang.capability.cases.definitions.profiles import Profile, State
from yiwang.kernel.refusals import FieldProblem


class Period(StrEnum):
    PERMANENT = "PERMANENT"
    YEARS_30 = "YEARS_30"
    YEARS_10 = "YEARS_10"


PERIOD_LABELS: Final[Mapping[str, str]] = {
    Period.PERMANENT: "永久",
    Period.YEARS_30: "30年",
    Period.YEARS_10: "10年",
}
#: The mark in an archive number, and the years; None: for ever.
PERIODS: Final[Mapping[str, tuple[str, int | None]]] = {
    Period.PERMANENT: ("Y", None),
    Period.YEARS_30: ("D30", 30),
    Period.YEARS_10: ("D10", 10),
}


class Ending(StrEnum):
    """How a case ended, as far as keeping it is concerned."""

    GRANTED = "GRANTED"
    REJECTED = "REJECTED"
    NOT_ACCEPTED = "NOT_ACCEPTED"
    GIVEN_UP = "GIVEN_UP"
    TAKEN_BACK = "TAKEN_BACK"


ENDING_LABELS: Final[Mapping[str, str]] = {
    Ending.GRANTED: "准予",
    Ending.REJECTED: "不予",
    Ending.NOT_ACCEPTED: "不予受理、不受理、退回材料",
    Ending.GIVEN_UP: "撤回、终止",
    Ending.TAKEN_BACK: "决定被撤销",
}
#: State a case ended in → ending; the others ended with their decision.
ENDINGS: Final[Mapping[str, Ending]] = {
    State.REFUSED: Ending.NOT_ACCEPTED,
    State.NOT_OURS: Ending.NOT_ACCEPTED,
    State.HANDED_BACK: Ending.NOT_ACCEPTED,
    State.WITHDRAWN: Ending.GIVEN_UP,
    State.TERMINATED: Ending.GIVEN_UP,
    State.REVOKED: Ending.TAKEN_BACK,
}


@dataclass(frozen=True, slots=True)
class RetentionRow:
    """Cases of these profiles, endings and items are kept so long; an empty part narrows nothing."""

    key: str
    period: Period
    profiles: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    basis: str = ""
    local: bool = False


@dataclass(frozen=True, slots=True)
class RetentionTable:
    """One version of the table. ``wait_days``: from a case's end until it is due for archiving."""

    version: int
    valid_from: date
    approved_by: str
    wait_days: int
    wait_basis: str
    rows: tuple[RetentionRow, ...]
    local: bool = False


_KEYS: Final = {"key", "period", "profiles", "endings", "items", "basis", "local"}


def parse_table(document: Any) -> tuple[RetentionTable | None, tuple[FieldProblem, ...]]:
    """A table from its file, or everything that is wrong with it."""
    try:
        table = RetentionTable(
            version=int(document["version"]),
            valid_from=date.fromisoformat(str(document["valid_from"])),
            approved_by=str(document["approved_by"]).strip(),
            wait_days=int(document["wait"]["days"]),
            wait_basis=str(document["wait"]["basis"]).strip(),
            rows=tuple(_row(one) for one in document["rows"]),
            local=bool(document.get("local", False)),
        )
    except (KeyError, TypeError, ValueError) as error:
        return None, (FieldProblem("table", f"保管期限表读不懂：{error}。", "请对照说明检查。"),)
    problems = tuple(_problems(table))
    return (None, problems) if problems else (table, ())


def _row(given: Mapping[str, Any]) -> RetentionRow:
    if strange := set(given) - _KEYS:
        raise ValueError(f"{given.get('key')} 多出 {'、'.join(sorted(strange))}")
    return RetentionRow(
        key=str(given["key"]),
        period=Period(given["period"]),
        profiles=tuple(Profile(one).value for one in given.get("profiles", ())),
        endings=tuple(Ending(one).value for one in given.get("endings", ())),
        items=tuple(str(one) for one in given.get("items", ())),
        basis=str(given.get("basis", "")).strip(),
        local=bool(given.get("local", False)),
    )


def _problems(table: RetentionTable) -> list[FieldProblem]:
    found = []
    for row in table.rows:
        if not row.basis and not row.local:
            words = f"“{row.key}”既没有依据，也没有注明本地规定。"
            found.append(FieldProblem(row.key, words, "请写 basis，或者 local: true。"))
    last = table.rows[-1] if table.rows else None
    if last is None or last.profiles or last.endings or last.items:
        found.append(
            FieldProblem("rows", "最后一行必须适用于所有办件。", "请加上没有任何限定的一行。")
        )
    if not table.approved_by:
        found.append(
            FieldProblem("approved_by", "没有写明由谁审核同意。", "见档案法实施条例第十九条。")
        )
    return found
