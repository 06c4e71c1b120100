"""The acts that ask for more than an opinion: one table, act → words, fields, the journey's step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest

from yiwang.capability import journey
from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import (
    GROUND_LABELS,
    MANNER_LABELS,
    CaseView,
    DeliveryProof,
    Manner,
    NotOurs,
    Outcome,
)
from yiwang.capability.cases.definitions.flow import SPECIAL_LABELS
from yiwang.entrance.shell import typed
from yiwang.entrance.shell.typed import Field
from yiwang.kernel.actor import Actor
from yiwang.network.directory import queries as directory

Fields = Callable[[CaseView], tuple[Field, ...]]
Step = Callable[[HttpRequest, CaseView, Actor, datetime], CaseView]


@dataclass(frozen=True, slots=True)
class ActForm:
    """One act's page: what will happen, what must be written, the button, the step behind it."""

    title: str
    consequences: tuple[str, ...]
    button: str
    fields: Fields
    take: Step
    kind: str = "main"


_REASON: Final = Field("reason", "理由", "long", "申请人会看到这段话")
_OPINION: Final = Field("opinion", "意见", "long", "只有本单位办理的人能看到")
_PROPOSALS: Final = ((Outcome.APPROVE, "拟同意"), (Outcome.REJECT, "拟不同意"))
_NOT_OURS: Final = (
    (NotOurs.NOT_THIS_BODY, "不属于本机关职权，应当向别的机关申请"),
    (NotOurs.NOT_NEEDED, "依法不需要取得行政许可"),
)


def _these(*fields: Field) -> Fields:
    return lambda case: fields


def _bodies(case: CaseView) -> tuple[tuple[str, str], ...]:
    known = directory.list_departments(case.division_code)
    return tuple((one.uscc, one.name) for one in known if one.uscc != case.department)


def _transfer_fields(case: CaseView) -> tuple[Field, ...]:
    return (Field("department", "转给哪个部门", "choice", options=_bodies(case)), _REASON)


def _special_fields(case: CaseView) -> tuple[Field, ...]:
    flow = case_queries.find_flow(case.item_code, case.item_version)
    running = {one.kind for one in case.special if one.ended_at is None}
    kinds = [kind for kind in (flow.special if flow else ()) if kind not in running]
    return (
        Field(
            "kind", "哪种特别程序", "choice", options=tuple((k, SPECIAL_LABELS[k]) for k in kinds)
        ),
        Field("expected_on", "预计哪天结束", "day", "会写进告知书"),
        _REASON,
    )


def _end_fields(case: CaseView) -> tuple[Field, ...]:
    running = tuple((one.kind, one.label) for one in case.special if one.ended_at is None)
    return (
        Field("kind", "哪种特别程序", "choice", options=running),
        Field("finding", "结果", "long"),
    )


def _text(request: HttpRequest, field: Field) -> str:
    return typed.text_in(request, field.name, label=field.label)


def _choice(request: HttpRequest, name: str, label: str, known: Mapping[str, str]) -> str:
    given = request.POST.get(name, "")
    if given not in known:
        raise typed.wrong(name, f"还没有选{label}", "，请选一项")
    return given


def _forward(request: HttpRequest, case: CaseView, actor: Actor, at: datetime) -> CaseView:
    return journey.forward(
        case_key=case.key,
        version=typed.version_in(request),
        proposal=_choice(request, "proposal", "拟办结果", dict(_PROPOSALS)),
        opinion=_text(request, _OPINION),
        actor=actor,
        at=at,
    )


def _send_back(request: HttpRequest, case: CaseView, actor: Actor, at: datetime) -> CaseView:
    return journey.send_back(
        case_key=case.key,
        version=typed.version_in(request),
        opinion=_text(request, _OPINION),
        actor=actor,
        at=at,
    )


def _not_ours(request: HttpRequest, case: CaseView, actor: Actor, at: datetime) -> CaseView:
    return journey.not_ours(
        case_key=case.key,
        version=typed.version_in(request),
        kind=_choice(request, "kind", "是哪种情形", dict(_NOT_OURS)),
        reason=_text(request, _REASON),
        where=request.POST.get("where", "").strip()[: typed.LONGEST],
        actor=actor,
        at=at,
    )


def _transfer(request: HttpRequest, case: CaseView, actor: Actor, at: datetime) -> CaseView:
    return journey.transfer(
        case_key=case.key,
        version=typed.version_in(request),
        department=_choice(request, "department", "转给哪个部门", dict(_bodies(case))),
        reason=_text(request, _REASON),
        actor=actor,
        at=at,
    )


def _begin_special(request: HttpRequest, case: CaseView, actor: Actor, at: datetime) -> CaseView:
    return journey.begin_special(
        case_key=case.key,
        version=typed.version_in(request),
        kind=_choice(request, "kind", "哪种特别程序", SPECIAL_LABELS),
        expected_on=typed.day_in(request, "expected_on", label="预计结束的日期"),
        reason=_text(request, _REASON),
        actor=actor,
        at=at,
    )


def _end_special(request: HttpRequest, case: CaseView, actor: Actor, at: datetime) -> CaseView:
    return journey.end_special(
        case_key=case.key,
        version=typed.version_in(request),
        kind=_choice(request, "kind", "哪种特别程序", SPECIAL_LABELS),
        finding=typed.text_in(request, "finding", label="结果"),
        actor=actor,
        at=at,
    )


def _terminate(request: HttpRequest, case: CaseView, actor: Actor, at: datetime) -> CaseView:
    return journey.terminate(
        case_key=case.key,
        version=typed.version_in(request),
        reason=_text(request, _REASON),
        actor=actor,
        at=at,
    )


def _deliver(request: HttpRequest, case: CaseView, actor: Actor, at: datetime) -> CaseView:
    proof = DeliveryProof(
        manner=Manner(_choice(request, "manner", "怎么送达的", MANNER_LABELS)),
        receiver=typed.text_in(request, "receiver", label="由谁签收", most=100),
        checked=request.POST.get("checked", "").strip()[:100],
        tracking=request.POST.get("tracking", "").strip()[:100],
        remark=request.POST.get("remark", "").strip()[:500],
    )
    return journey.deliver(
        case_key=case.key, version=typed.version_in(request), proof=proof, actor=actor, at=at
    )


def _revoke(request: HttpRequest, case: CaseView, actor: Actor, at: datetime) -> CaseView:
    return journey.revoke(
        case_key=case.key,
        version=typed.version_in(request),
        reason=_text(request, _REASON),
        actor=actor,
        at=at,
    )


def _reopen(request: HttpRequest, case: CaseView, actor: Actor, at: datetime) -> CaseView:
    return journey.reopen(
        case_key=case.key,
        version=typed.version_in(request),
        ground=_choice(request, "ground", "依据哪种文书", GROUND_LABELS),
        document=typed.text_in(request, "document", label="文号", most=100),
        reason=_text(request, _REASON),
        actor=actor,
        at=at,
    )


FORMS: Final[Mapping[str, ActForm]] = {
    "forward": ActForm(
        "送下一步签批",
        ("您的意见会留在办件里，下一步的人能看到，申请人看不到。",),
        "送签",
        _these(Field("proposal", "拟办结果", "choice", options=_PROPOSALS), _OPINION),
        _forward,
    ),
    "send_back": ActForm(
        "退回上一步",
        ("办件回到上一步的人手里，办理期限照常计算。",),
        "退回",
        _these(_OPINION),
        _send_back,
    ),
    "not_ours": ActForm(
        "不受理，告知去向",
        ("会给申请人发出告知书，写明理由、去向和救济途径；办件结束。",),
        "不受理",
        _these(
            Field("kind", "是哪种情形", "choice", options=_NOT_OURS),
            _REASON,
            Field("where", "应当向哪个机关申请", "text", "不需要许可的可以不填", optional=True),
        ),
        _not_ours,
        "danger",
    ),
    "transfer": ActForm(
        "转办",
        ("办件转给另一个部门，收到日期和时限不变，申请人会收到告知书。",),
        "转办",
        _transfer_fields,
        _transfer,
    ),
    "begin_special": ActForm(
        "进入特别程序",
        ("办理期限从明天起暂停，到特别程序结束为止；会给申请人发出告知书。",),
        "开始",
        _special_fields,
        _begin_special,
    ),
    "end_special": ActForm(
        "特别程序结束",
        ("没有别的特别程序的，办理期限从明天起继续。",),
        "结束",
        _end_fields,
        _end_special,
    ),
    "terminate": ActForm(
        "终止办理",
        ("会给申请人发出终止办理决定书，写明理由和救济途径；办件结束。",),
        "终止",
        _these(_REASON),
        _terminate,
        "danger",
    ),
    "deliver": ActForm(
        "送达",
        ("会生成送达回证，办件办结。",),
        "已送达",
        _these(
            Field("manner", "怎么送达的", "choice", options=tuple(MANNER_LABELS.items())),
            Field("receiver", "由谁签收", "text"),
            Field("checked", "怎么核对的身份", "text", "例如：查验身份证原件", optional=True),
            Field("tracking", "运单号", "text", optional=True),
            Field("remark", "备注", "text", optional=True),
        ),
        _deliver,
    ),
    "revoke": ActForm(
        "撤销决定",
        ("已发的证照同时撤销，待遇另行告知停发；会给申请人发出撤销决定书。",),
        "撤销",
        _these(_REASON),
        _revoke,
        "danger",
    ),
    "reopen": ActForm(
        "重新办理",
        ("原来的决定不再有效，已发的证照同时撤销；办理期限重新计算。",),
        "重新办理",
        _these(
            Field("ground", "依据哪种文书", "choice", options=tuple(GROUND_LABELS.items())),
            Field("document", "文号", "text"),
            _REASON,
        ),
        _reopen,
    ),
}
