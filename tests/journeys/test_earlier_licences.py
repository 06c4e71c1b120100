"""From the licence one holds: a change, a cancellation and a renewal by its own buttons, on a phone, each
told until anybody can see what holds."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.test_road import Bureau, answer, code_of, send, take, type_day, upload, who

pytestmark = pytest.mark.journey
FIRM = "兰州示例小吃店有限公司"


def permit_to_occupy(page: Page, bureau: Bureau, police: Page, order: Page) -> str:
    """A scaffolding on 平凉路 from today on; the code on its permit."""
    steps.begin(
        page,
        "road-occupation",
        act="new",
        way="occupy",
        urgent="planned",
        age="old",
        trees="untouched",
    )
    steps.next_step(page)
    page.fill("[name=road]", "平凉路")
    page.fill("[name=place]", "平凉路 6 号门前人行道")
    page.fill("[name=area]", "16")
    steps.next_step(page)
    type_day(page, "starts_on", 0)
    type_day(page, "ends_on", 30)
    page.fill("[name=purpose]", "外墙维修搭脚手架")
    steps.next_step(page)
    who(page)
    page.wait_for_url("**/materials/")
    for material, name in (("plan", "位置图"), ("traffic", "交通方案"), ("safety", "防护方案")):
        upload(page, material, name)
    steps.next_step(page)
    return settle(page, send(page), bureau, police, order)


def settle(page: Page, case: str, bureau: Bureau, *bodies: Page) -> str:
    """Accepted, everybody asked agrees, signed three times; the code on the licence."""
    take(bureau.handler, case, "accept")
    for body in bodies:
        answer(body, "AGREE")
    bureau.sign(case)
    return code_of(page, case)


def open_licence(page: Page, code: str) -> None:
    """From my licences to the one that carries this code."""
    page.goto("/my/licences/")
    for link in [
        one.get_attribute("href") or ""
        for one in page.locator("main a[href^='/my/licences/']:has(strong)").all()
    ]:
        page.goto(link)
        if page.locator(f"main a[href='/v/{code}']").count():
            return
    raise AssertionError(f"no licence with {code}")


def go_on(page: Page, act: str) -> None:
    """A button of the licence's page, then what is still asked, then the form."""
    expect(page.locator("#onward, [aria-labelledby=onward]").first).to_be_visible()
    page.locator("a.btn", has_text=act).first.click()
    page.wait_for_url("**/apply/**")
    expect(page.locator("main")).to_contain_text("编号已经填好")
    if page.locator("input[name=trees][value=untouched]").count():
        steps.choose(page, "trees", "untouched")
    steps.press_start(page)
    page.wait_for_url("**/my/drafts/*/step/*/")
    expect(page.locator("input[name=earlier]:checked")).to_have_count(1)
    steps.next_step(page)
    page.wait_for_load_state("networkidle")


def says(page: Page, code: str, *words: str) -> None:
    page.goto(f"/v/{code}")
    for one in words:
        expect(page.locator("main")).to_contain_text(one)


def ask_to_cancel(page: Page, code: str) -> str:
    """The work is done before its last day: the key of the case that ends the permit."""
    open_licence(page, code)
    go_on(page, "注销")
    while page.locator("[name=why]:visible").count() == 0:  # where it is stands as it stood
        steps.next_step(page)
    page.fill("[name=why]", "提前完工，脚手架已经拆除")
    steps.next_step(page)
    who(page)
    return send(page)


def test_a_permit_is_changed_then_cancelled_from_its_own_page_to_the_end(visit):
    page, stranger, bureau = visit("luowenbo"), visit(), Bureau(visit)
    police, order = visit("jiaojing", staff=True), visit("chengguan", staff=True)
    first = permit_to_occupy(page, bureau, police, order)

    open_licence(page, first)
    go_on(page, "变更")
    expect(page.locator("[name=place]")).to_have_value("平凉路 6 号门前人行道")
    page.locator("[data-edit=area]").click()
    page.fill("[name=area]", "24")
    steps.next_step(page)
    page.fill("[name=why]", "脚手架要多搭一跨")
    steps.next_step(page)
    who(page)
    page.wait_for_url("**/materials/")
    upload(page, "plan", "新的位置图")
    upload(page, "traffic-anew", "新的交通方案")
    steps.next_step(page)
    change = send(page)

    open_licence(page, first)
    expect(page.locator("main")).to_contain_text("这张证照上还有一件没有办结的申请")
    expect(page.locator("a.btn", has_text="注销")).to_have_count(0)

    bureau.handler.goto(f"/desk/cases/{change}/")
    earlier = bureau.handler.locator("section[aria-labelledby=earlier-title]")
    for words in ("申请变更", "罗文博", "16", "24 平方米（变）", "平凉路 6 号门前人行道"):
        expect(earlier).to_contain_text(words)

    second = settle(page, change, bureau, police, order)
    says(stranger, first, "已有新版本取代它")
    says(stranger, second, "现在有效", "第 2 版", "24", "平凉路 6 号门前人行道")

    cancel = ask_to_cancel(page, second)
    bureau.handler.goto(f"/desk/cases/{cancel}/")
    expect(bureau.handler.locator("section[aria-labelledby=earlier-title]")).to_contain_text(
        "申请注销"
    )
    take(bureau.handler, cancel, "accept")
    bureau.sign(cancel)
    steps.wait_for_words(page, f"/my/cases/{cancel}/", "已办结")
    says(stranger, second, "已注销")
    open_licence(page, second)
    expect(page.locator("main")).not_to_contain_text("要延续、变更或者注销")


def test_a_food_licence_near_its_end_is_renewed_and_the_new_term_begins_when_the_old_ends(visit):
    page, stranger = visit("luowenbo"), visit()
    steps.act_for_firm(page, FIRM)
    page.goto("/my/licences/")
    old = page.locator("main a[href^='/my/licences/']", has_text="食品经营许可证").last
    page.goto(old.get_attribute("href") or "")
    expect(page.locator("main")).to_contain_text("示例路 8 号（老店）")
    link = page.locator("main a[href^='/v/']").first.get_attribute("href") or ""
    first = link.removeprefix("/v/")

    go_on(page, "延续")
    while page.locator("[name=phone]:visible, [name=delivery]:visible").count() == 0:
        steps.next_step(page)
    steps.fill_if_asked(page, "phone", "13900000003")
    steps.next_step(page)
    steps.choose(page, "delivery", "electronic")
    steps.next_step(page)
    case = steps.hand_in(page)

    handler = visit("shihe1", staff=True)
    steps.open_case(handler, case)
    steps.decide(handler, "accept", "材料齐全")
    for who_, opinion in ((handler, "条件没有变"), (visit("shihe2", staff=True), "同意")):
        steps.open_case(who_, case)
        expect(who_.locator("section[aria-labelledby=earlier-title]")).to_contain_text("申请延续")
        steps.decide(who_, "forward", opinion)
    approver = visit("shichang", staff=True)
    steps.open_case(approver, case)
    steps.decide(approver, "approve", "条件没有变化，准予延续")
    steps.wait_for_words(page, case, "已办结")

    page.goto(f"{case}result/")
    code = page.locator("main a[href*='/v/'], aside a[href*='/v/']").first.get_attribute("href")
    says(stranger, first, "现在有效", "尚未生效")
    says(stranger, (code or "").rsplit("/", 1)[-1], "还没有到生效的日子")
