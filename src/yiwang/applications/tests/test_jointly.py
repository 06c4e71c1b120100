"""What a flow says of other bodies and of a visit must fit the item."""

from __future__ import annotations

import copy
from types import SimpleNamespace

import pytest
import yaml

from yiwang.applications.rules.jointly import check_jointly, cited_jointly
from yiwang.capability.cases.definitions.flow_file import parse_flow
from yiwang.capability.catalogue.definitions import parse_item
from yiwang.capability.journey.tests import jointly

FOLDER = jointly.FOLDER


def pack(path=(), value=None):
    item = parse_item(yaml.safe_load((FOLDER / "item.yaml").read_text(encoding="utf-8")))
    document = copy.deepcopy(yaml.safe_load((FOLDER / "flow.yaml").read_text(encoding="utf-8")))
    place = document
    for step in path[:-1]:
        place = place[step]
    if path:
        place[path[-1]] = value
    flow, problems = parse_flow(document)
    assert problems == ()
    return SimpleNamespace(item=item, flow=flow)


def test_what_fits_the_item_has_no_problem():
    assert list(check_jointly(pack())) == []


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (("branches", 1, "when"), {"colour": ["red"]}, "branches.1.when.colour"),
        (("branches", 1, "when"), {"trees": ["perhaps"]}, "branches.1.when.trees"),
        (("branches", 0, "materials"), ["map"], "branches.0.materials"),
        (("branches", 0, "department"), "116201020000000351", "branches.0.department"),
        (("branches", 0, "within"), {"amount": 21}, "branches.0.within"),
        (("visit", "when"), {"colour": ["red"]}, "visit.when.colour"),
        (("visit", "may_skip_when"), {"site": ["old"]}, "visit.may_skip_when.site"),
        (("visit", "within"), {"amount": 21}, "visit.within"),
    ],
)
def test_what_does_not_fit_is_named_where_it_stands(path, value, where):
    assert [problem.key for problem in check_jointly(pack(path, value))] == [where]


def test_a_limit_in_another_unit_is_not_compared():
    assert list(check_jointly(pack(("visit", "within"), {"amount": 24, "unit": "HOUR"}))) == []


def test_every_article_they_stand_on_is_looked_up_in_the_law_library():
    assert set(cited_jointly(pack())) == {
        ("flow.yaml:branches.0.basis", "城市道路管理条例", "第三十条"),
        ("flow.yaml:visit.basis", "行政许可法", "第三十四条"),
        ("flow.yaml:visit.checklist.0.article", "城市道路管理条例", "第三十三条"),
    }
