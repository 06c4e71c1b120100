"""Notices about data elements and the articles entries stand on, from the fact to the person's inbox."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from yiwang.foundation.agreements import actions as agreeing
from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.agreements.definitions import Cited
from yiwang.foundation.laws import actions as laws
from yiwang.foundation.laws.models import Article
from yiwang.foundation.resources import actions, sample
from yiwang.foundation.standards.definitions import About, Element, ElementType
from yiwang.kernel.actor import Actor, ActorKind, Role, machine
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.directory import sample as places
from yiwang.support.identity import sample as accounts
from yiwang.support.messages import queries as messages

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
SCHOOL = Element("person.school", "就读学校", ElementType.TEXT, 80, About.PERSON, local=True)


@pytest.fixture
def told(db):
    """What the titles in somebody's inbox are, when all that happened was heard."""
    places.load_chengguan()
    places.register_departments()
    laws.import_shipped(actor=machine("test"), at=AT)
    made = {}
    for name, role, serial in (
        ("police", Role.DATA_OFFICER, 7),
        ("market", Role.DATA_OFFICER, 2),
        ("authority", Role.DATA_AUTHORITY, None),
    ):
        body = places.department_uscc(places.CHENGGUAN, serial) if serial else None
        account = accounts.open_official_account(
            name, at=AT, department=body or "", grants=((role, places.CHENGGUAN, body),)
        )
        made[name] = account.subject

    def read(name: str) -> list[str]:
        for _ in range(2):
            journal.seal(at=AT)
            journal.run_listeners(at=AT)
        found = messages.list_messages(Actor(ActorKind.OFFICIAL, made[name]), limit=50)
        return sorted(one.title for one in found)

    return read


def handed_in(content):
    officer = sample.officer()
    draft = actions.propose_standard(content=content, actor=officer, at=AT)
    return actions.submit_standard(key=draft.key, version=draft.version, actor=officer, at=AT)


def test_the_authority_hears_of_a_proposal_its_body_of_a_return_and_users_of_less(told) -> None:
    one = handed_in(SCHOOL)
    assert told("authority") == ["数据标准等审核：数据元“就读学校”"]
    common = {"key": one.key, "version": one.version, "actor": sample.authority(), "at": AT}
    actions.publish_standard(**common)
    base = sample.content(sample.FIRMS)
    items = (replace(base.items[0], name="school", element=SCHOOL.code, authoritative=True),)
    sample.publish(replace(base, code="102077/1", items=items), at=AT)
    shorter = handed_in(replace(SCHOOL, length=20))
    assert "数据标准变窄了：数据元“就读学校”" not in told("market")
    actions.publish_standard(
        key=shorter.key, version=shorter.version, actor=sample.authority(), at=AT, told=1
    )
    assert "数据标准变窄了：数据元“就读学校”" in told("market")
    back = handed_in(replace(SCHOOL, length=40))
    actions.send_back_standard(
        key=back.key, version=back.version, reason="太短", actor=sample.authority(), at=AT
    )
    assert "数据标准退回修改：数据元“就读学校”" in told("police")


def test_a_body_hears_that_the_article_it_stands_on_changed(told) -> None:
    sample.publish(sample.content(sample.REPORTERS), at=AT)
    Article.objects.filter(number="第一百一十五条").update(text="另一种写法。")
    actions.look_at_bases(actor=machine("test"), at=AT)
    assert "不予共享的依据变了：食品安全举报人信息" in told("market")
    assert "不予共享的依据变了：食品安全举报人信息" not in told("police")


def test_both_bodies_hear_once_that_an_article_of_a_grant_changed(told) -> None:
    sample.publish_all(at=AT)
    asking = places.department_uscc(places.CHENGGUAN, 2)
    cited = agreements.values(articles=(Cited("老年人权益保障法", "第三十三条"),))
    given = {"resource": sample.POPULATION, "consumer": asking, "at": AT, "given": cited}
    agreements.delivered(service="62/household-register", **given)
    agreements.drafted(**given)
    Article.objects.filter(number="第三十三条").update(text="另一种写法。")
    for _ in range(2):
        agreeing.look_at_articles(actor=machine("test"), at=AT)
    granted = "依据的条文变了：共享授权 62/household-register"
    asked = f"依据的条文变了：共享申请“{sample.content(sample.POPULATION).name}”"
    assert [one for one in told("market") if "条文变了" in one] == sorted([granted, asked])
    assert [one for one in told("police") if "条文变了" in one] == [granted]
    assert [one for one in told("authority") if "条文变了" in one] == []
