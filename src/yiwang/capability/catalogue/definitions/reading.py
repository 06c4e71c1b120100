"""Reading ``item.yaml`` strictly, and saying in a clerk's words what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from yiwang.capability.catalogue.definitions.item import Item


@dataclass(frozen=True, slots=True)
class PackProblem:
    """One thing wrong in a pack: which file, which key, what, and what to do."""

    file: str
    key: str
    sentence: str
    remedy: str
    warning: bool = False

    def __str__(self) -> str:
        mark = "提醒" if self.warning else "问题"
        return f"{mark} {self.file}:{self.key} {self.sentence}{self.remedy}"


ITEM_ADAPTER: TypeAdapter[Item] = TypeAdapter(Item)


def item_schema() -> dict[str, Any]:
    """The JSON Schema of ``item.yaml``."""
    return ITEM_ADAPTER.json_schema(mode="validation")


def parse_item(data: object, *, file: str = "item.yaml") -> Item | tuple[PackProblem, ...]:
    """``item.yaml`` as read → an ``Item``, or every problem with its key and remedy."""
    try:
        return ITEM_ADAPTER.validate_python(data)
    except ValidationError as error:
        return tuple(problem_of(file, e["loc"], e["type"], e["msg"], e) for e in error.errors())


#: Keys that came later: left out where unused, so that what was published before keeps its fingerprint.
_LATER: Mapping[str, object] = {
    "asked_basis": [], "kind": "", "valid_for": None, "tolerance": None,
}  # fmt: skip


def dump_item(item: Item) -> dict[str, Any]:
    """Plain JSON values, as stored in a frozen version."""
    dumped: dict[str, Any] = ITEM_ADAPTER.dump_python(item, mode="json")
    if item.commitment is None:
        del dumped["commitment"]
    if not item.fee.local:
        del dumped["fee"]["local"]
    dumped["materials"] = [
        {k: v for k, v in one.items() if k not in _LATER or v != _LATER[k]}
        for one in dumped["materials"]
    ]
    return dumped


def load_item(stored: Mapping[str, Any]) -> Item:
    """A stored version back to an ``Item``; reading tolerates nothing either."""
    return ITEM_ADAPTER.validate_python(dict(stored))


_SAID: Mapping[str, tuple[str, str]] = {
    "missing": ("缺少这一项。", "请补上。"),
    "extra_forbidden": ("不认识这个键。", "请对照 docs/look-up/pack-files.md 检查拼写，或删去。"),
    "unexpected_keyword_argument": (
        "不认识这个键。",
        "请对照 docs/look-up/pack-files.md 检查拼写，或删去。",
    ),
    "enum": ("不是代码表里的值。", "请改用代码表里的值。"),
    "string_type": ("这里应当是文字。", "如果是数字样的编码，请加引号。"),
    "string_too_short": ("不能为空。", "请写上内容。"),
    "string_pattern_mismatch": ("格式不对。", "请对照文档里的格式。"),
    "date_from_datetime_parsing": ("不是日期。", "请写成 2026-01-31 的形式。"),
    "date_type": ("不是日期。", "请写成 2026-01-31 的形式。"),
    "int_parsing": ("这里应当是整数。", "请改成整数。"),
    "int_type": ("这里应当是整数。", "请改成整数。"),
    "too_short": ("项数太少。", "请补足。"),
}


def problem_of(
    file: str, loc: tuple[int | str, ...], kind: str, message: str, error: Mapping[str, Any]
) -> PackProblem:
    """One of pydantic's errors in a clerk's words."""
    sentence, remedy = _SAID.get(kind, ("内容不符合要求。", f"说明：{message}"))
    if kind == "enum":
        remedy = f"可用的值：{error.get('ctx', {}).get('expected', '')}。"
    return PackProblem(
        file, ".".join(str(part) for part in loc) or "（整个文件）", sentence, remedy
    )
