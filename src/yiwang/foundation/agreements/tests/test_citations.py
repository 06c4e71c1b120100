"""Requests and grants cite articles; when an article changes or goes, both departments are told once."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from django.db import close_old_connections, connection

from yiwang.foundation.agreements import actions, queries
from yiwang.foundation.agreements.definitions import Basis, Cited
from yiwang.foundation.agreements.events import CitationsChanged
from yiwang.foundation.agreements.models import CitedArticle, DataGrant
from yiwang.foundation.agreements.tests.people import (
    ACTORS,
    AT,
    VALUES,
    delivered,
    drafted,
    offer_as,
    received,
)
from yiwang.foundation.laws import actions as laws
from yiwang.foundation.laws.models import LawVersion
from yiwang.kernel.actor import machine
from yiwang.kernel.refusals import InvalidInput, NotAllowed, VersionConflict
from yiwang.mechanisms.journal.models import Entry

pytestmark = pytest.mark.django_db
SELF = machine("test")
FOOD, AGED = Cited("食品安全法", "第一百一十五条"), Cited("老年人权益保障法", "第33条")
THEN = AT + timedelta(days=40)


@pytest.fixture(autouse=True)
def library(monkeypatch, db):
    laws.import_shipped(actor=SELF, at=AT)
    offer_as(monkeypatch)
    monkeypatch.setattr("yiwang.foundation.agreements.queries.graded", lambda *_: {})


def newer(tmp_path, *, text=None, begins="2026-04-01"):
    """A further version of 食品安全法 whose article 115 says something else, or that has none."""
    held = LawVersion.objects.filter(law__short_title="食品安全法").order_by("valid_from").first()
    articles = [
        {"no": one.number, "text": text if one.number == FOOD.article else one.text}
        for one in held.articles.order_by("position")
        if text or one.number != FOOD.article
    ]
    law = {
        "id": f"newer-{begins}", "title": "中华人民共和国食品安全法", "kind": "法律",
        "published": "2026-03-02", "effective": begins, "status": "有效", "articles": articles,
    }  # fmt: skip
    file = tmp_path / "newer.jsonl"
    file.write_text(json.dumps(law), encoding="utf-8")
    laws.import_laws(file=file, actor=SELF, at=AT)


def look(at=THEN):
    return actions.look_at_articles(actor=SELF, at=at)


def told():
    return list(
        Entry.objects.filter(act=CitationsChanged.name)
        .order_by("id")
        .values_list("subject", flat=True)
    )


def citing(monkeypatch, *cited):
    """Requests drafted in this test cite these."""
    from dataclasses import replace

    values = replace(VALUES, articles=cited)
    monkeypatch.setattr("yiwang.foundation.agreements.tests.people.VALUES", values)


def test_articles_are_noted_with_their_text_under_the_law_s_whole_title():
    (food, aged) = drafted(articles=(FOOD, AGED, FOOD)).articles
    assert food.label == "《中华人民共和国食品安全法》第一百一十五条"
    assert "举报" in food.text
    assert aged.article == "第三十三条"
    assert (food.noted_on.isoformat(), food.doubt) == ("2026-03-02", "")


def test_a_duty_may_stand_on_an_article_alone():
    assert drafted(basis=Basis.DUTY, items=(), duty="", articles=(FOOD,)).articles
    with pytest.raises(InvalidInput) as refused:
        drafted(basis=Basis.DUTY, items=(), duty="")
    assert [one.field for one in refused.value.fields] == ["duty"]


@pytest.mark.parametrize(
    ("cited", "said"),
    [
        (Cited("食品安全法", "第九百条"), "没有第九百条"),
        (Cited("没有这部法", "第一条"), "没有《没有这部法》"),
        (Cited("食品", "第一条"), "相近的有《中华人民共和国食品安全法》"),
    ],
)
def test_what_does_not_hold_is_refused_by_its_field_with_a_remedy(cited, said):
    with pytest.raises(InvalidInput) as refused:
        drafted(articles=(FOOD, cited))
    (problem,) = refused.value.fields
    assert problem.field == "articles"
    assert said in problem.sentence + problem.remedy
    assert "写在“什么职责”里" in problem.remedy
    assert not CitedArticle.objects.exists()


def test_more_articles_than_anybody_reads_are_refused():
    many = tuple(Cited("食品安全法", f"第{number}条") for number in range(1, 22))
    with pytest.raises(InvalidInput) as refused:
        drafted(articles=many)
    assert "超过 20 条" in refused.value.fields[0].sentence


def test_a_rewritten_draft_cites_what_it_says_now():
    from dataclasses import replace

    view = drafted(articles=(FOOD,))
    values = replace(VALUES, articles=(AGED,))
    view = actions.rewrite(
        key=view.key, version=view.version, values=values, actor=ACTORS["asker"], at=AT
    )
    assert [one.article for one in view.articles] == ["第三十三条"]


def test_a_grant_carries_what_its_request_cited(monkeypatch):
    citing(monkeypatch, FOOD, AGED)
    view = delivered()
    grant = queries.get_grant(view.grant, ACTORS["giver"], at=AT)
    assert grant.articles == view.articles


@pytest.mark.parametrize(("text", "doubt"), [("另一种写法。", "CHANGED"), (None, "GONE")])
def test_from_the_day_it_holds_both_matters_are_marked_and_told_once(
    monkeypatch, tmp_path, text, doubt
):
    citing(monkeypatch, AGED, FOOD)
    waiting, had = received(), delivered()
    newer(tmp_path, text=text)
    assert look(AT) == 0  # not in force yet
    assert look() == 2
    assert sorted(told()) == sorted([waiting.reference, f"data-grant:{had.grant}"])
    assert (look(), len(told())) == (0, 2)
    view = queries.get_request(waiting.key, ACTORS["giver"], at=THEN)
    assert [one.doubt for one in view.articles] == ["", doubt]
    assert view.articles[1].text_now == (text or "")
    assert "举报" in view.articles[1].text
    grant = queries.get_grant(had.grant, ACTORS["asker"], at=THEN)
    assert grant.doubted


def test_a_delivered_request_is_marked_and_not_told_beside_its_grant(monkeypatch, tmp_path):
    citing(monkeypatch, FOOD)
    had = delivered()
    newer(tmp_path)
    look()
    assert told() == [f"data-grant:{had.grant}"]
    assert queries.get_request(had.key, ACTORS["asker"], at=THEN).doubted


def test_two_articles_of_one_matter_are_one_notice(tmp_path):
    view = drafted(articles=(FOOD, AGED))
    CitedArticle.objects.update(digest="another")
    assert look(AT) == 1
    assert told() == [view.reference]
    body = Entry.objects.get(act=CitationsChanged.name).body
    assert "第一百一十五条、《中华人民共和国老年人权益保障法》第三十三条" in body


def test_lists_and_the_census_are_narrowed_to_them_by_right(monkeypatch, tmp_path):
    citing(monkeypatch, FOOD)
    waiting, had, draft = received(), delivered(), drafted()
    citing(monkeypatch)
    other = received()
    newer(tmp_path)
    look()

    def seen(who):
        rows = queries.list_requests(ACTORS[who], at=THEN, tab=queries.DOUBTED).rows
        grants = queries.list_grants(ACTORS[who], at=THEN, doubted=True).rows
        counted = queries.count_doubted(ACTORS[who])
        assert (len(rows), len(grants)) == (counted.requests, counted.grants)
        return [row.key for row in rows], [row.key for row in grants]

    assert seen("asker") == ([draft.key, waiting.key], [had.grant])
    assert seen("giver") == ([waiting.key], [had.grant])
    assert seen("other body") == seen("person") == ([], [])
    marks = {row.key: row.doubted for row in queries.list_requests(ACTORS["asker"], at=THEN).rows}
    assert (marks[waiting.key], marks[other.key]) == (True, False)
    actions.withdraw(
        key=waiting.key, version=waiting.version, words="不要了", actor=ACTORS["asker"], at=THEN
    )
    assert seen("giver") == ([], [had.grant])


def test_a_change_that_is_taken_back_is_marked_no_more(tmp_path):
    view = drafted(articles=(FOOD,))
    newer(tmp_path, text="另一种写法。")
    look()
    newer(tmp_path, text=view.articles[0].text, begins="2026-04-05")
    assert look() == 0
    assert not queries.get_request(view.key, ACTORS["asker"], at=THEN).doubted
    assert len(told()) == 1


def test_what_cites_nothing_is_never_doubted(tmp_path):
    received()
    newer(tmp_path)
    assert look() == 0


class TestLookingAgain:
    """核对依据的条文: the using department settles a mark of its grant."""

    @pytest.fixture
    def grant(self, monkeypatch, tmp_path):
        citing(monkeypatch, FOOD)
        had = delivered()
        newer(tmp_path, text="另一种写法。")
        look()
        return DataGrant.objects.get(key=had.grant)

    def recite(self, grant, *cited, who="asker", version=None, words="职责没有变"):
        return actions.recite(
            key=grant.key, version=version or grant.version, articles=cited or (FOOD,),
            words=words, actor=ACTORS[who], at=THEN,
        )  # fmt: skip

    def test_it_stands_on_today_s_text_from_then_on(self, grant):
        view = self.recite(grant)
        assert view.articles[0].text == "另一种写法。"
        assert not view.doubted
        assert view.notes[-1].words == "职责没有变"
        assert look() == 0

    def test_only_the_using_department_says_so_and_with_a_reason(self, grant):
        with pytest.raises(NotAllowed):
            self.recite(grant, who="giver")
        with pytest.raises(InvalidInput):
            self.recite(grant, words=" ")
        with pytest.raises(InvalidInput):
            self.recite(grant, Cited("食品安全法", "第九百条"))
        assert queries.get_grant(grant.key, ACTORS["giver"], at=THEN).doubted

    def test_without_articles_nothing_is_settled(self, grant):
        with pytest.raises(InvalidInput) as refused:
            actions.recite(
                key=grant.key, version=grant.version, articles=(), words="x",
                actor=ACTORS["asker"], at=THEN,
            )  # fmt: skip
        assert refused.value.fields[0].field == "articles"

    def test_a_second_one_from_the_same_page_is_refused(self, grant):
        self.recite(grant)
        with pytest.raises(VersionConflict):
            self.recite(grant)


@pytest.mark.django_db(transaction=True)
def test_looks_at_once_tell_once(monkeypatch, tmp_path):
    citing(monkeypatch, FOOD)
    received(), delivered()
    newer(tmp_path)
    start, found = threading.Barrier(4), []

    def one():
        try:
            start.wait()
            found.append(look())
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close_old_connections()
    assert (sum(found), len(told())) == (2, 2)
