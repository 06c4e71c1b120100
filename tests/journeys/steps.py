"""What people do on pages, in their words; each step ends on the page it leads to."""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

from yiwang.kernel.moments import SHANGHAI
from yiwang.mechanisms.files.definitions import Kind
from yiwang.mechanisms.files.sample import content


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
    press_start(page)
    page.wait_for_url("**/my/drafts/*/step/*/")


def press_start(page: Page) -> None:
    """The page before the form: a new application, also beside an unfinished one."""
    again = page.locator("details.again:not([open]) summary")
    if again.count():
        again.click()
    page.locator("main form button").locator("visible=true").last.click()


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
    with page.expect_navigation():  # what is chosen before the page comes again is lost with it
        page.locator("button[value='find:industry']").click()
    first = page.locator("input[name=industry]").first
    first.wait_for(state="attached")
    first.check(force=True)


def choose(page: Page, name: str, value: str) -> None:
    """One radio button; the label is what a finger hits."""
    box = f"input[name='{name}'][value='{value}']"
    label = page.locator(f"label:has({box})")
    if label.count():
        label.click()  # waits until no bar lies over it
    else:
        page.locator(box).check(force=True)


def act_for_firm(page: Page, name: str) -> None:
    """From now on in the firm's name."""
    page.goto("/sign-in/firm/")
    page.locator("label", has_text=name).first.click()
    page.get_by_role("button", name="继续").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def pick_division(page: Page, name: str, *codes: str) -> None:
    """Level by level; the next list comes when the one above was chosen."""
    for level, code in enumerate(codes, start=4):
        select = page.locator(f"select[name={name}-{level}]")
        select.locator(f"option[value='{code}']").wait_for(state="attached")
        select.select_option(code)


def upload(page: Page, material: str, filename: str) -> None:
    """One paper in the step for materials; it is sent as soon as it is chosen."""
    page.set_input_files(
        f"#m-{material}-file",
        {"name": filename, "mimeType": "application/pdf", "buffer": content(Kind.PDF)},
    )
    expect(page.locator(f"#m-{material}")).to_contain_text(filename)


def promise_later(page: Page, material: str) -> None:
    """现在没有，先提交、后补交."""
    page.locator(f"button[value='promise:{material}']").click()
    expect(page.locator(f"#m-{material}")).to_contain_text("内补交")


def hand_in_late(page: Page, filename: str) -> None:
    """The page of a late paper: chosen, handed in, back on the case."""
    page.set_input_files(
        "[name=file]",
        {"name": filename, "mimeType": "application/pdf", "buffer": content(Kind.PDF)},
    )
    page.get_by_role("button", name="补交").click()
    page.wait_for_url("**/my/cases/*/")


def sign_undertakings(page: Page) -> None:
    """Every sentence ticked, every paper signed; on to the check."""
    page.wait_for_url("**/undertaking/**")
    while "/undertaking/" in page.url and page.locator("main input[type=checkbox]").count():
        form = page.locator("main form:has(input[type=checkbox])").first
        for sentence in form.locator("label.choice").all():
            sentence.click()
        with page.expect_navigation():
            form.get_by_role("button", name=re.compile("签署|Sign")).click()
    if "/undertaking/" in page.url:
        page.locator(".act-bar a.main").click()
    page.wait_for_url("**/check/")


def next_step(page: Page) -> None:
    """保存，下一步; fails with the page's own words when it is refused."""
    before = urlsplit(page.url).path
    with page.expect_navigation():
        page.locator("button[value=next]:visible").last.click()
    if urlsplit(page.url).path == before:  # a search puts its words behind it: no other page
        summary = page.locator(".errors")
        assert summary.count() == 0, summary.inner_text()
    page.wait_for_url(lambda url: urlsplit(url).path != before)


def hand_in(page: Page) -> str:
    """From the materials page on: check, hand in; returns the case's page once it is decided."""
    if "/materials/" in page.url:
        page.locator("button[name=do][value=next]:visible").last.click()
        page.wait_for_url(re.compile("/(undertaking|check)/"))
    if "/undertaking/" in page.url:
        sign_undertakings(page)
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


# --- at the desk ---------------------------------------------------------------------------------


def open_case(page: Page, case_address: str) -> str:
    """The case of a citizen's page, on the desk."""
    there = case_address.replace("/my/", "/desk/")
    page.goto(there)
    expect(page.locator("h1").first).to_be_visible()
    return there


def decide(page: Page, act: str, reason: str) -> None:
    """One of the buttons below the case, by its address part: accept, forward, approve, reject."""
    end = time.monotonic() + 30
    while not page.locator("#reason").count() and time.monotonic() < end:
        time.sleep(0.5)  # it reaches the desk a moment after it was handed in
        page.reload()
    page.fill("#reason", reason)
    page.locator(f"button[formaction*='/{act}/']").click()
    expect(page.locator("[role=status]").first).to_be_visible()


def plan_visit(page: Page, case_address: str, officers: list[str]) -> str:
    """Two colleagues and an hour from now; the visit's page."""
    open_case(page, case_address)
    page.locator("main a[href^='/desk/visits/']").last.click()
    page.wait_for_url("**/desk/visits/*/")
    soon = datetime.now(SHANGHAI) + timedelta(minutes=5)
    page.fill("[name=planned_at]", f"{soon:%Y-%m-%dT%H:%M}")
    page.fill("[name=place]", "示例路 12 号")
    for officer in officers:
        page.locator("#officers label", has_text=officer).click()
    page.get_by_role("button", name="通知申请人").click()
    expect(page.locator("[role=status]").first).to_be_visible()
    return str(page.evaluate("location.pathname"))


def record_visit(page: Page, visit_address: str, *, good: bool = True) -> None:
    """On a phone, on the spot: every point, the conclusion, the first signature."""
    page.goto(visit_address)
    for point in page.locator("fieldset.checkpoint").all():
        point.locator("label:has(input[value=MEETS])").click()
    page.fill("[name=present]", "店长在场")
    result = "CONFORMS" if good else "DOES_NOT_CONFORM"
    page.locator(f"#result label:has(input[value={result}])").click()
    page.get_by_role("button", name="保存并签字").click()
    expect(page.locator("[role=status]").first).to_contain_text("等另一位确认")


def confirm_visit(page: Page, visit_address: str) -> None:
    """The other officer reads the record on his own phone and signs."""
    page.goto(visit_address)
    page.get_by_role("button", name="确认签字").click()
    expect(page.locator("[role=status]").first).to_contain_text("核查完成")


# --- at the console ------------------------------------------------------------------------------


def draft_of(page: Page) -> str:
    """The key of the application being filled in."""
    found = re.search(r"/my/drafts/([^/]+)/", page.url)
    assert found, page.url
    return found.group(1)


def see_receipts(operator: Page, draft: str, item: str, service: str, purpose: str) -> None:
    """One call for this draft: both sides hold a receipt that says why, for which item and application."""
    operator.goto(f"/console/exchange/receipts/?service={service}&case=draft:{draft}")
    operator.locator("tbody tr", has_text=purpose).first.locator("a").click()
    operator.wait_for_url("**/console/exchange/receipt/**")
    facts = operator.locator("dl").first
    for words in (service, purpose, item, f"draft:{draft}"):
        expect(facts).to_contain_text(words)
    expect(operator.locator(".pane-head")).to_contain_text("两方回执一致")
    for side in ("调用方回执", "提供方回执"):
        receipt = operator.locator("section.block", has=operator.get_by_role("heading", name=side))
        expect(receipt).to_contain_text("条记录")
