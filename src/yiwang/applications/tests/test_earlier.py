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
    return {"licence": "answer:old", "acts": [{**FLOW["earlier"]["acts"][0], **changes}]}


def test_what_fits_has_no_problem_and_names_its_articles():
    assert keys(pack()) == []
    assert [law for _, law, _ in cited_earlier(pack())] == ["行政许可法", "城市道路管理条例"]


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
