"""A road with three bodies, a visit and messages, by API only: until the decision is in hand."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.journeys.test_by_api import Program, _forget  # noqa: F401
from yiwang.capability.journey.tests import jointly
from yiwang.capability.journey.tests.conftest import _fresh  # noqa: F401  forgets cached packs
from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.mechanisms.files import sample as file_samples
from yiwang.mechanisms.files.definitions import Kind
from yiwang.support.identity import actions as identity
from yiwang.support.identity import sample as accounts
from yiwang.support.identity.definitions import SCOPES

pytestmark = pytest.mark.django_db


def program(client, actor, at):
    issued = identity.issue_token(
        name="journey", scopes=list(SCOPES), expires_at=at + timedelta(days=1), actor=actor, at=at
    )
    return Program(client, issued.token)


def test_three_bodies_two_officers_and_an_applicant_bring_a_case_to_its_decision(client):
    at = moments.now()
    jointly.publish(at)
    citizen = jointly.citizen(at=at)
    accounts.open_person_account(citizen.reference, at=at)
    case = jointly.handed_in(citizen, at=at, trees="touched")
    applicant = program(client, citizen, at)
    one, two = jointly.staff("wang", at=at), jointly.staff("liu", Role.APPROVER, at=at)
    handler, approver = program(client, one, at), program(client, two, at)
    version = handler.get(f"/cases/{case}")["version"]
    handler.send(f"/cases/{case}/accept", {"version": version})

    parts = applicant.get(f"/cases/{case}/parts")
    assert [part["state_label"] for part in parts] == ["正在审查"] * 3
    assert all(part["due_on"] for part in parts)
    for name, body in (("ma", jointly.POLICE), ("lin", jointly.GREEN), ("cheng", jointly.ORDER)):
        other = program(client, jointly.staff(name, Role.APPROVER, body, at=at), at)
        (row,) = other.get("/branches")["rows"]
        shared = other.get(f"/branches/{row['key']}")
        assert shared["case"]["answers"][0]["value"] == "静宁路东侧人行道"
        other.get(f"/cases/{case}", expect=404)
        refused = {"version": row["version"], "opinion": "REFUSE"}
        other.send(f"/branches/{row['key']}/answer", refused, expect=422)
        agreed = {"version": row["version"], "opinion": "AGREE", "reasons": "符合规定"}
        assert other.send(f"/branches/{row['key']}/answer", agreed)["state"] == "ANSWERED"
        other.send(f"/branches/{row['key']}/answer", agreed, expect=409)
    branch = applicant.get(f"/cases/{case}/branches")[0]
    assert (branch["audience"], branch["opinions"][0]["reasons"]) == ("APPLICANT", "")

    (visit,) = handler.get(f"/cases/{case}/visits")
    address = f"/visits/{visit['key']}"
    names = {row["reference"] for row in handler.get(f"{address}/colleagues")}
    assert {one.reference, two.reference} == names
    plan = {
        "version": visit["version"], "planned_at": (at + timedelta(days=1)).isoformat(),
        "place": "静宁路 12 号", "officers": sorted(names),
    }  # fmt: skip
    handler.send(f"{address}/plan", {**plan, "officers": [one.reference] * 2}, expect=422)
    planned = handler.send(f"{address}/plan", plan)
    sent = client.post(
        f"/api/v1{address}/photographs",
        {"file": SimpleUploadedFile("a.png", file_samples.content(Kind.PNG)), "point": "place",
         "latitude": "36.05", "longitude": "103.83", "accuracy": "8"},
        headers=handler.headers,
    )  # fmt: skip
    assert sent.status_code == 201, sent.content
    assert sent.json()["points"][0]["photographs"][0]["position"]["latitude"] == 36.05
    found = {"place": {"finding": "MEETS"}, "pipes": {"finding": "NOT_APPLICABLE"}}
    record = {"version": planned["version"], "answers": found, "result": "CONFORMS", "sign": True}
    signed = handler.send(f"{address}/record", record)
    assert signed["state"] == "SIGNED"
    assert approver.send(f"{address}/sign", {"version": signed["version"]})["state"] == "DONE"

    key = {"Idempotency-Key": "message-0001"}
    for _ in range(2):
        talk = applicant.send(f"/cases/{case}/conversation", {"text": "请问要等几天？"}, **key)
    assert [remark["text"] for remark in talk["remarks"]] == ["请问要等几天？"]
    assert approver.get("/conversations")["rows"][0]["case_key"] == case
    reply = {"text": "今天决定", "asks": False}
    answered = approver.send(
        f"/cases/{case}/conversation/reply", reply, **{"Idempotency-Key": "message-0002"}
    )
    assert (answered["turn"], answered["clock"]) == ("NOBODY", None)
    assert applicant.send(f"/cases/{case}/conversation/read")["unread"] == 1

    version = approver.get(f"/cases/{case}")["version"]
    decision = {"version": version, "outcome": "APPROVE", "reason": "各部门同意，现场符合。"}
    assert approver.send(f"/cases/{case}/decide", decision)["decision"]["outcome"] == "APPROVE"


def test_a_consultation_is_asked_answered_and_weighed_by_api(client):
    at = moments.now()
    jointly.publish(at)
    case = jointly.accepted(jointly.citizen(at=at), at=at)
    lead = program(client, jointly.staff("wang", at=at), at)
    asked = {
        "department": jointly.STRANGER,
        "title": "噪声",
        "question": "夜间施工是否扰民？",
        "days": 3,
    }
    opened = lead.send(f"/cases/{case}/consultations", asked, expect=201)
    lead.send(f"/cases/{case}/consultations", asked, expect=409)
    health = program(client, jointly.staff("wei", Role.HANDLER, jointly.STRANGER, at=at), at)
    said = {"version": opened["version"], "opinion": "REFUSE", "reasons": "会扰民"}
    health.send(f"/branches/{opened['key']}/answer", said)
    again = {"version": 2, "question": "改为白天施工", "days": 2}
    health.send(f"/branches/{opened['key']}/ask-again", again, expect=403)
    assert lead.send(f"/branches/{opened['key']}/ask-again", again)["state"] == "OPEN"
    closed = lead.send(f"/branches/{opened['key']}/close", {"version": 3, "reason": "不再需要"})
    assert closed["state"] == "CLOSED"
    police = lead.get(f"/cases/{case}/branches")[0]
    refused = {"version": police["version"], "reason": "等不及"}
    lead.send(f"/branches/{police['key']}/close", refused, expect=409)
