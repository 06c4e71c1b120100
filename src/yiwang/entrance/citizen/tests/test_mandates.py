"""授权: given on one page, accepted on another; acting for somebody shows on every page and ends at once."""

import re
from datetime import timedelta

import pytest

from yiwang.entrance.citizen.tests.test_my import opened, sign_in
from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel import moments
from yiwang.kernel.actor import PowerAct
from yiwang.support.identity import actions as identity
from yiwang.support.identity import sample as accounts
from yiwang.support.mandates import actions, queries, sample
from yiwang.support.mandates.models import Mandate

pytestmark = pytest.mark.django_db


@pytest.fixture
def father(client):
    return sign_in(client, "马建国", 1)


@pytest.fixture
def daughter(client, father):
    """Signed in last; the father's client is signed in again where a test needs him."""
    return sign_in(client, "马小兰", 2)


def back_to(client, actor, **more):
    return accounts.sign_in_client(client, actor.reference, **more)


def number_of(actor):
    number = libraries.find_citizen_id(actor.reference)
    assert number
    return number


def form(other, **more):
    return {
        "side": "give",
        "kind": "FAMILY",
        "name": libraries.get_name(other.reference),
        "number": number_of(other),
        "scope": "ALL",
        "acts": ["APPLY", "SEE"],
        "term": "30",
    } | more


def test_nobody_gave_anything_yet(client, father):
    page = client.get("/my/mandates/").content.decode()
    assert "还没有授权别人" in page
    assert "还没有人请您代办" in page


def test_the_text_is_read_before_it_counts(client, father, daughter):
    back_to(client, father)
    read = client.post("/my/mandates/new/", form(daughter)).content.decode()
    assert "委托人马建国授权马小兰" in read
    assert not Mandate.objects.exists()
    done = client.post("/my/mandates/new/", form(daughter, agreed="1"))
    assert done.status_code == 302
    back_to(client, daughter)
    page = client.get(done["Location"]).content.decode()
    assert "等受托人接受" in page
    client.post(done["Location"].partition("?")[0] + "settle/", {"verb": "accept"})
    assert len(queries.list_usable(daughter, at=moments.now())) == 1


def test_a_wrong_number_says_only_that_the_two_do_not_match(client, father, daughter):
    back_to(client, father)
    wrong = client.post("/my/mandates/new/", form(daughter, name="别人"))
    assert wrong.status_code == 422
    assert "姓名和身份证号对不上" in wrong.content.decode()
    unknown = client.post("/my/mandates/new/", form(daughter, number="62010219430506001X"))
    assert unknown.status_code == 422
    assert client.post("/my/mandates/new/", form(daughter, scope="SOME")).status_code == 422


def test_one_may_ask_and_the_other_consents(client, father, daughter):
    asked = client.post("/my/mandates/new/", form(father, side="ask"))
    back_to(client, father)
    address = asked["Location"].partition("?")[0]
    assert "我同意，授权" in client.get(address).content.decode()
    client.post(f"{address}settle/", {"verb": "grant"})
    assert "有效" in client.get(address).content.decode()


def test_acting_is_said_on_every_page_and_shows_his_matters_only(client, father, daughter):
    at = moments.now()
    his, hers = opened(father), opened(daughter)
    view = sample.give(father.reference, daughter.reference, at=at, items={"sample-item": "示例"})
    assert "为 马建国 办理" in client.get("/my/").content.decode()
    answer = client.post(f"/my/mandates/{view.key}/act/")
    assert answer["Location"] == "/my/"
    page = client.get("/my/").content.decode()
    assert "正在为 马** 办理" in page
    assert his.key in page
    assert hers.key not in page
    assert client.get(f"/my/cases/{hers.key}/").status_code == 404
    for personal in (
        "/my/messages/",
        "/my/reads/",
        "/my/materials/",
        "/my/credit/",
        "/my/mandates/",
    ):
        refused = client.get(personal)
        assert refused.status_code == 403
        assert "本人的页面" in refused.content.decode()
    assert "正在为" in client.get("/items/").content.decode()
    client.post("/acting/stop/")
    page = client.get("/my/").content.decode()
    assert "正在为" not in page
    assert hers.key in page


def test_taken_back_the_next_request_is_refused_and_leads_back(client, father, daughter):
    at = moments.now()
    case = opened(father)
    view = sample.give(father.reference, daughter.reference, at=at)
    client.post(f"/my/mandates/{view.key}/act/")
    assert client.get(f"/my/cases/{case.key}/").status_code == 200
    actions.revoke(key=view.key, actor=sample.self_of(father.reference), at=moments.now())
    refused = client.get(f"/my/cases/{case.key}/")
    assert refused.status_code == 403
    assert "授权已经结束" in refused.content.decode()
    client.post("/acting/stop/")
    assert client.get("/my/").status_code == 200


def test_a_token_made_while_acting_ends_with_the_mandate(client, father, daughter):
    at = moments.now()
    view = sample.give(father.reference, daughter.reference, at=at)
    acting = back_to(client, daughter, on_behalf_of=father.reference, mandate=view.key)
    token = identity.issue_token(
        name="x", scopes=["cases:read"], expires_at=at + timedelta(days=1), actor=acting, at=at
    ).token
    case = opened(father)
    headers = {"Authorization": f"Bearer {token}"}
    client.cookies.clear()
    assert client.get(f"/api/v1/cases/{case.key}", headers=headers).status_code == 200
    actions.revoke(key=view.key, actor=sample.self_of(father.reference), at=moments.now())
    assert client.get(f"/api/v1/cases/{case.key}", headers=headers).status_code == 401


def test_he_finds_what_she_did_and_who_looked(client, father, daughter):
    case = opened(father)
    view = sample.give(father.reference, daughter.reference, at=moments.now())
    client.post(f"/my/mandates/{view.key}/act/")
    client.get(f"/my/cases/{case.key}/")
    back_to(client, father)
    page = client.get(f"/my/mandates/{view.key}/").content.decode()
    assert re.search(rf'href="/my/cases/{case.key}/">看了', page)
    assert "开始代办" in page
    reads = client.get("/my/reads/").content.decode()
    assert "马**" in reads
    assert "代办" in reads


def test_another_s_mandate_is_not_found_and_a_wrong_verb_refused(client, father, daughter):
    view = sample.give(father.reference, daughter.reference, at=moments.now())
    sign_in(client, "张三", 3)
    assert client.get(f"/my/mandates/{view.key}/").status_code == 404
    assert client.post(f"/my/mandates/{view.key}/settle/", {"verb": "revoke"}).status_code == 404
    assert client.post(f"/my/mandates/{view.key}/act/").status_code == 404
    assert client.post(f"/my/mandates/{view.key}/settle/", {"verb": "x"}).status_code == 422
    assert PowerAct.APPLY in view.acts


def test_the_api_proposes_lists_and_ends(client, father, daughter):
    wish = {
        "kind": "FAMILY",
        "giver": father.reference,
        "taker": daughter.reference,
        "items": None,
        "acts": ["SEE"],
        "valid_until": (moments.now() + timedelta(days=9)).isoformat(),
    }
    made = client.post("/api/v1/mandates", wish, content_type="application/json")
    assert made.status_code == 201, made.content
    assert made.json()["standing"] == "WAITS_FOR_GIVER"
    key = made.json()["key"]
    taken = client.get("/api/v1/mandates?side=taken").json()
    assert [row["key"] for row in taken["rows"]] == [key]
    assert client.post(f"/api/v1/mandates/{key}/grant").status_code == 403
    back_to(client, father)
    assert client.post(f"/api/v1/mandates/{key}/grant").json()["standing"] == "IN_FORCE"
    assert client.get(f"/api/v1/mandates/{key}/acts").json() == []
    assert client.post(f"/api/v1/mandates/{key}/revoke").json()["standing"] == "REVOKED"
    naive = wish | {"valid_until": "2027-01-01T00:00:00"}
    assert (
        client.post("/api/v1/mandates", naive, content_type="application/json").status_code == 422
    )
