"""A data element or a code table is checked and published by a second person, given back, or withdrawn."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from yiwang.foundation.resources.actions.standard_moves import announce, locked, move
from yiwang.foundation.resources.definitions import VersionState
from yiwang.foundation.resources.definitions.codes import CHECKERS
from yiwang.foundation.resources.definitions.standards import (
    LONGEST_REASON,
    StandardKind,
    StandardVersionView,
    Uses,
    standard_of,
)
from yiwang.foundation.resources.events import (
    StandardPublished,
    StandardSentBack,
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
from yiwang.foundation.standards.definitions import Element
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed, Refusal
from yiwang.mechanisms.journal import actions as journal

_SHOWN: Final = 10


class StandardInUse(Refusal):
    """``fields`` name who uses it."""

    sentence = "还有资源和事项在用。"
    remedy = "请先和在用的部门商定。"


@transaction.atomic
def publish_standard(
    *, key: str, version: int, actor: Actor, at: datetime, told: int = 0
) -> StandardVersionView:
    """Check it and put it in force; never by who handed it in.

    A version that takes something from those who use the present one is published only by who was told of
    them: ``told`` is how many the actor saw. Refusals: NotFound, NotAllowed, CannotDo, VersionConflict,
    InvalidInput, StandardInUse.
    """
    row = locked(key, actor)
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
    move(row, "publish", version, number=number, published_by=actor.reference, published_at=at)
    if isinstance(content, Element):
        in_force.put_element(element=content, actor=actor, at=at)
    else:
        in_force.put_table(table=content, actor=actor, at=at)
    announce(StandardPublished, row, actor, at, number=number, narrowed=bool(lost))
    return version_of_standard(row, actor)


@transaction.atomic
def send_back_standard(
    *, key: str, version: int, reason: str, actor: Actor, at: datetime
) -> StandardVersionView:
    """Give it back with a reason; refusals as ``publish_standard``."""
    row = locked(key, actor)
    _insist_authority(row.division_code, row.department, actor)
    move(row, "send_back", version, remark=_words(reason))
    announce(StandardSentBack, row, actor, at)
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


def insist_told(used: Uses, told: int, lost: tuple[str, ...]) -> None:
    """Who takes something away has seen from whom; StandardInUse names them."""
    if used.count != told:
        raise StandardInUse(
            f"这一版{'，'.join(lost[:3])}；有 {used.count} 处在用。",
            "看过下面这些以后再发布，他们会收到消息。",
            fields=_named(used),
        )


def _named(used: Uses) -> list[FieldProblem]:
    found = [FieldProblem("uses", one) for one in used.named[:_SHOWN]]
    if used.count > len(found):
        found.append(FieldProblem("uses", f"一共 {used.count} 处，这里列出前 {len(found)} 处。"))
    return found


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
