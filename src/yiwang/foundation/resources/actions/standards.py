"""A data element or a code table is proposed by a body, or by the authority itself, and put before the authority."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from yiwang.foundation.resources.actions.standard_moves import announce, locked, move, record
from yiwang.foundation.resources.definitions import VersionState
from yiwang.foundation.resources.definitions.codes import CHECKERS, WRITERS
from yiwang.foundation.resources.definitions.standards import (
    OPEN_STANDARDS,
    Standard,
    StandardKind,
    StandardVersionView,
    as_data,
    code_of,
    kind_of,
    standard_of,
    title_of,
)
from yiwang.foundation.resources.events import (
    StandardSubmitted,
)
from yiwang.foundation.resources.models import StandardVersion
from yiwang.foundation.resources.queries.standards import (
    find_standard,
    version_of_standard,
)
from yiwang.foundation.standards import queries as standards
from yiwang.foundation.standards.actions import CannotChangeStandard, CannotDefineElement
from yiwang.foundation.standards.definitions import Element
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import InvalidInput, NotAllowed, Refusal
from yiwang.network.directory import queries as directory


class CannotWriteStandard(Refusal):
    sentence = "这一版现在不能写。"
    remedy = "请先看看它现在的状态。"


@transaction.atomic
def propose_standard(
    *, content: Standard, actor: Actor, at: datetime, version: int = 0, run: str = ""
) -> StandardVersionView:
    """Write a draft of a new data element or code table, of its next version, or over the draft there is.

    By a body's data officer or by the authority itself. ``version``: the draft's version the actor saw, 0
    where he saw none. Refusals: NotAllowed, InvalidInput, CannotChangeStandard (a shipped one),
    CannotDefineElement (another meaning), CannotWriteStandard, VersionConflict.
    """
    division_code, department, name = seat_of(actor)
    insist_proposable(content)
    kind, code = kind_of(content), code_of(content)
    row = _open_version(kind, code)
    if row is None:
        row = _first(content, (division_code, department, name), actor, at, run)
    else:
        if row.department != department:
            raise CannotWriteStandard("别的部门正在提这一项。", "请等它办完再提。")
        if row.state == VersionState.SUBMITTED:
            raise CannotWriteStandard("已经报送，正在审核，不能再改。", "退回以后可以修改。")
        said = {
            "content": as_data(content),
            "title": title_of(content),
            "written_at": at,
            "run": run,
        }
        move(row, "write", version, written_by=actor.reference, **said)
    record(row, "resources.propose_standard", actor, at)
    return version_of_standard(row, actor)


@transaction.atomic
def submit_standard(*, key: str, version: int, actor: Actor, at: datetime) -> StandardVersionView:
    """Put it before the authority. Refusals: NotFound, NotAllowed, CannotDo, VersionConflict, InvalidInput."""
    row = locked(key, actor)
    _insist_proposer(row, actor)
    insist_proposable(standard_of(row.kind, row.content))
    move(row, "submit", version, submitted_by=actor.reference, submitted_at=at, remark="")
    announce(StandardSubmitted, row, actor, at)
    return version_of_standard(row, actor)


@transaction.atomic
def discard_standard(*, key: str, version: int, actor: Actor, at: datetime) -> None:
    """The draft is not wanted; what is in force stays. Refusals as ``submit_standard``."""
    row = locked(key, actor)
    _insist_proposer(row, actor)
    move(row, "discard", version)
    record(row, "resources.discard_standard", actor, at)


def insist_proposable(content: Standard) -> None:
    """Is it sound, not a shipped one, and does a data element keep its meaning?"""
    problems = standards.problems_of(content)
    if problems:
        raise InvalidInput(fields=problems)
    if isinstance(content, Element):
        if standards.is_shipped(content.code):
            raise CannotChangeStandard
        before = find_standard(StandardKind.ELEMENT, content.code)
        if isinstance(before, Element) and (before.kind, before.about) != (
            content.kind,
            content.about,
        ):
            raise CannotDefineElement
    elif content.name in standards.shipped_tables():
        raise CannotChangeStandard


def seat_of(actor: Actor) -> tuple[str, str, str]:
    """(division, body, its name) for which this official proposes; NotAllowed."""
    for grant in actor.grants:
        if grant.role in WRITERS and grant.department:
            body = directory.get_department(grant.department)
            return grant.division_code, grant.department, body.name
    for grant in actor.grants:
        if grant.role in CHECKERS:
            return grant.division_code, "", "数据共享主管部门"
    raise NotAllowed("由部门的数据专员或者主管部门提出。")


def _first(
    content: Standard, seat: tuple[str, str, str], actor: Actor, at: datetime, run: str
) -> StandardVersion:
    division_code, department, name = seat
    try:
        with transaction.atomic():
            return StandardVersion.objects.create(
                kind=kind_of(content), code=code_of(content), title=title_of(content),
                content=as_data(content), department=department, department_name=name,
                division_code=division_code, written_by=actor.reference, written_at=at, run=run,
            )  # fmt: skip
    except IntegrityError as error:  # another began in the same moment
        raise CannotWriteStandard("刚刚有人开始提这一项。", "请刷新后再看。") from error


def _open_version(kind: str, code: str) -> StandardVersion | None:
    rows = StandardVersion.objects.select_for_update()
    return rows.filter(kind=kind, code=code, state__in=OPEN_STANDARDS).first()


def _insist_proposer(row: StandardVersion, actor: Actor) -> None:
    held = actor.roles_at(row.division_code, row.department)
    if not held & set(WRITERS if row.department else CHECKERS):
        raise NotAllowed("由提出的部门办理。")
