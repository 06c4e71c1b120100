"""What each act on a grant asks for, says beforehand, and does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.http import HttpRequest

from yiwang.entrance.data import citing, reports_forms
from yiwang.entrance.data.requests_forms import number_in
from yiwang.entrance.shell import typed
from yiwang.entrance.shell.typed import Field
from yiwang.foundation.agreements import actions
from yiwang.foundation.agreements.definitions import GrantView
from yiwang.kernel.actor import Actor

Take = Callable[[HttpRequest, GrantView, Actor, datetime], object]


@dataclass(frozen=True, slots=True)
class GrantForm:
    """One act's page."""

    title: str
    button: str
    consequences: tuple[str, ...]
    take: Take
    fields: tuple[Field, ...] = ()
    kind: str = "main"


def _take(verb: Callable[..., object], *extra: str) -> Take:
    """The verb with the version the page showed and what was typed."""

    def take(request: HttpRequest, view: GrantView, actor: Actor, at: datetime) -> object:
        given: dict[str, object] = {"key": view.key, "version": typed.version_in(request)}
        for name in extra:
            given[name] = _READ[name](request)
        return verb(**given, actor=actor, at=at)

    return take


_READ: Final[Mapping[str, Callable[[HttpRequest], object]]] = {
    "words": lambda request: request.POST.get("words", "")[:4000],
    "mend_days": lambda request: number_in(request, "mend_days"),
    "until": lambda request: typed.day_in(request, "until", label="新的期限"),
    "articles": citing.articles_in,
    "report": lambda request: reports_forms.report_in(request),
}


def _words(label: str, help_: str = "") -> Field:
    return Field("words", label, "long", help_)


FORMS: Final[Mapping[str, GrantForm]] = {
    "suspend": GrantForm(
        "使用不当，暂停共享",
        "暂停",
        ("几秒内各节点都不再放行。", "按期整改的恢复，没有整改的终止。"),
        _take(actions.suspend, "words", "mend_days"),
        (
            _words("怎样使用不当、要怎样整改", "使用部门会看到"),
            Field("mend_days", "几个工作日内整改", "number", "1 到 60"),
        ),
        "danger",
    ),
    "stop_now": GrantForm(
        "立即技术停用",
        "立即停用",
        ("几秒内各节点都不再放行。只用于故障、攻击、流量异常这类紧急情况。",),
        _take(actions.stop_now, "words"),
        (_words("停用的原因"),),
        "danger",
    ),
    "report_mended": GrantForm(
        "报告已经整改",
        "报告",
        ("提供部门或主管部门核实后恢复。",),
        _take(actions.report_mended, "words"),
        (_words("整改了什么"),),
    ),
    "resume": GrantForm(
        "恢复共享",
        "恢复",
        ("几秒内恢复放行。",),
        _take(actions.resume, "words"),
        (_words("恢复的理由"),),
    ),
    "end_misuse": GrantForm(
        "没有整改，终止共享",
        "终止",
        ("终止后不能恢复，需要时重新申请。",),
        _take(actions.end_misuse, "words"),
        (_words("终止的理由"),),
        "danger",
    ),
    "ask_end": GrantForm(
        "提出终止",
        "提出",
        ("任何一方不能单方终止；对方同意后才终止，在此以前照常共享。",),
        _take(actions.ask_end, "words"),
        (_words("终止的理由"),),
        "",
    ),
    "agree_end": GrantForm(
        "同意终止",
        "同意终止",
        ("马上终止，不能恢复；记录同时备案。",),
        _take(actions.agree_end),
        (),
        "danger",
    ),
    "decline_end": GrantForm(
        "不同意终止",
        "不同意",
        ("照常共享。",),
        _take(actions.decline_end, "words"),
        (_words("不同意的理由"),),
        "",
    ),
    "ask_renewal": GrantForm(
        "申请续期",
        "申请",
        ("用途和范围不变；由提供部门负责人同意。",),
        _take(actions.ask_renewal, "until", "words"),
        (Field("until", "续到哪一天（含）", "day"), _words("续期的理由")),
    ),
    "renew": GrantForm("同意续期", "签字同意", ("期限按申请的日期延长。",), _take(actions.renew)),
    "decline_renewal": GrantForm(
        "不同意续期",
        "不同意",
        ("原期限不变。",),
        _take(actions.decline_renewal, "words"),
        (_words("不同意的理由"),),
        "",
    ),
    "recite": GrantForm(
        "核对依据的条文",
        "记下",
        (
            "按现行条文写：还是那几条的不用改，换了条的改成现行的条。记下以后待核对的标记取消。",
            "提供部门看得到；没有依据了的，请提出终止。",
        ),
        _take(actions.recite, "articles", "words"),
        (
            Field("articles", "依据的条文", "long", citing.HELP_OF_GRANT),
            _words("核对的结论", "例：条文改了表述，职责没有变"),
        ),
        "",
    ),
    "report_effect": GrantForm(
        "记应用成效",
        "记下",
        ("提供部门和主管部门看得到；至少保存三年，记下以后不能改（第二十九条）。",),
        _take(actions.report_effect, "report"),
        reports_forms.EFFECT,
        "",
    ),
    "report_storage": GrantForm(
        "记存储情况",
        "记下",
        ("提供部门和主管部门看得到；至少保存三年，记下以后不能改（第二十九条）。",),
        _take(actions.report_storage, "report"),
        reports_forms.STORAGE,
        "",
    ),
    "require_disposal": GrantForm(
        "提出处置要求",
        "提出",
        ("使用部门要按您的要求妥善处置，再申报一次（第二十七条）。",),
        _take(actions.require_disposal, "words"),
        (_words("这些数据要怎样处置", "使用部门会看到"),),
    ),
    "declare_disposal": GrantForm(
        "申报留存和销毁",
        "申报",
        (
            "共享终止以后，取得的数据要按提供部门的要求妥善处置（第二十七条），销毁情况要记录（第二十九条）。",
            "提供部门和主管部门看得到；至少保存三年，申报以后不能改。",
        ),
        _take(actions.declare_disposal, "report"),
        reports_forms.DISPOSAL,
    ),
}


def fields_of(act: str, view: GrantView) -> tuple[Field, ...]:
    """The boxes of an act; that of articles with those the grant stands on."""
    said = citing.typed_out(view.articles)
    return tuple(
        replace(one, value=said) if one.name == "articles" else one for one in FORMS[act].fields
    )


#: The address part of every act here.
SLUGS: Final = tuple(name.replace("_", "-") for name in FORMS)
