"""JSON as the exchange reads and writes it."""

from __future__ import annotations

import json

import pytest

from yiwang.foundation.exchange.fastpath import notation, questions

#: Every character of the first plane that may stand alone, and some beyond.
TEXT = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x10000), 0x20BB7, 0x1F004)))


@pytest.mark.parametrize("value", [TEXT, ["甲", 1, True, None], {"甲": [0, -1, 2**64 - 1]}, 10**30])
def test_what_is_written_is_what_every_other_writer_writes(value):
    known = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    assert notation.write(value) == known
    assert notation.read(known) == value


@pytest.mark.parametrize("number", [10**18, 2**63, 2**64, -(2**64), 62010219400101001234567890])
def test_no_number_is_rounded(number):
    assert notation.read(json.dumps({"n": number}).encode()) == {"n": number}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"NaN",
        b"[1e999]",
        b"[1e999,1234567890123456789]",
        b"[NaN,1234567890123456789]",
        b'"\xff"',
        b'"\\ud800"',
        b"[" * 100_000 + b"]" * 100_000,
        b"[" * 100_000 + b"1234567890123456789" + b"]" * 100_000,
        b"\xef\xbb\xbf{}",
    ],
)
def test_what_is_no_plain_json_is_no_json(body):
    with pytest.raises(ValueError):
        notation.read(body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":"\xe9\xa9\xac","b":[1,2.5,null,true]}',
        b'{"a":"b\\n"}',
        b'{"a":"\\u0000"}',
        b'{"a":"\x7f"}',
        '{"\x80":1}'.encode(),
        b'{\r\n"a": 1}',
        b'{"a":"[[[[[[[[[[{{"}',
        b"[" * 9 + b"1" + b"]" * 9,
        b"[" * 8 + b"1" + b"]" * 8,
        b"[" * 8 + b"[]" + b"]" * 8,
        b'{"a":' * 9 + b"1" + b"}" * 9,
        b"[[[[[[[[1],[1]]]]]]]]",
        b"[1e308]",
    ],
)
def test_what_the_bytes_say_of_readability_is_what_looking_says(body):
    given = notation.read(body)
    assert questions.is_readable(given, body) == questions.readable(given)
