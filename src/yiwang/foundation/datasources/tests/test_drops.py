"""A file for a catalogued resource: checked row by row, taken, put back."""

import io

import pytest
import xlsxwriter

from yiwang.foundation.datasources import actions, queries, sample
from yiwang.foundation.datasources.definitions import CannotTakeDrop, DropState
from yiwang.foundation.datasources.models import SourceRecord
from yiwang.foundation.laws import actions as laws
from yiwang.foundation.privacy.definitions import Mask
from yiwang.foundation.resources import sample as resources
from yiwang.foundation.resources.definitions import Datum
from yiwang.foundation.standards.definitions import ElementType
from yiwang.kernel.actor import machine
from yiwang.kernel.refusals import NotAllowed, NotFound, VersionConflict
from yiwang.mechanisms.files.definitions import CannotStoreFile
from yiwang.network.directory import sample as places

pytestmark = pytest.mark.django_db
AT = sample.AT
CODE = "301008/7"
ITEMS = (
    Datum("no", "编号", ElementType.TEXT, 6, 2),
    Datum("sex", "性别", ElementType.CODE, 1, 3, element="person.sex", mask=Mask.WHOLE),
    Datum("born", "出生日期", ElementType.DATE, 10, 3, mask=Mask.WHOLE),
    Datum("fee", "金额", ElementType.NUMBER, 12, 2),
)
GOOD = "编号,性别,出生日期,金额\nA1,1,1990-01-31,12.5\nA2,2,1991-02-28,3\n"


@pytest.fixture
def officer(db):
    places.load_chengguan()
    places.register_departments()
    laws.import_shipped(actor=machine("test"), at=AT)
    body = places.department_uscc(places.CHENGGUAN, 7)
    content = resources.content(resources.ALLOWANCES, code=CODE, provider=body, items=ITEMS)
    resources.publish(content, at=AT)
    return sample.officer("zhang", department=body)


def drop(officer, text=GOOD, filename="登记.csv", at=AT):
    data = text if isinstance(text, bytes) else text.encode()
    return actions.check_drop(resource=CODE, data=data, filename=filename, actor=officer, at=at)


def take(view, officer):
    return actions.take_drop(drop=view.key, version=view.version, actor=officer, at=AT)


def test_checking_changes_nothing_and_taking_makes_it_the_source(officer):
    view = drop(officer)
    assert (view.state, view.problems) == (DropState.CHECKED, ())
    assert not SourceRecord.objects.exists()
    taken = take(view, officer)
    assert taken.state is DropState.TAKEN
    source = queries.get_source(taken.source, officer)
    assert [column.name for column in source.tables[0].columns] == [
        "编号",
        "性别",
        "出生日期",
        "金额",
    ]


def test_a_sheet_is_as_good_as_a_csv(officer):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([["no", "sex", "born", "fee"], ["A1", "1", "1990-01-31", 7]]):
            sheet.write_row(number, 0, row)
    view = drop(officer, out.getvalue(), "登记.xlsx")
    assert (view.state, view.problems) == (DropState.CHECKED, ())


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (GOOD.replace("性别", "民族"), [("第 1 行", "没有登记"), ("第 1 行", "缺少“性别”")]),
        (GOOD.replace("A2", "A2345678"), [("第 3 行", "编号：比目录里登记的长")]),
        (GOOD.replace("A1,1", "A1,7"), [("第 2 行", "性别：不是代码表里的代码")]),
        (GOOD.replace("1991-02-28", "1991-02-29"), [("第 3 行", "出生日期：不是日期")]),
        (GOOD.replace("12.5", "很多"), [("第 2 行", "金额：不是数字")]),
        (GOOD.replace("A1", "=1+1"), [("第 2 行", "编号：像公式")]),
        (GOOD + "A3,1\n", [("文件", "列数和表头不一样。（第 4 行）")]),
    ],
)
def test_every_bad_row_is_in_the_report_and_no_value_is(officer, text, problems):
    view = drop(officer, text)
    assert view.state is DropState.REFUSED
    assert len(view.problems) == len(problems)
    for (place, sentence), (wanted, words) in zip(view.problems, problems, strict=True):
        assert (place, words in sentence) == (wanted, True)
    with pytest.raises(CannotTakeDrop):
        take(view, officer)


@pytest.mark.parametrize(
    ("data", "filename", "refusal"),
    [
        (b"a\x00b", "a.csv", CannotStoreFile),
        (b"PK\x03\x04 no archive", "a.xlsx", CannotStoreFile),
        (GOOD.encode(), "a.exe", CannotStoreFile),
        (b"", "a.csv", CannotStoreFile),
    ],
)
def test_what_is_no_table_is_not_kept(officer, data, filename, refusal):
    with pytest.raises(refusal):
        drop(officer, data, filename)
    assert queries.list_drops(officer) == ()


def test_the_last_one_can_be_put_back(officer):
    first = take(drop(officer), officer)
    before = SourceRecord.objects.get()
    second = take(drop(officer, GOOD.replace("12.5", "13.5")), officer)
    first = queries.get_drop(first.key, officer)
    assert (first.undoable, second.undoable, second.first) == (False, True, False)
    with pytest.raises(CannotTakeDrop):
        actions.undo_drop(drop=first.key, version=first.version, actor=officer, at=AT)
    assert SourceRecord.objects.get().file_key != before.file_key
    undone = actions.undo_drop(drop=second.key, version=second.version, actor=officer, at=AT)
    after = SourceRecord.objects.get()
    assert (undone.state, after.file_key) == (DropState.UNDONE, before.file_key)
    assert after.version == before.version + 2  # the query process opens it anew
    with pytest.raises(CannotTakeDrop):
        actions.undo_drop(drop=second.key, version=undone.version, actor=officer, at=AT)


def test_a_file_is_taken_once_and_of_an_older_page_not_at_all(officer):
    view = drop(officer)
    take(view, officer)
    with pytest.raises(VersionConflict):
        take(view, officer)


def test_only_the_bodys_own_officers_send_and_see(officer):
    view = drop(officer)
    other = sample.officer("li", department=sample.OTHER_DEPARTMENT)
    with pytest.raises(NotAllowed):
        drop(other)
    assert queries.list_drops(other) == ()
    for act in (take, lambda v, who: queries.get_drop(v.key, who)):
        with pytest.raises(NotFound):
            act(view, other)
    with pytest.raises(NotFound):
        actions.check_drop(
            resource="999999/9", data=GOOD.encode(), filename="a.csv", actor=officer, at=AT
        )
