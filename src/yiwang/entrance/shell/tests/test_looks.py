"""Large print, contrast and language: by cookie, without script, and never to another site."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.entrance.shell import looks

pytestmark = pytest.mark.django_db


@given(st.text(max_size=30))
def test_any_cookie_is_a_look(cookie):
    look = looks.parse(cookie)
    assert look.size in looks.SIZES
    assert look.contrast in looks.CONTRASTS


@given(st.sampled_from(looks.SIZES), st.sampled_from(looks.CONTRASTS))
def test_choosing_one_thing_keeps_the_other(size, contrast):
    kept = looks.parse(f"{size}.{contrast}")
    after = looks.parse(looks.changed(kept, size="larger", contrast=None))
    assert (after.size, after.contrast) == ("larger", contrast)
    back = looks.parse(looks.changed(after, size="normal", contrast=None))
    assert (back.size, back.contrast) == ("", contrast)


def test_large_print_works_without_script(client):
    answer = client.post("/look/", {"size": "large", "next": "/patterns/"})
    assert answer.status_code == 302
    assert answer["Location"] == "/patterns/"
    assert 'class="large"' in client.get("/patterns/").content.decode()


def test_the_days_of_mourning_are_grey(client, settings):
    settings.MOURNING = True
    assert 'class="grey"' in client.get("/patterns/").content.decode()


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "javascript:1", ""])
def test_nobody_is_sent_to_another_site(client, elsewhere):
    assert client.post("/look/", {"size": "large", "next": elsewhere})["Location"] == "/"


def test_english_is_chosen_and_kept_and_the_browser_is_not_asked(client):
    chinese = client.get("/look/", headers={"accept-language": "en"}).content.decode()
    assert '<html lang="zh-Hans"' in chinese
    client.post("/language/", {"language": "en"})
    assert '<html lang="en"' in client.get("/look/").content.decode()


def test_an_unknown_language_changes_nothing(client):
    assert not client.post("/language/", {"language": "xx"}).cookies


def test_a_look_changes_by_post_only(client):
    client.get("/look/?size=large")
    assert 'class=""' in client.get("/patterns/").content.decode()
