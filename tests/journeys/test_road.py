"""罗文博 digs up a road: three other bodies, a correction, a paper that comes later, then more time. Anybody
can see at every point what holds, in two languages."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from yiwang.kernel.moments import legal_date, now
from yiwang.mechanisms.files.definitions import Kind
from yiwang.mechanisms.files.sample import content

pytestmark = pytest.mark.journey
ITEM = "road-occupation"
OTHERS = {"jiaojing": "AGREE_WITH_CONDITIONS", "lvhua": "AGREE", "chengguan": "AGREE"}


def paper(name: str) -> dict[str, object]:
    return {"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": content(Kind.PDF)}


def type_day(page: Page, name: str, days: int) -> str:
    """A day so many days from today; how pages write it."""
    day = legal_date(now()) + timedelta(days=days)
    for part, value in (("y", day.year), ("m", day.month), ("d", day.day)):
        page.fill(f"[name={name}-{part}]", str(value))
    return f"{day.year}年{day.month}月{day.day}日"


def upload(page: Page, material: str, name: str) -> None:
    page.set_input_files(f"#m-{material}-file", [paper(name)])
    expect(page.locator(f"#m-{material}")).to_contain_text(name)


def sign_undertaking(page: Page) -> None:
    page.wait_for_url("**/undertaking/")
    for box in page.locator("input[type=checkbox][name^=agree-]").all():
        box.evaluate("box => box.click()")
    page.locator("form button.main", has_text="签署").click()


def send(page: Page) -> str:
    """From the last look to the receipt; the case's key."""
    page.wait_for_url("**/check/")
    page.locator("input[type=checkbox][name=agree]").check(force=True)
    page.locator("main .btn.main").locator("visible=true").last.click()
    page.wait_for_url("**/receipt/")
    link = page.locator("main a[href^='/my/cases/']").first.get_attribute("href") or ""
    return link.removeprefix("/my/cases/").strip("/").split("/")[0]


def apply_to_dig(page: Page) -> tuple[str, str]:
    """The case and the draft it was."""
    steps.begin(page, ITEM, act="new", way="dig", urgent="planned", age="old", trees="touched")
    steps.next_step(page)
    page.fill("[name=road]", "静宁路")
    page.fill("[name=place]", "静宁路 18 号门前人行道")
    page.fill("[name=area]", "12.5")
    page.fill("[name=trees_note]", "移走行道树两棵，完工后原地补种")
    steps.next_step(page)
    type_day(page, "starts_on", 0)
    type_day(page, "ends_on", 30)
    page.fill("[name=purpose]", "供水管道更换")
    steps.next_step(page)
    who(page)
    page.wait_for_url("**/materials/")
    draft = steps.draft_of(page)
    for material, name in (
        ("planning", "规划文件"), ("design", "设计图"), ("plan", "位置图"),
        ("traffic", "交通方案"), ("safety", "防护方案"),
    ):  # fmt: skip
        upload(page, material, name)
    page.locator("button[value='promise:pipes']").click()
    expect(page.locator("#m-pipes")).to_contain_text("补交以前不发结果")
    steps.next_step(page)
    sign_undertaking(page)
    return send(page), draft


def who(page: Page) -> None:
    if page.locator("[name=builder]:visible").count():
        page.fill("[name=builder]", "兰州示例供水工程有限公司")
    steps.fill_if_asked(page, "contact_name", "罗文博")
    steps.fill_if_asked(page, "phone", "13900000005")
    page.locator("label.choice", has_text="只要电子的").click()
    steps.next_step(page)


def act_on_earlier(page: Page, act: str) -> None:
    """The first step of an application about the permit one holds."""
    steps.begin(page, ITEM, act=act, trees="untouched")
    page.locator("input[name=earlier]").first.check(force=True)
    steps.next_step(page)


def take(official: Page, case: str, slug: str, words: str = "") -> None:
    """One act in the dock, with an opinion."""
    official.goto(f"/desk/cases/{case}/")
    if words:
        official.fill("#reason", words)
    official.locator(f"button[formaction*='/{slug}/']").click()
    expect(official.locator("[role=status]").first).to_be_visible()


def answer(official: Page, opinion: str) -> None:
    """The newest question about what 罗文博 asked for."""
    official.goto("/desk/branches/")
    official.locator("a[href^='/desk/branches/']", has_text="罗").last.click()
    steps.choose(official, "opinion", opinion)
    if opinion == "AGREE_WITH_CONDITIONS":
        official.fill("#conditions", "只在夜间 22 时至次日 6 时施工")
    official.locator("button", has_text="送出意见").click()
    official.wait_for_load_state()


class Bureau:
    """承办、审核、批准 of the lead, each signed in once."""

    def __init__(self, visit) -> None:
        self.handler, self.reviewer, self.head = (
            visit(f"zhujian{n}", staff=True) for n in (1, 2, 3)
        )

    def sign(self, case: str) -> None:
        take(self.handler, case, "forward", "材料齐全，拟同意。")
        take(self.reviewer, case, "forward", "审核同意。")
        take(self.head, case, "approve", "符合条例规定，同意。")


def code_of(page: Page, case: str) -> str:
    """The code on the licence a case led to."""
    steps.wait_for_words(page, f"/my/cases/{case}/", "已办结")
    page.goto(f"/my/cases/{case}/result/")
    link = page.locator("main a[href*='/v/']").first.get_attribute("href") or ""
    found = re.search(r"/v/([0-9a-z]+)", link)
    assert found, page.locator("main").inner_text()
    return found.group(1)


def test_a_road_is_dug_with_three_bodies_a_correction_a_late_paper_and_more_time(visit):
    page, stranger, bureau = visit("luowenbo"), visit(), Bureau(visit)
    case, draft = apply_to_dig(page)
    steps.see_receipts(
        visit("yunwei", staff=True), draft, ITEM, "62/household-register", "填写申请表"
    )

    take(bureau.handler, case, "return-for-correction", "位置图没有标明面积，请标上再交")
    steps.wait_for_words(page, f"/my/cases/{case}/", "位置图没有标明面积")
    page.goto(f"/my/cases/{case}/correct/")
    page.set_input_files("#m-plan-file", [paper("标了面积的位置图")])
    page.locator("button.main", has_text="提交补正").click()
    page.wait_for_url(f"**/my/cases/{case}/**")

    take(bureau.handler, case, "accept")
    page.goto(f"/my/cases/{case}/")
    for body in ("公安分局", "林业和草原局", "城市管理局"):
        expect(page.locator("main")).to_contain_text(body)
    for name, opinion in OTHERS.items():
        answer(visit(name, staff=True), opinion)

    bureau.sign(case)
    page.goto(f"/my/cases/{case}/")
    page.locator("a[href*='/late/']").first.click()
    page.set_input_files("#late-file", [paper("管线单位意见")])
    page.locator("button.main", has_text="补交").click()
    bureau.handler.goto(f"/desk/cases/{case}/")
    bureau.handler.locator("button", has_text="核对无误").click()
    first = code_of(page, case)

    stranger.goto(f"/v/{first}")
    expect(stranger.locator("main")).to_contain_text("现在有效")
    expect(stranger.locator("main")).to_contain_text("只在夜间 22 时至次日 6 时施工")
    expect(stranger.locator("main")).to_contain_text("明显标志和安全防围设施")
    expect(stranger.locator("main")).not_to_contain_text("罗文博")

    act_on_earlier(page, "extend")
    page.wait_for_load_state("networkidle")
    steps.next_step(page)
    until = type_day(page, "ends_on", 60)
    page.fill("[name=why]", "降雪停工五天")
    steps.next_step(page)
    who(page)
    longer = send(page)
    take(bureau.handler, longer, "accept")
    answer(visit("jiaojing", staff=True), "AGREE")
    bureau.sign(longer)
    second = code_of(page, longer)
    stranger.goto(f"/v/{first}")
    expect(stranger.locator("main")).to_contain_text("已有新版本取代它")
    stranger.goto(f"/v/{second}")
    expect(stranger.locator("main")).to_contain_text("现在有效")
    expect(stranger.locator("main")).to_contain_text(until)
    expect(stranger.locator("main")).to_contain_text("第 2 版")
    expect(stranger.locator("main")).to_contain_text("静宁路 18 号门前人行道")

    url = re.match(r"https?://[^/]+", stranger.url)
    assert url
    stranger.context.add_cookies([{"name": "django_language", "value": "en", "url": url.group()}])
    stranger.goto(f"/items/{ITEM}/?act=new&way=dig&urgent=planned&age=old&trees=touched")
    expect(stranger.locator("main")).to_contain_text("This is for: Digging a city road.")
    expect(stranger.locator("main")).to_contain_text("Are trees or green land touched?")
    stranger.goto(f"/v/{second}")
    expect(stranger.locator("main")).to_contain_text("the one you asked about")
