"""A form while it is filled in: saved while typing, the net goes away and comes back, two devices, a
person named, in two languages. In a real browser."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import Page, Response, Route, expect

from tests.journeys import steps
from yiwang.foundation.libraries import sample as people
from yiwang.foundation.libraries.definitions import Sex

pytestmark = pytest.mark.journey
SHOP, ALLOWANCE = "individual-business", "elderly-allowance"
ANSWERS = {"place": "shop", "proof": "document", "operator": "mainland", "approval": "none"}
NAME = "[name=trade_name]"
#: As the sample province enters 李桂兰.
ELDER = people.new_person(1, name="李桂兰", sex=Sex.FEMALE, born_on=date(1944, 2, 29))


def open_shop_name(page: Page) -> str:
    """A new draft at the step with one text box; its address."""
    steps.begin(page, SHOP, **ANSWERS)
    address = re.sub(r"/step/\w+/.*", "/step/shop_name/", page.url)
    page.goto(address)
    steps.choose(page, "has_name", "yes")
    return address


def count_saves(page: Page) -> list[Response]:
    """Every answer to a save that reached the server, from now on."""
    saves: list[Response] = []
    page.on("response", lambda answer: saves.append(answer) if "/save/" in answer.url else None)
    return saves


def kept_here(page: Page) -> list[str]:
    """What lies on this device because it could not be sent."""
    found = page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:'))")
    return list(found)


def found_again(page: Page, address: str, name: str) -> None:
    """Opened until it is there: what a page sends while it is left arrives a moment later."""
    for _ in range(20):
        page.goto(address)
        if page.locator(NAME).input_value() == name:
            return
        page.wait_for_timeout(250)
    expect(page.locator(NAME)).to_have_value(name)


def saved(page: Page, name: str) -> None:
    """Type, and wait until the page says that it is saved."""
    with page.expect_response("**/save/") as answer:
        page.fill(NAME, name)
    assert answer.value.status == 200
    expect(page.locator("[data-saved]")).to_contain_text("已保存")


def test_what_is_typed_is_saved_while_typing_and_there_on_another_device(visit):
    phone = visit("maxiaoyan")
    address = open_shop_name(phone)
    phone.wait_for_load_state("networkidle")
    saves = count_saves(phone)
    with phone.expect_response("**/save/"):
        phone.locator(NAME).press_sequentially("城关区福来店", delay=40)
    phone.wait_for_timeout(1500)
    assert [answer.status for answer in saves] == [200], "one save for one run of typing"
    computer = visit("maxiaoyan")
    computer.goto(address)
    expect(computer.locator(NAME)).to_have_value("城关区福来店")
    assert kept_here(phone) == []


def test_an_answer_saved_while_the_register_is_still_asked_argues_with_nothing(visit):
    """The register's answer lies on the server already, but has not reached the slow phone."""
    page = visit("liguilan")
    late: list[Route] = []
    page.route("**/prefill/", lambda route: late.append(route))
    with page.expect_request("**/prefill/"):
        steps.begin(page, ALLOWANCE, who="self", account="social-card")
    [asked] = late
    answer = asked.fetch()
    with page.expect_response("**/save/") as saved_at:
        steps.choose(page, "by_relative", "yes")
        steps.choose(page, "by_relative", "no")
    assert saved_at.value.status == 200
    asked.fulfill(response=answer)
    expect(page.locator("input[name=name]")).to_have_value(ELDER.name)
    page.goto("/my/drafts/")
    page.locator("main summary").first.click()
    page.get_by_role("button", name="删掉").first.click()
    page.wait_for_url("**/my/")
    page.goto("/my/drafts/")
    expect(page.locator("main")).to_contain_text("没有没填完的草稿")


def test_leaving_the_page_in_the_middle_of_a_word_loses_nothing(visit):
    page = visit("maxiaoyan")
    address = open_shop_name(page)
    page.wait_for_load_state("networkidle")
    page.evaluate(
        "window.setTimeout = () => 0"
    )  # left before it saves by itself, however slow we are
    page.fill(NAME, "城关区半句")
    page.goto("/my/")
    found_again(page, address, "城关区半句")


def test_without_a_net_it_is_kept_here_and_sent_once_when_the_net_is_back(visit):
    page = visit("maxiaoyan")
    address = open_shop_name(page)
    saved(page, "城关区甲店")
    saves = count_saves(page)
    page.context.set_offline(True)
    page.fill(NAME, "城关区乙店")
    expect(page.locator("[data-unsaved]")).to_contain_text("网断了，已存在本机")
    page.fill(NAME, "城关区丙店")
    page.wait_for_timeout(1200)
    assert kept_here(page) != []
    assert saves == []
    page.context.set_offline(False)
    expect(page.locator("[data-saved]")).to_be_visible()
    expect(page.locator("[data-unsaved]")).to_be_hidden()
    page.wait_for_timeout(1500)
    assert [answer.status for answer in saves] == [200], "once, and only what was typed last"
    assert kept_here(page) == []
    other = visit("maxiaoyan")
    other.goto(address)
    expect(other.locator(NAME)).to_have_value("城关区丙店")


def test_a_page_closed_without_a_net_sends_what_was_typed_when_it_is_opened_again(visit):
    page = visit("maxiaoyan")
    address = open_shop_name(page)
    saved(page, "城关区甲店")
    page.context.set_offline(True)
    page.fill(NAME, "城关区丁店")
    expect(page.locator("[data-unsaved]")).to_be_visible()
    context = page.context
    page.close()
    context.set_offline(False)
    again = context.new_page()
    saves = count_saves(again)
    again.goto(address)
    expect(again.locator(NAME)).to_have_value("城关区丁店")
    again.wait_for_load_state("networkidle")
    assert [answer.status for answer in saves] == [200]
    assert kept_here(again) == []


def test_a_search_cut_short_by_sending_the_page_is_no_broken_net(visit):
    """A slow phone: the list is still being looked up when the button beside it is pressed. The page that
    comes is not replaced once more under what the person chooses there."""
    page = visit("maxiaoyan")
    page.goto(open_shop_name(page).replace("/shop_name/", "/business/"))
    page.route("**/choices/industries/**", lambda route: None)
    page.evaluate(  # the button is pressed, and the timer of the search is over already
        "document.querySelector('[data-form]').addEventListener('submit',"
        " () => fetch('/choices/industries/?q=x').catch(() => localStorage.setItem('cut', 1)))"
    )
    with page.expect_request("**/choices/industries/**"):
        page.fill("[name=industry-q]", "零售")
    with page.expect_navigation():
        page.locator("button[value='find:industry']").click()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("localStorage.getItem('cut')"), (
        "nothing was cut: not what we wanted to see"
    )
    assert [key for key in kept_here(page) if key.endswith(":business")] == []
    came = "performance.getEntriesByType('navigation')[0].type"
    assert page.evaluate(came) == "navigate", "the page was loaded once more"


def test_what_is_typed_while_something_kept_here_is_still_being_sent_joins_it(visit):
    page = visit("maxiaoyan")
    address = open_shop_name(page).replace("/shop_name/", "/place/")
    page.goto(address)
    with page.expect_response("**/save/"):
        steps.choose(page, "place_kind", "online")
    page.context.set_offline(True)
    page.fill("[name=platform]", "示例商城")
    expect(page.locator("[data-unsaved]")).to_be_visible()
    context = page.context
    page.close()
    context.set_offline(False)
    again = context.new_page()
    first: list[Route] = []
    again.route("**/save/", lambda route: route.continue_() if first else first.append(route))
    with again.expect_request("**/save/"):
        again.goto(address)
    with again.expect_response(lambda answer: "shop.example" in (answer.request.post_data or "")):
        again.fill("[name=shop_address]", "https://shop.example/mxy")
        first[0].continue_()
        sent = first[0].request.response()
    assert sent is not None
    assert sent.status == 200
    expect(again.locator("[data-saved]")).to_be_visible()
    assert [key for key in kept_here(again) if key.endswith(":place")] == []
    expect(again.locator("[name=shop_address]")).to_have_value("https://shop.example/mxy")
    again.reload()
    expect(again.locator("[name=platform]")).to_have_value("示例商城")
    expect(again.locator("[name=shop_address]")).to_have_value("https://shop.example/mxy")


def test_who_was_signed_out_meanwhile_keeps_what_was_typed_and_finds_it_after_signing_in(visit):
    page = visit("maxiaoyan")
    address = open_shop_name(page)
    saved(page, "城关区甲店")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.fill(NAME, "城关区戊店")
    expect(page.locator("[data-signed-out]")).to_be_visible()
    expect(page.locator("[data-signed-out]")).to_contain_text("登录过期了，填的已存在本机")
    page.context.add_cookies(cookies)
    page.get_by_role("link", name="重新登录").click()
    page.wait_for_url(address)
    expect(page.locator(NAME)).to_have_value("城关区戊店")
    expect(page.locator("[data-saved]")).to_be_visible()
    assert kept_here(page) == []


def test_a_page_that_is_left_sends_what_is_not_saved_and_nothing_else(visit):
    """What another device saved meanwhile would else be contradicted by what this one said before."""
    page = visit("maxiaoyan")
    open_shop_name(page)
    remember = "() => { navigator.sendBeacon = url => !sessionStorage.setItem('sent', url); }"
    saved(page, "城关区己店")
    page.wait_for_load_state("networkidle")
    page.evaluate(remember)
    page.reload()
    assert page.evaluate("sessionStorage.getItem('sent')") is None
    page.wait_for_load_state("networkidle")
    page.evaluate(remember)
    page.fill(NAME, "城关区庚店")
    page.reload()
    assert "/save/" in page.evaluate("sessionStorage.getItem('sent')")


@pytest.mark.parametrize(("button", "name"), [("other", "电脑上的店"), ("kept", "手机上的店")])
def test_two_devices_that_differ_show_both_and_the_person_chooses(visit, button, name):
    phone, computer = visit("maxiaoyan"), visit("maxiaoyan")
    address = open_shop_name(phone)
    saved(phone, "两边都见过的店")
    computer.goto(address)
    expect(computer.locator(NAME)).to_have_value("两边都见过的店")
    saved(phone, "手机上的店")
    with computer.expect_navigation():
        computer.fill(NAME, "电脑上的店")
    conflict = computer.get_by_role("group", name="两处填得不一样")
    expect(conflict).to_contain_text("现在是“手机上的店”，后填的是“电脑上的店”")
    expect(computer.locator("main")).to_contain_text("两种都留着")
    computer.locator(f"button[value='choose:trade_name:{button}']").click()
    expect(conflict).to_be_hidden()
    expect(computer.locator(NAME)).to_have_value(name)
    phone.reload()
    expect(phone.locator(NAME)).to_have_value(name)
    steps.next_step(phone)


def name_elder(page: Page, name: str, number: str) -> None:
    page.fill("[name=elder-name]", name)
    page.fill("[name=elder-citizen_id]", number)
    page.locator("[name=elder-citizen_id]").blur()


def test_a_person_named_is_confirmed_or_contradicted_as_soon_as_the_box_is_left(visit):
    page = visit("maxiaoyan")
    steps.begin(page, ALLOWANCE, who="relative")
    said = page.locator("[data-pair] [data-said]")
    expect(said).to_contain_text("核对都有记录，本人看得到")
    name_elder(page, "李桂花", ELDER.citizen_id)
    expect(said).to_contain_text("姓名和身份证号对不上")
    assert "李桂兰" not in page.content()
    page.locator("[name=elder-name]").press_sequentially("x")
    expect(said.locator("p")).to_be_hidden()
    name_elder(page, "李桂兰", ELDER.citizen_id)
    expect(said).to_contain_text("对上了：李**")
    expect(page.locator("[name=elder-name]")).to_have_value("李桂兰")
    steps.choose(page, "relation", "child")
    page.fill("[name=elder-name]", "李 桂兰")
    steps.next_step(page)  # straight from the box: what is said must not move the button away
    elder = visit("liguilan")
    elder.goto("/my/reads/")
    expect(elder.locator("main")).to_contain_text("核对申请表里的老人的姓名和身份证号")
    expect(elder.locator("main")).to_contain_text("马**")


def test_without_scripts_the_register_is_asked_with_next_and_by_a_button(visit):
    page = visit("maxiaoyan", script=False)
    steps.begin(page, ALLOWANCE, who="relative")
    steps.choose(page, "by_relative", "yes")
    name_elder(page, "李桂花", ELDER.citizen_id)
    page.locator("button[value='look:elder']").click()
    expect(page.locator("[data-said]")).to_contain_text("姓名和身份证号对不上")
    name_elder(page, "李桂兰", ELDER.citizen_id)
    steps.choose(page, "relation", "child")
    steps.next_step(page)
    page.go_back()
    page.reload()
    expect(page.locator("[data-said]")).to_contain_text("对上了：李**")


def test_an_english_page_speaks_english_also_where_the_script_speaks(visit):
    page = visit("maxiaoyan")
    open_shop_name(page)
    url = re.match(r"https?://[^/]+", page.url)
    assert url
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": url.group()}])
    page.goto(page.url.replace("/shop_name/", "/place/"))
    steps.choose(page, "place_kind", "shop")
    page.locator("select[name=place_division-3]").select_option(index=1)
    below = page.locator("select[name=place_division-4] option").first
    expect(below).to_have_text(re.compile(r"^[A-Za-z ()/,]+$"))
    steps.choose(page, "place_proof", "document")
    page.context.set_offline(True)
    page.set_input_files(
        "[data-upload=place_file]",
        {"name": "lease.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 " * 2000},
    )
    line = page.locator("[data-files=place_file] .uploading")
    expect(line).to_contain_text("lease.pdf")
    expect(line).to_contain_text("the connection broke")
    page.context.set_offline(False)
