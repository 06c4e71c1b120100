"""Stories are told in a real browser against a whole installation: web, worker, sealer, database."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests import browser, stage
from tests.installation import Installation

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1366, "height": 768}
#: Time decides no test: a busy machine may take long over a page.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def province() -> Iterator[Installation]:
    """The sample province, started by the real command; its first start takes half a minute."""
    # A busy machine may take long over a call to a department, too.
    installation = Installation(sample=True, more={"YIWANG_SOURCE_SECONDS": "10"})
    try:
        installation.start()
        installation.wait_for_line("ready: ", seconds=300)
        yield installation
    finally:
        installation.remove()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """With what failed, what the installation itself said went wrong."""
    report = yield
    province = getattr(item, "funcargs", {}).get("province")
    if report.failed and province is not None:
        wrong = [line for line in province.lines if re.search("ERROR|WARNING", line)]
        report.sections.append(("errors of the installation", "\n".join(wrong[-8:])))
    return report


@pytest.fixture(scope="session")
def _playwright() -> Iterator[Playwright]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the browser's driver runs its own loop
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(_playwright: Playwright) -> Iterator[Browser]:
    program, advice = browser.find_or_install(lean=True)
    assert program, advice
    opened = _playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
    yield opened
    opened.close()


@pytest.fixture
def visit(province: Installation, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """``visit("liguilan")`` opens a page signed in; ``script=False`` switches JavaScript off.

    Staff sit at a desk unless ``phone``.
    """
    contexts = []

    def opened(
        who: str = "", *, staff: bool = False, script: bool = True, phone: bool = False
    ) -> Page:
        context = chromium.new_context(
            base_url=f"http://localhost:{province.port}",
            viewport=DESK if staff and not phone else PHONE,
            locale="zh-CN",
            java_script_enabled=script,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        if who:
            page.goto("/staff/sign-in/" if staff else "/sign-in/")
            page.fill("[name=login]", who)
            page.fill("[name=password]", stage.PASSWORD)
            page.press("[name=password]", "Enter")
            page.wait_for_url(lambda url: "sign-in" not in url)
        return page

    yield opened
    for context in contexts:
        context.close()
