"""Whole stories by API only: from search to a result in hand, verified and reviewed."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from yiwang.capability.intake import queries as intake
from yiwang.capability.journey import sample
from yiwang.capability.journey.tests.conftest import _fresh  # noqa: F401  forgets cached packs
from yiwang.foundation.libraries import sample as people
from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.project import background
from yiwang.support.identity import actions as identity
from yiwang.support.identity import sample as accounts
from yiwang.support.identity.definitions import SCOPES

pytestmark = pytest.mark.django_db


class Program:
    """A program with one token."""

    def __init__(self, client, token=""):
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, address, expect=200, **query):
        answer = self.client.get(f"/api/v1{address}", query, headers=self.headers)
        return self._read(answer, expect)

    def send(self, address, body=None, expect=200, method="post", **headers):
        answer = getattr(self.client, method)(
            f"/api/v1{address}", body or {}, content_type="application/json",
            headers=self.headers | headers,
        )  # fmt: skip
        return self._read(answer, expect)

    def _read(self, answer, expect):
        assert answer.status_code == expect, answer.content.decode()
        if answer["Content-Type"] == "application/pdf":
            return b"".join(answer.streaming_content)
        return answer.json()


def program(client, subject, at):
    actor = accounts.sign_in_client(client, subject, at=at)
    issued = identity.issue_token(
        name="journey", scopes=list(SCOPES), expires_at=at + timedelta(days=1), actor=actor, at=at
    )
    client.cookies.clear()
    return Program(client, issued.token)


@pytest.fixture(autouse=True)
def _forget():
    background.know_all()
    cache.clear()


@pytest.fixture
def at():
    return moments.now()


@pytest.fixture
def anybody(client):
    return Program(client)


def citizen(client, person, at):
    accounts.open_person_account(person.reference, at=at)
    return program(client, person.reference, at)


def official(client, item, at):
    account = accounts.open_official_account(
        "journey", at=at, department=item.department,
        grants=((Role.APPROVER, item.division_code, item.department),),
    )  # fmt: skip
    return program(client, account.subject, at)


def fill_in(me, code, answers, questions=None):
    draft = me.send("/drafts", {"item_code": code, "questions": questions or {}}, 201)
    me.send(f"/drafts/{draft['key']}/prefill")
    draft = me.get(f"/drafts/{draft['key']}")
    body = {"version": draft["version"], "answers": answers}
    return me.send(f"/drafts/{draft['key']}", body, method="patch")


def hand_in(me, draft, key="program-0001"):
    return me.send(f"/drafts/{draft['key']}/submit", **{"Idempotency-Key": key})


def test_an_elder_gets_the_allowance_and_reviews_it(client, anybody, at):
    sample.publish(sample.ALLOWANCE, at=at)
    person = sample.elder(at=at)
    me = citizen(client, person, at)
    guide = anybody.get(f"/items/{sample.ALLOWANCE}")
    assert guide["open_for_application"]
    draft = fill_in(me, sample.ALLOWANCE, sample.allowance_answers(person))
    receipt = hand_in(me, draft)
    assert hand_in(me, draft) == receipt
    jobs.run_waiting(at=moments.now())
    case = me.get(f"/cases/{receipt['case_key']}")
    assert case["state"] == "CLOSED"
    assert case["decision"]["by_rule"] is True
    (benefit,) = me.get("/entitlements")["rows"]
    assert benefit["monthly_fen"] == 5000
    jobs.run_waiting(at=moments.now())
    letter = case["documents"][0]["key"]
    assert me.get(f"/cases/{case['key']}/letters/{letter}")["mark"] == "示例—未加盖印章"
    assert me.get(f"/cases/{case['key']}/letters/{letter}/pdf").startswith(b"%PDF-")
    review = me.send(f"/cases/{case['key']}/review", {"level": 1, "tags": ["convenience"]})
    assert review["level_label"] == "非常满意"
    again = me.send(f"/cases/{case['key']}/review", {"level": 5}, 409)
    assert again["refusal"]["code"] == "CannotReview"


def test_a_shop_is_registered_its_licence_verified_then_revoked(client, anybody, at):
    item = sample.publish(sample.BUSINESS, at=at)
    person = people.register_person(7, at=at)
    me = citizen(client, person, at)
    answers = sample.business_answers(person, place_kind="online", platform="示例平台",
                                      shop_address="https://shop.example.cn/1", scope=["online-sales"])  # fmt: skip
    for hidden in ("place_division", "place_address", "place_proof"):
        answers.pop(hidden)
    receipt = hand_in(me, fill_in(me, sample.BUSINESS, answers))
    jobs.run_waiting(at=moments.now())
    case = me.get(f"/cases/{receipt['case_key']}")
    assert case["state"] == "CLOSED", case["headline"]
    (licence,) = me.get("/licences")["rows"]
    assert {r["label"]: r["value"] for r in licence["rows"]}["统一社会信用代码"].startswith("92")
    seen = anybody.get("/verify", code=licence["verify_code"])
    assert seen["state"] == "VALID"
    assert person.name not in str(seen)
    officer = official(client, item, at)
    officer.send(f"/licences/{licence['key']}/state", {"act": "revoke", "reason": "示例理由"})
    assert anybody.get("/verify", code=licence["verify_code"])["state"] == "REVOKED"


def test_an_official_refuses_with_reasons_and_ways_of_appeal(client, at):
    item = sample.publish(sample.ALLOWANCE, at=at)
    person = sample.elder(at=at)
    me, officer = citizen(client, person, at), official(client, item, at)
    draft = fill_in(me, sample.ALLOWANCE, sample.allowance_answers(person))
    receipt = me.send(
        f"/drafts/{draft['key']}/submit?by_person=true", **{"Idempotency-Key": "program-0002"}
    )
    jobs.run_waiting(at=moments.now())
    key = receipt["case_key"]
    (row,) = officer.get("/cases", status="WAITING_FOR_OFFICIAL")["rows"]
    assert row["key"] == key
    case = officer.send(f"/cases/{key}/accept", {"version": row["version"]})
    body = {"version": case["version"], "outcome": "REJECT", "reason": "已在别处领取"}
    done = officer.send(f"/cases/{key}/decide", body)
    assert done["decision"]["outcome"] == "REJECT"
    assert officer.send(f"/cases/{key}/decide", body, 409)["refusal"]["status"] == 409
    seen = me.get(f"/cases/{key}")
    assert any("行政复议" in line for line in seen["decision"]["appeal"])
    letter = next(d for d in seen["documents"] if d["kind"] == "REJECTION")
    words = "".join(me.get(f"/cases/{key}/letters/{letter['key']}")["paragraphs"])
    assert "已在别处领取" in words
    assert "六十日内" in words


def test_what_is_not_mine_is_not_there_by_any_door(client, at):
    sample.publish(sample.ALLOWANCE, at=at)
    person = sample.elder(at=at)
    me = citizen(client, person, at)
    stranger = citizen(client, people.register_person(9, at=at), at)
    draft = fill_in(me, sample.ALLOWANCE, sample.allowance_answers(person))
    receipt = hand_in(me, draft)
    jobs.run_waiting(at=moments.now())
    case = me.get(f"/cases/{receipt['case_key']}")
    (benefit,) = me.get("/entitlements")["rows"]
    for address in (
        f"/drafts/{draft['key']}",
        f"/cases/{case['key']}",
        f"/cases/{case['key']}/letters/{case['documents'][0]['key']}",
        f"/entitlements/{benefit['key']}",
    ):
        stranger.get(address, 404)
    assert stranger.get("/cases")["rows"] == []
    assert stranger.get("/entitlements") == {"rows": [], "next": ""}


def test_a_token_without_the_scope_is_refused(client, at):
    person = sample.elder(at=at)
    accounts.open_person_account(person.reference, at=at)
    actor = accounts.sign_in_client(client, person.reference, at=at)
    issued = identity.issue_token(
        name="narrow", scopes=["items:read"], expires_at=at + timedelta(days=1), actor=actor, at=at
    )
    client.cookies.clear()
    assert Program(client, issued.token).get("/cases", 403)["refusal"]["status"] == 403


def test_a_session_without_a_csrf_token_changes_nothing(at):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    sample.publish(sample.ALLOWANCE, at=at)
    person = sample.elder(at=at)
    accounts.open_person_account(person.reference, at=at)
    actor = accounts.sign_in_client(strict, person.reference, at=at)
    answer = strict.post(
        "/api/v1/drafts", {"item_code": sample.ALLOWANCE}, content_type="application/json"
    )
    assert answer.status_code == 403
    assert intake.list_drafts(actor, at=at).rows == ()
