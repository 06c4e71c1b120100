"""A daughter applies for her father by mandate; he sees it, takes it back, her next act is refused."""

from __future__ import annotations

from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.test_pages_are_accessible import RULES
from yiwang.foundation.libraries import sample as people
from yiwang.foundation.libraries.definitions import Sex

pytestmark = pytest.mark.journey
ITEM = "elderly-allowance"


def fill_in(page: Page, name: str) -> None:
    steps.choose(page, "by_relative", "no")
    expect(page.locator("input[name=name]")).to_have_value(name)
    steps.next_step(page)
    steps.next_step(page)
    steps.choose(page, "account_kind", "social-card")
    steps.next_step(page)


def asked(page: Page, name: str, number: str) -> str:
    """She asks her father for the allowance; the mandate's page."""
    page.goto("/my/mandates/new/?side=ask")
    page.fill("[name=name]", name)
    page.fill("[name=number]", number)
    page.locator(f"label:has(input[name=items][value={ITEM}])").click()
    page.get_by_role("button", name="发给对方").click()
    expect(page.locator("main")).to_contain_text("等委托人同意")
    return page.url.partition("?")[0]


def test_a_daughter_applies_for_her_father_until_he_takes_it_back(visit):
    daughter, father = visit("maxiaoyan"), visit("majianguo")
    name = "马建国"
    number = people.new_person(6, born_on=date(1943, 5, 6), sex=Sex("1")).citizen_id
    mandate = asked(daughter, name, number)

    father.goto(mandate)
    expect(father.locator("blockquote")).to_contain_text("高龄津贴")
    father.get_by_role("button", name="我同意，授权").click()
    expect(father.locator("main")).to_contain_text("有效")

    daughter.goto("/my/mandates/")
    daughter.get_by_role("button", name="办理").first.click()
    expect(daughter.locator(".acting")).to_contain_text("正在为 马** 办理")
    steps.begin(daughter, ITEM, who="self", account="social-card")
    expect(daughter.locator(".acting")).to_be_visible()
    assert Axe().run(daughter, options={"runOnly": RULES}).response["violations"] == []
    fill_in(daughter, name)
    case = steps.hand_in(daughter)
    steps.wait_for_words(daughter, case, "已办结")

    father.goto(case)
    expect(father.locator("main")).to_contain_text("代办")
    father.goto(mandate)
    expect(father.locator("main")).to_contain_text("提交了申请")
    father.get_by_role("button", name="撤回授权").click()
    expect(father.locator("main")).to_contain_text("不能再代办")

    daughter.goto(case)
    expect(daughter.locator("main")).to_contain_text("授权已经结束")
    daughter.get_by_role("button", name="回到自己").click()
    expect(daughter.locator("h1")).to_contain_text("马")
    father.goto("/my/reads/")
    expect(father.locator("main")).to_contain_text("代办")
