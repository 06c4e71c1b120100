"""Pure: what is believed of the platform above, and when something is tried again."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any, Final

from yiwang.foundation.upper.definitions import News, Page, UpperAway

_NUMBER: Final = re.compile(r"[0-9A-Za-z_-]{4,64}")
_UNREADABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_WORDS: Final = 1_000
_MOST: Final = 1_000
_MARK: Final = 200
#: Minutes until the next attempt; the last one for ever after.
_WAITS: Final = (1, 2, 5, 15, 60, 240)


def receipt_number(given: Any) -> str:
    """The number as it was given; UpperAway for anything that is none."""
    if not isinstance(given, str) or _NUMBER.fullmatch(given) is None:
        raise UpperAway("上级平台给的回执号看不懂")
    return given


def page(given: Any) -> Page:
    """News that can be believed as a whole; UpperAway: none of it is taken, and it is asked for again."""
    good = (
        isinstance(given, Page)
        and isinstance(given.mark, str)
        and len(given.mark) <= _MARK
        and len(given.news) <= _MOST
        and all(_is_news(one) for one in given.news)
    )
    if not good:
        raise UpperAway("上级平台发来的消息看不懂")
    found: Page = given
    return found


def _is_news(one: Any) -> bool:
    return (
        isinstance(one, News)
        and isinstance(one.number, str)
        and _NUMBER.fullmatch(one.number) is not None
        and isinstance(one.decision, bool)
        and isinstance(one.agreed, bool)
        and all(
            isinstance(text, str) and len(text) <= _WORDS and not _UNREADABLE.search(text)
            for text in (one.words, one.title, one.resource)
        )
    )


def line_of_entry(resource: str) -> str:
    """What is said of one entry goes up in one line."""
    return f"entry:{resource}"


def line_of_request(key: str) -> str:
    """And of one request."""
    return f"request:{key}"


def next_try(attempts: int, at: datetime) -> datetime:
    """After so many attempts that brought nothing."""
    return at + timedelta(minutes=_WAITS[min(attempts, len(_WAITS)) - 1])
