"""Pure: a large answer cut into its records while it comes, never more in memory than one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

#: One record as text at most.
ROW_BYTES: Final = 1_048_576
_FLAT: Final = re.compile(rb'\{(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")*+\}', re.DOTALL)
_TOKEN: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}\[\]"]', re.DOTALL)
_BLANK: Final = re.compile(rb"[ \t\r\n]*+")


class Lines:
    """One record a line."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The records that are whole now. ValueError: one is larger than it may be."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in (*lines, self._rest):
            _check(line)
        return (line for line in lines if line.strip())

    def end(self) -> Iterator[bytes]:
        """The last line needs no line feed."""
        return iter([self._rest] if self._rest.strip() else [])


class Elements:
    """The objects of one JSON list."""

    def __init__(self) -> None:
        self._rest = b""
        self._wants = b"["  # what comes next: the list, a record or its end, a comma or the end

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The records that are whole now. ValueError: it is no list of objects, or one is too large."""
        text, at = self._rest + data, 0
        while (at := _BLANK.match(text, at).end()) < len(text):  # type: ignore[union-attr]  # always
            sign = text[at : at + 1]
            if self._wants in (b"{", b"{]") and sign == b"{":
                end = _end_of(text, at)
                if end < 0:
                    break
                yield text[at:end]
                at, self._wants = end, b","
                continue
            self._wants = self._after(sign)
            at += 1
        self._rest = text[at:]
        _check(self._rest)

    def end(self) -> Iterator[bytes]:
        """ValueError for a list that stops in the middle."""
        if self._wants or self._rest:
            raise ValueError("cut")
        return iter(())

    def _after(self, sign: bytes) -> bytes:
        wants = self._wants
        if wants == b"[" == sign:
            return b"{]"
        if wants == b"," == sign:
            return b"{"
        if wants in (b",", b"{]") and sign == b"]":
            return b""
        raise ValueError("no list of objects")


def _check(row: bytes) -> None:
    if len(row) > ROW_BYTES:
        raise ValueError("a record is too large")


def _end_of(text: bytes, at: int) -> int:
    """Where the object that begins here ends; -1 while it is not whole."""
    if (found := _FLAT.match(text, at)) is not None:
        _check(found.group())
        return found.end()
    depth = 0
    for token in _TOKEN.finditer(text, at):
        sign = token.group()
        if sign in (b"{", b"["):
            depth += 1
        elif sign in (b"}", b"]"):
            depth -= 1
            if depth == 0:
                _check(text[at : token.end()])
                return token.end()
        elif sign == b'"':
            return -1
    return -1
