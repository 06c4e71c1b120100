"""The providing office: tell once what is missing, ask for more time, answer, deliver."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from django.db import transaction

from yiwang.foundation.agreements import queries, rules
from yiwang.foundation.agreements.actions import citing, granting
from yiwang.foundation.agreements.actions.moving import locked_request, move
from yiwang.foundation.agreements.actions.telling import announce
from yiwang.foundation.agreements.definitions import (
    ANSWER,
    DELIVERY,
    DELIVERY_WITHIN,
    REQUEST,
    Act,
    Longer,
    RequestView,
    Sharing,
)
from yiwang.foundation.agreements.events import (
    DataAgreed,
    DataDelivered,
    DataRefused,
    LongerAsked,
    LongerConsented,
    LongerDeclined,
    MissingTold,
)
from yiwang.foundation.agreements.models import DataGrant, DataRequest
from yiwang.foundation.exchange import queries as exchange
from yiwang.foundation.exchange.definitions import fits, misfit
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import SHANGHAI
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.clocks import queries as clock_queries
from yiwang.mechanisms.clocks.definitions import Colour
from yiwang.mechanisms.journal import actions as journal


@transaction.atomic
def tell_missing(*, key: str, version: int, words: str, actor: Actor, at: datetime) -> RequestView:
    """Say once everything that is missing; the clock stands, nothing is refused (条例 21)."""
    row = locked_request(key, actor)
    changes = {"missing": words.strip(), "told_at": at}
    _move(row, Act.TELL_MISSING, version, actor, at, words, "要补充什么", changes)
    clocks.pause(subject=row.reference, kind=ANSWER, reason="等申请部门补充", at=at, actor=actor)
    announce(row, MissingTold, actor, at)
    return queries.request_view(row, actor, at)


@transaction.atomic
def ask_longer(
    *, key: str, version: int, days: int, words: str, actor: Actor, at: datetime
) -> RequestView:
    """Ask the sharing authority for up to ten working days more (条例 21)."""
    row = locked_request(key, actor)
    if problems := rules.longer_problem(days):
        raise InvalidInput(fields=problems)
    changes = {"longer": Longer.ASKED, "longer_days": days}
    _move(row, Act.ASK_LONGER, version, actor, at, words, "延长的理由", changes)
    announce(row, LongerAsked, actor, at, days=days)
    return queries.request_view(row, actor, at)


@transaction.atomic
def consent_longer(*, key: str, version: int, actor: Actor, at: datetime) -> RequestView:
    """The authority consents; who asked for the data sees the new day."""
    row = locked_request(key, actor)
    _move(row, Act.CONSENT_LONGER, version, actor, at, changes={"longer": Longer.GRANTED})
    due = clocks.extend(
        subject=row.reference, kind=ANSWER, more=row.longer_days, at=at, actor=actor
    )
    announce(row, LongerConsented, actor, at, days=row.longer_days, due_on=due.isoformat())
    return queries.request_view(row, actor, at)


@transaction.atomic
def decline_longer(
    *, key: str, version: int, words: str, actor: Actor, at: datetime
) -> RequestView:
    """The authority does not consent: the day stays."""
    row = locked_request(key, actor)
    changes = {"longer": Longer.DECLINED}
    _move(row, Act.DECLINE_LONGER, version, actor, at, words, "不同意的理由", changes)
    announce(row, LongerDeclined, actor, at)
    return queries.request_view(row, actor, at)


@transaction.atomic
def propose_yes(*, key: str, version: int, words: str, actor: Actor, at: datetime) -> RequestView:
    """The office writes that it agrees, with its conditions when there are any; its head signs."""
    row = locked_request(key, actor)
    changes = {"answer_yes": True, "answer_words": words.strip(), "article": ""}
    _move(row, Act.PROPOSE_YES, version, actor, at, words, changes=changes)
    return _noted(row, Act.PROPOSE_YES, actor, at)


@transaction.atomic
def propose_no(
    *, key: str, version: int, words: str, article: str, actor: Actor, at: datetime
) -> RequestView:
    """The office writes that it refuses: the reasons, and the article they stand on (条例 14, 15, 21).

    What is shared without conditions cannot be refused. A refusal of what is not on the negative
    list is marked as such and goes to the sharing authority with its announcement.
    """
    row = locked_request(key, actor)
    if not 0 < len(article.strip()) <= 200:
        problem = FieldProblem("article", "还没有写依据哪条规定", "，请写明法律、行政法规的条款")
        raise InvalidInput(fields=[problem])
    changes = {
        "answer_yes": False,
        "answer_words": words.strip(),
        "article": article.strip(),
        "off_list": row.sharing != Sharing.NONE,
    }
    _move(row, Act.PROPOSE_NO, version, actor, at, words, "理由", changes)
    return _noted(row, Act.PROPOSE_NO, actor, at)


@transaction.atomic
def return_answer(*, key: str, version: int, words: str, actor: Actor, at: datetime) -> RequestView:
    """The provider's head has the answer written anew; the clock runs on."""
    row = locked_request(key, actor)
    changes = {"answer_yes": None, "answer_words": "", "article": "", "off_list": False}
    _move(row, Act.RETURN_ANSWER, version, actor, at, words, "退回的理由", changes)
    return _noted(row, Act.RETURN_ANSWER, actor, at)


@transaction.atomic
def sign_answer(*, key: str, version: int, actor: Actor, at: datetime) -> RequestView:
    """The provider's head signs what was written: agreed, and to be delivered; or refused.

    Refusals: ``NotAllowed`` also to whoever signed the request itself.
    """
    row = locked_request(key, actor)
    if row.signed_by == actor.reference:
        raise NotAllowed("申请是您签的，答复要由另一个人签。", "请交给提供部门的负责人。")
    act = Act.SIGN_YES if row.answer_yes else Act.SIGN_NO
    late = _late(row, ANSWER, at)
    changes = {"answered_by": actor.reference, "answered_at": at, "answered_late": late}
    if row.answer_yes:
        changes["agreed_at"] = at
    _move(row, act, version, actor, at, changes=changes)
    clocks.stop(subject=row.reference, kind=ANSWER, at=at, actor=actor)
    if row.answer_yes:
        begin_delivery(row, actor, at)
    else:
        announce(row, DataRefused, actor, at, article=row.article, off_list=row.off_list)
    return queries.request_view(row, actor, at)


@transaction.atomic
def deliver(
    *, key: str, version: int, service: str, words: str = "", actor: Actor, at: datetime
) -> RequestView:
    """The provider names the service of its node: the grant holds from this moment (条例 22).

    A service of another kind than the way that was asked for is refused by its field (20).
    """
    row = locked_request(key, actor)
    if not rules.is_service(service, node=row.provider_node):
        sentence = f"服务编码不对，要写成 {row.provider_node}/名称 的样子"
        problem = FieldProblem("service", sentence, "，名称用小写字母、数字和连字符")
        raise InvalidInput(fields=[problem])
    _must_fit(row, service)
    changes = {
        "service": service,
        "delivered_at": at,
        "delivered_late": _late(row, DELIVERY, at),
        "closed_at": at,
    }
    _move(row, Act.DELIVER, version, actor, at, words, changes=changes)
    clocks.stop(subject=row.reference, kind=DELIVERY, at=at, actor=actor)
    grant = _granted(row, at)
    granting.changed(grant, actor=actor, at=at)
    announce(row, DataDelivered, actor, at, service=service, grant=grant.key)
    return queries.request_view(row, actor, at)


def begin_delivery(row: DataRequest, actor: Actor, at: datetime) -> None:
    """Agreed: twenty working days to deliver."""
    due = clocks.start(
        subject=row.reference, kind=DELIVERY, allowance=DELIVERY_WITHIN, at=at, actor=actor
    )
    announce(row, DataAgreed, actor, at, due_on=due.isoformat())


def _must_fit(row: DataRequest, service: str) -> None:
    """What this node knows of the service; at another node its own fast path looks (``WayNotGranted``)."""
    found = exchange.describe(service)
    if found is not None and not fits(row.way, str(found["kind"])):
        sentence = misfit(row.way, str(found["kind"]), whose="申请")
        raise InvalidInput(fields=[FieldProblem("service", sentence, "，请换一个服务")])


def _granted(row: DataRequest, at: datetime) -> DataGrant:
    grant = DataGrant.objects.create(
        request=row,
        resource=row.resource,
        service=row.service,
        consumer=row.consumer,
        consumer_name=row.consumer_name,
        consumer_division=row.consumer_division,
        consumer_node=row.consumer_node,
        provider=row.provider,
        provider_name=row.provider_name,
        provider_division=row.provider_division,
        provider_node=row.provider_node,
        purposes=[row.purpose],
        items=row.items,
        needs_case=row.needs_case,
        fields=row.fields,
        clear_fields=row.clear_fields,
        grades=queries.graded(row.resource, row.fields),
        way=row.way,
        valid_from=at,
        valid_until=datetime.combine(row.until + timedelta(days=1), time(), SHANGHAI),
        per_day=row.per_day,
        per_second=row.per_second,
        changed_at=at,
    )
    citing.carry_over(row, grant)
    return grant


def _late(row: DataRequest, kind: str, at: datetime) -> bool:
    clock = clock_queries.find_clock(subject=row.reference, kind=kind, at=at)
    return clock is not None and clock.colour == Colour.RED


def _move(
    row: DataRequest,
    act: Act,
    version: int,
    actor: Actor,
    at: datetime,
    words: str = "",
    must_say: str = "",
    changes: Mapping[str, object] | None = None,
) -> None:
    move(
        row,
        machine=REQUEST,
        act=act,
        version=version,
        actor=actor,
        at=at,
        words=words,
        must_say=must_say,
        changes=changes,
    )


def _noted(row: DataRequest, act: Act, actor: Actor, at: datetime) -> RequestView:
    """Inside the providing office: on record, announced to nobody."""
    journal.record(actor=actor, act=f"agreements.{act}", subject=row.reference, at=at)
    return queries.request_view(row, actor, at)
