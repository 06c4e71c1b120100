"""The fire check before opening, by both roads; and what becomes of a promise that was not kept."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.test_business_on_a_phone import verify_as_anybody

pytestmark = pytest.mark.journey
ITEM, FIRM, WATERWORKS = "fire-safety-check", "甘肃示例餐饮有限公司", "兰州示例供水工程有限公司"
QUESTIONS = {"kind": "listed", "size": "large", "system": "automatic"}


def step_up(page: Page) -> None:
    """The item asks for level four: a face check (a simulator here) raises the session."""
    page.goto(f"/items/{ITEM}/apply/?kind=listed")
    page.wait_for_url("**/step-up/**")
    expect(page.locator("main")).to_contain_text("四级")
    page.locator("button[name=given][value=pass]").click()
    page.wait_for_url(lambda url: "/step-up/" not in url)


def begin(page: Page, firm: str, road: str) -> None:
    steps.act_for_firm(page, firm)
    step_up(page)
    steps.begin(page, ITEM, road=road, **QUESTIONS)


def fill_in(page: Page, name: str) -> None:
    if "/step/road/" in page.url:  # the guide asked it already
        steps.next_step(page)
    steps.fill_if_asked(page, "place_name", name)
    steps.choose(page, "place_use", "restaurant")
    steps.pick_division(page, "place_division", "620102001000")
    steps.fill_if_asked(page, "place_address", "示例路 12 号")
    page.fill("[name=area]", "500")
    page.fill("[name=floors]", "地上 1 到 2 层")
    steps.next_step(page)
    page.fill("[name=in_charge]", "马晓燕")
    page.fill("[name=manager]", "王小明")
    steps.fill_if_asked(page, "phone", "13900000003")
    steps.next_step(page)
    steps.choose(page, "delivery", "electronic")
    steps.next_step(page)
    for material, file in (("floor-plan", "平面图"), ("fire-plan", "设施图"), ("rules", "制度")):
        steps.upload(page, material, f"{file}.pdf")


def take(official: Page, address: str, act: str, words: str, **choices: str) -> None:
    """One act on a commitment: asked once more, then done."""
    official.goto(address)
    official.locator(f"main a[href$='/{act}/']").click()
    official.fill("[name=words]", words)
    for name, value in choices.items():
        official.select_option(f"[name={name}]", value)
    official.locator("main form button.btn").last.click()
    expect(official.locator("[role=status]").first).to_be_visible()


def test_a_false_promise_is_permitted_at_once_and_later_costs_the_permit(visit):
    page = visit("maxiaoyan")
    begin(page, FIRM, "promise")
    fill_in(page, "示例饭店")
    expect(page.locator("#m-staff")).to_contain_text("承诺代替")
    case = steps.hand_in(page)
    steps.wait_for_words(page, case, "已办结")
    expect(page.locator("main")).to_contain_text("系统按规则核对后决定")
    verify_as_anybody(visit, page, case)
    steps.wait_for_words(page, case, "前核查")

    handler = visit("xiaofang1", staff=True)
    steps.open_case(handler, case)
    handler.locator("#promise-title ~ * a[href^='/desk/commitments/']").click()
    handler.wait_for_url("**/desk/commitments/*/")
    there = str(handler.evaluate("location.pathname"))
    take(handler, there, "order-correction", "二楼安全出口上了锁，请打开并保持畅通。")
    steps.wait_for_words(page, case, "前改正")
    page.goto(f"{case}commitment/")
    page.fill("[name=words]", "锁已经拆掉了。")
    page.get_by_role("button", name="报告已经改好").click()
    expect(page.locator("main")).to_contain_text("锁已经拆掉了")

    head = visit("xiaofangzhang", staff=True)
    take(head, there, "find-not-corrected", "复查时仍然上锁。", serious="yes")
    steps.wait_for_words(page, case, "撤销")
    page.goto("/my/credit/")
    expect(page.locator("main")).to_contain_text("您现在不能用告知承诺方式")
    page.goto(f"{case}result/")
    expect(page.locator("main")).to_contain_text("撤销")

    query = "&".join(f"{key}={value}" for key, value in {**QUESTIONS, "road": "promise"}.items())
    page.goto(f"/items/{ITEM}/apply/?{query}")
    steps.press_start(page)
    expect(page.locator(".errors")).to_contain_text("严重失信记录")


def test_the_ordinary_road_is_looked_at_first(visit):
    page = visit("luowenbo")
    begin(page, WATERWORKS, "ordinary")
    fill_in(page, "示例商场")
    steps.promise_later(page, "staff")
    case = steps.hand_in(page)
    handler = visit("xiaofang1", staff=True)
    steps.open_case(handler, case)
    steps.decide(handler, "accept", "受理")
    visited = steps.plan_visit(handler, case, ["刘强", "韩冰"])
    steps.record_visit(visit("xiaofang1", staff=True, phone=True), visited)
    steps.confirm_visit(visit("xiaofang2", staff=True, phone=True), visited)
    page.goto(case)
    page.get_by_role("link", name="现在补交").first.click()
    steps.hand_in_late(page, "名单.pdf")
    steps.open_case(handler, case)
    steps.decide(handler, "forward", "检查合格")
    head = visit("xiaofangzhang", staff=True)
    steps.open_case(head, case)
    steps.decide(head, "approve", "检查合格，准予投入使用、营业")
    steps.wait_for_words(page, case, "已办结")
    verify_as_anybody(visit, page, case)
