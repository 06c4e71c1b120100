"""What two nodes share, and how one shows the other who it is."""

from __future__ import annotations

from yiwang.mechanisms.crypto import rules as crypto
from yiwang.network.nodes.definitions import CODE
from yiwang.network.nodes.rules.documents import SCHEME


def is_code(text: str) -> bool:
    """May a node be called so?"""
    return CODE.fullmatch(text) is not None


def pair_info(one: tuple[str, str], other: tuple[str, str], use: str = "") -> bytes:
    """What a shared key is for: two nodes (code, key id), in one order whoever asks, and the use."""
    (a, a_key), (b, b_key) = sorted((one, other))
    parts = (SCHEME, a, b, a_key, b_key)
    return "|".join((*parts, use) if use else parts).encode()


def pair_key(secret: bytes, *, own: tuple[str, str], partner: tuple[str, str], point: str) -> bytes:
    """The 32 bytes two nodes share: own secret, the partner's point. Keep it: it takes a millisecond."""
    return crypto.agree(secret, point, pair_info(own, partner))


def request_text(
    *, method: str, target: str, node: str, key_id: str, time: str, nonce: str
) -> bytes:
    """What the MAC of a node's request without a body covers."""
    return "\n".join((SCHEME, method, target, f"{node}/{key_id}", time, nonce, "")).encode()
