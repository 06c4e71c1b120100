"""Data elements and code tables on their pages: found, paged, with who has and who needs them."""

import re

import pytest

from yiwang.foundation.resources import actions, queries, sample
from yiwang.foundation.resources.definitions import Need
from yiwang.foundation.standards import queries as standards
from yiwang.kernel.actor import Role, machine
from yiwang.kernel.refusals import NotFound

pytestmark = pytest.mark.django_db


def text(response):
    return re.sub(r"<[^>]+>", "", response.content.decode())


def test_an_element_is_found_with_its_source_its_copies_and_the_items_that_need_it(
    catalogue, sign_in, at
):
    actions.note_needs(
        item_code="a", item_name="高龄津贴", department="", department_name="民政局",
        needs=(Need("person.name", "姓名", "申请表"),), actor=machine("test"), at=at,
    )  # fmt: skip
    officer = sign_in("police")
    found = text(officer.get("/data/elements/?q=姓名"))
    assert "person.name" in found
    assert "person.sex" not in found
    page = text(officer.get("/data/elements/person.name/"))
    holders = queries.list_holders("person.name").rows
    assert len(holders) > 1
    assert [one.authoritative for one in holders].count(True) == 1
    for one in holders:
        assert one.name in page
    assert "高龄津贴" in page
    assert officer.get("/data/elements/person.no_such/").status_code == 404


def test_elements_and_holders_come_in_pages_without_gap(catalogue):
    codes, after = [], ""
    while True:
        page = standards.page_of_elements(after=after, limit=7)
        codes += [one.code for one in page.rows]
        after = page.next
        if not after:
            break
    assert codes == [one.code for one in standards.list_elements()]
    first = queries.list_holders("person.name", limit=1)
    rest = queries.list_holders("person.name", after=first.next)
    assert (*first.rows, *rest.rows) == queries.list_holders("person.name").rows
    assert queries.list_holders("").rows == ()


def test_what_is_only_a_draft_holds_nothing_yet(ground, at):
    actions.write(content=sample.content(), actor=sample.officer(), at=at)
    assert queries.list_holders("person.name").rows == ()


def test_a_code_table_is_shown_with_its_values_and_given_as_a_file(ground, sign_in):
    officer = sign_in("police")
    assert "GB/T 2261.1-2003" in text(officer.get("/data/code-tables/"))
    page = text(officer.get("/data/code-tables/sex/"))
    assert "未知的性别" in page
    assert "性别" in page
    assert "没有数据元用它" not in page
    lines = officer.get("/data/code-tables/sex/csv/").content.decode("utf-8-sig").splitlines()
    assert lines[:2] == ["code,label", "0,未知的性别"]
    assert len(lines) == 1 + len(standards.get_table("sex").codes)
    assert officer.get("/data/code-tables/none/").status_code == 404
    with pytest.raises(NotFound):
        standards.get_element("none.such")


def test_who_does_not_work_with_data_does_not_come_in(ground, sign_in):
    clerk = sign_in("clerk", Role.WINDOW_CLERK)
    for address in ("/data/elements/", "/data/elements/person.name/", "/data/code-tables/sex/"):
        assert clerk.get(address).status_code == 403
