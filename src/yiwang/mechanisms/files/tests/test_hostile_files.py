"""Every file here lies, hides something or grows; each is refused by a sentence that names it."""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from yiwang.kernel.actor import machine
from yiwang.mechanisms.files import actions, inspection, sample, shelf
from yiwang.mechanisms.files.definitions import PROBLEMS, CannotStoreFile, FileTooLarge, Kind
from yiwang.mechanisms.files.models import File

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
CLERK = machine("test")


def huge_header_png() -> bytes:
    """Says 60,000 × 60,000 points in a hundred bytes."""

    def chunk(name: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + check

    header = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def too_many_pixels() -> bytes:
    target = io.BytesIO()
    Image.new("1", (10000, 5001)).save(target, "PNG")
    return target.getvalue()


def document(name: str, content: str | bytes = "x", kind: Kind = Kind.DOCX) -> Callable[[], bytes]:
    """An honest document with one more entry."""
    return lambda: sample.document(kind, **{name: content})


def lying_size() -> bytes:
    """The directory says ten bytes; the entry holds a million."""
    data = bytearray(sample.document(**{"word/media.bin": bytes(1_000_000)}))
    place = data.rindex(b"word/media.bin") - 46
    data[place + 24 : place + 28] = struct.pack("<I", 10)
    return bytes(data)


def overlapping() -> bytes:
    """Two directory entries that share one body."""
    data = bytearray(sample.document(**{"word/a.bin": b"x" * 500, "word/b.bin": b"x" * 500}))
    first, second = data.index(b"word/a.bin") - 30, data.rindex(b"word/b.bin") - 46
    data[second + 42 : second + 46] = struct.pack("<I", first)
    return bytes(data)


def nested() -> bytes:
    inner = sample.archive({"inner.zip": sample.archive({"a.txt": "x"})})
    return sample.document(**{"word/inner.zip": inner})


def with_link() -> bytes:
    target = io.BytesIO(sample.content(Kind.DOCX))
    with zipfile.ZipFile(target, "a") as archive:
        entry = zipfile.ZipInfo("word/link")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    return target.getvalue()


def locked() -> bytes:
    data = bytearray(sample.content(Kind.DOCX))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    return bytes(data)


REMOTE = '<R Type="x/attachedTemplate" Target="http://x" TargetMode="External"/>'
ENTITY = "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a/>"
PDF, PNG, DOCX = (sample.content(kind) for kind in (Kind.PDF, Kind.PNG, Kind.DOCX))
SCRIPT_PDF = PDF.replace(b"/Catalog", b"/Catalog/S/JavaScript")
LAUNCH_PDF = PDF.replace(b"/Catalog", b"/Catalog/S/Launch")
HOSTILE: list[tuple[str, str, bytes | Callable[[], bytes], str]] = [
    ("nothing in it", "a.pdf", b"", "empty"),
    ("an empty picture", "a.jpg", b"", "empty"),
    ("a program named picture", "a.jpg", b"MZ\x90\x00" + bytes(500), "not-image"),
    ("a page named picture", "a.png", b"<html><script>x</script></html>", "not-image"),
    ("a vector picture", "a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not-image"),
    ("a png named jpeg", "a.jpg", PNG, "not-image"),
    ("a picture cut in half", "a.png", PNG[: len(PNG) // 2], "broken-image"),
    ("only a picture's first bytes", "a.jpg", b"\xff\xd8\xff\xe0" + bytes(64), "broken-image"),
    ("a huge picture header", "a.png", huge_header_png, "pixels"),
    ("fifty million and ten thousand points", "a.png", too_many_pixels, "pixels"),
    ("a picture named pdf", "a.pdf", PNG, "not-pdf"),
    ("a pdf after other bytes", "a.pdf", b"\n\n" + PDF, "not-pdf"),
    ("a pdf cut short", "a.pdf", PDF[:-20], "cut-pdf"),
    ("a pdf with a program", "a.pdf", SCRIPT_PDF, "active-pdf"),
    ("a pdf that starts one", "a.pdf", LAUNCH_PDF, "active-pdf"),
    ("a pdf that is a zip too", "a.pdf", PDF + DOCX + b"startxref %%EOF", "mixed"),
    ("a zip that is a pdf too", "a.docx", lambda: sample.archive({"%PDF-1.7": "x"}), "mixed"),
    ("a program before a zip", "a.docx", b"PK\x03\x04" + bytes(60) + DOCX, "mixed"),
    ("something behind a zip", "a.docx", DOCX + b"<script>", "mixed"),
    ("a zip that is no document", "a.docx", lambda: sample.archive({"a": "x"}), "not-archive"),
    ("a table named document", "a.docx", lambda: sample.content(Kind.XLSX), "not-archive"),
    ("a text named table", "a.xlsx", b"a,b\n", "not-archive"),
    ("a zip bomb", "a.docx", document("word/zeros.bin", bytes(20 << 20)), "bomb"),
    ("an entry that lies about its size", "a.docx", lying_size, "broken-archive"),
    ("entries that share a body", "a.docx", overlapping, "mixed"),
    ("a zip in a zip in a zip", "a.docx", nested, "nested"),
    ("a way out", "a.docx", document("../../etc/cron.d/x"), "path"),
    ("an absolute way", "a.docx", document("/etc/passwd"), "path"),
    ("a way with backslashes", "a.docx", document("..\\..\\x"), "path"),
    ("a drive", "a.docx", document("C:x"), "path"),
    ("a link", "a.docx", with_link, "link"),
    ("a password", "a.docx", locked, "locked"),
    ("macros", "a.docx", document("word/vbaProject.bin"), "macro"),
    ("an entity", "a.docx", document("word/x.xml", ENTITY), "entity"),
    (
        "an entity in another alphabet",
        "a.ofd",
        document("x.xml", ENTITY.encode("utf-16"), Kind.OFD),
        "entity",
    ),
    ("a template from elsewhere", "a.docx", document("word/_rels/s.rels", REMOTE), "entity"),
    (
        "two thousand entries",
        "a.docx",
        lambda: sample.document(**{f"word/{n}": "" for n in range(2001)}),
        "entries",
    ),
    ("a program named text", "a.txt", b"\x7fELF\x02" + bytes(90), "not-text"),
    ("control characters in a table", "a.csv", b"a\x00b,c", "not-text"),
    ("no text in any alphabet", "a.csv", b"abc\xff\xff\xff", "not-text"),
    ("a name with a turned direction", "gpj.\u202eexe.jpg", PNG, "name"),
    ("a name with a line break", "a\n.pdf", PDF, "name"),
    ("a name without an extension", "passwd", PDF, "name"),
    ("a name that is too long", "长" * 130 + ".pdf", PDF, "name"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("filename", "data", "problem"), [row[1:] for row in HOSTILE], ids=[row[0] for row in HOSTILE]
)
def test_a_hostile_file_is_refused_by_name(
    filename: str, data: bytes | Callable[[], bytes], problem: str
) -> None:
    before = list(shelf.folder().rglob("*"))
    content = data if isinstance(data, bytes) else data()
    with pytest.raises(CannotStoreFile) as refused:
        actions.store(data=content, filename=filename, actor=CLERK, at=AT)
    assert refused.value.sentence == PROBLEMS[problem][0]
    assert File.objects.count() == 0
    assert list(shelf.folder().rglob("*")) == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    "filename", ["a.exe", "a.html", "a.svg", "a.zip", "a.pdf.js", "a.PHP", "a.doc"]
)
def test_a_kind_we_do_not_take_is_refused_with_the_kinds_we_take(filename: str) -> None:
    with pytest.raises(CannotStoreFile, match="可以上传：pdf、jpg"):
        actions.store(data=PDF, filename=filename, actor=CLERK, at=AT)


@pytest.mark.django_db
def test_a_file_beyond_its_limit_is_refused_before_it_is_read_to_the_end() -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return b"x" * size

    endless = Endless()
    with pytest.raises(FileTooLarge, match="5 MB"):
        actions.store(data=endless, filename="a.txt", actor=CLERK, at=AT)
    assert endless.given < 6 << 20


@pytest.mark.django_db
def test_a_kind_the_question_does_not_take_is_refused() -> None:
    with pytest.raises(CannotStoreFile, match="可以上传：jpg、jpeg、png。"):
        actions.store(data=PDF, filename="a.pdf", actor=CLERK, at=AT, accept=[Kind.JPEG, Kind.PNG])


def test_every_problem_of_the_child_has_words() -> None:
    codes = set(re.findall(r'Problem\("([a-z-]+)"\)', Path(inspection.__file__).read_text()))
    assert len(codes) > 8
    assert codes <= set(PROBLEMS)
