"""马晓燕's firm opens a restaurant: a paper that comes later, two officers on the spot, the licence."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.test_business_on_a_phone import verify_as_anybody

pytestmark = pytest.mark.journey
ITEM, FIRM = "food-business", "甘肃示例餐饮有限公司"


def fill_in(page: Page) -> None:
    steps.choose(page, "kind", "catering")
    steps.choose(page, "raw", "no-raw")
    page.locator("input[name=scope][value=hot]").check(force=True)
    steps.next_step(page)
    steps.choose(page, "place_kind", "shop")
    steps.pick_division(page, "place_division", "620102001000")
    steps.fill_if_asked(page, "place_address", "示例路 12 号")
    page.fill("[name=area]", "80")
    page.fill("[name=seats]", "30")
    steps.next_step(page)
    steps.fill_if_asked(page, "in_charge", "马晓燕")
    page.fill("[name=manager]", "王小明")
    steps.choose(page, "manager_kind", "full")
    steps.fill_if_asked(page, "phone", "13900000003")
    steps.next_step(page)
    steps.choose(page, "delivery", "electronic")
    steps.next_step(page)


def hand_in_with_a_late_paper(page: Page) -> tuple[str, str]:
    """The case's page and the key of the draft it was."""
    steps.act_for_firm(page, FIRM)
    steps.search(page, "开饭馆", "食品经营许可")
    steps.begin(page, ITEM, act="new", kind="catering", raw="no-raw", place="shop")
    fill_in(page)
    for material in ("business-licence", "not-barred"):
        expect(page.locator(f"#m-{material}")).to_contain_text("已替您取到")
    draft = steps.draft_of(page)
    steps.upload(page, "layout", "布局图.pdf")
    steps.promise_later(page, "rules")
    return steps.hand_in(page), draft


def test_a_restaurant_is_visited_by_two_on_their_phones_and_gets_its_licence(visit):
    page = visit("maxiaoyan")
    case, draft = hand_in_with_a_late_paper(page)
    operator = visit("yunwei", staff=True)
    for service in ("62/business-licence", "62/credit"):
        steps.see_receipts(operator, draft, ITEM, service, "替申请人取材料")

    handler = visit("shihe1", staff=True)
    steps.open_case(handler, case)
    expect(handler.locator("main")).to_contain_text("统一社会信用代码：")  # what the registrar said
    steps.decide(handler, "accept", "材料齐全，目录后补")
    visited = steps.plan_visit(handler, case, ["马建军", "何小红"])
    page.goto(case)
    expect(page.locator("main")).to_contain_text("现场核查")

    steps.record_visit(visit("shihe1", staff=True, phone=True), visited)
    steps.confirm_visit(visit("shihe2", staff=True, phone=True), visited)

    for who, opinion in ((handler, "现场符合要求"), (visit("shihe2", staff=True), "同意")):
        steps.open_case(who, case)
        steps.decide(who, "forward", opinion)
    approver = visit("shichang", staff=True)
    steps.open_case(approver, case)
    steps.decide(approver, "approve", "符合食品安全法第三十三条的要求")
    page.goto(case)
    expect(page.locator("main")).not_to_contain_text("看食品经营许可证")

    page.get_by_role("link", name="现在补交").first.click()
    steps.hand_in_late(page, "目录.pdf")
    steps.open_case(approver, case)
    approver.get_by_role("button", name="核对无误，发结果").click()
    steps.wait_for_words(page, case, "已办结")
    verify_as_anybody(visit, page, case)
    steps.review(page, case)


def test_only_packaged_food_is_told_that_no_licence_is_needed(visit):
    page = visit("luowenbo")
    page.goto(f"/items/{ITEM}/")
    steps.choose(page, "act", "new")
    steps.choose(page, "kind", "prepackaged")
    expect(page.locator("#narrowed")).to_contain_text("不用办许可")
    expect(page.locator("#start-narrow .btn")).to_have_count(0)
    page.goto(f"/items/{ITEM}/apply/?act=new&kind=prepackaged")
    page.wait_for_url(f"**/items/{ITEM}/?act=new&kind=prepackaged")
