"""Data officers and heads hear what happens to requests, corrections and questions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiwang.foundation.agreements import actions, queries
from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.agreements.definitions import Way
from yiwang.foundation.agreements.definitions.reports import Report
from yiwang.foundation.agreements.events import DataRequested
from yiwang.foundation.agreements.sample import CONSUMER, PROVIDER
from yiwang.foundation.agreements.tests.people import (
    ACTORS,
    AT,
    HERE,
    PROVINCE,
    agreed,
    offer_as,
    received,
    refused,
)
from yiwang.foundation.exchange import alerts, jobs
from yiwang.foundation.exchange import sample as exchange
from yiwang.foundation.exchange.definitions import ServiceKind
from yiwang.foundation.exchange.topics.models import Subscription
from yiwang.foundation.ledger import actions as ledger
from yiwang.foundation.ledger.definitions import AlarmKind
from yiwang.kernel.actor import Actor, ActorKind, Grant, Role, machine
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.identity import sample as accounts
from yiwang.support.messages import queries as messages
from yiwang.support.offices import reactions

pytestmark = pytest.mark.django_db
PEOPLE = {
    "asker": (Role.DATA_OFFICER, HERE, CONSUMER),
    "asking head": (Role.HEAD, HERE, CONSUMER),
    "giver": (Role.DATA_OFFICER, PROVINCE, PROVIDER),
    "giving head": (Role.HEAD, PROVINCE, PROVIDER),
    "clerk": (Role.HANDLER, PROVINCE, PROVIDER),
    "other": (Role.DATA_OFFICER, PROVINCE, "11620000000000002X"),
    "authority": (Role.DATA_AUTHORITY, PROVINCE, None),
    "local authority": (Role.DATA_AUTHORITY, HERE, None),
    "operator": (Role.OPERATOR, PROVINCE, None),
    "security": (Role.SECURITY_ADMIN, PROVINCE, None),
    "district operator": (Role.OPERATOR, HERE, None),
}


@pytest.fixture
def told(monkeypatch):
    """The titles in somebody's inbox, once everything announced was heard."""
    offer_as(monkeypatch)
    made = {
        name: accounts.open_official_account(
            f"offices-{number}", at=AT, department=grant[2] or "", grants=(grant,)
        ).subject
        for number, (name, grant) in enumerate(PEOPLE.items())
    }

    def read(name: str, *, at=AT) -> list[str]:
        """In no order: what happens in one moment has none."""
        for _ in range(2):
            journal.seal(at=at)
            journal.run_listeners(at=at)
        found = messages.list_messages(Actor(ActorKind.OFFICIAL, made[name]), limit=50)
        return sorted(one.title for one in found)

    read.people = made
    return read


def test_messages_nobody_took_are_told_to_the_subscribing_office_alone(told, settings) -> None:
    settings.NODE = "62"
    key, _dead = exchange.subscribed(department=CONSUMER, at=AT)
    grant = agreements.grant("62/licence-changes", way=Way.MESSAGE)
    Subscription.objects.filter(key=key).update(grant_key=grant)
    jobs.raise_alerts(actor=machine("test"), at=AT)
    heard = ["有消息没有送到：62/licence-changes"]
    assert told("asker") == told("asking head") == heard
    assert [told(name) for name in ("giver", "clerk", "other", "authority")] == [[]] * 4


#: Who hears of no alert at first.
NOT_WATCHING = ("giver", "clerk", "other", "authority", "local authority")
EVIDENCE = {"first": {"number": 7}, "second": {"number": 8}}


@pytest.fixture
def alarm(told, settings):
    """Another node's checkpoint does not extend its last one."""
    settings.NODE, settings.NODE_DIVISION = "62", PROVINCE
    ledger.raise_alarm(
        ledger="620100", kind=AlarmKind.NOT_EXTENDING, evidence=EVIDENCE, at=AT
    )  # fmt: skip
    return "公开账本警报（620100，NOT_EXTENDING）"


def round_of_clocks(at) -> None:
    clocks.warn(at=at, actor=machine("clock"))


def test_an_odd_hour_is_told_to_who_looks_after_the_house_with_its_evidence(told, settings) -> None:
    settings.NODE, settings.NODE_DIVISION = "62", PROVINCE
    exchange.traffic(at=AT)
    jobs.raise_alerts(actor=machine("test"), at=AT)
    assert len(told("operator")) == len(told("security")) == 2
    assert all(title.startswith("要查明的异常：") for title in told("operator"))
    assert [told(name) for name in NOT_WATCHING] == [[]] * len(NOT_WATCHING)
    [one, _two] = messages.list_messages(Actor(ActorKind.OFFICIAL, told.people["operator"]))
    assert "证据：" in one.text
    assert "/console/exchange/alerts/" in one.text


def test_an_alarm_of_a_ledger_is_told_with_its_evidence_and_waits_for_an_answer(
    told, alarm
) -> None:
    assert told("operator") == told("security") == [f"要查明的异常：{alarm}"]
    assert [told(name) for name in NOT_WATCHING] == [[]] * len(NOT_WATCHING)
    (one,) = messages.list_messages(Actor(ActorKind.OFFICIAL, told.people["operator"]))
    assert "/console/journal/#alarms-title" in one.text
    ledger.raise_alarm(ledger="620100", kind=AlarmKind.NOT_EXTENDING, evidence=EVIDENCE, at=AT)
    assert len(told("operator")) == 1


def test_an_alert_nobody_answers_goes_up_after_two_hours_and_once(told, alarm) -> None:
    told("operator")
    round_of_clocks(AT + timedelta(minutes=119))
    assert told("authority") == []
    for minutes in (121, 131):
        round_of_clocks(AT + timedelta(minutes=minutes))
    late = AT + timedelta(minutes=131)
    assert told("authority", at=late) == [f"两小时没有处理：{alarm}"]
    assert told("security", at=late) == sorted(
        [f"要查明的异常：{alarm}", f"两小时没有处理：{alarm}"]
    )
    assert told("district operator", at=late) == told("security", at=late)
    assert told("local authority", at=late) == []


def test_where_nobody_watches_over_the_place_whoever_does_below_hears(
    told, alarm, settings
) -> None:
    settings.NODE_DIVISION = "630000000000"
    told("operator")
    late = AT + timedelta(hours=3)
    round_of_clocks(late)
    heard = [f"两小时没有处理：{alarm}"]
    assert told("authority", at=late) == told("local authority", at=late) == heard


def test_an_alert_that_was_answered_in_time_goes_no_further(told, alarm) -> None:
    told("operator")
    who = Actor(
        ActorKind.OFFICIAL, told.people["operator"],
        grants=(Grant(Role.OPERATOR, PROVINCE, None),),
    )  # fmt: skip
    (row,) = alerts.list_alerts(who).rows
    assert row.answer_by == AT + timedelta(hours=2)
    soon = AT + timedelta(minutes=90)
    alerts.answer_alert(key=row.key, words="已与兰州核对，对方恢复过数据库", actor=who, at=soon)
    round_of_clocks(AT + timedelta(hours=3))
    assert told("authority", at=AT + timedelta(hours=3)) == []


def test_a_request_that_arrived_is_told_to_the_providers_office_and_to_nobody_else(told) -> None:
    received()
    for name in PEOPLE:
        heard = ["收到共享申请：户籍信息"] if name.startswith("giv") else []
        assert told(name) == heard, name


def test_hearing_the_same_fact_again_tells_nobody_twice(told) -> None:
    view = received()
    fact = DataRequested(
        subject=view.reference, at=AT, resource=view.resource, consumer=CONSUMER,
        provider=PROVIDER, sharing="CONDITIONAL", due_on="2026-03-16",
    )  # fmt: skip
    for _ in range(2):
        reactions.tell_of_request(event=fact, position=7, at=AT)
    journal.seal(at=AT)
    assert len(messages.list_messages(Actor(ActorKind.OFFICIAL, told.people["giver"]))) == 1


def test_the_asking_office_hears_each_answer(told) -> None:
    view = received()
    view = actions.tell_missing(
        key=view.key, version=view.version, words="缺依据", actor=ACTORS["giver"], at=AT
    )
    assert told("asker") == told("asking head") == ["共享申请要补充：户籍信息"]
    agreed()
    refused()
    assert told("asker") == sorted(
        ["共享申请要补充：户籍信息", "同意共享：户籍信息", "不予共享：户籍信息"]
    )
    actions.withdraw(
        key=view.key, version=view.version, words="不要了", actor=ACTORS["asker"], at=AT
    )
    assert "共享申请撤回了：户籍信息" in told("giver")


def test_more_time_is_asked_of_the_providers_authority_and_told_to_who_asks(told) -> None:
    view = received()
    actions.ask_longer(
        key=view.key, version=view.version, days=5, words="接口", actor=ACTORS["giver"], at=AT
    )
    assert told("authority") == ["申请延长答复期限：户籍信息"]
    assert told("local authority") == []
    view = queries.get_request(view.key, ACTORS["giver"], at=AT)
    actions.consent_longer(key=view.key, version=view.version, actor=ACTORS["authority"], at=AT)
    assert told("asker") == ["答复期限已经延长：户籍信息"]


def test_a_dispute_is_told_to_the_provider_and_a_step_up_to_the_common_authority(told) -> None:
    view = refused()
    view = actions.dispute(
        key=view.key, version=view.version, words="职责需要", actor=ACTORS["asker"], at=AT
    )
    assert "对不予共享有争议：户籍信息" in told("giver")
    actions.climb(key=view.key, version=view.version, words="谈不拢", actor=ACTORS["asker"], at=AT)
    assert told("authority") == ["共享争议：户籍信息"]


def test_a_limit_nearly_over_and_over_is_told_to_the_providers_office(told) -> None:
    received()
    for days, title in ((10, "快到期：答复共享申请"), (21, "已超期：答复共享申请")):
        at = AT + timedelta(days=days)
        clocks.warn(at=at, actor=machine("test"))
        assert title in told("giver", at=at)
    assert [one for one in told("giving head", at=at) if one.startswith("已超期")] == [
        "已超期：答复共享申请"
    ]
    assert told("asker", at=at) == []


def test_an_ended_grant_is_told_to_the_using_office_and_its_declaration_to_the_provider(
    told,
) -> None:
    view = agreed()
    who = {"asker": ACTORS["asker"], "giver": ACTORS["giver"]}
    view = actions.deliver(
        key=view.key, version=view.version, service="62/household-register", actor=who["giver"],
        at=AT,
    )  # fmt: skip
    common = {"key": view.grant, "at": AT}
    actions.ask_end(version=1, words="不用了", actor=who["asker"], **common)
    actions.agree_end(version=2, actor=who["giver"], **common)
    ended = "共享已终止，请申报留存和销毁：62/household-register"
    assert ended in told("asker")
    assert ended in told("asking head")
    assert ended not in told("giver")
    for days, title in ((11, "快到期"), (20, "已超期")):
        at = AT + timedelta(days=days)
        clocks.warn(at=at, actor=machine("test"))
        assert f"{title}：申报共享数据的留存和销毁" in told("asker", at=at)
    none = Report(disposal="NONE_HELD")
    actions.declare_disposal(version=3, report=none, actor=who["asker"], **common)
    assert "使用部门申报了留存和销毁：62/household-register" in told("giver", at=at)
    actions.require_disposal(version=4, words="备份也删", actor=who["giver"], **common)
    assert "提供部门提出处置要求：62/household-register" in told("asker", at=at)


def test_a_grant_that_opens_nothing_is_told_once_to_who_holds_it_and_to_the_provider_s_officer(
    told, settings
) -> None:
    settings.NODE = "62"
    exchange.service("62/register", upstream="http://127.0.0.1:1", kind=ServiceKind.TABLE, at=AT)
    agreements.grant("62/register", way=Way.VERIFY, at=AT)
    for _twice in range(2):
        actions.check_ways(actor=machine("clock"), at=AT)
    heard = ["这份授权用不了：62/register"]
    for name in ("asker", "asking head", "giver"):
        assert told(name) == heard, name
    assert [told(name) for name in ("giving head", "clerk", "other", "authority")] == [[]] * 4
    (one,) = messages.list_messages(Actor(ActorKind.OFFICIAL, told.people["asker"]))
    assert "授权的共享方式是“批量核验”，这个服务是“库表交换”" in one.text
    assert "另行申请" in one.text
    assert "/data/grants/" in one.text
