import re

import pytest
from django.test import Client

from yiwang.entrance.console.tests.test_rights import official
from yiwang.foundation.libraries import sample as people
from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.support.identity import queries, sample
from yiwang.support.identity.definitions import COOKIE

pytestmark = pytest.mark.django_db
PAGE = "/console/recovery/"
NEW = "Found#Again9"


@pytest.fixture
def person(db):
    made = people.register_person(1, at=moments.now(), name="马晓燕")
    sample.open_person_account(made.reference, at=moments.now(), user_name="maxiaoyan")
    return made


def _ask(client, **changes):
    given = {"kind": "PERSON", "login": "maxiaoyan", "reason": "核对身份证原件"}
    return client.post(PAGE, given | changes)


def _confirm(client, act="confirm"):
    page = client.get(PAGE).content.decode()
    found = re.search(rf'action="(/console/recovery/\w+/{act}/)"', page)
    return client.post(found.group(1)) if found else None


def test_two_officials_and_the_person_open_a_new_way_in(person):
    clerk, head = official("clerk", Role.WINDOW_CLERK), official("head", Role.HEAD)
    assert _ask(clerk)["Location"] == f"{PAGE}?done=asked"
    assert _confirm(clerk) is None  # the one who asked is not offered it
    page = head.get(PAGE).content.decode()
    assert "马**" in page
    assert person.name not in page
    answer = _confirm(head)
    code = re.search(r"<code>([0-9A-Z]{4} [0-9A-Z]{4} [0-9A-Z]{4})</code>", answer.content.decode())
    assert answer["Cache-Control"] == "no-store"
    assert code.group(1) not in head.get(PAGE).content.decode()
    out = Client()
    given = {"login": "maxiaoyan", "code": code.group(1), "new": NEW, "again": NEW}
    assert out.post("/recover/", given | {"again": "other"}).status_code == 422
    assert out.post("/recover/", given | {"code": "AAAA"}).status_code == 401
    assert out.post("/recover/", given)["Location"] == "/my/security/"
    session = queries.find_session(out.cookies[COOKIE].value, at=moments.now())
    assert session.actor.reference == person.reference


def test_it_can_be_dropped(person):
    clerk, head = official("clerk", Role.WINDOW_CLERK), official("head", Role.HEAD)
    _ask(clerk)
    assert _confirm(head, "drop")["Location"] == f"{PAGE}?done=dropped"
    assert "没有要确认的" in clerk.get(PAGE).content.decode()


def test_a_working_account_is_the_security_administrators_matter(person):
    clerk, security = official("clerk", Role.WINDOW_CLERK), official("sec", Role.SECURITY_ADMIN)
    assert "工作账号" not in clerk.get(PAGE).content.decode()
    assert _ask(clerk, kind="OFFICIAL", login="sec").status_code == 403
    assert "工作账号" in security.get(PAGE).content.decode()
    assert _ask(security, kind="OFFICIAL", login="clerk").status_code == 302
    assert "没有要确认的" in clerk.get(PAGE).content.decode()


@pytest.mark.parametrize("role", [Role.APPROVER, Role.OPERATOR, Role.AUDITOR, Role.LEADER])
def test_other_roles_stay_outside(person, role):
    assert official("other", role).get(PAGE).status_code == 403


def test_what_is_missing_is_said_by_field(person):
    clerk = official("clerk", Role.WINDOW_CLERK)
    assert _ask(clerk, login="nobody").status_code == 404
    answer = _ask(clerk, reason="")
    assert answer.status_code == 422
    assert 'href="#reason"' in answer.content.decode()


def test_the_desk_leads_there(person):
    assert PAGE in official("clerk", Role.WINDOW_CLERK).get("/desk/").content.decode()
    assert PAGE not in official("approver", Role.APPROVER).get("/desk/").content.decode()


def test_a_hall_is_registered_and_ended_by_security_administrators_only(db):
    security = official("sec", Role.SECURITY_ADMIN)
    given = {"name": "城关区政务大厅", "network": "203.0.113.5/28"}
    assert security.post("/console/halls/", given)["Location"] == "/console/halls/?done=registered"
    page = security.get("/console/halls/").content.decode()
    assert "203.0.113.0/28" in page
    wide = security.post("/console/halls/", given | {"network": "0.0.0.0/0"})
    assert wide.status_code == 422
    (row,) = queries.list_hall_networks()
    assert official("clerk", Role.WINDOW_CLERK).get("/console/halls/").status_code == 403
    assert security.post(f"/console/halls/{row.key}/end/").status_code == 302
    assert queries.list_hall_networks() == ()
