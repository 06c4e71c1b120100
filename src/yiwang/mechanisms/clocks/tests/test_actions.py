from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from yiwang.kernel.actor import machine
from yiwang.kernel.refusals import InvalidInput, NotFound
from yiwang.mechanisms.clocks import actions, commands, jobs, queries, sample
from yiwang.mechanisms.clocks.definitions import Allowance, CalendarDay, ClockView, Colour, Unit
from yiwang.mechanisms.jobs.registry import PERIODIC
from yiwang.mechanisms.journal import queries as journal

CLERK = machine("test")
pytestmark = pytest.mark.django_db


def at(month: int, day: int, hour: int = 10, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour - 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _fresh_calendar() -> Iterator[None]:
    queries.forget_calendar()
    yield
    queries.forget_calendar()


def start(when: datetime, amount: int = 5, subject: str = "case:1", unit: Unit = Unit.WORKING_DAY):
    allowance = Allowance(amount, unit, 1)
    return actions.start(subject=subject, kind="decide", allowance=allowance, at=when, actor=CLERK)


def look(when: datetime, subject: str = "case:1") -> ClockView:
    found = queries.find_clock(subject=subject, kind="decide", at=when)
    assert found is not None
    return found


def acts(subject: str = "case:1") -> list[str]:
    return [entry.act for entry in journal.list_entries(subject=subject)]


def pause(when: datetime) -> None:
    actions.pause(subject="case:1", kind="decide", reason="检测", at=when, actor=CLERK)


def resume(when: datetime) -> date:
    return actions.resume(subject="case:1", kind="decide", at=when, actor=CLERK)


def stop(when: datetime) -> bool:
    return actions.stop(subject="case:1", kind="decide", at=when, actor=CLERK)


def test_a_clock_runs_and_shows_how_many_days_are_left() -> None:
    assert start(at(3, 2)) == date(2026, 3, 9)
    view = look(at(3, 4))
    assert (view.days_used, view.days_left, view.colour) == (2, 3, Colour.GREEN)
    assert acts() == ["clocks.start"]


def test_a_clock_of_one_kind_starts_once() -> None:
    start(at(3, 2))
    with pytest.raises(actions.CannotStartClock):
        start(at(3, 3))


def test_an_evening_in_utc_is_already_the_next_day_in_china() -> None:
    start(datetime(2026, 3, 2, 16, 30, tzinfo=UTC), amount=1)
    assert look(at(3, 3)).started_on == date(2026, 3, 3)


def test_a_paused_clock_keeps_its_days_and_goes_on_after_resuming() -> None:
    start(at(3, 2))
    pause(at(3, 4))
    assert look(at(3, 20)).paused
    assert look(at(3, 20)).days_left == 3
    assert resume(at(3, 20)) == date(2026, 3, 25)
    assert look(at(3, 23)).days_left == 2


def test_a_clock_is_paused_once_and_resumed_once() -> None:
    start(at(3, 2))
    pause(at(3, 3))
    with pytest.raises(actions.CannotPauseClock):
        pause(at(3, 4))
    resume(at(3, 5))
    with pytest.raises(actions.CannotResumeClock):
        resume(at(3, 6))


def test_a_stopped_clock_remembers_whether_it_was_in_time() -> None:
    start(at(3, 2))
    assert stop(at(3, 9, 23))
    assert not stop(at(3, 10))
    assert look(at(6, 1)).colour is Colour.GREEN
    assert look(at(6, 1)).days_used == 5
    start(at(3, 2), subject="case:2")
    actions.stop(subject="case:2", kind="decide", at=at(3, 10), actor=CLERK)
    assert look(at(6, 1), "case:2").colour is Colour.RED


def test_stopping_a_paused_clock_closes_the_pause() -> None:
    start(at(3, 2))
    pause(at(3, 3))
    assert stop(at(3, 5))
    assert not look(at(3, 5)).paused


def test_an_hourly_clock_is_late_by_the_minute() -> None:
    start(at(3, 6, 9), amount=2, unit=Unit.HOUR)
    assert look(at(3, 6, 10)).colour is not Colour.RED
    assert look(at(3, 6, 12)).colour is Colour.RED


def test_a_clock_nobody_started_is_not_found() -> None:
    assert queries.find_clock(subject="case:9", kind="decide", at=at(3, 2)) is None
    with pytest.raises(NotFound):
        pause(at(3, 2))


def test_lists_take_one_statement_however_many_clocks(django_assert_num_queries) -> None:
    for n in range(20):
        start(at(3, 2), subject=f"case:{n}")
    queries.get_calendar()
    with django_assert_num_queries(1):
        found = queries.find_clocks(subjects=[f"case:{n}" for n in range(25)], at=at(3, 3))
    assert len(found["case:3"]) == 1
    assert found["case:24"] == ()


def test_each_colour_is_announced_once() -> None:
    start(at(3, 2))
    assert actions.warn(at=at(3, 5), actor=CLERK) == 0
    assert actions.warn(at=at(3, 6), actor=CLERK) == 1
    assert actions.warn(at=at(3, 9), actor=CLERK) == 0
    assert actions.warn(at=at(3, 10), actor=CLERK) == 1
    assert actions.warn(at=at(3, 11), actor=CLERK) == 0
    assert acts() == ["clocks.start", "clocks.clock_turned_yellow", "clocks.clock_turned_red"]


def test_paused_and_stopped_clocks_do_not_warn() -> None:
    start(at(3, 2))
    pause(at(3, 3))
    start(at(3, 2), subject="case:2")
    actions.stop(subject="case:2", kind="decide", at=at(3, 3), actor=CLERK)
    assert actions.warn(at=at(4, 1), actor=CLERK) == 0


def test_provisional_clocks_are_computed_again_when_the_calendar_grows() -> None:
    assert start(at(12, 24)) == date(2026, 12, 31)
    start(at(3, 2), subject="case:2")
    assert look(at(12, 24)).provisional
    moved = actions.import_calendar(
        year=2027, source="示例通知", days=sample.notice_2027(), at=at(12, 25), actor=CLERK
    )
    assert moved == 1
    view = look(at(12, 25))
    assert (view.due_on, view.provisional) == (date(2026, 12, 30), False)
    assert acts()[-1] == "clocks.clock_recomputed"
    assert acts("case:2") == ["clocks.start"]
    assert actions.recompute(at=at(12, 25), actor=CLERK) == 0


def test_an_emergency_change_in_a_known_year_moves_settled_clocks_too() -> None:
    assert start(at(3, 2)) == date(2026, 3, 9)
    shipped = [d for on, d in queries.shipped_calendar().days.items() if on.year == 2026]
    extra = CalendarDay(date(2026, 3, 5), False, "应急放假（示例）")
    actions.import_calendar(
        year=2026, source="示例通知", days=[*shipped, extra], at=at(3, 3), actor=CLERK
    )
    assert look(at(3, 3)).due_on == date(2026, 3, 10)


def test_a_year_that_leaves_a_gap_does_not_make_the_gap_known() -> None:
    days = [CalendarDay(date(2028, 1, 3), False, "元旦")]
    actions.import_calendar(year=2028, source="示例", days=days, at=at(3, 3), actor=CLERK)
    assert queries.get_calendar().last_year == 2026


@pytest.mark.parametrize(
    "day",
    [
        CalendarDay(date(2029, 1, 1), False, "元旦"),
        CalendarDay(date(2027, 1, 4), True, "元旦"),
    ],
)
def test_a_notice_with_a_wrong_day_is_refused_and_nothing_is_kept(day: CalendarDay) -> None:
    with pytest.raises(InvalidInput) as caught:
        actions.import_calendar(year=2027, source="示例", days=[day], at=at(3, 3), actor=CLERK)
    assert caught.value.fields[0].field == day.on.isoformat()
    assert queries.get_calendar().last_year == 2026


def test_an_operator_imports_a_file_and_a_bad_one_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = tmp_path / "2027.csv"
    good.write_text("# 来源：示例通知\non,working,name\n2027-01-01,0,元旦\n", encoding="utf-8")
    assert commands.main(["import", str(good)]) == 0
    assert "已导入 2027 年放假安排 1 天" in capsys.readouterr().out
    bad = tmp_path / "bad.csv"
    bad.write_text("on,working,name\n2027-13-01,0,元旦\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"bad\.csv"):
        commands.main(["import", str(bad)])


@pytest.mark.django_db(transaction=True)
def test_of_many_starts_at_once_one_clock_runs() -> None:
    outcomes: list[str] = []

    def once() -> None:
        try:
            with transaction.atomic():
                start(at(3, 2))
            outcomes.append("started")
        except actions.CannotStartClock:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=once) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 19 + ["started"]


def test_the_due_moment_is_the_end_of_the_day_in_china() -> None:
    start(at(3, 2))
    assert look(at(3, 2)).due_at == datetime(2026, 3, 9, 16, tzinfo=UTC) + timedelta()


def test_limits_that_run_for_hours_are_looked_at_every_minute():
    assert jobs.warn.__module__ == "yiwang.mechanisms.clocks.jobs"
    assert PERIODIC["clocks.warn"].minutes == 1
