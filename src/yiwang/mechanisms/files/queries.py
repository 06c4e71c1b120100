"""Handing files out. The caller has checked whose they are."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from yiwang.kernel.references import KEY_PATTERN
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.crypto.definitions import CannotDecrypt
from yiwang.mechanisms.files import shelf
from yiwang.mechanisms.files.definitions import MADE, RULES, Kind, OpenFile, StoredFile
from yiwang.mechanisms.files.models import Attachment, File


def open_file(key: str) -> OpenFile:
    """One file, decrypted as it flows; ``NotFound`` when there is none."""
    file = File.objects.filter(key=key).first() if KEY_PATTERN.fullmatch(key) else None
    if file is None or not shelf.path_of(key).exists():
        raise NotFound
    content_type = (RULES | MADE)[Kind(file.kind)].content_type
    return OpenFile(file.filename, content_type, file.size, shelf.take_out(key))


def get_file(key: str) -> StoredFile:
    """What is known about one file; ``NotFound`` when there is none."""
    file = File.objects.filter(key=key).first()
    if file is None:
        raise NotFound
    return _view(file)


def list_files(keys: Collection[str]) -> dict[str, StoredFile]:
    """The files that exist among some keys (200 at most), in one statement."""
    rows = File.objects.filter(key__in=list(keys)[:200]) if keys else ()
    return {file.key: _view(file) for file in rows}


def list_attached(subject: str) -> tuple[StoredFile, ...]:
    """What one draft, case or letter refers to, oldest first, 200 at most."""
    rows = Attachment.objects.filter(subject=subject).select_related("file").order_by("id")[:200]
    return tuple(_view(row.file) for row in rows)


def is_attached(key: str, subject: str) -> bool:
    """Does this subject refer to this file?"""
    return Attachment.objects.filter(file_id=key, subject=subject).exists()


def get_uploader(key: str) -> str:
    """The reference of whoever uploaded a file, for the caller's check before ``attach``."""
    found = File.objects.filter(key=key).values_list("stored_by", flat=True).first()
    if found is None:
        raise NotFound
    return found


def find_damaged() -> Iterator[str]:
    """The keys of all files whose content is gone, does not open or is not what was stored."""
    rows = File.objects.order_by("key").values_list("key", "digest")
    for key, digest in rows.iterator(chunk_size=500):
        try:
            same = crypto.digest_stream(shelf.take_out(key)) == digest
        except (CannotDecrypt, FileNotFoundError):
            same = False
        if not same:
            yield key


def count_files() -> int:
    """How many files are kept; for reports, not for pages."""
    return File.objects.count()


def _view(file: File) -> StoredFile:
    return StoredFile(
        file.key, file.filename, Kind(file.kind), file.size, file.digest, file.scanned
    )
