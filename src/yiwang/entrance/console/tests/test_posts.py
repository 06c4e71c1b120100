"""岗位: defined on a page, given by two people, ended; seen by who administers the place only."""

from datetime import timedelta

import pytest

from yiwang.entrance.console.tests.test_local import CHENGGUAN, QILIHE, staff
from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.network.directory import sample as places
from yiwang.support.identity import queries
from yiwang.support.identity import sample as accounts

pytestmark = pytest.mark.django_db
HERE = "/console/posts/"


@pytest.fixture
def body():
    places.load_chengguan()
    return places.register_departments()[0]


@pytest.fixture
def admins(body):
    return [staff(name, (Role.LOCAL_ADMIN, CHENGGUAN, None))[1] for name in ("bendi", "bendi2")]


def define(client, uscc, **more):
    given = {"name": "登记注册岗", "body": uscc, "roles": ["HANDLER", "APPROVER"]} | more
    return client.post(HERE, given)


def appoint(client, page, user_name):
    today = moments.legal_date(moments.now())
    until = (today + timedelta(days=30)).isoformat()
    return client.post(page, {"user_name": user_name, "since": today.isoformat(), "until": until})


def test_a_post_is_defined_given_by_two_and_ended(client, body, admins):
    account, who = staff("gang", department=body)
    accounts.sign_in_client(client, admins[0])
    page = define(client, body)["Location"].partition("?")[0]
    assert "空缺" in client.get(page).content.decode()
    assert appoint(client, page, "gang")["Location"] == f"{page}?done=proposed"
    (waiting,) = queries.list_standing_grants(at=moments.now(), waiting=True)
    settle = f"{page}grants/{waiting.grant.key}/settle/"
    assert "确认<span" not in client.get(page).content.decode()
    assert client.post(settle, {"verb": "confirm"}).status_code == 409
    accounts.sign_in_client(client, admins[1])
    assert "确认<span" in client.get(page).content.decode()
    assert client.post(settle, {"verb": "confirm"})["Location"] == f"{page}?done=confirmed"
    held = queries.get_actor(account.key, at=moments.now()).grants
    assert {grant.role for grant in held} == {Role.HANDLER, Role.APPROVER}
    assert "<td>1 人</td>" in client.get(HERE).content.decode()
    token = accounts.session_token(who)
    assert "gang" in client.get(f"{page}end/").content.decode()
    assert client.post(f"{page}end/")["Location"] == f"{HERE}?done=ended"
    assert queries.find_session(token, at=moments.now()) is None
    assert client.post(f"{page}end/").status_code == 404
    assert "停用" in client.get(page).content.decode()


def test_what_is_missing_or_taken_is_said_on_the_page(client, body, admins):
    accounts.sign_in_client(client, admins[0])
    define(client, body)
    assert define(client, body).status_code == 409
    for more in ({"name": ""}, {"name": "别的岗", "roles": []}, {"body": "0"}):
        assert define(client, body, **more).status_code == 422
    assert define(client, body, name="系统岗", roles=["OPERATOR"]).status_code == 403


def test_a_post_is_given_on_the_official_s_page_too(client, body, admins):
    account, _who = staff("gang", department=body)
    accounts.sign_in_client(client, admins[0])
    key = define(client, body)["Location"].removeprefix(HERE).partition("/")[0]
    page = f"/console/local/staff/{account.key}/"
    assert "登记注册岗（" in client.get(page).content.decode()
    until = (moments.legal_date(moments.now()) + timedelta(days=30)).isoformat()
    assert client.post(page, {"role": f"post:{key}", "until": until}).status_code == 302
    (waiting,) = queries.list_standing_grants(at=moments.now(), waiting=True)
    assert waiting.grant.post == key


def test_the_security_administrator_names_body_and_place(client, body):
    _account, who = staff("anquan", (Role.SECURITY_ADMIN, "620000000000", None))
    accounts.sign_in_client(client, who)
    assert (
        define(client, "", name="领导岗", roles=["LEADER"], division=CHENGGUAN).status_code == 302
    )
    assert "领导岗" in client.get(HERE).content.decode()
    assert define(client, "", name="别的岗", division="99").status_code == 422


def test_another_place_s_posts_are_not_found(client, body, admins):
    accounts.sign_in_client(client, admins[0])
    page = define(client, body)["Location"].partition("?")[0]
    _account, elsewhere = staff("qili", (Role.LOCAL_ADMIN, QILIHE, None))
    accounts.sign_in_client(client, elsewhere)
    assert "登记注册岗" not in client.get(HERE).content.decode()
    assert client.get(page).status_code == client.post(f"{page}end/").status_code == 404
    _account, clerk = staff("shen", (Role.APPROVER, CHENGGUAN, body))
    accounts.sign_in_client(client, clerk)
    assert client.get(HERE).status_code == client.get(page).status_code == 403
