"""A place takes an item off for a while, and on again; what was begun goes on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yiwang.capability.catalogue.models import ItemImplementation, ItemVersionRecord
from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.kernel.moments import legal_date
from yiwang.kernel.places import in_subtree
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound, Refusal
from yiwang.mechanisms.journal import actions as journal

_LONGEST = 100
_MAY = (Role.LOCAL_ADMIN, Role.ITEM_ADMIN)


class CannotPause(Refusal):
    """It is as it was asked to be already."""

    sentence = "这个事项已经是这样了。"
    remedy = "请刷新页面看最新情况。"


@transaction.atomic
def pause_item(*, code: str, reason: str, actor: Actor, at: datetime) -> None:
    """No new applications from now on, with a reason people see; drafts and cases go on.

    By the administrator of the item's place or body. Refusals: ``NotFound`` (not there, not his),
    ``InvalidInput`` (no reason), ``CannotPause``.
    """
    row = _locked(code, actor, at)
    if not 0 < len(reason.strip()) <= _LONGEST:
        problem = FieldProblem("reason", f"请写明原因，最多 {_LONGEST} 字。")
        raise InvalidInput(fields=[problem])
    if row.paused_reason:
        raise CannotPause
    _set(row, reason.strip(), "paused", actor, at)


@transaction.atomic
def resume_item(*, code: str, actor: Actor, at: datetime) -> None:
    """Open for application again. Refusals: ``NotFound``, ``CannotPause``."""
    row = _locked(code, actor, at)
    if not row.paused_reason:
        raise CannotPause
    _set(row, "", "resumed", actor, at)


def _locked(code: str, actor: Actor, at: datetime) -> ItemImplementation:
    row = ItemImplementation.objects.select_for_update().filter(code=code).first()
    held = ItemVersionRecord.objects.in_force(legal_date(at)).filter(implementation__code=code)
    version = held.defer("content", "texts").first()
    if row is None or version is None or not _may(version, actor):
        raise NotFound("没有找到这个事项。", "请从列表里选本地的事项。")
    return row


def _may(version: ItemVersionRecord, actor: Actor) -> bool:
    if actor.kind is ActorKind.MACHINE:
        return True
    own = actor.kind is ActorKind.OFFICIAL and actor.on_behalf_of is None
    return own and any(
        grant.role in _MAY
        and in_subtree(version.division_code, grant.division_code)
        and grant.department in (None, version.department)
        for grant in actor.grants
    )


def _set(row: ItemImplementation, reason: str, act: str, actor: Actor, at: datetime) -> None:
    row.paused_reason = reason
    row.save(update_fields=["paused_reason"])
    journal.record(actor=actor, act=f"catalogue.item_{act}", subject=f"item:{row.code}", at=at)
