"""The pattern page shows every component."""

import re
from pathlib import Path

import pytest

from yiwang.capability.intake.definitions import Kind
from yiwang.entrance.shell import pattern_fields, patterns

SHELL = Path(__file__).parents[1]
pytestmark = pytest.mark.django_db
#: Parts of other components or of the frame, seen there.
WITHIN = {
    "pair",
    "fact",
    "happened",
    "post",
    "crumbs",
    "title",
    "search",
    "pager",
    "section",
    "words",
    "map",
}


def test_every_component_is_shown(client):
    shown = "".join(p.read_text() for p in (SHELL / "templates/shell/patterns").glob("*.html"))
    here = {p.stem for p in (SHELL / "templates/components").glob("*.html")}
    assert here - WITHIN <= set(re.findall(r"<c-([a-z-]+)", shown)) | {"title"}


def test_every_icon_of_the_sprite_is_listed_and_drawn():
    sprite = (SHELL / "static/shell/icons.svg").read_text()
    assert set(re.findall(r'id="i-(\w+)"', sprite)) == set(patterns.ICONS)


@pytest.fixture
def page(client) -> str:
    return client.get("/patterns/").content.decode()


def test_every_kind_of_question_is_shown_in_every_state(page):
    states = {"empty", "filled", "known", "wrong", "closed"}
    for kind in Kind:
        shown = {s for s in states if f'"{kind.value.lower()}_{s}"' in page}
        assert shown == states - ({"known"} if kind is Kind.FILE else set()), kind
    kinds = pattern_fields.drawn_kinds()
    assert {one.name for one in kinds} >= {pattern_fields.name(kind) for kind in Kind}
    assert len(set(re.findall(r'\sid="([^"]+)"', page))) == page.count(' id="')


def state_of(kind: Kind, state: str) -> str:
    (found,) = (k for k in pattern_fields.drawn_kinds() if k.name == pattern_fields.name(kind))
    (drawn,) = (s for s in found.states if s.words == pattern_fields._STATES[state])
    return str(drawn.html)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_wrong_answer_is_told_with_what_to_do_and_a_closed_one_cannot_be_changed(kind):
    wrong, closed = state_of(kind, "wrong"), state_of(kind, "closed")
    assert 'class="err" id="' in wrong
    assert "请" in wrong
    assert 'class="err" id="' not in state_of(kind, "filled")
    boxes = re.findall(r"<(?:input|textarea|select|output)[^>]*>", closed)
    assert boxes
    whole = re.search(r"<fieldset[^>]* disabled", closed) is not None
    assert whole or all("readonly" in box or "<output" in box for box in boxes)
    assert "src" in state_of(kind, "known") if kind is not Kind.FILE else True


def test_what_is_only_shown_is_masked():
    for kind in (Kind.CITIZEN_ID, Kind.PHONE, Kind.ACCOUNT, Kind.PERSON, Kind.GROUP):
        shown = state_of(kind, "closed")
        assert "****" in shown, kind
        assert not re.search(r"\d{17}|1390{4}\d{4}", shown), kind


def test_the_page_has_no_inline_style_or_script(client):
    page = client.get("/patterns/").content.decode()
    assert " style=" not in page
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"\son\w+=", page)
