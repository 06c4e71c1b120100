import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from yiwang.mechanisms.exports import actions, rules


@given(st.text())
def test_no_cell_ever_begins_a_formula(text):
    assert not rules.neutralise(text).lstrip().startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize(
    "attack", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =cmd|'/c'!A1"]
)
def test_a_dangerous_text_is_kept_as_words(attack):
    assert rules.neutralise(attack).startswith("'")


def test_ordinary_names_stay_what_they_are():
    assert rules.neutralise("马晓燕·བཀྲ་ཤིས།") == "马晓燕·བཀྲ་ཤིས།"


def test_a_sheet_reads_back_with_trace_heading_and_rows():
    data = actions.write_sheet(
        title="名册", columns=["姓名", "分"], rows=[["=HYPERLINK(1)", 12800]], trace="export:1"
    )
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert rows == [["export:1", ""], ["姓名", "分"], ["'=HYPERLINK(1)", 12800.0]]


def test_more_rows_than_allowed_are_refused(monkeypatch):
    monkeypatch.setattr(actions, "MOST_ROWS", 2)
    with pytest.raises(actions.TooManyRows):
        actions.write_sheet(title="x", columns=["a"], rows=[["1"]] * 3, trace="")
