"""What went wrong, in front of the caller."""

from __future__ import annotations

from yiwang.foundation.datasources.asking import pack
from yiwang.foundation.datasources.definitions import (
    AnswerTooLarge,
    AskedTooLong,
    CannotReadSource,
    NotAsDeclared,
    Outcome,
    Published,
    SourceAwayNow,
)
from yiwang.foundation.datasources.runner.pool import Away
from yiwang.kernel.refusals import FieldProblem, Refusal


def no(refusal: Refusal) -> bytes:
    outcome = Outcome.AWAY if refusal.status == SourceAwayNow.status else Outcome.REFUSED
    return pack({"outcome": outcome, **refusal.as_json()})


def said(away: Away, published: Published) -> Refusal:
    """What a child's problem is called in front of the caller."""
    match away.code:
        case "too-slow":
            return AskedTooLong()
        case "too-large":
            return AnswerTooLarge()
        case "other-type":
            labels = {one.name: one.label for one in published.fields}
            return NotAsDeclared(fields=[FieldProblem(away.about, labels.get(away.about, ""))])
        case "forbidden":
            return CannotReadSource("数据源没有允许这样查。", "请数据提供方检查账号的权限和语句。")
        case "empty-key":
            return CannotReadSource(
                "这张表的主键列里有空值。", "请提供方换一组主键，或者补齐空值。"
            )
        case "may-write":
            return CannotReadSource("数据源的账号不再是只读的，已经停止查询。", "请换成只读账号。")
    return SourceAwayNow()
