import re

import pytest

from yiwang.foundation.libraries import sample as people
from yiwang.kernel import moments
from yiwang.support.identity import queries, sample
from yiwang.support.identity.definitions import COOKIE

pytestmark = pytest.mark.django_db
PAGE = "/my/account/"


@pytest.fixture
def me(client):
    person = people.register_person(1, at=moments.now(), name="马晓燕")
    sample.open_person_account(person.reference, at=moments.now(), user_name="maxiaoyan")
    sample.sign_in_client(client, person.reference)
    return person.reference


def _password(client, **changes):
    given = {"old": sample.PASSWORD, "new": "Lanzhou#Rain7", "again": "Lanzhou#Rain7"} | changes
    return client.post(PAGE + "password/", given)


def test_the_page_needs_a_session(client):
    assert client.get(PAGE).headers["Location"].startswith("/sign-in/")


def test_a_new_password_ends_this_session_and_signs_in(client, me):
    token = client.cookies[COOKIE].value
    assert _password(client).headers["Location"] == "/sign-in/?next=/my/account/"
    assert queries.find_session(token, at=moments.now()) is None
    signed_in = client.post("/sign-in/", {"login": "maxiaoyan", "password": "Lanzhou#Rain7"})
    assert signed_in.status_code == 302


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"old": "wrong"}, "old"),
        ({"new": "short", "again": "short"}, "new"),
        ({"again": "another"}, "again"),
    ],
)
def test_a_password_is_refused_by_field_and_the_session_stays(client, me, changes, field):
    answer = _password(client, **changes)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.content.decode()
    assert client.get(PAGE).status_code == 200


def test_a_token_is_shown_once_and_works_until_it_is_stopped(client, me):
    answer = client.post(
        PAGE + "tokens/", {"name": "脚本", "scopes": ["messages:read"], "days": "30"}
    )
    token = re.search(r"yw_[\w-]{43}", answer.content.decode()).group()
    assert answer.headers["Cache-Control"] == "no-store"
    assert token not in client.get(PAGE).content.decode()
    header = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/messages", headers=header).status_code == 200
    (kept,) = queries.list_tokens(queries.find_account(me).key)
    assert client.post(f"{PAGE}tokens/{kept.key}/revoke/").status_code == 302
    assert client.get("/api/v1/messages", headers=header).status_code == 401


def test_a_citizen_gets_no_token_for_staff_work(client, me):
    answer = client.post(PAGE + "tokens/", {"name": "x", "scopes": ["desk:write"], "days": "30"})
    assert answer.status_code == 422
    assert "desk:write" not in client.get(PAGE).content.decode()


def test_nobody_stops_anothers_token(client, me):
    client.post(PAGE + "tokens/", {"name": "x", "scopes": ["messages:read"], "days": "30"})
    (kept,) = queries.list_tokens(queries.find_account(me).key)
    other = people.register_person(2, at=moments.now())
    sample.open_person_account(other.reference, at=moments.now())
    sample.sign_in_client(client, other.reference)
    assert client.post(f"{PAGE}tokens/{kept.key}/revoke/").status_code == 404
    assert queries.list_tokens(queries.find_account(me).key)[0].revoked_at is None
