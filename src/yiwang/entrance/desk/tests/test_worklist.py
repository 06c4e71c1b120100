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
    assert "我的 0 件" in page(official)
    assert "这里没有办件" in page(official)


def test_what_waits_for_me_is_counted_and_listed_with_the_name_masked(official, case):
    said = page(official)
    assert "我的 1 件" in said
    assert listed(said) == [case.case_key]
    assert "罗文博" not in said


def test_a_full_page_says_or_more_and_the_next_one_goes_on(official, hand_in, monkeypatch):
    monkeypatch.setattr(worklist, "PAGE_SIZE", 2)
    made = [hand_in(trade_name=name).case_key for name in names(3)]
    first = page(official)
    assert "我的 3 件" in first
    following = re.search(r'href="(/desk/\?[^"]*after=[^"]+)"', first)[1].replace("&amp;", "&")
    second = page(official, following)
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
    assert len(one) <= 5


def test_every_link_of_the_bar_leads_somewhere(official, case):
    bar = re.search(r'<nav aria-label="主导航">(.*?)</nav>', page(official), re.S)[1]
    addresses = re.findall(r'href="([^"]+)"', bar)
    assert len(addresses) >= 19
    for address in addresses:
        assert official.get(address.replace("&amp;", "&")).status_code == 200


def test_the_bar_counts_what_waits_and_a_strange_filter_is_the_usual_list(official, case):
    said = page(official)
    assert "我的 1" in said
    assert "超期 0" in said
    assert listed(page(official, "/desk/?filter=nothing")) == [case.case_key]


def test_a_narrowed_list_is_kept_under_a_name_and_found_again(official, case):
    boxes = page(official, "/desk/filters/?list=DEPARTMENT&light=GREEN")
    assert 'value="individual-business"' in boxes
    kept = official.post(
        "/desk/filters/",
        {"list": "DEPARTMENT", "item": "individual-business", "light": "GREEN", "name": "个体户"},
    )
    assert kept.status_code == 302
    said = page(official, kept["Location"])
    assert "个体户 1 件" in said
    assert listed(said) == [case.case_key]
    assert "个体户" in page(official)  # a link above every list
    key = kept["Location"].rpartition("=")[2]
    assert official.post(f"/desk/filters/{key}/forget/").status_code == 302
    assert "个体户" not in page(official)


def test_a_filter_that_fits_nothing_says_so(official, case):
    assert "没有符合这个筛选的办件" in page(official, "/desk/?list=MINE&phase=REVIEWING")


def test_a_filter_without_a_name_is_not_kept_and_keeps_the_choice(official, case):
    again = official.post("/desk/filters/", {"list": "SOON", "light": "YELLOW", "name": " "})
    assert again.status_code == 422
    assert '<option value="YELLOW" selected>' in again.content.decode()


def test_nobody_deletes_or_reads_the_filter_of_another(official, sign_in, case):
    kept = official.post("/desk/filters/", {"list": "SOON", "name": "早晨先看"})
    key = kept["Location"].rpartition("=")[2]
    other = sign_in("qian")
    assert other.post(f"/desk/filters/{key}/forget/").status_code == 404
    assert "早晨先看" not in page(other, f"/desk/?filter={key}")


class TestBatch:
    def sent(self, said: str, act: str, **more) -> dict:
        return {"case": re.findall(r'name="case" value="([^"]+)"', said), "act": act} | more

    def test_one_confirmation_and_an_answer_for_each(self, official, hand_in):
        for name in names(2):
            hand_in(trade_name=name)
        said = page(official, "/desk/batch/?list=MINE")
        answer = official.post("/desk/batch/?list=MINE", self.sent(said, "accept", confirmed="1"))
        told = answer.content.decode()
        assert "办了 2 件" in told
        stale = official.post("/desk/batch/?list=MINE", self.sent(said, "accept", confirmed="1"))
        assert "办了 0 件，2 件没有办成" in stale.content.decode()

    def test_without_a_confirmation_an_act_or_an_opinion_nothing_happens(self, official, case):
        said = page(official, "/desk/batch/")
        for sent in (
            self.sent(said, "accept"),
            self.sent(said, "reject", confirmed="1"),
            self.sent(said, "approve", confirmed="1"),
            {"act": "accept", "confirmed": "1"},
            {"act": "accept", "confirmed": "1", "case": "x"},
        ):
            answer = official.post("/desk/batch/", sent)
            assert answer.status_code == 422
        assert self.sent(page(official, "/desk/batch/"), "") == self.sent(said, "")

    def test_a_stranger_s_case_is_not_done(self, sign_in, official, case):
        said = page(official, "/desk/batch/")
        other = sign_in("qian", body="11620102000000020X")
        told = other.post("/desk/batch/", self.sent(said, "accept", confirmed="1"))
        assert "1 件没有办成" in told.content.decode()
