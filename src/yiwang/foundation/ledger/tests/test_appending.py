from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as some

from yiwang.foundation.ledger import actions, jobs, nodes, queries
from yiwang.foundation.ledger.actions import appending
from yiwang.foundation.ledger.definitions import (
    LedgerDiverged,
    NodesMissing,
    NoSuchLeaf,
    Numbered,
    Source,
)
from yiwang.foundation.ledger.models import HashTile, HashTree, LeafRun, LedgerAlarm
from yiwang.foundation.ledger.rules import leaves, merkle
from yiwang.foundation.ledger.sources import SOURCES
from yiwang.foundation.ledger.tests import plain
from yiwang.kernel.actor import machine
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.journal import queries as journal_queries

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
JOURNAL = SOURCES[0]


class Rows:
    """A source in memory."""

    def __init__(self, count: int = 0, tree: str = "trial") -> None:
        self.digests = [plain.h(n.to_bytes(4, "big")) for n in range(count)]
        self.source = Source(tree, 9, self.read)

    def read(self, after: int, limit: int) -> list[Numbered]:
        return list(enumerate(self.digests[after : after + limit], after + 1))

    def data(self, size: int) -> list[bytes]:
        """The leaves as they must be, with the salts that were drawn."""
        tree = self.source.tree
        return [
            leaves.leaf_data(9, n + 1, nodes.read_salt(tree, n), self.digests[n])
            for n in range(size)
        ]


@pytest.mark.django_db
@settings(max_examples=15)
@given(some.lists(some.integers(1, 700), min_size=1, max_size=5), some.randoms())
def test_however_leaves_come_the_tree_is_that_of_the_rfc(
    steps: list[int], drawn: random.Random
) -> None:
    total = sum(steps)
    rows = Rows(total)
    with transaction.atomic():
        for step in steps:
            while actions.append(rows.source, limit=step) == 0:
                continue  # the first round enrols the tree
        while actions.append(rows.source, limit=97):
            continue
        data = rows.data(total)
        assert HashTree.objects.get().size == total
        assert queries.root_of("trial", total) == plain.mth(data)
        for _ in range(6):
            size = drawn.randint(1, total)
            index = drawn.randrange(size)
            assert queries.root_of("trial", size) == plain.mth(data[:size])
            spans = merkle.inclusion_spans(index, size)
            assert nodes.fold("trial", spans) == plain.path(index, data[:size])
            spans = merkle.consistency_spans(size, total)
            assert nodes.fold("trial", spans) == plain.proof(size, data)
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_whole_tiles_take_the_place_of_runs() -> None:
    rows = Rows(256 * 257 + 3)
    actions.append(rows.source)
    while actions.append(rows.source):
        continue
    levels = list(HashTile.objects.order_by("level").values_list("level", flat=True))
    assert (levels.count(0), levels.count(1)) == (257, 1)
    assert [len(bytes(run.hashes)) for run in LeafRun.objects.all()] == [3 * 32]
    size = len(rows.digests)
    leaf = merkle.hash_leaf(rows.data(300)[299])
    [*path] = nodes.fold("trial", merkle.inclusion_spans(299, size))
    root = queries.root_of("trial", size)
    assert merkle.includes(leaf=leaf, index=299, size=size, path=path, root=root)


@pytest.mark.django_db
def test_the_same_digest_twice_is_two_unlike_leaves() -> None:
    rows = Rows(2)
    rows.digests[1] = rows.digests[0]
    actions.append(rows.source)
    actions.append(rows.source)
    first, second = queries.list_leaf_hashes(tree="trial", first=1, count=2)
    assert first != second
    assert nodes.read_salt("trial", 0) != nodes.read_salt("trial", 1)


@pytest.mark.django_db
def test_the_tree_follows_the_journal_position_by_position() -> None:
    with transaction.atomic():
        for number in range(5):
            journal.record(actor=machine("t"), act="ACT", subject=f"case:{number}", at=AT)
    journal.seal(at=AT)
    actions.append(JOURNAL)
    assert actions.append(JOURNAL) == 5
    assert actions.append(JOURNAL) == 0
    links = journal_queries.list_links(0, 10)
    data = [
        leaves.leaf_data(1, number, nodes.read_salt("journal", number - 1), link)
        for number, link in links
    ]
    assert queries.root_of("journal", 5) == plain.mth(data)


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["changed", "shortened", "skipped"])
def test_a_source_that_changed_is_not_followed(what: str) -> None:
    rows = Rows(10)
    actions.append(rows.source)
    assert actions.append(rows.source, limit=5) == 5
    if what == "changed":
        rows.digests[4] = bytes(32)
    elif what == "shortened":
        del rows.digests[3:]
    source = rows.source
    if what == "skipped":
        source = Source(
            "trial", 9, lambda after, limit: rows.read(after, limit)[:1] + rows.read(7, 3)
        )
    with pytest.raises(LedgerDiverged):
        actions.append(source)
    assert HashTree.objects.get().size == 5


@pytest.mark.django_db
def test_an_alarm_is_raised_once_and_other_trees_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = Rows(3, "bad"), Rows(3, "good")
    monkeypatch.setattr(jobs.sources, "SOURCES", (bad.source, good.source))
    for _ in range(2):
        jobs.append_all(at=AT)
    bad.digests[2] = bytes(32)
    good.digests.append(bytes(32))
    assert jobs.append_all(at=AT) == 1
    assert jobs.append_all(at=AT) == 0
    assert [alarm.kind for alarm in LedgerAlarm.objects.all()] == ["SOURCE_CHANGED"]


@pytest.mark.django_db
def test_hashes_that_are_gone_are_missed() -> None:
    rows = Rows(300)
    actions.append(rows.source)
    actions.append(rows.source)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_tile DISABLE TRIGGER USER; DELETE FROM ledger_tile")
    with pytest.raises(NodesMissing):
        queries.root_of("trial", 300)


@pytest.mark.django_db
def test_a_tile_cannot_be_edited() -> None:
    rows = Rows(300)
    actions.append(rows.source)
    actions.append(rows.source)
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
        HashTile.objects.update(top=b"")


@pytest.mark.django_db
def test_leaf_hashes_are_given_to_whoever_keeps_the_tree_himself() -> None:
    rows = Rows(20)
    actions.append(rows.source)
    actions.append(rows.source)
    found = queries.list_leaf_hashes(tree="trial", first=3, count=5)
    assert list(found) == [merkle.hash_leaf(data) for data in rows.data(20)[2:7]]
    for first in (0, 21):
        with pytest.raises(NoSuchLeaf):
            queries.list_leaf_hashes(tree="trial", first=first, count=5)


class Died(BaseException):
    """As if the process were killed here."""


@contextmanager
def dying_at(n: int) -> Iterator[None]:
    """The n-th statement and every one behind it is never sent."""
    sent = 0

    def run(statement: str, values: object = ()) -> object:
        nonlocal sent
        sent += 1
        if sent >= n:
            raise Died
        return real(statement, values)

    real = appending.prepared.run
    patched = pytest.MonkeyPatch()
    patched.setattr(appending.prepared, "run", run)
    try:
        yield
    finally:
        patched.undo()


@pytest.mark.django_db(transaction=True)
def test_an_appender_killed_before_any_statement_loses_nothing() -> None:
    rows = Rows(600)
    actions.append(rows.source)
    actions.append(rows.source, limit=100)
    for n in range(1, 30):
        try:
            with dying_at(n):
                assert actions.append(rows.source, limit=400) == 400
        except Died:
            assert HashTree.objects.get().size == 100
            assert LeafRun.objects.count() == 1
        else:
            break
    assert n >= 6
    actions.append(rows.source)
    assert queries.root_of("trial", 600) == plain.mth(rows.data(600))
