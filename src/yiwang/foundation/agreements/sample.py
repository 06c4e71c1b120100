"""Grants and requests for tests and for the sample province."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Q

from yiwang.foundation.agreements import actions, offers, queries
from yiwang.foundation.agreements.actions import changed
from yiwang.foundation.agreements.definitions import (
    Basis,
    Body,
    Cited,
    Draft,
    GrantState,
    Origin,
    RequestView,
    Way,
)
from yiwang.foundation.agreements.models import CitedArticle, DataGrant
from yiwang.kernel.actor import Actor, ActorKind, Grant, Role, machine
from yiwang.kernel.identifiers import make_uscc
from yiwang.kernel.moments import now

CONSUMER, PROVIDER = make_uscc("1", "1", "620102", 1), make_uscc("1", "1", "620000", 7)


@transaction.atomic
def grant(
    service: str,
    *,
    consumer_node: str = "62",
    consumer: str = CONSUMER,
    consumer_name: str = "城关区民政局（示例）",
    consumer_division: str = "620102000000",
    provider: str = PROVIDER,
    provider_name: str = "甘肃省公安厅（示例）",
    provider_division: str = "620000000000",
    resource: str = "",
    purposes: Sequence[str] = ("核对申请人情况",),
    items: Sequence[str] = (),
    needs_case: bool = False,
    fields: Sequence[str] = ("name",),
    clear_fields: Sequence[str] = (),
    way: Way = Way.CALL,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    per_day: int = 100_000,
    per_second: int = 1_000,
    state: GrantState = GrantState.ACTIVE,
    at: datetime | None = None,
) -> str:
    """A grant without its request; its key. ``service``: "<provider node>/<name>"."""
    at = at or now()
    row = DataGrant.objects.create(
        resource=resource,
        service=service,
        consumer=consumer,
        consumer_name=consumer_name,
        consumer_division=consumer_division,
        consumer_node=consumer_node,
        provider=provider,
        provider_name=provider_name,
        provider_division=provider_division,
        provider_node=service.partition("/")[0],
        purposes=list(purposes),
        items=list(items),
        needs_case=needs_case,
        fields=list(fields),
        clear_fields=list(clear_fields),
        grades=queries.graded(resource, fields),
        way=way,
        valid_from=valid_from or at - timedelta(minutes=1),
        valid_until=valid_until or at + timedelta(days=365),
        per_day=per_day,
        per_second=per_second,
        state=state,
        origin=Origin.LOCAL,
        changed_at=at,
    )
    changed(row, actor=machine("sample"), at=at)
    return row.key


def has_grant(service: str, *, fields: Sequence[str], purpose: str = "") -> bool:
    """Was a grant of this service with these fields (for this purpose) ever given, whatever became of it?"""
    rows = DataGrant.objects.filter(service=service, fields__contains=list(fields))
    return (rows.filter(purposes__contains=[purpose]) if purpose else rows).exists()


def fast_rows() -> list[tuple[object, ...]]:
    """What the fast side reads."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM agreements_fast_grants ORDER BY key")
        return list(cursor.fetchall())


def values(**changes: Any) -> Draft:
    """A request's text, for the population resource of the sample catalogue."""
    given = Draft(
        purpose="核对老人户籍",
        basis=Basis.ITEM,
        items=("elderly-allowance",),
        duty="",
        scene="审核高龄津贴申请时，核对申请人是不是本区户籍、年满八十周岁。",
        fields=("name", "citizen_id"),
        clear_fields=("citizen_id",),
        way=Way.CALL,
        needs_case=True,
        until=date(2027, 6, 30),
        per_day=500,
    )
    return replace(given, **changes)


def of_office(name: str, role: Role, division_code: str, department: str | None) -> Actor:
    """Somebody with one role in one department, without an account."""
    grant = Grant(role, division_code, department)
    return Actor(ActorKind.OFFICIAL, f"official:{name}", "王", grants=(grant,))


def drafted(
    *, resource: str, consumer: str, at: datetime, given: Draft | None = None
) -> RequestView:
    """A draft of a department (its code) for a published resource."""
    (body,) = offers.list_bodies(frozenset({consumer}))
    return actions.draft(
        resource=resource,
        values=given or values(),
        consumer=body,
        actor=_asker(body),
        at=at,
    )


def received(
    *, resource: str, consumer: str, at: datetime, given: Draft | None = None
) -> RequestView:
    """Signed by the asking head, with the provider."""
    view = drafted(resource=resource, consumer=consumer, at=at, given=given)
    view = actions.hand_to_head(
        key=view.key, version=view.version, actor=_asker(view.consumer), at=at
    )
    head = of_office("sample-head", Role.HEAD, view.consumer.division_code, consumer)
    return actions.sign(key=view.key, version=view.version, actor=head, at=at)


def delivered(
    *,
    resource: str,
    consumer: str,
    service: str,
    at: datetime,
    given: Draft | None = None,
) -> RequestView:
    """Agreed and delivered: the grant of it holds."""
    view = received(resource=resource, consumer=consumer, at=at, given=given)
    body = view.provider
    giver = of_office("sample-giver", Role.DATA_OFFICER, body.division_code, body.uscc)
    head = of_office("sample-giving-head", Role.HEAD, body.division_code, body.uscc)
    view = actions.propose_yes(key=view.key, version=view.version, words="", actor=giver, at=at)
    view = actions.sign_answer(key=view.key, version=view.version, actor=head, at=at)
    return actions.deliver(key=view.key, version=view.version, service=service, actor=giver, at=at)


def refused(*, resource: str, consumer: str, at: datetime) -> RequestView:
    """Refused with reasons and an article."""
    view = received(resource=resource, consumer=consumer, at=at)
    body = view.provider
    giver = of_office("sample-giver", Role.DATA_OFFICER, body.division_code, body.uscc)
    head = of_office("sample-giving-head", Role.HEAD, body.division_code, body.uscc)
    view = actions.propose_no(
        key=view.key, version=view.version, words="申请的用途和职责不符。",
        article="《政务数据共享条例》第十四条", actor=giver, at=at,
    )  # fmt: skip
    return actions.sign_answer(key=view.key, version=view.version, actor=head, at=at)


#: A basis of the sample's requests, held by the library that is shipped.
CITED: Final = Cited("老年人权益保障法", "第三十三条")


def article_changed(*, matter: str, at: datetime) -> None:
    """What a request or a grant (its key) cites said something else when it was written; that was noticed."""
    mine = Q(request__key=matter) | Q(grant__key=matter)
    CitedArticle.objects.filter(mine).update(digest="0" * 64, text="（示例）原来的写法。")
    actions.look_at_articles(actor=machine("sample"), at=at)


def _asker(body: Body) -> Actor:
    return of_office("sample-asker", Role.DATA_OFFICER, body.division_code, body.uscc)
