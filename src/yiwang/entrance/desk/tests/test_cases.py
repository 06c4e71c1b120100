"""The case on one screen and the acts on it."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.catalogue.definitions import Material, MaterialSource
from yiwang.capability.journey import sample
from yiwang.capability.materials import actions as materials
from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files import sample as file_samples
from yiwang.mechanisms.files.definitions import Kind
from yiwang.mechanisms.journal import queries as journal
from yiwang.network.directory import sample as places

pytestmark = pytest.mark.django_db
OPINION = "材料齐全，符合法定形式，同意。"


def version_on(page: str) -> str:
    return re.search(r'name="version" value="(\d+)"', page)[1]


def look(client: Client, case, status: int = 200) -> str:
    response = client.get(f"/desk/cases/{case.case_key}/")
    assert response.status_code == status
    return response.content.decode()


def act(client: Client, case, slug: str, **given):
    sent = {"version": version_on(look(client, case))} | given
    return client.post(f"/desk/cases/{case.case_key}/{slug}/", sent)


def state(case, owner) -> str:
    return cases.get_case(case.case_key, sample.citizen(owner)).state


def test_one_screen_has_the_person_the_answers_the_clock_and_every_act(official, case):
    page = look(official, case)
    assert "罗文博" in page
    assert case.case_no in page
    assert "示例路12号" in page
    assert 'name="version"' in page
    assert "为什么是这一天" in page
    for words in ("意见和理由", "申请表", "经过"):
        assert words in page
    assert page.count("<h1") == 1


def test_an_application_is_accepted_and_approved_and_the_result_is_there(official, case, owner):
    assert act(official, case, "accept").status_code == 302
    answer = act(official, case, "approve", reason=OPINION)
    assert answer["Location"].startswith(f"/desk/cases/{case.case_key}/?done=1")
    page = official.get(answer["Location"]).content.decode()
    assert "已记下您的处理" in page
    assert OPINION in page
    assert state(case, owner) in ("DECIDED", "ISSUED", "DELIVERED", "CLOSED")


def test_every_letter_on_the_page_opens(official, case):
    act(official, case, "accept")
    addresses = re.findall(r'href="(/cases/[^"]+/letters/[^"]+)"', look(official, case))
    assert addresses
    for address in addresses:
        assert official.get(address).status_code == 200


def test_a_missing_reason_names_the_field_and_changes_nothing(official, case, owner):
    act(official, case, "accept")
    before = state(case, owner)
    answer = act(official, case, "reject", reason="   ")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#reason"' in page
    assert 'aria-invalid="true"' in page
    assert state(case, owner) == before


def test_an_opinion_that_is_too_long_is_kept_as_it_was_typed(official, case):
    act(official, case, "accept")
    words = "长" * 2001
    answer = act(official, case, "reject", reason=words)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_an_act_nobody_knows_is_not_found_and_a_wrong_method_is_405(official, case):
    assert act(official, case, "burn").status_code == 404
    assert official.get(f"/desk/cases/{case.case_key}/accept/").status_code == 405
    assert official.post(f"/desk/cases/{case.case_key}/").status_code == 405
    assert official.post("/desk/").status_code == 405


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 12, "２"])
def test_a_page_without_a_sensible_version_is_refused(official, case, version):
    answer = official.post(f"/desk/cases/{case.case_key}/accept/", {"version": version})
    assert answer.status_code == 422


def test_an_older_page_gets_the_newest_state_and_keeps_the_opinion(official, case):
    old = version_on(look(official, case))
    act(official, case, "accept")
    answer = official.post(
        f"/desk/cases/{case.case_key}/approve/", {"version": old, "reason": "打好的意见"}
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "刚刚被别人处理过" in page
    assert ">打好的意见</textarea>" in page
    assert version_on(page) != old


@pytest.mark.parametrize(
    ("place", "body"),
    [("620103000000", None), ("", places.department_uscc(places.CHENGGUAN, 9))],
)
def test_another_place_or_department_finds_nothing(sign_in, case, place, body):
    stranger = sign_in("stranger", place=place, body=body)
    look(stranger, case, 404)
    assert case.case_key not in stranger.get("/desk/?list=ALL").content.decode()
    answer = stranger.post(f"/desk/cases/{case.case_key}/accept/", {"version": "1"})
    assert answer.status_code == 404


def test_citizens_operators_and_the_nameless_stay_outside(sign_in, citizen, case):
    addresses = ("/desk/", f"/desk/cases/{case.case_key}/")
    for address in addresses:
        assert citizen.get(address).status_code == 403
        assert sign_in(f"op{len(address)}", role=Role.OPERATOR).get(address).status_code == 403
        nameless = Client().get(address)
        assert nameless["Location"].startswith("/staff/sign-in/")


def test_an_ended_session_is_sent_to_the_sign_in_page_and_decides_nothing(official, case, owner):
    page = look(official, case)
    official.post("/sign-out/")
    before = state(case, owner)
    official.post(f"/desk/cases/{case.case_key}/accept/", {"version": version_on(page)})
    assert state(case, owner) == before
    assert official.get("/desk/")["Location"].startswith("/staff/sign-in/")


def test_an_act_from_another_site_is_refused(official, case, owner):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = official.cookies
    before = state(case, owner)
    answer = strict.post(f"/desk/cases/{case.case_key}/accept/", {"version": "1"})
    assert answer.status_code == 403
    assert state(case, owner) == before


def test_opening_is_noted_and_the_person_sees_who_looked(official, citizen, case, owner):
    look(official, case)
    entries = journal.list_entries(subject=f"case:{case.case_key}")
    assert [e for e in entries if e.act == "READ"]
    page = citizen.get("/my/reads/").content.decode()
    assert "示例工作人员" in page
    assert "办理申请" in page


@pytest.fixture
def paper(case, owner):
    """A picture handed in with the case; its key."""
    me, at = sample.citizen(owner), moments.now()
    draft = journey.start(item_code=sample.BUSINESS, actor=me, at=at)
    stored = files.store(data=file_samples.content(Kind.PNG), filename="门头.png", actor=me, at=at)
    wanted = Material("proof", "门头照片", "核对", MaterialSource.UPLOADED, "核对", ())
    materials.upload(subject=draft.reference, material=wanted, stored=stored, actor=me, at=at)
    materials.move_to_case(draft_key=draft.key, case=f"case:{case.case_key}", actor=me, at=at)
    return stored.key


def test_a_file_is_opened_through_its_case_only(official, sign_in, hand_in, case, paper):
    own = f"/desk/cases/{case.case_key}/materials/{paper}/"
    assert own in look(official, case)
    answer = official.get(own)
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")
    other = hand_in(trade_name="兰州市城关区另一家百货店")
    for address in (
        f"/desk/cases/{other.case_key}/materials/{paper}/",
        f"/desk/cases/{case.case_key}/materials/{'z' * 16}/",
    ):
        assert official.get(address).status_code == 404
    stranger = sign_in("stranger", place="620103000000")
    assert stranger.get(own).status_code == 404


def test_everything_works_as_plain_forms_without_script(official, case):
    page = look(official, case)
    form = re.search(r'<form class="actdock opinion" method="post" action="([^"]+)"', page)
    assert form
    targets = re.findall(r'<button class="btn [^"]*" formaction="([^"?]+)', page)
    assert targets
    assert all(target.startswith(f"/desk/cases/{case.case_key}/") for target in targets)
    assert "onclick" not in page


def test_the_page_asks_a_bounded_number_of_questions(official, hand_in, case):
    look(official, case)
    with CaptureQueriesContext(connection) as one:
        look(official, case)
    for number in range(3):
        hand_in(trade_name=f"兰州市城关区第{number}百货店")
    with CaptureQueriesContext(connection) as four:
        look(official, case)
    assert len(four) == len(one)
    assert len(one) <= 20


@pytest.mark.django_db(transaction=True)
def test_of_two_officials_deciding_at_once_one_decides_and_the_other_sees_the_newest_state(
    sign_in, case
):
    first, second = sign_in("one"), sign_in("two")
    act(first, case, "accept")
    version = version_on(look(first, case))

    def decide(client_and_words):
        client, words = client_and_words
        try:
            return client.post(
                f"/desk/cases/{case.case_key}/approve/", {"version": version, "reason": words}
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(decide, [(first, "甲的意见"), (second, "乙的意见")]))
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    loser = next(a for a in answers if a.status_code == 409)
    words = "甲的意见" if loser is answers[0] else "乙的意见"
    page = loser.content.decode()
    assert words in page


def test_a_material_is_shown_beside_the_form_inside_our_own_page_only(
    official, sign_in, case, paper
):
    answer = official.get(f"/desk/cases/{case.case_key}/")
    address = f"/desk/cases/{case.case_key}/materials/{paper}/inline/"
    assert f'src="{address}"' in answer.content.decode()
    assert "frame-src 'self'" in answer["Content-Security-Policy"]
    shown = official.get(address)
    assert shown["Content-Disposition"] == "inline"
    assert shown["Content-Type"] == "image/png"
    assert shown["X-Frame-Options"] == "SAMEORIGIN"
    assert "script-src" not in shown["Content-Security-Policy"]
    assert b"".join(shown.streaming_content).startswith(b"\x89PNG")
    assert sign_in("qian", body="11620102000000020X").get(address).status_code == 404
    assert official.get(address.replace(paper, "0" * 16)).status_code == 404


def test_phrases_are_kept_on_their_page_and_offered_beside_the_opinion(official, case):
    assert official.post("/desk/phrases/", {"text": "符合条件，拟同意。"}).status_code == 302
    assert 'data-phrase="符合条件，拟同意。"' in look(official, case)
    assert official.post("/desk/phrases/", {"text": ""}).status_code == 422
    said = official.get(f"/desk/phrases/?back={case.case_key}").content.decode()
    (key,) = re.findall(r"/desk/phrases/([0-9a-z]{16})/forget/", said)
    assert official.post(f"/desk/phrases/{key}/forget/").status_code == 302
    assert "符合条件，拟同意。" not in look(official, case)


def test_the_time_account_is_one_strip_that_says_what_it_shows(official, case):
    page = look(official, case)
    assert '<title id="strip-title">时间账：' in page
    assert "还剩" in page
