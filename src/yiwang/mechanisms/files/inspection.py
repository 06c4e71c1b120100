"""Open an upload inside a limited child process. Runs as a script: no application, no settings.

Called as ``python -I inspection.py <kind> <output fd>`` with the upload as standard input; answers
one JSON line, ``{"problem": null | "<code>"}``. For images the output is the picture again without
anything else.
"""

from __future__ import annotations

import ctypes
import importlib
import io
import json
import os
import re
import resource
import stat
import sys
import zipfile
from typing import IO, Final

CPU_SECONDS: Final = 20
MEMORY: Final = 512 * 1024 * 1024
PIXELS: Final = 50_000_000
ENTRIES: Final = 2000
TOTAL: Final = 512 * 1024 * 1024
RATIO: Final = 100
DEPTH: Final = 2
OUTPUT: Final = 64 * 1024 * 1024
#: Below this much content a high ratio is only much white space.
SMALL: Final = 1024 * 1024
#: The descriptors that stay: 0 the upload, 1 the answer, 2 errors, and this one.
TARGET: Final = 3
_LATE: Final = (
    *(f"PIL.{name}ImagePlugin" for name in ("Jpeg", "Mpo", "Png", "Tiff", "WebP")),
    *(
        "PIL.ImageOps",
        "PIL.ImageFile",
        "encodings.cp437",
        "encodings.utf_16",
        "encodings.utf_16_le",
    ),
)
_NEW_NETWORK, _NEW_USER = 0x40000000, 0x10000000
_PICTURES: Final = {"JPEG": ("JPEG", "MPO"), "PNG": ("PNG",), "WEBP": ("WEBP",)}
_MUST_HAVE: Final = {
    "DOCX": ("[Content_Types].xml", "word/document.xml"),
    "XLSX": ("[Content_Types].xml", "xl/workbook.xml"),
    "OFD": ("OFD.xml",),
}
_DOCTYPE: Final = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_REMOTE_TEMPLATE: Final = re.compile(
    rb"attachedTemplate[^>]*External|External[^>]*attachedTemplate"
)


class Problem(Exception):
    """The code of what is wrong."""


def limit_myself(target_fd: int) -> None:
    """No network, no further file; little time, memory, output; no new processes.

    The network goes with a namespace of its own where the system allows it, and in any case
    because no descriptor is left to open a socket or a file with.
    """
    _load_first()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_NETWORK) != 0:
        libc.unshare(_NEW_USER | _NEW_NETWORK)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT, OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    if target_fd != TARGET:
        os.dup2(target_fd, TARGET)
    os.closerange(TARGET + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    resource.setrlimit(resource.RLIMIT_NOFILE, (TARGET + 1, TARGET + 1))


def _load_first() -> None:
    """Whatever is loaded late otherwise: afterwards no file can be opened."""
    from PIL import Image

    Image.preinit()
    for name in _LATE:
        importlib.import_module(name)


def inspect_picture(kind: str, source: IO[bytes], target: IO[bytes]) -> None:
    """Decode every pixel and write the picture again: comments, places, appended files are gone."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = PIXELS
    try:
        with Image.open(source, formats=_PICTURES[kind]) as picture:
            if picture.width * picture.height > PIXELS:
                raise Problem("pixels")
            picture.load()
            ImageOps.exif_transpose(picture, in_place=True)
            quality = {} if kind == "PNG" else {"quality": 92}
            picture.info = {k: v for k, v in picture.info.items() if k == "transparency"}
            picture.save(target, format=kind, exif=b"", **quality)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Problem("pixels") from error
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError) as error:
        raise Problem("broken-image") from error


class Archive:
    """Walks an archive and, to a depth, archives inside; counts over all of them."""

    def __init__(self) -> None:
        self.entries = 0
        self.total = 0

    def inspect(self, source: IO[bytes], depth: int = 1) -> zipfile.ZipFile:
        if depth > DEPTH:
            raise Problem("nested")
        archive = zipfile.ZipFile(source)
        entries = archive.infolist()
        self.entries += len(entries)
        if self.entries > ENTRIES:
            raise Problem("entries")
        self._check_layout(entries, source)
        self._check_sizes(entries)
        for entry in entries:
            self._check_entry(archive, entry, depth)
        return archive

    def _check_layout(self, entries: list[zipfile.ZipInfo], source: IO[bytes]) -> None:
        """Entries one after the other from the first byte on; nothing shared, hidden or behind."""
        end = 0
        for entry in sorted(entries, key=lambda e: e.header_offset):
            if entry.header_offset < end or (end == 0 and entry.header_offset != 0):
                raise Problem("mixed")
            end = entry.header_offset + 30 + entry.compress_size
        source.seek(0, io.SEEK_END)
        size = source.tell()
        source.seek(max(0, size - 22))
        if source.read(4) != b"PK\x05\x06":
            raise Problem("mixed")

    def _check_sizes(self, entries: list[zipfile.ZipInfo]) -> None:
        told = sum(entry.file_size for entry in entries)
        packed = sum(entry.compress_size for entry in entries)
        if self.total + told > TOTAL or (told > SMALL and told > RATIO * max(packed, 1)):
            raise Problem("bomb")

    def _check_entry(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, depth: int) -> None:
        name = entry.filename
        if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"):
            raise Problem("path")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise Problem("link")
        if entry.flag_bits & 0x1:
            raise Problem("locked")
        if name.lower().endswith(("vbaproject.bin", "vbadata.xml")):
            raise Problem("macro")
        self._read(archive, entry, depth)

    def _read(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, depth: int) -> None:
        """The real bytes count, not the told ones; XML must have no doctype."""
        kept = io.BytesIO()
        with archive.open(entry) as content:
            head = content.read(8)
            keep = head.startswith(b"PK\x03\x04") or entry.filename.endswith((".xml", ".rels"))
            chunk = head
            while chunk:
                self.total += len(chunk)
                if self.total > TOTAL:
                    raise Problem("bomb")
                if keep:
                    kept.write(chunk)
                chunk = content.read(65536)
        if head.startswith(b"PK\x03\x04"):
            self.inspect(kept, depth + 1)
        elif keep:
            check_xml(kept.getvalue())


def check_xml(content: bytes) -> None:
    text = content
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in content[:4]:
        encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-16-le"
        text = content.decode(encoding, "replace").encode()
    if _DOCTYPE.search(text) or _REMOTE_TEMPLATE.search(text):
        raise Problem("entity")


def inspect_archive(kind: str, source: IO[bytes]) -> None:
    try:
        names = set(Archive().inspect(source).namelist())
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        overlapped = "verlap" in str(error)
        raise Problem("bomb" if overlapped else "broken-archive") from error
    except RuntimeError as error:  # zipfile's word for a password
        raise Problem("locked") from error
    except Exception as error:  # zlib.error and whatever a hostile archive provokes
        if isinstance(error, Problem | MemoryError):
            raise
        raise Problem("broken-archive") from error
    if not names.issuperset(_MUST_HAVE[kind]):
        raise Problem("not-archive")


def main(kind: str, target_fd: int) -> str | None:
    limit_myself(target_fd)
    with os.fdopen(0, "rb") as source, os.fdopen(TARGET, "wb") as target:
        try:
            if kind in _PICTURES:
                inspect_picture(kind, source, target)
            else:
                inspect_archive(kind, source)
        except Problem as problem:
            return str(problem)
        except MemoryError:
            return "too-hard"
    return None


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"problem": main(sys.argv[1], int(sys.argv[2]))}))
