"""Services and calling systems for tests and for the sample province."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings

from yiwang.foundation.exchange import actions
from yiwang.foundation.exchange.definitions import (
    CallStatus,
    IssuedKey,
    NewService,
    ServiceField,
    ServiceKind,
    ServiceParameter,
    Side,
)
from yiwang.foundation.exchange.models import (
    Block,
    Figure,
    FigureHour,
    Receipt,
    Service,
    System,
    SystemKey,
)
from yiwang.foundation.exchange.topics import actions as topics
from yiwang.foundation.exchange.topics import queries
from yiwang.foundation.exchange.topics.definitions import QueuedState, SubscriptionState
from yiwang.foundation.exchange.topics.models import Subscription
from yiwang.kernel.actor import machine
from yiwang.kernel.identifiers import make_uscc
from yiwang.kernel.moments import now
from yiwang.kernel.references import new_key

HOUSEHOLD = (
    ServiceField("name", "姓名", 3, "name"),
    ServiceField("citizen_id", "公民身份号码", 3, "citizen_id"),
    ServiceField("address", "户籍地址", 3),
    ServiceField("alive", "是否健在", 2),
)


#: The department sample grants are given to.
CONSUMER = make_uscc("1", "1", "620102", 1)


def system(
    code: str = "62/approval",
    *,
    department: str = CONSUMER,
    per_second: int = 1_000,
    at: datetime | None = None,
) -> IssuedKey:
    """A calling system of a department with a fresh key."""
    at, actor = at or now(), machine("sample")
    actions.register_system(
        code=code,
        name="审批系统（示例）",
        department=department,
        per_second=per_second,
        actor=actor,
        at=at,
    )
    return actions.issue_key(system=code, actor=actor, at=at)


def service(
    code: str = "62/household-register",
    *,
    upstream: str,
    title: str = "户籍信息查询（示例）",
    fields: Sequence[ServiceField] = HOUSEHOLD,
    limit_seconds: float = 10.0,
    per_partner: int = 256,
    reply_bytes: int = 1_048_576,
    private_ok: bool = True,
    kind: ServiceKind = ServiceKind.CALL,
    resource: str = "",
    at: datetime | None = None,
) -> str:
    """A service about one person, asked by identity number."""
    new = NewService(
        code=code,
        title=title,
        upstream=upstream,
        kind=kind,
        resource=resource,
        fields=tuple(fields),
        parameters=(ServiceParameter("citizen_id", "公民身份号码"),),
        subject_parameter="citizen_id",
        limit_seconds=limit_seconds,
        per_partner=per_partner,
        reply_bytes=reply_bytes,
        private_ok=private_ok,
    )
    return actions.publish_service(service=new, actor=machine("sample"), at=at or now())


#: What the platform tells of the licences it issues to firms.
LICENCE_CHANGES = (
    ServiceField("number", "证照编号", 1),
    ServiceField("name", "证照名称", 1),
    ServiceField("holder_name", "持证单位", 1),
    ServiceField("uscc", "统一社会信用代码", 1),
    ServiceField("state", "状态", 1),
    ServiceField("changed_on", "变更日期", 1),
    ServiceField("contact", "联系电话", 3, "phone"),
)


def topic(
    code: str = "62/licence-changes",
    *,
    department: str = "",
    resource: str = "",
    fields: Sequence[ServiceField] = LICENCE_CHANGES,
    at: datetime | None = None,
) -> str:
    """A topic of this node."""
    new = NewService(
        code=code,
        title="证照状态变更（示例）",
        upstream="",
        kind=ServiceKind.MESSAGE,
        fields=tuple(fields),
        resource=resource,
        department=department,
    )
    return actions.publish_service(service=new, actor=machine("sample"), at=at or now())


def subscribed(*, department: str, at: datetime) -> tuple[str, str]:
    """A subscription of a department's own system, one message that waits and one nobody took: the
    subscription's key, the dead letter's number."""
    system(code := f"{settings.NODE}/taker-{new_key().lower()[:12]}", department=department, at=at)
    row = Subscription.objects.create(
        topic="62/licence-changes",
        system=code,
        department=department,
        grant_key=new_key(),
        purpose="核对申请人情况",
        callback="https://taker.example/hear",
        position=2,
        fetched_at=at,
        failure="PartnerAway",
        failures=7,
        made_at=at,
        made_by="machine:sample",
    )
    dead = secrets.token_hex(16)
    for position, state in ((1, QueuedState.DEAD), (2, QueuedState.WAITING)):
        row.queue.create(
            message=dead if state == QueuedState.DEAD else secrets.token_hex(16),
            position=position,
            order="1" * 64,
            body='{"number":"1"}',
            published_at=at,
            taken_at=at,
            state=state,
            tries=30 if state == QueuedState.DEAD else 3,
            failure="PartnerNonsense",
            settled_at=at if state == QueuedState.DEAD else None,
        )
    return row.key, dead


def subscriber(
    *, code: str, name: str, department: str, topic: str, purpose: str, callback: str, at: datetime
) -> None:
    """A department's system that hears a topic at this address; where it listens may move."""
    row = Subscription.objects.filter(system=code).first()
    if row is None:
        actor = machine("sample")
        if not System.objects.filter(code=code).exists():
            actions.register_system(code=code, name=name, department=department, actor=actor, at=at)
            actions.issue_key(system=code, actor=actor, at=at)
        offers = queries.list_offers(actor)
        topics.subscribe(
            grant=next(o.grant for o in offers if (o.topic, o.purpose) == (topic, purpose)),
            system=code,
            purpose=purpose,
            callback=callback,
            private_ok=True,
            from_start=True,
            actor=actor,
            at=at,
        )
    elif row.callback != callback and row.state != SubscriptionState.ENDED:
        topics.change_callback(
            key=row.key,
            version=row.version,
            callback=callback,
            private_ok=True,
            actor=machine("sample"),
            at=at,
        )


def secret_of(key_id: str) -> str | None:
    """What a sample department's system shares with the node, to check its callbacks."""
    row = SystemKey.objects.filter(key_id=key_id, ended_at=None).first()
    return row.secret if row else None


def provide(new: NewService, *, at: datetime | None = None) -> bool:
    """Publish a service unless it is published; then only its address follows. True the first time."""
    known = Service.objects.filter(code=new.code).first()
    if known is None:
        actions.publish_service(service=new, actor=machine("sample"), at=at or now())
    elif known.upstream != new.upstream:
        actions.change_service(
            service=new, version=known.version, actor=machine("sample"), at=at or now()
        )
    return known is None


def traffic(*, at: datetime) -> str:
    """A day as usual, an hour that is not, one call with both receipts, a block whose partner sees a
    call otherwise; answers that call's number."""
    message, service, system = "ab" * 16, "62/household-register", "62/approval"
    for hours, calls, away in ((5, 24, 0), (0, 600, 300)):
        counted = {
            "side": Side.PROVIDER,
            "from_node": "62",
            "system": system,
            "to_node": "62",
            "service": service,
            "calls": calls,
            "answered": calls - away,
            "away": away,
            "milliseconds": calls * 20,
            "slowest": 90,
        }
        minute = (at - timedelta(hours=hours)).replace(second=0, microsecond=0)
        Figure.objects.create(minute=minute, **counted)
        FigureHour.objects.create(hour=minute.replace(minute=0), **counted)
    for side in Side:
        Receipt.objects.create(
            message=message,
            side=side,
            at=at,
            from_node="62",
            system=system,
            to_node="62",
            service=service,
            grant_key="g" * 16,
            purpose="核对申请人情况",
            item="gaoling",
            case_no="62-2026-1",
            fields=["alive"],
            rows=1,
            status=CallStatus.FOUND,
            request_digest="1" * 64,
            reply_digest="2" * 64,
            milliseconds=12,
        )
    block = Block.objects.create(
        number=1, first_id=1, last_id=2, count=2, root="0" * 64, previous="", at=at, signature=""
    )
    block.countersignatures.create(
        partner="620100", count=1, root="0" * 64, mismatches=[[message, "MISSING"]], signed_at=at
    )
    return message
