"""Resources as a spreadsheet: one line an item, what is said about the resource on its first line. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from yiwang.foundation.privacy.definitions import DATA_CLASS_LABELS, MASK_LABELS
from yiwang.foundation.resources.definitions import (
    CYCLE_LABELS,
    FORMAT_LABELS,
    KIND_LABELS,
    OPENING_LABELS,
    SHARING_LABELS,
    WAY_LABELS,
    Content,
)
from yiwang.foundation.resources.rules.reading import read_content
from yiwang.foundation.standards.definitions import ELEMENT_TYPE_LABELS
from yiwang.kernel.refusals import FieldProblem

#: Column → field of the resource.
OF_RESOURCE: Final[Mapping[str, str]] = {
    "资源代码": "code",
    "资源名称": "name",
    "类别": "kind",
    "提供方代码": "provider",
    "摘要": "summary",
    "格式": "format",
    "更新周期": "cycle",
    "共享属性": "sharing",
    "共享条件": "condition",
    "不予共享法规": "basis_law",
    "不予共享条号": "basis_article",
    "共享方式": "ways",
    "开放属性": "opening",
    "开放条件": "opening_condition",
    "数据分类": "data_class",
    "资源级别": "grade",
    "责任人": "officer",
    "关联资源": "related",
    "本地规定": "local",
}
#: Column → field of one item.
OF_ITEM: Final[Mapping[str, str]] = {
    "信息项代码": "name",
    "信息项名称": "label",
    "类型": "kind",
    "长度": "length",
    "数据元": "element",
    "信息项级别": "grade",
    "脱敏规则": "mask",
    "权威来源": "authoritative",
}
COLUMNS: Final = (*OF_RESOURCE, *OF_ITEM)


def missing_columns(header: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in COLUMNS if name not in header)


def read_rows(
    lines: Iterable[tuple[int, Mapping[str, str]]],
) -> Iterator[tuple[int, Content, tuple[FieldProblem, ...]]]:
    """Every resource of a file: its first line, what it says, what could not be read.

    Lines with the same code, or with none, belong to the resource above; a code that comes again later is wrong.
    """
    groups: list[tuple[int, str, list[Mapping[str, str]]]] = []
    for number, line in lines:
        code = (line.get("资源代码") or "").strip()
        if groups and code in ("", groups[-1][1]):
            groups[-1][2].append(line)
        else:
            groups.append((number, code, [line]))
    seen: set[str] = set()
    for number, code, group in groups:
        content, problems = read_content(_said(group))
        if code in seen:
            problems = (*problems, FieldProblem("code", "这个代码在文件里出现了两次。"))
        seen.add(code)
        yield number, content, problems


def _said(group: Sequence[Mapping[str, str]]) -> dict[str, object]:
    said: dict[str, object] = {
        field: group[0].get(column, "") for column, field in OF_RESOURCE.items()
    }
    rows = [{field: line.get(column, "") for column, field in OF_ITEM.items()} for line in group]
    said["items"] = [row for row in rows if any(value.strip() for value in row.values())]
    return said


def write_rows(contents: Iterable[Content]) -> Iterator[tuple[str, ...]]:
    """The lines of a sheet; reading them back gives the same contents."""
    for content in contents:
        about = _about(content)
        for number, item in enumerate(_items(content) or [("",) * len(OF_ITEM)]):
            yield (*(about if number == 0 else (content.code, *[""] * (len(about) - 1))), *item)


def _about(one: Content) -> tuple[str, ...]:
    return (
        one.code, one.name, KIND_LABELS[one.kind], one.provider, one.summary,
        FORMAT_LABELS[one.format], CYCLE_LABELS[one.cycle], SHARING_LABELS[one.sharing],
        one.condition, one.basis_law, one.basis_article,
        "、".join(WAY_LABELS[way] for way in one.ways), OPENING_LABELS[one.opening],
        one.opening_condition, DATA_CLASS_LABELS[one.data_class], str(one.grade), one.officer,
        " ".join(one.related), "是" if one.local else "否",
    )  # fmt: skip


def _items(content: Content) -> list[tuple[str, ...]]:
    return [
        (
            one.name, one.label, ELEMENT_TYPE_LABELS[one.kind], str(one.length), one.element,
            str(one.grade), MASK_LABELS[one.mask], "是" if one.authoritative else "否",
        )
        for one in content.items
    ]  # fmt: skip
