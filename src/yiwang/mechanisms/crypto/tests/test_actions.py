from __future__ import annotations

import base64
import io
import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.mechanisms.crypto import actions, queries, rules, streams
from yiwang.mechanisms.crypto.definitions import CannotDecrypt, CannotRotate
from yiwang.mechanisms.crypto.drivers.encrypted_file import EncryptedFileKeyStore

fast = settings(max_examples=40, deadline=None)
NUMBER = "62010219900307123X"


@fast
@given(st.text())
def test_any_text_comes_back(plain: str) -> None:
    assert actions.decrypt(actions.encrypt(plain, purpose="a"), purpose="a") == plain


def test_equal_texts_are_closed_differently_and_name_their_key() -> None:
    one, two = (actions.encrypt(NUMBER, purpose="a") for _ in range(2))
    assert one != two
    assert one.startswith("sm4-gcm$fields.")
    assert NUMBER not in one


def test_a_cipher_cannot_move_to_another_column() -> None:
    with pytest.raises(CannotDecrypt):
        actions.decrypt(actions.encrypt(NUMBER, purpose="a"), purpose="b")


@fast
@given(st.integers(min_value=0))
def test_one_changed_bit_is_noticed(place: int) -> None:
    scheme, key_id, body = actions.encrypt(NUMBER, purpose="a").split("$")
    raw = bytearray(base64.b64decode(body))
    place %= len(raw) * 8
    raw[place // 8] ^= 1 << place % 8
    changed = f"{scheme}${key_id}${base64.b64encode(raw).decode()}"
    with pytest.raises(CannotDecrypt):
        actions.decrypt(changed, purpose="a")


@pytest.mark.parametrize(
    "junk",
    ["", "x", "$$", NUMBER, "aes$fields.1$AAAA", "sm4-gcm$index.1$AAAA", "sm4-gcm$fields.1$*"],
)
def test_what_is_no_cipher_is_refused(junk: str) -> None:
    actions.encrypt("x", purpose="a")
    with pytest.raises(CannotDecrypt):
        actions.decrypt(junk, purpose="a")


def test_rotation_changes_the_key_and_keeps_the_old_readable() -> None:
    old = actions.encrypt(NUMBER, purpose="a")
    fresh = actions.rotate()
    new = actions.encrypt(NUMBER, purpose="a")
    assert new.split("$")[1] == fresh != old.split("$")[1]
    assert actions.decrypt(old, purpose="a") == actions.decrypt(new, purpose="a") == NUMBER
    assert fresh in queries.list_keys()


def test_the_index_finds_equal_values_of_one_purpose_only() -> None:
    index = actions.keyed_index(NUMBER, purpose="a")
    assert index == actions.keyed_index(NUMBER, purpose="a")
    assert index != actions.keyed_index(NUMBER, purpose="b")
    assert index != actions.keyed_index(NUMBER[:-1] + "1", purpose="a")
    assert len(index) == 64


def test_what_was_written_under_an_older_index_key_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = EncryptedFileKeyStore(tmp_path)
    monkeypatch.setattr(actions, "get_store", lambda: store)
    old = actions.keyed_index(NUMBER, purpose="a")
    actions.rotate("index")
    assert actions.keyed_index(NUMBER, purpose="a") == old  # others do not know the new one yet
    os.utime(tmp_path / "keys" / "index.2.key", (time.time() - 200,) * 2)
    store = EncryptedFileKeyStore(tmp_path)
    new = actions.keyed_index(NUMBER, purpose="a")
    assert new != old
    assert actions.keyed_indexes(NUMBER, purpose="a") == (new, old)
    assert actions.is_indexed(old, plain=NUMBER, purpose="a")
    assert not actions.is_indexed(old, plain=NUMBER[:-1] + "1", purpose="a")


def test_a_kind_no_key_is_of_is_not_rotated() -> None:
    with pytest.raises(CannotRotate):
        actions.rotate("feilds")


def test_a_signature_holds_for_its_bytes_and_its_purpose_only() -> None:
    signature = actions.sign(b"document", purpose="licences")
    assert actions.verify(b"document", signature, purpose="licences")
    assert not actions.verify(b"Document", signature, purpose="licences")
    assert not actions.verify(b"document", signature, purpose="platform")
    other = actions.sign(b"document", purpose="platform")
    assert not actions.verify(b"document", other, purpose="licences")


@pytest.mark.parametrize("junk", ["", "sm2-sm3$x$y", "none$sign-platform.1$", "$$$"])
def test_what_is_no_signature_does_not_hold(junk: str) -> None:
    actions.sign(b"x")
    assert not actions.verify(b"x", junk)
    assert not actions.verify(b"x", "sm2-sm3$sign-platform.1$*")


def test_an_old_signature_holds_after_rotation() -> None:
    old = actions.sign(b"x", purpose="turning")
    actions.rotate("sign-turning")
    new = actions.sign(b"x", purpose="turning")
    assert old.split("$")[1] != new.split("$")[1]
    assert actions.verify(b"x", old, purpose="turning")
    assert actions.verify(b"x", new, purpose="turning")


@pytest.mark.parametrize("size", [0, 1, streams.PIECE - 1, streams.PIECE, 2 * streams.PIECE + 5])
def test_a_long_content_comes_back_whole(size: int) -> None:
    plain = bytes(range(256)) * (size // 256 + 1)
    plain = plain[:size]
    chunks = [plain[place : place + 1000] for place in range(0, size, 1000)]
    sealed = b"".join(streams.seal_stream(chunks, context="file:1"))
    opened = b"".join(streams.open_stream(io.BytesIO(sealed), context="file:1"))
    assert opened == plain
    assert size < 100 or plain[:100] not in sealed


def _sealed_stream() -> bytes:
    return b"".join(streams.seal_stream([bytes(3 * streams.PIECE)], context="file:1"))


PIECE = streams.PIECE + 16


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s[:-PIECE],  # the last piece is gone
        lambda s: s[:-1],
        lambda s: s + b"x",
        lambda s: s[: -2 * PIECE] + s[-PIECE:] + s[-2 * PIECE : -PIECE],  # two pieces swapped
        lambda s: b"XXXX" + s[4:],
        lambda s: s[:60] + bytes([s[60] ^ 1]) + s[61:],  # the wrapped key
        lambda s: s[:20],
        lambda s: b"",
    ],
)
def test_a_long_content_that_was_changed_is_refused(change: object) -> None:
    sealed = change(_sealed_stream())
    with pytest.raises(CannotDecrypt):
        list(streams.open_stream(io.BytesIO(sealed), context="file:1"))


def test_a_long_content_cannot_stand_in_for_another() -> None:
    with pytest.raises(CannotDecrypt):
        list(streams.open_stream(io.BytesIO(_sealed_stream()), context="file:2"))


def test_equal_is_equal() -> None:
    assert rules.same("a", "a")
    assert not rules.same("a", "b")
