"""An entry that is not shared stands on an article; when the article changes or goes, somebody is told."""

import json
from datetime import timedelta

import pytest

from yiwang.foundation.laws import actions as laws
from yiwang.foundation.laws.models import LawVersion
from yiwang.foundation.resources import actions, queries, sample
from yiwang.foundation.resources.events import BasisChanged
from yiwang.foundation.resources.models import Resource
from yiwang.kernel.actor import machine
from yiwang.mechanisms.journal.models import Entry

pytestmark = pytest.mark.django_db
SELF = machine("test")


@pytest.fixture
def entry(ground, at):
    """Who reported offences against food safety: 食品安全法 115."""
    return sample.publish(sample.content(sample.REPORTERS), at=at)


def newer(tmp_path, at, *, text=None, begins="2026-04-01"):
    """A further version of 食品安全法 whose article 115 says something else, or that has none."""
    held = LawVersion.objects.filter(law__short_title="食品安全法").order_by("-valid_from").first()
    articles = [
        {"no": one.number, "text": text if one.number == "第一百一十五条" else one.text}
        for one in held.articles.order_by("position")
        if text or one.number != "第一百一十五条"
    ]
    law = {
        "id": f"newer-{begins}", "title": "中华人民共和国食品安全法", "kind": "法律",
        "published": "2026-03-02", "effective": begins, "status": "有效", "articles": articles,
    }  # fmt: skip
    file = tmp_path / "newer.jsonl"
    file.write_text(json.dumps(law), encoding="utf-8")
    laws.import_laws(file=file, actor=SELF, at=at)


def look(at):
    return actions.look_at_bases(actor=SELF, at=at)


def to_look_at(at):
    return [(one.key, one.doubt) for one in queries.census(at=at).to_look_at]


def told():
    return Entry.objects.filter(act=BasisChanged.name).count()


def test_nothing_changed_nothing_is_doubted(entry, at):
    assert look(at) == look(at + timedelta(days=30)) == 0
    assert to_look_at(at) == []


@pytest.mark.parametrize(("text", "doubt"), [("另一种写法。", "CHANGED"), (None, "GONE")])
def test_from_the_day_it_holds_a_changed_article_is_to_be_looked_at(
    entry, at, tmp_path, text, doubt
):
    newer(tmp_path, at, text=text)
    assert look(at) == 0  # not in force yet
    then = at + timedelta(days=40)
    assert look(then) == 1
    assert to_look_at(then) == [(entry.key, doubt)]
    assert queries.negative_list().rows[0].doubt == doubt
    assert queries.read_resource(entry.key, SELF).basis_doubt
    assert (look(then), told()) == (0, 1)  # told once


def test_the_next_version_settles_it(entry, at, tmp_path):
    newer(tmp_path, at, text="另一种写法。")
    then = at + timedelta(days=40)
    look(then)
    sample.publish(sample.content(sample.REPORTERS, summary="核对过现行条文"), at=then)
    assert to_look_at(then) == []
    assert look(then) == 0


def test_an_article_that_says_the_same_with_other_blanks_is_the_same(entry, at, tmp_path):
    held = LawVersion.objects.filter(law__short_title="食品安全法").order_by("-valid_from").first()
    text = held.articles.get(number="第一百一十五条").text
    newer(tmp_path, at, text=f" {text}\n")
    assert look(at + timedelta(days=40)) == 0


def test_a_change_that_is_taken_back_is_doubted_no_more(entry, at, tmp_path):
    newer(tmp_path, at, text="另一种写法。")
    then = at + timedelta(days=40)
    look(then)
    held = LawVersion.objects.filter(law__short_title="食品安全法").order_by("-valid_from")[1]
    newer(tmp_path, then, text=held.articles.get(number="第一百一十五条").text, begins="2026-04-05")
    assert look(then) == 0
    assert to_look_at(then) == []


def test_an_entry_from_before_articles_were_noted_is_noted_as_of_today(entry, at, tmp_path):
    Resource.objects.update(basis_digest="")
    assert look(at) == 0
    newer(tmp_path, at, text="另一种写法。")
    assert look(at + timedelta(days=40)) == 1


def test_what_is_shared_or_withdrawn_is_not_looked_at(entry, at, tmp_path):
    newer(tmp_path, at, text="另一种写法。")
    row = Resource.objects.get(key=entry.key)
    actions.withdraw(key=entry.key, version=row.version, reason="不再收集", actor=SELF, at=at)
    assert look(at + timedelta(days=40)) == 0
    assert to_look_at(at) == []
