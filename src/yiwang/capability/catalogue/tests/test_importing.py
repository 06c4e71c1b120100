"""Acceptance: the real catalogue, every row accounted for, again changes nothing, undo restores."""

import csv
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import xlsxwriter
from django.conf import settings
from django.db import connection

from yiwang.capability.catalogue import actions, queries
from yiwang.capability.catalogue.commands import main
from yiwang.capability.catalogue.definitions import HandlingMode
from yiwang.capability.catalogue.rules.importing import local_key
from yiwang.kernel.actor import machine
from yiwang.kernel.refusals import InvalidInput, NotFound
from yiwang.support.assistant import queries as assistant

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CLERK = machine("clerk")
REAL = settings.ROOT / "src/yiwang/capability/catalogue/data/guangan_district_items.csv"
pytestmark = pytest.mark.django_db


def _import(file: Path, *, apply: bool = True, days: int = 0) -> actions.ImportReport:
    return actions.import_items(file=file, actor=CLERK, at=AT + timedelta(days=days), apply=apply)


def _state() -> list[list[tuple]]:
    """Every row of the catalogue and the index, without the record of the runs themselves."""
    tables = (
        "catalogue_basiccatalogentry", "catalogue_itemimplementation",
        "catalogue_itemversionrecord", "assistant_searchentry",
    )  # fmt: skip
    with connection.cursor() as cursor:
        state = []
        for table in tables:
            cursor.execute(f"SELECT * FROM {table} ORDER BY id")  # noqa: S608
            state.append([repr(row) for row in cursor.fetchall()])
    return state


def _rows() -> list[dict[str, str]]:
    with REAL.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def _write(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_all_rows_of_the_real_catalogue_are_accounted_for_and_again_nothing_changes() -> None:
    tried = _import(REAL, apply=False)
    assert not tried.applied
    assert _state() == [[], [], [], []]
    applied = _import(REAL)
    outcomes = [applied.count(o) for o in ("ACCEPTED", "CHANGED", "UNCHANGED", "REFUSED")]
    assert outcomes == [1135, 0, 0, 0]
    assert sum(outcomes) == len(applied.rows) == len(_rows()) == 1135
    assert len(applied.malformed) == 153
    before = _state()
    again = _import(REAL, days=1)
    assert again.count("UNCHANGED") == 1135
    assert not again.applied
    assert _state() == before


def test_undo_restores_exactly_also_after_a_changed_file(tmp_path: Path) -> None:
    rows = _rows()[:40]
    _import(_write(tmp_path / "first.csv", rows))
    before = _state()
    changed = [
        {**rows[0], "name": "改过的名称"},
        *rows[1:30],
        {**rows[31], "local_item_code": "NEW-1"},
    ]
    report = _import(_write(tmp_path / "second.csv", changed), days=3)
    assert (report.count("CHANGED"), report.count("ACCEPTED"), report.count("UNCHANGED")) == (
        1,
        1,
        29,
    )
    assert report.absent == 10
    code = local_key(rows[0]["local_item_code"])
    assert queries.get_item(code, on=AT.date() + timedelta(days=3)).item.name == "改过的名称"
    assert queries.get_item(code, on=AT.date()).item.name == rows[0]["name"]
    assert assistant.search("改过的名称")[0].code == code
    assert actions.undo_import(run_key=report.run, actor=CLERK, at=AT + timedelta(days=4)) == 2
    assert _state() == before
    assert [run.undone_at is not None for run in queries.list_import_runs()] == [True, False]


def test_the_first_import_undone_leaves_an_empty_catalogue_and_a_record(tmp_path: Path) -> None:
    report = _import(_write(tmp_path / "a.csv", _rows()[:5]))
    actions.undo_import(run_key=report.run, actor=CLERK, at=AT)
    assert _state() == [[], [], [], []]
    (run,) = queries.list_import_runs()
    assert (run.actor, run.digest, run.counts["ACCEPTED"]) == (CLERK.reference, report.digest, 5)
    with pytest.raises(actions.CannotUndo):
        actions.undo_import(run_key=report.run, actor=CLERK, at=AT)
    with pytest.raises(NotFound):
        actions.undo_import(run_key="nosuchrun", actor=CLERK, at=AT)


def test_an_import_another_one_built_on_cannot_be_undone_first(tmp_path: Path) -> None:
    rows = _rows()[:3]
    first = _import(_write(tmp_path / "a.csv", rows))
    second = _import(_write(tmp_path / "b.csv", [{**rows[0], "name": "新名"}, *rows[1:]]), days=1)
    with pytest.raises(actions.CannotUndo):
        actions.undo_import(run_key=first.run, actor=CLERK, at=AT)
    actions.undo_import(run_key=second.run, actor=CLERK, at=AT)
    actions.undo_import(run_key=first.run, actor=CLERK, at=AT)


def test_one_bad_line_and_nothing_goes_in(tmp_path: Path) -> None:
    rows = [*_rows()[:3], {**_rows()[3], "name": ""}]
    with pytest.raises(actions.CannotImport) as refusal:
        _import(_write(tmp_path / "bad.csv", rows))
    assert [f.field for f in refusal.value.fields] == ["第 5 行"]
    assert _state() == [[], [], [], []]


def test_a_spreadsheet_says_the_same_as_the_text_file(tmp_path: Path) -> None:
    rows = _rows()[:30]
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet = book.add_worksheet()
    for column, name in enumerate(rows[0]):
        sheet.write(0, column, name)
        for line, row in enumerate(rows, start=1):
            value = row[name]
            sheet.write(
                line, column, int(value) if name in ("task_type_code", "area_code12") else value
            )
    book.close()
    assert _import(tmp_path / "a.xlsx").count("ACCEPTED") == 30
    assert _import(_write(tmp_path / "a.csv", rows)).count("UNCHANGED") == 30


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"\xff\xfe\x00"),
        ("a.csv", "名称,部门\n甲,乙\n".encode()),
        ("a.csv", b""),
        ("a.xlsx", b"PK\x03\x04 not a book"),
        ("a.csv", b'a,"b\n'),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidInput):
        _import(tmp_path / name)


def test_an_imported_item_says_honestly_that_it_is_not_connected(tmp_path: Path) -> None:
    rows = _rows()[:1]
    _import(_write(tmp_path / "a.csv", rows))
    found = queries.get_item(local_key(rows[0]["local_item_code"]), on=AT.date())
    assert found.item.handling_mode is HandlingMode.NOT_CONNECTED
    assert found.handling_mode_label == "尚未接入：请到窗口或原系统办理"
    assert not found.open_for_application


def test_the_command_line_tries_applies_and_undoes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(_write(tmp_path / "a.csv", _rows()[:10]))
    assert main(["import", file, "--dry-run"]) == 0
    assert "没有写入" in capsys.readouterr().out
    assert main(["import", file, "--apply"]) == 0
    run = queries.list_import_runs()[0].key
    assert run in capsys.readouterr().out
    assert main(["undo", run]) == 0
    assert _state() == [[], [], [], []]


def test_a_workbook_that_unfolds_to_more_than_memory_is_refused(tmp_path):
    from yiwang.capability.catalogue.actions import reading

    file = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<x/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(520):
                sheet.write(bytes(1024 * 1024))
    assert file.stat().st_size < 1024 * 1024
    with pytest.raises(InvalidInput, match="展开后太大"):
        reading.read_file(file)
