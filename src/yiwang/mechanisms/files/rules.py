"""Does the content fit the name? First looks that need no parser: pure functions on bytes."""

from __future__ import annotations

import codecs
import re
import unicodedata
from pathlib import Path
from typing import Final

from yiwang.kernel.references import KEY_PATTERN
from yiwang.mechanisms.files.definitions import (
    ARCHIVES,
    IMAGES,
    KIND_OF_EXTENSION,
    TEXTS,
    Kind,
)

HEAD: Final = 1024
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_ACTIVE: Final = re.compile(rb"/(JavaScript|Launch|RichMedia)\b")
_FOREIGN: Final = (b"PK\x03\x04", b"%PDF", b"MZ", b"\x7fELF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!")


def clean_name(filename: str) -> str | None:
    """The last part of the given name, fit to be shown; None when nothing proper is left."""
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", filename)[-1]).strip()
    unsafe = any(
        unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for c in name
    )
    stem, dot, extension = name.rpartition(".")
    return None if unsafe or not (stem and dot and extension) or len(name) > 120 else name


def place_of(folder: Path, key: str) -> Path:
    """Where a kept file lies in its folder, closed for ``context_of(key)``; ValueError for anything but a key of ours."""
    if not KEY_PATTERN.fullmatch(key):
        raise ValueError("not a file key")
    return folder / key[:2] / key


def context_of(key: str) -> str:
    """What a kept file's content is bound to."""
    return f"file:{key}"


def kind_of(name: str) -> Kind | None:
    """The kind a name claims; None for one we do not take."""
    return KIND_OF_EXTENSION.get(name.rpartition(".")[2].lower())


def first_look(kind: Kind, head: bytes, tail: bytes) -> str | None:
    """What is wrong by the first and last bytes alone: a problem code, or None."""
    if not head:
        return "empty"
    if kind in IMAGES:
        return None if _image_magic(head) == kind else "not-image"
    if kind in ARCHIVES:
        if not head.startswith(b"PK\x03\x04"):
            return "not-archive"
        return "mixed" if b"%PDF" in head else None
    if kind in TEXTS:
        return "not-text" if head.startswith(_FOREIGN) else None
    return _look_at_pdf(head, tail)


def _image_magic(head: bytes) -> Kind | None:
    if head.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Kind.WEBP
    return None


def _look_at_pdf(head: bytes, tail: bytes) -> str | None:
    if re.match(rb"%PDF-[12]\.\d", head) is None:
        return "not-pdf"
    if b"PK\x05\x06" in tail:
        return "mixed"
    return None if b"%%EOF" in tail and b"startxref" in tail else "cut-pdf"


class PdfScan:
    """Looks through a PDF as it flows by for programs and actions it would start."""

    def __init__(self) -> None:
        self._rest = b""
        self.problem: str | None = None

    def feed(self, chunk: bytes) -> None:
        window = self._rest + chunk
        if _ACTIVE.search(window):
            self.problem = "active-pdf"
        self._rest = window[-24:]


class TextScan:
    """Looks whether a content is text in UTF-8 or GB 18030, as it flows by."""

    def __init__(self) -> None:
        self._decoders = [codecs.getincrementaldecoder(n)() for n in ("utf-8", "gb18030")]
        self.problem: str | None = None

    def feed(self, chunk: bytes, *, last: bool = False) -> None:
        if _CONTROL.search(chunk):
            self.problem = "not-text"
        self._decoders = [d for d in self._decoders if _decodes(d, chunk, last=last)]
        if not self._decoders:
            self.problem = "not-text"


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, last: bool) -> bool:
    try:
        decoder.decode(chunk, last)
    except UnicodeDecodeError:
        return False
    return True
