"""A pack's questions, options and hints are English on English pages, from the guide to the last look."""

from __future__ import annotations

import re
from datetime import date

import pytest

from yiwang.capability.intake import queries as intake
from yiwang.capability.intake.models import Draft
from yiwang.capability.journey import sample
from yiwang.entrance.citizen.apply.tests.conftest import sign_in
from yiwang.kernel import moments

pytestmark = pytest.mark.django_db
CODE = "road-occupation"


@pytest.fixture
def mine(client, places):
    sample.publish(CODE, at=moments.now(), changes={"valid_from": date(2026, 1, 1)})
    intake.get_form.cache_clear()
    client.cookies["django_language"] = "en"
    return sign_in(client)


def main_of(response) -> str:
    assert response.status_code == 200
    text = response.content.decode()
    return re.sub(r"<[^>]+>", "\n", text[text.index("<main") : text.index("</main")])


def test_the_guide_asks_and_sums_up_in_english(mine):
    said = main_of(mine.get(f"/items/{CODE}/?act=new&way=dig&urgent=planned&age=old"))
    for words in (
        "What would you like to do?", "Extend the time of a permit", "Occupy or dig?",
        "This is for: Digging a city road.", "May follow after acceptance: Opinion of the owners",
    ):  # fmt: skip
        assert words in said
    assert "您办理的是" not in said


def test_the_form_asks_in_english_and_the_last_look_reads_in_english(mine):
    begun = mine.post(
        f"/items/{CODE}/apply/",
        {"act": "new", "way": "dig", "urgent": "planned", "age": "old", "trees": "touched"},
    )
    assert begun.status_code == 302
    draft = Draft.objects.get()
    for step, words in (
        ("what", ("What would you like to do?", "Move the place or enlarge the area", "Occupy")),
        ("place", ("Which road", "For example “Jiuquan Road”.", "square metres", "Exact place")),
        ("term", ("First day", "It is written on the permit; by then the road is restored.")),
    ):
        said = main_of(mine.get(f"/my/drafts/{draft.key}/step/{step}/"))
        assert [w for w in words if w not in said] == []
        assert "哪条路" not in said
    said = main_of(mine.get(f"/my/drafts/{draft.key}/materials/"))
    assert "Traffic plan" in said
    said = main_of(mine.get(f"/my/drafts/{draft.key}/check/"))
    assert "Apply for a new permit" in said
    assert "新申请" not in said


def test_the_same_pages_stay_chinese_for_everybody_else(mine):
    mine.cookies["django_language"] = "zh-hans"
    said = main_of(mine.get(f"/items/{CODE}/?act=new&way=dig&urgent=planned&age=old"))
    assert "您办理的是“挖掘城市道路”。" in said
