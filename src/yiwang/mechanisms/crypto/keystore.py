"""The key store port, and the one store this process uses."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

from django.conf import settings

from yiwang.mechanisms.crypto.definitions import KeyId, PublicKey
from yiwang.mechanisms.crypto.drivers.encrypted_file import EncryptedFileKeyStore


class KeyStore(Protocol):
    """Where keys live. A key is made once, never changed, and kept after rotation."""

    def get(self, key_id: KeyId) -> bytes:
        """The key's secret bytes; ``KeyMissing`` when it is not here."""
        ...

    def current(self, purpose: str) -> KeyId:
        """The newest key of a purpose, made at the first asking."""
        ...

    def usable(self, purpose: str) -> tuple[KeyId, ...]:
        """Every key of a purpose: first the current one, then those whose work still stands."""
        ...

    def rotate(self, purpose: str) -> KeyId:
        """A fresh key for what is made from now on; older ones stay readable."""
        ...

    def public_key(self, key_id: KeyId) -> PublicKey:
        """The public half of a signing key."""
        ...

    def list_keys(self) -> tuple[KeyId, ...]:
        """Every key kept here, by purpose and number."""
        ...

    def change_master(self) -> int:
        """Close every key again under a fresh master key, while others read on; how many."""
        ...


@lru_cache(maxsize=1)
def get_store() -> KeyStore:
    """The installation's store: encrypted files under ``YIWANG_HOME/secrets/keys``."""
    return EncryptedFileKeyStore(settings.YIWANG_HOME / "secrets")
