"""本地管理: a county's administrator runs its own staff, hours, look and items, and nobody else's."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache

from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.network.directory import queries as directory
from yiwang.network.directory import sample as places
from yiwang.support.identity import queries
from yiwang.support.identity import sample as accounts
from yiwang.support.identity.definitions import AccountKind

CHENGGUAN, QILIHE = "620102000000", "620103000000"
pytestmark = pytest.mark.django_db


@pytest.fixture
def body(db):
    places.load_chengguan()
    return places.register_departments()[0]


def staff(name, *grants, department=""):
    at = moments.now()
    account = accounts.open_official_account(name, at=at, grants=grants, department=department)
    return account, f"official:{account.subject.partition(':')[2]}"


@pytest.fixture
def admin(client, body):
    _account, reference = staff("bendi", (Role.LOCAL_ADMIN, CHENGGUAN, None))
    accounts.sign_in_client(client, reference)
    return reference


@pytest.fixture
def approver(body):
    return staff("shen", (Role.APPROVER, CHENGGUAN, body), department=body)


def test_an_account_a_role_by_two_and_leaving(client, admin, body):
    made = client.post(
        "/console/local/new/", {"user_name": "xinlai", "name": "新来的", "body": body}
    ).content.decode()
    assert re.search(r"<code>[\w-]{20}</code>", made)
    account = queries.get_account_by_user_name("xinlai", AccountKind.OFFICIAL)
    until = (moments.legal_date(moments.now()) + timedelta(days=30)).isoformat()
    address = f"/console/local/staff/{account.key}/"
    given = client.post(address, {"role": "APPROVER", "body": body, "until": until})
    assert given["Location"] == "/console/local/?done=proposed"
    (waiting,) = queries.list_standing_grants(at=moments.now(), waiting=True)
    settle = f"/console/local/grants/{waiting.grant.key}/settle/"
    assert client.post(settle, {"verb": "confirm"}).status_code == 409
    _second, other = staff("bendi2", (Role.LOCAL_ADMIN, CHENGGUAN, None))
    accounts.sign_in_client(client, other)
    assert "新来的" in client.get("/console/local/").content.decode()
    assert client.post(settle, {"verb": "confirm"}).status_code == 302
    assert queries.get_actor(account.key, at=moments.now()).has_role(Role.APPROVER)
    left = client.post(f"{address}leave/", {"taker": ""})
    assert left["Location"] == "/console/local/?done=left"
    assert not queries.get_account(account.key).active


def test_a_role_he_may_not_take_back_has_no_button(client, admin, approver, body):
    other, _reference = staff("bendi3", (Role.LOCAL_ADMIN, CHENGGUAN, body), department=body)
    theirs = client.get(f"/console/local/staff/{other.key}/").content.decode()
    assert "由安全管理员管理" in theirs
    assert "收回<" not in theirs
    mine = client.get(f"/console/local/staff/{approver[0].key}/").content.decode()
    assert "收回<" in mine
    assert "由安全管理员管理" not in mine


def test_no_administrator_s_role_is_given_here(client, admin, approver, body):
    address = f"/console/local/staff/{approver[0].key}/"
    for role in ("LOCAL_ADMIN", "SECURITY_ADMIN", "OPERATOR", "AUDITOR"):
        assert client.post(address, {"role": role, "body": body, "until": ""}).status_code == 422


def test_another_place_s_staff_is_not_found(client, admin):
    account, _reference = staff("qili", (Role.APPROVER, QILIHE, None))
    for page in ("", "leave/"):
        address = f"/console/local/staff/{account.key}/{page}"
        assert client.get(address).status_code == 404
        assert client.post(address, {"taker": ""}).status_code == 404
    assert "qili" not in client.get("/console/local/").content.decode()


def test_hours_day_off_and_look_show_on_public_pages(client, admin):
    at = moments.now()
    tomorrow = (moments.legal_date(at) + timedelta(days=1)).isoformat()
    hours = {"what": "hours", "day-0": "09:00-12:00，14:00-18:00"}
    assert client.post("/console/local/place/", hours).status_code == 302
    closing = {"what": "close", "on": tomorrow, "reason": "停电检修"}
    assert client.post("/console/local/place/", closing).status_code == 302
    look = {"what": "look", "name": "城关政务", "colour": "GREEN"}
    assert client.post("/console/local/place/", look).status_code == 302
    client.cookies["division"] = CHENGGUAN
    cache.clear()  # a look is remembered for a minute
    page = client.get("/departments/").content.decode()
    for words in ("09:00–12:00", "停电检修", "城关政务", "brand-green"):
        assert words in page
    assert client.post("/console/local/place/", {"what": "open", "on": tomorrow}).status_code == 302
    assert directory.list_closed_days(CHENGGUAN, since=moments.legal_date(at)) == ()
    for wrong in ({"what": "hours", "day-0": "9点"}, {"what": "x"}, {"what": "close", "on": "x"}):
        assert client.post("/console/local/place/", wrong).status_code == 422


def test_others_do_not_come_in(client, body, approver):
    accounts.sign_in_client(client, approver[1])
    for page in ("", "new/", "place/", "items/"):
        assert client.get(f"/console/local/{page}").status_code == 403


def test_a_stand_in_is_asked_confirmed_and_changed_over_to(client, admin, approver, body):
    _colleague, reference = staff("tong", (Role.HANDLER, CHENGGUAN, body), department=body)
    accounts.sign_in_client(client, approver[1])
    today = moments.legal_date(moments.now())
    asked = client.post(
        "/desk/stand-ins/",
        {
            "taker": "tong",
            "since": today.isoformat(),
            "until": (today + timedelta(days=3)).isoformat(),
            "reason": "休假",
        },
    )
    assert asked.status_code == 302
    (row,) = queries.list_stand_ins(approver[1], at=moments.now())
    assert client.post(f"/desk/stand-ins/{row.key}/begin/").status_code == 404
    accounts.sign_in_client(client, admin)
    assert "休假" in client.get("/console/local/").content.decode()
    client.post(f"/console/local/stand-ins/{row.key}/settle/", {"verb": "confirm"})
    accounts.sign_in_client(client, reference)
    assert client.post(f"/desk/stand-ins/{row.key}/begin/")["Location"] == "/desk/"
    page = client.get("/desk/").content.decode()
    assert "（代" in page
    assert "正在代理" in page
    client.post("/desk/stand-ins/stop/")
    assert "正在代理" not in client.get("/desk/").content.decode()
    client.post(f"/desk/stand-ins/{row.key}/end/")
    assert queries.list_stand_ins(reference, at=moments.now()) == ()
    wrong = client.post("/desk/stand-ins/", {"taker": "nobody"})
    assert wrong.status_code == 422


def test_an_administrator_asks_for_somebody_who_is_away(client, admin, approver, body):
    staff("tong", (Role.HANDLER, CHENGGUAN, body), department=body)
    today = moments.legal_date(moments.now())
    page = f"/console/local/staff/{approver[0].key}/"
    wish = {
        "taker": "tong",
        "since": today.isoformat(),
        "last": (today + timedelta(days=3)).isoformat(),
        "reason": "住院",
    }
    assert "替他请代理" in client.get(page).content.decode()
    asked = client.post(f"{page}stand-in/", wish)
    assert asked["Location"] == "/console/local/?done=proposed"
    (row,) = queries.list_stand_ins(approver[1], at=moments.now())
    settle = f"/console/local/stand-ins/{row.key}/settle/"
    assert client.post(settle, {"verb": "confirm"}).status_code == 409
    for wrong in ({"taker": "nobody"}, {"last": "x"}, {"reason": ""}):
        assert client.post(f"{page}stand-in/", wish | wrong).status_code == 422
    _second, other = staff("bendi2", (Role.LOCAL_ADMIN, CHENGGUAN, None))
    accounts.sign_in_client(client, other)
    assert client.post(settle, {"verb": "confirm"}).status_code == 302
