"""Making the zip: pieces, directory, sealed cover, signed manifest."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any, BinaryIO, Final

from yiwang.capability.archives.checker import (
    COVER,
    DIRECTORY,
    FORMAT,
    MANIFEST,
    METADATA,
    signed_bytes,
)
from yiwang.capability.archives.definitions import Piece
from yiwang.capability.archives.definitions.retention import PERIOD_LABELS
from yiwang.capability.archives.models import ArchivePackage
from yiwang.kernel.moments import SHANGHAI, legal_date
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.crypto import queries as crypto_queries
from yiwang.mechanisms.files import queries as files
from yiwang.support.letters import actions as letters
from yiwang.support.letters.definitions import LetterFace
from yiwang.support.seals import actions as seals
from yiwang.support.seals.definitions import SealedDocument, SealField

#: Whose key signs packages; its public half stands in each.
KEY_PURPOSE: Final = "archives"
#: Already packed: packing again costs time and saves nothing.
_PACKED: Final = frozenset({"PDF", "JPEG", "PNG", "WEBP", "DOCX", "XLSX", "OFD"})


def pack(
    row: ArchivePackage, pieces: Sequence[Piece], metadata: Mapping[str, Any], *, at: datetime
) -> BinaryIO:
    """One package in memory; the caller tests it, keeps it and closes it.

    ``NotSealed`` (TryLater) while the cover's seal cannot be had, ``CannotPrint`` (a Refusal) when the cover has a character without a glyph.
    """
    target = os.fdopen(os.memfd_create("archive", os.MFD_CLOEXEC), "w+b")
    told = {**metadata, "archive_no": row.archive_no, "files": len(pieces) + 1}
    first = Piece(METADATA, "元数据", "JSON", data=_text(told))
    with zipfile.ZipFile(target, "w") as archive:
        listed = [_write(archive, piece, at) for piece in (first, *pieces)]
        directory = _text({"archive_no": row.archive_no, "files": listed})
        _put(archive, DIRECTORY, directory, at)
        sealed = _cover(row, metadata, len(listed), crypto.digest(directory), at)
        _put(archive, COVER, sealed.content, at, packed=True)
        digests = {DIRECTORY: crypto.digest(directory), COVER: crypto.digest(sealed.content)}
        _put(archive, MANIFEST, _text(_manifest(row, digests, sealed, at)), at)
    target.seek(0)
    return target


def _manifest(
    row: ArchivePackage, digests: Mapping[str, str], sealed: SealedDocument, at: datetime
) -> dict[str, Any]:
    key = crypto_queries.current_public_key(purpose=KEY_PURPOSE)
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "archive_no": row.archive_no,
        "made_at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "files": dict(digests),
        "seal": {
            "body": row.department,
            "driver": sealed.driver,
            "sealed": sealed.sealed,
            "mark": sealed.mark,
        },
        "key": {"algorithm": key.algorithm, "key_id": key.key_id, "point": key.point},
    }
    signature = crypto.sign(signed_bytes(manifest), purpose=KEY_PURPOSE)
    return manifest | {"signature": signature.rsplit("$", 1)[1]}


def _cover(
    row: ArchivePackage, metadata: Mapping[str, Any], count: int, digest: str, at: datetime
) -> SealedDocument:
    """卷内封面, with the body's seal: what the directory was when it was sealed."""
    face = LetterFace(
        title="电子档案封面",
        number=row.archive_no,
        addressee="",
        paragraphs=("本档案包内的文件目录和每个文件的摘要，以下列目录摘要为准。",),
        rows=(
            ("办理事项", row.item_name),
            ("办件编号", row.case_no),
            ("结果", str(metadata["ending_label"])),
            ("保管期限", PERIOD_LABELS[row.period]),
            ("文件数", f"{count} 个"),
            ("目录摘要（SM3）", digest),
        ),
        closing=(),
        body=row.department_name,
        dated=f"{legal_date(at):%Y年%m月%d日}",
        mark="",
        verify_code="",
        verify_address="",
    )

    def printed(mark: str) -> bytes:
        marked = asdict(replace(face, mark=mark))
        return letters.print_layout(layout=None, face=marked, at=at)

    field = SealField(
        body=row.department,
        body_name=row.department_name,
        title=face.title,
        document=row.reference,
        number=row.archive_no,
        case=row.case,
        item=row.item_name[:120],
    )
    return seals.seal(printing=printed, field=field, at=at)


def _write(archive: zipfile.ZipFile, piece: Piece, at: datetime) -> dict[str, Any]:
    """One piece into the zip as it flows; its line of the directory."""
    packed = piece.kind in _PACKED
    size, chunks = 0, files.open_file(piece.file_key).chunks if piece.file_key else [piece.data]

    def flow() -> Iterator[bytes]:
        nonlocal size
        with archive.open(_entry(piece.path, at, packed=packed), "w") as target:
            for chunk in chunks:
                target.write(chunk)
                size += len(chunk)
                yield chunk

    digest = crypto.digest_stream(flow())
    return {
        "path": piece.path,
        "title": piece.title,
        "kind": piece.kind,
        "size": size,
        "sm3": digest,
    }


def _put(
    archive: zipfile.ZipFile, path: str, data: bytes, at: datetime, *, packed: bool = False
) -> None:
    archive.writestr(_entry(path, at, packed=packed), data)


def _entry(path: str, at: datetime, *, packed: bool) -> zipfile.ZipInfo:
    local = at.astimezone(SHANGHAI)
    entry = zipfile.ZipInfo(path, date_time=local.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def _text(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode()
