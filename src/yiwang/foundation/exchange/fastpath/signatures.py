"""What this node signs for others to keep, and what others signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yiwang.mechanisms.crypto import rules as crypto

if TYPE_CHECKING:
    from yiwang.foundation.exchange.fastpath.house import House


def sign(house: House, text: bytes) -> str:
    """By this node's key: the one the others know."""
    key_id = house.partners.signing_key(house.snapshots.current)
    return crypto.signature(house.store.get(key_id), text, key_id=key_id)


def is_signed_by_member(house: House, code: str, text: bytes, signature: str) -> bool:
    """Also by a key that meanwhile ended: it was good when it signed."""
    member = house.snapshots.current.members.get(code)
    return member is not None and any(
        crypto.is_signed_by(text, signature, key_id=key.key_id, point=key.point)
        for key in member.keys
    )
