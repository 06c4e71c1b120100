"""马晓燕 opens a shop: at once when everything is on the list, through an official when it is not."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps

pytestmark = pytest.mark.journey
ITEM = "individual-business"


def fill_in(page: Page, *, listed: bool, name: str) -> None:
    steps.choose(page, "operator_kind", "mainland")
    steps.fill_if_asked(page, "domicile", "甘肃省兰州市城关区示例路 8 号 2 单元 301 室")
    steps.choose(page, "by_family", "no")
    steps.next_step(page)
    steps.choose(page, "has_name", "yes")
    page.fill("[name=trade_name]", name)
    steps.next_step(page)
    steps.choose(page, "place_kind", "online")
    page.fill("[name=platform]", "示例商城")
    page.fill("[name=shop_address]", "https://shop.example/mxy")
    steps.next_step(page)
    steps.pick_industry(page, "零售")
    steps.choose(page, "scope_listed", "yes" if listed else "no")
    if listed:
        page.locator("input[name=scope][value=daily-goods]").check(force=True)
    else:
        page.fill("[name=scope_free]", "手工剪纸的制作和销售")
        steps.choose(page, "approval", "none")
    steps.next_step(page)
    steps.choose(page, "delivery", "electronic")
    steps.next_step(page)


def verify_as_anybody(visit, page: Page, case: str) -> None:
    """The licence's public page, seen by somebody who is nobody here."""
    page.goto(f"{case}result/")
    link = page.locator("main a[href*='/v/']").first.get_attribute("href") or ""
    code = re.search(r"/v/([0-9a-z]+)", link)
    assert code, link
    stranger = visit()
    stranger.goto(f"/v/{code.group(1)}")
    expect(stranger.locator("main")).to_contain_text("有效")
    expect(stranger.locator("main")).not_to_contain_text("马晓燕")
    stranger.goto("/v/0123456789abcdef")
    expect(stranger.locator("main")).not_to_contain_text("有效期")


def test_a_shop_with_a_listed_trade_is_registered_at_once_and_anybody_can_verify_it(visit):
    page = visit("luowenbo")
    steps.search(page, "开网店", "个体工商户")
    steps.begin(
        page, ITEM, place="online", proof="declaration", operator="mainland", approval="none"
    )
    fill_in(page, listed=True, name="兰州市城关区罗记日用百货店")
    case = steps.hand_in(page)
    steps.wait_for_words(page, case, "已办结")
    verify_as_anybody(visit, page, case)
    steps.review(page, case)


def test_a_trade_that_is_not_listed_goes_to_an_official_who_decides_by_keyboard(visit):
    page = visit("maxiaoyan")
    steps.begin(
        page, ITEM, place="online", proof="declaration", operator="mainland", approval="none"
    )
    fill_in(page, listed=False, name="兰州市城关区马家剪纸工作室")
    case = steps.hand_in(page)
    steps.wait_for_words(page, case, "工作人员")

    official = visit("shichang", staff=True)
    official.goto("/desk/?list=WAITING_FOR_OFFICIAL")
    official.locator(".desk-list .list a", has_text="马").first.click()
    official.locator("[data-phrase]").first.click()
    official.locator("h1").click()
    official.keyboard.press("y")
    expect(official.locator("[role=status]")).to_be_visible()

    steps.wait_for_words(page, case, "已办结")
    verify_as_anybody(visit, page, case)
    steps.review(page, case)
