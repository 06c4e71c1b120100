import re

import pytest

from yiwang.foundation.standards import queries
from yiwang.kernel.refusals import NotFound


def test_there_are_fifty_six_peoples_in_the_published_order():
    peoples = queries.get_table("people")
    assert [code.code for code in peoples.codes] == [f"{n:02d}" for n in range(1, 57)]
    expected = {"01": "汉族", "03": "回族", "04": "藏族", "17": "哈萨克族", "26": "东乡族"}
    expected |= {"30": "土族", "35": "撒拉族", "47": "保安族", "48": "裕固族", "56": "基诺族"}
    assert {c: queries.find_label("people", c) for c in expected} == expected


@pytest.mark.parametrize("name", queries.shipped_tables())
def test_every_table_names_its_standard_and_repeats_no_code(name):
    table = queries.get_table(name)
    codes = [code.code for code in table.codes]
    assert re.match(r"GB|GA", table.source)
    assert len(codes) == len(set(codes)) >= 2
    assert all(code.label.strip() for code in table.codes)


def test_leading_zeros_are_part_of_a_code():
    assert queries.find_label("item-type", "01") == "行政许可"
    assert queries.find_label("item-type", "1") is None
    assert queries.find_code("item-type", "公共服务") == "20"


def test_item_types_on_application_exist_in_the_table():
    assert all(queries.find_label("item-type", code) for code in queries.ON_APPLICATION)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["nothing", "../queries", "", "SEX"])
def test_an_unknown_table_is_not_found(name):
    with pytest.raises(NotFound):
        queries.get_table(name)


def test_everyday_words_belong_to_classes_of_the_standard_and_to_one_each():
    words = queries.everyday_words("industry")
    assert all(len(code) == 4 and queries.find_label("industry", code) for code in words)
    said = [word for row in words.values() for word in row]
    assert len(said) == len(set(said)) > 200


@pytest.mark.parametrize("name", ["sex", "nothing", "../tables/sex"])
def test_most_tables_have_no_everyday_words(name):
    assert queries.everyday_words(name) == {}
