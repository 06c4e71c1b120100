"""李桂兰, 82, from the search box to the money decided, with and without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps

pytestmark = pytest.mark.journey
ITEM = "elderly-allowance"


def fill_in(page: Page) -> None:
    """Three steps; what the register knows is already there."""
    steps.choose(page, "by_relative", "no")
    expect(page.locator("input[name=name]")).to_have_value("李桂兰")
    steps.next_step(page)
    steps.next_step(page)
    steps.choose(page, "account_kind", "social-card")
    steps.next_step(page)


def test_an_old_woman_finds_applies_gets_the_result_and_reviews(visit):
    page = visit("liguilan")
    steps.search(page, "老人补贴", "高龄津贴")
    steps.begin(page, ITEM, who="self", account="social-card")
    fill_in(page)
    case = steps.hand_in(page)
    steps.wait_for_words(page, case, "已办结")
    page.goto(f"{case}result/")
    expect(page.locator("main")).to_contain_text("高龄津贴")
    steps.review(page, case)
    page.goto("/my/reads/")
    expect(page.locator("main")).to_be_visible()


def test_one_who_draws_it_elsewhere_is_passed_to_an_official_never_refused_by_a_rule(visit):
    """The same without JavaScript: every step is a form."""
    page = visit("zhaofuqiang", script=False)
    steps.search(page, "高龄津贴", "高龄津贴")
    steps.begin(page, ITEM, who="self", account="social-card")
    steps.let_register_fill(page)
    steps.choose(page, "by_relative", "no")
    steps.next_step(page)
    steps.let_register_fill(page)
    steps.next_step(page)
    steps.let_register_fill(page)
    steps.choose(page, "account_kind", "social-card")
    steps.next_step(page)
    case = steps.hand_in(page)
    steps.wait_for_words(page, case, "工作人员")

    official = visit("minzheng", staff=True)
    official.goto("/desk/?list=WAITING_FOR_OFFICIAL")
    official.locator(".desk-list .list a", has_text="赵").first.click()
    expect(official.locator(".rules")).to_contain_text("领取")
    official.locator("button[data-key=a]").click()
    official.locator("button[data-key=n]").wait_for()
    official.fill(
        "#reason", "登记信息显示您已在七里河区领取高龄津贴，不能重复领取。停领后可以重新申请。"
    )
    official.locator("button[data-key=n]").click()
    expect(official.locator("[role=status]")).to_be_visible()

    steps.wait_for_words(page, case, "不能重复领取")
    expect(page.locator("main")).to_contain_text("复议")
    steps.review(page, case)
