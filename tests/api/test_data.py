"""The catalogue of data by program: written, published, listed; a datum called wrong and answered."""

import json
from datetime import timedelta

import pytest

from yiwang.foundation.laws import actions as laws
from yiwang.foundation.libraries import sample as people
from yiwang.foundation.resources import actions, queries, sample
from yiwang.kernel import moments
from yiwang.kernel.actor import Role, machine
from yiwang.network.directory import sample as places
from yiwang.support.identity import actions as identity
from yiwang.support.identity import queries as accounts_queries
from yiwang.support.identity import sample as accounts

pytestmark = pytest.mark.django_db


@pytest.fixture
def at():
    at = moments.now()
    places.load_chengguan()
    places.register_departments()
    laws.import_shipped(actor=machine("test"), at=at)
    return at


@pytest.fixture
def program(client, at):
    def called(account, scopes=("data:read", "data:write")):
        actor = accounts_queries.get_actor(account.key, at=at)
        issued = identity.issue_token(
            name="接口", scopes=scopes, expires_at=at + timedelta(days=1), actor=actor, at=at
        )

        def call(method, path, body=None):
            return client.generic(
                method, f"/api/v1{path}", b"" if body is None else json.dumps(body).encode(),
                content_type="application/json",
                headers={"Authorization": f"Bearer {issued.token}"},
            )  # fmt: skip

        return call

    return called


@pytest.fixture
def official(program, at):
    def made(name, role=Role.DATA_OFFICER, serial=7, **more):
        body = places.department_uscc(places.CHENGGUAN, serial) if serial else None
        grants = ((role, places.CHENGGUAN, body),)
        account = accounts.open_official_account(name, at=at, department=body or "", grants=grants)
        return program(account, **more)

    return made


def written(**changes):
    said = sample.content().as_data()
    said.pop("local")
    return {**json.loads(json.dumps(said)), "version": 0, **changes}


def test_a_resource_is_written_and_published_by_program(official, at):
    police, keeper = official("police"), official("keeper", Role.DATA_AUTHORITY, serial=None)
    draft = police("POST", "/data/resources", written())
    assert draft.status_code == 200, draft.content
    key = draft.json()["key"]

    def hand_in(version):
        said = {"version": version, "assessment": "不涉密，按最小必要提供"}
        asked = police("POST", f"/data/versions/{key}/submit", said).json()
        assert asked["state"] == "TO_CONSENT"
        actions.consent(key=key, version=asked["version"], actor=machine("head"), at=at)

    assert police("POST", f"/data/versions/{key}/submit", {"version": 1}).status_code == 422
    hand_in(1)
    assert [row["key"] for row in keeper("GET", "/data/waiting").json()] == [key]
    back = keeper("POST", f"/data/versions/{key}/send-back", {"version": 3, "reason": "写细"})
    assert back.json()["remark"] == "写细"
    again = police("POST", "/data/resources", written(version=4, officer="李警官"))
    assert again.json()["version"] == 5
    hand_in(5)
    assert police("POST", f"/data/versions/{key}/publish", {"version": 7}).status_code == 403
    published = keeper("POST", f"/data/versions/{key}/publish", {"version": 7}).json()
    assert (published["number"], published["closed"]) == (1, "")
    assert published["items"][0]["element"] == "person.name"
    assert keeper("POST", f"/data/versions/{key}/publish", {"version": 7}).status_code == 409
    one = police("GET", f"/data/resources/{published['key']}").json()
    assert one["officer" if "officer" in one else "name"]


def test_what_is_wrong_is_named_field_by_field(official):
    police = official("police")
    refused = police("POST", "/data/resources", written(sharing="NONE", condition=""))
    assert refused.status_code == 422
    assert "basis_law" in {p["field"] for p in refused.json()["refusal"]["fields"]}
    unread = police("POST", "/data/resources", written(sharing="随便"))
    assert unread.status_code == 422
    assert police("POST", "/data/resources", {"name": "x"}).status_code == 422


def test_lists_come_in_pages_and_by_who_asks(official, client, at):
    sample.publish_all(at=at)
    police = official("police")
    first = police("GET", "/data/resources?limit=5").json()
    rest = police("GET", f"/data/resources?limit=5&after={first['next']}").json()
    assert len(first["rows"]) + len(rest["rows"]) == 9
    assert rest["next"] == ""
    opened = client.get("/api/v1/data/open").json()
    assert [row["code"] for row in opened["rows"]] == [
        sample.FIRMS, "105001/000001", sample.LICENCES, "302002/000001",
    ]  # fmt: skip
    (negative,) = police("GET", "/data/negative").json()["rows"]
    assert negative["article"] == "第一百一十五条"
    assert police("GET", "/data/duty").json() == {"rows": [], "next": ""}
    assert police("GET", "/data/demand?state=MISSING").json()["rows"] == []
    elements = police("GET", "/data/elements?q=person.&limit=2").json()
    assert [row["code"].partition(".")[0] for row in elements["rows"]] == ["person", "person"]
    name = police("GET", "/data/elements/person.name?limit=1").json()
    assert (name["kind"], len(name["holders"]), name["needs"]) == ("TEXT", 1, [])
    assert name["next"] == name["holders"][0]["key"]
    assert "sex" in [row["name"] for row in police("GET", "/data/code-tables").json()]
    assert police("GET", "/data/code-tables/sex").json()["codes"][1]["label"] == "男性"
    assert police("GET", "/data/elements/no.such").status_code == 404
    narrow = official("narrow", scopes=("desk:read",))
    assert narrow("GET", "/data/resources").status_code == 403
    assert client.get("/api/v1/data/resources").status_code == 401


def test_a_datum_is_called_wrong_and_answered_by_program(official, program, at):
    sample.publish_all(at=at)
    person = people.register_person(1, at=at)
    mine = program(accounts.open_person_account(person.reference, at=at))
    said = {"element": "person.name", "wrong": "写错了一个字"}
    made = mine("POST", "/my/data-corrections", said)
    assert made.status_code == 200, made.content
    key = made.json()["key"]
    assert mine("POST", "/my/data-corrections", said).json()["key"] == key
    police, social = official("police"), official("social", serial=5)
    (row,) = police("GET", "/data/corrections?state=ASKED").json()["rows"]
    assert person.name not in row["who"]
    answer = {"version": 1, "corrected": True, "answer": "已更正"}
    assert social("POST", f"/data/corrections/{key}/answer", answer).status_code == 404
    done = police("POST", f"/data/corrections/{key}/answer", answer)
    assert done.json()["state"] == "CORRECTED"
    assert mine("GET", "/my/data-corrections").json()["rows"][0]["answer"] == "已更正"
    ((_key, copy),) = queries.list_copies_waiting(sample.officer(serial=5))
    assert social("POST", f"/data/copies/{copy.key}/taken").json() is True
    assert social("POST", f"/data/copies/{copy.key}/taken").json() is False
