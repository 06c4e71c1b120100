"""Messages: what a topic is told, what a subscriber is told, and whether a callback is genuine."""

from __future__ import annotations

import hmac as compare
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from yiwang_client import signing
from yiwang_client.answers import NotProven

#: A callback older or newer than this is refused.
CLOCK = timedelta(minutes=5)


@dataclass(frozen=True)
class Message:
    """``message`` is the same however often it comes: drop what you have. Newer has a higher
    ``position``; one an operator sent again (``resent``) may come late."""

    message: str
    topic: str
    position: int
    order: str
    published_at: datetime
    resent: bool
    body: Mapping[str, Any]

    @property
    def taken(self) -> bytes:
        """What a callback is answered with, status 200, ``application/json``: you have it."""
        return json.dumps({"message": self.message}).encode()


@dataclass(frozen=True)
class Published:
    """``known``: the same key was published before, with the same body."""

    position: int
    known: bool


def publication(key: str, body: Mapping[str, Any], order: str, subject: str) -> bytes:
    """The body of a publication."""
    given = {"key": key, "order": order or key, "subject": subject, "body": dict(body)}
    return json.dumps(given, ensure_ascii=False).encode()


def fetching(topic: str, after: int, most: int) -> str:
    """Path and query of a fetching."""
    return f"/exchange/v1/messages/{topic}?" + urlencode({"after": after, "most": most})


def read(given: Mapping[str, Any]) -> Message:
    """One message as the node writes it."""
    return Message(
        message=given["message"],
        topic=given["topic"],
        position=given["position"],
        order=given["order"],
        published_at=datetime.fromisoformat(given["published_at"]),
        resent=given["resent"],
        body=given["body"],
    )


def callback(
    target: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    secret: Callable[[str], str | None],
    at: datetime | None = None,
) -> Message:
    """The message of a callback, proven. ``target``: path and query as they came; ``secret``: a key's
    secret by its id, None for one you do not know. Raises ``NotProven``; answer 401 then."""
    said = {name.lower(): value for name, value in headers.items()}
    key_id, time, nonce, digest, mac = (
        said.get(f"x-exchange-{name}", "") for name in ("key", "time", "nonce", "digest", "mac")
    )
    known = secret(key_id)
    text = "\n".join(("yw1", "POST", target, key_id, time, nonce, signing.sm3(body)))
    expected = signing.hmac_sm3(bytes.fromhex(known), text) if known else ""
    fits = compare.compare_digest(expected.encode(), mac.encode("utf-8", "replace"))
    if not known or not fits or digest != signing.sm3(body):
        raise NotProven("NotProven", "回调的签名不对，没有采用。")
    if abs(datetime.fromisoformat(time) - (at or datetime.now(UTC))) > CLOCK:
        raise NotProven("NotProven", "回调的时间相差超过 5 分钟，没有采用。")
    return read(json.loads(body))
