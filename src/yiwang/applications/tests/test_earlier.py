"""What a flow says of earlier licences, conditions and terms must fit the item and the form."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from yiwang.applications.rules.earlier import check_earlier, cited_earlier
from yiwang.capability.cases.definitions.flow_file import parse_flow
from yiwang.capability.catalogue.definitions import ResultKind
from yiwang.capability.intake.definitions import parse_form

FORM = {
    "title": "表",
    "x-steps": [{"key": "all", "title": "表", "fields": ["old", "until", "place"]}],
    "properties": {
        "old": {"title": "哪一张", "x-kind": "licence", "x-licence": "road-permit"},
        "until": {"title": "到哪天", "format": "date"},
        "place": {"title": "哪里"},
    },
}
FLOW = {
    "profile": "LICENCE",
    "decide": {"within": {"amount": 20}, "local": True},
    "earlier": {
        "licence": "answer:old",
        "acts": [
            {"effect": "CANCEL", "when": {"kind": ["cancel"]}, "basis": "行政许可法 第七十条"}
        ],
        "without": [
            {"effect": "RENEW", "why": "没有有效期", "basis": "消防法 第十五条"},
            {"effect": "CHANGE", "why": "重新申请", "basis": "消防法 第十五条"},
        ],
    },
    "conditions": [{"text": "做好防护", "basis": "城市道路管理条例 第三十五条"}],
    "result": {"term": {"last": "answer:until"}},
}


def pack(kind="LICENCE", **changes):
    flow, problems = parse_flow({**FLOW, **changes})
    assert problems == ()
    form, problems = parse_form(FORM)
    assert problems == ()
    options = (SimpleNamespace(value="new"), SimpleNamespace(value="cancel"))
    item = SimpleNamespace(
        questions=(SimpleNamespace(key="kind", options=options),),
        result=SimpleNamespace(kind=ResultKind(kind), licence="road-permit"),
    )
    return SimpleNamespace(item=item, form=form, flow=flow)


def keys(pack):
    return [problem.key for problem in check_earlier(pack)]


def act(**changes):
    return {**FLOW["earlier"], "acts": [{**FLOW["earlier"]["acts"][0], **changes}]}


def test_what_fits_has_no_problem_and_names_its_articles():
    assert keys(pack()) == []
    assert [law for _, law, _ in cited_earlier(pack())] == [
        "行政许可法", "消防法", "消防法", "城市道路管理条例"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"earlier": {**FLOW["earlier"], "licence": "answer:place"}}, "earlier.licence"),
        ({"earlier": {**FLOW["earlier"], "licence": "answer:nothing"}}, "earlier.licence"),
        ({"earlier": act(when={"colour": ["red"]})}, "earlier.acts.0.when.colour"),
        ({"earlier": act(when={"kind": ["widen"]})}, "earlier.acts.0.when.kind"),
        ({"result": {"term": {"first": "answer:place"}}}, "result.term.first"),
        (
            {"conditions": [{"text": "x", "local": True, "when": {"kind": ["x"]}}]},
            "conditions.0.when.kind",
        ),
        ({"kind": "DOCUMENT"}, "earlier.licence"),
    ],
)
def test_what_does_not_fit_is_named(changes, where):
    assert keys(pack(**changes)) == [where]


def test_a_licence_says_how_it_is_renewed_changed_and_ended_or_why_not():
    silent = {name: value for name, value in FLOW["earlier"].items() if name != "without"}
    problems = list(check_earlier(pack(earlier=silent)))
    assert [p.key for p in problems] == ["earlier", "earlier"]
    assert "延续、延期" in problems[0].sentence
    assert "without" in problems[0].remedy
    assert "变更" in problems[1].sentence
