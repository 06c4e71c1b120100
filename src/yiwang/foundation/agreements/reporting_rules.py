"""What a record of use must say, kind by kind. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from yiwang.foundation.agreements.definitions import (
    LONGEST_TEXT,
)
from yiwang.foundation.agreements.definitions.reports import (
    LONGEST_PLACE,
    MOST_COUNTED,
    Disposal,
    Report,
)
from yiwang.kernel.refusals import FieldProblem


def effect_problems(report: Report, *, begun: date, today: date) -> tuple[FieldProblem, ...]:
    """A time that is over and within the grant, what came of it, figures where there are any."""
    return (
        *_span(report, begun, today),
        *_words(report, "取得了什么成效"),
        *_count("papers", report.papers, "少交的材料份数"),
        *_count("visits", report.visits, "少跑的次数"),
    )


def storage_problems(report: Report) -> tuple[FieldProblem, ...]:
    """Where the data lie, how many records, who may read them."""
    return (
        *_short("place", report.place, "存在哪个系统"),
        *_needed("held", report.held, "存了多少条"),
        *_words(report, "谁能看、怎样保护"),
    )


def disposal_problems(report: Report, *, begun: date, today: date) -> tuple[FieldProblem, ...]:
    """Nothing held; destroyed when and how; or what is kept, on which article (27, 29)."""
    return tuple(_disposal(report, begun, today))


def _disposal(report: Report, begun: date, today: date) -> Iterator[FieldProblem]:
    if report.disposal not in set(Disposal):
        yield FieldProblem("disposal", "还没有选数据怎样了", "，请选一项")
    if report.disposal == Disposal.DESTROYED:
        if report.day is None or not begun <= report.day <= today:
            yield FieldProblem("day", "销毁的日期不对", "，要在授权开始以后、今天以前")
        yield from _words(report, "怎样销毁、谁在场")
    if report.disposal == Disposal.KEPT:
        if not report.held:
            yield FieldProblem("held", "还没有写留存多少条", "，请写大于 0 的整数")
        else:
            yield from _count("held", report.held, "留存多少条")
        yield from _short("basis", report.basis, "依据法律、行政法规的哪一条留存")
        yield from _words(report, "留存了什么")
        if report.until is not None and report.until <= today:
            yield FieldProblem("until", "留存到的日期要在今天以后", "，没有期限的不填")
    if len(report.words.strip()) > LONGEST_TEXT:
        yield FieldProblem("words", f"超过 {LONGEST_TEXT} 字", "，请精简")


def _span(report: Report, begun: date, today: date) -> Iterator[FieldProblem]:
    if report.since is None or report.since < begun:
        yield FieldProblem("since", "开始日期不对", "，不能早于授权开始的那天")
    if report.until is None or report.until > today:
        yield FieldProblem("until", "结束日期不对", "，不能晚于今天")
    elif report.since is not None and report.until < report.since:
        yield FieldProblem("until", "结束日期早于开始日期", "，请改正")


def _words(report: Report, label: str) -> Iterator[FieldProblem]:
    if not report.words.strip():
        yield FieldProblem("words", f"还没有写{label}", "，请写明")
    elif len(report.words.strip()) > LONGEST_TEXT:
        yield FieldProblem("words", f"超过 {LONGEST_TEXT} 字", "，请精简")


def _short(name: str, text: str, label: str) -> Iterator[FieldProblem]:
    if not text.strip():
        yield FieldProblem(name, f"还没有写{label}", "，请写明")
    elif len(text.strip()) > LONGEST_PLACE:
        yield FieldProblem(name, f"{label}超过 {LONGEST_PLACE} 字", "，请精简")


def _needed(name: str, count: int | None, label: str) -> Iterator[FieldProblem]:
    if count is None:
        yield FieldProblem(name, f"还没有写{label}", "，没有存的写 0")
    else:
        yield from _count(name, count, label)


def _count(name: str, count: int | None, label: str) -> Iterator[FieldProblem]:
    if count is not None and not 0 <= count <= MOST_COUNTED:
        yield FieldProblem(name, f"{label}不对", f"，请写 0 到 {MOST_COUNTED} 的整数")
