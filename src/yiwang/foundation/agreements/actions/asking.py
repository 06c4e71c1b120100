"""The asking office: drafts, its head signs, what is missing is supplied, a request is withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from yiwang.foundation.agreements import offers, queries, rules
from yiwang.foundation.agreements.actions import citing
from yiwang.foundation.agreements.actions.moving import locked_request, move
from yiwang.foundation.agreements.actions.telling import announce
from yiwang.foundation.agreements.definitions import (
    ANSWER,
    ANSWER_WITHIN,
    REQUEST,
    Act,
    Body,
    Draft,
    Offer,
    RequestView,
    Side,
)
from yiwang.foundation.agreements.events import (
    DataRequested,
    MissingSupplied,
    RequestWithdrawn,
)
from yiwang.foundation.agreements.models import DataRequest
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import InvalidInput, NotAllowed, Refusal
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.journal import actions as journal


class CannotAskOneself(Refusal):
    sentence = "这个资源是本部门自己的，不用申请。"
    remedy = "本部门的数据直接使用；要别的部门的，请在目录里另选。"


@transaction.atomic
def draft(
    *, resource: str, values: Draft, consumer: Body, actor: Actor, at: datetime
) -> RequestView:
    """A request is begun for items of one resource (条例 20).

    Refusals: ``NotFound``, ``NotAllowed`` (not his office), ``CannotAskOneself``, ``InvalidInput``.
    """
    offer = offers.get_offer(resource)
    place = (consumer.division_code, consumer.uscc)
    held = rules.sides(actor, consumer=place, provider=place)
    if not held & {Side.CONSUMER, Side.CONSUMER_HEAD}:
        raise NotAllowed("要由本部门的数据专员来写。", "请本部门的数据专员或负责人申请。")
    if offer.provider.uscc == consumer.uscc:
        raise CannotAskOneself
    _check(values, offer, at)
    row = DataRequest(
        resource=offer.resource,
        resource_name=offer.name,
        sharing=offer.sharing,
        consumer=consumer.uscc,
        consumer_name=consumer.name,
        consumer_division=consumer.division_code,
        consumer_node=consumer.node,
        provider=offer.provider.uscc,
        provider_name=offer.provider.name,
        provider_division=offer.provider.division_code,
        provider_node=offer.provider.node,
        drafted_by=actor.reference,
        created_at=at,
        **_columns(values),
    )
    row.save()
    citing.note(row, values.articles, at)
    journal.record(actor=actor, act="agreements.draft", subject=row.reference, at=at)
    return queries.request_view(row, actor, at)


@transaction.atomic
def rewrite(*, key: str, version: int, values: Draft, actor: Actor, at: datetime) -> RequestView:
    """What stands in a draft is changed before it goes to the head."""
    row = locked_request(key, actor)
    _check(values, offers.get_offer(row.resource), at)
    changes = _columns(values)
    move(
        row, machine=REQUEST, act=Act.REWRITE, version=version, actor=actor, at=at, changes=changes
    )
    citing.note(row, values.articles, at)
    journal.record(actor=actor, act="agreements.rewrite", subject=row.reference, at=at)
    return queries.request_view(row, actor, at)


@transaction.atomic
def hand_to_head(*, key: str, version: int, actor: Actor, at: datetime) -> RequestView:
    """The draft goes to the head of the asking office."""
    return _inside(key, Act.HAND_TO_HEAD, version, actor, at)


@transaction.atomic
def hand_back(*, key: str, version: int, words: str, actor: Actor, at: datetime) -> RequestView:
    """The head sends it back to be rewritten, and says why."""
    return _inside(key, Act.HAND_BACK, version, actor, at, words=words, must_say="退回的理由")


@transaction.atomic
def sign(*, key: str, version: int, actor: Actor, at: datetime) -> RequestView:
    """The head signs: it is with the provider at once, and the answer clock runs (条例 20, 21).

    What the catalogue says of the sharing now counts from here on.
    """
    row = locked_request(key, actor)
    sharing = offers.get_offer(row.resource).sharing
    changes = {"sharing": sharing, "signed_by": actor.reference, "received_at": at}
    move(row, machine=REQUEST, act=Act.SIGN, version=version, actor=actor, at=at, changes=changes)
    due = clocks.start(
        subject=row.reference,
        kind=ANSWER,
        allowance=ANSWER_WITHIN[sharing],
        at=at,
        actor=actor,
    )
    announce(row, DataRequested, actor, at, sharing=sharing, due_on=due.isoformat())
    return queries.request_view(row, actor, at)


@transaction.atomic
def supply(
    *, key: str, version: int, values: Draft, words: str, actor: Actor, at: datetime
) -> RequestView:
    """What the provider said is missing is there; the answer clock runs on."""
    row = locked_request(key, actor)
    _check(values, offers.get_offer(row.resource), at)
    move(
        row,
        machine=REQUEST,
        act=Act.SUPPLY,
        version=version,
        actor=actor,
        at=at,
        words=words,
        must_say="补充了什么",
        changes=_columns(values),
    )
    citing.note(row, values.articles, at)
    due = clocks.resume(subject=row.reference, kind=ANSWER, at=at, actor=actor)
    announce(row, MissingSupplied, actor, at, due_on=due.isoformat())
    return queries.request_view(row, actor, at)


@transaction.atomic
def withdraw(*, key: str, version: int, words: str, actor: Actor, at: datetime) -> RequestView:
    """The asking office does not want it any more, before it is delivered."""
    row = locked_request(key, actor)
    move(
        row,
        machine=REQUEST,
        act=Act.WITHDRAW,
        version=version,
        actor=actor,
        at=at,
        words=words,
        must_say="撤回的理由",
        changes={"closed_at": at},
    )
    clocks.stop_all(subject=row.reference, at=at, actor=actor)
    announce(row, RequestWithdrawn, actor, at)
    return queries.request_view(row, actor, at)


def _inside(
    key: str,
    act: Act,
    version: int,
    actor: Actor,
    at: datetime,
    *,
    words: str = "",
    must_say: str = "",
) -> RequestView:
    """A step within the asking office: nobody else hears of it."""
    row = locked_request(key, actor)
    move(
        row,
        machine=REQUEST,
        act=act,
        version=version,
        actor=actor,
        at=at,
        words=words,
        must_say=must_say,
    )
    journal.record(actor=actor, act=f"agreements.{act}", subject=row.reference, at=at)
    return queries.request_view(row, actor, at)


def _check(values: Draft, offer: Offer, at: datetime) -> None:
    found = (
        *rules.problems_of(values, offer, today=legal_date(at)),
        *citing.problems_of(values.articles, at),
    )
    if found:
        raise InvalidInput(fields=found)


def _columns(values: Draft) -> Mapping[str, object]:
    return {
        "purpose": values.purpose.strip(),
        "basis": values.basis,
        "items": list(values.items),
        "duty": values.duty.strip(),
        "scene": values.scene.strip(),
        "fields": list(values.fields),
        "clear_fields": list(values.clear_fields),
        "way": values.way,
        "needs_case": values.needs_case,
        "until": values.until,
        "per_day": values.per_day,
    }
