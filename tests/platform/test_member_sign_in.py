"""统一身份认证 between the sample's Lanzhou and its province, in a real browser, both nodes running."""

from __future__ import annotations

import os
import re

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests import browser, stage
from tests.installation import Installation
from tests.platform.three import CODES, ports, read

pytestmark = pytest.mark.slow
expect.set_options(timeout=30_000)
LANZHOU = CODES[1]
#: Anything but looking: before it is read the host is asked.
SEND = "fetch('/my/security/sessions/end-others/', {method: 'POST'})"


@pytest.fixture
def page():
    program, advice = browser.find_or_install(lean=True)
    assert program, advice
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        found = chromium.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
        opened = found.new_page()
        opened.set_default_timeout(60_000)
        yield opened
        chromium.close()


def home(installation: Installation) -> str:
    return f"http://127.0.0.1:{ports(installation, LANZHOU)[0]}"


def sign_in_at_the_province(page: Page, province: Installation) -> None:
    expect(page).to_have_url(re.compile(f"http://localhost:{province.port}/sign-in/"))
    page.fill("[name=login]", "liguilan")
    page.fill("[name=password]", stage.PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录", exact=True).click()


def test_a_person_of_the_province_is_let_in_at_lanzhou_once_with_her_word(province, page):
    page.goto(f"{home(province)}/sign-in/?next=/my/")
    page.get_by_role("link", name=re.compile("统一身份登录")).click()
    sign_in_at_the_province(page, province)

    expect(page.get_by_role("heading", level=1)).to_contain_text("兰州市")
    for what in ("姓名", "公民身份号码", "实名等级"):
        expect(page.get_by_role("main")).to_contain_text(what)
    page.get_by_label(re.compile("我同意把上面三样交给")).check()
    page.get_by_role("button", name=re.compile("继续，回到兰州市")).click()

    expect(page).to_have_url(f"{home(province)}/my/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("您好")
    assert read(province, LANZHOU, "SELECT method, vouched_level FROM identity_signin") == [
        ("HOST", 3)
    ]

    message = receipts(province)
    # at the province she reads of it, and takes her word back
    page.goto(f"http://localhost:{province.port}/my/reads/")
    expect(page.get_by_role("main")).to_contain_text("统一身份认证")
    page.goto(f"http://localhost:{province.port}/my/security/")
    expect(page.get_by_role("main")).to_contain_text("兰州市（示例）")
    assert message

    # asked for more, she proves it at the province, and Lanzhou's session is raised
    page.goto(f"{home(province)}/step-up/?level=4&next=/my/security/")
    page.get_by_role("link", name=re.compile("统一身份核验")).click()
    page.get_by_role("button", name="模拟：通过").click()
    page.get_by_role("button", name=re.compile("继续，回到兰州市")).click()
    expect(page).to_have_url(f"{home(province)}/my/security/")
    expect(page.get_by_role("main")).to_contain_text("已核验身份")
    expect(page.get_by_role("main")).to_contain_text("统一身份认证")

    # the province stands by her: what she sends goes on
    page.evaluate(SEND)
    page.goto(f"{home(province)}/my/")
    expect(page).to_have_url(f"{home(province)}/my/")
    page.goto(f"http://localhost:{province.port}/my/security/")
    page.get_by_role("button", name=re.compile("收回同意")).click()
    expect(page.get_by_role("main")).to_contain_text("同意已收回")
    assert read(
        province, LANZHOU, "SELECT count(*) FROM identity_account WHERE kind = 'PERSON'"
    ) == [(1,)]
    she_is_out_before_anything_binds(province, page)


def she_is_out_before_anything_binds(province: Installation, page: Page) -> None:
    """Whatever she sends at Lanzhou now, the province is asked first and no longer stands by her."""
    page.goto(f"{home(province)}/items/")
    page.evaluate(SEND)
    page.goto(f"{home(province)}/my/")
    expect(page).to_have_url(re.compile(re.escape(home(province)) + "/sign-in/"))
    assert read(
        province, LANZHOU, "SELECT ended_at IS NOT NULL FROM identity_signin WHERE method = 'HOST'"
    ) == [(True,)]
    asked = "SELECT count(*) > 0 FROM exchange_receipt WHERE service = '62/identity-standing'"
    assert read(province, "62", asked) == read(province, LANZHOU, asked) == [(True,)]
    refused = asked.replace("> 0", "FILTER (WHERE status <> 'FOUND')")
    assert read(province, LANZHOU, refused) == [(0,)]


def receipts(province: Installation) -> set[str]:
    """The redemption is on record at both nodes under one message."""
    found = []
    for code in ("62", LANZHOU):
        rows = read(
            province,
            code,
            "SELECT message FROM exchange_receipt WHERE service = '62/identity'"
            " AND status = 'FOUND' AND purpose = '统一身份认证'",
        )
        found.append({message for (message,) in rows})
    assert found[0] == found[1] != set()
    return found[0]


def test_who_does_not_agree_is_back_at_lanzhous_own_door(province, page):
    page.goto(f"{home(province)}/sign-in/?next=/my/")
    page.get_by_role("link", name=re.compile("统一身份登录")).click()
    sign_in_at_the_province(page, province)
    page.get_by_role("link", name="不用了，回去").click()
    expect(page).to_have_url(re.compile(re.escape(home(province)) + "/sign-in/host/back/"))
    expect(page.get_by_role("main")).to_contain_text("什么也没有交出来")
    expect(page.locator("[name=password]")).to_be_visible()
