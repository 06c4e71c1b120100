"""谁看过我的资料: one list of reads and calls; a line is asked about and answered."""

import pytest
from django.test import Client

from yiwang.entrance.citizen.tests.test_my import opened, sign_in
from yiwang.foundation.exchange.models import Receipt
from yiwang.foundation.exchange.queries import SUBJECT_PURPOSE
from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.directory import sample as places
from yiwang.support.identity import sample as accounts

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(client):
    places.load_chengguan()
    places.register_departments()
    return sign_in(client, "马晓燕", 1)


@pytest.fixture
def case(me):
    body = places.department_uscc(places.CHENGGUAN, 1)
    return opened(me, department=body, division_code=places.CHENGGUAN)


@pytest.fixture
def line(me, case):
    number = libraries.find_citizen_id(me.reference)
    return Receipt.objects.create(
        message="1" * 32,
        side="PROVIDER",
        at=moments.now(),
        from_node="62",
        system="62/platform",
        to_node="62",
        service="62/household-register",
        purpose="核对办理条件",
        case_no=case.case_no,
        subject_index=crypto.keyed_index(number, purpose=SUBJECT_PURPOSE),
        fields=["alive"],
        rows=1,
        status="FOUND",
        request_digest="0" * 64,
        milliseconds=3,
    )


@pytest.fixture
def officer():
    body = places.department_uscc(places.CHENGGUAN, 1)
    account = accounts.open_official_account(
        "shuju",
        at=moments.now(),
        name="梁晓东",
        department=body,
        grants=((Role.DATA_OFFICER, places.CHENGGUAN, body),),
    )
    client = Client()
    accounts.sign_in_client(client, account.subject)
    return client


def test_a_call_stands_in_the_list_with_why_and_in_which_case(client, case, line):
    page = client.get("/my/reads/").content.decode()
    for words in ("核对办理条件", case.case_no, "查到了", f"/my/reads/call-{line.id}/ask/"):
        assert words in page
    number = libraries.find_citizen_id(case.applicant)
    assert number not in page


def test_a_question_goes_to_the_body_and_its_answer_comes_back(client, me, line, officer):
    address = f"/my/reads/call-{line.id}/ask/"
    assert client.get(address).status_code == 200
    sent = client.post(address, {"kind": "OBJECTION", "words": "为什么查我？<b>"})
    assert sent.status_code == 302
    mine = client.get(sent.url).content.decode()
    assert "还没有答复" in mine
    assert "&lt;b&gt;" in mine
    assert client.get(address).url == sent.url
    key = sent.url.rstrip("/").rpartition("/")[2]
    assert key in officer.get("/data/enquiries/").content.decode()
    theirs = f"/data/enquiries/{key}/"
    assert officer.post(theirs, {"finding": "", "words": "依法"}).status_code == 422
    assert officer.post(theirs, {"finding": "IN_ORDER", "words": ""}).status_code == 422
    done = officer.post(theirs, {"finding": "IN_ORDER", "words": "为发放津贴核对。"})
    assert done.status_code == 302
    assert "为发放津贴核对。" in client.get(sent.url).content.decode()
    assert key in officer.get("/data/enquiries/?answered").content.decode()
    for _ in range(2):
        journal.seal(at=moments.now())
        journal.run_listeners(at=moments.now())
    assert "有答复了" in client.get("/my/messages/").content.decode()


@pytest.mark.parametrize("typed", [{}, {"kind": "QUESTION"}, {"kind": "x", "words": "为什么"}])
def test_an_incomplete_question_is_shown_again(client, line, typed):
    page = client.post(f"/my/reads/call-{line.id}/ask/", typed)
    assert page.status_code == 422
    assert typed.get("words", "") in page.content.decode()


def test_nobody_asks_about_another_persons_line(line):
    stranger = Client()
    sign_in(stranger, "罗文博", 2)
    assert stranger.get(f"/my/reads/call-{line.id}/ask/").status_code == 404
    assert (
        stranger.post(
            f"/my/reads/call-{line.id}/ask/", {"kind": "QUESTION", "words": "x"}
        ).status_code
        == 404
    )


def test_the_pages_speak_english(client, line, settings):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    listed = client.get("/my/reads/").content.decode()
    asking = client.get(f"/my/reads/call-{line.id}/ask/").content.decode()
    assert "Ask or object" in listed
    assert "Found" in listed
    assert "You want to" in asking
