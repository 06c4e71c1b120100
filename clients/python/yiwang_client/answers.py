"""What a call comes back with: an answer, a refusal, or nothing known."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


class ExchangeError(Exception):
    """Every way a call does not bring an answer."""

    def __init__(
        self, code: str, sentence: str, remedy: str = "", *, status: int = 0, message: str = ""
    ) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code, self.sentence, self.remedy = code, sentence, remedy
        self.status, self.message = status, message


class Refused(ExchangeError):
    """Somebody said no; asking again unchanged brings the same."""


class Away(ExchangeError):
    """Nothing is known: the source or the exchange is silent, slow or talks nonsense."""


class NotProven(ExchangeError):
    """The answer's proof does not fit: it may come from anybody."""


@dataclass(frozen=True)
class Answer:
    """``value`` of a service that answers one record, ``rows`` of one that answers several; ``more``:
    there are more rows than the service gives at once, so ask more narrowly."""

    message: str
    found: bool
    value: Mapping[str, Any] | None
    rows: Sequence[Mapping[str, Any]]
    as_of: datetime
    source: str
    more: bool = False


def read(status: int, body: bytes, *, proven: bool) -> Answer:
    """The answer to a call; raises what it is when it is none."""
    given = plain(status, body, proven)
    try:
        return Answer(
            message=given["message"],
            found=given["status"] == "FOUND",
            value=given.get("value"),
            rows=given.get("rows", ()),
            as_of=datetime.fromisoformat(given["as_of"]),
            source=given["source"],
            more=given.get("more") is True,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Away("Unreadable", "答复看不懂。", status=status) from error


def plain(status: int, body: bytes, proven: bool, *, good: int = 200) -> dict[str, Any]:
    """The JSON of a good answer. Before somebody is known as a caller a refusal carries no proof; an
    answer always does."""
    try:
        given = json.loads(body)
    except ValueError as error:
        raise Away("Unreadable", "答复看不懂。", status=status) from error
    refusal = given.get("refusal") if isinstance(given, dict) else None
    if isinstance(refusal, dict):
        away = given.get("status") == "AWAY" or status >= 500
        raise (Away if away else Refused)(
            str(refusal.get("code", "")),
            str(refusal.get("sentence", "")),
            str(refusal.get("remedy", "")),
            status=status,
            message=str(refusal.get("request_id", "")),
        )
    if not isinstance(given, dict) or status != good:
        raise Away("Unreadable", "答复看不懂。", status=status)
    if not proven:
        raise NotProven("NotProven", "答复的签名不对，没有采用。", status=status)
    return given
