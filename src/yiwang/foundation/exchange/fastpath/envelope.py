"""Pure: what a caller signs, and how two nodes close a message for each other.

A node's message is ``YW2`` ‖ length of head ‖ head (JSON) ‖ nonce ‖ SM4-CTR(body) ‖ HMAC-SM3 over all
before it, looked at before anything is opened (decision 0377).
"""

from __future__ import annotations

import hmac
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from yiwang.foundation.exchange.fastpath import notation
from yiwang.mechanisms.crypto import primitives

CLOCK_SECONDS: Final = 300
NONCE: Final = re.compile(r"[0-9A-Za-z_-]{16,64}")
MESSAGE: Final = re.compile(r"[0-9a-f]{32}")
MAGIC: Final = b"YW2"
MAC_BYTES: Final = 32
_NONCE_BYTES: Final = 16
_HEAD_LIMIT: Final = 2_000
_CODE: Final = re.compile(r"[0-9A-Z-]{2,32}")
_KEY_ID: Final = re.compile(r"[0-9A-Za-z.:_-]{1,80}")
_KIND: Final = re.compile(r"[a-z]{1,20}")


class NotGenuine(Exception):
    """Altered, cut, for somebody else, or made with another key."""


# --- a caller's request ---------------------------------------------------------------------------


def text_of_request(
    *, method: str, target: str, key_id: str, time: str, nonce: str, digest: str
) -> bytes:
    """What a caller's MAC or signature covers; ``target``: path and query as sent."""
    return "\n".join(("yw1", method, target, key_id, time, nonce, digest)).encode()


def text_of_reply(*, status: int, nonce: str, digest: str) -> bytes:
    """What the reply's MAC or signature covers."""
    return f"yw1\n{status}\n{nonce}\n{digest}".encode()


def mac(secret: bytes, text: bytes) -> str:
    """HMAC-SM3 in hex."""
    return primitives.hmac_sm3(secret, text).hex()


def mac_fits(secret: bytes, text: bytes, given: str) -> bool:
    """Compared in constant time; anything but 64 hex digits is wrong."""
    return hmac.compare_digest(mac(secret, text).encode(), given.encode("utf-8", "replace"))


def digest(body: bytes) -> str:
    """SM3 in hex."""
    return primitives.sm3(body).hex()


def moment_of(text: str) -> datetime | None:
    """An ISO moment with its zone; None for anything else, days before the first year included."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def is_timely(moment: datetime, now: datetime) -> bool:
    """Five minutes either way."""
    return abs(moment - now) <= timedelta(seconds=CLOCK_SECONDS)


def message_of(key_id: str, nonce: str) -> str:
    """The number of a call, the same on both sides: who may repeat it cannot choose another's."""
    return primitives.sm3(f"{key_id}\n{nonce}".encode()).hex()[:32]


# --- between nodes --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PairKeys:
    """What two nodes share for one pair of their keys."""

    sealing: bytes  # 16
    proving: bytes


class Head(NamedTuple):
    """What may be read outside: who writes to whom, with which keys, when, as which message."""

    kind: str  # "call", "block", …; a reply carries the same
    sender: str
    receiver: str
    sender_key: str
    receiver_key: str
    at: datetime
    message: str
    is_reply: bool = False

    def as_bytes(self) -> bytes:
        return notation.write(
            [
                self.kind,
                self.sender,
                self.receiver,
                self.sender_key,
                self.receiver_key,
                self.at.isoformat(timespec="milliseconds"),
                self.message,
                self.is_reply,
            ]
        )

    def reply(self, at: datetime) -> Head:
        """The head of the answer to this message."""
        return Head(
            self.kind,
            self.receiver,
            self.sender,
            self.receiver_key,
            self.sender_key,
            at,
            self.message,
            True,
        )


def keys_of(pair_key: bytes) -> PairKeys:
    """The two keys under what two nodes share."""
    sealing = primitives.derive(pair_key, b"seal")[:16]
    return PairKeys(sealing, primitives.derive(pair_key, b"mac"))


def close_message(keys: PairKeys, head: Head, body: bytes) -> bytes:
    """A message only the other node of the pair can open and only we two can have made."""
    open_part, nonce = head.as_bytes(), os.urandom(_NONCE_BYTES)
    sealed = primitives.sm4_ctr(keys.sealing, nonce, body)
    covered = b"".join((MAGIC, len(open_part).to_bytes(2, "big"), open_part, nonce, sealed))
    return covered + primitives.hmac_sm3(keys.proving, covered)


def read_head(raw: bytes) -> Head:
    """Who claims to write to whom; proven only by ``open_message``. NotGenuine for garbage."""
    try:
        return _parse_head(raw[5 : 5 + _head_length(raw)])
    except (ValueError, TypeError) as error:
        raise NotGenuine from error


def open_message(keys: PairKeys, raw: bytes, claimed: Head | None = None) -> tuple[Head, bytes]:
    """Head and body of a genuine message; NotGenuine when one bit differs. ``claimed``: what
    ``read_head`` read of these very bytes."""
    head = claimed or read_head(raw)
    covered, given = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
    if not hmac.compare_digest(primitives.hmac_sm3(keys.proving, covered), given):
        raise NotGenuine
    begin = 5 + _head_length(raw)
    nonce, sealed = covered[begin : begin + _NONCE_BYTES], covered[begin + _NONCE_BYTES :]
    return head, primitives.sm4_ctr(keys.sealing, nonce, sealed)


def answers(reply: Head, asked: Head) -> bool:
    """Is this the answer to that very message, from whom it went to?"""
    return reply == asked.reply(reply.at)


def _head_length(raw: bytes) -> int:
    length = int.from_bytes(raw[3:5], "big")
    shortest = 5 + length + _NONCE_BYTES + MAC_BYTES
    if raw[:3] != MAGIC or not 0 < length <= _HEAD_LIMIT or len(raw) < shortest:
        raise NotGenuine
    return length


def _parse_head(text: bytes) -> Head:
    kind, sender, receiver, sender_key, receiver_key, at, message, is_reply = notation.read(text)
    moment = moment_of(at)
    good = (
        _KIND.fullmatch(kind)
        and _CODE.fullmatch(sender)
        and _CODE.fullmatch(receiver)
        and _KEY_ID.fullmatch(sender_key)
        and _KEY_ID.fullmatch(receiver_key)
        and MESSAGE.fullmatch(message)
        and isinstance(is_reply, bool)
    )
    if not good or moment is None:
        raise NotGenuine
    return Head(kind, sender, receiver, sender_key, receiver_key, moment, message, is_reply)
