"""The two sides agree on a mandate, and either may end it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from yiwang.kernel.actor import Actor, PowerAct
from yiwang.kernel.refusals import NotAllowed
from yiwang.support.identity.definitions.factors import NeedsStepUp
from yiwang.support.mandates import queries
from yiwang.support.mandates.actions import rows
from yiwang.support.mandates.actions.rows import Wish
from yiwang.support.mandates.definitions import (
    CONSENT_LEVEL,
    CannotMandate,
    ConsentKind,
    MandateKind,
    MandateView,
    Standing,
)
from yiwang.support.mandates.events import MandateProposed
from yiwang.support.mandates.models import Mandate, is_present


@transaction.atomic
def propose(
    *,
    kind: MandateKind,
    giver: str,
    taker: str,
    items: Mapping[str, str] | None,
    acts: Collection[PowerAct],
    valid_until: datetime,
    actor: Actor,
    at: datetime,
    note: str = "",
) -> MandateView:
    """One side offers or asks for a mandate; the giver's own offer is his consent.

    ``items``: code → name as it was shown, None for every item. Refusals: ``InvalidInput``,
    ``NotAllowed`` (neither side, or acting for another), ``NeedsStepUp``, ``NotFound``,
    ``CannotMandate``. 民法典 第一百六十五条.
    """
    wish = Wish(kind, giver, taker, items, acts, valid_until, note)
    if kind is MandateKind.COUNTER:
        raise NotAllowed("当面代办由窗口工作人员开始。", "请到政务服务大厅窗口办理。")
    giving = _gives(actor, giver)
    if not giving and not _takes(actor, taker):
        raise NotAllowed
    row = rows.make(wish, actor=actor, at=at)
    if giving:
        _consent(row, actor, at)
        rows.tell(row, taker, f"{row.masked('giver')}授权您代办，等您接受", at)
    else:
        row.accepted_at = at
        row.save(update_fields=["accepted_at"])
        rows.tell(row, giver, f"{row.masked('taker')}请您授权代办，等您同意", at)
    rows.announce(row, MandateProposed, actor, at)
    return queries.view_of(row, at)


@transaction.atomic
def grant(*, key: str, actor: Actor, at: datetime) -> MandateView:
    """The giver consents to what he was asked for; it is in force at once.

    Refusals: ``NotFound``, ``CannotMandate``, ``NeedsStepUp``, ``NotAllowed``.
    """
    row = rows.locked(key, actor)
    if not _gives(actor, row.giver):
        raise NotAllowed
    _expect(row, Standing.WAITS_FOR_GIVER, at)
    _consent(row, actor, at)
    rows.take_effect(row, actor, at)
    rows.tell(row, row.taker, f"{row.masked('giver')}同意您代办", at)
    return queries.view_of(row, at)


@transaction.atomic
def accept(*, key: str, actor: Actor, at: datetime) -> MandateView:
    """The taker takes it on. Refusals: ``NotFound``, ``CannotMandate``, ``NotAllowed``."""
    row = rows.locked(key, actor)
    if not _takes(actor, row.taker):
        raise NotAllowed
    _expect(row, Standing.WAITS_FOR_TAKER, at)
    row.accepted_at = at
    row.save(update_fields=["accepted_at"])
    rows.take_effect(row, actor, at)
    rows.tell(row, row.giver, f"{row.masked('taker')}接受了您的授权", at)
    return queries.view_of(row, at)


def decline(*, key: str, actor: Actor, at: datetime) -> MandateView:
    """The asked side does not want it: the same as taking it back. Refusals: those of ``revoke``."""
    return revoke(key=key, actor=actor, at=at)


@transaction.atomic
def revoke(*, key: str, actor: Actor, at: datetime) -> MandateView:
    """取消委托或者辞去委托 (民法典 第一百七十三条): by either side, any time, without a reason.

    It is over with this transaction: sessions, tokens and drafts ask at every request. Refusals:
    ``NotFound``, ``CannotMandate`` when it is over already.
    """
    row = rows.locked(key, actor)
    giving = _gives(actor, row.giver)
    if not giving and not _takes(actor, row.taker):
        raise NotAllowed
    stands = queries.view_of(row, at).standing
    if stands in (Standing.REVOKED, Standing.DECLINED, Standing.EXPIRED):
        raise CannotMandate
    rows.end(row, actor, at)
    other, side = (row.taker, "giver") if giving else (row.giver, "taker")
    if not other.startswith("official:"):
        done = "撤回了代办授权" if stands is Standing.IN_FORCE else "没有接受代办授权"
        rows.tell(row, other, f"{row.masked(side)}{done}", at)
    return queries.view_of(row, at)


def _gives(actor: Actor, giver: str) -> bool:
    """Is this the giver himself (or his firm's legal representative), or he at the window?"""
    own = actor.mandate is None and not actor.reference.startswith("official:")
    return actor.applicant == giver and (own or is_present(actor))


def _takes(actor: Actor, taker: str) -> bool:
    return actor.reference == taker and actor.mandate is None and actor.on_behalf_of is None


def _expect(row: Mandate, wanted: Standing, at: datetime) -> None:
    if queries.view_of(row, at).standing is not wanted:
        raise CannotMandate


def _consent(row: Mandate, actor: Actor, at: datetime) -> None:
    """Who consented, how, to which words; a program never does."""
    if actor.scopes is not None or actor.assurance_level < CONSENT_LEVEL:
        raise NeedsStepUp(CONSENT_LEVEL)
    row.consent_kind = ConsentKind.COUNTER if is_present(actor) else ConsentKind.ONLINE
    row.consent_by, row.consented_at = actor.reference, at
    row.consent_proof = f"{row.words['text']}（实名等级 {actor.assurance_level}）"
    row.save(update_fields=["consent_kind", "consent_by", "consented_at", "consent_proof"])
    rows.note("consented", row, actor, at, how=row.consent_kind)
