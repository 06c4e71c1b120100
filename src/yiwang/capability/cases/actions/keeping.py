"""What keeps a case from going on, who else may see it, who has it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from yiwang.capability.cases.actions import work
from yiwang.capability.cases.actions.moving import announce, hand_to, locked
from yiwang.capability.cases.definitions import HolderKind, Keeper, Stage
from yiwang.capability.cases.events import BlocksCleared
from yiwang.capability.cases.models import Case, CaseBlock, CaseParticipant
from yiwang.kernel.actor import Actor
from yiwang.kernel.references import split
from yiwang.mechanisms.journal import actions as journal

_COUNTERS = {Stage.DECISION: "decision_blocks", Stage.ISSUE: "issue_blocks"}


def block(
    *, case_key: str, stage: Stage, reason: str, actor: Actor, at: datetime, label: str = ""
) -> bool:
    """Something must happen before approval, or before the result is issued. False: known already.

    ``reason``: a reference (``branch:<key>``); ``label``: what the official reads. Refusals: ``NotFound``.
    """
    row, stage = locked(case_key, actor), Stage(stage)
    _, made = CaseBlock.objects.get_or_create(
        case=row,
        stage=stage,
        reason=reason,
        ended_at=None,
        defaults={"label": label or f"还有事项没有完成（{split(reason)[0]}）", "began_at": at},
    )
    if made:
        _count(row, stage, 1, actor)
        _record(row, "cases.blocked", reason, stage, actor, at)
    return made


def unblock(*, case_key: str, stage: Stage, reason: str, actor: Actor, at: datetime) -> bool:
    """It has happened. False: there was no such block. The last one of a stage is announced."""
    row, stage = locked(case_key, actor), Stage(stage)
    open_ones = CaseBlock.objects.filter(case=row, stage=stage, reason=reason, ended_at=None)
    if open_ones.update(ended_at=at) == 0:
        return False
    _count(row, stage, -1, actor)
    _record(row, "cases.unblocked", reason, stage, actor, at)
    if getattr(row, _COUNTERS[stage]) == 0:
        announce(row, BlocksCleared, actor=actor, at=at, stage=stage.value)
    return True


def let_in(
    *,
    case_key: str,
    department: str,
    division_code: str,
    reference: str,
    actor: Actor,
    at: datetime,
) -> None:
    """Another body may see the case, for what ``reference`` asks of it; asked again changes nothing."""
    admit(
        locked(case_key, actor),
        department=department,
        division_code=division_code,
        reference=reference,
        actor=actor,
        at=at,
    )


def admit(
    row: Case, *, department: str, division_code: str, reference: str, actor: Actor, at: datetime
) -> None:
    """The same for a case that is locked already."""
    _, made = CaseParticipant.objects.get_or_create(
        case=row,
        department=department,
        division_code=division_code,
        reference=reference,
        defaults={"let_in_at": at},
    )
    if made:
        journal.record(
            actor=actor,
            act="cases.let_in",
            subject=row.reference,
            at=at,
            facts={"department": department, "for": reference},
        )


def hold(
    *, case_key: str, kind: HolderKind, holder: str, label: str, actor: Actor, at: datetime
) -> None:
    """Somebody else has the whole case now; who it is by its state takes over at the next change."""
    hand_to(locked(case_key, actor), Keeper(HolderKind(kind), holder, label), at)


def _count(row: Case, stage: Stage, more: int, actor: Actor) -> None:
    """Keep the number of open blocks beside the case: guards ask it without another statement."""
    name = _COUNTERS[stage]
    Case.objects.filter(pk=row.pk).update(**{name: F(name) + more})
    setattr(row, name, getattr(row, name) + more)
    work.keep(row, actor=actor)


def _record(row: Case, act: str, reason: str, stage: Stage, actor: Actor, at: datetime) -> None:
    journal.record(
        actor=actor,
        act=act,
        subject=row.reference,
        at=at,
        facts={"stage": stage.value, "for": reason},
    )
