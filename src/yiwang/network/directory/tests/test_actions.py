from collections import Counter
from datetime import date

import pytest

from yiwang.kernel.identifiers import make_uscc
from yiwang.kernel.refusals import InvalidInput, NotFound
from yiwang.network.directory import actions, queries
from yiwang.network.directory.definitions import DepartmentView
from yiwang.network.directory.models import Division

pytestmark = pytest.mark.django_db
CUT = actions.SHIPPED_CUT_ON


def _per_level(prefix: str) -> list[int]:
    levels = Counter(
        Division.objects.filter(code__startswith=prefix).values_list("level", flat=True)
    )
    return [levels[level] for level in range(1, 6)]


def test_the_shipped_files_hold_exactly_the_published_divisions(django_assert_max_num_queries):
    with django_assert_max_num_queries(100):  # thousands of rows a statement
        report = actions.load_shipped_divisions()
    assert _per_level("62") == [1, 14, 88, 1403, 17718]
    assert _per_level("33") == [1, 1, 12, 191, 3685]
    assert _per_level("44") == [1, 1, 10, 112, 1468]
    assert (report.read, report.added, report.changed) == (24706, 24706, 0)

    again = actions.load_shipped_divisions()
    assert (again.added, again.changed) == (0, 0)
    assert queries.get_division("620102000000").full_name == "甘肃省兰州市城关区"
    assert queries.get_division("620201001000").full_name == "甘肃省嘉峪关市雄关街道"


def _file(tmp_path, *rows):
    path = tmp_path / "divisions.csv"
    path.write_text("\n".join(["code12,name,level,parent_code12", *rows]), encoding="utf-8")
    return path


def test_a_renamed_division_is_updated_and_keeps_its_validity(tmp_path):
    before = _file(tmp_path, "620000000000,甘肃省,1,", "620100000000,兰州,2,620000000000")
    actions.load_divisions(path=before, valid_from=CUT)
    after = _file(tmp_path, "620000000000,甘肃省,1,", "620100000000,兰州市,2,620000000000")
    report = actions.load_divisions(path=after, valid_from=date(2026, 1, 1))
    assert (report.added, report.changed) == (0, 1)
    division = queries.get_division("620100000000")
    assert (division.name, division.full_name, division.valid_from) == (
        "兰州市",
        "甘肃省兰州市",
        CUT,
    )


@pytest.mark.parametrize(
    "row",
    [
        "620102,城关区,3,620100000000",
        "620102000000,城关区,2,620000000000",
        "620102000000,城关区,3,620200000000",
        "330302000000,鹿城区,3,330300000000",
    ],
)
def test_a_row_that_is_no_division_stops_the_whole_file(tmp_path, row):
    path = _file(tmp_path, "620000000000,甘肃省,1,", "620100000000,兰州市,2,620000000000", row)
    with pytest.raises(InvalidInput, match="第 4 行"):
        actions.load_divisions(path=path, valid_from=CUT)
    assert not Division.objects.exists()


def test_only_a_part_with_what_lies_above_it_can_be_loaded():
    actions.load_divisions(path=actions.DATA / actions.SHIPPED[0], valid_from=CUT, only="620102001")
    assert [d.code for d in queries.list_ancestors("620102001000")] == [
        "620000000000",
        "620100000000",
        "620102000000",
    ]
    assert Division.objects.filter(level=2).count() == 1


def test_a_closed_division_names_its_successor_and_leaves_the_cascade(tmp_path):
    path = _file(
        tmp_path,
        "620000000000,甘肃省,1,",
        "620100000000,兰州市,2,620000000000",
        "620300000000,金昌市,2,620000000000",
    )
    actions.load_divisions(path=path, valid_from=CUT)
    actions.close_division(code="620300000000", on=date(2026, 7, 1), successor="620100000000")
    assert [d.code for d in queries.list_children("620000000000")] == ["620100000000"]
    ended = queries.get_division("620300000000")
    assert (ended.valid_until, ended.successor) == (date(2026, 7, 1), "620100000000")
    with pytest.raises(NotFound):
        actions.close_division(code="620300000000", on=date(2026, 8, 1), successor=None)


def test_a_department_needs_a_valid_code():
    good = make_uscc("1", "1", "620102", 7)
    department = DepartmentView(good, "城关区民政局", "区民政局", "620102000000", "", "")
    actions.register_department(department=department)
    assert queries.get_department(good).name == "城关区民政局"
    assert [d.uscc for d in queries.list_departments("620102000000")] == [good]
    wrong = DepartmentView(good[:-1] + "0", "城关区民政局", "区民政局", "620102000000", "", "")
    if wrong.uscc != good:
        with pytest.raises(InvalidInput):
            actions.register_department(department=wrong)
