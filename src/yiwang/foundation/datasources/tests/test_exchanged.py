"""A published query called from outside: the exchange's process, then the query process."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.agreements.definitions import Way
from yiwang.foundation.agreements.models import DataGrant
from yiwang.foundation.datasources import actions, queries, sample, serving
from yiwang.foundation.datasources.tests.running import process
from yiwang.foundation.exchange import actions as exchange
from yiwang.foundation.exchange import sample as systems
from yiwang.foundation.exchange.models import Receipt
from yiwang.foundation.exchange.refusals import ServiceTaken
from yiwang.foundation.exchange.tests import running

pytestmark = pytest.mark.django_db(transaction=True)
SERVICE, CHECK = "62/market-licence", "62/market-licence-check"


@pytest.fixture
def caller(django_db_setup):
    officer = sample.officer("zhang")
    source = sample.uploaded(actor=officer)
    for body in (sample.query(), sample.verification(misses_per_day=15)):
        actions.propose_query(source=source.key, published=body, actor=officer, at=sample.AT)
    key = systems.system()
    fields = tuple(one.name for one in sample.query().fields)
    agreements.grant(SERVICE, fields=fields)
    agreements.grant(CHECK, fields=("licence_no",), way=Way.VERIFY)
    with process(), running.running() as node:
        yield running.Caller(node, key.key_id, key.secret)


def test_rows_come_masked_with_a_receipt_and_batches_as_yes_and_no(caller):
    status, answer = caller.call(SERVICE, parameters={"licence_no": "LZ000007"})
    assert status == 200, answer
    (row,) = answer["rows"]
    assert row == {
        "licence_no": "LZ000007",
        "holder": "示*****",  # grade 3, and the grant does not open it
        "stalls": 3,
        "deposit": "7.5",
        "issued_on": "2026-01-08",
        "open": True,
    }
    assert answer["as_of"] == "2026-03-02T01:00:00+00:00"
    none = caller.call(SERVICE, parameters={"licence_no": "' OR 1=1 --"})
    assert (none[0], none[1]["status"]) == (200, "NOT_FOUND")

    keys = [[f"LZ{n:06d}", f"示例商户{n}号"] for n in range(1195, 1211)]
    status, answer = caller.call(CHECK, parameters={"keys": keys})
    assert (status, answer["value"]) == (200, {"verdicts": [True] * 6 + [False] * 10})

    wrong = caller.call(SERVICE, parameters={"licence_no": ["x"]})[1]["refusal"]
    assert wrong["code"] == "ParameterMissing"
    few = caller.call(CHECK, parameters={"keys": keys[:3]})[1]["refusal"]
    assert few["code"] == "ParameterMissing"
    caller.call(CHECK, parameters={"keys": [[f"X{n}", "x"] for n in range(10)]})
    assert caller.call(CHECK, parameters={"keys": keys})[1]["refusal"]["code"] == "QuotaUsedUp"
    assert Receipt.objects.filter(service=SERVICE, status="FOUND", rows=1).exists()
    assert not Receipt.objects.filter(status="AWAY").exists()


def test_a_new_version_and_a_stop_reach_the_exchange(caller):
    officer = sample.officer("zhang")
    query = next(q for q in queries.list_queries(officer) if q.name == "market-licence")
    fewer = replace(query.published, fields=query.published.fields[:3])
    newer = actions.propose_query(
        source=query.source.key, published=fewer, query=query.key, version=query.version,
        actor=officer, at=sample.AT,
    )  # fmt: skip
    said = lambda: caller.call(SERVICE, parameters={"licence_no": "LZ000007"})  # noqa: E731
    _until(lambda: set(said()[1]["rows"][0]) == {"licence_no", "holder", "stalls"})
    actions.stop_query(
        query=query.key, version=newer.version, reason="检修", actor=officer, at=sample.AT
    )
    _until(lambda: said()[1].get("refusal", {}).get("code") == "ServiceIsStopped")


@pytest.mark.parametrize(
    ("service", "way", "said"),
    [
        (CHECK, Way.CALL, "授权的共享方式是“接口调用”，这个服务是“批量核验”。"),
        (SERVICE, Way.VERIFY, "授权的共享方式是“批量核验”，这个服务是“查询服务”。"),
        (SERVICE, Way.TABLE, "授权的共享方式是“库表交换”，这个服务是“查询服务”。"),
    ],
)
def test_a_grant_of_another_way_opens_nothing(caller, service, way, said):
    DataGrant.objects.update(way=way)
    asked = {"licence_no": "LZ000007"} if service == SERVICE else {"keys": [["LZ000007", "x"]] * 16}
    _until(lambda: code_in(caller.call(service, parameters=asked)[1]) == "WayNotGranted")
    status, answer = caller.call(service, parameters=asked)
    assert (status, answer["refusal"]["sentence"]) == (403, said)
    assert not {"rows", "value"} & set(answer)


def code_in(answer) -> str:
    return answer.get("refusal", {}).get("code", "")


def test_a_caller_learns_that_there_are_more_rows_than_he_was_given(caller):
    officer = sample.officer("zhang")
    source = sample.uploaded(actor=officer)
    fields = tuple(one for one in sample.query().fields if one.name in ("licence_no", "open"))
    for rows, name in ((3, "few-licences"), (5_000, "all-licences")):
        body = sample.query(name, parameters=(), rows=rows, fields=fields)
        actions.propose_query(source=source.key, published=body, actor=officer, at=sample.AT)
        agreements.grant(f"62/{name}", fields=("licence_no", "open"))
    _until(lambda: caller.call("62/few-licences", parameters={})[0] == 200)
    few = caller.call("62/few-licences", parameters={}, fields=["licence_no"])[1]
    assert [set(row) for row in few["rows"]] == [{"licence_no"}] * 3
    assert few["more"] is True
    everything = caller.call("62/all-licences", parameters={})[1]
    assert len(everything["rows"]) == 1200
    assert "more" not in everything


def test_a_name_of_another_service_is_not_taken_over():
    officer = sample.officer("zhang")
    other = replace(
        serving.service_of(sample.query(), department=""), upstream="https://example.gov.cn/x"
    )
    exchange.publish_service(service=other, actor=officer, at=sample.AT)
    source = sample.uploaded(actor=officer)
    with pytest.raises(ServiceTaken):
        actions.propose_query(
            source=source.key, published=sample.query(), actor=officer, at=sample.AT
        )
    assert queries.list_queries(officer) == ()


def _until(met, seconds=5.0):
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end
        time.sleep(0.05)
