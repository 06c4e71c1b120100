"""Begin to take a table, pause and go on, take a stretch again."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from yiwang.foundation.datasources import queries as sources
from yiwang.foundation.tables import taking
from yiwang.foundation.tables.definitions import (
    OFFICERS,
    CannotTake,
    CopyState,
    CopyView,
    Deletions,
    Pulled,
)
from yiwang.foundation.tables.models import TableCopy, TableFinding
from yiwang.foundation.tables.queries import get_copy
from yiwang.foundation.tables.target import Target
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import (
    FieldProblem,
    InvalidInput,
    NotAllowed,
    NotFound,
    VersionConflict,
)
from yiwang.mechanisms.journal import actions as journal

_PLACE: Final = re.compile(r"[a-z_][a-z0-9_]{0,60}\.[a-z_][a-z0-9_]{0,60}")
_SERVICE: Final = re.compile(r"[0-9A-Z-]{2,32}/[a-z0-9-]{2,40}")


def begin_copy(
    *,
    service: str,
    purpose: str,
    address: str,
    place: str,
    deletions: Deletions,
    department: str,
    division_code: str,
    actor: Actor,
    at: datetime,
    item: str = "",
) -> CopyView:
    """Declare a table a department takes from now on, into ``place`` (schema.table) of its own front-end
    database. The database is looked at first, outside a transaction.

    NotAllowed, InvalidInput, CannotTake, SourceNotAllowed.
    """
    roles = actor.roles_at(division_code, department)
    if not any(role in roles for role in OFFICERS):
        raise NotAllowed
    wrong = [
        FieldProblem(name, sentence)
        for name, bad, sentence in (
            ("service", not _SERVICE.fullmatch(service), "服务编码像“62/market-licence”。"),
            ("purpose", not 0 < len(purpose.strip()) <= 200, "请照授权书写用途，不超过 200 个字。"),
            ("place", not _PLACE.fullmatch(place), "请写“模式.表名”，用小写字母、数字和下划线。"),
        )
        if bad
    ]
    if wrong:
        raise InvalidInput(fields=wrong)
    Target(sources.get_address(address), place, "").close()
    try:
        with transaction.atomic():
            row = TableCopy.objects.create(
                service=service,
                purpose=purpose.strip(),
                item=item,
                address=address,
                place=place,
                deletions=deletions,
                department=department,
                division_code=division_code,
                made_by=actor.reference,
                made_at=at,
            )
            journal.record(
                actor=actor, act="tables.copy_begun", subject=row.reference, at=at,
                facts={"service": service, "department": department},
            )  # fmt: skip
    except IntegrityError as error:
        raise CannotTake("这张表已经在接收。", "请到列表里看它的进度。") from error
    return get_copy(row.key, actor)


@transaction.atomic
def turn_copy(*, copy: str, state: CopyState, version: int, actor: Actor, at: datetime) -> CopyView:
    """Pause a table, or let it go on where it stopped. NotFound, VersionConflict."""
    row = _row(copy, actor)
    changed = TableCopy.objects.filter(pk=row.pk, version=version).update(
        state=state, version=version + 1
    )
    if not changed:
        raise VersionConflict
    act = "tables.copy_paused" if state is CopyState.PAUSED else "tables.copy_resumed"
    journal.record(
        actor=actor, act=act, subject=row.reference, at=at, facts={"service": row.service}
    )
    return get_copy(copy, actor)


def pull_copy(*, copy: str, actor: Actor, at: datetime, seconds: float = 40.0) -> Pulled:
    """Take what there is now. NotFound; what goes wrong stands on the table's page."""
    row = _row(copy, actor)
    if row.state != CopyState.RUNNING:
        return Pulled()
    return taking.pull(row, at=at, seconds=seconds)


def reconcile_copy(*, copy: str, actor: Actor, at: datetime) -> bool | None:
    """Compare with the source and sign the day's sheet; None: it could not be done now. NotFound."""
    row = _row(copy, actor)
    equal = taking.reconcile(row, at=at)
    if equal is not None:
        with transaction.atomic():
            journal.record(
                actor=actor, act="tables.sheet_signed", subject=row.reference, at=at,
                facts={"service": row.service, "equal": equal},
            )  # fmt: skip
    return equal


def mend_finding(*, finding: str, actor: Actor, at: datetime) -> None:
    """Take the stretch of a finding again and close it; done twice at once it is written the same twice.
    NotFound, PartRefused, PartAltered, CannotTake."""
    found = TableFinding.objects.select_related("copy").filter(key=finding, closed_at=None).first()
    if found is None:
        raise NotFound
    row = _row(found.copy.key, actor)
    after, upto = json.loads(found.stretch)
    taking.retake(row, (after, upto), at=at)
    with transaction.atomic():
        TableFinding.objects.filter(pk=found.pk, closed_at=None).update(
            closed_at=at, closed_by=actor.reference
        )
        journal.record(
            actor=actor, act="tables.finding_mended", subject=row.reference, at=at,
            facts={"finding": finding},
        )  # fmt: skip


def _row(key: str, actor: Actor) -> TableCopy:
    row = TableCopy.objects.visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    return row
