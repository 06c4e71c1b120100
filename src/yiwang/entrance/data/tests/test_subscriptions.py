"""The data officer's page of subscriptions, and the operators' view of every queue."""

from __future__ import annotations

import pytest
from django.test import Client

from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.agreements.definitions import Way
from yiwang.foundation.exchange import jobs, sample
from yiwang.foundation.exchange.topics.models import QueuedMessage, Subscription
from yiwang.kernel import moments
from yiwang.kernel.actor import Role, machine
from yiwang.mechanisms.journal.models import Entry
from yiwang.support.identity import sample as accounts

pytestmark = pytest.mark.django_db

BODY = sample.CONSUMER
PAGE = "/data/subscriptions/"


def official(client: Client, name: str, role: Role, department: str | None = BODY) -> Client:
    at = moments.now()
    division = "620102000000" if department else "620000000000"
    account = accounts.open_official_account(
        name, at=at, department=department or BODY, grants=((role, division, department),)
    )
    accounts.sign_in_client(client, account.subject, at=at)
    return client


@pytest.fixture
def officer(client):
    return official(client, "subscribing-officer", Role.DATA_OFFICER)


@pytest.fixture
def operator():
    return official(Client(), "subscribing-operator", Role.OPERATOR, None)


@pytest.fixture
def granted():
    sample.system("62/approval")
    return agreements.grant("620100/licence-changes", fields=("number", "state"), way=Way.MESSAGE)


def subscribe(client, granted, **more):
    given = {"offer": f"{granted}-0", "system": "62/approval", "begin": "now", **more}
    return client.post(f"{PAGE}new/", given)


def test_an_officer_subscribes_and_it_is_on_record(officer, granted):
    assert "核对申请人情况" in officer.get(f"{PAGE}new/").content.decode()
    answer = subscribe(officer, granted, callback="https://approval.example/hear")
    assert answer.status_code == 302
    page = officer.get(answer.headers["Location"]).content.decode()
    assert "https://approval.example/hear" in page
    assert "已办好" in page
    assert Entry.objects.filter(act="exchange.subscribed").count() == 1
    again = subscribe(officer, granted)
    assert again.status_code == 409
    assert "已经订阅" in again.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "http://approval.example/hear",
        "https://127.0.0.1/hear",
        "https://10.0.0.8/hear",
        "https://169.254.169.254/latest/",
        "https://2130706433/",
        "https://user:word@approval.example/",
        "ftp://approval.example/",
        "nothing",
    ],
)
def test_an_address_inside_is_refused_to_an_officer(officer, granted, address):
    answer = subscribe(officer, granted, callback=address)
    assert answer.status_code == 422
    assert "回调地址不允许访问" in answer.content.decode()
    assert not Subscription.objects.exists()


def test_only_an_operator_vouches_for_a_private_address(officer, operator, granted):
    address = "http://10.0.0.8/hear"
    given = {"callback": address, "private_ok": "yes"}
    assert subscribe(officer, granted, **given).status_code == 403
    assert subscribe(operator, granted, **given).status_code == 302
    # The metadata service of a cloud is vouched for by nobody.
    row = Subscription.objects.get()
    refused = operator.post(
        f"{PAGE}{row.key}/callback/",
        {"version": row.version, "callback": "http://169.254.169.254/", "private_ok": "yes"},
    )
    assert refused.status_code == 422


def test_without_a_grant_of_messages_there_is_nothing_to_subscribe_to(officer):
    sample.system("62/approval")
    agreements.grant("62/household-register", way=Way.CALL)
    assert "还没有可以订阅的主题" in officer.get(f"{PAGE}new/").content.decode()


def test_a_stopped_one_goes_on_and_an_ended_one_loses_what_waits(officer):
    key, dead = sample.subscribed(department=BODY, at=moments.now())
    row = Subscription.objects.get(key=key)
    stopped = officer.post(f"{PAGE}{key}/stop/", {"version": row.version, "reason": "系统检修"})
    assert stopped.status_code == 302
    assert Subscription.objects.get(key=key).state == "STOPPED"
    stale = officer.post(f"{PAGE}{key}/go-on/", {"version": row.version})
    assert stale.status_code == 409
    assert officer.post(f"{PAGE}{key}/go-on/", {"version": row.version + 1}).status_code == 302
    assert Subscription.objects.get(key=key).failures == 0
    why = officer.post(f"{PAGE}{key}/end/", {"version": row.version + 2, "reason": " "})
    assert why.status_code == 422
    done = officer.post(f"{PAGE}{key}/end/", {"version": row.version + 2, "reason": "系统下线"})
    assert done.status_code == 302
    assert {(m.state, m.body) for m in QueuedMessage.objects.all()} == {("WITHDRAWN", "")}
    assert officer.post(f"{PAGE}letters/{dead}/again/").status_code == 409


def test_a_dead_letter_is_sent_again_once(officer):
    key, dead = sample.subscribed(department=BODY, at=moments.now())
    page = officer.get(f"{PAGE}{key}/").content.decode()
    assert "对方的答复不合约定" in page
    assert "死信 1 条" in page
    assert officer.post(f"{PAGE}letters/{dead}/again/").status_code == 302
    assert QueuedMessage.objects.get(message=dead).state == "WAITING"
    assert officer.post(f"{PAGE}letters/{dead}/again/").status_code == 409


def test_another_body_sees_nothing_of_it(client):
    key, dead = sample.subscribed(department=BODY, at=moments.now())
    other = official(client, "other-officer", Role.DATA_OFFICER, agreements.PROVIDER)
    assert key not in other.get(PAGE).content.decode()
    assert other.get(f"{PAGE}{key}/").status_code == 404
    assert other.post(f"{PAGE}letters/{dead}/discard/", {"reason": "x"}).status_code == 404


def test_operators_see_every_queue_and_put_a_dead_letter_away(operator):
    key, dead = sample.subscribed(department=BODY, at=moments.now())
    page = operator.get("/console/exchange/messages/").content.decode()
    assert key in page
    assert dead in page
    assert "对方现在没有答复" in page or "授权已停用" in page
    done = operator.post(f"{PAGE}letters/{dead}/discard/", {"reason": "重复登记"})
    assert done.status_code == 302
    row = QueuedMessage.objects.get(message=dead)
    assert (row.state, row.body) == ("DISCARDED", "")
    assert "没有死信" in operator.get("/console/exchange/messages/").content.decode()


def test_a_provider_sees_who_follows_its_topic(client):
    sample.topic("62/licence-changes", department=BODY)
    page = official(client, "topic-officer", Role.DATA_OFFICER).get(PAGE).content.decode()
    assert "证照状态变更" in page
    assert "还没有部门订阅" in page


def test_an_officer_says_what_became_of_dead_letters(officer):
    at = moments.now()
    key, _dead = sample.subscribed(department=BODY, at=at)
    jobs.raise_alerts(actor=machine("test"), at=at)
    page = officer.get(f"{PAGE}{key}/").content.decode()
    assert "发现有消息没有送到" in page
    assert officer.post(f"{PAGE}{key}/answer/", {"words": " "}).status_code == 422
    assert officer.post(f"{PAGE}{key}/answer/", {"words": "系统升级，已重送"}).status_code == 302
    assert "系统升级，已重送" in officer.get(f"{PAGE}{key}/").content.decode()
    assert officer.post(f"{PAGE}{key}/answer/", {"words": "又写"}).status_code == 409
    other = official(Client(), "other-officer", Role.DATA_OFFICER, agreements.PROVIDER)
    assert other.post(f"{PAGE}{key}/answer/", {"words": "x"}).status_code == 404
