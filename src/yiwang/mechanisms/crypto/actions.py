"""Encrypt, look up, digest, sign. Keys are cached in the process: some microseconds a value."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from functools import lru_cache

from yiwang.mechanisms.crypto import primitives, rules
from yiwang.mechanisms.crypto.definitions import (
    CIPHER_SCHEME,
    FIELDS,
    INDEX,
    SIGN_PREFIX,
    CannotDecrypt,
    CannotRotate,
    KeyId,
)
from yiwang.mechanisms.crypto.keystore import get_store
from yiwang.mechanisms.crypto.rules import field_key, index_of, split_cipher, split_signature


@lru_cache(maxsize=1024)
def _derived(key_id: KeyId, purpose: str) -> bytes:
    """One purpose's own SM4 key under a stored key: a value cannot move to another column."""
    return field_key(get_store().get(key_id), purpose)


def encrypt(plain: str, *, purpose: str) -> str:
    """Close one value so that only its own purpose opens it again.

    ``purpose``: where it lives (``"libraries.person.citizen_id"``). Returns
    ``"sm4-gcm$<key id>$<base64>"``; twice the same value gives two different texts.
    """
    key_id = get_store().current(FIELDS)
    sealed = primitives.seal(_derived(key_id, purpose), plain.encode(), purpose.encode())
    return f"{CIPHER_SCHEME}${key_id}${base64.b64encode(sealed).decode()}"


def decrypt(cipher: str, *, purpose: str) -> str:
    """Open what ``encrypt`` closed for the same purpose; ``CannotDecrypt`` for anything else."""
    key_id, body = split_cipher(cipher)
    if not key_id.startswith(FIELDS + "."):
        raise CannotDecrypt
    try:
        sealed = base64.b64decode(body, validate=True)
        return primitives.unseal(_derived(key_id, purpose), sealed, purpose.encode()).decode()
    except (primitives.Broken, binascii.Error) as error:
        raise CannotDecrypt from error


def keyed_index(plain: str, *, purpose: str) -> str:
    """A look-up value for an encrypted one: equal inputs give equal hex, nobody without the key
    can compute or reverse it. The caller normalises (upper-case X, no blanks) before.

    To be written; what was written before the key changed is found by ``keyed_indexes``."""
    store = get_store()
    return index_of(store.get(store.current(INDEX)), plain, purpose)


def keyed_indexes(plain: str, *, purpose: str) -> tuple[str, ...]:
    """All a value may have been written under, ``keyed_index`` first: to be looked up by."""
    store = get_store()
    return tuple(index_of(store.get(key), plain, purpose) for key in store.usable(INDEX))


def is_indexed(index: str, *, plain: str, purpose: str) -> bool:
    """Is this what the value was written under? Takes the same time wherever the two differ."""
    found = [rules.same(index, one) for one in keyed_indexes(plain, purpose=purpose)]
    return any(found)


def digest(data: bytes) -> str:
    """SM3 in hex: has this content changed?"""
    return primitives.sm3(data).hex()


def digest_stream(chunks: Iterable[bytes]) -> str:
    """SM3 in hex over a content as it flows by."""
    return primitives.sm3_stream(chunks).hex()


def sign(data: bytes, *, purpose: str = "platform", key_id: KeyId | None = None) -> str:
    """Sign bytes with SM2 (standard identity value): ``"sm2-sm3$<key id>$<base64>"``.

    ``purpose``: whose key (``"journal"``, ``"licences"``); made at the first asking. ``key_id``: one
    of its keys that others know already, while a newer one is being made known.
    """
    store = get_store()
    key_id = key_id or store.current(SIGN_PREFIX + purpose)
    return rules.signature(store.get(key_id), data, key_id=key_id)


def verify(data: bytes, signature: str, *, purpose: str = "platform") -> bool:
    """Did a key of this purpose sign exactly these bytes? The algorithm follows from the key."""
    parts = split_signature(signature)
    if parts is None or not parts[0].startswith(f"{SIGN_PREFIX}{purpose}."):
        return False
    try:
        value = base64.b64decode(parts[1], validate=True)
    except binascii.Error:
        return False
    point = bytes.fromhex(get_store().public_key(parts[0]).point)
    return primitives.sm2_verify(point, data, value)


def agree(*, key_id: KeyId, point: str, info: bytes) -> bytes:
    """The key this installation shares with the holder of another public point; ``info`` says with
    whom and what for. ``KeyMissing`` when the own key is not here."""
    return rules.agree(get_store().get(key_id), point, info)


def rotate(purpose: str = FIELDS) -> KeyId:
    """Make a fresh key for what is closed, signed or written from now on; older work stays good.

    Other processes take it up within a minute; an index key is written under after two, when all
    look up by it. ``CannotRotate`` for a kind no key is of.
    """
    store = get_store()
    if purpose not in {key_id.rpartition(".")[0] for key_id in store.list_keys()}:
        raise CannotRotate
    return store.rotate(purpose)


def change_master() -> int:
    """Close every key again under a fresh master key; how many. ``CannotChangeMaster``."""
    return get_store().change_master()
