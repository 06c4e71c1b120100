"""Small honest files of every kind, for tests and the sample province."""

from __future__ import annotations

import io
import zipfile

from PIL import Image

from yiwang.mechanisms.files.definitions import Kind

_PARTS = {
    Kind.DOCX: {"[Content_Types].xml": "<Types/>", "word/document.xml": "<document/>"},
    Kind.XLSX: {"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>"},
    Kind.OFD: {"OFD.xml": "<OFD/>", "Doc_0/Document.xml": "<Document/>"},
}


def _pdf() -> bytes:
    """One A4 page that says SAMPLE, so that a viewer has something to show."""
    words = b"BT /F1 36 Tf 200 420 Td (SAMPLE) Tj ET"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page,
        b"<</Length %d>>stream\n%s\nendstream" % (len(words), words),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    file, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj%s endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    file += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return file + b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        size, file.index(b"xref\n"),
    )  # fmt: skip


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
        return _pdf()
    if kind in _PARTS:
        return archive(dict(_PARTS[kind]))
    if kind in (Kind.CSV, Kind.TXT):
        return "姓名,金额\n甲,120\n".encode()
    return picture(kind)


def document(kind: Kind = Kind.DOCX, **more: str | bytes) -> bytes:
    """An office document with further entries."""
    return archive({**_PARTS[kind], **more})
