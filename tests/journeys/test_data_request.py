"""One department asks another for data: written, signed, told once, answered, used, stopped, ended."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from yiwang.kernel import moments

pytestmark = pytest.mark.journey
ASKER, ASKING_HEAD = "minzheng-shuju", "minzhengzhang"
GIVER, GIVING_HEAD = "gongan-shuju", "gonganzhang"
AUTHORITY, OPERATOR = "shujuju", "yunwei"
RULE = "示例市政务数据核对办法"
RESOURCE = "人口基础信息"


def ask(page: Page, purpose: str, articles: str = "") -> str:
    """From the catalogue to a draft; its address."""
    page.goto("/data/resources/?text=人口基础")
    page.get_by_role("link", name=RESOURCE).first.click()
    page.get_by_role("link", name="申请共享…").click()
    expect(page.get_by_text("10 个工作日内答复")).to_be_visible()
    page.fill("[name=purpose]", purpose)
    page.select_option("[name=basis]", "ITEM")
    page.fill("[name=items]", "elderly-allowance")
    if articles:
        page.fill("[name=articles]", articles)
    page.fill("[name=scene]", "民政窗口审核高龄津贴申请时，核对申请人的户籍和年龄。")
    page.locator("[name=fields][value=name]").check()
    page.locator("[name=fields][value=citizen_id]").check()
    page.locator("[name=clear_fields][value=citizen_id]").check()
    page.select_option("[name=way]", "CALL")
    page.select_option("[name=needs_case]", "yes")
    page.fill("[name=until]", "2027-11-30")
    page.fill("[name=per_day]", "500")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("[role=status]")).to_be_visible()
    return page.url.split("?")[0]


def act(page: Page, address: str, label: str, button: str, **typed: str) -> None:
    """Open the page, choose the act, write what it asks for, confirm."""
    page.goto(address)
    page.get_by_role("link", name=f"{label}…", exact=True).click()
    for name, value in typed.items():
        page.fill(f"[name={name}]", value)
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.locator("[role=status]")).to_be_visible()


def bring_in(province, folder: Path, text: str, begins: date) -> None:
    """An operator imports a version of a rule of the sample whose article 9 says this."""
    law = {
        "id": f"journey-{begins}", "title": RULE, "kind": "示例", "status": "有效",
        "published": begins.isoformat(), "effective": begins.isoformat(),
        "articles": [{"no": "第九条", "text": text}],
    }  # fmt: skip
    file = folder / "rule.jsonl"
    file.write_text(json.dumps(law), encoding="utf-8")
    command = [sys.executable, "-m", "yiwang", "laws", "import", str(file)]
    subprocess.run(command, env=province.environment, check=True, timeout=120)


def the_article_changes(province, folder: Path, grant: str, asker: Page, giver: Page) -> None:
    """The law is imported anew: both sides are told once, the using side settles it."""
    bring_in(
        province, folder, "民政部门核对户籍应当经本人同意。", moments.legal_date(moments.now())
    )
    for page in (asker, giver):
        told = page.get_by_role("heading", name="依据的条文变了：共享授权")
        for _ in range(60):  # the background hears of it
            page.goto("/desk/messages/")
            if told.count():
                break
            page.wait_for_timeout(1_000)
        expect(told).to_have_count(1)
        page.goto("/data/grants/?state=doubted")
        page.locator(f'a[href="{urlsplit(grant).path}"]').click()
        expect(page.get_by_text("民政部门可以核对户籍。")).to_be_visible()
        expect(page.get_by_text("民政部门核对户籍应当经本人同意。")).to_be_visible()
    act(asker, grant, "核对依据的条文", "记下", words="窗口已经先征得本人同意，职责没有变。")
    giver.goto(grant)
    expect(giver.get_by_text("窗口已经先征得本人同意，职责没有变。")).to_be_visible()
    expect(giver.get_by_text("待核对")).to_have_count(0)


def test_a_request_runs_through_its_whole_life(visit, province, tmp_path) -> None:
    asker, asking_head = visit(ASKER, staff=True), visit(ASKING_HEAD, staff=True)
    giver, giving_head = visit(GIVER, staff=True), visit(GIVING_HEAD, staff=True)
    bring_in(province, tmp_path, "民政部门可以核对户籍。", date(2020, 1, 1))
    here = ask(asker, "核对老人户籍", f"{RULE}第9条\n《老年人权益保障法》第三十三条")
    expect(asker.get_by_text(f"《{RULE}》第九条")).to_be_visible()
    act(asker, here, "送本部门负责人签字", "送签")
    assert giver.goto(here).status == 404  # not signed: the asking office's alone
    act(asking_head, here, "签字，送提供部门", "签字并送出")
    act(giver, here, "一次告知要补充的", "告知", words="请写明每天大概多少件。")
    asker.goto(here)
    expect(asker.get_by_text("请写明每天大概多少件。").first).to_be_visible()
    act(asker, here, "补充后送回", "送回", words="每天二百件左右。", per_day="200")
    act(giver, here, "拟同意共享", "送负责人签字", words="只限窗口系统使用。")
    act(giving_head, here, "签字同意", "签字同意")
    act(giver, here, "提供数据服务", "开通授权", service="62/household-register")
    asker.goto(here)
    expect(asker.get_by_text("已提供").first).to_be_visible()
    asker.get_by_role("link", name="看授权").click()
    grant = asker.url
    expect(asker.get_by_text("每天 200 次")).to_be_visible()
    the_article_changes(province, tmp_path, grant, asker, giver)
    stop_mend_and_end(visit, grant, asker, giver)


def stop_mend_and_end(visit, grant: str, asker: Page, giver: Page) -> None:
    """An operator stops it at once; misuse is put right; then both agree to end it."""
    operator = visit(OPERATOR, staff=True)
    act(operator, grant, "立即技术停用", "立即停用", words="流量异常")
    act(giver, grant, "恢复共享", "恢复", words="查明是压力测试")
    act(giver, grant, "使用不当，暂停共享", "暂停", words="有人查了无关的人", mend_days="5")
    act(asker, grant, "报告已经整改", "报告", words="已收回那个人的权限")
    act(giver, grant, "恢复共享", "恢复", words="核实过")
    act(giver, grant, "提出终止", "提出", words="系统升级，换新的服务")
    act(asker, grant, "同意终止", "同意终止")
    expect(asker.get_by_text("已终止").first).to_be_visible()


def test_a_refusal_is_taken_to_the_authority_and_comes_back_as_a_yes(visit) -> None:
    asker, asking_head = visit(ASKER, staff=True), visit(ASKING_HEAD, staff=True)
    giver, giving_head = visit(GIVER, staff=True), visit(GIVING_HEAD, staff=True)
    authority = visit(AUTHORITY, staff=True, script=False)
    here = ask(asker, "核对监护关系")
    act(asker, here, "送本部门负责人签字", "送签")
    act(asking_head, here, "签字，送提供部门", "签字并送出")
    act(giver, here, "申请延长答复期限", "报主管部门", days="10", words="要核对法条")
    act(authority, here, "同意延长", "同意")
    act(
        giver, here, "拟不予共享", "送负责人签字", words="用途超出职责",
        article="《政务数据共享条例》第十四条",
    )  # fmt: skip
    act(giving_head, here, "签字，不予共享", "签字，不予共享")
    asker.goto(here)
    expect(asker.get_by_text("不在负面清单上，报主管部门")).to_be_visible()
    act(asker, here, "提出争议，先协商", "提出，先和提供部门协商", words="津贴的监护人要核对")
    act(asker, here, "协商不成，报请主管部门协调", "上报一级", words="双方没有谈成")
    act(authority, here, "定为共享", "定为共享", words="属于法定职责，应当共享")
    expect(authority.get_by_text("已同意，待提供").first).to_be_visible()
    act(giver, here, "提供数据服务", "开通授权", service="62/guardians")
    giver.goto(here)
    expect(giver.get_by_text("已提供").first).to_be_visible()
