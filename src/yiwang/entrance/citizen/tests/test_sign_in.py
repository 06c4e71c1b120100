import re

import pyotp
import pytest
from django.test import Client

from yiwang.foundation.libraries import sample as people
from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.support.identity import actions, queries, sample
from yiwang.support.identity.definitions import COOKIE

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    made = people.register_person(1, at=moments.now(), name="马晓燕")
    sample.open_person_account(made.reference, at=moments.now(), user_name="maxiaoyan")
    return made


@pytest.fixture
def official():
    role = ((Role.APPROVER, "620102000000", None),)
    return sample.open_official_account("approver", at=moments.now(), grants=role)


def _post(client, path="/sign-in/", **values):
    given = {"login": "maxiaoyan", "password": sample.PASSWORD, "next": "/items/"} | values
    return client.post(path, given)


def _who(client):
    return queries.find_session(client.cookies[COOKIE].value, at=moments.now()).actor


def test_the_page_works_without_script_and_offers_both_tabs(client):
    page = client.get("/sign-in/?next=/items/x/").content.decode()
    assert "<script>" not in page
    for words in ("个人", "法人", "短信验证码", 'autocomplete="username"', 'value="/items/x/"'):
        assert words in page


def test_a_person_signs_in_and_returns_to_the_item(client, person):
    answer = _post(client)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/items/")
    cookie = client.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert _who(client).reference == person.reference


def test_a_return_address_on_another_site_leads_home(client, person):
    assert _post(client, next="//evil.example/").headers["Location"] == "/"


def test_the_session_and_the_csrf_token_change_at_sign_in(client, person):
    _post(client)
    first = client.cookies[COOKIE].value
    token = client.cookies["csrftoken"].value
    _post(client)
    assert client.cookies[COOKIE].value != first
    assert client.cookies["csrftoken"].value != token


def test_a_planted_session_cookie_is_not_taken_over(client, person):
    client.cookies[COOKIE] = "planted"
    _post(client)
    assert client.cookies[COOKIE].value != "planted"


def test_wrong_and_unknown_look_the_same(client, person):
    def page(login):
        answer = _post(client, login=login, password="wrong")
        text = answer.content.decode().replace(login, "")
        return answer.status_code, re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)

    assert page("maxiaoyan") == page("somebodyy")
    assert COOKIE not in client.cookies


def test_the_password_is_never_shown_again(client, person):
    assert "Wrong-Secret-1" not in _post(client, password="Wrong-Secret-1").content.decode()


def test_too_many_tries_say_how_long_to_wait(client, person):
    for _ in range(5):
        _post(client, password="wrong")
    answer = _post(client)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_a_forged_form_from_another_site_is_refused(person):
    client = Client(enforce_csrf_checks=True)
    assert _post(client).status_code == 403


def test_a_person_signs_in_with_the_code_on_the_simulators_page(client, person):
    answer = client.post("/sign-in/code/", {"phone": "19910000001", "next": "/items/"})
    assert "5 分钟内有效" in answer.content.decode()
    sms = client.get("/sample/sms/").content.decode()
    assert "199****0001" in sms
    assert "19910000001" not in sms
    code = re.search(r"验证码(\d{6})", sms).group(1)
    answer = client.post(
        "/sign-in/", {"way": "code", "phone": "19910000001", "code": code, "next": "/items/"}
    )
    assert answer.headers["Location"] == "/items/"


def test_an_unknown_phone_sees_the_same_page(client, person):
    def page(phone):
        text = client.post("/sign-in/code/", {"phone": phone}).content.decode().replace(phone, "")
        return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)

    assert page("19910000001") == page("19920000002")


def test_the_simulators_page_does_not_exist_outside_the_sample(client, settings):
    settings.SAMPLE = False
    assert client.get("/sample/sms/").status_code == 404


def test_a_firm_is_chosen_after_its_representative_signed_in(client, person):
    firm = people.register_organization(
        1, at=moments.now(), legal_representative=person.reference, name="示例面馆有限公司"
    )
    other = people.register_organization(2, at=moments.now(), name="别人的公司")
    answer = _post(client, tab="firm")
    assert answer.headers["Location"] == "/sign-in/firm/?next=%2Fitems%2F"
    page = client.get("/sign-in/firm/").content.decode()
    assert "示例面馆有限公司" in page
    assert "别人的公司" not in page
    before = client.cookies[COOKIE].value
    assert client.post("/sign-in/firm/", {"organization": other.reference}).status_code == 404
    answer = client.post("/sign-in/firm/", {"organization": firm.reference, "next": "/items/"})
    assert answer.headers["Location"] == "/items/"
    assert _who(client).applicant == firm.reference
    assert client.cookies[COOKIE].value != before


def test_signing_out_ends_the_session_and_takes_the_cookie(client, person):
    _post(client)
    token = client.cookies[COOKIE].value
    assert client.get("/sign-out/").status_code == 405
    answer = client.post("/sign-out/")
    assert answer.cookies[COOKIE].value == ""
    assert queries.find_session(token, at=moments.now()) is None
    assert client.post("/sign-out/").status_code == 302


def test_a_citizens_account_is_none_at_the_staff_door_and_the_other_way(client, person, official):
    assert _post(client, "/staff/sign-in/").status_code == 401
    assert _post(client, login="approver").status_code == 401


def test_outside_the_sample_staff_need_the_number_too(client, official, settings):
    secret = actions.set_second_factor(account=official.key, actor=people.SAMPLER, at=moments.now())
    settings.SAMPLE = False
    page = _post(client, "/staff/sign-in/", login="approver")
    assert COOKIE not in client.cookies
    pending = re.search(r'name="pending" value="([^"]+)"', page.content.decode()).group(1)
    forged = pending.replace(pending[:4], "AAAA", 1)
    number = pyotp.TOTP(secret).now()
    for wrong in ({"pending": forged, "number": number}, {"pending": pending, "number": "000000"}):
        assert client.post("/staff/sign-in/", wrong).status_code == 401
    answer = client.post("/staff/sign-in/", {"pending": pending, "number": number})
    assert answer.headers["Location"] == "/desk/"
    assert _who(client).reference == official.subject


def test_staff_come_to_the_page_of_their_role(client):
    operator = ((Role.OPERATOR, "620000000000", None),)
    sample.open_official_account("operator", at=moments.now(), grants=operator)
    sample.open_official_account("auditor", at=moments.now(), grants=())
    answer = _post(client, "/staff/sign-in/", login="operator", next="")
    assert answer.headers["Location"] == "/console/"
    answer = _post(client, "/staff/sign-in/", login="auditor", next="")
    assert answer.headers["Location"] == "/my/account/"
