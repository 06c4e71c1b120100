"""A passkey in a real browser with a virtual device: added, signed in with, and as a second step."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests import stage

pytestmark = pytest.mark.journey
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Device:
    """Chromium's virtual authenticator on one page."""

    def __init__(self, page: Page) -> None:
        self.tools = page.context.new_cdp_session(page)
        self.tools.send("WebAuthn.enable")
        made = self.tools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        self.key = made["authenticatorId"]

    def credentials(self) -> list[dict]:
        given = self.tools.send("WebAuthn.getCredentials", {"authenticatorId": self.key})
        return given["credentials"]

    def let(self, *, verify: bool) -> None:
        """May the finger on the reader be the owner's?"""
        self.tools.send(
            "WebAuthn.setUserVerified", {"authenticatorId": self.key, "isUserVerified": verify}
        )


@pytest.fixture
def watched(visit: Callable[..., Page]) -> Iterator[Callable[..., Page]]:
    """Pages that break no content policy and raise no script error."""
    said: list[str] = []

    def opened(*arguments: object, **options: object) -> Page:
        page = visit(*arguments, **options)
        page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        return page

    yield opened
    # Chromium notes every answer of 4xx; those are refusals we asked for.
    assert [line for line in said if "the server responded with a status of 4" not in line] == []


def add(page: Page, home: str, name: str) -> None:
    page.goto(home)
    page.fill("input[name=name]#name", name)
    page.get_by_role("button", name="添加通行密钥").click()
    page.wait_for_url("**done=added")
    expect(page.locator("main")).to_contain_text(name)


def test_a_citizen_adds_a_passkey_and_signs_in_with_it(watched: Callable[..., Page]) -> None:
    page = watched("liguilan")
    device = Device(page)
    add(page, "/my/security/", "我的手机")
    assert len(device.credentials()) == 1
    page.goto("/my/")
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url(lambda url: "/my/" not in url)
    page.goto("/sign-in/?next=/my/security/")
    page.get_by_role("button", name="用通行密钥登录").click()
    page.wait_for_url(lambda url: "sign-in" not in url)
    row = page.locator("li", has_text="这台设备")
    expect(row).to_contain_text("通行密钥")
    expect(row).to_contain_text("Chrome / Linux")

    page.goto("/step-up/?level=4&next=/my/")
    device.let(verify=False)
    page.get_by_role("button", name="用通行密钥核验").click()
    expect(page.locator("[data-passkey-error]:visible")).to_contain_text("设备没有回答")
    device.let(verify=True)
    page.get_by_role("button", name="用通行密钥核验").click()
    page.wait_for_url(lambda url: "step-up" not in url)

    page.goto("/my/security/")
    page.get_by_role("button", name="删除").click()
    page.wait_for_url("**done=removed")
    page.goto("/my/")
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url(lambda url: "/my/" not in url)
    page.goto("/sign-in/")
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.locator(".errors")).to_contain_text("没有通过核对")


def test_an_officials_second_step_is_a_passkey(watched: Callable[..., Page]) -> None:
    page = watched("shenji", staff=True)
    Device(page)
    add(page, "/desk/security/", "办公室电脑")
    page.get_by_role("button", name="删除").click()
    expect(page.locator(".errors")).to_contain_text("只剩这一种")
    page.get_by_role("button", name="退出", exact=True).click()
    page.wait_for_url(lambda url: "security" not in url)
    page.goto("/staff/sign-in/?next=/desk/security/")
    page.fill("[name=login]", "shenji")
    page.fill("[name=password]", stage.PASSWORD)
    page.press("[name=password]", "Enter")
    page.get_by_role("button", name="用通行密钥").click()
    page.wait_for_url(lambda url: "sign-in" not in url)
    expect(page.locator("li", has_text="这台设备")).to_contain_text("密码和通行密钥")


def test_without_script_the_other_ways_stay(watched: Callable[..., Page]) -> None:
    page = watched(script=False)
    page.goto("/sign-in/")
    expect(page.get_by_role("button", name="用通行密钥登录")).to_be_hidden()
    expect(page.get_by_role("button", name="登录", exact=True)).to_be_visible()
