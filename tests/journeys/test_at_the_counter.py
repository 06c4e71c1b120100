"""李敏 at her window, by keyboard only: a case that was prepared at home, one from the beginning, a question.

Keys and time are counted from the call to the acceptance; the gate is a minute for a prepared case.
"""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from yiwang.foundation.libraries import sample as people
from yiwang.foundation.libraries.definitions import Sex

pytestmark = pytest.mark.journey
ITEM = "elderly-allowance"
GATE_SECONDS = 60
#: The same people the sample province registers: the seed makes the number.
GAO = people.new_person(
    4, name="高云", born_on=date(1941, 5, 20), sex=Sex.FEMALE, division_code="620103000000"
)
ZHAO = people.new_person(3, name="赵福强", born_on=date(1938, 11, 2), sex=Sex.MALE)


class Keyboard:
    """Presses keys as a clerk does, and counts them."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, key: str, words: str = "") -> None:
        """One key; ``words`` are on the screen it leads to."""
        self.page.keyboard.press(key)
        self.count += 1
        self.page.wait_for_load_state()
        if words:
            expect(self.page.locator("main")).to_contain_text(words)
            self.page.wait_for_load_state()  # its script listens to keys

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.count += len(text)


def at_the_window(visit, number: str) -> Page:
    """李敏 signs in and sits down; what she presses from here on are keys."""
    page = visit("limin", staff=True)
    page.goto("/hall/")
    if page.get_by_role("button", name=number).count():
        page.get_by_role("button", name=number).click()
    expect(page.locator("main")).to_contain_text("窗口，等下一位")
    return page


def lies_on_the_reader(page: Page, person, mood: str = "GOOD") -> None:
    """Somebody puts a card on the reader: no key of the clerk's."""
    page.goto("/hall/reader/")
    page.fill("[name=name]", person.name)
    page.fill("[name=citizen_id]", person.citizen_id)
    page.select_option("[name=mood]", mood)
    page.get_by_role("button", name="放上去").click()
    page.goto("/hall/")


def takes_a_number(visit, window: Page) -> str:
    """A visitor at the ticket machine."""
    machine = visit()
    machine.goto(window.get_by_role("link", name="取号机").get_attribute("href"))
    machine.locator("button[value=A]").click()
    return machine.locator("h1").inner_text()


def prepares_at_home(visit, who: str) -> None:
    """The form is filled in on a phone and left before it is handed in."""
    page = visit(who)
    steps.begin(page, ITEM, who="self", account="social-card")
    steps.choose(page, "by_relative", "no")
    page.wait_for_load_state("networkidle")
    steps.next_step(page)
    steps.next_step(page)
    steps.choose(page, "account_kind", "social-card")
    steps.next_step(page)


def sign_on_paper_and_receive(keys: Keyboard) -> None:
    keys.press("p", "申请人签字")
    keys.press("p")
    keys.press("Escape", "申请人确认")
    keys.press("g", "申请人确认过现在这份表")
    keys.press("F8", "申请材料接收凭证")


def test_a_prepared_case_is_accepted_in_less_than_a_minute(visit, capsys):
    prepares_at_home(visit, "gaoyun")
    page = at_the_window(visit, "A01")
    lies_on_the_reader(page, GAO)
    number = takes_a_number(visit, page)
    page.reload()
    keys, began = Keyboard(page), time.monotonic()
    keys.press("F12", number)
    keys.press("F1", "读卡核对一致")
    keys.press("1", "申请表填全了")
    sign_on_paper_and_receive(keys)
    keys.press("a", "受理通知书")
    seconds = time.monotonic() - began
    keys.press("p", "回到窗口")
    keys.press("p")
    keys.press("Escape", "收件并受理")
    with capsys.disabled():
        print(f"\naccepted at the counter: {seconds:.1f} s, {keys.count} keys with printing")
    assert seconds < GATE_SECONDS
    assert keys.count <= 15
    takes_a_number_and_is_called_next(visit, keys)


def takes_a_number_and_is_called_next(visit, keys: Keyboard) -> None:
    window = visit("limin", staff=True)
    window.goto("/hall/today/")
    expect(window.locator("main")).to_contain_text("接待 1 位")
    keys.page.goto("/hall/")
    key = keys.page.url
    keys.press("F12", "现在没有人在排队")
    keys.page.get_by_role("button", name="办完，先不叫").press("Enter")
    expect(keys.page.locator("main")).to_contain_text("等下一位")
    assert "/hall/turns/" in key


def test_a_whole_case_and_a_question_by_keyboard_only(visit, tmp_path: Path):
    page = at_the_window(visit, "A01")
    lies_on_the_reader(page, ZHAO, "AWAY")
    keys = Keyboard(page)
    keys.press("F11", "没有取号")
    keys.press("F1", "读卡器没有回答")
    address = page.url
    lies_on_the_reader(page, ZHAO)
    page.goto(address.removesuffix("card/"))
    keys.press("F1", "读卡核对一致")
    keys.press("F2")
    keys.type("gljt")
    keys.press("Enter", "高龄津贴")
    keys.press("1", "谁来申请")
    keys.press("F3", "栏已填好")
    page.wait_for_load_state("networkidle")
    keys.press("F3")
    radio = page.locator("input[name=by_relative][value=no]")
    while not radio.evaluate("box => box === document.activeElement || box.checked"):
        keys.press("Tab")
        if page.evaluate("document.activeElement.name") == "by_relative":
            keys.press("ArrowDown")
    while page.evaluate("document.activeElement.name") != "account_kind":
        keys.press("Tab")
    keys.press("Space")
    keys.press("m")
    sign_on_paper_and_receive(keys)
    keys.press("a", "受理通知书")
    keys.press("F9", "告知单：")
    keys.press("p", "一次性告知单")
    expect(page.locator("article.letter")).to_contain_text("办理条件")
    keys.press("p")
    keys.press("Escape", "收件并受理")
    page.get_by_role("button", name="办完，先不叫").press("Enter")
    expect(page.locator("main")).to_contain_text("等下一位")


def test_the_applicants_screen_follows_the_typing_and_takes_the_signature(visit):
    page = at_the_window(visit, "A01")
    page.get_by_role("button", name="申请人屏").or_(
        page.get_by_role("button", name="换一块屏")
    ).first.click()
    code = page.locator(".code").inner_text()
    screen = visit()
    screen.goto("/screen/")
    screen.fill("[name=code]", code)
    screen.press("[name=code]", "Enter")
    expect(screen.locator("main")).to_contain_text("请把身份证交给窗口人员")
    lies_on_the_reader(page, GAO)
    keys = Keyboard(page)
    keys.press("F11", "没有取号")
    keys.press("F1", "读卡核对一致")
    expect(screen.locator("main")).to_contain_text("请告诉窗口人员您要办什么")
    keys.press("F2")
    keys.type("高龄津贴")
    keys.press("Enter", "找")
    keys.press("1", "谁来申请")
    keys.press("F3", "栏已填好")
    expect(screen.locator("main")).to_contain_text("高云")
    phone = page.locator("input[name=contact_phone], input[name=phone]").first
    if phone.count() and phone.is_editable():
        phone.fill("13900000088")
        expect(screen.locator("main")).to_contain_text("0088", timeout=10_000)
    pad = screen.locator("#pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    screen.mouse.move(box["x"] + 40, box["y"] + 40)
    screen.mouse.down()
    screen.mouse.move(box["x"] + 160, box["y"] + 60, steps=8)
    screen.mouse.up()
    screen.locator("[data-pad-send]").click()
    expect(screen.locator("main")).to_contain_text("您已经确认了这份申请表")
    page.reload()
    expect(page.locator("main")).to_contain_text("签字板")
    page.get_by_role("button", name="办完，先不叫").press("Enter")
    expect(screen.locator("main")).to_contain_text("请把身份证交给窗口人员")
