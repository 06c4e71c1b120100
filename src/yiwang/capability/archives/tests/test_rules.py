"""Numbers, periods, tables of states and the retention table: no database."""

from __future__ import annotations

from datetime import date

import pytest
import yaml

from yiwang.capability.archives import rules
from yiwang.capability.archives.definitions import DESTRUCTION, HAND_OVER, PACKAGE
from yiwang.capability.archives.definitions.retention import Ending, Period, parse_table
from yiwang.capability.archives.sample import TABLE
from yiwang.mechanisms.states.rules import problems


@pytest.fixture
def document():
    return yaml.safe_load(TABLE.read_text(encoding="utf-8"))


def test_the_tables_of_states_are_whole():
    for machine in (PACKAGE, HAND_OVER, DESTRUCTION):
        assert problems(machine) == ()


@pytest.mark.parametrize(
    ("state", "outcome", "ending"),
    [
        ("CLOSED", "APPROVE", Ending.GRANTED),
        ("DELIVERED", "REJECT", Ending.REJECTED),
        ("REFUSED", "", Ending.NOT_ACCEPTED),
        ("WITHDRAWN", "", Ending.GIVEN_UP),
        ("REVOKED", "APPROVE", Ending.TAKEN_BACK),
    ],
)
def test_how_a_case_ended_follows_from_its_state_and_decision(state, outcome, ending):
    assert rules.ending_of(state, outcome) is ending


def test_the_first_row_that_fits_says_how_long(document):
    table, found = parse_table(document)
    assert found == ()
    kept = [
        rules.period_of(table, profile=profile, ending=ending, item="x").period
        for profile, ending in (
            ("LICENCE", Ending.GRANTED),
            ("BENEFIT", Ending.GRANTED),
            ("LICENCE", Ending.REJECTED),
            ("LICENCE", Ending.GIVEN_UP),
        )
    ]
    assert kept == [Period.PERMANENT, Period.YEARS_30, Period.YEARS_30, Period.YEARS_10]


def test_periods_count_from_the_year_after_the_end():
    end = date(2026, 3, 2)
    assert rules.retained_until(ended_on=end, period=Period.YEARS_10) == date(2037, 1, 1)
    assert rules.retained_until(ended_on=end, period=Period.PERMANENT) is None
    assert rules.is_expired(until=date(2037, 1, 1), today=date(2037, 1, 1))
    assert not rules.is_expired(until=date(2037, 1, 1), today=date(2036, 12, 31))
    assert not rules.is_expired(until=None, today=date(2999, 1, 1))


def test_numbers_say_whose_which_year_and_how_long():
    given = {"body": "11620102000000019B", "year": 2026}
    number = rules.archive_no(**given, period=Period.YEARS_30, number=7)
    assert number == "11620102000000019B-ZW-2026-D30-000007"
    assert rules.batch_no(**given, kind="HAND_OVER", number=1).endswith("-YJ-2026-0001")
    assert rules.batch_no(**given, kind="DESTRUCTION", number=1).endswith("-XH-2026-0001")


@pytest.mark.parametrize(
    "wrong",
    [
        {"rows": []},
        {"rows": [{"key": "a", "period": "YEARS_10"}]},
        {"rows": [{"key": "a", "period": "YEARS_10", "local": True, "items": ["x"]}]},
        {"rows": [{"key": "a", "period": "FIVE", "local": True}]},
        {"rows": [{"key": "a", "period": "YEARS_10", "local": True, "more": 1}]},
        {"approved_by": ""},
        {"valid_from": "someday"},
        {"wait": {}},
    ],
)
def test_a_table_that_is_not_whole_or_not_sourced_is_refused(document, wrong):
    table, found = parse_table({**document, **wrong})
    assert table is None
    assert found
