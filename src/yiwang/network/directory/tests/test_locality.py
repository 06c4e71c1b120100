"""A place says when its halls are open and how it looks, in its own subtree only; due dates never move."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from yiwang.kernel.actor import ANONYMOUS, Actor, ActorKind, Grant, Role
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.journal import queries as journal
from yiwang.network.directory import actions, queries
from yiwang.network.directory.definitions import Colour, Hours

AT = datetime(2026, 12, 14, 1, tzinfo=UTC)
TODAY = date(2026, 12, 14)
CHENGGUAN, QILIHE, LANZHOU = "620102000000", "620103000000", "620100000000"
MORNING, AFTERNOON = Hours(time(9), time(12)), Hours(time(14), time(18))
pytestmark = pytest.mark.django_db


def admin(division=CHENGGUAN, role=Role.LOCAL_ADMIN, body=None, **more):
    return Actor(ActorKind.OFFICIAL, "official:a", grants=(Grant(role, division, body),), **more)


def set_hours(actor, spans=(MORNING, AFTERNOON), division=CHENGGUAN, weekday=0):
    actions.set_hours(division_code=division, weekday=weekday, spans=spans, actor=actor, at=AT)


def test_hours_are_said_by_weekday_and_a_place_below_has_those_above():
    set_hours(admin(LANZHOU), spans=(MORNING,), division=LANZHOU)
    assert queries.list_hours(CHENGGUAN) == {0: (MORNING,)}
    set_hours(admin(), spans=(AFTERNOON, MORNING))
    assert queries.list_hours(CHENGGUAN) == {0: (MORNING, AFTERNOON)}
    assert queries.list_hours(QILIHE) == {0: (MORNING,)}
    set_hours(admin(), spans=())
    assert queries.list_hours(CHENGGUAN) == {0: (MORNING,)}  # nothing said here any more
    acts = [entry.act for entry in journal.list_entries(subject=f"division:{CHENGGUAN}")]
    assert acts == ["directory.hours_set"] * 2


@pytest.mark.parametrize(
    "actor",
    [
        admin(QILIHE),
        admin(role=Role.OPERATOR),
        admin(role=Role.SECURITY_ADMIN),
        admin(body="11620102000000019B"),
        admin(on_behalf_of="official:b"),
        ANONYMOUS,
    ],
)
def test_only_the_whole_place_s_own_administrator_changes_it(actor):
    with pytest.raises(NotAllowed):
        set_hours(actor)
    with pytest.raises(NotAllowed):
        actions.close_day(
            division_code=CHENGGUAN, on=TODAY, reason="停电", today=TODAY, actor=actor, at=AT
        )
    with pytest.raises(NotAllowed):
        actions.set_look(division_code=CHENGGUAN, name="x", colour=Colour.RED, actor=actor, at=AT)


@pytest.mark.parametrize(
    "spans",
    [
        (Hours(time(12), time(9)),),
        (MORNING, Hours(time(11), time(13))),
        tuple(Hours(time(h), time(h, 30)) for h in range(8, 13)),
    ],
)
def test_times_that_cannot_be_are_refused(spans):
    with pytest.raises(InvalidInput):
        set_hours(admin(), spans=spans)
    with pytest.raises(InvalidInput):
        set_hours(admin(), weekday=7)


def test_a_day_off_shuts_the_hall_and_moves_no_due_date():
    before = clocks.get_calendar()
    given = {"division_code": CHENGGUAN, "actor": admin(), "at": AT}
    actions.close_day(on=TODAY, reason="停电检修", today=TODAY, **given)
    (day,) = queries.list_closed_days(CHENGGUAN, since=TODAY)
    assert (day.on, day.reason) == (TODAY, "停电检修")
    assert queries.list_closed_days(QILIHE, since=TODAY) == ()
    assert clocks.get_calendar() == before
    with pytest.raises(InvalidInput):
        actions.close_day(on=TODAY - timedelta(days=1), reason="x", today=TODAY, **given)
    with pytest.raises(InvalidInput):
        actions.close_day(on=TODAY, reason=" ", today=TODAY, **given)
    actions.open_day(on=TODAY, **given)
    assert queries.list_closed_days(CHENGGUAN, since=TODAY) == ()
    with pytest.raises(NotFound):
        actions.open_day(on=TODAY, **given)


def test_name_and_colour_come_from_a_list():
    given = {"division_code": CHENGGUAN, "actor": admin(), "at": AT}
    assert queries.find_look(CHENGGUAN) is None
    actions.set_look(name="城关政务", colour=Colour.GREEN, **given)
    look = queries.find_look("620102001000")
    assert look is not None
    assert (look.name, look.colour) == ("城关政务", Colour.GREEN)
    with pytest.raises(InvalidInput):
        actions.set_look(name="城" * 21, colour=Colour.RED, **given)
    with pytest.raises(InvalidInput):
        actions.set_look(name="", colour="#ff0000", **given)
