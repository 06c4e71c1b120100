"""What every act on a grant does first and last: lock and check, note and tell."""

from __future__ import annotations

from datetime import date, datetime

from yiwang.capability.entitlements.models import Entitlement, EntitlementChange
from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import NotAllowed, NotFound, Refusal, VersionConflict
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.statements import prepared


class CannotGrant(Refusal):
    sentence = "这个人已经在领取这项待遇，不能重复发放。"
    remedy = "请先核对已有的发放记录。"


class CannotStop(Refusal):
    sentence = "还没有告知本人，或者提出异议的期限还没有到，不能停发。"
    remedy = "请先送达停发告知书，等异议期限过后再办理。"


class CannotResume(Refusal):
    sentence = "这项待遇没有停发，不需要恢复。"
    remedy = "请刷新页面查看最新情况。"


class CannotChangeAccount(Refusal):
    status = 422
    sentence = "账号看起来不对。"
    remedy = "请对照银行卡或社保卡，重新填写 12 到 32 位数字。"


def index_of(account: str) -> str:
    return crypto.keyed_index(account, purpose="entitlements.account") if account else ""


def note(
    row: Entitlement,
    act: str,
    actor: Actor,
    at: datetime,
    *,
    reason: str = "",
    month: date | None = None,
    amount_fen: int = 0,
) -> None:
    """One line of the grant's own history and one journal entry."""
    line = EntitlementChange(
        entitlement=row, act=act, reason=reason, month=month,
        amount_fen=amount_fen, actor=actor.reference, at=at,
    )  # fmt: skip
    prepared.add(line)
    journal.record(
        actor=actor,
        act=f"entitlements.{act}",
        subject=reference("entitlement", row.key),
        at=at,
        facts={"month": month.isoformat() if month else None, "amount_fen": amount_fen},
        subjects=[row.person],
    )


def locked(key: str, version: int, actor: Actor) -> Entitlement:
    """The row, locked, for an official of its body who saw its newest version."""
    if actor.kind is not ActorKind.MACHINE and not actor.has_role(Role.APPROVER):
        raise NotAllowed
    row = Entitlement.objects.visible_to(actor).select_for_update().filter(key=key).first()
    if row is None:
        raise NotFound
    if row.version != version:
        raise VersionConflict
    return row
