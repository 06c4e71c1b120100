"""The newcomer's service is entered in the catalogue, asked for, granted and called: step 6 of its handbook."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Final

from tests import handbook, terminal

if TYPE_CHECKING:
    from trial.hands import Hands
    from trial.newcomer import Day

JOINING: Final = "handbook/node-operator.md"
OFFICER: Final = "handbook/data-officer.md"
CALLING: Final = "handbook/integrator.md"
AFTERWARDS: Final = "**6. 让别人申请**"
SERVICE: Final = "schools"
RESOURCE: Final = "302099/000860"
PURPOSE: Final = "核对在办学校"


def share(day: Day) -> tuple[str, str]:
    """Step 6: accounts at the registry, the catalogue's entry, the asker's system, request, answer, grant.

    The system's key and secret."""
    day.reads(handbook.section(JOINING, "新部门加入（十分钟）").partition(AFTERWARDS)[2])
    day.reads(handbook.section(OFFICER, "登记一项资源"))
    with day.step("accounts"):
        own = _accounts(
            day, {"edu-shuju": ("白洁", "数据专员"), "edu-fuze": ("何涛", "单位负责人")}
        )
    officer, head = own
    with day.step("catalogue"):
        _enter_in_catalogue(day, officer, head)
    day.reads(handbook.section(CALLING, "二、系统和密钥"))
    with day.step("key"):
        issued = _register_system(day)
    with day.step("granted"):
        _ask_and_grant(day, officer, head)
    return issued


def _accounts(day: Day, people: dict[str, tuple[str, str]]) -> list[Hands]:
    """Two people of the newcomer at the registry, opened by one local administrator, confirmed by the other."""
    first, second = day.official("bendi"), day.official("bendi2")
    passwords = {}
    for user, (name, role) in people.items():
        first.open("/console/local/")
        first.press("开通账号…")
        first.type("user_name", user)
        first.type("name", name)
        first.choose("body", day.name)
        first.push("开通")
        passwords[user] = first.page.locator("main code").last.inner_text()
        first.push("给角色")
        first.choose("role", role)
        first.choose("body", day.name)
        first.press("提出，等另一人确认")
        second.open("/console/local/")
        second.press("确认")
    signed_in = []
    for user, password in passwords.items():
        person = day.sits_at(day.place.port)
        person.sign_in(user, password)
        signed_in.append(person)
    return signed_in


def _enter_in_catalogue(day: Day, officer: Hands, head: Hands) -> None:
    officer.open("/data/resources/")
    officer.press("登记一项资源")
    for name, text in (
        ("code", RESOURCE),
        ("name", "学校名录"),
        ("summary", "在办学校的代码、名称和类型。"),
    ):
        officer.type(name, text)
    for name, value in (
        ("kind", "部门信息资源"), ("provider", day.name), ("format", "电子表格"), ("cycle", "每年"),
        ("sharing", "无条件共享"), ("opening", "不予开放"), ("data_class", "一般数据"), ("grade", "1级（公开）"),
    ):  # fmt: skip
        officer.choose(name, value)
    officer.tick("ways", "QUERY")
    for row, (code, label) in enumerate((("code", "学校代码"), ("name", "学校名称"))):
        officer.type(f"item-{row}-name", code)
        officer.type(f"item-{row}-label", label)
        officer.type(f"item-{row}-length", "60")
        officer.choose(f"item-{row}-grade", "1级（公开）")
    officer.press("存为草稿")
    officer.press("送负责人同意…")
    officer.type("assessment", "公开信息，没有个人信息。")
    officer.push("送负责人同意")
    head.open("/data/waiting/")
    head.push("学校名录")
    head.press("同意并报送…")
    head.push("同意并报送")
    authority = day.official("shujuju")
    authority.open("/data/waiting/")
    authority.push("学校名录")
    authority.press("发布…")
    authority.push("发布")


def _ask_and_grant(day: Day, officer: Hands, head: Hands) -> None:
    asker, asking_head = day.official("minzheng-shuju"), day.official("minzhengzhang")
    asker.open("/data/resources/?q=学校名录")
    asker.push("学校名录")
    asker.press("申请共享…")
    asker.type("purpose", PURPOSE)
    asker.choose("basis", "履行职责")
    asker.type("duty", "困境儿童保障，核对就读学校。")
    asker.type("scene", "民政窗口核对就读的学校。")
    for name in ("code", "name"):
        asker.tick("fields", name)
    asker.choose("way", "查询服务")
    asker.choose("needs_case", "否")
    asker.type("until", "2027-11-30")
    asker.press("保存草稿")
    here = asker.page.url.partition("?")[0]
    for person, link, button, typed in (
        (asker, "送本部门负责人签字…", "送签", {}),
        (asking_head, "签字，送提供部门…", "签字并送出", {}),
        (officer, "拟同意共享…", "送负责人签字", {"words": "用于窗口核对。"}),
        (head, "签字同意…", "签字同意", {}),
        (officer, "提供数据服务…", "开通授权", {"service": f"{day.code}/{SERVICE}"}),
    ):
        person.open(here)
        person.press(link)
        for name, text in typed.items():
            person.type(name, text)
        person.push(button)


def _register_system(day: Day) -> tuple[str, str]:
    keeper = day.official("minzheng-shuju")
    keeper.open("/data/systems/")
    keeper.type("name", "困境儿童保障")
    keeper.type("code", "school-check")
    keeper.press("登记")
    keeper.press("发放")
    told = keeper.page.locator("[role=status]")
    return told.locator(".code").first.inner_text(), told.locator("p.code").inner_text()


def call(day: Day, key: str, secret: str) -> None:
    """The asking department's system calls, its answer is proven, both nodes hold the same receipt."""
    day.reads(handbook.section(CALLING, "四、从程序里调用"))
    with day.step("called"):
        said = _call_by_program(day, key, secret)
    answered = re.search(r"^([0-9a-f]{32}) True .*示例第一小学", said, re.MULTILINE)
    day.outcome.claim("the call was answered and its proof holds", answered is not None)
    if answered is None:
        print(said[-1500:], flush=True)
    message = answered[1] if answered else ""
    with day.step("receipts"):
        _see_receipts(day, message)


def _call_by_program(day: Day, key: str, secret: str) -> str:
    asked = {
        "62/household-register": f"{day.code}/{SERVICE}",
        "联调测试": PURPOSE,
        '"citizen_id": "62010219440229004X"': '"code": "XX-1"',
        '["name", "alive"]': '["code", "name"]',
    }
    program = day.copies(CALLING, "# call.py", asked)
    (day.new.clone / "call.py").write_text(program, encoding="utf-8")
    own = {
        "http://127.0.0.1:8010": f"http://127.0.0.1:{day.place.port + 10}",
        "密钥编号": key,
        "发放时显示的秘密": secret,
    }
    settings = day.copies(CALLING, "export NODE=", own)
    command = f"{settings}\n{day.copies(CALLING, 'client/bin/python call.py')}"
    return terminal.typed(command, folder=day.new.clone, environment=day.new.environment)


#: The call's number and what was asked and answered; each node's block has a root of its own.
_DIGESTS: Final = "dt:has-text('调用编号') + dd code.fingerprint, dt:has-text('摘要') + dd code"


def _see_receipts(day: Day, message: str) -> None:
    """Both operators look the call up; the newcomer has signed that it saw the same."""
    shown = []
    for operator in (day.official("yunwei"), day.own("zhaoqiang")):
        operator.open(f"/console/exchange/receipt/?message={message}")
        shown.append(operator.page.locator(_DIGESTS).all_inner_texts())
    day.outcome.claim("both nodes hold a receipt with the same digests", shown[0] == shown[1] and len(shown[0]) == 3)  # fmt: skip
    signed = 0
    with day.place.connect() as connection:
        end = time.monotonic() + 60
        while not signed and time.monotonic() < end:
            time.sleep(0.3)
            (signed,) = connection.execute(_SIGNED, [message, day.code]).fetchone()
    day.outcome.claim("the newcomer countersigned the receipt's block without a difference", signed == 1)  # fmt: skip


_SIGNED: Final = """
    SELECT count(*) FROM exchange_receipt r JOIN exchange_block b ON r.id BETWEEN b.first_id AND b.last_id
    JOIN exchange_countersignature c ON c.block_id = b.number
    WHERE r.message = %s AND c.partner = %s AND c.signature <> '' AND c.mismatches = '[]'"""
