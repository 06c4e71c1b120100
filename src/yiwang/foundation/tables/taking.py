"""Taking parts and applying them, and the daily comparison. Nothing here runs inside a transaction of
the platform's own database: how far a table is stands in the receiving database alone."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import psycopg
from django.db.models import F

from yiwang.foundation.datasources import queries as sources
from yiwang.foundation.exchange import parts
from yiwang.foundation.exchange.definitions import CallStatus, Part
from yiwang.foundation.tables.definitions import (
    CannotTake,
    CopyState,
    Deletions,
    Difference,
    PartAltered,
    PartRefused,
    Phase,
    Pulled,
)
from yiwang.foundation.tables.models import TableCopy, TableFinding
from yiwang.foundation.tables.target import Compared, Reached, Shape, Target
from yiwang.kernel import moments
from yiwang.kernel.refusals import Refusal
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.crypto import rules as crypto_rules
from yiwang.mechanisms.crypto.definitions import KeyId
from yiwang.network.nodes import queries as nodes
from yiwang.network.nodes.definitions import KEY_PURPOSE

#: How often a stretch that differs is looked at again, after what changed meanwhile was taken.
LOOKS: Final = 3

Fetch = Callable[[Mapping[str, Any]], Part]


def pull(row: TableCopy, *, at: datetime, seconds: float = 40.0) -> Pulled:
    """Take and apply part after part until everything is here or the time is over.

    While one part is applied the next is fetched. What went wrong is noted on the row, not raised.
    """
    with _noting(row, at), _target(row) as target:
        return _pull(row, target, _fetcher(row, at), at, until=time.monotonic() + seconds)
    return Pulled()


def _pull(row: TableCopy, target: Target, fetch: Fetch, at: datetime, *, until: float) -> Pulled:
    batches = rows = 0
    reached = target.reached()
    with ThreadPoolExecutor(1) as beside:
        coming: Future[Part] | None = None
        while reached.phase is not Phase.RESTING and time.monotonic() < until:
            if not TableCopy.objects.filter(pk=row.pk, state=CopyState.RUNNING).exists():
                break
            part = coming.result() if coming else fetch(_question(reached))
            found, shape = _checked(part)
            following = _following(reached, found, shape)
            done = bool(found["end"]) and reached.phase is Phase.CHANGES
            coming = None if done else beside.submit(fetch, _question(following))
            if found["rows"] or not done:
                target.prepare(shape)
                if _apply(target, reached, following, shape, found, part.lines):
                    batches, rows = batches + 1, rows + found["rows"]
                    _note(row, following, found["rows"], at)
            reached = target.reached()
            if reached != following and not done:
                coming = None  # somebody else was here
            if done:
                return Pulled(batches, rows, end=True)
    return Pulled(batches, rows, end=reached.phase is Phase.RESTING)


def _question(reached: Reached) -> dict[str, Any]:
    way = "full" if reached.phase is Phase.FULL else "changes"
    after = list(reached.after)
    if way == "changes" and not after and reached.since:
        after = [reached.since]
    return {"way": way, "after": after, "applied": reached.number}


def _following(reached: Reached, found: Mapping[str, Any], shape: Shape) -> Reached:
    """Where the next part begins when this one is applied."""
    number, after = reached.number + 1, tuple(map(str, found["after"])) or reached.after
    if reached.phase is Phase.CHANGES:
        if not found["rows"]:
            return reached
        return Reached(number, Phase.CHANGES, after, reached.since)
    since = reached.since if reached.after else str(found["newest"])
    if not found["end"]:
        return Reached(number, Phase.FULL, after, since)
    return Reached(number, Phase.CHANGES if shape.stamp else Phase.RESTING, (), since)


def _apply(
    target: Target,
    reached: Reached,
    following: Reached,
    shape: Shape,
    found: Mapping[str, Any],
    lines: bytes,
) -> bool:
    if reached.phase is Phase.CHANGES:
        return target.apply_changes(reached, following, shape, lines)
    upto = () if found["end"] else tuple(map(str, found["after"]))
    return target.apply_full(reached, following, shape, upto, lines)


def reconcile(row: TableCopy, *, at: datetime) -> bool | None:
    """Compare the whole table with the source's and sign the day's sheet; True: equal, None: it could
    not be done (the row says why).

    What differs is looked at again after the newest changes were taken; what still does is a finding.
    """
    with _noting(row, at), _target(row) as target:
        return _reconcile(row, target, _fetcher(row, at), at)
    return None


def _reconcile(row: TableCopy, target: Target, fetch: Fetch, at: datetime) -> bool:
    after: tuple[str, ...] = ()
    so_far: Mapping[str, Any] | None = None
    ours, rows = "", 0
    while True:
        part = fetch({"way": "sheet", "after": list(after), "so_far": so_far})
        found, shape = _checked(part, bodiless=True)
        target.prepare(shape)
        upto = () if found["end"] else tuple(map(str, found["after"]))
        count, total = target.sum_of(shape, after, upto)
        if (count, total) != (found["rows"], found["sum"]):
            count, total, found = _look(row, target, fetch, shape, after, upto, so_far, at)
        ours, rows = parts.next_sum(ours, total), rows + count
        so_far, after = found["so_far"], tuple(map(str, found["after"])) or after
        if found["end"]:
            break
    return _sign(row, fetch, so_far, str(found["grant"]), (rows, ours), at)


def _look(
    row: TableCopy,
    target: Target,
    fetch: Fetch,
    shape: Shape,
    after: Sequence[str],
    upto: Sequence[str],
    so_far: Mapping[str, Any] | None,
    at: datetime,
) -> tuple[int, str, Mapping[str, Any]]:
    """A stretch that differs, looked at until it does not or has been looked at often enough."""
    deletes = row.deletions == Deletions.COMPARE
    compared = Compared(0, 0, 0, 0)
    for _ in range(LOOKS):
        _pull(row, target, fetch, at, until=time.monotonic() + 20)
        part = fetch({"way": "full", "after": list(after), "upto": list(upto)})
        found, _shape = _checked(part)
        end = tuple(map(str, found["after"])) if not found["end"] else tuple(upto)
        if shape.stamp:
            newest = (target.reached().after or (target.reached().since,))[0]
            compared = target.compare(shape, after, end, part.lines, newest=newest, delete=deletes)
        else:
            target.replace(shape, after, end, part.lines)
        again, _shape = _checked(
            fetch({"way": "sheet", "after": list(after), "so_far": so_far}), bodiless=True
        )
        count, total = target.sum_of(
            shape, after, () if again["end"] else tuple(map(str, again["after"]))
        )
        if (count, total) == (again["rows"], again["sum"]):
            return count, total, again
    _find(row, compared, deletes, (after, upto), at)
    return count, total, again


def _find(
    row: TableCopy,
    compared: Compared,
    deletes: bool,
    stretch: tuple[Sequence[str], Sequence[str]],
    at: datetime,
) -> None:
    kinds = {
        Difference.MISSING: compared.missing,
        Difference.SURPLUS: 0 if deletes else compared.surplus,
        Difference.DIFFERENT: compared.different,
    }
    for kind, count in kinds.items():
        if count:
            TableFinding.objects.create(
                copy=row,
                kind=kind,
                rows=count,
                stretch=json.dumps([list(stretch[0]), list(stretch[1])]),
                found_at=at,
            )


def _sign(
    row: TableCopy,
    fetch: Fetch,
    so_far: Mapping[str, Any],
    grant: str,
    ours: tuple[int, str],
    at: datetime,
) -> bool:
    """Both nodes sign what they counted; each keeps both."""
    own = nodes.own()
    provider = row.service.split("/")[0]
    day = moments.legal_date(at)

    def text(rows: int, total: str) -> bytes:
        return parts.sheet_text(
            service=row.service,
            grant=grant,
            consumer=own.code,
            provider=provider,
            day=day.isoformat(),
            rows=rows,
            total=total,
        )

    key_id = KeyId(own.key_at(at).key_id)
    signature = crypto.sign(text(*ours), purpose=KEY_PURPOSE, key_id=key_id)
    told = {"rows": ours[0], "sum": ours[1], "signature": signature}
    part = fetch({"way": "sign", "so_far": so_far, "ours": told})
    if part.status is not CallStatus.FOUND:
        raise PartRefused(part.sentence)
    theirs = (int(part.found["rows"]), str(part.found["sum"]), str(part.found["signature"]))
    member = nodes.get_node(provider)
    if not any(
        crypto_rules.is_signed_by(text(*theirs[:2]), theirs[2], key_id=key.key_id, point=key.point)
        for key in member.keys
    ):
        raise PartAltered("对方对账单的签名不对，没有采用。")
    parts.keep_sheet(
        service=row.service,
        grant=grant,
        partner=provider,
        day=day,
        ours=(*ours, signature),
        theirs=theirs,
        at=at,
    )
    TableCopy.objects.filter(pk=row.pk).update(grant_key=grant)
    return ours == theirs[:2]


def retake(row: TableCopy, stretch: tuple[Sequence[str], Sequence[str]], *, at: datetime) -> None:
    """Take a stretch of keys again and put it in the place of what lies there. Raises its refusal."""
    after, upto = tuple(stretch[0]), tuple(stretch[1])
    fetch = _fetcher(row, at)
    with _target(row) as target:
        while True:
            part = fetch({"way": "full", "after": list(after), "upto": list(upto)})
            found, shape = _checked(part)
            end = upto if found["end"] else tuple(map(str, found["after"]))
            target.replace(shape, after, end, part.lines)
            if found["end"]:
                return
            after = end


def _checked(part: Part, *, bodiless: bool = False) -> tuple[Mapping[str, Any], Shape]:
    """What came, if it is what it says. PartRefused, PartAltered."""
    if part.status is not CallStatus.FOUND:
        raise PartRefused(f"{part.sentence or '没有答复'}（{part.refusal}）")
    found = part.found
    try:
        shape = Shape.of(found)
        good = isinstance(found["end"], bool) and isinstance(found["after"], list)
        rows = int(found["rows"])
    except (KeyError, TypeError, ValueError) as error:
        raise PartAltered from error
    if not bodiless:
        digest = hashlib.new("sm3", part.lines).hexdigest()
        good = good and digest == found["sum"] and part.lines.count(b"\n") == rows
    if not good:
        raise PartAltered
    return found, shape


def _fetcher(row: TableCopy, at: datetime) -> Fetch:
    key = parts.key_of(row.department, at)

    def fetch(asked: Mapping[str, Any]) -> Part:
        return parts.fetch_part(
            service=row.service,
            part=asked,
            purpose=row.purpose,
            item=row.item,
            fields=(),
            key=key,
            at=at,
        )

    return fetch


@contextmanager
def _target(row: TableCopy) -> Iterator[Target]:
    """The receiving table; CannotTake for whatever its database says."""
    target = Target(sources.get_address(row.address), row.place, row.key)
    try:
        yield target
    except psycopg.Error as error:
        raise CannotTake(f"前置库没有收下这一批（{type(error).__name__}）。") from error
    finally:
        target.close()


@contextmanager
def _noting(row: TableCopy, at: datetime) -> Iterator[None]:
    """What went wrong stands on the row until a round goes well."""
    try:
        yield
    except Refusal as refused:
        TableCopy.objects.filter(pk=row.pk).update(
            problem=f"{refused.sentence}{refused.remedy}"[:300], problem_at=at
        )
    else:
        TableCopy.objects.filter(pk=row.pk).exclude(problem="").update(problem="", problem_at=None)


def _note(row: TableCopy, reached: Reached, rows: int, at: datetime) -> None:
    newest = reached.after[0] if reached.phase is Phase.CHANGES and reached.after else reached.since
    TableCopy.objects.filter(pk=row.pk).update(
        number=reached.number,
        phase=reached.phase,
        total=F("total") + rows,
        last_at=at,
        reached=newest[:40],
    )
