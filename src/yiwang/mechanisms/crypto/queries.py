"""Questions about keys that may be answered aloud."""

from __future__ import annotations

from yiwang.mechanisms.crypto.definitions import SIGN_PREFIX, KeyId, PublicKey
from yiwang.mechanisms.crypto.keystore import get_store


def get_public_key(key_id: KeyId) -> PublicKey:
    """The public half of a signing key, old ones too; ``KeyMissing`` when there is none."""
    return get_store().public_key(key_id)


def current_public_key(*, purpose: str = "platform") -> PublicKey:
    """The public half of the key that signs now for a purpose."""
    store = get_store()
    return store.public_key(store.current(SIGN_PREFIX + purpose))


def list_usable(purpose: str) -> tuple[KeyId, ...]:
    """Ids of a kind's keys whose work is still taken: the one written under first."""
    return get_store().usable(purpose)


def list_keys() -> tuple[KeyId, ...]:
    """Ids of every key, never the keys."""
    return get_store().list_keys()
