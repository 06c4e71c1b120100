"""What one line of a catalogue file means. Pure: no table is asked here.

Local codes are kept as printed and never parsed; a code without a valid USCC inside is reported.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from yiwang.capability.catalogue.definitions import HandlingMode, Item, Profile, dump_item
from yiwang.capability.catalogue.definitions.codes import (
    ITEM_TYPE_LABELS,
    CaseType,
    ExerciseLevel,
    HandlingForm,
    ItemType,
    ServedKind,
)
from yiwang.kernel.identifiers import is_uscc
from yiwang.kernel.places import significant_prefix

COLUMNS: Final = (
    "department",
    "main_item",
    "name",
    "task_type_code",
    "task_type",
    "local_item_code",
    "area_code12",
    "dept_code",
)
_PROFILES: Final[Mapping[ItemType, Profile]] = {
    ItemType.LICENCE: Profile.LICENCE,
    ItemType.BENEFIT: Profile.BENEFIT,
}
_LEVELS: Final = {2: ExerciseLevel.PROVINCE, 4: ExerciseLevel.CITY, 6: ExerciseLevel.COUNTY}
MALFORMED: Final = "编码里没有有效的统一社会信用代码，原样保留为本地编码"


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One line that can be taken over."""

    line: int
    item: Item
    main_item: str
    malformed: bool


@dataclass(frozen=True, slots=True)
class RefusedRow:
    line: int
    local_code: str
    reason: str


def local_key(local_code: str) -> str:
    """The item code of an imported row: short, stable, and telling nothing."""
    return "local:" + hashlib.sha256(local_code.encode()).hexdigest()[:16]


def is_malformed(local_code: str) -> bool:
    """True when none of its parts is a valid USCC."""
    return not any(is_uscc(part) for part in local_code.split("-"))


def missing_columns(header: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in COLUMNS if name not in header)


def read_rows(rows: Sequence[Mapping[str, str]], *, on: date) -> Iterator[ReadRow | RefusedRow]:
    """Every line of the file, in order; the header is line 1. A repeated local code is refused."""
    seen: dict[str, int] = {}
    for line, row in enumerate(rows, start=2):
        code = (row.get("local_item_code") or "").strip()
        reason = _refusal(row) or (f"与第 {seen[code]} 行编码相同" if code in seen else "")
        if reason:
            yield RefusedRow(line, code[:120], reason)
            continue
        seen[code] = line
        yield _read(line, row, code, on)


def _refusal(row: Mapping[str, str]) -> str:
    said = {name: (row.get(name) or "").strip() for name in COLUMNS}
    if not said["name"] or len(said["name"]) > 300:
        return "事项名称是空的或者超过 300 字"
    if not said["local_item_code"] or len(said["local_item_code"]) > 120:
        return "事项编码是空的或者超过 120 个字符"
    if not said["department"] or len(said["department"]) > 120:
        return "实施部门是空的或者超过 120 字"
    item_type = said["task_type_code"].zfill(2)
    if item_type not in set(ItemType):
        return f"事项类型代码不在代码表里：{said['task_type_code'] or '（空）'}"
    if said["task_type"] and said["task_type"] != ITEM_TYPE_LABELS[ItemType(item_type)]:
        return f"事项类型代码和名称对不上：{said['task_type_code']} {said['task_type']}"
    if len(said["area_code12"]) != 12 or not said["area_code12"].isdigit():
        return f"区划代码不是 12 位数字：{said['area_code12'] or '（空）'}"
    if any(ord(c) < 32 for value in said.values() for c in value):
        return "含有控制字符"
    return ""


def _read(line: int, row: Mapping[str, str], code: str, on: date) -> ReadRow:
    said = {name: (row.get(name) or "").strip() for name in COLUMNS}
    item_type = ItemType(said["task_type_code"].zfill(2))
    width = len(significant_prefix(said["area_code12"]))
    item = Item(
        code=local_key(code),
        name=said["name"],
        short_name=said["name"],
        item_type=item_type,
        profile=_PROFILES.get(item_type, Profile.CONFIRMATION),
        handling_mode=HandlingMode.NOT_CONNECTED,
        case_type=CaseType.OTHER,
        exercise_level=_LEVELS.get(width, ExerciseLevel.TOWN),
        department=said["dept_code"] if is_uscc(said["dept_code"]) else "",
        department_name=said["department"],
        division_code=said["area_code12"],
        valid_from=on,
        local_code=code,
        served=(ServedKind.PERSON, ServedKind.COMPANY),
        forms=(HandlingForm.WINDOW,),
        visits=1,
    )
    return ReadRow(line, item, said["main_item"], is_malformed(code))


def content_digest(item: Item, texts: Mapping[str, object] | None = None) -> str:
    """The fingerprint of what an item says, whatever the day it begins to hold."""
    said = dump_item(item)
    del said["valid_from"]
    text = json.dumps([said, texts or {}], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
