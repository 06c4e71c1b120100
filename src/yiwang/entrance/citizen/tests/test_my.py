"""My space and the progress of my case: mine only, with the sentence on top."""

from datetime import timedelta

import pytest
from django.db import transaction

from yiwang.capability.cases import actions as cases
from yiwang.capability.cases import sample
from yiwang.foundation.libraries import sample as people
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor, ActorKind, machine
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.clocks.definitions import Allowance
from yiwang.support.identity import sample as accounts

pytestmark = pytest.mark.django_db


def sign_in(client, name, number):
    made = people.register_person(number, at=moments.now(), name=name)
    accounts.open_person_account(made.reference, at=moments.now(), user_name=f"user{number}")
    client.post("/sign-in/", {"login": f"user{number}", "password": accounts.PASSWORD})
    return Actor(ActorKind.PERSON, made.reference, assurance_level=3)


@pytest.fixture
def me(client):
    return sign_in(client, "马晓燕", 1)


def opened(actor, **changes):
    with transaction.atomic():
        return sample.opened(actor, at=moments.now() - timedelta(hours=1), **changes)


def test_an_empty_space_says_what_would_be_here(client, me):
    page = client.get("/my/").content.decode()
    assert "您还没有办件" in page
    assert "找一件事办" in page


def test_my_cases_are_listed_with_their_sentence(client, me):
    case = opened(me)
    page = client.get("/my/").content.decode()
    assert f"/my/cases/{case.key}/" in page
    assert "已收到" in page


def test_another_persons_case_is_not_found_and_not_listed(client, me):
    case = opened(sample.citizen("other"))
    assert client.get(f"/my/cases/{case.key}/").status_code == 404
    assert case.key not in client.get("/my/").content.decode()


def test_the_headline_is_the_pages_heading_and_title(client, me):
    case = opened(me, instant=False, profile="MARKET_REGISTRATION")
    with transaction.atomic():
        cases.to_official(case_key=case.key, actor=machine("worker"), at=moments.now())
    page = client.get(f"/my/cases/{case.key}/").content.decode()
    assert "<title>城关区民政局正在审查" in page
    assert page.count("<h1") == 1
    assert "撤回申请" in page


def test_a_running_clock_shows_its_days_and_why(client, me):
    case = opened(me, instant=False, profile="MARKET_REGISTRATION")
    with transaction.atomic():
        clocks.start(
            subject=case.reference,
            kind="DECIDE",
            allowance=Allowance(5),
            at=moments.now(),
            actor=machine("worker"),
        )
    page = client.get(f"/my/cases/{case.key}/").content.decode()
    assert 'class="days"' in page
    assert "为什么是这一天" in page
    assert "5 个工作日" in page


def test_a_decision_by_rule_says_so_and_offers_a_person(client, me):
    case = opened(me)
    with transaction.atomic():
        cases.approve_by_rule(
            case_key=case.key,
            ruling=sample.ruling(),
            basis=sample.BASIS,
            actor=machine("worker"),
            at=moments.now(),
        )
    page = client.get(f"/my/cases/{case.key}/").content.decode()
    assert "系统按规则核对后决定" in page
    assert "ask-person" in page
    assert "为什么这样决定" in page


def test_who_looked_is_shown_with_the_reason(client, me):
    case = opened(me)
    with transaction.atomic():
        cases.read_case(case_key=case.key, actor=sample.official(), at=moments.now())
    page = client.get("/my/reads/").content.decode()
    assert f"/my/cases/{case.key}/" in page
    assert "工作人员" in page


def test_my_own_looks_are_not_counted_as_somebodys(client, me):
    case = opened(me)
    client.get(f"/my/cases/{case.key}/")
    assert "还没有人看过" in client.get("/my/reads/").content.decode()


def test_pages_of_persons_are_not_kept_on_the_device(client, me):
    assert client.get("/my/").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("number", [1, 15])
def test_a_longer_list_asks_no_more_questions(client, me, number, django_assert_max_num_queries):
    for _ in range(number):
        opened(me)
    with django_assert_max_num_queries(16):
        assert client.get("/my/").status_code == 200


def test_the_progress_page_asks_the_database_little(client, me, django_assert_max_num_queries):
    case = opened(me)
    with django_assert_max_num_queries(16):
        assert client.get(f"/my/cases/{case.key}/").status_code == 200


@pytest.mark.parametrize("after", ["x", "9" * 200, "../"])
def test_a_broken_page_mark_is_refused_or_the_first_page(client, me, after):
    assert client.get(f"/my/?after={after}").status_code in (200, 404, 422)
