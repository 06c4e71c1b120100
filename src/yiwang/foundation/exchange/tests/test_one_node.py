"""One node, a real process: who may ask what, and what never counts as an answer."""

from __future__ import annotations

import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from yiwang.foundation.agreements import actions as granting
from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.agreements.models import DataGrant
from yiwang.foundation.exchange import actions, grading, sample
from yiwang.foundation.exchange.definitions import ServiceField
from yiwang.foundation.exchange.fastpath import envelope
from yiwang.foundation.exchange.models import Receipt, Service
from yiwang.foundation.exchange.partner import BAD_MODES, MODES
from yiwang.foundation.exchange.tests import running
from yiwang.foundation.resources import sample as resources
from yiwang.foundation.resources.sample import POPULATION
from yiwang.kernel.actor import machine
from yiwang.kernel.moments import now
from yiwang.mechanisms.crypto import actions as crypto

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = "62010219400101001X"
SERVICE = "62/household-register"
#: An endless answer never ends, a trickling one after a quarter of an hour.
GIVES_UP_BEFORE = 30.0
ALL = ("name", "citizen_id", "address", "alive")


@pytest.fixture(scope="module")
def node(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), running.running() as found:
        yield found


@pytest.fixture(scope="module")
def bad():
    with running.partner(slow_seconds=5.0) as found:
        yield found


@pytest.fixture
def caller(node, bad):
    """A system that may ask the household register for everything."""
    _partner, address = bad
    publish(f"{address}/good")
    key = sample.system()
    caller = running.Caller(node, key.key_id, key.secret)
    caller.grant = agreements.grant(SERVICE, fields=ALL, clear_fields=("name",))
    until(lambda: caller.call()[0] == 200)
    return caller


def publish(upstream, code=SERVICE, **more):
    return sample.service(code, upstream=upstream, **more)


def until(met, seconds=60.0):
    """The process hears of a change within seconds; a busy machine takes longer."""
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "not met in time"
        time.sleep(0.02)


def code_of(answer):
    return answer["refusal"]["code"]


def the_receipts(message):
    return {r.side: r for r in Receipt.objects.filter(message=message)}


def test_an_answer_comes_with_receipts_of_both_sides(caller):
    status, answer = caller.call(case="62-2026-000001", item="gaoling")
    assert status == 200
    assert answer["value"] == {
        "name": "马晓燕",
        "citizen_id": "620102********001X",
        "address": "****",
        "alive": True,
    }
    assert (answer["status"], answer["source"]) == ("FOUND", "户籍信息查询（示例）")
    found = the_receipts(answer["message"])
    assert set(found) == {"CONSUMER", "PROVIDER"}
    for receipt in found.values():
        assert (receipt.case_no, receipt.item, receipt.rows) == ("62-2026-000001", "gaoling", 1)
        assert receipt.purpose == "核对申请人情况"
        assert receipt.grant_key == caller.grant
        assert receipt.subject_index == crypto.keyed_index(NUMBER, purpose="exchange.subject")
        assert receipt.request_digest
        assert receipt.reply_digest


def grade(**grades):
    """A version of the catalogue's entry is in force, and heard of."""
    resources.grade(POPULATION, grades, at=now())
    return grading.regrade(resource=POPULATION, actor=machine("t"), at=now())


def test_a_grade_of_the_catalogue_hides_a_field_within_seconds(caller):
    """No service is published anew and no grant changed: the grade counts by itself."""
    Service.objects.filter(code=SERVICE).update(resource=POPULATION)
    assert grade(alive=2, name=4) == 1
    assert caller.call()[1]["value"]["alive"] is True
    began = time.monotonic()
    assert grade(alive=3, name=4) == 1
    until(lambda: caller.call()[1]["value"]["alive"] == "****")
    assert time.monotonic() - began < GIVES_UP_BEFORE
    assert caller.call()[1]["value"]["name"] == "马晓燕"  # its grant gives it in clear
    assert grade(citizen_id=4) == 1  # what is no item is graded as the whole resource
    assert grade(citizen_id=4) == 0
    DataGrant.objects.filter(key=caller.grant).update(clear_fields=["name", "alive"])
    until(lambda: caller.call()[1]["value"]["alive"] is True)
    assert grade(alive=1, citizen_id=1) == 1
    DataGrant.objects.filter(key=caller.grant).update(clear_fields=["name"])
    until(lambda: caller.call()[1]["value"]["alive"] is True)
    value = caller.call()[1]["value"]
    assert value["citizen_id"] == "620102********001X"  # the service's own rule is never weakened


def test_a_grade_told_with_a_grant_hides_a_field_of_a_service_that_knows_none(caller):
    DataGrant.objects.filter(key=caller.grant).update(resource=POPULATION)
    assert caller.call()[1]["value"]["alive"] is True
    resources.grade(POPULATION, dict.fromkeys(ALL, 3), at=now())
    assert granting.regrade(resource=POPULATION, at=now(), actor=machine("t")) == 1
    assert granting.regrade(resource=POPULATION, at=now(), actor=machine("t")) == 0
    until(lambda: caller.call()[1]["value"]["alive"] == "****")


def test_no_number_of_a_person_is_in_a_receipt(caller):
    caller.call()
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(r::text, ' ') FROM exchange_receipt r")
        (text,) = cursor.fetchone()
    assert "62010219400101001X" not in text
    assert "马晓燕" not in text


def test_only_the_fields_asked_for_are_given(caller):
    _status, answer = caller.call(fields=["alive"])
    assert answer["value"] == {"alive": True}


def test_a_system_of_another_department_has_nothing_of_the_grant(caller):
    key = sample.system("62/tourism", department="11620000000000099N")
    other = running.Caller(caller.node, key.key_id, key.secret)
    until(lambda: code_of(other.call()[1]) != "CallerUnknown")
    status, answer = other.call(item="gaoling", case="62-2026-1")
    assert (status, code_of(answer)) == (403, "NotGranted")
    assert {r.status for r in the_receipts(answer["refusal"]["request_id"]).values()} <= {"REFUSED"}


def test_the_platform_itself_asks_only_for_an_item(caller):
    key = sample.system("62/platform", department="")
    platform = running.Caller(caller.node, key.key_id, key.secret)
    until(lambda: platform.call(item="gaoling")[0] == 200)
    status, answer = platform.call()
    assert (status, code_of(answer)) == (403, "NotGranted")


@pytest.mark.parametrize("header", ["X-Exchange-Mac", "X-Exchange-Digest", "X-Exchange-Time"])
def test_an_altered_request_is_not_proven(caller, header):
    path, body = f"/exchange/v1/calls/{SERVICE}", b'{"purpose":"x"}'
    changed = {header: (datetime.now(UTC) + timedelta(seconds=1)).isoformat()}
    headers = caller.headers(path, body, **changed)
    status, _headers, answer = caller.node.send("POST", path, body, headers)
    assert (status, code_of(json.loads(answer))) == (401, "CallerNotProven")


def test_another_body_under_the_same_proof_is_refused(caller):
    path = f"/exchange/v1/calls/{SERVICE}"
    headers = caller.headers(path, b'{"purpose":"x"}')
    status, _headers, answer = caller.node.send("POST", path, b'{"purpose":"y"}', headers)
    assert (status, code_of(json.loads(answer))) == (401, "CallerNotProven")


def test_a_proof_for_one_service_does_not_open_another(caller):
    body = b'{"purpose":"x"}'
    headers = caller.headers(f"/exchange/v1/calls/{SERVICE}", body)
    status, _headers, answer = caller.node.send(
        "POST", "/exchange/v1/calls/62/marriage", body, headers
    )
    assert (status, code_of(json.loads(answer))) == (401, "CallerNotProven")


def test_an_unknown_key_is_refused_without_a_receipt(caller):
    before = Receipt.objects.count()
    stranger = running.Caller(caller.node, "nobody", "00" * 32)
    status, answer = stranger.call()
    assert (status, code_of(answer)) == (401, "CallerUnknown")
    assert Receipt.objects.count() == before


def test_an_ended_key_is_out_within_seconds(caller):
    actions.end_key(key_id=caller.key_id, actor=machine("test"), at=now())
    until(lambda: caller.call()[0] == 401)


def test_a_key_that_signs_with_sm2_is_proven_by_its_signature(caller):
    from yiwang.mechanisms.crypto import primitives

    scalar = primitives.new_sm2_key()
    point = primitives.sm2_public(scalar).hex()
    key = actions.issue_key(system="62/approval", point=point, actor=machine("test"), at=now())
    path, body = (
        f"/exchange/v1/calls/{SERVICE}",
        json.dumps({"purpose": "核对申请人情况", "parameters": {"citizen_id": NUMBER}}).encode(),
    )
    signer = running.Caller(caller.node, key.key_id, "00" * 32)

    def ask(sign_with):
        headers = signer.headers(path, body)
        text = envelope.text_of_request(
            method="POST",
            target=path,
            key_id=key.key_id,
            time=headers["X-Exchange-Time"],
            nonce=headers["X-Exchange-Nonce"],
            digest=headers["X-Exchange-Digest"],
        )
        headers["X-Exchange-Mac"] = primitives.sm2_sign(sign_with, text).hex()
        return caller.node.send("POST", path, body, headers)

    until(lambda: ask(scalar)[0] == 200)
    _status, headers, _body = ask(scalar)
    assert headers["x-exchange-mac"].startswith("sign-node.")
    assert ask(primitives.new_sm2_key())[0] == 401
    # The algorithm follows from the key: an HMAC with the empty secret is no way in.
    assert caller.node.send("POST", path, body, signer.headers(path, body))[0] == 401


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_clock_ten_minutes_off_is_told(caller, minutes):
    status, answer = caller.call(at=datetime.now(UTC) + timedelta(minutes=minutes))
    assert (status, code_of(answer)) == (401, "ClockWrong")


def test_a_call_counts_once(caller):
    nonce = "n" * 32
    assert caller.call(nonce=nonce)[0] == 200
    status, answer = caller.call(nonce=nonce)
    assert (status, code_of(answer)) == (409, "CallRepeated")


def test_of_twenty_equal_calls_at_once_one_is_answered(caller):
    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda _: caller.call(nonce="m" * 32)[0], range(20)))
    assert sorted(statuses) == [200] + [409] * 19


def test_a_repetition_is_known_after_a_restart(caller):
    nonce = "r" * 32
    assert caller.call(nonce=nonce)[0] == 200
    caller.node.kill()
    caller.node.start()
    assert caller.call(nonce=nonce)[0] == 409
    assert caller.call()[0] == 200


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ({"purpose": "随便看看"}, "PurposeNotGranted"),
        ({"fields": ["name", "blood_type"]}, "FieldNotGranted"),
        ({"parameters": {}}, "ParameterMissing"),
        ({"parameters": {"citizen_id": NUMBER, "also": "1"}}, "ParameterMissing"),
        ({"purpose": ""}, "RequestMalformed"),
        ({"purpose": "核对\u0000申请人情况"}, "RequestMalformed"),
        ({"shoe_size": 42}, "RequestMalformed"),
        ({"fields": "name"}, "RequestMalformed"),
        ({"parameters": ["x"]}, "RequestMalformed"),
    ],
)
def test_a_call_outside_its_grant_is_refused(caller, question, code):
    status, answer = caller.call(**question)
    assert 400 <= status < 500
    assert code_of(answer) == code


def test_a_refused_call_has_a_receipt_that_says_why(caller):
    _status, answer = caller.call(purpose="随便看看")
    found = the_receipts(answer["refusal"]["request_id"])
    assert (found["CONSUMER"].status, found["CONSUMER"].refusal) == ("REFUSED", "PurposeNotGranted")


def test_an_ungranted_service_looks_like_an_unknown_one(caller, bad):
    publish(f"{bad[1]}/good", "62/marriage")
    assert code_of(caller.call("62/marriage")[1]) == "NotGranted"
    assert code_of(caller.call("62/nothing-here")[1]) == "NotGranted"


def test_a_grant_for_items_and_cases_wants_both(caller, bad):
    publish(f"{bad[1]}/good", "62/marriage")
    agreements.grant("62/marriage", items=("gaoling",), needs_case=True, fields=("alive",))
    ask = {"item": "gaoling", "case": "62-2026-1"}
    until(lambda: caller.call("62/marriage", **ask)[0] == 200)
    assert code_of(caller.call("62/marriage", item="dibao", case="1")[1]) == "ItemNotGranted"
    assert code_of(caller.call("62/marriage", item="gaoling", case=" ")[1]) == "CaseNeeded"


def test_a_grant_that_is_over_or_not_begun_gives_nothing(caller, bad):
    at = now()
    for name, since, until_ in (("over", -2, -1), ("later", 1, 2)):
        publish(f"{bad[1]}/good", f"62/{name}")
        agreements.grant(
            f"62/{name}",
            fields=("alive",),
            valid_from=at + timedelta(days=since),
            valid_until=at + timedelta(days=until_),
        )
        until(lambda name=name: code_of(caller.call(f"62/{name}")[1]) == "GrantIsOver")


def test_the_day_s_number_is_kept_over_a_restart(caller, bad):
    publish(f"{bad[1]}/good", "62/few")
    agreements.grant("62/few", fields=("alive",), per_day=3)
    until(lambda: caller.call("62/few")[0] == 200)
    assert caller.call("62/few")[0] == 200
    caller.node.kill()
    caller.node.start()
    assert caller.call("62/few")[0] == 200
    status, answer = caller.call("62/few")
    assert (status, code_of(answer)) == (429, "QuotaUsedUp")


def test_who_calls_too_fast_is_slowed(node, bad):
    publish(f"{bad[1]}/good")
    agreements.grant(SERVICE, fields=ALL)
    key = sample.system("62/hasty", per_second=5)
    hasty = running.Caller(node, key.key_id, key.secret)
    until(lambda: hasty.call()[0] == 200)
    codes = [hasty.call() for _ in range(12)]
    assert 429 in [status for status, _answer in codes]


def test_a_revoked_grant_is_refused_in_mid_call(caller, bad):
    from yiwang.foundation.agreements.models import DataGrant

    _partner, address = bad
    publish(f"{address}/slow", "62/slow")
    key = agreements.grant("62/slow", fields=("alive",))
    until(lambda: code_of_or_none(caller.call("62/slow")) is None)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(caller.call, "62/slow")
        time.sleep(0.5)
        DataGrant.objects.filter(key=key).update(state="SUSPENDED")
        status, answer = waiting.result()
    assert (status, code_of(answer)) == (403, "GrantIsOver")
    assert "value" not in answer


def code_of_or_none(found):
    _status, answer = found
    return answer.get("refusal", {}).get("code")


def test_a_stopped_service_answers_nobody_within_seconds(caller):
    actions.stop_service(code=SERVICE, reason="数据异常", actor=machine("test"), at=now())
    until(lambda: code_of_or_none(caller.call()) == "ServiceIsStopped")
    actions.resume_service(code=SERVICE, actor=machine("test"), at=now())
    until(lambda: caller.call()[0] == 200)


@pytest.mark.parametrize("mode", BAD_MODES)
def test_bad_answers_are_never_an_empty_result(caller, bad, mode):
    _partner, address = bad
    publish(f"{address}/{mode}", f"62/{mode}", limit_seconds=1.0)
    agreements.grant(f"62/{mode}", fields=("name", "alive"))
    until(lambda: code_of_or_none(caller.call(f"62/{mode}")) != "NotGranted")
    began = time.monotonic()
    status, answer = caller.call(f"62/{mode}")
    assert time.monotonic() - began < GIVES_UP_BEFORE
    assert status in (502, 503)
    assert answer["status"] == "AWAY"
    expected = ("PartnerAway", "PartnerNonsense", "ReplyTooLarge", "SourceUnclear")
    assert code_of(answer) in expected
    assert "value" not in answer
    receipt = the_receipts(answer["message"])["PROVIDER"]
    assert (receipt.status, receipt.rows) == ("AWAY", 0)


def test_no_such_record_is_an_answer(caller, bad):
    publish(f"{bad[1]}/nobody", "62/nobody")
    agreements.grant("62/nobody", fields=("name",))
    until(lambda: caller.call("62/nobody")[0] == 200)
    _status, answer = caller.call("62/nobody")
    assert answer["status"] == "NOT_FOUND"
    assert "value" not in answer


def test_five_failures_in_a_row_spare_the_partner(caller, bad):
    partner, address = bad
    publish(f"{address}/error", "62/broken")
    agreements.grant("62/broken", fields=("alive",))
    until(lambda: code_of_or_none(caller.call("62/broken")) == "PartnerAway")
    for _ in range(6):
        caller.call("62/broken")
    before = partner.asked["error"]
    assert caller.call("62/broken")[0] == 502
    assert partner.asked["error"] == before
    assert caller.call()[0] == 200  # others are not touched


def test_a_private_address_is_asked_only_where_an_operator_vouched(caller, bad):
    port = bad[1].rsplit(":", 1)[1]
    for name, upstream in (
        ("number", f"https://127.0.0.1:{port}/good"),
        ("name", f"https://localhost:{port}/good"),
        ("decimal", f"https://2130706433:{port}/good"),
        ("mapped", f"https://[::ffff:127.0.0.1]:{port}/good"),
        ("metadata", "https://169.254.169.254/latest"),
    ):
        publish(upstream, f"62/{name}", private_ok=False)
        agreements.grant(f"62/{name}", fields=("alive",))
        until(lambda name=name: code_of_or_none(caller.call(f"62/{name}")) != "NotGranted")
        assert (name, code_of_or_none(caller.call(f"62/{name}"))) == (name, "AddressForbidden")


def test_a_field_nobody_graded_is_hidden(caller, bad):
    publish(f"{bad[1]}/good", "62/partly", fields=(ServiceField("alive", "是否健在", 2),))
    agreements.grant("62/partly", fields=("alive", "name"))
    until(lambda: caller.call("62/partly")[0] == 200)
    assert caller.call("62/partly")[1]["value"] == {"alive": True, "name": "****"}


def test_a_partner_at_its_limit_does_not_hold_up_others(caller, bad):
    publish(f"{bad[1]}/slow", "62/slow-one", per_partner=4)
    agreements.grant("62/slow-one", fields=("alive",))
    until(lambda: code_of_or_none(caller.call("62/slow-one")) is None)
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(caller.call, "62/slow-one") for _ in range(8)]
        time.sleep(0.5)
        assert caller.call()[0] == 200
        assert sum(not one.done() for one in waiting) == 4  # they still wait, we do not
        codes = [code_of_or_none(one.result()) for one in waiting]
    assert codes.count("PartnerBusy") == 4
    assert codes.count(None) == 4


def test_a_call_without_a_database_is_refused_and_the_node_heals(caller):
    """Every connection of the process is cut and no new one let in, as when the server is gone."""
    name = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT 0')
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            cursor.execute("ALTER TABLE exchange_receipt RENAME TO exchange_receipt_away")
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    try:
        status, answer = caller.call()
        assert (status, code_of(answer)) == (503, "ExchangeAway")
        assert "马晓燕" not in json.dumps(answer, ensure_ascii=False)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE IF EXISTS exchange_receipt_away RENAME TO exchange_receipt")
            cursor.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT -1')
    until(lambda: caller.call()[0] == 200)


def test_a_body_over_a_megabyte_is_refused(node):
    link = http.client.HTTPConnection("127.0.0.1", node.port, timeout=10)
    link.putrequest("POST", f"/exchange/v1/calls/{SERVICE}")
    link.putheader("Content-Length", str(50_000_000))
    link.endheaders()
    assert link.getresponse().status == 413
    link.close()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/exchange/v1/",
        "/exchange/v1/calls/..%2f",
        "/%00",
        "/exchange/v1/calls/62/household-register?x=1",
    ],
)
def test_other_addresses_are_not_there(node, path):
    status, _headers, body = node.send("POST", path, b"{}")
    assert status in (400, 401, 404)
    assert json.loads(body)["refusal"]["code"]


@pytest.mark.parametrize(
    ("mode", "status", "outcome", "code"),
    [
        ("says-400", "400 Bad Request", "REFUSED", "SourceRefuses"),
        ("says-422", "422 Unprocessable Content", "REFUSED", "SourceRefuses"),
        ("says-404", "404 Not Found", "AWAY", "SourceUnclear"),
    ],
)
def test_a_department_that_rightly_says_no_is_not_spared(
    caller, bad, monkeypatch, mode, status, outcome, code
):
    """It is well: its eighth wrong question is asked as its first."""
    partner, address = bad

    async def says(_partner, writer, _answer):
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n"
        writer.write(head.encode() + b'{"detail": "no"}')

    monkeypatch.setitem(MODES, mode, says)
    publish(f"{address}/{mode}", f"62/{mode}")
    agreements.grant(f"62/{mode}", fields=("name", "alive"))
    until(lambda: code_of_or_none(caller.call(f"62/{mode}")) != "NotGranted")
    before = partner.asked[mode]
    found = [caller.call(f"62/{mode}") for _ in range(8)]
    assert [(answer["status"], code_of(answer)) for _status, answer in found] == [
        (outcome, code)
    ] * 8
    assert partner.asked[mode] == before + 8


def test_one_that_breaks_is_spared_as_before(caller, bad):
    partner, address = bad
    publish(f"{address}/garbage", "62/broken")
    agreements.grant("62/broken", fields=("name", "alive"))
    until(lambda: code_of_or_none(caller.call("62/broken")) != "NotGranted")
    for _ in range(8):
        caller.call("62/broken")
    before = partner.asked["garbage"]
    assert code_of(caller.call("62/broken")[1]) == "PartnerAway"
    assert partner.asked["garbage"] == before
