"""Grants: stopped, mended, ended, renewed; every change is told to the fast side at once (条例 25, 27)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db import transaction

from yiwang.foundation.agreements import queries, rules
from yiwang.foundation.agreements.actions.moving import locked_grant, move
from yiwang.foundation.agreements.actions.reporting import begin_disposal
from yiwang.foundation.agreements.definitions import (
    GRANT,
    MENDING,
    GrantAct,
    GrantState,
    GrantView,
    Origin,
    Side,
)
from yiwang.foundation.agreements.events import GrantChanged
from yiwang.foundation.agreements.models import DataGrant
from yiwang.kernel.actor import Actor, Role
from yiwang.kernel.moments import SHANGHAI, legal_date
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.clocks.definitions import Allowance, Unit
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.statements import prepared
from yiwang.network.nodes.definitions import CHANNEL

_TELL: Final = "SELECT pg_notify(%s, 'grants')"
_BATCH: Final = 200
_NOT_MISUSED: Final[dict[str, Any]] = {"misuse": False, "mend_by": None, "mended_at": None}


def changed(row: DataGrant, *, actor: Actor, at: datetime) -> None:
    """Announce a grant as it now is, and wake the fast side when this transaction commits."""
    fact = GrantChanged(
        subject=row.reference,
        at=at,
        service=row.service,
        consumer_node=row.consumer_node,
        provider_node=row.provider_node,
        state=row.state,
        version=row.version,
    )
    journal.announce(fact, actor=actor)
    tell()


def tell() -> None:
    """Wake the fast side when this transaction commits."""
    prepared.run(_TELL, [CHANNEL])


@transaction.atomic
def suspend(
    *, key: str, version: int, words: str, mend_days: int, actor: Actor, at: datetime
) -> GrantView:
    """Misused: nothing more is handed out until it is put right within so many working days (27)."""
    if not 1 <= mend_days <= 60:
        problem = FieldProblem("mend_days", "整改的天数不对", "，请写 1 到 60 的整数")
        raise InvalidInput(fields=[problem])
    row = locked_grant(key, actor)
    act = GrantAct.SUSPEND
    found = {"misuse": True, "mended_at": None, "changed_at": at}
    _move(row, act, version, actor, at, words, "怎样使用不当、要怎样整改", **found)
    row.mend_by = _begin_mending(row, mend_days, actor, at)
    row.save(update_fields=["mend_by"])
    return _changed(row, actor, at)


@transaction.atomic
def stop_now(*, key: str, version: int, words: str, actor: Actor, at: datetime) -> GrantView:
    """A technical stop: nothing goes through from the next seconds on, here and at every node.

    A copy of a grant agreed at the registry is stopped at this node alone, by its operators and by
    the offices concerned; it needs the registry neither for this nor to go on.
    """
    row = locked_grant(key, actor)
    if row.origin == Origin.REGISTRY:
        return _stop_here(row, stopped=True, actor=actor, at=at)
    _move(row, GrantAct.STOP_NOW, version, actor, at, words, "停用的原因", changed_at=at)
    return _changed(row, actor, at)


@transaction.atomic
def report_mended(*, key: str, version: int, words: str, actor: Actor, at: datetime) -> GrantView:
    """The using office says what was put right."""
    row = locked_grant(key, actor)
    act = GrantAct.REPORT_MENDED
    _move(row, act, version, actor, at, words, "整改了什么", mended_at=at)
    journal.record(actor=actor, act=f"agreements.{act}", subject=row.reference, at=at)
    return queries.grant_view(row, actor, at)


@transaction.atomic
def resume(*, key: str, version: int, words: str, actor: Actor, at: datetime) -> GrantView:
    """It goes on: put right, or the technical cause is gone."""
    row = locked_grant(key, actor)
    if row.origin == Origin.REGISTRY:
        return _stop_here(row, stopped=False, actor=actor, at=at)
    act = GrantAct.RESUME
    _move(row, act, version, actor, at, words, "恢复的理由", changed_at=at, **_NOT_MISUSED)
    clocks.stop(subject=row.reference, kind=MENDING, at=at, actor=actor)
    return _changed(row, actor, at)


@transaction.atomic
def end_misuse(*, key: str, version: int, words: str, actor: Actor, at: datetime) -> GrantView:
    """Not put right in time, or not well: the sharing ends (27)."""
    row = locked_grant(key, actor)
    _move(row, GrantAct.END_MISUSE, version, actor, at, words, "终止的理由", changed_at=at)
    return _ended(row, actor, at)


@transaction.atomic
def ask_end(*, key: str, version: int, words: str, actor: Actor, at: datetime) -> GrantView:
    """One side wants to end it; neither may alone (27)."""
    row = locked_grant(key, actor)
    held = queries.sides_of(row, actor)
    asking = Side.CONSUMER if held & {Side.CONSUMER, Side.CONSUMER_HEAD} else Side.PROVIDER
    _move(row, GrantAct.ASK_END, version, actor, at, words, "终止的理由", end_asked_by=asking)
    return _noted(row, GrantAct.ASK_END, actor, at)


@transaction.atomic
def agree_end(*, key: str, version: int, actor: Actor, at: datetime) -> GrantView:
    """The other side agrees: it ends."""
    row = locked_grant(key, actor)
    _move(row, GrantAct.AGREE_END, version, actor, at, changed_at=at)
    return _ended(row, actor, at)


@transaction.atomic
def decline_end(*, key: str, version: int, words: str, actor: Actor, at: datetime) -> GrantView:
    """The other side does not agree: it goes on as it was."""
    row = locked_grant(key, actor)
    _move(row, GrantAct.DECLINE_END, version, actor, at, words, "不同意的理由", end_asked_by="")
    return _noted(row, GrantAct.DECLINE_END, actor, at)


@transaction.atomic
def ask_renewal(
    *, key: str, version: int, until: date, words: str, actor: Actor, at: datetime
) -> GrantView:
    """The using office asks for a longer term, for the same purpose and scope."""
    row = locked_grant(key, actor)
    last = legal_date(row.valid_until - timedelta(seconds=1))
    if not last < until <= legal_date(at) + rules.LONGEST_TERM:
        problem = FieldProblem("until", "新的期限不对", "，要在原期限以后、五年以内")
        raise InvalidInput(fields=[problem])
    act = GrantAct.ASK_RENEWAL
    _move(row, act, version, actor, at, words, "续期的理由", renew_until=until)
    return _noted(row, act, actor, at)


@transaction.atomic
def renew(*, key: str, version: int, actor: Actor, at: datetime) -> GrantView:
    """The provider's head signs: the term runs on."""
    row = locked_grant(key, actor)
    until = row.renew_until or legal_date(row.valid_until)
    found: dict[str, Any] = {
        "valid_until": datetime.combine(until + timedelta(days=1), time(), SHANGHAI),
        "renew_until": None,
        "changed_at": at,
    }
    _move(row, GrantAct.RENEW, version, actor, at, **found)
    return _changed(row, actor, at)


@transaction.atomic
def decline_renewal(*, key: str, version: int, words: str, actor: Actor, at: datetime) -> GrantView:
    """The term stays as it is; a new request may be made."""
    row = locked_grant(key, actor)
    act = GrantAct.DECLINE_RENEWAL
    _move(row, act, version, actor, at, words, "不同意的理由", renew_until=None)
    return _noted(row, act, actor, at)


def expire(*, at: datetime, actor: Actor) -> int:
    """Grants whose term is over end; how many. The fast side refuses them from the first second on."""
    ended = 0
    while True:
        over = DataGrant.objects.filter(valid_until__lte=at, origin=Origin.LOCAL)
        keys = list(over.exclude(state=GrantState.ENDED).values_list("key", "version")[:_BATCH])
        for key, version in keys:
            with transaction.atomic():
                row = locked_grant(key, actor)
                _move(row, GrantAct.EXPIRE, version, actor, at, changed_at=at)
                _ended(row, actor, at)
                ended += 1
        if len(keys) < _BATCH:
            return ended


def _begin_mending(row: DataGrant, days: int, actor: Actor, at: datetime) -> date:
    allowance = Allowance(days, Unit.WORKING_DAY)
    begin = clocks.restart if row.notes and _mended_before(row) else clocks.start
    return begin(subject=row.reference, kind=MENDING, allowance=allowance, at=at, actor=actor)


def _mended_before(row: DataGrant) -> bool:
    times: int = sum(note["act"] == GrantAct.SUSPEND for note in row.notes)
    return times > 1


def _stop_here(row: DataGrant, *, stopped: bool, actor: Actor, at: datetime) -> GrantView:
    """This node alone: whoever may stop a grant where it was agreed may stop its copy here."""
    places = (row.consumer_division, row.consumer), (row.provider_division, row.provider)
    held = {role for place in places for role in actor.roles_at(*place)}
    if not held & {Role.DATA_OFFICER, Role.HEAD, Role.DATA_AUTHORITY, Role.OPERATOR}:
        raise NotAllowed
    row.stopped_here = stopped
    row.save(update_fields=["stopped_here"])
    act = "agreements.stop_here" if stopped else "agreements.go_on_here"
    journal.record(actor=actor, act=act, subject=row.reference, at=at)
    tell()
    return queries.grant_view(row, actor, at)


def _move(
    row: DataGrant,
    act: GrantAct,
    version: int,
    actor: Actor,
    at: datetime,
    words: str = "",
    must_say: str = "",
    **changes: object,
) -> None:
    move(
        row,
        machine=GRANT,
        act=act,
        version=version,
        actor=actor,
        at=at,
        words=words,
        must_say=must_say,
        changes=changes,
    )


def _ended(row: DataGrant, actor: Actor, at: datetime) -> GrantView:
    clocks.stop(subject=row.reference, kind=MENDING, at=at, actor=actor)
    begin_disposal(row, actor, at)
    return _changed(row, actor, at)


def _changed(row: DataGrant, actor: Actor, at: datetime) -> GrantView:
    changed(row, actor=actor, at=at)
    return queries.grant_view(row, actor, at)


def _noted(row: DataGrant, act: GrantAct, actor: Actor, at: datetime) -> GrantView:
    journal.record(actor=actor, act=f"agreements.{act}", subject=row.reference, at=at)
    return queries.grant_view(row, actor, at)
