"""Pure rules of reviews: what opens a follow-up, which step may follow which, rates."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from yiwang.capability.reviews.definitions import BAD_FROM, LEVELS, TAGS, Rates
from yiwang.capability.reviews.definitions import RectificationState as S

LONGEST_TEXT: Final = 500

#: act → states it may start from.
STEPS: Final[Mapping[str, frozenset[str]]] = {
    "contact": frozenset({S.OPEN}),
    "answer": frozenset({S.CONTACTED}),
    "second_review": frozenset({S.ANSWERED}),
    "close": frozenset({S.ANSWERED}),
    "set_aside": frozenset({S.OPEN, S.CONTACTED}),
}


def is_bad(level: int) -> bool:
    """4 不满意 and 5 非常不满意 (GB/T 39734-2020)."""
    return level >= BAD_FROM


def problems(level: int, tags: Collection[str], text: str) -> tuple[tuple[str, str], ...]:
    """(field, sentence) for what cannot be taken."""
    found = []
    if level not in LEVELS:
        found.append(("level", "请在五个等级里选一个。"))
    if not set(tags) <= set(TAGS):
        found.append(("tags", "有不认识的标签。"))
    if len(text) > LONGEST_TEXT:
        found.append(("text", f"最多写 {LONGEST_TEXT} 个字。"))
    return tuple(found)


def may(act: str, state: str) -> bool:
    """True when a follow-up in this state can take this step."""
    return state in STEPS[act]


def rates(
    *, handled: int, active: int, good: int, bad: int, rectified: int, rectified_in_time: int
) -> Rates:
    """主动评价率 = active/handled, 好评率 = good/active, 整改率 = rectified/bad, 按期 = in time/bad.

    ``active`` counts reviews people gave themselves; silence is no review.
    """

    def share(part: int, whole: int) -> float | None:
        return round(part / whole, 4) if whole else None

    return Rates(
        handled=handled, active=active, good=good, bad=bad,
        rectified=rectified, rectified_in_time=rectified_in_time,
        active_rate=share(active, handled), good_rate=share(good, active),
        rectified_rate=share(rectified, bad), in_time_rate=share(rectified_in_time, bad),
    )  # fmt: skip
