"""What somebody can do who never saw the place: tasks with a limit of taps and of time.

Two more of them are told where they belong: accepting at the counter and deciding at the desk.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys import test_business_on_a_phone as business
from tests.journeys.newcomer import Hands

pytestmark = pytest.mark.journey


def test_an_allowance_that_fills_itself_is_applied_for_with_twelve_taps(visit):
    page = visit("liguilan")
    page.goto("/")
    hands = Hands(page)
    hands.type(page.locator("main input[name=q]:visible"), "高龄津贴")
    hands.enter()
    hands.tap(page.locator("main a[href^='/items/']:visible"))
    hands.tap(page.locator("label:has(input[name=who][value=self])"))
    hands.tap(steps.start(page))
    hands.tap(page.locator("main form button:visible").last)
    page.wait_for_url("**/step/**")
    for _ in range(2):
        page.wait_for_load_state("networkidle")
        hands.tap(page.locator("button[value=next]:visible").last)
    page.wait_for_load_state("networkidle")
    hands.tap(page.locator("label:has(input[name=account_kind][value=social-card])"))
    hands.tap(page.locator("button[value=next]:visible").last)
    page.wait_for_url("**/check/")
    hands.tap(page.locator("label:has(input[name=agree])"))
    hands.tap(page.locator("main .btn.main:visible").last)
    page.wait_for_url("**/receipt/")
    assert hands.taps <= 12, hands
    assert hands.seconds <= 60, hands


def test_why_an_answer_comes_on_a_day_is_found_from_the_home_page_with_four_taps(visit):
    page = visit("maxiaoyan")
    answers = {"place": "online", "proof": "declaration", "operator": "mainland"}
    steps.begin(page, business.ITEM, approval="none", **answers)
    business.fill_in(page, listed=True, name="兰州市城关区晓燕日用百货店")
    steps.hand_in(page)
    page.goto("/")
    hands = Hands(page)
    hands.tap(page.locator("nav a[href='/my/']:visible"))
    hands.tap(page.locator("main a[href^='/my/cases/']:visible"))
    hands.tap(page.get_by_text("为什么是这一天").locator("visible=true"))
    expect(page.locator("main details[open] ol")).to_contain_text("工作日")
    assert hands.taps <= 4, hands
    assert hands.seconds <= 30, hands


def test_who_looked_at_ones_data_is_found_from_the_home_page_with_three_taps(visit):
    page = visit("maxiaoyan")
    page.goto("/")
    hands = Hands(page)
    hands.tap(page.locator("nav a[href='/my/']:visible"))
    hands.tap(page.locator("main a[href='/my/reads/']:visible"))
    expect(page.locator("main h1")).to_contain_text("看过")
    assert hands.taps <= 3, hands
    assert hands.seconds <= 30, hands
