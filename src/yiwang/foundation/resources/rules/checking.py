"""What is wrong with what was written about a resource."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from yiwang.foundation.privacy import rules as privacy
from yiwang.foundation.privacy.definitions import DataClass, Grade, Mask
from yiwang.foundation.resources.definitions import Content, Datum, Opening, Sharing
from yiwang.foundation.resources.definitions.codes import KIND_DIGITS
from yiwang.kernel.identifiers import is_uscc
from yiwang.kernel.refusals import FieldProblem

#: 类 1 digit, 项 2, 目 3, 细目 of any length, ``/``, sequence.
CODE: Final = re.compile(r"[123][0-9]{5,20}/[0-9]{1,9}")
_COLUMN: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{0,59}")
_MOST_ITEMS: Final = 500
_LENGTHS: Final = {
    "name": ("名称", 1, 120),
    "summary": ("摘要", 1, 1000),
    "condition": ("共享条件", 0, 500),
    "opening_condition": ("开放条件", 0, 500),
    "officer": ("责任人", 0, 60),
    "basis_law": ("不予共享依据的法规", 0, 120),
    "basis_article": ("不予共享依据的条号", 0, 40),
}


def problems(content: Content, *, elements: Collection[str]) -> tuple[FieldProblem, ...]:
    """Everything that is wrong, field by field; () when it may stand in the catalogue.

    ``elements``: the codes of the data elements that exist. 政务数据共享条例 第十三条 to 第十五条.
    """
    return (*_plain(content), *_sharing(content), *_items(content, elements), *_grading(content))


def _plain(content: Content) -> Iterator[FieldProblem]:
    if CODE.fullmatch(content.code) is None:
        yield FieldProblem(
            "code",
            "资源代码不对。",
            "类1位、项2位、目3位、细目，斜杠，顺序号，例如 101001/000001。",
        )
    elif content.code[0] != KIND_DIGITS[content.kind]:
        yield FieldProblem("code", "代码第一位和资源类别对不上。", "1 基础，2 主题，3 部门。")
    if not is_uscc(content.provider):
        yield FieldProblem("provider", "提供方代码不是有效的统一社会信用代码。")
    for name, (label, least, most) in _LENGTHS.items():
        said = getattr(content, name)
        if len(said.strip()) < least:
            yield FieldProblem(name, f"{label}还没有写。")
        elif len(said) > most or any(ord(c) < 32 and c != "\n" for c in said):
            yield FieldProblem(name, f"{label}超过 {most} 字，或者含有控制字符。")
    if any(CODE.fullmatch(one) is None or one == content.code for one in content.related):
        yield FieldProblem("related", "关联资源代码不对。", "写别的资源的代码，用空格隔开。")


def _sharing(content: Content) -> Iterator[FieldProblem]:
    named = bool(content.basis_law.strip()) and bool(content.basis_article.strip())
    refused = content.sharing is Sharing.NONE
    if refused and not named:
        yield FieldProblem(
            "basis_law",
            "不予共享要写明法律、行政法规或者国务院决定的哪一条。",
            "没有依据的，按无条件或者有条件共享登记（政务数据共享条例第十四条、第十五条）。",
        )
    if not refused and (content.basis_law or content.basis_article):
        yield FieldProblem("basis_law", "共享的资源不写不予共享的依据。")
    if content.sharing is Sharing.CONDITIONAL and not content.condition.strip():
        yield FieldProblem("condition", "有条件共享要写明共享范围和使用用途（条例第十五条）。")
    if content.sharing is Sharing.UNCONDITIONAL and content.condition.strip():
        yield FieldProblem("condition", "无条件共享不能再设条件（条例第十五条）。")
    if not refused and not content.ways and content.data_class is DataClass.GENERAL:
        yield FieldProblem("ways", "还没有选共享方式。")
    if content.opening is Opening.CONDITIONAL and not content.opening_condition.strip():
        yield FieldProblem("opening_condition", "有条件开放要写明条件。")


def _items(content: Content, elements: Collection[str]) -> Iterator[FieldProblem]:
    if content.data_class is not DataClass.GENERAL:
        if content.items or content.ways:
            yield FieldProblem("items", "核心、重要数据只登记目录，不写信息项和共享方式。")
        if content.sharing is not Sharing.NONE:
            yield FieldProblem("sharing", "核心、重要数据按不予共享登记，并写明依据。")
        return
    if not content.items:
        yield FieldProblem("items", "至少要有一个信息项。")
    if len(content.items) > _MOST_ITEMS:
        yield FieldProblem("items", f"信息项超过 {_MOST_ITEMS} 个。", "请拆成几个资源。")
    seen: set[str] = set()
    claimed: set[str] = set()
    for datum in content.items[:_MOST_ITEMS]:
        yield from _datum(datum, elements)
        if datum.name in seen:
            yield FieldProblem(f"items.{datum.name}", "信息项代码写了两次。")
        if datum.authoritative and datum.element in claimed:
            yield FieldProblem(f"items.{datum.name}", "同一个数据元在一个资源里只能有一个来源。")
        seen.add(datum.name)
        claimed |= {datum.element} if datum.authoritative else set()


def _datum(datum: Datum, elements: Collection[str]) -> Iterator[FieldProblem]:
    where = f"items.{datum.name[:60]}"
    if _COLUMN.fullmatch(datum.name) is None:
        yield FieldProblem(where, "信息项代码不对。", "用字母、数字和下划线，字母开头。")
    if not 0 < len(datum.label.strip()) <= 80:
        yield FieldProblem(where, "信息项名称是空的或者超过 80 字。")
    if not 0 < datum.length <= 1_000_000:
        yield FieldProblem(where, "长度要在 1 到 1000000 之间。")
    if datum.grade not in list(Grade):
        yield FieldProblem(where, "级别要在 1 到 4 之间。")
    if datum.element and datum.element not in elements:
        yield FieldProblem(where, f"没有数据元“{datum.element[:60]}”。", "请先登记数据元。")
    if datum.authoritative and not datum.element:
        yield FieldProblem(where, "权威来源要写明是哪个数据元。")
    if datum.grade >= Grade.PERSONAL and datum.mask is Mask.NONE:
        yield FieldProblem(where, "3级、4级信息项要选脱敏规则。", "没有合适的选“全部遮住”。")


def _grading(content: Content) -> Iterator[FieldProblem]:
    grades = [datum.grade for datum in content.items if datum.grade in list(Grade)]
    if content.grade not in list(Grade):
        yield FieldProblem("grade", "级别要在 1 到 4 之间。")
    elif content.grade < privacy.grade_of(grades):
        yield FieldProblem("grade", "资源的级别不能低于它最高的信息项。")
    if content.grade >= Grade.PERSONAL and content.opening is Opening.UNCONDITIONAL:
        yield FieldProblem("opening", "3级、4级数据不能无条件开放。")
