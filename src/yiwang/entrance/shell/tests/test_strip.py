"""The strip of working days."""

from dataclasses import dataclass
from datetime import date, timedelta

from yiwang.entrance.shell.strip import cells


@dataclass(frozen=True)
class Day:
    on: date
    kind: str


def days(first, kinds):
    return [Day(first + timedelta(days=i), kind) for i, kind in enumerate(kinds.split())]


def test_a_weekend_is_one_gap_and_a_month_is_named_once():
    made = cells(days(date(2026, 12, 10), "USED USED OFF OFF TODAY FREE DUE"))
    assert [(c.number, c.word) for c in made] == [
        ("", "12月"),
        ("10", "四"),
        ("11", "五"),
        ("", "周末"),
        ("14", "今天"),
        ("15", "二"),
        ("16", "答复"),
    ]


def test_a_holiday_is_called_a_holiday():
    made = cells(days(date(2026, 12, 31), "USED OFF OFF OFF TODAY"))
    assert [c.word for c in made] == ["12月", "四", "放假", "1月", "今天"]


def test_days_off_at_the_ends_are_left_out():
    made = cells(days(date(2026, 12, 12), "OFF OFF TODAY DUE OFF"))
    assert [c.css for c in made] == ["off", "today", "due"]


def test_a_day_that_does_not_count_says_so():
    paused = cells(days(date(2026, 12, 14), "PAUSED LATE"))
    assert [c.spoken for c in paused if c.number] == ["不计时", "超过期限"]
