"""Pure: how a message is written, numbered, and when it is tried again."""

from __future__ import annotations

import json
from typing import Any

from yiwang.mechanisms.crypto import primitives


def canonical(value: Any) -> str:
    """As it is digested on both sides."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def written(subject: str, body: dict[str, Any]) -> str:
    """What a publication's sealed column holds."""
    return canonical({"subject": subject, "body": body})


def read(text: str) -> tuple[str, dict[str, Any]]:
    """``subject`` and ``body`` of what ``written`` made."""
    given = json.loads(text)
    return given["subject"], given["body"]


def message_of(topic: str, position: int, subscription: str) -> str:
    """The number of a message at one subscriber: the same however often it is sent."""
    return primitives.sm3(f"{topic}\n{position}\n{subscription}".encode()).hex()[:32]
