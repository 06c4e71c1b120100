"""A data element and a code table: proposed, published by another, changed by version, withdrawn, by file."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, InternalError, transaction

from yiwang.foundation.resources import actions, queries, sample
from yiwang.foundation.resources.actions import (
    CannotImportResources,
    CannotUndoResources,
    CannotWriteStandard,
    StandardInUse,
)
from yiwang.foundation.resources.definitions import VersionState
from yiwang.foundation.resources.definitions.standards import StandardKind
from yiwang.foundation.resources.models import StandardVersion
from yiwang.foundation.standards import queries as standards
from yiwang.foundation.standards.actions import CannotChangeStandard, CannotDefineElement
from yiwang.foundation.standards.definitions import (
    About,
    Code,
    CodeTable,
    Element,
    ElementType,
)
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound, VersionConflict

pytestmark = pytest.mark.django_db

OFFICER = sample.officer()
AUTHORITY = sample.authority()
SCHOOL = Element("person.school", "就读学校", ElementType.TEXT, 80, About.PERSON, local=True)
KINDS = CodeTable(
    "school-kind", "学校类别", "本地约定", (Code("1", "小学"), Code("2", "中学"), Code("3", "大学")),
    local=True,
)  # fmt: skip


def handed_in(content, at, actor=OFFICER, version=0):
    draft = actions.propose_standard(content=content, actor=actor, at=at, version=version)
    return actions.submit_standard(key=draft.key, version=draft.version, actor=actor, at=at)


def publish(content, at, told=0):
    one = handed_in(content, at)
    return actions.publish_standard(
        key=one.key, version=one.version, actor=AUTHORITY, at=at, told=told
    )


def use_it(at, element="person.school"):
    """A resource of the police that holds it."""
    base = sample.content(sample.ALLOWANCES)
    items = (replace(base.items[0], name="school", element=element, authoritative=True),)
    return sample.publish(replace(base, code="301077/1", items=items), at=at)


def test_a_body_proposes_and_another_person_publishes(ground, at):
    one = publish(SCHOOL, at)
    assert (one.state, one.number) == (VersionState.PUBLISHED, 1)
    assert standards.get_element("person.school") == SCHOOL
    assert standards.find_elements(["person.school"]).keys() == {"person.school"}
    publish(KINDS, at)
    assert standards.get_table("school-kind") == KINDS
    assert "school-kind" in standards.list_tables()
    assert standards.find_label("school-kind", "2") == "中学"


def test_nobody_publishes_what_he_handed_in_and_no_officer_publishes(ground, at):
    one = handed_in(SCHOOL, at, actor=AUTHORITY)
    with pytest.raises(NotAllowed):
        actions.publish_standard(key=one.key, version=one.version, actor=AUTHORITY, at=at)
    with pytest.raises(NotAllowed):
        actions.publish_standard(key=handed_in(KINDS, at).key, version=2, actor=OFFICER, at=at)
    second = sample.authority("second")
    done = actions.publish_standard(key=one.key, version=one.version, actor=second, at=at)
    assert done.number == 1
    row = StandardVersion.objects.get(key=handed_in(replace(SCHOOL, length=90), at).key)
    with pytest.raises(IntegrityError), transaction.atomic():
        StandardVersion.objects.filter(pk=row.pk).update(
            state="PUBLISHED", number=2, published_by=row.submitted_by
        )


def test_a_draft_is_seen_by_its_body_and_the_authority_only(ground, at):
    draft = actions.propose_standard(content=SCHOOL, actor=OFFICER, at=at)
    other = sample.officer("market", serial=2)
    assert queries.get_standard_version(draft.key, AUTHORITY).acts == ()
    assert [act for act, _ in queries.get_standard_version(draft.key, OFFICER).acts] == [
        "write", "submit", "discard",
    ]  # fmt: skip
    with pytest.raises(NotFound):
        queries.get_standard_version(draft.key, other)
    assert queries.list_standard_versions(other).rows == ()
    with pytest.raises(CannotWriteStandard):
        actions.propose_standard(content=SCHOOL, actor=other, at=at)
    with pytest.raises(NotFound):
        actions.submit_standard(key=draft.key, version=1, actor=other, at=at)


def test_it_is_sent_back_mended_and_handed_in_again(ground, at):
    one = handed_in(SCHOOL, at)
    with pytest.raises(CannotWriteStandard):
        actions.propose_standard(content=SCHOOL, actor=OFFICER, at=at, version=one.version)
    with pytest.raises(InvalidInput):
        actions.send_back_standard(
            key=one.key, version=one.version, reason=" ", actor=AUTHORITY, at=at
        )
    back = actions.send_back_standard(
        key=one.key, version=one.version, reason="名称太宽", actor=AUTHORITY, at=at
    )
    assert (back.state, back.remark) == (VersionState.DRAFT, "名称太宽")
    with pytest.raises(VersionConflict):
        actions.propose_standard(content=SCHOOL, actor=OFFICER, at=at, version=1)
    mended = replace(SCHOOL, name="现在就读的学校")
    again = handed_in(mended, at, version=back.version)
    actions.publish_standard(key=again.key, version=again.version, actor=AUTHORITY, at=at)
    assert standards.get_element("person.school") == mended


def test_a_draft_nobody_wants_leaves_the_code_free(ground, at):
    draft = actions.propose_standard(content=SCHOOL, actor=OFFICER, at=at)
    actions.discard_standard(key=draft.key, version=1, actor=OFFICER, at=at)
    other = sample.officer("market", serial=2)
    assert actions.propose_standard(content=SCHOOL, actor=other, at=at).version == 1


@pytest.mark.parametrize(
    "wrong",
    [
        replace(SCHOOL, code="School"),
        replace(SCHOOL, length=0),
        replace(SCHOOL, kind=ElementType.CODE),
        replace(SCHOOL, table="sex"),
        replace(KINDS, name="School"),
        replace(KINDS, codes=KINDS.codes[:1]),
        replace(KINDS, codes=(*KINDS.codes, Code("1", "又是小学"))),
        replace(KINDS, codes=(*KINDS.codes, Code("4", ""))),
        replace(KINDS, source=""),
    ],
)
def test_what_is_malformed_is_refused_field_by_field(ground, at, wrong):
    with pytest.raises(InvalidInput) as refused:
        actions.propose_standard(content=wrong, actor=OFFICER, at=at)
    assert refused.value.fields


def test_what_was_shipped_is_changed_by_release_only_and_a_code_keeps_its_meaning(ground, at):
    with pytest.raises(CannotChangeStandard):
        handed_in(replace(SCHOOL, code="person.name"), at)
    with pytest.raises(CannotChangeStandard):
        handed_in(replace(KINDS, name="sex"), at)
    with pytest.raises(CannotChangeStandard):
        actions.withdraw_standard(
            kind=StandardKind.ELEMENT, code="person.name", reason="不用", actor=AUTHORITY, at=at
        )
    publish(SCHOOL, at)
    for other in (replace(SCHOOL, about=About.THING), replace(SCHOOL, kind=ElementType.NUMBER)):
        with pytest.raises(CannotDefineElement):
            handed_in(other, at)


def test_who_narrows_what_others_hold_is_told_who_they_are(ground, at):
    publish(SCHOOL, at)
    held = use_it(at)
    wider = publish(replace(SCHOOL, length=120), at)
    assert wider.number == 2
    one = handed_in(replace(SCHOOL, length=20), at)
    seen = queries.get_standard_version(one.key, AUTHORITY)
    assert seen.losses == ("长度由 120 减为 20",)
    assert seen.uses.count == 1
    assert held.name in seen.uses.named[0]
    for told in (0, 2):
        with pytest.raises(StandardInUse) as refused:
            actions.publish_standard(
                key=one.key, version=one.version, actor=AUTHORITY, at=at, told=told
            )
        assert held.name in refused.value.fields[0].sentence
    done = actions.publish_standard(
        key=one.key, version=one.version, actor=AUTHORITY, at=at, told=1
    )
    assert done.number == 3
    assert queries.departments_using("ELEMENT", "person.school") == (
        (held.provider, held.division_code),
    )


def test_a_code_that_is_in_use_is_not_dropped_unseen(ground, at):
    publish(KINDS, at)
    coded = replace(SCHOOL, kind=ElementType.CODE, table="school-kind")
    publish(coded, at)
    use_it(at)
    fewer = replace(KINDS, codes=(Code("1", "小学"), Code("2", "中等学校")))
    one = handed_in(fewer, at)
    with pytest.raises(StandardInUse) as refused:
        actions.publish_standard(key=one.key, version=one.version, actor=AUTHORITY, at=at)
    assert "去掉代码 3 大学" in refused.value.sentence
    assert refused.value.fields[0].sentence == "数据元《就读学校》"
    more = replace(KINDS, codes=(*KINDS.codes, Code("4", "幼儿园")))
    back = actions.send_back_standard(
        key=one.key, version=one.version, reason="不能去掉", actor=AUTHORITY, at=at
    )
    again = handed_in(more, at, version=back.version)
    done = actions.publish_standard(key=again.key, version=again.version, actor=AUTHORITY, at=at)
    assert done.number == 2


def test_what_is_used_is_not_withdrawn_and_what_is_not_is_gone_for_new_entries(ground, at):
    publish(SCHOOL, at)
    held = use_it(at)
    gone = {"kind": StandardKind.ELEMENT, "code": "person.school", "reason": "不再需要"}
    with pytest.raises(StandardInUse) as refused:
        actions.withdraw_standard(**gone, actor=AUTHORITY, at=at)
    assert held.name in refused.value.fields[0].sentence
    actions.withdraw(key=held.key, version=held.version, reason="不再提供", actor=AUTHORITY, at=at)
    with pytest.raises(NotAllowed):
        actions.withdraw_standard(**gone, actor=OFFICER, at=at)
    with pytest.raises(NotAllowed):
        actions.withdraw_standard(
            **gone, actor=sample.authority("elsewhere", division_code="620103000000"), at=at
        )
    actions.withdraw_standard(**gone, actor=AUTHORITY, at=at)
    assert standards.get_element("person.school").withdrawn == "不再需要"
    assert standards.find_elements(["person.school"]) == {}
    assert standards.page_of_elements(text="person.school").rows == ()
    with pytest.raises(NotFound):
        actions.withdraw_standard(**gone, actor=AUTHORITY, at=at)
    assert publish(SCHOOL, at).number == 2  # taken up again, with its history
    assert standards.get_element("person.school").withdrawn == ""


def test_what_was_published_is_frozen(ground, at):
    one = publish(SCHOOL, at)
    for spoil in (
        lambda rows: rows.update(title="别的"),
        lambda rows: rows.delete(),
    ):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            spoil(StandardVersion.objects.filter(key=one.key))


@pytest.mark.parametrize(
    ("kind", "one"), [(StandardKind.ELEMENT, SCHOOL), (StandardKind.TABLE, KINDS)]
)
def test_a_file_is_tried_applied_whole_undone_and_read_back_the_same(ground, at, kind, one):
    publish(one, at)
    book = actions.export_standards(kind=kind, actor=OFFICER, at=at)

    def take(data, apply=False):
        return actions.import_standards(
            kind=kind, file_name="a.xlsx", data=data, actor=OFFICER, at=at, apply=apply
        )

    report = take(book)
    assert (report.written, report.refused, report.applied) == (0, 0, False)
    assert report.unchanged == len(report.rows) > 10
    StandardVersion.objects.filter(state="DRAFT").delete()
    text = (
        "数据元代码,名称,类型,长度,代码表,说的是,依据\r\n"
        "person.pet,宠物,字符型,40,,个人,\r\nthing.chip,芯片号,字符型,20,,事物,\r\n"
        if kind is StandardKind.ELEMENT
        else "代码表,名称,来源,代码,含义\r\npet-kind,宠物类别,本地约定,1,猫\r\npet-kind,,,2,狗\r\n"
    )
    sheet = text.encode()

    def csv(data, apply=False):
        return actions.import_standards(
            kind=kind, file_name="a.csv", data=data, actor=OFFICER, at=at, apply=apply
        )

    assert csv(sheet).written == len(csv(sheet).rows)
    assert not StandardVersion.objects.filter(state="DRAFT").exists()
    done = csv(sheet, apply=True)
    assert done.applied
    assert StandardVersion.objects.filter(run=done.run).count() == done.written
    with pytest.raises(CannotImportResources):  # they have drafts now
        csv(sheet, apply=True)
    with pytest.raises(NotFound):
        actions.undo_standards(run=done.run, actor=AUTHORITY, at=at)
    assert actions.undo_standards(run=done.run, actor=OFFICER, at=at) == done.written
    with pytest.raises(CannotUndoResources):
        actions.undo_standards(run=done.run, actor=OFFICER, at=at)
    with pytest.raises(CannotUndoResources):
        actions.undo_import(run=csv(sheet, apply=True).run, actor=OFFICER, at=at)


def test_a_file_with_one_wrong_line_brings_nothing(ground, at):
    lines = (
        "数据元代码,名称,类型,长度,代码表,说的是,依据\r\n"
        "person.pet,宠物,字符型,40,,个人,\r\nperson.name,别的,字符型,40,,个人,\r\n"
        "person.x,某某,怪型,40,,个人,\r\nperson.pet,宠物,字符型,40,,个人,\r\n"
    ).encode()
    given = {"kind": StandardKind.ELEMENT, "file_name": "a.csv", "data": lines, "actor": OFFICER}
    report = actions.import_standards(**given, at=at)
    assert [one.outcome.value for one in report.rows] == [
        "WRITTEN",
        "REFUSED",
        "REFUSED",
        "REFUSED",
    ]
    with pytest.raises(CannotImportResources):
        actions.import_standards(**given, at=at, apply=True)
    assert not StandardVersion.objects.exists()
