"""What is not as usual is raised once, answered once by a person, and how services did is open to all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiwang.foundation.exchange import actions, jobs, queries, sample
from yiwang.foundation.exchange.models import Alert, Figure, FigureHour, ServiceDay
from yiwang.foundation.exchange.refusals import AlertAnsweredAlready
from yiwang.kernel.actor import Actor, ActorKind, Grant, Role, machine
from yiwang.kernel.moments import legal_date, now
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.journal import queries as journal

pytestmark = pytest.mark.django_db
SELF = machine("test")


def official(role: Role) -> Actor:
    return Actor(
        ActorKind.OFFICIAL, f"official:{role}", "王", grants=(Grant(role, "620000000000", None),)
    )


OPERATOR = official(Role.OPERATOR)


@pytest.fixture
def raised(settings):
    settings.NODE = "62"
    at = now()
    sample.traffic(at=at)
    jobs.raise_alerts(actor=SELF, at=at)
    return at


def test_an_odd_hour_is_raised_once_while_nobody_answers(raised) -> None:
    kinds = {row.kind for row in actions.list_alerts(OPERATOR).rows}
    assert kinds == {"FREQUENCY", "FAILING"}
    jobs.raise_alerts(actor=SELF, at=raised)
    assert Alert.objects.count() == 2


def test_who_answers_what_and_when_is_kept_and_told_to_the_journal(raised) -> None:
    row = actions.list_alerts(OPERATOR).rows[0]
    answered = actions.answer_alert(
        key=row.key, words="对方系统在升级，已经恢复", actor=OPERATOR, at=raised
    )
    assert (answered.answered_by, answered.answered_at) == (OPERATOR.reference, raised)
    assert [one.key for one in actions.list_alerts(OPERATOR, answered=True).rows] == [row.key]
    acts = [one.act for one in journal.list_entries(subject=f"exchange-alert:{row.key}")]
    assert acts == [
        "exchange.alert_raised",
        "clocks.start",
        "clocks.stop",
        "exchange.alert_answered",
    ]
    with pytest.raises(AlertAnsweredAlready):
        actions.answer_alert(key=row.key, words="又看了", actor=OPERATOR, at=raised)


def test_the_same_hour_is_not_raised_again_and_the_next_odd_one_is(raised) -> None:
    for row in actions.list_alerts(OPERATOR).rows:
        actions.answer_alert(key=row.key, words="查了", actor=OPERATOR, at=raised)
    jobs.raise_alerts(actor=SELF, at=raised + timedelta(minutes=10))
    assert Alert.objects.count() == 2
    later = raised + timedelta(hours=30)
    Figure.objects.filter(calls=600).update(minute=later)
    FigureHour.objects.filter(calls=24).update(hour=later - timedelta(hours=5))
    jobs.raise_alerts(actor=SELF, at=later)
    assert Alert.objects.count() == 4


@pytest.mark.parametrize("words", ["", "  ", "长" * 501])
def test_an_answer_says_something(raised, words) -> None:
    row = actions.list_alerts(OPERATOR).rows[0]
    with pytest.raises(InvalidInput):
        actions.answer_alert(key=row.key, words=words, actor=OPERATOR, at=raised)


def test_an_auditor_reads_and_does_not_answer_and_a_data_officer_sees_nothing(raised) -> None:
    auditor = official(Role.AUDITOR)
    row = actions.list_alerts(auditor).rows[0]
    with pytest.raises(NotAllowed):
        actions.answer_alert(key=row.key, words="看过", actor=auditor, at=raised)
    stranger = official(Role.DATA_OFFICER)
    assert actions.list_alerts(stranger).rows == ()
    with pytest.raises(NotFound):
        actions.answer_alert(key=row.key, words="看过", actor=stranger, at=raised)


def test_anybody_has_the_figures_as_page_csv_json_and_by_api(client, settings) -> None:
    settings.NODE = "62"
    ServiceDay.objects.create(
        service="62/household-register", day=legal_date(now()), calls=200, answered=150,
        refused=40, away=10, rows=150, milliseconds=4000, slowest=90,
    )  # fmt: skip
    (one,) = queries.list_service_figures(since=legal_date(now()), until=legal_date(now()))
    assert (one.success, one.mean_milliseconds) == (95.0, 20)
    assert "95.0%" in client.get("/data/catalogue/usage/").content.decode()
    csv = client.get("/data/catalogue/usage.csv").content.decode("utf-8-sig")
    assert csv.splitlines()[1].split(",")[1:4] == ["62/household-register", "", "200"]
    for address in ("/data/catalogue/usage.json", "/api/v1/exchange/usage"):
        (line,) = client.get(address).json()["services"]
        assert (line["calls"], line["success"], line["slowest"]) == (200, 95.0, 90)


def test_figures_per_minute_go_after_eight_days_and_those_per_hour_stay(raised) -> None:
    Figure.objects.filter(calls=24).update(minute=raised - timedelta(days=8, minutes=1))
    jobs.forget_minutes(actor=SELF, at=raised)
    assert [row.calls for row in Figure.objects.all()] == [600]
    assert FigureHour.objects.count() == 2


def test_dead_letters_are_raised_once_for_each_subscription_and_told_to_their_department(
    settings,
) -> None:
    settings.NODE = "62"
    at = now()
    sample.subscribed(department=sample.CONSUMER, at=at)
    for _ in range(2):
        jobs.raise_alerts(actor=SELF, at=at)
    (row,) = actions.list_alerts(OPERATOR).rows
    assert (row.kind, row.calls) == ("DEAD", 1)
    grant = Grant(Role.DATA_OFFICER, "620102000000", sample.CONSUMER)
    officer = Actor(ActorKind.OFFICIAL, "official:theirs", "王", grants=(grant,))
    assert [one.key for one in actions.list_alerts(officer).rows] == [row.key]
    actions.answer_alert(key=row.key, words="已重送", actor=officer, at=at)
    jobs.raise_alerts(actor=SELF, at=at + timedelta(minutes=10))  # the same one, answered
    assert Alert.objects.count() == 1
    jobs.raise_alerts(actor=SELF, at=at + timedelta(hours=2))  # nothing new died since
    assert Alert.objects.count() == 1


def test_another_department_s_officer_sees_no_dead_letters(settings) -> None:
    settings.NODE = "62"
    sample.subscribed(department=sample.CONSUMER, at=now())
    jobs.raise_alerts(actor=SELF, at=now())
    row = actions.list_alerts(OPERATOR).rows[0]
    other = Actor(
        ActorKind.OFFICIAL, "official:other", "李",
        grants=(Grant(Role.DATA_OFFICER, "620000000000", "11620000MB1000001X"),),
    )  # fmt: skip
    assert actions.list_alerts(other).rows == ()
    with pytest.raises(NotFound):
        actions.answer_alert(key=row.key, words="x", actor=other, at=now())
