import re

import pytest

from yiwang.foundation.libraries import sample as people
from yiwang.kernel import moments
from yiwang.support.identity import queries, sample
from yiwang.support.identity.definitions import COOKIE
from yiwang.support.identity.models import Account

pytestmark = pytest.mark.django_db
PAGE = "/step-up/"


@pytest.fixture
def me(client):
    person = people.register_person(1, at=moments.now(), name="马晓燕")
    sample.open_person_account(person.reference, at=moments.now(), user_name="maxiaoyan")
    sample.sign_in_client(client, person.reference)
    return client


def level(client):
    token = client.cookies[COOKIE].value
    return queries.find_session(token, at=moments.now()).actor.assurance_level


def test_the_page_offers_what_reaches_the_level_and_a_way_back(me):
    page = me.get(f"{PAGE}?level=3&next=/items/").content.decode()
    assert '<a class="btn full" href="/my/">' in page, "back to /items/ would only ask again"
    for words in ("短信验证码和身份证号", "再输一遍密码", "模拟：通过", "三级"):
        assert words in page
    page = me.get(f"{PAGE}?level=4").content.decode()
    assert "再输一遍密码" not in page
    assert "模拟：通过" in page


def test_what_nothing_reaches_leads_to_the_hall(me):
    assert "政务服务大厅窗口核验" in me.get(f"{PAGE}?level=5").content.decode()


@pytest.mark.parametrize("wanted", ["", "1", "9", "x", "4'"])
def test_a_made_up_level_is_the_lowest(me, wanted):
    assert me.get(PAGE, {"level": wanted}).status_code == 200


def test_another_site_is_no_way_back(me):
    given = {"proof": "PASSWORD", "password": sample.PASSWORD, "next": "//evil.example/"}
    assert me.post(PAGE, given)["Location"] == "/my/security/"


def test_the_cookie_is_a_new_one(me):
    before = me.cookies[COOKIE].value
    me.post(PAGE, {"proof": "FACE", "given": "pass", "next": "/my/"})
    assert me.cookies[COOKIE].value != before
    assert queries.find_session(before, at=moments.now()) is None
    assert level(me) == 4


def test_code_and_number_work_without_script(me):
    Account.objects.update(assurance_level=2)
    page = me.post(f"{PAGE}code/", {"level": "3", "next": "/items/"}).content.decode()
    assert "199****0001" in page
    assert people.new_person(1).citizen_id not in page
    sms = me.get("/sample/sms/").content.decode()
    code = re.search(r"验证码(\d{6})", sms).group(1)
    given = {"proof": "CODE_AND_ID", "level": "3", "next": "/items/", "code": code}
    answer = me.post(PAGE, given | {"citizen_id": people.new_person(1).citizen_id})
    assert answer["Location"] == "/items/"
    assert level(me) == 3


@pytest.mark.parametrize("proof", ["", "TOTP", "PASSKEY", "FACE", "PASSWORD", "CODE_AND_ID", "x"])
def test_a_proof_that_does_not_hold_is_said_on_the_page(me, proof):
    answer = me.post(PAGE, {"proof": proof, "next": "/items/"})
    assert answer.status_code == 422
    assert "没有通过核验" in answer.content.decode()
    assert level(me) == 3


def test_without_a_passkey_none_is_asked_for(me):
    answer = me.post(f"{PAGE}passkey/", headers={"Accept": "application/json"})
    assert answer.json()["refusal"]["code"] == "CannotUsePasskey"


def test_nobody_comes_without_a_session(client):
    assert client.get(PAGE)["Location"].startswith("/sign-in/")


def test_in_english_too(me):
    me.post("/language/", {"language": "en"})
    page = me.get(f"{PAGE}?level=4").content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert not re.findall(r"[\u4e00-\u9fff]+", main)
    page = me.get("/my/security/").content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert not re.findall(r"[\u4e00-\u9fff]+", main)
