"""The pages of 统一身份认证: at a member's door and at the host."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from yiwang.foundation.exchange import calls
from yiwang.foundation.exchange.definitions import CallStatus, Reply
from yiwang.foundation.libraries import sample as people
from yiwang.kernel import moments
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.network.nodes import sample as far
from yiwang.network.nodes.models import ExchangeNode, NodeContact
from yiwang.support.identity import queries as identity
from yiwang.support.identity import sample
from yiwang.support.identity.definitions import COOKIE
from yiwang.support.identity.definitions.sso import DEPARTURE_COOKIE
from yiwang.support.identity.models import HandOverCode, NodeConsent

pytestmark = pytest.mark.django_db
WEB = "https://lanzhou.example:8443"
ASKED = {
    "node": "620100",
    "state": "s" * 43,
    "challenge": crypto.digest(b"v" * 43),
    "level": "2",
}


@pytest.fixture
def host(settings):
    """This installation is a host with two members."""
    settings.NODE_GIVEN = True
    far.three_nodes(at=moments.now())
    ExchangeNode.objects.filter(code="620100").update(web=WEB)


@pytest.fixture
def person():
    made = people.register_person(1, at=moments.now(), name="马晓燕")
    sample.open_person_account(made.reference, at=moments.now(), user_name="maxiaoyan")
    return made


@pytest.fixture
def member(settings):
    """This installation is a member of a far host."""
    at = moments.now()
    settings.NODE, settings.REGISTRY = "620100", "http://127.0.0.1:9"
    rows = (("620100", "CONSUMER", WEB), ("63", "HOST", "https://sheng.example"))
    for code, role, web in rows:
        row = ExchangeNode.objects.create(
            code=code, name=f"节点{code}", role=role, address="http://127.0.0.1:9", web=web,
            state="ACTIVE", changed_at=at, known_until=at + timedelta(days=1),
        )  # fmt: skip
        far_key = far.far_node(code)
        row.keys.create(key_id="sign-node.1", point=far_key.point, fingerprint=code, valid_from=at)


def authorize(client, method="get", **changes):
    return getattr(client, method)("/identity/authorize/", ASKED | changes)


def test_who_is_not_signed_in_signs_in_as_always_and_comes_back(client, host, person):
    answer = authorize(client)
    assert answer.headers["Location"].startswith("/sign-in/?next=%2Fidentity%2Fauthorize%2F")
    wanted = parse_qs(urlsplit(answer.headers["Location"]).query)["next"][0]
    given = {"login": "maxiaoyan", "password": sample.PASSWORD, "next": wanted}
    assert client.post("/sign-in/", given).headers["Location"] == wanted
    page = client.get(wanted).content.decode()
    for words in ("兰州市（示例）", "姓名", "公民身份号码", "实名等级", "三级", WEB):
        assert words in page


def test_only_after_the_persons_word_the_browser_is_sent_to_the_registered_address(
    client, host, person
):
    sample.sign_in_client(client, person.reference)
    page = authorize(client)
    assert f"form-action 'self' {WEB};" in page.headers["Content-Security-Policy"]
    assert authorize(client, "post").status_code == 422
    assert not HandOverCode.objects.exists()
    where = authorize(client, "post", agreed="yes").headers["Location"]
    assert where.startswith(f"{WEB}/sign-in/host/back/?state={'s' * 43}&code=")
    assert "我同意把上面三样" not in authorize(client).content.decode()
    assert authorize(client, "post").headers["Location"].startswith(WEB)


@pytest.mark.parametrize(
    "change", [{"node": "620999"}, {"node": "//evil.example"}, {"state": "x"}, {"level": "x"}]
)
def test_whoever_asks_otherwise_is_refused_and_led_nowhere(client, host, person, change):
    sample.sign_in_client(client, person.reference)
    for method in ("get", "post"):
        answer = authorize(client, method, agreed="yes", **change)
        assert answer.status_code == 404
        assert "Location" not in answer.headers


def test_a_redirect_in_the_question_leads_nowhere(client, host, person):
    sample.sign_in_client(client, person.reference)
    answer = authorize(
        client,
        "post",
        agreed="yes",
        redirect_uri="https://evil.example/",
        web="https://evil.example",
    )
    assert answer.headers["Location"].startswith(f"{WEB}/sign-in/host/back/?")


def test_who_is_asked_for_more_proves_it_first(client, host, person):
    sample.sign_in_client(client, person.reference)
    answer = authorize(client, level="4")
    assert answer.headers["Location"].startswith("/step-up/?level=4&next=%2Fidentity%2Fauthorize")


def test_a_forged_form_hands_nothing_over(host, person):
    client = Client(enforce_csrf_checks=True)
    sample.sign_in_client(client, person.reference)
    assert authorize(client, "post", agreed="yes").status_code == 403
    assert not NodeConsent.objects.exists()


def test_officials_and_who_acts_for_others_are_not_vouched_for(client, host):
    official = sample.open_official_account("approver", at=moments.now())
    sample.sign_in_client(client, official.subject)
    assert authorize(client).status_code == 403


def test_my_word_is_listed_and_taken_back(client, host, person):
    sample.sign_in_client(client, person.reference)
    authorize(client, "post", agreed="yes")
    page = client.get("/my/security/").content.decode()
    assert "兰州市（示例）" in page
    key = NodeConsent.objects.get().key
    answer = client.post(f"/my/security/nodes/{key}/withdraw/", follow=True)
    assert "同意已收回" in answer.content.decode()
    assert client.post(f"/my/security/nodes/{key}/withdraw/").status_code == 404


def test_a_members_door_leads_to_its_host_and_a_hosts_door_does_not(client, member, settings):
    page = client.get("/sign-in/?next=/items/").content.decode()
    assert "用节点63统一身份登录" in page
    assert "/sign-in/host/?tab=person&amp;next=/items/" in page
    answer = client.get("/sign-in/host/?tab=person&next=/items/")
    assert answer.headers["Location"].startswith("https://sheng.example/identity/authorize/?")
    cookie = client.cookies[DEPARTURE_COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (
        True, "Lax", "/sign-in/host/",
    )  # fmt: skip
    settings.REGISTRY = ""
    assert "统一身份登录" not in client.get("/sign-in/").content.decode()
    assert client.get("/sign-in/host/").status_code == 404


def test_a_host_that_is_away_is_said_so_and_the_own_form_stays(client, member):
    NodeContact.objects.create(problem="连不上登记机构", since=moments.now())
    page = client.get("/sign-in/").content.decode()
    assert "现在连不上" in page
    assert 'name="password"' in page
    answer = client.get("/sign-in/host/")
    assert answer.status_code == 503
    assert 'name="password"' in answer.content.decode()


@pytest.mark.parametrize("query", ["", "?state=x&code=y", "?state=x&denied=1"])
def test_a_way_back_without_a_way_there_opens_nothing(client, member, query):
    answer = client.get(f"/sign-in/host/back/{query}")
    assert answer.status_code == 422
    assert 'name="password"' in answer.content.decode()


def test_who_did_not_agree_reads_that_nothing_was_given_away(client, member):
    client.get("/sign-in/host/")
    answer = client.get("/sign-in/host/back/?state=x&denied=1")
    assert answer.status_code == 422
    assert "什么也没有交出来" in answer.content.decode()
    assert client.cookies[DEPARTURE_COOKIE].value == ""


@pytest.fixture
def told(monkeypatch):
    """What the far host says of the code the browser brings."""
    new = people.new_person(7, name="王秀英")
    value = {
        "name": new.name, "citizen_id": new.citizen_id,
        "level": 3, "raised_level": 0, "raised_until": "",
    }  # fmt: skip

    def call(**question):
        return Reply(CallStatus.FOUND, value, (), question["service"], question["at"])

    monkeypatch.setattr(calls, "call", call)


@pytest.mark.parametrize(
    ("tab", "where"), [("person", "/items/"), ("firm", "/sign-in/firm/?next=%2Fitems%2F")]
)
def test_who_comes_back_is_in_and_the_same_way_back_opens_nothing_again(
    client, member, told, tab, where
):
    gone = client.get(f"/sign-in/host/?tab={tab}&next=/items/").headers["Location"]
    state = parse_qs(urlsplit(gone).query)["state"][0]
    back = f"/sign-in/host/back/?state={state}&code={'c' * 43}"
    answer = client.get(back)
    assert answer.headers["Location"] == where
    session = identity.find_session(client.cookies[COOKIE].value, at=moments.now())
    assert (session.actor.assurance_level, session.actor.display_name) == (3, "王**")
    assert "统一身份认证" in client.get("/my/security/").content.decode()
    assert client.get(back).status_code == 422


def test_another_browser_with_the_whole_address_is_not_let_in(client, member, told):
    gone = client.get("/sign-in/host/").headers["Location"]
    state = parse_qs(urlsplit(gone).query)["state"][0]
    other = Client()
    other.get("/sign-in/host/")
    assert other.get(f"/sign-in/host/back/?state={state}&code={'c' * 43}").status_code == 422
    assert COOKIE not in other.cookies


def test_a_return_address_on_another_site_leads_to_my_own(client, member, told):
    gone = client.get("/sign-in/host/?next=//evil.example/").headers["Location"]
    state = parse_qs(urlsplit(gone).query)["state"][0]
    answer = client.get(f"/sign-in/host/back/?state={state}&code={'c' * 43}")
    assert answer.headers["Location"] == "/my/"


def test_who_is_asked_for_more_at_a_member_may_prove_it_at_its_host(client, member, person):
    sample.sign_in_client(client, person.reference)
    page = client.get("/step-up/?level=4&next=/items/").content.decode()
    assert "用节点63统一身份核验" in page
    assert "/sign-in/host/?level=4&amp;next=/items/" in page
    gone = client.get("/sign-in/host/?level=4&next=/items/").headers["Location"]
    assert parse_qs(urlsplit(gone).query)["level"] == ["4"]
