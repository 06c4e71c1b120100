"""Receipts are kept three years; then they lie in a file and are still checked there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from yiwang.foundation.exchange import archiving, jobs, queries, rules
from yiwang.foundation.exchange.models import Block, Receipt, ReceiptArchive
from yiwang.kernel.actor import machine
from yiwang.mechanisms.journal import queries as journal

pytestmark = pytest.mark.django_db
SELF = machine("test")
OLD = datetime(2021, 3, 1, 2, 0, tzinfo=UTC)
NOW = datetime.now(UTC)
GRANT = "g" * 16


def receipts(count: int, *, at: datetime, **changes: object) -> None:
    """So many calls and the block over them."""
    start = Receipt.objects.count()
    for number in range(count):
        given: dict[str, object] = {
            "message": f"{start + number:032x}", "side": "PROVIDER", "at": at,
            "from_node": "620100", "system": "620100/approval", "to_node": "62",
            "service": "62/household-register", "grant_key": GRANT, "purpose": "核对申请人情况",
            "case_no": "GS-2021-1", "fields": ["name"], "rows": 1, "status": "FOUND",
            "request_digest": "1" * 64, "milliseconds": 12,
        }  # fmt: skip
        Receipt.objects.create(**given | changes)
    made = Receipt.objects.order_by("id").values("id", *rules.FACTS)[start:]
    last = Block.objects.order_by("-number").first()
    Block.objects.create(
        number=last.number + 1 if last else 1, first_id=made[0]["id"],
        last_id=made[count - 1]["id"], count=count,
        root=rules.root([rules.leaf(one) for one in made]).hex(),
        previous=last.root if last else "", at=at, signature="",
    )  # fmt: skip


@pytest.mark.parametrize(
    "statement", ["DELETE FROM exchange_receipt", "UPDATE exchange_receipt SET rows = 7"]
)
def test_a_receipt_of_the_last_three_years_is_neither_deleted_nor_changed(statement) -> None:
    receipts(1, at=NOW - timedelta(days=3 * 365 - 2))
    with (
        pytest.raises(DatabaseError, match="three years"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Receipt.objects.get().rows == 1


def test_old_receipts_go_into_a_file_and_are_checked_there() -> None:
    receipts(3, at=OLD)
    receipts(2, at=OLD + timedelta(days=1))
    receipts(2, at=NOW - timedelta(days=1000))
    jobs.archive_receipts(actor=SELF, at=NOW)
    archive = ReceiptArchive.objects.get()
    assert (archive.first_block, archive.last_block, archive.count) == (1, 2, 5)
    assert Receipt.objects.count() == 2
    assert list(queries.check_blocks()) == []
    (entry,) = journal.list_entries(subject=archive.reference)
    assert entry.act == "exchange.receipts_archived"
    assert entry.facts["digest"] == archive.digest
    kept = archiving.receipts_of(archive)
    assert [len(kept[number]) for number in (1, 2)] == [3, 2]
    assert kept[1][0]["case_no"] == "GS-2021-1"
    jobs.archive_receipts(actor=SELF, at=NOW)
    assert ReceiptArchive.objects.count() == 1


def test_a_file_takes_whole_blocks_up_to_its_size() -> None:
    for _ in range(3):
        receipts(2, at=OLD)
    assert archiving.archive_oldest(actor=SELF, at=NOW, most=4)
    assert archiving.archive_oldest(actor=SELF, at=NOW, most=4)
    assert archiving.archive_oldest(actor=SELF, at=NOW, most=4) is None
    assert list(ReceiptArchive.objects.order_by("id").values_list("count", flat=True)) == [4, 2]
    assert list(queries.check_blocks()) == []


def test_a_block_somebody_altered_stays_for_the_auditors() -> None:
    receipts(2, at=OLD)
    Block.objects.update(root="0" * 64)
    with pytest.raises(archiving.AlteredBlock):
        archiving.archive_oldest(actor=SELF, at=NOW)
    assert Receipt.objects.count() == 2
    assert list(queries.check_blocks()) != []


def test_an_archive_cannot_take_out_what_is_younger() -> None:
    receipts(1, at=NOW - timedelta(days=30))
    (receipt,) = Receipt.objects.all()
    ReceiptArchive.objects.create(
        key="k" * 16, first_block=1, last_block=1, first_id=receipt.id, last_id=receipt.id,
        count=1, file="f" * 16, digest="0" * 64, made_at=NOW,
    )  # fmt: skip
    with (
        pytest.raises(DatabaseError, match="three years"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT exchange_take_out_receipts(%s)", ["k" * 16])
