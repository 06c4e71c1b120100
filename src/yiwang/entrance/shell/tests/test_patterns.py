"""The pattern page shows every component."""

import re
from pathlib import Path

import pytest

from yiwang.entrance.shell import patterns

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


def test_the_page_has_no_inline_style_or_script(client):
    page = client.get("/patterns/").content.decode()
    assert " style=" not in page
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"\son\w+=", page)
