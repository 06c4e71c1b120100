"""回执归档: receipts that need not stay in the table go into a sealed file, block by block, and can be
checked there. Younger ones cannot leave: the database itself refuses (政务数据共享条例 第二十九条)."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from yiwang.foundation.exchange import rules
from yiwang.foundation.exchange.definitions import KEEP_USES_YEARS
from yiwang.foundation.exchange.events import ReceiptsArchived
from yiwang.foundation.exchange.models import Block, Receipt, ReceiptArchive
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import add_months
from yiwang.kernel.references import new_key
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files import queries as file_queries
from yiwang.mechanisms.files.definitions import Kind
from yiwang.mechanisms.journal import actions as journal

#: So many receipts a file; a block is never divided.
MOST: Final = 50_000
_NAME: Final = "receipts.jsonl"
_TAKE_OUT: Final = "SELECT exchange_take_out_receipts(%s)"


class AlteredBlock(Exception):
    """A block does not hold the receipts it was signed over: it stays where it is, for the auditors."""


def archive_oldest(*, actor: Actor, at: datetime, most: int = MOST) -> str | None:
    """The oldest blocks whose time is over into one file; the archive's key, None when none is old enough.

    Raises ``AlteredBlock`` when the oldest block is not what was signed.
    """
    blocks = _old_enough(at, most)
    if not blocks:
        return None
    first, last, key = blocks[0], blocks[-1], new_key()
    with tempfile.TemporaryFile() as made:
        count = _write(made, blocks)
        kept = files.keep(
            content=made, filename=f"{first.number}-{last.number}.zip", kind=Kind.ZIP, actor=actor,
            at=at,
        )  # fmt: skip
    with transaction.atomic():
        row = ReceiptArchive.objects.create(
            key=key, first_block=first.number, last_block=last.number, first_id=first.first_id,
            last_id=last.last_id, count=count, file=kept.key, digest=kept.digest, made_at=at,
        )  # fmt: skip
        files.attach(key=kept.key, subject=row.reference, at=at)
        with connection.cursor() as cursor:
            cursor.execute(_TAKE_OUT, [key])
        told = ReceiptsArchived(
            subject=row.reference, at=at, first_block=first.number, last_block=last.number,
            count=count, digest=kept.digest,
        )  # fmt: skip
        journal.announce(told, actor=actor)
    return key


def receipts_of(archive: ReceiptArchive) -> Mapping[int, Sequence[Mapping[str, Any]]]:
    """Block number → its receipts, from the file."""
    found: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    with tempfile.TemporaryFile() as whole:
        for piece in file_queries.open_file(archive.file).chunks:
            whole.write(piece)
        with zipfile.ZipFile(whole) as packed, packed.open(_NAME) as lines:
            for line in io.TextIOWrapper(lines, encoding="utf-8"):
                number, *values = json.loads(line)
                facts = dict(zip(rules.FACTS, values, strict=True))
                facts["at"] = datetime.fromisoformat(facts["at"])
                found[number].append(facts)
    return found


class Books:
    """Receipts by block, wherever they lie; an archive is opened once for all its blocks."""

    def __init__(self) -> None:
        self._open: ReceiptArchive | None = None
        self._held: Mapping[int, Sequence[Mapping[str, Any]]] = {}

    def receipts_in(self, block: Block, *, after: int) -> Sequence[Mapping[str, Any]]:
        """What lies between the block before (its last id) and this one's end, in order."""
        rows = Receipt.objects.filter(id__gt=after, id__lte=block.last_id).order_by("id")
        found: Sequence[Mapping[str, Any]] = list(rows.values(*rules.FACTS))
        if found or not self._reach(block.number):
            return found
        return self._held.get(block.number, ())

    def _reach(self, number: int) -> bool:
        if self._open and self._open.first_block <= number <= self._open.last_block:
            return True
        self._open = ReceiptArchive.objects.filter(
            first_block__lte=number, last_block__gte=number
        ).first()
        self._held = receipts_of(self._open) if self._open else {}
        return self._open is not None


def _old_enough(at: datetime, most: int) -> list[Block]:
    """The next blocks closed so long ago, up to a file's worth; at least one when one is old enough."""
    done = ReceiptArchive.objects.order_by("-last_block").values_list("last_block", flat=True)
    day = add_months(at.date(), -12 * KEEP_USES_YEARS)
    before = at.replace(year=day.year, month=day.month, day=day.day)
    rows = Block.objects.filter(number__gt=done.first() or 0, at__lt=before).order_by("number")
    found: list[Block] = []
    total = 0
    for block in rows.iterator(chunk_size=1000):
        total += block.count
        if found and total > most:
            break
        found.append(block)
    return found


def _write(made: Any, blocks: Sequence[Block]) -> int:
    count = 0
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed, packed.open(_NAME, "w") as out:
        for block in blocks:
            for receipt in _checked(block):
                values = [rules.plain(receipt[name]) for name in rules.FACTS]
                line = json.dumps([block.number, *values], ensure_ascii=False)
                out.write(line.encode() + b"\n")
                count += 1
    return count


def _checked(block: Block) -> Iterator[Mapping[str, Any]]:
    rows = Receipt.objects.filter(id__gte=block.first_id, id__lte=block.last_id).order_by("id")
    receipts: Sequence[Mapping[str, Any]] = list(rows.values(*rules.FACTS))
    root = rules.root([rules.leaf(receipt) for receipt in receipts]).hex()
    if len(receipts) != block.count or root != block.root:
        raise AlteredBlock(f"block {block.number}")
    yield from receipts
