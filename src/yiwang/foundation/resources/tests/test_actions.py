"""Writing, handing in, checking and publishing; one source per datum."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from yiwang.foundation.resources import actions, queries, sample
from yiwang.foundation.resources.actions import CannotPublishResource, CannotWriteResource
from yiwang.foundation.resources.definitions import ResourceState, Sharing, VersionState
from yiwang.foundation.resources.models import Resource, ResourceItem, ResourceVersion
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound, VersionConflict
from yiwang.mechanisms.journal import queries as journal
from yiwang.mechanisms.states.rules import CannotDo
from yiwang.network.directory import sample as places

pytestmark = pytest.mark.django_db
POLICE, MARKET = sample.officer("police"), sample.officer("market", serial=2)
KEEPER, SECOND = sample.authority("keeper"), sample.authority("second")


def handed_in(content, at, by=POLICE):
    draft = actions.write(content=content, actor=by, at=at)
    return sample.handed_in(draft, actor=by, at=at)


def test_a_body_writes_and_the_authority_publishes(ground, at):
    draft = actions.write(content=sample.content(), actor=POLICE, at=at)
    assert draft.state is VersionState.DRAFT
    with pytest.raises(NotFound):
        queries.get_resource(sample.POPULATION)
    handed = sample.handed_in(draft, actor=POLICE, at=at)
    assert handed.due_on == date(2026, 3, 4)  # two working days, 条例 17
    published = actions.publish(key=handed.key, version=handed.version, actor=KEEPER, at=at)
    assert (published.number, published.state) == (1, ResourceState.PUBLISHED)
    found = queries.get_resource(sample.POPULATION)
    assert found == published
    assert found.closed == ""
    assert [one.name for one in found.items][:2] == ["name", "citizen_id"]
    acts = [one.act for one in journal.list_entries(subject=published.reference)]
    assert acts == [
        "resources.write",
        "resources.consent_asked",
        "resources.resource_submitted",
        "resources.resource_published",
    ]


def test_the_next_version_leaves_what_is_in_force_until_it_is_published(ground, at):
    first = sample.publish(sample.content(), at=at)
    changed = sample.content(summary="改过的摘要", officer="新的责任人")
    handed = handed_in(changed, at)
    assert queries.get_resource(sample.POPULATION).content.summary == first.content.summary
    actions.publish(key=handed.key, version=handed.version, actor=KEEPER, at=at)
    now = queries.get_resource(sample.POPULATION)
    assert (now.number, now.content) == (2, changed)
    versions = queries.list_versions(now.key, POLICE)
    assert [one.number for one in versions] == [2, 1]
    assert versions[1].content == first.content


def test_a_draft_is_written_over_by_who_saw_it(ground, at):
    draft = actions.write(content=sample.content(), actor=POLICE, at=at)
    again = actions.write(
        content=sample.content(name="人口信息"), actor=POLICE, at=at, version=draft.version
    )
    assert again.key == draft.key
    assert Resource.objects.get().name == "人口信息"
    with pytest.raises(VersionConflict):
        actions.write(content=sample.content(), actor=POLICE, at=at, version=draft.version)
    with pytest.raises(VersionConflict):
        actions.write(content=sample.content(), actor=POLICE, at=at)


def test_what_was_handed_in_is_not_changed_until_it_comes_back(ground, at):
    handed = handed_in(sample.content(), at)
    with pytest.raises(CannotWriteResource):
        actions.write(content=sample.content(), actor=POLICE, at=at, version=handed.version)
    back = actions.send_back(
        key=handed.key, version=handed.version, reason="摘要太短", actor=KEEPER, at=at
    )
    assert (back.state, back.remark, back.due_on) == (VersionState.DRAFT, "摘要太短", None)
    mended = actions.write(
        content=sample.content(summary="写长一点"), actor=POLICE, at=at, version=back.version
    )
    later = at + timedelta(days=7)
    again = sample.handed_in(mended, actor=POLICE, at=later)
    assert again.due_on == date(2026, 3, 11)
    assert again.remark == ""


def test_a_draft_may_be_dropped_and_begun_anew(ground, at):
    draft = actions.write(content=sample.content(), actor=POLICE, at=at)
    actions.discard(key=draft.key, version=draft.version, actor=POLICE, at=at)
    with pytest.raises(CannotDo):
        actions.submit(
            key=draft.key, version=draft.version + 1, assessment="不涉密", actor=POLICE, at=at
        )
    assert actions.write(content=sample.content(), actor=POLICE, at=at).key != draft.key


def test_only_the_bodys_own_officer_writes(ground, at):
    for other in (MARKET, sample.officer("elsewhere", division_code="620103000000")):
        with pytest.raises(NotAllowed):
            actions.write(content=sample.content(), actor=other, at=at)
    draft = actions.write(content=sample.content(), actor=POLICE, at=at)
    with pytest.raises(NotFound):  # a draft is nobody else's to see
        sample.handed_in(draft, actor=MARKET, at=at)


def test_a_code_belongs_to_the_body_that_used_it_first(ground, at):
    actions.write(content=sample.content(), actor=POLICE, at=at)
    taken = sample.content(provider=places.department_uscc(places.CHENGGUAN, 2))
    with pytest.raises(CannotWriteResource):
        actions.write(content=taken, actor=MARKET, at=at)


def test_a_body_does_not_publish_and_nobody_publishes_what_he_handed_in(ground, at):
    handed = handed_in(sample.content(), at)
    with pytest.raises(NotAllowed):
        actions.publish(key=handed.key, version=handed.version, actor=POLICE, at=at)
    with pytest.raises(NotAllowed):  # the authority writes nothing
        actions.write(content=sample.content(sample.FIRMS), actor=KEEPER, at=at)
    both = replace(POLICE, grants=(*POLICE.grants, *KEEPER.grants))
    own = handed_in(sample.content(sample.ALLOWANCES, provider=sample.content().provider), at, both)
    with pytest.raises(NotAllowed):
        actions.publish(key=own.key, version=own.version, actor=both, at=at)
    actions.publish(key=own.key, version=own.version, actor=SECOND, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        ResourceVersion.objects.filter(key=handed.key).update(
            state=VersionState.PUBLISHED, number=1, published_by=POLICE.reference
        )


def test_what_is_published_twice_is_published_once(ground, at):
    handed = handed_in(sample.content(), at)
    actions.publish(key=handed.key, version=handed.version, actor=KEEPER, at=at)
    with pytest.raises(VersionConflict):
        actions.publish(key=handed.key, version=handed.version, actor=SECOND, at=at)
    with pytest.raises(CannotDo):
        actions.publish(key=handed.key, version=handed.version + 1, actor=SECOND, at=at)


def test_not_shared_needs_an_article_that_holds(ground, at):
    for law, article in (("没有的法", "第一条"), ("食品安全法", "第九百条"), ("食品安全法", "??")):
        content = sample.content(sample.REPORTERS, basis_law=law, basis_article=article)
        handed = handed_in(content, at, by=MARKET)
        with pytest.raises(CannotPublishResource) as refused:
            actions.publish(key=handed.key, version=handed.version, actor=KEEPER, at=at)
        assert [problem.field for problem in refused.value.fields] == ["basis_article"]
        back = actions.send_back(
            key=handed.key, version=handed.version, reason="依据不对", actor=KEEPER, at=at
        )
        actions.discard(key=back.key, version=back.version, actor=MARKET, at=at)
    kept = sample.publish(sample.content(sample.REPORTERS), at=at)
    assert kept.closed == "依据《食品安全法》第一百一十五条，这项数据不予共享。"


def test_without_an_article_not_shared_is_not_even_written(ground, at):
    content = sample.content(sample.REPORTERS, basis_law="", basis_article="")
    with pytest.raises(InvalidInput):
        actions.write(content=content, actor=MARKET, at=at)


def test_a_datum_has_one_source(ground, at):
    sample.publish(sample.content(), at=at)
    first = sample.content().items[0]
    second = sample.content(
        sample.ALLOWANCES, items=(*sample.content(sample.ALLOWANCES).items, first)
    )
    handed = handed_in(second, at, by=sample.officer("civil", serial=1))
    with pytest.raises(CannotPublishResource) as refused:
        actions.publish(key=handed.key, version=handed.version, actor=KEEPER, at=at)
    assert "人口基础信息" in refused.value.fields[0].sentence
    source = queries.find_source_of("person.name")
    assert source is not None
    assert (source.code, source.item) == (sample.POPULATION, "name")
    copy = replace(first, authoritative=False)
    mended = replace(second, items=(*second.items[:-1], copy))
    back = actions.send_back(
        key=handed.key, version=handed.version, reason="一数一源", actor=KEEPER, at=at
    )
    civil = sample.officer("civil", serial=1)
    draft = actions.write(content=mended, actor=civil, at=at, version=back.version)
    again = sample.handed_in(draft, actor=civil, at=at)
    actions.publish(key=again.key, version=again.version, actor=KEEPER, at=at)
    assert queries.find_source_of("person.name").code == sample.POPULATION


def test_the_database_itself_refuses_a_second_source(ground, at):
    population = sample.publish(sample.content(), at=at)
    firms = sample.publish(sample.content(sample.FIRMS), at=at)
    item = ResourceItem.objects.get(resource__key=population.key, name="name")
    item.pk, item.name = None, "second"
    item.resource = Resource.objects.get(key=firms.key)
    with pytest.raises(IntegrityError), transaction.atomic():
        item.save()


def test_a_resource_is_withdrawn_with_a_reason_and_its_data_are_free(ground, at):
    kept = sample.publish(sample.content(), at=at)
    with pytest.raises(NotAllowed):
        actions.withdraw(key=kept.key, version=kept.version, reason="x", actor=POLICE, at=at)
    with pytest.raises(InvalidInput):
        actions.withdraw(key=kept.key, version=kept.version, reason=" ", actor=KEEPER, at=at)
    gone = actions.withdraw(
        key=kept.key, version=kept.version, reason="职责调整", actor=KEEPER, at=at
    )
    assert gone.state is ResourceState.WITHDRAWN
    assert queries.get_resource(sample.POPULATION).closed == "这项数据资源现在没有发布。"
    assert queries.find_source_of("person.name") is None
    with pytest.raises(NotFound):
        actions.withdraw(key="0" * 16, version=1, reason="x", actor=KEEPER, at=at)


def test_a_published_version_is_frozen(ground, at):
    kept = sample.publish(sample.content(), at=at)
    for statement in (
        "UPDATE resources_resourceversion SET content = '{}'",
        "DELETE FROM resources_resourceversion",
    ):
        with (
            pytest.raises((IntegrityError, InternalError)),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert queries.list_versions(kept.key, POLICE)[0].content.sharing is Sharing.CONDITIONAL
