"""What an official does to one monthly benefit; each act has a page of its own that asks once more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from yiwang.capability.entitlements import actions as entitlement_actions
from yiwang.capability.entitlements import queries as entitlements
from yiwang.capability.entitlements.definitions import (
    REASON_LABELS,
    EntitlementState,
    EntitlementView,
)
from yiwang.entrance.desk import forms, navigation
from yiwang.entrance.desk.grants import ACTS, may_stop
from yiwang.entrance.desk.navigation import PAYING_ROLES
from yiwang.entrance.shell import typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.typed import Field
from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date, now
from yiwang.kernel.refusals import Refusal
from yiwang.network.directory import queries as directory

#: 本地规定（示例）: how long somebody has to object, as the page proposes it.
_DAYS_TO_OBJECT: Final = 10
_REASON: Final = Field("reason", "理由", "long")
_TITLES: Final[Mapping[str, tuple[str, str, str, tuple[str, ...]]]] = {
    "announce-stop": (
        "告知拟停发",
        "送达停发告知书",
        "danger",
        ("会给本人发出停发告知书，写明理由、依据和提出异议的期限。", "期限届满前照常发放。"),
    ),
    "stop": (
        "停发",
        "停发",
        "danger",
        ("告知书里的异议期限已过。停发后不再列入名册，多发的月份记为应追回。",),
    ),
    "keep": ("异议成立，继续发放", "撤回告知，继续发放", "main", ("发放不受影响，告知作废。",)),
    "resume": (
        "恢复发放",
        "恢复发放",
        "main",
        ("从所选月份起发放；已经过去的月份，随下一期名册补发。",),
    ),
    "change-sum": (
        "调整金额",
        "调整",
        "main",
        ("已经生成的名册不变，从所选月份起按新金额发放。",),
    ),
    "change-account": (
        "更换收款账户",
        "更换",
        "main",
        ("从下一期名册起打到新账户。请核对是不是本人的银行卡或社保卡。",),
    ),
}


def _fields(slug: str, grant: EntitlementView, at: datetime) -> tuple[Field, ...]:
    today = legal_date(at)
    month = f"{today:%Y-%m}"
    by_act: Mapping[str, tuple[Field, ...]] = {
        "announce-stop": (
            Field("cause", "停发原因", "choice", options=tuple(REASON_LABELS.items())),
            Field("stops_on", "从哪个月起不再发放", "month", "写成 2026-12 的样子", month),
            Field(
                "object_by",
                "异议期限",
                "day",
                "本人在这一天之前（含当天）可以提出异议；期限长短按本地规定",
                (today + timedelta(days=_DAYS_TO_OBJECT)).isoformat(),
            ),
            Field("basis", "依据", "long", "哪部规定、第几条"),
        ),
        "keep": (_REASON,),
        "resume": (Field("from_month", "从哪个月起发放", "month", value=month), _REASON),
        "change-sum": (
            Field("yuan", "每月金额（元）", "text", value=f"{grant.monthly_fen / 100:.2f}"),
            Field("from_month", "从哪个月起", "month", value=month),
        ),
        "change-account": (
            Field("account", "卡号", "text", "12 到 32 位数字"),
            Field("account_name", "户名", "text"),
        ),
    }
    return by_act.get(slug, ())


def _form(slug: str, grant: EntitlementView, at: datetime) -> forms.Form:
    title, button, kind, consequences = _TITLES[slug]
    address = f"{navigation.GRANTS}{grant.key}/"
    person = libraries.list_persons([grant.person]).get(grant.person)
    who = person.name_masked if person else ""
    return forms.Form(
        title=f"{title}：{grant.benefit_name}，{who}",
        consequences=consequences,
        button=button,
        action=f"{address}{slug}/",
        back=address,
        back_label="回到这项待遇",
        version=grant.version,
        fields=_fields(slug, grant, at),
        kind=kind,
    )


def _announce(
    request: HttpRequest, grant: EntitlementView, actor: Actor, at: datetime
) -> EntitlementView:
    cause = request.POST.get("cause", "")
    if cause not in REASON_LABELS:
        raise typed.wrong("cause", "还没有选停发原因", "，请选一项")
    object_by = typed.day_in(request, "object_by", label="异议期限")
    if object_by < legal_date(at):
        raise typed.wrong("object_by", "异议期限早于今天", "，请改到今天以后")
    return entitlement_actions.announce_stop(
        key=grant.key,
        version=typed.version_in(request),
        reason=cause,
        stops_on=typed.month_in(request, "stops_on", label="停发月份"),
        object_by=object_by,
        addressee=libraries.get_person(grant.person).name,
        body=directory.get_department(grant.department).name,
        basis=typed.text_in(request, "basis", label="依据", most=500),
        at=at,
        actor=actor,
    )


def _act(
    slug: str, request: HttpRequest, grant: EntitlementView, at: datetime
) -> Callable[[], EntitlementView]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    acts: Mapping[str, Callable[[], EntitlementView]] = {
        "announce-stop": lambda: _announce(request, grant, actor, at),
        "stop": lambda: entitlement_actions.stop(
            key=grant.key, version=typed.version_in(request), at=at, actor=actor
        ),
        "keep": lambda: entitlement_actions.keep(
            key=grant.key,
            version=typed.version_in(request),
            reason=typed.text_in(request, "reason", label="理由", most=500),
            at=at,
            actor=actor,
        ),
        "resume": lambda: entitlement_actions.resume(
            key=grant.key,
            version=typed.version_in(request),
            from_month=typed.month_in(request, "from_month", label="开始月份"),
            reason=typed.text_in(request, "reason", label="理由", most=500),
            at=at,
            actor=actor,
        ),
        "change-sum": lambda: entitlement_actions.change_sum(
            key=grant.key,
            version=typed.version_in(request),
            monthly_fen=typed.fen_in(request, "yuan", label="每月金额"),
            from_month=typed.month_in(request, "from_month", label="开始月份"),
            at=at,
            actor=actor,
        ),
        "change-account": lambda: entitlement_actions.change_account(
            key=grant.key,
            version=typed.version_in(request),
            account=typed.text_in(request, "account", label="卡号", most=64),
            account_name=typed.text_in(request, "account_name", label="户名", most=64),
            at=at,
            actor=actor,
        ),
    }
    return acts[slug]


@require_http_methods(["GET", "POST"])
@access(OFFICIAL, roles=PAYING_ROLES)
def take_act(request: HttpRequest, grant_key: str, slug: str) -> HttpResponse:
    """Ask once more, then do it; a loser of two sees the newest state and what was typed."""
    at, actor = now(), request.actor  # type: ignore[attr-defined]
    grant = entitlements.get_entitlement(grant_key, actor)
    address = f"{navigation.GRANTS}{grant.key}/"
    if request.method != "POST":
        offered = [act for act, _label, _kind in ACTS[EntitlementState(grant.state)]]
        if slug not in offered or (slug == "stop" and not may_stop(grant)):
            return HttpResponseRedirect(address)
        return forms.show(request, _form(slug, grant, at))
    try:
        _act(slug, request, grant, at)()
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        newest = entitlements.get_entitlement(grant_key, actor)
        return forms.show(request, _form(slug, newest, at), refusal=refusal)
    return HttpResponseRedirect(f"{address}?done=1")
