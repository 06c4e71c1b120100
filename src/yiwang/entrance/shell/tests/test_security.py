import re
from datetime import timedelta

import pyotp
import pytest
from django.test import Client

from yiwang.foundation.libraries import sample as people
from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.support.identity import actions, queries, sample
from yiwang.support.identity.definitions import (
    COOKIE,
    DEVICE_COOKIE,
    AccountKind,
    CannotSignIn,
    Origin,
    SecondFactorNeeded,
)
from yiwang.support.identity.models import Passkey, SignIn
from yiwang.support.identity.tests.authenticator import Authenticator
from yiwang.support.messages import actions as messages

pytestmark = pytest.mark.django_db
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36"
PAGES = ["/my/security/", "/desk/security/"]


def _person(seed=1, name="maxiaoyan"):
    person = people.register_person(seed, at=moments.now(), name="马晓燕")
    sample.open_person_account(person.reference, at=moments.now(), user_name=name)
    return person.reference


def _official():
    grants = ((Role.APPROVER, "620102000000", None),)
    return sample.open_official_account("approver", at=moments.now(), grants=grants).subject


@pytest.fixture(params=PAGES)
def here(request):
    return request.param


@pytest.fixture
def me(client, here):
    """The signed-in client, a citizen's or an official's, with the address of the page."""
    client.subject = _person() if here.startswith("/my") else _official()
    sample.sign_in_client(client, client.subject)
    return client


def _enrol(client, here, name="我的电脑", device=None):
    device = device or Authenticator()
    asked = client.post(f"{here}passkeys/options/").json()
    answer = client.post(
        f"{here}passkeys/",
        {"name": name, "state": asked["state"], "answer": device.make(asked["options"])},
    )
    return device, answer


def test_the_page_needs_a_session(client, here):
    assert "sign-in" in client.get(here)["Location"]


def test_it_lists_where_i_am_signed_in_and_ends_one_or_all_others(me, here):
    other, third = Client(), Client()
    for client in (other, third):
        sample.sign_in_client(client, me.subject)
    page = me.get(here).content.decode()
    assert page.count("让它退出") >= 2
    assert "这台设备" in page
    found = queries.list_sessions(
        queries.find_session(me.cookies[COOKIE].value, at=moments.now()).actor,
        current="",
        at=moments.now(),
    )
    theirs = queries.find_session(other.cookies[COOKIE].value, at=moments.now()).key
    assert len(found) == 3
    assert me.post(f"{here}sessions/{theirs}/end/")["Location"] == f"{here}?done=ended"
    assert other.get(here).status_code == 302
    assert third.get(here).status_code == 200
    me.post(f"{here}sessions/end-others/")
    assert third.get(here).status_code == 302
    assert me.get(here).status_code == 200
    assert me.post(f"{here}sessions/{theirs}/end/").status_code == 404


def test_a_session_says_its_device_in_words_and_its_place_without_an_address(client):
    _person()
    client.post(
        "/sign-in/",
        {"login": "maxiaoyan", "password": sample.PASSWORD},
        headers={"User-Agent": CHROME},
        REMOTE_ADDR="203.0.113.77",
    )
    page = client.get("/my/security/").content.decode()
    assert "Chrome / Windows" in page
    assert "外部网络" in page
    assert "203.0.113.77" not in page
    assert not SignIn.objects.filter(place_name__contains="203").exists()


def test_a_hall_is_called_by_its_name(client):
    security = sample.open_official_account(
        "security", at=moments.now(), grants=((Role.SECURITY_ADMIN, "620000000000", None),)
    )
    actions.register_hall_network(
        name="城关区政务大厅",
        network="203.0.113.64/28",
        actor=queries.get_actor(security.key, at=moments.now()),
        at=moments.now(),
    )
    _person()
    given = {"login": "maxiaoyan", "password": sample.PASSWORD}
    client.post("/sign-in/", given, REMOTE_ADDR="203.0.113.77")
    assert "城关区政务大厅" in client.get("/my/security/").content.decode()


def test_nobody_ends_anothers_session_or_touches_his_passkey(me, here):
    stranger = _person(2, "other")
    theirs = Client()
    sample.sign_in_client(theirs, stranger)
    key = queries.find_session(theirs.cookies[COOKIE].value, at=moments.now()).key
    passkey = sample.give_passkey(stranger, at=moments.now())
    for address in (
        f"sessions/{key}/end/",
        f"passkeys/{passkey}/remove/",
        f"passkeys/{passkey}/rename/",
    ):
        assert me.post(here + address, {"name": "x"}).status_code == 404
    assert theirs.get("/my/security/").status_code == 200
    assert key not in me.get(here).content.decode()
    assert Passkey.objects.get().name == "示例设备"


def test_a_passkey_is_added_named_and_removed(me, here):
    _, answer = _enrol(me, here)
    assert answer["Location"] == f"{here}?done=added"
    page = me.get(f"{here}?done=added").content.decode()
    assert "我的电脑" in page
    assert "已添加" in page
    key = Passkey.objects.get().key
    assert me.post(f"{here}passkeys/{key}/rename/", {"name": "办公室电脑"}).status_code == 302
    assert "办公室电脑" in me.get(here).content.decode()
    assert me.post(f"{here}passkeys/{key}/rename/", {"name": " "}).status_code == 422
    answer = me.post(f"{here}passkeys/{key}/remove/")
    if here.startswith("/my"):
        assert answer["Location"] == f"{here}?done=removed"
    else:
        assert answer.status_code == 409  # the only second factor
        assert "只剩这一种" in answer.content.decode()


def test_a_wrong_answer_is_said_on_the_page(me, here):
    asked = me.post(f"{here}passkeys/options/").json()
    answer = me.post(
        f"{here}passkeys/", {"name": "x", "state": asked["state"], "answer": '{"id": "x"}'}
    )
    assert answer.status_code == 401
    assert "没有通过核对" in answer.content.decode()


def test_who_signed_in_long_ago_proves_himself_first(me, here):
    SignIn.objects.update(created_at=moments.now() - timedelta(minutes=20))
    page = me.get(here).content.decode()
    assert "先核验身份，再添加" in page
    refused = me.post(f"{here}passkeys/options/", headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json()["refusal"]["code"]) == (403, "NeedsStepUp")
    answer = me.post(f"{here}passkeys/options/", headers={"Referer": f"http://testserver{here}"})
    assert answer["Location"].startswith("/step-up/?level=2&next=")
    given = {"proof": "PASSWORD", "password": sample.PASSWORD, "next": here}
    assert me.post("/step-up/", given)["Location"] == here
    assert "data-passkey" in me.get(here).content.decode()


def test_the_page_works_without_script_and_keeps_the_policy(me, here):
    answer = me.get(here)
    page = answer.content.decode()
    assert "<script>" not in page
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "这个浏览器不能用通行密钥" in page
    assert answer["Cache-Control"] == "no-store"


def test_a_citizen_signs_in_with_the_passkey_and_comes_back_to_the_page(client):
    subject = _person()
    sample.sign_in_client(client, subject)
    device, _ = _enrol(client, "/my/security/")
    out = Client()
    asked = out.post("/sign-in/passkey/options/").json()
    given = {
        "state": asked["state"],
        "answer": device.sign(asked["options"]),
        "next": "/items/",
    }
    answer = out.post("/sign-in/passkey/", given)
    assert answer["Location"] == "/items/"
    session = queries.find_session(out.cookies[COOKIE].value, at=moments.now())
    assert session.actor.reference == subject
    assert out.cookies[DEVICE_COOKIE]["httponly"]
    again = Client().post("/sign-in/passkey/", given)
    assert again.status_code == 401
    assert "没有通过核对" in again.content.decode()


def test_an_officials_second_step_is_his_passkey(client, settings):
    subject = _official()
    sample.sign_in_client(client, subject)
    device, _ = _enrol(client, "/desk/security/")
    settings.SAMPLE = False
    out = Client()
    page = out.post("/staff/sign-in/", {"login": "approver", "password": sample.PASSWORD})
    assert COOKIE not in out.cookies
    pending = re.search(r'name="pending" value="([^"]+)"', page.content.decode()).group(1)
    asked = out.post("/staff/sign-in/passkey/", {"pending": pending}).json()
    assert [one["id"] for one in asked["options"]["publicKey"]["allowCredentials"]]
    forged = out.post(
        "/staff/sign-in/passkey/",
        {"pending": "x" + pending},
        headers={"Accept": "application/json"},
    )
    assert forged.status_code == 401
    answer = out.post(
        "/staff/sign-in/",
        {
            "pending": pending,
            "state": asked["state"],
            "answer": device.sign(asked["options"]),
        },
    )
    assert answer["Location"] == "/desk/"
    session = queries.find_session(out.cookies[COOKIE].value, at=moments.now())
    assert session.actor.reference == subject


def test_tokens_are_listed_and_stopped_from_here(me, here):
    me.post("/my/account/tokens/", {"name": "对账", "scopes": ["messages:read"], "days": "30"})
    assert "对账" in me.get(here).content.decode()
    (token,) = queries.list_tokens(queries.find_account(me.subject).key)
    answer = me.post(f"/my/account/tokens/{token.key}/revoke/", {"next": here})
    assert answer["Location"] == here
    assert "对账" not in me.get(here).content.decode()


class TestEnrolling:
    HERE = "/desk/security/totp/"

    def offer(self, client):
        page = client.get(self.HERE).content.decode()
        assert "data:image/svg+xml" in page
        state = re.search(r'name="state" value="([^"]+)"', page)[1]
        return state, re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")

    @pytest.fixture
    def office(self, client):
        client.subject = _official()
        sample.sign_in_client(client, client.subject)
        return client

    def test_an_official_scans_types_the_number_and_needs_it_from_then_on(self, office):
        other = Client()
        sample.sign_in_client(other, office.subject)
        state, secret = self.offer(office)
        number = pyotp.TOTP(secret).at(moments.now())
        answer = office.post(self.HERE, {"state": state, "number": number})
        assert answer["Location"] == "/desk/security/?done=enrolled"
        assert "换一台设备" in office.get("/desk/security/?done=enrolled").content.decode()
        assert other.get("/desk/security/").status_code == 302  # his other sign-in has ended
        needed = actions.sign_in(
            kind=AccountKind.OFFICIAL, login="approver", password=sample.PASSWORD,
            origin=Origin("198.51.100.7"), at=moments.now(),
        )  # fmt: skip
        assert isinstance(needed, SecondFactorNeeded)
        with pytest.raises(CannotSignIn):  # the number that enrolled the device is spent
            actions.confirm_second_factor(
                needed=needed, number=number, origin=Origin("198.51.100.7"), at=moments.now()
            )

    def test_a_wrong_number_keeps_the_secret_and_changes_nothing(self, office):
        state, secret = self.offer(office)
        answer = office.post(self.HERE, {"state": state, "number": "12ab56"})
        assert answer.status_code == 422
        assert secret in answer.content.decode().replace(" ", "")
        assert "登记动态口令" in office.get("/desk/security/").content.decode()

    def test_an_offer_of_another_session_or_a_made_up_one_is_none(self, office):
        state, secret = self.offer(office)
        again = Client()
        sample.sign_in_client(again, office.subject)
        number = pyotp.TOTP(secret).at(moments.now())
        for given in (state, "made-up"):
            answer = again.post(self.HERE, {"state": given, "number": number})
            assert answer.status_code == 409
        assert not queries.find_account(office.subject).has_second_factor

    def test_a_citizen_has_no_such_page(self, client):
        sample.sign_in_client(client, _person())
        assert client.get(self.HERE).status_code == 403

    def test_who_has_not_proved_himself_lately_is_asked_first(self, office):
        SignIn.objects.update(created_at=moments.now() - timedelta(hours=1))
        assert office.get(self.HERE)["Location"].startswith("/step-up/")


class TestSpareCodes:
    HERE = "/desk/security/spare-codes/"

    @pytest.fixture
    def office(self, client):
        client.subject = _official()
        sample.sign_in_client(client, client.subject)
        return client

    def test_they_are_shown_once_and_one_of_them_is_the_second_step(self, office):
        sample.give_passkey(office.subject, at=moments.now())
        page = office.post(self.HERE).content.decode()
        codes = re.findall(r"<code>([2-9A-Z]{5}-[2-9A-Z]{5})</code>", page)
        assert len(codes) == 10
        mine = office.get("/desk/security/").content.decode()
        assert "还剩 10 个没有用过" in mine
        assert codes[0] not in mine
        out = Client()
        given = {"login": "approver", "password": sample.PASSWORD}
        step = out.post("/staff/sign-in/", given).content.decode()
        pending = re.search(r'name="pending" value="([^"]+)"', step)[1]
        assert "设备不在手边" in step
        answer = out.post("/staff/sign-in/", {"pending": pending, "number": codes[0]})
        assert answer["Location"] == "/desk/"
        assert "还剩 9 个没有用过" in out.get("/desk/security/").content.decode()
        assert "密码和备用码" in out.get("/desk/security/").content.decode()
        again = Client().post("/staff/sign-in/", {"pending": pending, "number": codes[0]})
        assert again.status_code == 401

    def test_without_a_second_factor_there_is_nothing_to_stand_for(self, office):
        assert "才用得着备用码" in office.get("/desk/security/").content.decode()
        answer = office.post(self.HERE)
        assert answer.status_code == 409
        assert "还没有登记第二步" in answer.content.decode()

    def test_citizens_have_no_such_codes(self, client):
        sample.sign_in_client(client, _person())
        assert client.post(self.HERE).status_code == 403
        assert "备用码" not in client.get("/my/security/").content.decode()


class TestEmail:
    """Where notices are to go too, on the page of a citizen and of an official."""

    @staticmethod
    def _code(client):
        page = client.get("/sample/sms/").content.decode()
        return re.search(r"验证码 (\d{6})", page)[1]

    def test_an_address_is_named_confirmed_and_deleted(self, me, here):
        assert me.post(f"{here}email/", {"address": "ma@example.com"})["Location"] == (
            f"{here}?done=email-asked"
        )
        asked = me.get(f"{here}?done=email-asked").content.decode()
        assert "发到 ***@example.com 的验证码" in asked
        assert "ma@example.com" not in asked + me.get("/sample/sms/").content.decode()
        answer = me.post(f"{here}email/confirm/", {"code": self._code(me)})
        assert answer["Location"] == f"{here}?done=email-confirmed"
        page = me.get(here).content.decode()
        assert "换一个邮箱" in page
        assert "发到 ***@example.com 的验证码" not in page
        assert me.post(f"{here}email/remove/")["Location"] == f"{here}?done=email-removed"
        assert "删除邮箱" not in me.get(here).content.decode()

    def test_a_wrong_address_and_a_wrong_code_are_said_on_the_page(self, me, here):
        page = me.post(f"{here}email/", {"address": "a@b\r\nBcc: c@d.example"})
        assert page.status_code == 422
        assert "邮箱地址不对" in page.content.decode()
        me.post(f"{here}email/", {"address": "ma@example.com"})
        page = me.post(f"{here}email/confirm/", {"code": "12"})
        assert page.status_code == 422
        assert "验证码不正确" in page.content.decode()

    def test_an_old_sign_in_is_asked_to_prove_itself_first(self, me, here):
        SignIn.objects.update(created_at=moments.now() - timedelta(minutes=20))
        assert "先核验身份，再填邮箱" in me.get(here).content.decode()
        answer = me.post(f"{here}email/", {"address": "ma@example.com"})
        assert "/step-up/" in answer.headers.get("Location", "") or answer.status_code == 403

    def test_nobody_else_names_it(self, client, here):
        for way in ("", "confirm/", "remove/"):
            answer = client.post(f"{here}email/{way}", {"address": "ma@example.com"})
            assert "sign-in" in answer.headers.get("Location", "") or answer.status_code == 401

    def test_without_a_mail_server_there_is_no_such_section(self, me, here, settings):
        settings.EMAIL_DRIVER = ""
        assert "收通知的邮箱" not in me.get(here).content.decode()
        assert me.post(f"{here}email/", {"address": "ma@example.com"}).status_code == 404


def test_the_link_in_an_email_begins_with_its_message_and_shows_it_to_its_reader_only(client):
    at = moments.now()
    reference = _person()
    told = [
        messages.tell(
            recipient=reference,
            template="announcement",
            values={"title": f"第{n}条", "text": "正文"},
            subject="",
            at=at + timedelta(minutes=n),
        )
        for n in range(3)
    ]
    sample.sign_in_client(client, reference)
    page = client.get(f"/my/messages/?message={told[1].key}").content.decode()
    assert page.index("第1条") < page.index("第0条")
    assert "第2条" not in page
    stranger = Client()
    sample.sign_in_client(stranger, _person(2, "other"))
    assert stranger.get(f"/my/messages/?message={told[1].key}").status_code == 404
