"""A county runs its own staff, posts, stand-ins and place by program, as its pages do."""

import json
from datetime import timedelta

import pytest

from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.network.directory import sample as places
from yiwang.support.identity import actions as identity
from yiwang.support.identity import queries
from yiwang.support.identity import sample as accounts

CHENGGUAN, QILIHE = "620102000000", "620103000000"
pytestmark = pytest.mark.django_db


@pytest.fixture
def body():
    places.load_chengguan()
    return places.register_departments()[0]


def program(client, user_name, *grants, department="", scopes=("local:read", "local:write")):
    """A function that calls the API with this official's token."""
    at = moments.now()
    account = accounts.open_official_account(user_name, at=at, department=department, grants=grants)
    issued = identity.issue_token(
        name="接口",
        scopes=scopes,
        expires_at=at + timedelta(days=1),
        actor=queries.get_actor(account.key, at=at),
        at=at,
    )

    def call(method, path, body=None):
        return client.generic(
            method, f"/api/v1{path}", b"" if body is None else json.dumps(body).encode(),
            content_type="application/json", headers={"Authorization": f"Bearer {issued.token}"},
        )  # fmt: skip

    call.account = account
    return call


@pytest.fixture
def first(client, body):
    return program(client, "bendi", (Role.LOCAL_ADMIN, CHENGGUAN, None))


@pytest.fixture
def second(client, body):
    return program(client, "bendi2", (Role.LOCAL_ADMIN, CHENGGUAN, None))


def in_days(days):
    return (moments.now() + timedelta(days=days)).isoformat()


def test_an_account_a_post_by_two_and_leaving(first, second, body):
    made = first("POST", "/local/staff", {"user_name": "xin", "name": "新", "department": body})
    assert made.status_code in (200, 201), made.content.decode()
    account = made.json()["account"]
    assert len(made.json()["password"]) >= 20
    assert "xin" in {row["user_name"] for row in first("GET", "/local/staff").json()["rows"]}
    about = {"name": "登记岗", "division_code": CHENGGUAN, "department": body}
    post = first("POST", "/local/posts", about | {"roles": ["HANDLER", "REVIEWER"]}).json()["key"]
    assert first("POST", "/local/posts", about | {"roles": ["HEAD"]}).status_code == 409
    appoint = {"user_name": "xin", "valid_until": in_days(30)}
    grant = first("POST", f"/local/posts/{post}/grants", appoint).json()["key"]
    assert [one["key"] for one in second("GET", "/local/grants").json()] == [grant]
    assert first("POST", f"/local/grants/{grant}/confirm").status_code == 409
    assert second("POST", f"/local/grants/{grant}/confirm").status_code == 204
    (held,) = first("GET", f"/local/staff/{account}/grants").json()
    assert (held["post"], held["roles"]) == (post, ["HANDLER", "REVIEWER"])
    assert first("GET", f"/local/posts/{post}/grants").json() == [held]
    assert [one["holders"] for one in first("GET", "/local/posts").json()] == [1]
    assert second("POST", f"/local/posts/{post}/end").status_code == 204
    assert first("GET", f"/local/staff/{account}/grants").json() == []
    assert first("GET", f"/local/posts/{post}").json()["ended_at"]
    assert first("POST", f"/local/staff/{account}/leave", {}).status_code == 204
    assert not queries.get_account(account).active


def test_a_single_role_is_given_and_taken_back(first, second, body):
    made = second("POST", "/local/staff", {"user_name": "x", "name": "新", "department": body})
    account = made.json()["account"]
    role = {"role": "HANDLER", "division_code": CHENGGUAN, "department": body}
    where = f"/local/staff/{account}/grants"
    grant = first("POST", where, role | {"valid_until": in_days(30)}).json()["key"]
    second("POST", f"/local/grants/{grant}/confirm")
    assert queries.get_actor(account, at=moments.now()).has_role(Role.HANDLER)
    assert first("POST", f"/local/grants/{grant}/end").status_code == 204
    assert queries.get_actor(account, at=moments.now()).grants == ()
    operator = role | {"role": "OPERATOR", "valid_until": in_days(30)}
    assert first("POST", where, operator).status_code == 403


def test_a_stand_in_is_asked_confirmed_and_ended(client, first, second, body):
    desk = ("desk:read", "desk:write")
    about = {"department": body, "scopes": desk}
    away = program(client, "shen", (Role.APPROVER, CHENGGUAN, body), **about)
    program(client, "tong", (Role.HANDLER, CHENGGUAN, body), **about)
    wish = {
        "taker": "tong", "reason": "休假", "valid_from": in_days(0), "valid_until": in_days(5)
    }  # fmt: skip
    asked = away("POST", "/desk/stand-ins", wish)
    assert asked.status_code == 201
    key = asked.json()["key"]
    assert [one["key"] for one in away("GET", "/desk/stand-ins").json()] == [key]
    assert [one["key"] for one in first("GET", "/local/stand-ins").json()] == [key]
    assert away("POST", f"/local/stand-ins/{key}/confirm").status_code == 403
    assert first("POST", f"/local/stand-ins/{key}/confirm").json()["confirmed_by"]
    assert first("POST", f"/local/stand-ins/{key}/confirm").status_code == 409
    assert away("POST", f"/desk/stand-ins/{key}/end").json()["ended_at"]
    by_first = first("POST", "/local/stand-ins", wish | {"principal": "shen"})
    confirm = f"/local/stand-ins/{by_first.json()['key']}/confirm"
    assert (first("POST", confirm).status_code, second("POST", confirm).status_code) == (409, 200)
    assert away("POST", "/desk/stand-ins", wish | {"taker": "nobody"}).status_code == 422


def test_hours_days_off_look_and_items(first):
    span = {"opens": "09:00", "closes": "12:00"}
    assert first("PUT", "/local/hours", {"weekday": 0, "spans": [span]}).status_code == 204
    backwards = {"opens": "12:00", "closes": "09:00"}
    assert first("PUT", "/local/hours", {"weekday": 0, "spans": [backwards]}).status_code == 422
    tomorrow = (moments.legal_date(moments.now()) + timedelta(days=1)).isoformat()
    off = {"on": tomorrow, "reason": "停电"}
    assert first("POST", "/local/closed-days", off).status_code == 204
    assert first("PUT", "/local/look", {"name": "城关政务", "colour": "GREEN"}).status_code == 204
    place = first("GET", "/local/place").json()
    assert place["hours"] == [{"weekday": 0, "opens": "09:00:00", "closes": "12:00:00"}]
    assert place["closed"] == [off]
    assert place["look"]["colour"] == "GREEN"
    assert first("DELETE", f"/local/closed-days/{tomorrow}").status_code == 204
    assert first("GET", "/local/place").json()["closed"] == []
    assert first("GET", "/local/items").json() == []
    assert first("POST", "/local/items/none/pause", {"reason": "停"}).status_code == 404
    assert first("POST", "/local/items/none/resume").status_code == 404


def test_another_place_finds_nothing_and_other_roles_do_not_come_in(client, first, body):
    account = first.account.key
    elsewhere = program(client, "qili", (Role.LOCAL_ADMIN, QILIHE, None))
    about = {"name": "岗", "division_code": CHENGGUAN, "department": body, "roles": ["HANDLER"]}
    post = first("POST", "/local/posts", about).json()["key"]
    for method, path in (
        ("GET", f"/local/posts/{post}"),
        ("GET", f"/local/posts/{post}/grants"),
        ("GET", f"/local/staff/{account}/grants"),
    ):
        assert elsewhere(method, path).status_code == 404
    assert elsewhere("POST", "/local/posts", about).status_code == 403
    assert elsewhere("POST", f"/local/posts/{post}/end").status_code == 403
    clerk = program(client, "shen", (Role.APPROVER, CHENGGUAN, body))
    narrow = program(client, "bendi3", (Role.LOCAL_ADMIN, CHENGGUAN, None), scopes=("local:read",))
    for path in ("/local/staff", "/local/posts", "/local/place", "/local/items"):
        assert clerk("GET", path).status_code == 403
    assert narrow("GET", "/local/staff").status_code == 200
    assert narrow("POST", "/local/posts", about).status_code == 403
