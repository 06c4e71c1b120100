"""A newcomer's hands: every tap and every word typed is counted, and the time until the task is done."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect


@dataclass
class Hands:
    """What somebody does on one page with a finger; ``page`` is that person's own."""

    page: Page
    taps: int = 0
    began: float = field(default_factory=time.monotonic)

    def tap(self, what: Locator) -> None:
        """One tap on something that is on the screen or can be scrolled to."""
        expect(what.first).to_be_visible()
        what.first.click()
        self.taps += 1
        self.page.wait_for_load_state("networkidle")

    def type(self, what: Locator, words: str) -> None:
        """One tap into the box; typing itself is not a tap."""
        self.tap(what)
        what.first.press_sequentially(words)

    def enter(self) -> None:
        """The keyboard's own search key."""
        self.page.keyboard.press("Enter")
        self.taps += 1
        self.page.wait_for_load_state("networkidle")

    @property
    def seconds(self) -> float:
        """Since the task began."""
        return time.monotonic() - self.began
