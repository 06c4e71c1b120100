"""Lists of the catalogue: who sees what, pages, words; needs, duties, what is refused, what is missing."""

import pytest
from django.db.models import Count

from yiwang.foundation.resources import actions, queries, sample
from yiwang.foundation.resources.definitions import DemandState, Need, ResourceFilter
from yiwang.foundation.resources.models import (
    ElementTally,
    Resource,
    ResourceItem,
    ResourceTally,
)
from yiwang.kernel.actor import ANONYMOUS, Actor, ActorKind, Grant, Role, machine
from yiwang.kernel.pages import Page
from yiwang.kernel.refusals import NotFound
from yiwang.network.directory import sample as places

pytestmark = pytest.mark.django_db
POLICE, KEEPER = sample.officer("police"), sample.authority("keeper")
LEADER = Actor(
    ActorKind.OFFICIAL, "official:l", grants=(Grant(Role.LEADER, places.CHENGGUAN, None),)
)
CLERK = Actor(
    ActorKind.OFFICIAL, "official:c", grants=(Grant(Role.WINDOW_CLERK, places.CHENGGUAN, None),)
)
OPEN_TO_ALL = [sample.FIRMS, "105001/000001", sample.LICENCES, sample.PENALTIES]


def codes(actor, **more):
    return [row.code for row in queries.list_resources(actor, **more).rows]


def note(item, *needs, at, department=1):
    return actions.note_needs(
        item_code=item,
        item_name=f"事项{item}",
        department=places.department_uscc(places.CHENGGUAN, department),
        department_name="示例部门",
        needs=needs,
        actor=machine("test"),
        at=at,
    )


def test_everybody_sees_what_is_open_and_those_who_work_with_data_all_that_is_published(ground, at):
    sample.publish_all(at=at)
    for anybody in (ANONYMOUS, Actor(ActorKind.PERSON, "person:x"), CLERK):
        assert codes(anybody) == OPEN_TO_ALL
    assert len(codes(LEADER)) == 9
    hidden = queries.get_resource(sample.POPULATION)
    with pytest.raises(NotFound):
        queries.read_resource(hidden.key, ANONYMOUS)
    assert queries.read_resource(hidden.key, LEADER) == hidden


def test_a_draft_is_seen_by_its_body_and_by_who_keeps_the_catalogue(ground, at):
    actions.write(content=sample.content(), actor=POLICE, at=at)
    assert codes(POLICE) == codes(KEEPER) == [sample.POPULATION]
    assert codes(LEADER) == codes(sample.officer("market", serial=2)) == []
    row = queries.list_resources(POLICE).rows[0]
    assert (row.has_draft, row.number) == (True, 0)
    open_version = queries.find_open_version(row.key, POLICE, at=at)
    assert open_version is not None
    assert queries.find_open_version(row.key, LEADER, at=at) is None
    with pytest.raises(NotFound):
        queries.get_version(open_version.key, LEADER, at=at)


def test_pages_follow_one_another_without_gap(ground, at, django_assert_max_num_queries):
    sample.publish_all(at=at)
    seen, after = [], ""
    while True:
        with django_assert_max_num_queries(1):
            page = queries.list_resources(LEADER, after=after, limit=2)
        seen += [row.code for row in page.rows]
        after = page.next
        if not after:
            break
    assert seen == sorted(seen)
    assert len(seen) == 9


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"text": "基础信息"}, [sample.POPULATION]),
        ({"text": "照面"}, ["105001/000001", sample.LICENCES]),
        ({"text": "市场监督"}, [sample.FIRMS, "105001/000001", sample.REPORTERS, sample.PENALTIES]),
        ({"text": "305001"}, [sample.ACCOUNTS]),
        ({"text": "没有这样的"}, []),
        ({"text": "基息"}, []),
        ({"sharing": "NONE"}, [sample.REPORTERS]),
        (
            {"kind": "DEPARTMENT", "sharing": "CONDITIONAL"},
            [sample.ALLOWANCES, sample.ACCOUNTS, sample.REAL_ESTATE],
        ),
        ({"provider": places.department_uscc(places.CHENGGUAN, 5)}, [sample.ACCOUNTS]),
    ],
)
def test_a_list_is_narrowed_by_words_and_attributes(ground, at, wanted, found):
    sample.publish_all(at=at)
    assert codes(LEADER, filter=ResourceFilter(**wanted)) == found


def test_what_waits_is_listed_for_the_authority_with_its_day(ground, at):
    draft = actions.write(content=sample.content(), actor=POLICE, at=at)
    assert queries.list_waiting(KEEPER, at=at).rows == ()
    sample.handed_in(draft, actor=POLICE, at=at)
    (row,) = queries.list_waiting(KEEPER, at=at).rows
    assert row.key == draft.key
    assert row.clock is not None
    assert row.clock.days_left == 2
    assert queries.list_waiting(sample.officer("market", serial=2), at=at).rows == ()


def test_a_need_is_told_as_the_data_behind_it(ground, at):
    sample.publish_all(at=at)
    count = note(
        "a",
        Need("person.identity", "身份信息", "材料"),
        Need("person.name", "姓名", "表单"),
        Need("names.forbidden", "禁用字", "核对"),
        Need("nobody.described", "没人说过", "核对"),
        Need(
            "",
            "城市规划批准文件",
            "仍要交的材料",
            "《城市道路管理条例》第三十三条",
            "permit.planning",
            True,
        ),
        at=at,
    )
    assert count == 6
    rows = queries.demand_list().rows
    assert {(row.element, row.state) for row in rows} == {
        ("person.name", DemandState.SUPPLIED),
        ("person.citizen_id", DemandState.SUPPLIED),
        ("person.born_on", DemandState.SUPPLIED),
        ("person.sex", DemandState.SUPPLIED),
        ("", DemandState.MISSING),
    }
    assert {row.label for row in queries.demand_list(state=DemandState.MISSING).rows} == {
        "没人说过",
        "城市规划批准文件",
    }


def test_needs_are_replaced_and_the_same_again_changes_nothing(ground, at):
    note("a", Need("person.name", "姓名", "表单"), Need("person.phone", "手机", "表单"), at=at)
    before = [row.key for row in queries.demand_list().rows]
    note("a", Need("person.name", "姓名", "表单"), Need("person.phone", "手机", "表单"), at=at)
    assert [row.key for row in queries.demand_list().rows] == before
    note("a", Need("person.phone", "手机", "表单"), at=at)
    note("b", Need("person.phone", "手机", "表单"), at=at)
    assert [row.item_code for row in queries.list_needs_of("person.phone")] == ["a", "b"]
    assert queries.list_needs_of("person.name") == ()


def test_demand_comes_in_pages_and_by_item(ground, at):
    for item in ("a", "b", "c"):
        note(item, Need("person.name", "姓名", "表单"), Need("person.sex", "性别", "表单"), at=at)
    first = queries.demand_list(limit=4)
    rest = queries.demand_list(limit=4, after=first.next)
    assert [row.item_code for row in (*first.rows, *rest.rows)] == ["a", "a", "b", "b", "c", "c"]
    assert rest.next == ""
    assert len(queries.demand_list(item="b").rows) == 2


def test_a_body_owes_what_it_is_the_source_of_and_others_need(ground, at):
    sample.publish_all(at=at)
    note("a", Need("person.name", "姓名", "表单"), at=at)
    note("b", Need("person.name", "姓名", "表单"), at=at)
    note("c", Need("organization.name", "名称", "表单"), at=at)
    duties = queries.duty_list().rows
    assert [(one.element, one.items) for one in duties] == [
        ("organization.name", ("事项c",)),
        ("person.name", ("事项a", "事项b")),
    ]
    first = queries.duty_list(limit=1)
    assert first.rows == duties[:1]
    assert queries.duty_list(limit=1, after=first.next) == Page(duties[1:])
    police = places.department_uscc(places.CHENGGUAN, 7)
    assert [one.element for one in queries.duty_list(provider=police).rows] == ["person.name"]


def test_what_the_law_closes_is_on_the_negative_list_and_nobodys_duty(ground, at):
    closed = sample.content(sample.REPORTERS)
    from dataclasses import replace

    named = replace(closed.items[1], element="person.phone", authoritative=True)
    sample.publish(replace(closed, items=(closed.items[0], named)), at=at)
    note("a", Need("person.phone", "手机", "表单"), at=at)
    (negative,) = queries.negative_list().rows
    assert (negative.law, negative.article) == ("食品安全法", "第一百一十五条")
    assert queries.duty_list().rows == ()
    (demand,) = queries.demand_list().rows
    assert demand.state is DemandState.REFUSED
    assert queries.demand_list(state=DemandState.SUPPLIED).rows == ()
    assert len(queries.demand_list(state=DemandState.REFUSED).rows) == 1


def test_the_census_says_what_is_missing(ground, at):
    sample.publish_all(at=at)
    draft = actions.write(content=sample.content(summary="下一版"), actor=POLICE, at=at)
    sample.handed_in(draft, actor=POLICE, at=at)
    note("a", Need("person.name", "姓名", "表单"), Need("", "规划批准", "材料", paper=True), at=at)
    from datetime import timedelta

    found = queries.census(at=at + timedelta(days=9), division_code=places.CHENGGUAN)
    assert (found.published, found.drafts, found.providers) == (9, 0, 6)
    assert found.by_sharing == {"UNCONDITIONAL": 4, "CONDITIONAL": 4, "NONE": 1}
    assert (found.needs, found.supplied, found.share_supplied) == (2, 1, 50)
    assert [(one.label, one.paper) for one in found.missing] == [("规划批准", True)]
    assert (found.waiting, found.late) == (1, 1)
    assert len(found.silent) == 6
    assert found.without_source == ()


def test_the_database_counts_along(ground, at):
    published = sample.publish_all(at=at)
    left = next(one for one in published if one.code == sample.POPULATION)
    actions.withdraw(key=left.key, version=left.version, reason="职责调整", actor=KEEPER, at=at)
    columns = ("department", "state", "sharing")
    tallies = ResourceTally.objects.filter(resources__gt=0)
    every = Resource.objects.values_list(*columns).annotate(n=Count("id")).order_by()
    assert set(tallies.values_list(*columns, "resources")) == set(every)
    items = ResourceItem.objects.values_list("element")
    held = dict(items.annotate(n=Count("id")).order_by())
    sources = dict(items.filter(authoritative=True).annotate(n=Count("id")).order_by())
    assert {
        row.element: (row.held, row.sources) for row in ElementTally.objects.filter(held__gt=0)
    } == {element: (count, sources.get(element, 0)) for element, count in held.items()}
    assert ElementTally.objects.get(element="person.name").sources == 0
    assert ("person.name", "姓名") in queries.census(at=at).without_source
