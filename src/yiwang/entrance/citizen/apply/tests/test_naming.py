"""A person or a firm named on the form: confirmed, contradicted or unknown, with and without scripts."""

from __future__ import annotations

import pytest

from yiwang.entrance.citizen.apply.tests.test_apply import PERSON, SHOP, draft_of, page, send, step
from yiwang.foundation.exchange import simulator
from yiwang.foundation.exchange.definitions import Misbehaviour
from yiwang.foundation.libraries import providers
from yiwang.foundation.libraries import sample as libraries
from yiwang.foundation.libraries.queries import find_citizen_id
from yiwang.kernel import moments
from yiwang.mechanisms.journal import queries as journal

pytestmark = pytest.mark.django_db
assert providers
UNKNOWN = {"name": "张三", "citizen_id": "11010519491231002X"}


@pytest.fixture
def relative(item):
    return libraries.register_person(9, at=moments.now(), name="欧阳建国")


def boxes(name="", citizen_id="", person=None) -> dict[str, str]:
    number = citizen_id or find_citizen_id(person.reference)
    return {"relative-name": name or person.name, "relative-citizen_id": number}


def sent(client, home, **typed):
    """The first step with somebody who applies for an old person."""
    return send(client, step(home), **PERSON | {"by_relative": "yes"} | typed)


def asked(client, home, place="relative", where="person", **typed):
    return client.post(f"{step(home, where)}look-up/{place}/", typed)


def test_a_confirmed_person_is_shown_masked_and_the_form_goes_on(mine, home, relative):
    answer = sent(mine, home, **boxes(person=relative))
    assert answer["Location"] == step(home, "shop")
    text = page(mine, step(home))
    assert "和人口库（示例数据）对上了：欧阳**，" in text
    assert "和人口库（示例数据）核对，一致" in page(mine, f"{home}check/")


def test_a_wrong_name_is_told_at_the_question_and_the_right_one_stays_unsaid(mine, home, relative):
    answer = sent(mine, home, **boxes(person=relative, name="王一"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "姓名和身份证号对不上" in text
    assert '<a href="#relative">' in text
    assert 'id="relative-e"' in text
    assert "欧阳" not in text
    assert text.count("对不上") == 2, "once on top, once at the question"


def test_whom_the_register_does_not_know_is_said_once_and_may_be_named(mine, home):
    answer = sent(mine, home, **boxes(**UNKNOWN))
    assert answer["Location"] == f"{step(home)}?looked=1#relative"
    text = page(mine, answer["Location"].partition("#")[0])
    assert "没填错，就再点" in text
    assert "人口库（示例数据）里没有查到" in text
    assert sent(mine, home, **boxes(**UNKNOWN))["Location"] == step(home, "shop")


def test_a_register_that_is_away_offers_to_ask_again_or_to_go_on(mine, home, relative):
    with simulator.misbehaving("person.match", Misbehaviour.AWAY):
        answer = sent(mine, home, **boxes(person=relative))
        assert "looked=1" in answer["Location"]
        text = page(mine, step(home))
        assert "人口库（示例数据）现在连不上。您可以先自己填" in text
        assert 'value="look:relative"' in text
        assert sent(mine, home, **boxes(person=relative))["Location"] == step(home, "shop")
    answer = sent(mine, home, do="look:relative", **boxes(person=relative))
    assert answer["Location"].endswith("#relative")
    assert "对上了" in page(mine, step(home))


def test_the_open_page_is_told_at_once_and_saves_no_answer(mine, home, relative):
    answer = asked(mine, home, **boxes(person=relative))
    assert answer.status_code == 200
    assert "对上了：欧阳**" in answer.content.decode()
    assert "relative" not in draft_of(mine, home).answers
    wrong = asked(mine, home, **boxes(person=relative, name="王一")).content.decode()
    assert 'class="err"' in wrong
    assert "欧阳" not in wrong
    assert len(journal.list_reads_of(relative.reference)) == 2


@pytest.mark.parametrize(
    "typed",
    [{}, {"relative-name": "张三"}, boxes("张三", "110105194912310021"), boxes("\x07", "11010519491231002X")],
)  # fmt: skip
def test_what_is_not_whole_is_not_asked_about(mine, home, typed):
    answer = asked(mine, home, **typed)
    assert answer.status_code in (200, 422)
    assert "核对" not in answer.content.decode()
    assert draft_of(mine, home).looked_up == {}


@pytest.mark.parametrize("place", ["name", "nothing", "members-0-member_name", "relative-0-x"])
def test_only_questions_for_a_person_or_a_firm_look_anything_up(mine, home, place):
    assert asked(mine, home, place, **boxes(**UNKNOWN)).status_code == 404


def test_a_strangers_draft_looks_nobody_up(stranger, home, relative):
    assert asked(stranger, home, **boxes(person=relative)).status_code == 404
    assert journal.list_reads_of(relative.reference) == ()


def test_a_firm_is_confirmed_by_its_public_name(mine, home):
    firm = libraries.register_organization(3, at=moments.now())
    typed = {"firm-name": firm.name, "firm-uscc": firm.uscc}
    answer = asked(mine, home, "firm", "shop", **typed)
    assert f"和法人库（示例数据）对上了：{firm.name}" in answer.content.decode()
    wrong = asked(mine, home, "firm", "shop", **{**typed, "firm-name": "别的公司"})
    assert "名称和统一社会信用代码对不上" in wrong.content.decode()
    assert firm.name not in wrong.content.decode()
    refused = send(mine, step(home, "shop"), **SHOP, **{**typed, "firm-name": "别的公司"})
    assert refused.status_code == 422


def test_english_pages_say_it_in_english(mine, home, relative):
    mine.post("/language/", {"language": "en"})
    assert "Agrees with" in asked(mine, home, **boxes(person=relative)).content.decode()
