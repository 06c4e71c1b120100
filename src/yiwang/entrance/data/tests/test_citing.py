"""The pages on which a request names its articles, and on which a changed article is seen and settled."""

from __future__ import annotations

import pytest

from yiwang.capability.journey import sample as journey
from yiwang.entrance.data.tests.test_requests import (
    ASKING,
    NEW,
    asked,
    do,
    on_grant,
    people,
    text,
    typed,
)
from yiwang.foundation.agreements import actions, sample
from yiwang.foundation.agreements.definitions import Cited
from yiwang.foundation.agreements.models import CitedArticle
from yiwang.foundation.laws.models import Article
from yiwang.foundation.resources import actions as catalogue
from yiwang.foundation.resources import sample as resources
from yiwang.foundation.resources.definitions import Need
from yiwang.kernel import moments
from yiwang.kernel.actor import machine

pytestmark = pytest.mark.django_db
SELF = machine("test")
AGED = "《中华人民共和国老年人权益保障法》第三十三条"
__all__ = ["people"]


def changed(article="第三十三条"):
    """The article is another one, and that was noticed."""
    Article.objects.filter(number=article).update(text="另一种写法。")
    actions.look_at_articles(actor=SELF, at=moments.now())


def delivered():
    view = sample.delivered(
        resource=resources.POPULATION, consumer=ASKING, service="62/household-register",
        at=moments.now(),
        given=sample.values(articles=(Cited("老年人权益保障法", "第三十三条"),)),
    )  # fmt: skip
    return view.grant


def test_typed_articles_are_recognised_and_read_again_before_each_signature(people) -> None:
    key = asked(people, articles="老年人权益保障法第33条")
    page = text(people["asker"].get(f"/data/requests/{key}/"))
    assert AGED in page
    assert "国家鼓励地方建立" in page
    form = people["asker"].get(f"/data/requests/{key}/rewrite/").content.decode()
    assert AGED in form
    assert f"依据{AGED}：" in text(people["asker"].get(f"/data/requests/{key}/hand-to-head/"))
    do(people["asker"], key, "hand-to-head")
    assert f"依据{AGED}：" in text(people["asking head"].get(f"/data/requests/{key}/sign/"))


@pytest.mark.parametrize(
    ("articles", "said"),
    [
        ("三定规定", "“三定规定”看不出是哪部法规的哪一条"),
        ("《老年人权益保障法》第九百条", "没有第九百条"),
        ("《老年人保障法》第一条", "没有《老年人保障法》"),
        ("《老年人权益保障法》第三十三条第二款", "款、项和说明写在"),
    ],
)
def test_what_is_no_article_held_here_is_named_and_kept(people, articles, said) -> None:
    response = people["asker"].post(NEW, typed(articles=articles))
    assert response.status_code == 422
    page = response.content.decode()
    assert said in page
    assert articles in page
    assert 'id="articles" name="articles"' in page
    assert not CitedArticle.objects.exists()


def test_a_new_request_begins_with_the_items_that_need_it_and_their_basis(people) -> None:
    at = moments.now()
    journey.publish(journey.ALLOWANCE, at=at)
    catalogue.note_needs(
        item_code="elderly-allowance", item_name="高龄津贴", department=ASKING,
        department_name="民政局", actor=SELF, at=at,
        needs=[Need("", "户籍", "核对", basis="个人信息保护法 第十三条", element="person.name")],
    )  # fmt: skip
    form = people["asker"].get(NEW).content.decode()
    assert AGED in form
    assert "《中华人民共和国个人信息保护法》第十三条" in form
    assert ">elderly-allowance</textarea>" in form
    assert AGED not in people["giver"].get(NEW).content.decode()


def test_a_draft_without_articles_is_offered_those_of_its_items(people) -> None:
    journey.publish(journey.ALLOWANCE, at=moments.now())
    key = asked(people)
    assert "还没有写依据的条文" in text(people["asker"].get(f"/data/requests/{key}/"))
    assert (
        "老年人权益保障法" in people["asker"].get(f"/data/requests/{key}/rewrite/").content.decode()
    )
    assert not CitedArticle.objects.exists()


def test_a_changed_article_is_marked_for_both_counted_listed_and_settled(people) -> None:
    grant = delivered()
    key = asked(people, articles=AGED)
    changed()
    for who in ("asker", "giver", "authority", "leader"):
        page = text(people[who].get(f"/data/grants/{grant}/"))
        assert "依据的条文变了，待核对" in page, who
        assert "国家鼓励地方建立" in page
        assert "另一种写法。" in page
        assert "62/household-register" in text(people[who].get("/data/grants/?state=doubted"))
    assert "依据变了" in text(people["asker"].get("/data/requests/"))
    assert key in people["asker"].get("/data/requests/?list=doubted").content.decode()
    assert key not in people["giver"].get("/data/requests/?list=doubted").content.decode()
    census = people["asker"].get("/data/census/").content.decode()
    assert "待核对（2）" in census
    assert "/data/grants/?state=doubted" in census
    assert "申请和授权依据的条文变了" not in text(people["other"].get("/data/census/"))
    form = people["asker"].get(f"/data/grants/{grant}/recite/").content.decode()
    assert AGED in form
    assert on_grant(people["giver"], grant, "recite", articles=AGED, words="x").status_code == 403
    wrong = on_grant(people["asker"], grant, "recite", articles="没有", words="职责没有变")
    assert wrong.status_code == 422
    assert "职责没有变" in wrong.content.decode()
    done = on_grant(people["asker"], grant, "recite", articles=AGED, words="职责没有变")
    assert done.status_code == 302
    page = text(people["giver"].get(f"/data/grants/{grant}/"))
    assert "待核对" not in page
    assert "职责没有变" in page
