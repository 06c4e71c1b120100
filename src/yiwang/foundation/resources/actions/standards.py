"""A data element or a code table is proposed, checked, published by a second person, changed by version, withdrawn."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from yiwang.foundation.resources.definitions import VersionState
from yiwang.foundation.resources.definitions.codes import CHECKERS, WRITERS
from yiwang.foundation.resources.definitions.standards import (
    LONGEST_REASON,
    OPEN_STANDARDS,
    STANDARD,
    Standard,
    StandardKind,
    StandardVersionView,
    Uses,
    as_data,
    code_of,
    kind_of,
    standard_of,
    title_of,
)
from yiwang.foundation.resources.events import (
    StandardEvent,
    StandardPublished,
    StandardSentBack,
    StandardSubmitted,
    StandardWithdrawn,
)
from yiwang.foundation.resources.models import StandardVersion
from yiwang.foundation.resources.queries.standards import (
    find_standard,
    uses_of,
    version_of_standard,
)
from yiwang.foundation.resources.rules import standards as rules
from yiwang.foundation.standards import actions as in_force
from yiwang.foundation.standards import queries as standards
from yiwang.foundation.standards.actions import CannotChangeStandard, CannotDefineElement
from yiwang.foundation.standards.definitions import Element
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed, NotFound, Refusal
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.states import actions as states
from yiwang.mechanisms.states.definitions import Party
from yiwang.network.directory import queries as directory

_SHOWN: Final = 10


class CannotWriteStandard(Refusal):
    sentence = "这一版现在不能写。"
    remedy = "请先看看它现在的状态。"


class StandardInUse(Refusal):
    """``fields`` name who uses it."""

    sentence = "还有资源和事项在用。"
    remedy = "请先和在用的部门商定。"


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
        _move(row, "write", version, written_by=actor.reference, **said)
    _record(row, "resources.propose_standard", actor, at)
    return version_of_standard(row, actor)


@transaction.atomic
def submit_standard(*, key: str, version: int, actor: Actor, at: datetime) -> StandardVersionView:
    """Put it before the authority. Refusals: NotFound, NotAllowed, CannotDo, VersionConflict, InvalidInput."""
    row = _locked(key, actor)
    _insist_proposer(row, actor)
    insist_proposable(standard_of(row.kind, row.content))
    _move(row, "submit", version, submitted_by=actor.reference, submitted_at=at, remark="")
    _announce(StandardSubmitted, row, actor, at)
    return version_of_standard(row, actor)


@transaction.atomic
def discard_standard(*, key: str, version: int, actor: Actor, at: datetime) -> None:
    """The draft is not wanted; what is in force stays. Refusals as ``submit_standard``."""
    row = _locked(key, actor)
    _insist_proposer(row, actor)
    _move(row, "discard", version)
    _record(row, "resources.discard_standard", actor, at)


@transaction.atomic
def publish_standard(
    *, key: str, version: int, actor: Actor, at: datetime, told: int = 0
) -> StandardVersionView:
    """Check it and put it in force; never by who handed it in.

    A version that takes something from those who use the present one is published only by who was told of
    them: ``told`` is how many the actor saw. Refusals: NotFound, NotAllowed, CannotDo, VersionConflict,
    InvalidInput, StandardInUse.
    """
    row = _locked(key, actor)
    _insist_authority(row.division_code, row.department, actor)
    if actor.reference == row.submitted_by:
        raise NotAllowed("报送和发布不能是同一个人。", "请由另一位数据主管部门的人员审核。")
    content = standard_of(row.kind, row.content)
    before = find_standard(row.kind, row.code)
    lost = rules.losses(before, content)
    if lost:
        insist_told(uses_of(row.kind, row.code), told, lost)
    last = StandardVersion.objects.filter(kind=row.kind, code=row.code).exclude(number=None)
    number = (last.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    _move(row, "publish", version, number=number, published_by=actor.reference, published_at=at)
    if isinstance(content, Element):
        in_force.put_element(element=content, actor=actor, at=at)
    else:
        in_force.put_table(table=content, actor=actor, at=at)
    _announce(StandardPublished, row, actor, at, number=number, narrowed=bool(lost))
    return version_of_standard(row, actor)


@transaction.atomic
def send_back_standard(
    *, key: str, version: int, reason: str, actor: Actor, at: datetime
) -> StandardVersionView:
    """Give it back with a reason; refusals as ``publish_standard``."""
    row = _locked(key, actor)
    _insist_authority(row.division_code, row.department, actor)
    _move(row, "send_back", version, remark=_words(reason))
    _announce(StandardSentBack, row, actor, at)
    return version_of_standard(row, actor)


@transaction.atomic
def withdraw_standard(
    *, kind: StandardKind, code: str, reason: str, actor: Actor, at: datetime
) -> None:
    """Nothing new may hold it; never while somebody uses it. Its versions stay on record.

    Refusals: NotFound, NotAllowed, InvalidInput, CannotChangeStandard, StandardInUse.
    """
    last = StandardVersion.objects.select_for_update().filter(kind=kind, code=code)
    row = last.filter(state=VersionState.PUBLISHED).order_by("-number").first()
    place = (row.division_code, row.department) if row else ("", "")
    _insist_authority(*place, actor)
    words = _words(reason)
    used = uses_of(kind, code)
    if used:
        raise StandardInUse(
            f"有 {used.count} 处在用，不能停用。", "请先请这些部门改掉。", fields=_named(used)
        )
    if kind is StandardKind.ELEMENT:
        in_force.withdraw_element(code=code, reason=words, actor=actor, at=at)
    else:
        in_force.withdraw_table(name=code, reason=words, actor=actor, at=at)
    told = StandardWithdrawn(
        subject=reference("element" if kind is StandardKind.ELEMENT else "code-table", code), at=at, kind=kind, code=code,
        department=place[1], division_code=place[0],
    )  # fmt: skip
    journal.announce(told, actor=actor)


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


def insist_told(used: Uses, told: int, lost: tuple[str, ...]) -> None:
    """Who takes something away has seen from whom; StandardInUse names them."""
    if used.count != told:
        raise StandardInUse(
            f"这一版{'，'.join(lost[:3])}；有 {used.count} 处在用。",
            "看过下面这些以后再发布，他们会收到消息。",
            fields=_named(used),
        )


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


def _named(used: Uses) -> list[FieldProblem]:
    found = [FieldProblem("uses", one) for one in used.named[:_SHOWN]]
    if used.count > len(found):
        found.append(FieldProblem("uses", f"一共 {used.count} 处，这里列出前 {len(found)} 处。"))
    return found


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


def _locked(key: str, actor: Actor) -> StandardVersion:
    row = StandardVersion.objects.visible_to(actor).select_for_update().filter(key=key).first()
    if row is None:
        raise NotFound
    return row


def _insist_proposer(row: StandardVersion, actor: Actor) -> None:
    held = actor.roles_at(row.division_code, row.department)
    if not held & set(WRITERS if row.department else CHECKERS):
        raise NotAllowed("由提出的部门办理。")


def _insist_authority(division_code: str, department: str, actor: Actor) -> None:
    if actor.kind is ActorKind.MACHINE:
        return
    held = actor.roles_at(division_code, department) if division_code else frozenset()
    anywhere = not division_code and any(actor.has_role(role) for role in CHECKERS)
    if not anywhere and not held & set(CHECKERS):
        raise NotAllowed("审核、发布和停用由数据共享主管部门办理。", "请报送后等待审核。")


def _words(reason: str) -> str:
    words = reason.strip()
    if not 0 < len(words) <= LONGEST_REASON:
        raise InvalidInput(fields=[FieldProblem("reason", "要写明理由，不超过 500 字。")])
    return words


def _move(row: StandardVersion, act: str, version: int, **changes: object) -> None:
    states.move(
        row,
        machine=STANDARD,
        act=act,
        role=Party.OFFICIAL,
        version=version,
        facts={},
        changes=changes,
    )


def _announce(
    event: type[StandardEvent], row: StandardVersion, actor: Actor, at: datetime, **more: object
) -> None:
    told = event(
        subject=row.reference, at=at, kind=row.kind, code=row.code, department=row.department,
        division_code=row.division_code, **more,
    )  # fmt: skip
    journal.announce(told, actor=actor)


def _record(row: StandardVersion, act: str, actor: Actor, at: datetime) -> None:
    facts = {"kind": row.kind, "code": row.code}
    journal.record(actor=actor, act=act, subject=row.reference, at=at, facts=facts)
