"""Keys two parties share, against two other ways to compute them: GmSSL's encryption, and the curve's
equations written out here."""

from __future__ import annotations

import gmssl_pyx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.mechanisms.crypto import actions, primitives, queries, rules

fast = settings(max_examples=25, deadline=None)
scalars = st.integers(min_value=1, max_value=2**255).map(lambda n: n.to_bytes(32, "big"))

# GB/T 32918.5-2017: the recommended curve
P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
# GB/T 32918.5-2017, annex C.2: a text encrypted; the shared point (x2, y2) is printed there
SECRET = bytes.fromhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")
C1 = bytes.fromhex(
    "04"
    "04ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73"
    "e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0"
)
X2 = "335e18d751e51f040e27d468138b7ab1dc86ad7f981d7d416222fd6ab3ed230d"


def add(one: tuple[int, int] | None, other: tuple[int, int] | None) -> tuple[int, int] | None:
    """Two points of the curve; None is the point at infinity."""
    if one is None or other is None:
        return one or other
    if one[0] == other[0] and (one[1] + other[1]) % P == 0:
        return None
    if one == other:
        slope = (3 * one[0] ** 2 + A) * pow(2 * one[1], -1, P)
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, P)
    x = (slope * slope - one[0] - other[0]) % P
    return x, (slope * (one[0] - x) - one[1]) % P


def times(number: int, point: tuple[int, int]) -> tuple[int, int] | None:
    found = None
    for bit in bin(number)[2:]:
        found = add(found, found)
        if bit == "1":
            found = add(found, point)
    return found


def test_the_agreed_value_is_the_published_one() -> None:
    assert primitives.sm2_agree(SECRET, C1).hex() == X2


@fast
@given(scalars, scalars)
def test_both_sides_and_the_written_out_curve_agree(mine: bytes, theirs: bytes) -> None:
    shared = primitives.sm2_agree(mine, primitives.sm2_public(theirs))
    assert shared == primitives.sm2_agree(theirs, primitives.sm2_public(mine))
    point = primitives.sm2_public(theirs)
    x, y = int.from_bytes(point[1:33], "big"), int.from_bytes(point[33:], "big")
    written_out = times(int.from_bytes(mine, "big"), (x, y))
    assert written_out is not None
    assert int.from_bytes(shared, "big") == written_out[0]


@fast
@given(scalars, st.binary(min_size=1, max_size=100))
def test_what_gmssl_encrypts_opens_with_the_agreed_value(secret: bytes, plain: bytes) -> None:
    """GmSSL multiplies our point with its own number; only who agrees with its C1 can read."""
    sealed = gmssl_pyx.sm2_encrypt(primitives.sm2_public(secret)[1:], plain)
    c1, tag, cipher = _parts(sealed)
    x = int.from_bytes(primitives.sm2_agree(secret, c1), "big")
    root = pow(x**3 + A * x + B, (P + 1) // 4, P)
    opened = []
    for y in (root, P - root):
        both = x.to_bytes(32, "big") + y.to_bytes(32, "big")
        stream = gmssl_pyx.sm3_kdf(both, len(cipher))
        text = bytes(a ^ b for a, b in zip(cipher, stream, strict=True))
        if gmssl_pyx.sm3_hash(both[:32] + text + both[32:]) == tag:
            opened.append(text)
    assert opened == [plain]


def _parts(sealed: bytes) -> tuple[bytes, bytes, bytes]:
    """ASN.1 of GM/T 0009: two numbers (C1), a digest (C3), a text (C2)."""

    def value(at: int) -> tuple[bytes, int]:
        size, at = sealed[at + 1], at + 2
        if size & 0x80:
            count = size & 0x7F
            size, at = int.from_bytes(sealed[at : at + count], "big"), at + count
        return sealed[at : at + size], at + size

    at = 2 if sealed[1] < 0x80 else 2 + (sealed[1] & 0x7F)
    parts = []
    while at < len(sealed):
        part, at = value(at)
        parts.append(part)
    x, y, tag, cipher = parts
    point = b"\x04" + b"".join(int.from_bytes(n, "big").to_bytes(32, "big") for n in (x, y))
    return point, tag, cipher


@fast
@given(st.binary(max_size=80), st.binary(max_size=80))
def test_derived_keys_are_those_of_the_library(secret: bytes, info: bytes) -> None:
    theirs = HKDF(algorithm=hashes.SM3(), length=32, salt=None, info=info).derive(secret)
    assert primitives.derive(secret, info) == theirs


@pytest.mark.parametrize(
    "point",
    [
        b"",
        b"\x04" + bytes(64),
        b"\x04" + b"\x01" * 64,
        C1[:-1] + bytes([C1[-1] ^ 1]),
        C1[:-1],
        C1 + b"\x00",
        b"\x00",
    ],
)
def test_what_is_no_point_of_the_curve_agrees_with_nobody(point: bytes) -> None:
    assert not rules.is_point(point.hex())
    with pytest.raises(primitives.Broken):
        primitives.sm2_agree(SECRET, point)


def test_a_shared_key_depends_on_who_and_what_for() -> None:
    own = queries.current_public_key(purpose="node")
    other = primitives.new_sm2_key()
    point = primitives.sm2_public(other).hex()
    shared = actions.agree(key_id=own.key_id, point=point, info=b"a|b|mac")
    assert shared == rules.agree(other, own.point, b"a|b|mac")
    assert shared != rules.agree(other, own.point, b"a|b|seal")
    assert shared != rules.agree(primitives.new_sm2_key(), own.point, b"a|b|mac")


def test_somebody_elses_signature_fits_its_key_its_name_and_its_bytes_only() -> None:
    own = queries.current_public_key(purpose="node")
    signature = actions.sign(b"text", purpose="node")
    good = {"key_id": own.key_id, "point": own.point}
    assert rules.is_signed_by(b"text", signature, **good)
    assert not rules.is_signed_by(b"texts", signature, **good)
    assert not rules.is_signed_by(b"text", signature, **good | {"key_id": f"{own.key_id}0"})
    assert not rules.is_signed_by(b"text", signature + "!", **good)
    assert not rules.is_signed_by(b"text", "sm2-sm3$x", **good)
    point = primitives.sm2_public(primitives.new_sm2_key()).hex()
    assert not rules.is_signed_by(b"text", signature, **good | {"point": point})
    assert not rules.is_signed_by(b"text", signature, **good | {"point": "04"})


def test_an_older_key_may_still_be_asked_to_sign() -> None:
    old = queries.current_public_key(purpose="turning")
    new = actions.rotate("sign-turning")
    assert actions.sign(b"x", purpose="turning").split("$")[1] == new
    assert actions.sign(b"x", purpose="turning", key_id=old.key_id).split("$")[1] == old.key_id


def test_a_fingerprint_is_the_digest_of_the_point() -> None:
    own = queries.current_public_key(purpose="node")
    assert (
        rules.fingerprint(own.point)
        == own.fingerprint
        == gmssl_pyx.sm3_hash(bytes.fromhex(own.point)).hex()
    )
