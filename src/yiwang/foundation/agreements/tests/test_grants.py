"""A grant: suspended for misuse, stopped at once, mended, renewed, ended by both."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from yiwang.foundation.agreements import actions, queries, sample
from yiwang.foundation.agreements.definitions import GrantState, Origin
from yiwang.foundation.agreements.models import DataGrant
from yiwang.foundation.agreements.tests.people import ACTORS, AT, delivered, offer_as
from yiwang.kernel.actor import machine
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.states.rules import CannotDo

pytestmark = pytest.mark.django_db


@pytest.fixture
def grant(monkeypatch):
    offer_as(monkeypatch)
    return queries.get_grant(delivered().grant, ACTORS["giver"], at=AT)


def act(verb, grant, who, *, at=AT, **given):
    return verb(key=grant.key, version=grant.version, actor=ACTORS[who], at=at, **given)


def holds() -> bool:
    return bool(sample.fast_rows())


def test_misuse_stops_it_at_once_and_gives_days_to_put_it_right(grant) -> None:
    stopped = act(actions.suspend, grant, "authority", words="拿去营销", mend_days=5)
    assert not holds()
    assert (stopped.state, stopped.mend_by) == (GrantState.SUSPENDED, date(2026, 3, 9))
    with pytest.raises(CannotDo):
        act(actions.end_misuse, stopped, "giver", words="没改", at=AT)
    mended = act(actions.report_mended, stopped, "asker", words="已停用那个系统")
    again = act(actions.resume, mended, "giver", words="核实过")
    assert holds()
    clock = clocks.find_clock(subject=grant.reference, kind="mending", at=AT)
    assert clock is not None
    assert clock.stopped_on is not None
    second = act(actions.suspend, again, "giver", words="又犯", mend_days=3)
    assert (second.mend_by, second.misuse) == (date(2026, 3, 5), True)


def test_not_put_right_in_time_ends_it(grant) -> None:
    stopped = act(actions.suspend, grant, "giver", words="拿去营销", mend_days=5)
    late = AT + timedelta(days=8)
    ended = act(actions.end_misuse, stopped, "giver", words="没改", at=late)
    assert ended.state == GrantState.ENDED
    assert [act for act, _label in ended.acts] == ["require_disposal"]


def test_an_operator_stops_it_and_the_provider_lets_it_go_on(grant) -> None:
    stopped = act(actions.stop_now, grant, "operator", words="流量异常")
    assert not holds()
    with pytest.raises(NotAllowed):
        act(actions.resume, stopped, "operator", words="好了")
    with pytest.raises(CannotDo):
        act(actions.end_misuse, stopped, "giver", words="没有使用不当")
    act(actions.resume, stopped, "giver", words="好了")
    assert holds()


def test_a_copy_is_stopped_at_this_node_alone_and_needs_no_registry(grant) -> None:
    DataGrant.objects.filter(key=grant.key).update(origin=Origin.REGISTRY)
    for who in ("asker", "giver", "operator", "authority"):
        copy = queries.get_grant(grant.key, ACTORS[who], at=AT)
        assert copy.acts == ()
        stopped = act(actions.stop_now, copy, who, words="停")
        assert (stopped.state, stopped.stopped_here, holds()) == (GrantState.ACTIVE, True, False)
        act(actions.resume, stopped, who, words="好了")
        assert holds()
    with pytest.raises(NotAllowed):
        act(actions.stop_now, copy, "leader", words="停")
    with pytest.raises(NotAllowed):
        act(actions.suspend, copy, "giver", words="x", mend_days=5)


def test_neither_side_ends_it_alone(grant) -> None:
    asked = act(actions.ask_end, grant, "giver", words="系统下线")
    assert holds()
    with pytest.raises(CannotDo):
        act(actions.agree_end, asked, "giving head")
    kept = act(actions.decline_end, asked, "asker", words="还在用")
    assert (kept.end_asked_by, holds()) == ("", True)
    again = act(actions.ask_end, kept, "asking head", words="不用了")
    ended = act(actions.agree_end, again, "giver")
    assert (ended.state, holds()) == (GrantState.ENDED, False)


def test_renewed_for_the_same_purpose_by_the_provider_s_head(grant) -> None:
    asked = act(actions.ask_renewal, grant, "asker", until=date(2028, 2, 28), words="还要用")
    with pytest.raises(NotAllowed):
        act(actions.renew, asked, "giver")
    longer = act(actions.renew, asked, "giving head")
    assert longer.valid_until == datetime(2028, 2, 28, 16, tzinfo=UTC)
    assert (longer.renew_until, longer.purposes) == (None, grant.purposes)


@pytest.mark.parametrize("until", [date(2027, 2, 28), date(2040, 1, 1)])
def test_a_renewal_is_longer_and_no_longer_than_five_years(grant, until) -> None:
    with pytest.raises(InvalidInput):
        act(actions.ask_renewal, grant, "asker", until=until, words="还要用")


def test_what_is_over_ends_by_itself_once(grant) -> None:
    clock, over = machine("clock"), grant.valid_until
    assert actions.expire(at=over - timedelta(seconds=1), actor=clock) == 0
    assert actions.expire(at=over, actor=clock) == 1
    assert actions.expire(at=over, actor=clock) == 0
    assert not holds()


def test_others_do_not_know_that_it_is_there(grant) -> None:
    for who in ("other body", "elsewhere", "clerk", "person"):
        with pytest.raises(NotFound):
            queries.get_grant(grant.key, ACTORS[who], at=AT)
        assert queries.list_grants(ACTORS[who], at=AT).rows == ()
