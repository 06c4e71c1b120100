"""A person at a page, by the handbook: only what it names is pressed, and what is typed is counted."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import browser

WAIT_MS: Final = 60_000
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
#: Keys for one Chinese character by pinyin, the one that chooses it included.
KEYS_OF_ONE: Final = 4


@dataclass
class Effort:
    """What people did with their hands."""

    keys: int = 0
    presses: int = 0

    def types(self, text: str) -> str:
        chinese = len(_CHINESE.findall(text))
        self.keys += len(text) - chinese + KEYS_OF_ONE * chinese
        return text


@dataclass
class Hands:
    """One person's browser at one node."""

    page: Page
    named: frozenset[str]
    effort: Effort

    def open(self, address: str) -> None:
        self.effort.presses += 1
        self.page.goto(address)

    def press(self, label: str) -> None:
        """A button or a link, called as the handbook calls it; the page it leads to."""
        if label not in self.named:
            raise LookupError(f"no handbook names “{label}”")
        self.push(label)

    def push(self, label: str) -> None:
        """The same for what every page has: 登录, 确认."""
        self.effort.presses += 1
        plain = self.page.locator("main").get_by_role("button", name=re.compile(f"^{label}"))
        link = self.page.locator("main").get_by_role("link", name=re.compile(f"^{label}"))
        with self.page.expect_navigation() as led:
            plain.or_(link).first.click()
        wrong = self.page.locator(".errors")
        assert wrong.count() == 0, wrong.inner_text()
        answered = led.value is not None and led.value.ok
        assert answered, self.page.locator("main").inner_text()[:800]

    def type(self, field: str, text: str) -> None:
        self.effort.presses += 1
        self.page.locator(f"main [name='{field}']").first.fill(self.effort.types(text))

    def choose(self, field: str, label: str) -> None:
        """One of a list, by what stands there."""
        self.effort.presses += 1
        self.page.locator(f"main select[name='{field}']").first.select_option(label=label)

    def tick(self, field: str, value: str = "1") -> None:
        box = self.page.locator(f"main [name='{field}'][value='{value}']").first
        if not box.is_checked():
            self.effort.presses += 1
            box.check()

    def until_shown(self, address: str, words: str, *, seconds: float = 60) -> None:
        """Open a page again until it says so."""
        end = time.monotonic() + seconds
        self.open(address)
        while words not in self.page.locator("main").inner_text():
            assert time.monotonic() < end, self.page.locator("main").inner_text()[:800]
            time.sleep(0.3)
            self.page.reload()

    def sign_in(self, name: str, password: str, code: str = "") -> None:
        self.open("/staff/sign-in/")
        self.type("login", name)
        self.type("password", password)
        self.push("登录")
        if code:
            self.type("number", code)
            self.push("确认")
        expect(self.page).not_to_have_url(re.compile("sign-in"), timeout=WAIT_MS)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser for all of them."""
    program, advice = browser.find_or_install(lean=True)
    assert program, advice
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield opened
        finally:
            opened.close()


def at(opened: Browser, port: int, named: frozenset[str], effort: Effort) -> Hands:
    """Somebody sits down before a node's pages."""
    context = opened.new_context(
        base_url=f"http://localhost:{port}",
        viewport={"width": 1366, "height": 768},
        locale="zh-CN",
    )
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    return Hands(page, named, effort)
