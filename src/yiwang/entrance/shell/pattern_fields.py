"""Every kind of question in every state, for the pattern page: a form of its own, drawn by the renderer.

The errors are what the checks really say on ``ON``; values and numbers are invented.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final

from django.utils.safestring import SafeString

from yiwang.capability.intake import queries as intake
from yiwang.capability.intake.definitions import (
    NUMBER_OF,
    FieldConflict,
    Form,
    Kind,
    LookedUp,
    Prefilled,
    Said,
    named_key,
    parse_form,
)
from yiwang.entrance.shell.forms.rendering import render_field
from yiwang.entrance.shell.forms.state import Choices, PageState, by_field
from yiwang.kernel.refusals import FieldProblem

ON: Final = date(2026, 12, 14)
_AT: Final = datetime(2026, 12, 14, 6, 26, tzinfo=UTC)
_PLACES: Final[Mapping[str, Choices]] = {
    "620100000000": (("620102000000", "城关区"), ("620103000000", "七里河区")),
}
_LICENCES: Final = (("1.2.156.3005.2.1", "占用挖掘城市道路许可证 第 0000000012 号，到2027-01-15"),)
_TRADES: Final = (("5213", "便利店零售"), ("6242", "小吃服务"))
_WHO: Final = {"name": "马晓东", "citizen_id": "11010519491231002X"}
_FIRM: Final = {"name": "示例供水有限公司", "uscc": "916201020000000786"}
_STATES: Final = {
    "empty": "空着",
    "filled": "填了",
    "known": "登记信息填好的",
    "wrong": "有错",
    "closed": "只看，不能改",
}
_GOODS: Final = {"food": "食品", "tea": "茶", "other": "其他"}


@dataclass(frozen=True, slots=True)
class _Sample:
    """One kind: its name in words, how a form file asks it, a good answer and a wrong one."""

    words: str
    notes: Mapping[str, Any]
    good: Any
    wrong: Any = None


_ROW: Final = {
    "required": ["who"],
    "properties": {
        "who": {"title": "姓名", "maxLength": 30},
        "phone": {"title": "手机", "x-kind": "phone"},
    },
}
_SAMPLES: Final[Mapping[Kind, _Sample]] = {
    Kind.TEXT: _Sample("一行字", {"title": "姓名", "x-why": "和户口登记核对。"}, "马晓燕"),
    Kind.LONG_TEXT: _Sample(
        "几行字",
        {"title": "门牌地址", "maxLength": 20, "x-help": "写到门牌，执照上印的就是这个。"},
        "静宁路 18 号\n二楼",
        "静宁路和庆阳路口往东第三家，从院子里上二楼",
    ),
    Kind.NUMBER: _Sample(
        "数", {"title": "面积", "type": "number", "maximum": 500, "x-unit": "平方米"}, 12.5, 501
    ),
    Kind.DATE: _Sample(
        "日期", {"title": "开业日期", "x-earliest": "today"}, "2026-12-21", "2026-12-01"
    ),
    Kind.CHOICE: _Sample(
        "选一个",
        {
            "title": "谁来经营？",
            "enum": ["single", "family"],
            "x-labels": {"single": "一个人", "family": "一家人"},
            "x-option-help": {"family": "家里人要备案"},
        },
        "single",
    ),
    Kind.CHOICES: _Sample(
        "选几个",
        {"title": "卖什么？", "items": {"enum": list(_GOODS)}, "x-labels": _GOODS},
        ["food", "tea"],
    ),
    Kind.YES_NO: _Sample("是或否", {"title": "夜间施工吗？"}, True),
    Kind.CITIZEN_ID: _Sample(
        "身份证号", {"title": "身份证号"}, _WHO["citizen_id"], "11010519491231002"
    ),
    Kind.PHONE: _Sample("电话", {"title": "手机号"}, "13900000417", "1390000041"),
    Kind.ACCOUNT: _Sample(
        "账号",
        {"title": "卡号", "x-account": "bank-card"},
        "6222020000000000000",
        "6222020000000000001",
    ),
    Kind.DIVISION: _Sample(
        "地方",
        {"title": "店在哪里？", "x-root": "620100000000", "x-level": 3},
        "620102000000",
    ),
    Kind.PERSON: _Sample("一个人", {"title": "代办人"}, _WHO, {**_WHO, "name": "马小东"}),
    Kind.ORGANIZATION: _Sample(
        "一个单位", {"title": "供货单位"}, _FIRM, {**_FIRM, "uscc": "91620102000000078"}
    ),
    Kind.INDUSTRY: _Sample("行业", {"title": "属于哪个行业？"}, "5213"),
    Kind.LICENCE: _Sample(
        "自己的证照", {"title": "办哪一张？", "x-licence": "road-permit"}, _LICENCES[0][0]
    ),
    Kind.GROUP: _Sample(
        "几行一样的",
        {"title": "一起经营的家里人", "x-row-name": "家里人", "maxItems": 3, "items": _ROW},
        [{"who": "马一", "phone": "13900000001"}],
        [{"who": "马一", "phone": "1390000000"}],
    ),
    Kind.FILE: _Sample(
        "文件",
        {"title": "房屋使用证明", "x-accept": ["pdf", "jpg"], "maxItems": 2},
        ["sample-file"],
    ),
}
#: No source fills in a file: materials are fetched on the page of materials.
_NOT_KNOWN: Final = frozenset({Kind.FILE})
#: What else one question may say: place on the form → (words, what the register said).
_SAYINGS: Final = {
    "said_agrees": ("核对上了", Said.AGREES),
    "said_differs": ("对不上", Said.DIFFERS),
    "said_not_listed": ("没有查到", Said.NOT_LISTED),
    "said_away": ("登记连不上", Said.AWAY),
    "said_paused": ("核对太多", Said.PAUSED),
}
_MORE: Final = {
    "more_away": "来源连不上",
    "more_differs": "和登记不一样",
    "more_conflict": "两台设备填得不一样",
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """One state of a kind, drawn."""

    words: str
    html: SafeString


@dataclass(frozen=True, slots=True)
class DrawnKind:
    """One kind with its states, under a heading."""

    name: str
    words: str
    states: tuple[Drawn, ...]


def drawn_kinds() -> tuple[DrawnKind, ...]:
    """All kinds in all states, then what a source and a register may say."""
    form, state = _form(), _state()

    def draw(keys: Mapping[str, str]) -> tuple[Drawn, ...]:
        fields = {f.key: f for f in form.fields}
        return tuple(
            Drawn(words, render_field(form, fields[key], state)) for key, words in keys.items()
        )

    kinds = [
        DrawnKind(name(kind), sample.words, draw(dict(_keys(kind))))
        for kind, sample in _SAMPLES.items()
    ]
    said = {key: words for key, (words, _said) in _SAYINGS.items()}
    return (
        *kinds,
        DrawnKind("prefill", "来源和另一台设备说的", draw(_MORE)),
        DrawnKind("look-up", "登记对填的人说的", draw(said)),
    )


def name(kind: Kind) -> str:
    """As a form file writes it."""
    return kind.value.lower().replace("_", "-")


def _keys(kind: Kind) -> Iterator[tuple[str, str]]:
    for state, words in _STATES.items():
        if not (state == "known" and kind in _NOT_KNOWN):
            yield f"{kind.value.lower()}_{state}", words


@lru_cache(maxsize=1)
def _form() -> Form:
    """The form file of the page: each kind once per state."""
    properties = {
        key: {**sample.notes, "x-kind": name(kind)}
        for kind, sample in _SAMPLES.items()
        for key, _words in _keys(kind)
    }
    properties |= {key: {"title": "代办人", "x-kind": "person"} for key in _SAYINGS}
    properties |= {key: {"title": "姓名"} for key in _MORE}
    steps = [{"key": "all", "title": "全部", "fields": list(properties)}]
    form, problems = parse_form(
        {"title": "组件", "x-steps": steps, "properties": properties, "required": list(properties)}
    )
    if form is None:
        raise ValueError(problems)
    return form


def _answers() -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for kind, sample in _SAMPLES.items():
        for key, _words in _keys(kind):
            state = key.rpartition("_")[2]
            value = {"empty": None, "wrong": sample.wrong}.get(state, sample.good)
            if value is not None:
                answers[key] = value
    given = zip("南西北中梅", _SAYINGS, strict=True)
    answers |= {key: {**_WHO, "name": f"马晓{last}"} for last, key in given}
    return answers | {"more_differs": "马小燕", "more_conflict": "马晓燕"}


def _state() -> PageState:
    form, answers = _form(), _answers()
    known = {k: Prefilled(v, "人口库", _AT) for k, v in answers.items() if k.endswith("_known")}
    looked_up = dict(_looked_up(answers))
    problems = intake.check_answers(form, answers, on=ON, looked_up=looked_up)
    return PageState(
        answers=answers,
        problems=by_field(tuple(p for p in problems if _is_wrong_on_purpose(p))),
        prefilled={**known, "more_differs": Prefilled("马晓燕", "人口库", _AT)},
        away={"more_away": "人口库"},
        conflicts={
            "more_conflict": FieldConflict("more_conflict", "姓名", "马晓燕", "马晓雁", _AT)
        },
        visible=frozenset(f.key for f in form.fields),
        closed=frozenset(key for key in answers if key.endswith("_closed")),
        searches={"industry_wrong": "小吃"},
        file_names={"sample-file": "房产证.pdf"},
        names=dict(_TRADES),
        children_of=lambda code: _PLACES.get(code, ()),
        industries=lambda words: _TRADES[1:],
        licences=lambda kind: _LICENCES,
        looked_up=looked_up,
        today=ON.isoformat(),
    )


def _looked_up(answers: Mapping[str, Any]) -> Iterator[tuple[str, LookedUp]]:
    for key, (_words, said) in _SAYINGS.items():
        yield _key(Kind.PERSON, answers[key]), LookedUp(said, "人口库", _AT)
    agreed = LookedUp(Said.AGREES, "人口库", _AT)
    yield _key(Kind.PERSON, _WHO), agreed
    yield _key(Kind.PERSON, _SAMPLES[Kind.PERSON].wrong), replace(agreed, said=Said.DIFFERS)
    yield _key(Kind.ORGANIZATION, _FIRM), replace(agreed, source_label="法人库", remark="已注销")


def _key(kind: Kind, answer: Mapping[str, str]) -> str:
    return named_key(kind, answer["name"], answer[NUMBER_OF[kind]])


def _is_wrong_on_purpose(problem: FieldProblem) -> bool:
    return problem.field.partition("-")[0].endswith("_wrong")
