"""An approver's day and a leader's look: by keyboard, with a kept filter, many at once, by figures."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps

pytestmark = pytest.mark.journey
ITEM = "individual-business"
#: Issue 3: a simple case is decided within half a minute.
MOST_SECONDS = 30


def hand_in(visit, trade: str) -> str:
    """A shop whose trade is not on the list: an official decides. Returns the applicant's page."""
    page = visit("luowenbo")
    steps.begin(
        page, ITEM, place="online", proof="declaration", operator="mainland", approval="none"
    )
    steps.choose(page, "operator_kind", "mainland")
    steps.fill_if_asked(page, "domicile", "甘肃省兰州市城关区示例路 8 号 2 单元 301 室")
    steps.choose(page, "by_family", "no")
    steps.next_step(page)
    steps.choose(page, "has_name", "yes")
    page.fill("[name=trade_name]", f"兰州市城关区{trade}工作室")
    steps.next_step(page)
    steps.choose(page, "place_kind", "online")
    page.fill("[name=platform]", "示例商城")
    page.fill("[name=shop_address]", "https://shop.example/lwb")
    steps.next_step(page)
    steps.pick_industry(page, "零售")
    steps.choose(page, "scope_listed", "no")
    page.fill("[name=scope_free]", f"{trade}的制作和销售")
    steps.choose(page, "approval", "none")
    steps.next_step(page)
    steps.choose(page, "delivery", "electronic")
    steps.next_step(page)
    case = steps.hand_in(page)
    steps.wait_for_words(page, case, "工作人员")
    return case


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def decide_by_keyboard(official: Page) -> float:
    """From the list to “已记下您的处理” without the mouse; how many seconds it took."""
    official.goto("/desk/")
    began = time.monotonic()
    press(official, "j")
    official.wait_for_url("**/desk/cases/**")
    expect(official.get_by_text("申请表").first).to_be_visible()
    press(official, "1", "Escape", "y")
    expect(official.locator("[role=status]")).to_contain_text("已记下您的处理")
    return time.monotonic() - began


def keep_a_filter(official: Page) -> None:
    official.goto("/desk/filters/")
    official.select_option("[name=list]", "DEPARTMENT")
    official.select_option("[name=light]", "GREEN")
    official.fill("[name=name]", "早晨先看")
    official.get_by_role("button", name="保存筛选").click()
    expect(official.locator("#list-title")).to_contain_text("早晨先看")
    official.goto("/desk/")
    official.get_by_role("link", name="早晨先看").click()
    expect(official.locator(".desk-list .list a").first).to_be_visible()


def do_many(official: Page) -> None:
    official.goto("/desk/batch/?list=MINE")
    for box in official.locator("input[name=case]").all():
        box.check()
    official.check("input[name=act][value=approve]")
    official.fill("[name=reason]", "材料齐全，符合法定形式，同意。")
    official.check("[name=confirmed]")
    official.get_by_role("button", name="办勾选的").click()
    expect(official.locator("h1")).to_have_text(re.compile(r"办了 [1-9][0-9]* 件$"))


def test_an_approver_decides_by_keyboard_keeps_a_filter_and_does_many(visit):
    cases = [hand_in(visit, trade) for trade in ("剪纸", "泥塑", "木雕")]
    official = visit("shichang", staff=True)
    assert decide_by_keyboard(official) <= MOST_SECONDS
    keep_a_filter(official)
    do_many(official)
    page = visit("luowenbo")
    for case in cases:
        steps.wait_for_words(page, case, "已办结")


def test_a_leader_sees_figures_and_drills_down_to_masked_rows_and_no_further(visit):
    page = visit("lingdao", staff=True)
    assert page.url.endswith("/leader/")
    expect(page.locator("h1")).to_contain_text(re.compile("按时办结|没有超期的|件超期"))
    page.get_by_role("link", name="按区划").click()
    expect(page.locator("#table")).to_contain_text("各区划")
    page.locator(".bigs a", has_text="正在办").click()
    expect(page.locator("h1")).to_contain_text("快到期")
    page.get_by_role("link", name="在办", exact=True).click()
    expect(page.locator("main")).to_contain_text(re.compile(r"\*|这里没有办件"))
    assert page.locator("main a[href^='/desk/cases/']").count() == 0
    page.goto("/desk/")
    expect(page.locator("main")).not_to_contain_text("本部门")
