"""Small honest files of every kind, for tests and the sample province."""

from __future__ import annotations

import io
import zipfile

from PIL import Image

from yiwang.mechanisms.files.definitions import Kind

_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R/Size 3>>\nstartxref\n9\n%%EOF\n"
)
_PARTS = {
    Kind.DOCX: {"[Content_Types].xml": "<Types/>", "word/document.xml": "<document/>"},
    Kind.XLSX: {"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>"},
    Kind.OFD: {"OFD.xml": "<OFD/>", "Doc_0/Document.xml": "<Document/>"},
}


def picture(kind: Kind = Kind.PNG, *, size: tuple[int, int] = (40, 30)) -> bytes:
    """A picture with one colour."""
    target = io.BytesIO()
    Image.new("RGB", size, (20, 90, 160)).save(target, format=kind.value)
    return target.getvalue()


def archive(parts: dict[str, str | bytes]) -> bytes:
    """A zip file with these entries."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(_entry(name), content)
    return target.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    """The same date every time, so that equal parts make equal files."""
    entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def content(kind: Kind) -> bytes:
    """An honest file of a kind."""
    if kind is Kind.PDF:
        return _PDF
    if kind in _PARTS:
        return archive(dict(_PARTS[kind]))
    if kind in (Kind.CSV, Kind.TXT):
        return "姓名,金额\n甲,120\n".encode()
    return picture(kind)


def document(kind: Kind = Kind.DOCX, **more: str | bytes) -> bytes:
    """An office document with further entries."""
    return archive({**_PARTS[kind], **more})
