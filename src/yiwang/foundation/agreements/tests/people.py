"""Who takes part in the tests, and what is asked for: actors, an offer, a draft."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from yiwang.foundation.agreements import actions
from yiwang.foundation.agreements.definitions import (
    Basis,
    Body,
    Draft,
    Offer,
    OfferedField,
    RequestView,
    Sharing,
    Way,
)
from yiwang.foundation.agreements.sample import CONSUMER, PROVIDER
from yiwang.kernel.actor import Actor, ActorKind, Grant, Role, machine

HERE, CITY, PROVINCE = "620102000000", "620100000000", "620000000000"
AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # a Monday
RESOURCE = "306001/000007"
ASKING = Body(CONSUMER, "城关区民政局（示例）", HERE, "620100")
GIVING = Body(PROVIDER, "甘肃省公安厅（示例）", PROVINCE, "62")
OFFER = Offer(
    RESOURCE,
    "户籍信息",
    GIVING,
    Sharing.CONDITIONAL,
    "办理民政事项",
    "",
    (OfferedField("name", "姓名", 3), OfferedField("citizen_id", "身份证号", 3)),
)
VALUES = Draft(
    purpose="核对老人户籍",
    basis=Basis.ITEM,
    items=("elderly-allowance",),
    duty="",
    scene="审核高龄津贴申请时，核对申请人是不是本区户籍、年满八十周岁。",
    fields=("name", "citizen_id"),
    clear_fields=("citizen_id",),
    way=Way.CALL,
    needs_case=True,
    until=date(2027, 2, 28),
    per_day=500,
)


def official(name: str, *grants: tuple[Role, str, str | None]) -> Actor:
    return Actor(
        ActorKind.OFFICIAL, f"official:{name}", name, grants=tuple(Grant(*one) for one in grants)
    )


ACTORS = {
    "asker": official("asker", (Role.DATA_OFFICER, HERE, CONSUMER)),
    "asking head": official("asking-head", (Role.HEAD, HERE, CONSUMER)),
    "giver": official("giver", (Role.DATA_OFFICER, PROVINCE, PROVIDER)),
    "giving head": official("giving-head", (Role.HEAD, PROVINCE, PROVIDER)),
    "authority": official("authority", (Role.DATA_AUTHORITY, PROVINCE, None)),
    "local authority": official("local-authority", (Role.DATA_AUTHORITY, HERE, None)),
    "operator": official("operator", (Role.OPERATOR, PROVINCE, None)),
    "leader": official("leader", (Role.LEADER, PROVINCE, PROVIDER)),
    "other body": official("other", (Role.DATA_OFFICER, HERE, "11620102000000002X")),
    "elsewhere": official("elsewhere", (Role.HEAD, "620103000000", None)),
    "clerk": official("clerk", (Role.HANDLER, HERE, CONSUMER)),
    "person": Actor(ActorKind.PERSON, "person:p"),
    "clock": machine("clock"),
}


def offer_as(monkeypatch, offer: Offer = OFFER, **changes: object) -> Offer:
    """The catalogue offers this."""
    shown = replace(offer, **changes)
    monkeypatch.setattr("yiwang.foundation.agreements.offers.get_offer", lambda _code: shown)
    return shown


def drafted(at: datetime = AT, **changes: object) -> RequestView:
    return actions.draft(
        resource=RESOURCE,
        values=replace(VALUES, **changes),
        consumer=ASKING,
        actor=ACTORS["asker"],
        at=at,
    )


def received(at: datetime = AT) -> RequestView:
    """Signed by the asking head and with the provider."""
    view = drafted(at)
    view = actions.hand_to_head(key=view.key, version=1, actor=ACTORS["asker"], at=at)
    return actions.sign(key=view.key, version=2, actor=ACTORS["asking head"], at=at)


def agreed(at: datetime = AT) -> RequestView:
    view = received(at)
    view = actions.propose_yes(
        key=view.key, version=view.version, words="", actor=ACTORS["giver"], at=at
    )
    return actions.sign_answer(
        key=view.key, version=view.version, actor=ACTORS["giving head"], at=at
    )


def delivered(at: datetime = AT) -> RequestView:
    view = agreed(at)
    return actions.deliver(
        key=view.key,
        version=view.version,
        service="62/household-register",
        actor=ACTORS["giver"],
        at=at,
    )


def refused(at: datetime = AT) -> RequestView:
    view = received(at)
    view = actions.propose_no(
        key=view.key, version=view.version, words="用途和职责不符", article="条例第十四条",
        actor=ACTORS["giver"], at=at,
    )  # fmt: skip
    return actions.sign_answer(
        key=view.key, version=view.version, actor=ACTORS["giving head"], at=at
    )
