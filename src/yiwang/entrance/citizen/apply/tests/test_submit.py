"""The letter to check, handing in once, and the receipt."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import CaseFilter
from yiwang.capability.intake import actions as intake_actions
from yiwang.capability.intake.sample import good_answers
from yiwang.capability.materials import queries as materials
from yiwang.entrance.citizen.apply.tests.test_apply import draft_of, page, step
from yiwang.kernel import moments
from yiwang.mechanisms.files.definitions import Kind
from yiwang.mechanisms.files.sample import content

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(mine, home):
    """A draft with every answer and material."""
    draft = draft_of(mine, home)
    intake_actions.save_answers(
        draft_key=draft.key,
        answers=good_answers(),
        version=draft.version,
        actor=mine.actor,
        at=moments.now(),
    )
    file = SimpleUploadedFile("租赁合同.pdf", content(Kind.PDF))
    mine.post(f"{home}materials/", {"do": "upload:place", "m-place-file": file})
    return home


def my_cases(client):
    return cases.list_cases(client.actor, at=moments.now(), filter=CaseFilter()).rows


def test_the_check_page_reads_like_a_letter(mine, ready):
    text = page(mine, f"{ready}check/")
    assert "城关区市场监督管理局：" in text
    assert "我申请办理“个体工商户设立登记”" in text
    assert "甘肃省兰州市城关区" in text
    assert "租赁合同.pdf" in text
    assert text.count("修改<span") == 4, "each step and the materials can be changed"


def test_an_unfinished_form_cannot_be_handed_in_and_says_where(mine, home):
    text = page(mine, f"{home}check/")
    assert f'href="{step(home)}#name"' in text
    assert "姓名还没有填。" in text
    answer = mine.post(f"{home}check/", {"agree": "yes"})
    assert answer.status_code == 422
    assert my_cases(mine) == ()


def test_a_missing_material_keeps_it_back_and_links_to_it(mine, home, ready):
    [view] = [
        v for v in materials.list_materials(subject=draft_of(mine, home).reference) if v.files
    ]
    mine.post(f"{home}materials/", {"do": f"remove:place:{view.files[0].key}"})
    answer = mine.post(f"{home}check/", {"agree": "yes"})
    assert answer.status_code == 422
    assert f'href="{home}materials/#m-place"' in answer.content.decode()


def test_nothing_is_handed_in_without_the_persons_word(mine, ready):
    answer = mine.post(f"{ready}check/", {})
    assert answer.status_code == 422
    assert "还没有确认内容属实" in answer.content.decode()
    assert my_cases(mine) == ()


def test_handing_in_twice_is_one_case_and_the_same_receipt(mine, ready):
    first = mine.post(f"{ready}check/", {"agree": "yes"})
    second = mine.post(f"{ready}check/", {"agree": "yes"})
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"] == f"{ready}receipt/"
    [row] = my_cases(mine)
    text = page(mine, f"{ready}receipt/")
    assert "已收到您的申请" in text
    assert row.case_no in text
    assert "最晚答复" in text
    assert re.search(r'href="/my/cases/[0-9a-z]{16}/"', text)


def test_after_handing_in_every_page_of_the_draft_leads_to_the_receipt(mine, ready):
    mine.post(f"{ready}check/", {"agree": "yes"})
    for address in (ready, step(ready), f"{ready}materials/", f"{ready}check/"):
        assert mine.get(address)["Location"] == f"{ready}receipt/"
    late = mine.post(f"{step(ready)}save/", {"version": "9", "name": "别人"})
    assert late.status_code == 409


def test_the_case_has_what_was_on_the_letter(mine, ready):
    mine.post(f"{ready}check/", {"agree": "yes"})
    [row] = my_cases(mine)
    case = cases.get_case(row.key, mine.actor, at=moments.now())
    said = {answer.label: answer.value for answer in case.answers}
    assert said["店名"] == "晓燕小吃"
    supplied = {v.material: v for v in materials.list_materials(subject=case.reference)}
    assert supplied["place"].files[0].filename == "租赁合同.pdf"


def test_there_is_no_receipt_before_handing_in_and_none_for_others(mine, ready, stranger):
    assert mine.get(f"{ready}receipt/")["Location"] == ready
    mine.post(f"{ready}check/", {"agree": "yes"})
    assert stranger.get(f"{ready}receipt/").status_code == 404
    assert stranger.post(f"{ready}check/", {"agree": "yes"}).status_code == 404
