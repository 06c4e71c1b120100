"""A file of resources: there and back, tried, applied whole or not at all, undone."""

import pytest

from yiwang.foundation.resources import actions, queries, sample
from yiwang.foundation.resources.actions import CannotImportResources, CannotUndoResources
from yiwang.foundation.resources.definitions import ResourceFilter, VersionState
from yiwang.foundation.resources.rules import sheets
from yiwang.kernel.actor import machine
from yiwang.kernel.refusals import InvalidInput, NotFound
from yiwang.mechanisms.exports import actions as exports
from yiwang.mechanisms.exports import queries as reading

LOADER = machine("loader")
MARKET = sample.officer("market", serial=2)


def book(*contents, columns=sheets.COLUMNS):
    rows = [row[: len(columns)] for row in sheets.write_rows(contents)]
    return exports.write_sheet(title="目录", columns=columns, rows=rows, trace="谁 何时")


def take(data, actor=LOADER, *, at, apply=False, name="a.xlsx"):
    return actions.import_resources(file_name=name, data=data, actor=actor, at=at, apply=apply)


def test_what_is_written_is_read_back_the_same():
    contents = sample.contents()
    lines = reading.read_lines(book(*contents), xlsx=True, missing=sheets.missing_columns)
    read = list(sheets.read_rows(lines))
    assert [content for _line, content, _problems in read] == list(contents)
    assert all(problems == () for _line, _content, problems in read)


def test_words_that_look_like_a_formula_come_back_as_they_were():
    content = sample.content(summary="=HYPERLINK(1)", officer="-1+1")
    lines = reading.read_lines(book(content), xlsx=True, missing=sheets.missing_columns)
    ((_line, read, _problems),) = sheets.read_rows(lines)
    assert read == content


@pytest.mark.django_db
def test_a_try_writes_nothing_and_says_what_would_be(ground, at):
    report = take(book(*sample.contents()), at=at)
    assert (report.written, report.unchanged, report.refused, report.applied) == (9, 0, 0, False)
    assert report.rows[0].line == 3  # below the trace line and the heading
    assert queries.list_resources(LOADER).rows == ()


@pytest.mark.django_db
def test_a_file_becomes_drafts_and_the_same_again_changes_nothing(ground, at):
    data = book(*sample.contents())
    report = take(data, at=at, apply=True)
    assert report.applied
    rows = queries.list_resources(LOADER).rows
    assert [row.has_draft for row in rows] == [True] * 9
    actions.undo_import(run=report.run, actor=LOADER, at=at)
    sample.publish_all(at=at)
    again = take(data, at=at, apply=True)
    assert (again.unchanged, again.run) == (9, "")
    changed = take(book(sample.content(summary="改了")), at=at, apply=True)
    assert changed.written == 1
    assert queries.get_resource(sample.POPULATION).content.summary != "改了"


@pytest.mark.django_db
def test_one_bad_resource_and_nothing_is_written(ground, at):
    bad = sample.content(sample.FIRMS, sharing="NONE")
    data = book(sample.content(), bad)
    report = take(data, at=at)
    assert (report.written, report.refused) == (1, 1)
    assert "依据" in report.rows[1].reasons[0] or "哪一条" in report.rows[1].reasons[0]
    with pytest.raises(CannotImportResources) as refused:
        take(data, at=at, apply=True)
    assert refused.value.fields[0].field.endswith(sample.FIRMS)
    assert queries.list_resources(LOADER).rows == ()


@pytest.mark.django_db
def test_an_officer_imports_for_his_own_body_only(ground, at):
    report = take(book(*sample.contents()), MARKET, at=at)
    assert (report.written, report.refused) == (4, 5)
    assert "不是您所在部门的资源。" in report.rows[0].reasons


@pytest.mark.django_db
def test_what_is_being_written_is_not_written_over(ground, at):
    take(book(sample.content()), at=at, apply=True)
    report = take(book(sample.content()), at=at)
    assert report.rows[0].reasons == ("这项资源有草稿或者正在审核，请先处理。",)


@pytest.mark.django_db
def test_an_import_is_undone_while_its_drafts_are_as_they_came(ground, at):
    report = take(book(*sample.contents()), at=at, apply=True)
    with pytest.raises(NotFound):
        actions.undo_import(run=report.run, actor=MARKET, at=at)
    assert actions.undo_import(run=report.run, actor=LOADER, at=at) == 9
    assert queries.list_resources(LOADER).rows == ()
    with pytest.raises(CannotUndoResources):
        actions.undo_import(run=report.run, actor=LOADER, at=at)
    again = take(book(*sample.contents()), at=at, apply=True)
    key = queries.list_resources(LOADER).rows[0].key
    draft = queries.find_open_version(key, LOADER, at=at)
    sample.handed_in(draft, actor=LOADER, at=at)
    with pytest.raises(CannotUndoResources):
        actions.undo_import(run=again.run, actor=LOADER, at=at)
    assert queries.find_open_version(key, LOADER, at=at).state is VersionState.SUBMITTED


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.xlsx", b"no zip"),
        ("a.csv", b"\xff\xfe\x00"),
        ("a.csv", "资源代码,资源名称\n1,2".encode()),
        ("a.csv", b""),
    ],
)
def test_a_file_that_is_none_is_refused(ground, at, name, data):
    with pytest.raises(InvalidInput):
        take(data, at=at, name=name)


@pytest.mark.django_db
def test_a_code_that_comes_twice_is_refused(ground, at):
    report = take(book(sample.content(), sample.content(sample.FIRMS), sample.content()), at=at)
    assert report.refused == 1
    assert "这个代码在文件里出现了两次。" in report.rows[2].reasons


@pytest.mark.django_db
def test_an_export_holds_what_one_may_see_and_can_be_imported(ground, at):
    sample.publish_all(at=at)
    data = actions.export_resources(filter=ResourceFilter(kind="BASE"), actor=MARKET, at=at)
    report = take(data, at=at)
    assert (report.unchanged, len(report.rows)) == (4, 4)
