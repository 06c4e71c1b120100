"""What each act on a request asks for, says beforehand, and does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from django.http import HttpRequest

from yiwang.entrance.data import citing
from yiwang.entrance.shell import typed
from yiwang.entrance.shell.typed import Field
from yiwang.foundation.agreements import actions, queries
from yiwang.foundation.agreements.definitions import (
    BASIS_LABELS,
    SHARING_LABELS,
    WAY_LABELS,
    Body,
    Draft,
    Offer,
    RequestView,
    Sharing,
)
from yiwang.kernel.actor import Actor

Take = Callable[[HttpRequest, RequestView, Actor, datetime], object]
Fields = Callable[[RequestView], tuple[Field, ...]]


@dataclass(frozen=True, slots=True)
class ActForm:
    """One act's page."""

    title: str
    button: str
    consequences: tuple[str, ...]
    take: Take
    fields: Fields
    kind: str = "main"


def told_of(offer: Offer) -> tuple[str, ...]:
    """What the catalogue says of sharing this resource, before somebody asks for it."""
    said = [f"提供部门：{offer.provider.name}。{SHARING_LABELS[Sharing(offer.sharing)]}。"]
    if offer.sharing == Sharing.UNCONDITIONAL:
        said.append("本部门负责人签字后，提供部门 1 个工作日内答复。")
    else:
        said.append("本部门负责人签字后，提供部门 10 个工作日内答复。")
    if offer.condition:
        said.append(f"共享条件：{offer.condition}")
    if offer.basis:
        said.append(f"不予共享的依据：{offer.basis}")
    return tuple(said)


def office_fields(offices: tuple[Body, ...]) -> tuple[Field, ...]:
    """Which department asks, where somebody works for several."""
    if len(offices) == 1:
        return ()
    options = tuple((one.uscc, one.name) for one in offices)
    return (Field("office", "申请部门", "choice", options=options),)


def draft_fields(
    offer: Offer,
    view: RequestView | None = None,
    *,
    known: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Field, ...]:
    """What a request states (条例 20), empty but for what is known before, or as it stands."""
    options = tuple((one.code, one.label) for one in offer.fields)
    masked = tuple((one.code, one.label) for one in offer.fields if one.masked)
    said = {"needs_case": "yes", "per_day": "100", **known, **(_said(view) if view else {})}
    return tuple(
        Field(name, label, kind, help_, said.get(name, ""), choices, optional)
        for name, label, kind, help_, choices, optional in (
            ("purpose", "用途", "text", "一句话，调用时要写明的就是它", (), False),
            ("basis", "依据", "choice", "", tuple(BASIS_LABELS.items()), False),
            ("items", "哪些事项", "long", "事项编码，每行一个；为履行职责的不填", (), True),
            ("articles", "依据的条文", "long", citing.HELP, (), True),
            ("duty", "什么职责", "long", _DUTY, (), True),
            ("scene", "使用场景", "long", "谁、在哪个系统、哪个环节、怎么用", (), False),
            ("fields", "要哪些信息项", "several", "只选用得着的", options, False),
            ("clear_fields", "其中哪些要原文", "several", "其余的按规则脱敏", masked, True),
            ("way", "共享方式", "choice", "", tuple(WAY_LABELS.items()), False),
            ("needs_case", "每次调用都带办件编号", "choice", "", _YES_NO, False),
            ("until", "用到哪一天（含）", "day", "最长五年，到期可以续", (), False),
            ("per_day", "每天最多多少次", "number", "", (), False),
        )
        if kind != "several" or choices
    )


_DUTY: Final = "为履行职责的写明；三定规定和法规库里没有的法规，条款写在这里"
_YES_NO: Final = (("yes", "是，没有办件编号的不给"), ("no", "否"))


def _said(view: RequestView) -> Mapping[str, str]:
    return {
        "purpose": view.purpose,
        "basis": view.basis,
        "items": "\n".join(view.items),
        "articles": citing.typed_out(view.articles),
        "duty": view.duty,
        "scene": view.scene,
        "fields": " ".join(view.fields),
        "clear_fields": " ".join(view.clear_fields),
        "way": view.way,
        "needs_case": "yes" if view.needs_case else "no",
        "until": view.until.isoformat(),
        "per_day": str(view.per_day),
    }


def draft_in(request: HttpRequest) -> Draft:
    """What was typed into the form of a request."""
    said = request.POST
    return Draft(
        purpose=said.get("purpose", "").strip()[:2000],
        basis=said.get("basis", ""),
        items=tuple(said.get("items", "")[:10_000].split()),
        duty=said.get("duty", "").strip()[:4000],
        scene=said.get("scene", "").strip()[:4000],
        fields=tuple(said.getlist("fields")[:500]),
        clear_fields=tuple(said.getlist("clear_fields")[:500]),
        way=said.get("way", ""),
        needs_case=said.get("needs_case", "yes") != "no",
        until=typed.day_in(request, "until", label="使用期限"),
        per_day=number_in(request, "per_day"),
        articles=citing.articles_in(request),
    )


def number_in(request: HttpRequest, name: str) -> int:
    """A whole number; 0 for anything else, which the house then refuses by name."""
    given = request.POST.get(name, "").strip()
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 9 else 0


def _words(label: str, help_: str = "", *, optional: bool = False) -> Fields:
    field = Field("words", label, "long", help_, optional=optional)
    return lambda _view: (field,)


def _none(_view: RequestView) -> tuple[Field, ...]:
    return ()


def _rewriting(view: RequestView) -> tuple[Field, ...]:
    """What its items name as their basis is proposed where no article is cited yet."""
    fields = draft_fields(queries.get_offer(view.resource), view)
    if view.articles:
        return fields
    proposed = citing.typed_out(citing.bases_of(view.items))
    return tuple(replace(one, value=proposed) if one.name == "articles" else one for one in fields)


def _supplying(view: RequestView) -> tuple[Field, ...]:
    fields = draft_fields(queries.get_offer(view.resource), view)
    return (*fields, Field("words", "补充了什么", "long"))


def _service(view: RequestView) -> tuple[Field, ...]:
    start = f"{view.provider.node}/"
    help_ = f"本节点上发布的服务，{start} 开头"
    return (Field("service", "服务编码", "text", help_, view.service or start), *_note(view))


_note = _words("说明", "怎么接入，找谁", optional=True)


def _refusing(_view: RequestView) -> tuple[Field, ...]:
    help_ = "例：《中华人民共和国……法》第……条；不在负面清单上的，会报给主管部门"
    return (
        Field("article", "依据哪条规定", "text", help_),
        Field("words", "理由", "long", "申请部门会看到"),
    )


def _longer(_view: RequestView) -> tuple[Field, ...]:
    return (
        Field("days", "延长几个工作日", "number", "最多 10 个"),
        Field("words", "延长的理由", "long", "主管部门和申请部门会看到"),
    )


def _take(verb: Callable[..., object], *extra: str) -> Take:
    """The verb with the version the page showed and what was typed."""

    def take(request: HttpRequest, view: RequestView, actor: Actor, at: datetime) -> object:
        given: dict[str, object] = {"key": view.key, "version": typed.version_in(request)}
        for name in extra:
            given[name] = _READ[name](request)
        return verb(**given, actor=actor, at=at)

    return take


_READ: Final[Mapping[str, Callable[[HttpRequest], object]]] = {
    "words": lambda request: request.POST.get("words", "")[:4000],
    "article": lambda request: request.POST.get("article", "")[:1000],
    "service": lambda request: request.POST.get("service", "").strip()[:100],
    "days": lambda request: number_in(request, "days"),
    "values": draft_in,
}

FORMS: Final[Mapping[str, ActForm]] = {
    "rewrite": ActForm("修改申请", "保存", (), _take(actions.rewrite, "values"), _rewriting, ""),
    "hand_to_head": ActForm(
        "送本部门负责人签字",
        "送签",
        ("负责人签字后才送到提供部门。",),
        _take(actions.hand_to_head),
        _none,
    ),
    "hand_back": ActForm(
        "退回修改",
        "退回",
        ("退回后可以修改再送签。",),
        _take(actions.hand_back, "words"),
        _words("退回的理由"),
        "",
    ),
    "sign": ActForm(
        "签字，送提供部门",
        "签字并送出",
        (
            "签字后马上送到提供部门，答复期限开始计算。",
            "数据只能用于写明的用途，不得提供给第三方。",
        ),
        _take(actions.sign),
        _none,
    ),
    "tell_missing": ActForm(
        "一次告知要补充的",
        "告知",
        ("只能告知一次，请写全。", "补充以前答复期限停止计算；材料不全不能拒绝。"),
        _take(actions.tell_missing, "words"),
        _words("要补充什么", "全部写出来"),
        "",
    ),
    "supply": ActForm(
        "补充后送回",
        "送回",
        ("送回后答复期限接着算。",),
        _take(actions.supply, "values", "words"),
        _supplying,
    ),
    "ask_longer": ActForm(
        "申请延长答复期限",
        "报主管部门",
        ("要经数据共享主管部门同意，最多延长 10 个工作日，申请部门会看到。",),
        _take(actions.ask_longer, "days", "words"),
        _longer,
        "",
    ),
    "consent_longer": ActForm(
        "同意延长",
        "同意",
        ("答复期限按申请的天数延长，申请部门会看到新的日期。",),
        _take(actions.consent_longer),
        _none,
    ),
    "decline_longer": ActForm(
        "不同意延长",
        "不同意",
        ("答复期限不变。",),
        _take(actions.decline_longer, "words"),
        _words("不同意的理由"),
        "",
    ),
    "propose_yes": ActForm(
        "拟同意共享",
        "送负责人签字",
        ("本部门负责人签字后答复生效。",),
        _take(actions.propose_yes, "words"),
        _words("使用要求", "有条件的写在这里", optional=True),
    ),
    "propose_no": ActForm(
        "拟不予共享",
        "送负责人签字",
        (
            "不在负面清单上的数据应当共享。",
            "理由和依据会记录在案；申请部门可以提出争议，逐级协调。",
        ),
        _take(actions.propose_no, "words", "article"),
        _refusing,
        "danger",
    ),
    "return_answer": ActForm(
        "退回重拟答复",
        "退回",
        ("答复期限照常计算。",),
        _take(actions.return_answer, "words"),
        _words("退回的理由"),
        "",
    ),
    "sign_yes": ActForm(
        "签字同意共享",
        "签字同意",
        ("签字后 20 个工作日内提供数据服务。",),
        _take(actions.sign_answer),
        _none,
    ),
    "sign_no": ActForm(
        "签字，不予共享",
        "签字，不予共享",
        ("理由和依据记录在案，申请部门可以提出争议。",),
        _take(actions.sign_answer),
        _none,
        "danger",
    ),
    "deliver": ActForm(
        "提供数据服务",
        "开通授权",
        ("授权马上生效：只给写明的信息项，按用途、事项、次数和期限控制。",),
        _take(actions.deliver, "service", "words"),
        _service,
    ),
    "dispute": ActForm(
        "提出争议",
        "提出，先和提供部门协商",
        ("协商不成，可以报请主管部门、共同的上一级主管部门，直到政府决定。",),
        _take(actions.dispute, "words"),
        _words("不同意的理由"),
    ),
    "climb": ActForm(
        "这一级没有谈成，上报",
        "上报一级",
        ("上报后由上一级协调，这一级不再处理。",),
        _take(actions.climb, "words"),
        _words("这一级的情况"),
    ),
    "settle_yes": ActForm(
        "定为共享",
        "定为共享",
        ("提供部门在 20 个工作日内提供。",),
        _take(actions.settle_yes, "words"),
        _words("怎样定的", "由政府决定的，写明文号"),
    ),
    "settle_no": ActForm(
        "定为不予共享",
        "定为不予共享",
        ("争议到此结束。",),
        _take(actions.settle_no, "words"),
        _words("怎样定的", "由政府决定的，写明文号"),
        "danger",
    ),
    "withdraw": ActForm(
        "撤回申请",
        "撤回",
        ("撤回后不能恢复，需要时重新申请。",),
        _take(actions.withdraw, "words"),
        _words("撤回的理由"),
        "danger",
    ),
}
#: The address part of every act here.
SLUGS: Final = tuple(name.replace("_", "-") for name in FORMS)
