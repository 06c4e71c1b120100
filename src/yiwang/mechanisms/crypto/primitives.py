"""SM2, SM3 and SM4-GCM on bytes, by ``tongsuopy`` and ``cryptography``; no keys, no settings."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes
from tongsuopy.backends.tongsuo.backend import backend as tongsuo
from tongsuopy.backends.tongsuo.utils import _evp_pkey_derive
from tongsuopy.crypto import exceptions as tongsuo_exceptions
from tongsuopy.crypto import hashes as tongsuo_hashes
from tongsuopy.crypto.asymciphers import ec

NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
_SM3: Final = hashes.SM3()
#: A state nothing went into: copying it costs half of making one.
_BLANK_SM3: Final = hashes.Hash(_SM3)
_SM2_WITH_SM3: Final = ec.ECDSA(tongsuo_hashes.SM3())


class Broken(Exception):
    """The tag does not fit: changed, cut, or another key or context."""


def sm3(data: bytes) -> bytes:
    """32 bytes, GB/T 32905."""
    state = _BLANK_SM3.copy()
    state.update(data)
    return state.finalize()


def sm3_state() -> hashes.Hash:
    """For a content in pieces: ``update`` with each, then ``finalize``."""
    return _BLANK_SM3.copy()


def sm3_stream(chunks: Iterable[bytes]) -> bytes:
    """The same over a content in pieces."""
    state = hashes.Hash(_SM3)
    for chunk in chunks:
        state.update(chunk)
    return state.finalize()


def hmac_sm3(key: bytes, data: bytes) -> bytes:
    """HMAC with SM3, 32 bytes."""
    state = _keyed(key).copy()
    state.update(data)
    return state.finalize()


@lru_cache(maxsize=256)
def _keyed(key: bytes) -> hmac.HMAC:
    """A state only the key went into: copying it costs half of making one."""
    return hmac.HMAC(key, _SM3)


def derive(secret: bytes, info: bytes) -> bytes:
    """One key of 32 bytes for one purpose: HKDF (RFC 5869) with SM3, no salt, one block."""
    return hmac_sm3(hmac_sm3(bytes(32), secret), info + b"\x01")


def seal(key: bytes, plain: bytes, context: bytes, nonce: bytes | None = None) -> bytes:
    """SM4-GCM: nonce ‖ cipher text ‖ tag. A nonce is given only where a counter keeps it unique."""
    used = os.urandom(NONCE_BYTES) if nonce is None else nonce
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(used)).encryptor()
    encryptor.authenticate_additional_data(context)
    body = encryptor.update(plain) + encryptor.finalize()
    return used + body + encryptor.tag


def unseal(key: bytes, sealed: bytes, context: bytes) -> bytes:
    """What ``seal`` closed; ``Broken`` when one bit differs."""
    if len(sealed) < NONCE_BYTES + TAG_BYTES:
        raise Broken
    nonce, body, tag = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:-TAG_BYTES], sealed[-TAG_BYTES:]
    decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(context)
    try:
        return decryptor.update(body) + decryptor.finalize()
    except InvalidTag as error:
        raise Broken from error


def sm4_ctr(key: bytes, nonce: bytes, data: bytes) -> bytes:
    """SM4 in counter mode from a nonce of 16 bytes no two contents share; closes and opens alike. It
    proves nothing: whoever calls it proves nonce and cipher text with another key, before opening."""
    state = _counting(key, threading.get_ident())
    state.reset_nonce(nonce)
    return state.update(data)


@lru_cache(maxsize=256)
def _counting(key: bytes, thread: int) -> CipherContext:
    """One key's state, begun anew for each content: making one costs three times what is done with it."""
    del thread  # two must not share a state
    return Cipher(algorithms.SM4(key), modes.CTR(bytes(16))).encryptor()


def new_sm2_key() -> bytes:
    """A private key: the scalar, 32 bytes."""
    numbers = ec.generate_private_key(ec.SM2()).private_numbers()
    return int(numbers.private_value).to_bytes(32, "big")


@lru_cache(maxsize=64)
def _private(scalar: bytes) -> Any:  # tongsuopy carries no types
    return ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SM2())


@lru_cache(maxsize=256)
def _public(point: bytes) -> Any:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SM2(), point)


def sm2_public(scalar: bytes) -> bytes:
    """The uncompressed point of a private key: 04 ‖ x ‖ y, 65 bytes."""
    numbers = _private(scalar).public_key().public_numbers()
    return b"\x04" + int(numbers.x).to_bytes(32, "big") + int(numbers.y).to_bytes(32, "big")


def is_on_curve(point: bytes) -> bool:
    """True for an uncompressed point of the curve, which is not the point at infinity."""
    if len(point) != 65 or point[0] != 4:
        return False
    try:
        _public(point)
    except (tongsuo_exceptions.InternalError, ValueError):
        return False
    return True


def sm2_sign(scalar: bytes, data: bytes) -> bytes:
    """SM2 over SM3(Z ‖ data), the standard identity value 1234567812345678; DER."""
    return bytes(_private(scalar).sign(data, _SM2_WITH_SM3))


def sm2_verify(point: bytes, data: bytes, signature: bytes) -> bool:
    """True only for a signature of exactly these bytes by this key."""
    try:
        _public(point).verify(signature, data, _SM2_WITH_SM3)
    except (tongsuo_exceptions.InvalidSignature, tongsuo_exceptions.InternalError, ValueError):
        return False
    return True


def sm2_agree(scalar: bytes, point: bytes) -> bytes:
    """ECDH on the SM2 curve: both sides, each with its own scalar and the other's point, get the
    same 32 bytes, which are hashed (``derive``) before they are a key. ``Broken``: no such point."""
    try:
        peer = _Peer(_plain(_public(point)))
        return bytes(_evp_pkey_derive(tongsuo, _plain(_private(scalar)), peer))
    except (tongsuo_exceptions.InternalError, ValueError) as error:
        raise Broken from error


@dataclass(frozen=True, slots=True)
class _Peer:
    _evp_pkey: Any


def _plain(key: Any) -> Any:
    """The same key as one of any curve: marked as SM2's, the library signs with it and no more."""
    lib, ffi = tongsuo._lib, tongsuo._ffi
    plain = ffi.gc(lib.EVP_PKEY_new(), lib.EVP_PKEY_free)
    tongsuo.openssl_assert(lib.EVP_PKEY_set1_EC_KEY(plain, key._ec_key) == 1)
    return plain
