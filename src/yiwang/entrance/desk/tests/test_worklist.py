"""The list: what waits for whom, in pages, and found by number."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yiwang.entrance.desk import worklist

pytestmark = pytest.mark.django_db


def names(count: int) -> list[str]:
    return [f"兰州市城关区第{number}百货店" for number in range(count)]


def page(client, address="/desk/"):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def listed(said: str) -> list[str]:
    return re.findall(r'href="/desk/cases/([0-9a-z]{16})/', said)


def test_an_empty_list_says_what_would_be_here(official):
    assert "等我办 0 件" in page(official)
    assert "这里没有办件" in page(official)


def test_what_waits_for_me_is_counted_and_listed_with_the_name_masked(official, case):
    said = page(official)
    assert "等我办 1 件" in said
    assert listed(said) == [case.case_key]
    assert "罗文博" not in said


def test_a_full_page_says_or_more_and_the_next_one_goes_on(official, hand_in, monkeypatch):
    monkeypatch.setattr(worklist, "PAGE_SIZE", 2)
    made = [hand_in(trade_name=name).case_key for name in names(3)]
    first = page(official)
    assert "等我办 2 件以上" in first
    following = re.search(r'href="(/desk/\?[^"]*after=[^"]+)"', first)[1].replace("&amp;", "&")
    second = page(official, following)
    assert "等我办 1 件" in second
    assert sorted(listed(first) + listed(second)) == sorted(made)


def test_a_case_is_found_by_its_number_in_any_list(official, case):
    assert listed(page(official, f"/desk/?list=DONE&no={case.case_no}")) == [case.case_key]
    assert "全部 1 件" in page(official, f"/desk/?no={case.case_no}")
    assert listed(page(official, "/desk/?no=000")) == []


@pytest.mark.parametrize(
    "query", ["list=NONE", "list=%00", "after=x", "after=%F0%9F%98%80", "no=%27"]
)
def test_strange_questions_get_a_list_not_a_failure(official, case, query):
    assert official.get(f"/desk/?{query}").status_code in (200, 400, 422)


def test_the_list_asks_as_often_for_three_as_for_one(official, hand_in):
    first, *others = names(3)
    hand_in(trade_name=first)
    page(official)
    with CaptureQueriesContext(connection) as one:
        page(official)
    for name in others:
        hand_in(trade_name=name)
    with CaptureQueriesContext(connection) as three:
        page(official)
    assert len(three) == len(one)
    assert len(one) <= 10


def test_every_link_of_the_bar_leads_somewhere(official, case):
    bar = re.search(r'<nav aria-label="主导航">(.*?)</nav>', page(official), re.S)[1]
    addresses = re.findall(r'href="([^"]+)"', bar)
    assert len(addresses) == 12
    for address in addresses:
        assert official.get(address.replace("&amp;", "&")).status_code == 200
