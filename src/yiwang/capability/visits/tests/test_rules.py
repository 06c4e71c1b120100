"""Who may be sent, when a record is complete, what signatures mean."""

from __future__ import annotations

from datetime import date

import pytest

from yiwang.capability.cases.definitions.jointly import CheckPoint
from yiwang.capability.visits import rules
from yiwang.capability.visits.definitions import MACHINE, Answer, Record
from yiwang.mechanisms.states import rules as states

LIST = (CheckPoint("a", "消防通道畅通"), CheckPoint("b", "有灭火器"))
TODAY = date(2026, 3, 2)


def fields(found):
    return tuple(field for field, _sentence in found)


@pytest.mark.parametrize(
    ("officers", "on", "place", "wrong"),
    [
        (["x", "y"], TODAY, "静宁路", ()),
        (["x"], TODAY, "静宁路", ("officers",)),
        (["x", "x"], TODAY, "静宁路", ("officers",)),
        (["x", "q"], TODAY, "静宁路", ("officers",)),
        (["x", "y"], date(2026, 3, 1), "静宁路", ("planned_on",)),
        (["x", "y"], TODAY, " ", ("place",)),
    ],
)
def test_two_different_colleagues_go_somewhere_and_not_yesterday(officers, on, place, wrong):
    found = rules.plan_problems(officers, ["x", "y", "z"], planned_on=on, today=TODAY, place=place)
    assert fields(found) == wrong


@pytest.mark.parametrize(
    ("a", "b", "result", "remarks", "wrong"),
    [
        ("MEETS", "NOT_APPLICABLE", "CONFORMS", "", ()),
        ("MEETS", "", "CONFORMS", "", ("point-b",)),
        ("MEETS", "MEETS", "", "", ("result",)),
        ("MEETS", "MEETS", "DOES_NOT_CONFORM", "", ("remarks",)),
        ("MEETS", "MEETS", "DOES_NOT_CONFORM", "面积不符", ()),
        ("FAILS", "MEETS", "CONFORMS", "", ("point-a", "result")),
        ("FAILS", "MEETS", "DOES_NOT_CONFORM", "", ("point-a",)),
        ("PERHAPS", "MEETS", "CONFORMS", "", ("point-a",)),
    ],
)
def test_a_record_is_complete_when_every_point_and_the_result_agree(a, b, result, remarks, wrong):
    record = Record({"a": Answer(a), "b": Answer(b)}, result=result, remarks=remarks)
    assert fields(rules.record_problems(record, LIST, complete=True)) == wrong


def test_an_unfinished_record_may_be_kept_but_nothing_that_is_not_on_the_list():
    assert rules.record_problems(Record({}), LIST, complete=False) == ()
    strange = Record({"z": Answer("MEETS")})
    assert fields(rules.record_problems(strange, LIST, complete=False)) == ("point-z",)


def test_all_officers_two_at_least_sign_the_same_record():
    assert rules.all_signed(["x", "y"], {"x": "1", "y": "1"}, "1")
    assert not rules.all_signed(["x", "y"], {"x": "1", "y": "0"}, "1")
    assert not rules.all_signed(["x", "y"], {"x": "1"}, "1")
    assert not rules.all_signed(["x"], {"x": "1"}, "1")


def test_the_table_of_visits_is_sound():
    assert states.problems(MACHINE) == ()


def test_what_is_open_blocks_and_what_is_over_does_not():
    blocked = [state for state in MACHINE.labels if rules.blocks(state)]
    assert blocked == ["WANTED", "PLANNED", "SIGNED"]
