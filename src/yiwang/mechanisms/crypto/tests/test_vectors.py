"""Published answers, and an independent second implementation (GmSSL) as oracle."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import gmssl_pyx
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.mechanisms.crypto import primitives

# GB/T 32905-2016, annex A: two examples
SM3_ABC = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
SM3_64 = "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
# GB/T 32907-2016, annex A: key = plain text; once, and a million times
SM4_KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")
SM4_ONCE = "681edf34d206965e86b3e94f536e4246"
SM4_MILLION = "595298c7c6fd271f0402f804c33d3f66"
# RFC 8998, annex A.1: SM4-GCM
GCM_NONCE = bytes.fromhex("00001234567800000000abcd")
GCM_AAD = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
GCM_PLAIN = bytes.fromhex(
    "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
    "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa"
)
GCM_CIPHER = (
    "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
    "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
)
GCM_TAG = "83de3541e4c2b58177e065a9bf7b62ec"
# GB/T 32918.5-2017, annex A.2: signature over "message digest" with the recommended curve
SM2_SECRET = bytes.fromhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")
SM2_PUBLIC = bytes.fromhex(
    "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
SM2_R = "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
SM2_S = "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"

fast = settings(max_examples=40, deadline=None)


def der(r: str, s: str) -> bytes:
    """The two numbers as an ASN.1 sequence."""
    parts = b""
    for number in (bytes.fromhex(r), bytes.fromhex(s)):
        padded = b"\x00" + number if number[0] & 0x80 else number
        parts += b"\x02" + bytes([len(padded)]) + padded
    return b"\x30" + bytes([len(parts)]) + parts


def test_sm3_gives_the_published_digests() -> None:
    assert primitives.sm3(b"abc").hex() == SM3_ABC
    assert primitives.sm3(b"abcd" * 16).hex() == SM3_64


@fast
@given(
    st.lists(st.tuples(st.binary(min_size=16, max_size=16), st.binary(max_size=300)), max_size=4)
)
def test_sm4_ctr_is_gmssl_s_whatever_was_closed_before(contents: list[tuple[bytes, bytes]]) -> None:
    for nonce, plain in contents:
        sealed = primitives.sm4_ctr(SM4_KEY, nonce, plain)
        assert sealed == (gmssl_pyx.sm4_ctr_encrypt(SM4_KEY, nonce, plain) if plain else b"")
        assert primitives.sm4_ctr(SM4_KEY, nonce, sealed) == plain


def test_sm4_ctr_in_eight_threads_mixes_no_streams() -> None:
    nonces = [number.to_bytes(16, "big") for number in range(2_000)]
    alone = [primitives.sm4_ctr(SM4_KEY, nonce, bytes(200)) for nonce in nonces]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda n: primitives.sm4_ctr(SM4_KEY, n, bytes(200)), nonces))
    assert together == alone
    assert len(set(alone)) == len(nonces)


def test_the_sm4_underneath_gives_the_published_blocks() -> None:
    encryptor = Cipher(algorithms.SM4(SM4_KEY), modes.ECB()).encryptor()  # noqa: S305 a vector
    block = encryptor.update(SM4_KEY)
    assert block.hex() == SM4_ONCE


@pytest.mark.slow
def test_the_sm4_underneath_gives_the_published_block_after_a_million_rounds() -> None:
    encryptor = Cipher(algorithms.SM4(SM4_KEY), modes.ECB()).encryptor()  # noqa: S305 a vector
    block = SM4_KEY
    for _ in range(1_000_000):
        block = encryptor.update(block)
    assert block.hex() == SM4_MILLION


def test_sm4_gcm_gives_the_published_cipher_and_tag() -> None:
    sealed = primitives.seal(SM4_KEY, GCM_PLAIN, GCM_AAD, GCM_NONCE)
    assert sealed.hex() == GCM_NONCE.hex() + GCM_CIPHER + GCM_TAG
    assert primitives.unseal(SM4_KEY, sealed, GCM_AAD) == GCM_PLAIN


def test_sm2_knows_the_published_key_and_signature() -> None:
    assert primitives.sm2_public(SM2_SECRET) == SM2_PUBLIC
    signature = der(SM2_R, SM2_S)
    assert primitives.sm2_verify(SM2_PUBLIC, b"message digest", signature)
    assert not primitives.sm2_verify(SM2_PUBLIC, b"message digesu", signature)


@fast
@given(st.binary(max_size=300))
def test_sm3_and_its_hmac_agree_with_the_oracle(data: bytes) -> None:
    assert primitives.sm3(data) == gmssl_pyx.sm3_hash(data)
    assert primitives.sm3_stream([data[:7], data[7:]]) == gmssl_pyx.sm3_hash(data)
    assert primitives.hmac_sm3(SM4_KEY, data) == gmssl_pyx.sm3_hmac(SM4_KEY, data)


@fast
@given(
    st.binary(min_size=16, max_size=16), st.binary(min_size=1, max_size=200), st.binary(max_size=40)
)
def test_sm4_gcm_agrees_with_the_oracle_both_ways(key: bytes, plain: bytes, context: bytes) -> None:
    sealed = primitives.seal(key, plain, context)
    nonce, body = sealed[:12], sealed[12:]
    opened = gmssl_pyx.sm4_gcm_decrypt(key, nonce, context, body[:-16], body[-16:])
    assert opened == plain
    cipher, tag = gmssl_pyx.sm4_gcm_encrypt(key, nonce, context, plain)
    assert primitives.unseal(key, nonce + cipher + tag, context) == plain


@fast
@given(st.binary(min_size=1, max_size=200))
def test_sm2_signatures_are_good_for_the_oracle_both_ways(data: bytes) -> None:
    secret = primitives.new_sm2_key()
    public = primitives.sm2_public(secret)
    assert gmssl_pyx.sm2_verify(public[1:], data, primitives.sm2_sign(secret, data))
    theirs = gmssl_pyx.sm2_sign(secret, public[1:], data)
    assert primitives.sm2_verify(public, data, theirs)


def test_the_identity_value_is_part_of_what_is_signed() -> None:
    other = gmssl_pyx.sm2_sign(SM2_SECRET, SM2_PUBLIC[1:], b"data", signer_id=b"someone else")
    assert not primitives.sm2_verify(SM2_PUBLIC, b"data", other)


def test_a_nonce_and_a_signature_never_come_twice() -> None:
    seals = {primitives.seal(SM4_KEY, b"x", b"")[:12] for _ in range(2000)}
    assert len(seals) == 2000
    assert len({primitives.sm2_sign(SM2_SECRET, b"x") for _ in range(50)}) == 50


@pytest.mark.parametrize("junk", [b"", b"\x30", b"\x30\x06\x02\x01\x00\x02\x01\x00", bytes(200)])
def test_what_is_no_signature_is_simply_false(junk: bytes) -> None:
    assert not primitives.sm2_verify(SM2_PUBLIC, b"data", junk)
    assert primitives.sm2_verify(SM2_PUBLIC, b"data", primitives.sm2_sign(SM2_SECRET, b"data"))
