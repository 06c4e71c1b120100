import pytest
from django.db import transaction

from yiwang.capability.cases import sample as cases
from yiwang.capability.reviews import actions as reviews
from yiwang.capability.reviews.models import RectificationOrder, Review
from yiwang.entrance.citizen.tests.test_results import page, person
from yiwang.kernel import moments

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client):
    return person(client, 1)


@pytest.fixture
def case(owner):
    with transaction.atomic():
        return cases.opened(owner, instant=False, at=moments.now())


def give(client, case, **more):
    return client.post(f"/my/cases/{case.key}/review/", {"level": "2", "text": "好"} | more)


def test_the_form_offers_five_levels_as_plain_radio_buttons(client, case):
    said = page(client, f"/my/cases/{case.key}/review/")
    assert said.count('type="radio" name="level"') == 5
    assert "非常不满意" in said
    assert "承办人看不到您是谁" in said


def test_a_review_is_given_without_script_and_then_shown(client, case):
    answer = give(client, case, tags=["attitude", "skill"])
    assert answer.status_code == 302
    said = page(client, answer["Location"])
    assert "已收到您的评价" in said
    assert Review.objects.get().tags == ["attitude", "skill"]


def test_a_second_review_is_refused_and_the_first_stays(client, case):
    give(client, case)
    answer = give(client, case, level="5")
    assert answer.status_code == 409
    assert "已经评价过" in answer.content.decode()
    assert Review.objects.get().level == 2


@pytest.mark.parametrize("level", ["", "0", "6", "x"])
def test_without_one_of_the_five_levels_the_form_comes_back(client, case, level):
    answer = give(client, case, level=level)
    assert answer.status_code == 422
    assert "请在五个等级里选一个" in answer.content.decode()


def test_another_persons_case_cannot_be_reviewed(client, case):
    person(client, 2)
    assert give(client, case).status_code == 404
    page(client, f"/my/cases/{case.key}/review/", 404)


def test_a_bad_review_shows_what_happens_next_and_takes_a_second_judgement(client, case):
    give(client, case, level="5")
    assert "前联系您" in page(client, f"/my/cases/{case.key}/review/")
    order, at = RectificationOrder.objects.get(), moments.now()
    reviews.contact(key=order.key, version=1, note="正在核实", complex_matter=False,
                    actor=cases.official(), at=at)  # fmt: skip
    reviews.answer(key=order.key, version=2, answer="CORRECTED", text="已加开窗口",
                   actor=cases.official(), at=at)  # fmt: skip
    said = page(client, f"/my/cases/{case.key}/review/")
    assert "已加开窗口" in said
    assert "再次评价" in said
    answer = client.post(f"/my/rectifications/{order.key}/again/", {"version": "3", "level": "1"})
    assert answer.status_code == 302
    assert RectificationOrder.objects.get().second_level == 1


def test_another_person_cannot_judge_the_answer(client, case):
    give(client, case, level="4")
    order = RectificationOrder.objects.get()
    person(client, 2)
    answer = client.post(f"/my/rectifications/{order.key}/again/", {"version": "1", "level": "1"})
    assert answer.status_code == 404
