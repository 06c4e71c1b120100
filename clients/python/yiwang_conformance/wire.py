"""One HTTP/1.1 exchange, bounded in time and size, telling exactly what came back and what did not."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_HEAD_BYTES = 65_536
_PIECE = 65_536
#: Why no whole answer came.
REFUSED, LATE, LARGE, BROKEN, NOT_HTTP = "REFUSED", "LATE", "LARGE", "BROKEN", "NOT_HTTP"


@dataclass(frozen=True)
class Heard:
    """What came back; ``trouble`` is empty when it came whole."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0.0
    trouble: str = ""
    extra: bytes = b""  # bytes after the end of the answer

    @property
    def kind(self) -> str:
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        for part in self.headers.get("content-type", "").split(";")[1:]:
            name, _, value = part.partition("=")
            if name.strip().lower() == "charset":
                return value.strip().strip('"').lower()
        return "utf-8"


@dataclass(frozen=True)
class Sent:
    """One request as it goes out."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


class _Trouble(Exception):
    """Why the answer is not whole."""


class _Link:
    """A connection with a deadline for everything on it."""

    def __init__(self, address: str, seconds: float) -> None:
        parts = urlsplit(address)
        secure = parts.scheme == "https"
        host, port = parts.hostname or "", parts.port or (443 if secure else 80)
        self._end = time.monotonic() + seconds
        plain = socket.create_connection((host, port), timeout=seconds)
        try:
            context = ssl.create_default_context() if secure else None
            self._socket = context.wrap_socket(plain, server_hostname=host) if context else plain
        except OSError:
            plain.close()
            raise
        self._rest = b""

    def close(self) -> None:
        self._socket.close()

    def send(self, raw: bytes) -> None:
        self._socket.settimeout(self._left())
        self._socket.sendall(raw)

    def line_end(self) -> bytes:
        """Everything up to the empty line."""
        while b"\r\n\r\n" not in self._rest:
            if len(self._rest) > _HEAD_BYTES:
                raise _Trouble(NOT_HTTP)
            piece = self._read()
            if not piece:
                raise _Trouble(BROKEN)
            self._rest += piece
        head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        return head

    def exactly(self, size: int, most: int) -> bytes:
        got = bytearray(self._take())
        while len(got) < size:
            if len(got) > most:
                raise _Large(bytes(got))
            piece = self._read()
            if not piece:
                raise _Half(bytes(got))
            got += piece
        self._rest = bytes(got[size:])
        return bytes(got[:size])

    def line(self) -> bytes:
        while b"\r\n" not in self._rest:
            piece = self._read()
            if not piece or len(self._rest) > _HEAD_BYTES:
                raise _Trouble(BROKEN)
            self._rest += piece
        found, _, self._rest = self._rest.partition(b"\r\n")
        return found

    def to_end(self, most: int) -> bytes:
        got = bytearray(self._take())
        while True:
            if len(got) > most:
                raise _Large(bytes(got))
            piece = self._read()
            if not piece:
                return bytes(got)
            got += piece

    def after(self) -> bytes:
        """What nobody asked for: bytes that follow an answer at once."""
        if self._rest:
            return self._take()
        self._socket.settimeout(0.05)
        try:
            return self._socket.recv(_PIECE)
        except (TimeoutError, OSError):
            return b""

    def _take(self) -> bytes:
        taken, self._rest = self._rest, b""
        return taken

    def _left(self) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def _read(self) -> bytes:
        self._socket.settimeout(self._left())
        return self._socket.recv(_PIECE)


class _Large(Exception):
    pass


class _Half(Exception):
    pass


def exchange(address: str, sent: Sent, *, seconds: float, most: int) -> Heard:
    """Send and listen, at most ``seconds`` in all and ``most`` bytes of body."""
    began = time.monotonic()
    status, headers = 0, dict[str, str]()
    try:
        link = _Link(address, seconds)
    except OSError as error:
        trouble = LATE if isinstance(error, TimeoutError) else REFUSED
        return Heard(seconds=time.monotonic() - began, trouble=trouble)
    try:
        link.send(_raw(address, sent))
        status, headers = _head(link.line_end())
        body = _body(link, headers, status, most)
        took = time.monotonic() - began
        return Heard(status, headers, body, took, extra=link.after())
    except TimeoutError:
        trouble = LATE
    except _Large:
        trouble = LARGE
    except _Trouble as error:
        trouble = str(error)
    except (_Half, OSError, ValueError):
        trouble = BROKEN
    finally:
        link.close()
    return Heard(status, headers, seconds=time.monotonic() - began, trouble=trouble)


def _raw(address: str, sent: Sent) -> bytes:
    host = urlsplit(address).netloc.rpartition("@")[2]
    lines = [
        f"{sent.method} {sent.target} HTTP/1.1",
        f"Host: {host}",
        "Accept: application/json",
        f"Content-Length: {len(sent.body)}",
        *(f"{name}: {value}" for name, value in sent.headers.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + sent.body


def _head(raw: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = raw.decode("latin-1").split("\r\n")
    words = first.split(" ", 2)
    if not words[0].startswith("HTTP/1.") or len(words) < 2 or not words[1].isdecimal():
        raise _Trouble(NOT_HTTP)
    headers = dict[str, str]()
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    return int(words[1]), headers


def _body(link: _Link, headers: Mapping[str, str], status: int, most: int) -> bytes:
    if status in (204, 304):
        return b""
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return _chunks(link, most)
    length = headers.get("content-length", "")
    if not length:
        return link.to_end(most)
    if not length.isdecimal():
        raise _Trouble(NOT_HTTP)
    if int(length) > most:
        raise _Large
    return link.exactly(int(length), most)


def _chunks(link: _Link, most: int) -> bytes:
    got = bytearray()
    while True:
        size = int(link.line().split(b";")[0], 16)
        if size == 0:
            while link.line():
                continue
            return bytes(got)
        if len(got) + size > most:
            raise _Large
        got += link.exactly(size, most)
        link.exactly(2, most)
