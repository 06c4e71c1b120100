"""``branches`` and ``visit`` of a flow file."""

from __future__ import annotations

import copy

import pytest

from yiwang.capability.cases.definitions.flow_file import parse_flow
from yiwang.capability.cases.definitions.jointly import OnRefusal, holds
from yiwang.kernel.actor import Role

GOOD = {
    "profile": "LICENCE",
    "decide": {"within": {"amount": 20}, "basis": "行政许可法 第四十二条"},
    "branches": [
        {
            "key": "police",
            "department": "11620102000000078E",
            "department_name": "公安分局",
            "title": "影响交通安全的意见",
            "when": {"trees": ["touched"]},
            "within": {"amount": 5},
            "basis": "城市道路管理条例 第三十条",
        }
    ],
    "visit": {
        "within": {"amount": 5},
        "local": True,
        "checklist": [{"key": "place", "text": "位置一致", "article": "某法 第一条"}],
    },
}


def test_a_body_must_agree_unless_the_flow_says_the_lead_decides():
    flow, problems = parse_flow(GOOD)
    assert problems == ()
    (branch,) = flow.branches
    assert (branch.on_refusal, branch.roles) == (OnRefusal.ENDS, (Role.APPROVER,))
    assert (branch.when, branch.materials) == ({"trees": ("touched",)}, None)
    assert flow.visit.checklist[0].text == "位置一致"
    assert flow.visit.may_skip_when is None


def test_a_flow_without_others_names_none():
    flow, _ = parse_flow({k: v for k, v in GOOD.items() if k not in ("branches", "visit")})
    assert (flow.branches, flow.visit) == ((), None)


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (("branches",), {"a": 1}, "branches"),
        (("branches", 0, "key"), "Police", "branches/0/key"),
        (("branches", 0, "title"), "", "branches/0/title"),
        (("branches", 0, "title"), "长" * 81, "branches/0/title"),
        (("branches", 0, "basis"), "", "branches/0/basis"),
        (("branches", 0, "when"), {"trees": "touched"}, "branches/0/when/trees"),
        (("branches", 0, "when"), {"trees": [True]}, "branches/0/when/trees"),
        (("branches", 0, "on_refusal"), "WAIT", "branches/0/on_refusal"),
        (("branches", 0, "roles"), ["LEADER"], "branches/0/roles"),
        (("branches", 0, "roles"), [], "branches/0/roles"),
        (("branches", 0, "materials"), "plan", "branches/0/materials"),
        (("branches", 0, "colour"), "red", "branches/0/colour"),
        (("branches", 0, "within"), {"amount": -1}, "branches/0/within/amount"),
        (("visit", "checklist"), [], "visit/checklist"),
        (("visit", "checklist", 0, "text"), "", "visit/checklist/0/text"),
        (("visit", "local"), False, "visit/basis"),
        (("visit", "may_skip_when"), {"site": "same"}, "visit/may_skip_when/site"),
        (("instant",), True, "instant"),
        (("profile",), "FILING", "branches"),
        (("profile",), "MARKET_REGISTRATION", "visit"),
    ],
)
def test_a_mistake_is_named_where_it_stands(path, value, where):
    document = copy.deepcopy(GOOD)
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    flow, problems = parse_flow(document)
    assert flow is None
    assert where in {problem.path for problem in problems}


@pytest.mark.parametrize("name", ["key", "department"])
def test_no_body_is_asked_twice_at_once(name):
    document = copy.deepcopy(GOOD)
    again = copy.deepcopy(document["branches"][0])
    again["department" if name == "key" else "key"] = "other"
    document["branches"].append(again)
    assert [p.path for p in parse_flow(document)[1]] == ["branches"]


def test_an_open_question_excludes_nothing():
    when = {"trees": ("touched",)}
    assert holds(when, {})
    assert holds(when, {"question:trees": "touched"})
    assert not holds(when, {"question:trees": "untouched"})
