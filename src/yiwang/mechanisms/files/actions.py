"""Taking files in, saying what needs them, and clearing away what nothing needs."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import BinaryIO

from django.db import transaction
from django.db.models import Exists, OuterRef

from yiwang.kernel.actor import Actor, machine
from yiwang.kernel.references import KEY_PATTERN, new_key, reference
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.files import checking, rules, shelf
from yiwang.mechanisms.files.definitions import (
    MADE,
    RULES,
    UNATTACHED_HOURS,
    UNATTACHED_LIMIT,
    CannotStoreFile,
    Kind,
    StoredFile,
    TooManyFiles,
)
from yiwang.mechanisms.files.models import Attachment, File
from yiwang.mechanisms.journal import actions as journal


def store(
    *,
    data: bytes | BinaryIO,
    filename: str,
    actor: Actor,
    at: datetime,
    accept: Collection[Kind] | None = None,
) -> StoredFile:
    """Take in one uploaded file: check it, clean it, encrypt it, and put it safely on disk.

    Call it before the transaction that needs the file; then ``attach`` inside that transaction.
    ``accept``: the kinds this question takes, all when None. Refusals: ``CannotStoreFile`` (the
    sentence names the problem), ``FileTooLarge``, ``TooManyFiles``, ``FileCheckAway``,
    ``StorageFull``.
    """
    name, kind = _claim(filename, accept)
    _refuse_heap(actor, at)
    with checking.take_in(data, kind) as upload, checking.check(upload, kind) as content:
        scanned = checking.scan(content)
        key, size, digest = (
            new_key(),
            content.seek(0, os.SEEK_END),
            crypto.digest_stream(_read(content)),
        )
        shelf.keep(key, _read(content))
    with transaction.atomic():
        File.objects.create(
            key=key,
            filename=name,
            kind=kind,
            size=size,
            digest=digest,
            scanned=scanned,
            stored_at=at,
            stored_by=actor.reference,
        )
        facts = {"kind": kind.value, "size": size, "digest": digest, "scanned": scanned}
        journal.record(
            actor=actor, act="STORE_FILE", subject=reference("file", key), at=at, facts=facts
        )
    return StoredFile(key, name, kind, size, digest, scanned)


def keep(*, content: BinaryIO, filename: str, kind: Kind, actor: Actor, at: datetime) -> StoredFile:
    """Put something the platform made itself safely on disk: hashed and encrypted, not inspected.

    Before the transaction that needs it, as ``store``. Only kinds of ``MADE``. Refuses ``StorageFull``.
    """
    if kind not in MADE:
        raise ValueError(f"{kind} is taken in by store")
    key, size = new_key(), content.seek(0, os.SEEK_END)
    digest = crypto.digest_stream(_read(content))
    shelf.keep(key, _read(content))
    with transaction.atomic():
        File.objects.create(
            key=key, filename=filename, kind=kind, size=size, digest=digest, scanned=False,
            stored_at=at, stored_by=actor.reference,
        )  # fmt: skip
        facts = {"kind": kind.value, "size": size, "digest": digest}
        journal.record(
            actor=actor, act="KEEP_FILE", subject=reference("file", key), at=at, facts=facts
        )
    return StoredFile(key, filename, kind, size, digest, scanned=False)


def attach(*, key: str, subject: str, at: datetime) -> None:
    """A draft, case or letter refers to a file: it is kept from now on. Twice changes nothing.

    ``NotFound`` when the file is gone or was never there. The caller has checked whose it is.
    """
    if not File.objects.select_for_update(no_key=True).filter(key=key).exists():
        raise NotFound
    Attachment.objects.bulk_create(
        [Attachment(file_id=key, subject=subject, attached_at=at)], ignore_conflicts=True
    )


def detach(*, key: str, subject: str) -> None:
    """Nothing of this subject refers to the file any more; without others it goes in a day."""
    Attachment.objects.filter(file_id=key, subject=subject).delete()


def destroy(*, key: str, subject: str, actor: Actor, at: datetime) -> None:
    """This subject's file is to be gone for good: the row now, the bytes with the commit.

    Another subject that refers to it keeps it. Twice changes nothing.
    """
    detach(key=key, subject=subject)
    file = File.objects.select_for_update().filter(key=key).first()
    if file is None or Attachment.objects.filter(file=file).exists():
        return
    file.delete()
    journal.record(actor=actor, act="DESTROY_FILE", subject=reference("file", key), at=at)
    transaction.on_commit(lambda: shelf.remove(key))


def destroy_attached(*, subject: str, actor: Actor, at: datetime) -> int:
    """Everything this subject refers to, as ``destroy``; how many."""
    keys = list(Attachment.objects.filter(subject=subject).values_list("file_id", flat=True))
    for key in keys:
        destroy(key=key, subject=subject, actor=actor, at=at)
    return len(keys)


def sweep(*, at: datetime, limit: int = 500) -> int:
    """Remove what nothing has referred to for a day: rows with their files, and bytes without a
    row (an upload cut off between disk and database). How many were removed."""
    before = at - timedelta(hours=UNATTACHED_HOURS)
    unattached = (
        File.objects.filter(stored_at__lt=before)
        .exclude(Exists(Attachment.objects.filter(file=OuterRef("pk"))))
        .order_by("stored_at")
    )
    keys = list(unattached.values_list("key", flat=True)[:limit])
    removed = sum(_remove_if_free(key, at=at) for key in keys)
    return removed + sum(_remove_orphan(name) for name in shelf.names_older_than(before))


def _remove_if_free(key: str, *, at: datetime) -> bool:
    """The row first, the bytes after the commit: a crash between leaves only bytes to sweep."""
    with transaction.atomic():
        locked = File.objects.select_for_update(skip_locked=True).filter(key=key).first()
        if locked is None or Attachment.objects.filter(file=locked).exists():
            return False
        locked.delete()
        journal.record(
            actor=machine("files"), act="SWEEP_FILE", subject=reference("file", key), at=at
        )
    shelf.remove(key)
    return True


def _remove_orphan(name: str) -> bool:
    if KEY_PATTERN.fullmatch(name) and File.objects.filter(key=name).exists():
        return False
    shelf.remove_unfinished(name)
    return True


def _claim(filename: str, accept: Collection[Kind] | None) -> tuple[str, Kind]:
    name = rules.clean_name(filename)
    if name is None:
        raise checking.refusal("name")
    kind = rules.kind_of(name)
    allowed = set(accept or RULES)
    if kind is None or kind not in allowed:
        extensions = "、".join(e for k in RULES if k in allowed for e in RULES[k].extensions)
        raise CannotStoreFile(f"不能上传这种文件，可以上传：{extensions}。", "请转换格式后再上传。")
    return name, kind


def _refuse_heap(actor: Actor, at: datetime) -> None:
    """Nobody fills the disk with files that nothing uses."""
    recent = File.objects.filter(
        stored_by=actor.reference, stored_at__gte=at - timedelta(hours=UNATTACHED_HOURS)
    ).exclude(Exists(Attachment.objects.filter(file=OuterRef("pk"))))
    if len(recent.values_list("key", flat=True)[:UNATTACHED_LIMIT]) >= UNATTACHED_LIMIT:
        raise TooManyFiles


def _read(content: BinaryIO) -> Iterator[bytes]:
    content.seek(0)
    while chunk := content.read(checking.CHUNK):
        yield chunk
