"""What people do on pages, in their words; each step ends on the page it leads to."""

from __future__ import annotations

import time

from playwright.sync_api import Locator, Page, expect


def search(page: Page, words: str, name: str) -> None:
    """From the home page to the guide of the first thing found."""
    page.goto("/")
    page.fill("input[name=q]", words)
    page.press("input[name=q]", "Enter")
    first = page.locator("main a[href^='/items/']").first
    expect(first).to_contain_text(name)
    page.goto(first.get_attribute("href") or "")


def start(page: Page) -> Locator:
    """开始办理 on a guide: sends the questions' answers along when there are questions."""
    return page.locator("a.btn, button", has_text="开始办理").locator("visible=true").first


def begin(page: Page, code: str, **questions: str) -> None:
    """The guide's questions are answered; the draft's first step opens."""
    query = "&".join(f"{key}={value}" for key, value in questions.items())
    page.goto(f"/items/{code}/?{query}")
    expect(start(page)).to_be_visible()
    page.goto(f"/items/{code}/apply/?{query}")
    again = page.locator("details.again:not([open]) summary")
    if again.count():  # an unfinished one is there; we want a new one
        again.click()
    page.locator("main form button").locator("visible=true").last.click()
    page.wait_for_url("**/my/drafts/*/step/*/")


def let_register_fill(page: Page) -> None:
    """Without JavaScript the register is asked by a button; with it, it was asked already."""
    button = page.locator("button[value='ask:']").locator("visible=true")
    if button.count():
        button.first.click()
        page.wait_for_load_state()


def fill_if_asked(page: Page, name: str, value: str) -> None:
    """Typed only when the register did not know it; we wait for what the register says."""
    page.wait_for_load_state("networkidle")
    field = page.locator(f"[name={name}]").locator("visible=true")
    if field.count() and not field.first.input_value():
        field.first.fill(value)


def pick_industry(page: Page, words: str) -> None:
    """A few words, then the first that is found."""
    page.fill("[name=industry-q]", words)
    page.locator("button[value='find:industry']").click()
    first = page.locator("input[name=industry]").first
    first.wait_for(state="attached")
    first.check(force=True)


def choose(page: Page, name: str, value: str) -> None:
    """One radio button; the label is what a finger hits."""
    page.locator(f"input[name='{name}'][value='{value}']").check(force=True)


def next_step(page: Page) -> None:
    """保存，下一步; fails with the page's own words when it is refused."""
    before = page.url
    page.locator("button[value=next]:visible").last.click()
    page.wait_for_load_state()
    if page.url == before:
        summary = page.locator(".errors")
        assert summary.count() == 0, summary.inner_text()
    page.wait_for_url(lambda url: url != before)


def hand_in(page: Page) -> str:
    """From the materials page on: check, hand in; returns the case's page once it is decided."""
    if "/materials/" in page.url:
        next_step(page)
    page.wait_for_url("**/check/")
    page.locator("input[type=checkbox][name=agree]").check(force=True)
    before = page.locator("main").inner_text()
    page.locator("main .btn.main").locator("visible=true").last.click()
    page.wait_for_load_state()
    assert "/receipt/" in page.url, before + page.locator("main").inner_text()
    expect(page.locator("main")).to_contain_text("已收到您的申请")
    return page.locator("main a[href^='/my/cases/']").first.get_attribute("href") or ""


def wait_for_words(page: Page, address: str, words: str, *, seconds: float = 30) -> None:
    """Open a page again until it says so: what a person without scripts does."""
    end = time.monotonic() + seconds
    while True:
        page.goto(address)
        if words in page.locator("main").inner_text():
            return
        assert time.monotonic() < end, page.locator("main").inner_text()[:600]
        time.sleep(0.5)


def review(page: Page, case_address: str) -> None:
    """非常满意, once; a second time is not offered."""
    page.goto(f"{case_address}review/")
    choose(page, "level", "1")
    again = page.locator("details.again:not([open]) summary")
    if again.count():  # an unfinished one is there; we want a new one
        again.click()
    page.locator("main form button").locator("visible=true").last.click()
    page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text("谢谢")
