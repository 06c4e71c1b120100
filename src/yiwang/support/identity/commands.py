"""``yiwang accounts``: what must be done before anybody can sign in, at the machine itself."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import pyotp
import segno
from django.conf import settings
from django.db import transaction

from yiwang.kernel import moments
from yiwang.kernel.actor import Role, machine
from yiwang.kernel.refusals import InvalidInput
from yiwang.network.directory import actions as directory_actions
from yiwang.network.directory import queries as directory
from yiwang.network.directory.definitions import DepartmentView
from yiwang.support.identity import actions, queries
from yiwang.support.identity.definitions import LONGEST_GRANT, ROLE_LABELS, AccountKind, AccountView

_USAGE = """用法：
  yiwang accounts open <用户名> <姓名> <部门统一社会信用代码>   开通工作账号，密码从键盘读
  yiwang accounts second-factor <用户名>                       登记动态口令设备，密钥只显示一次
  yiwang accounts first-admins <用户名> <用户名>               还没有安全管理员时，设头两位
  yiwang accounts first-staff <用户名=姓名> 五个               部门的新节点一次开好：依次是安全管理员两位、运维、
                                                               数据专员、负责人；各人自己输入密码、扫动态口令
  yiwang accounts link-person <用户名>                         登记本人的公民身份，身份证号从键盘读；以后不能办自己的申请
  yiwang accounts disable <用户名>                             停用，已登录的立即退出"""
_OPERATOR = machine("command-line")
#: Who a department's new node needs before it can publish anything, in the order they are named.
_STAFF: Final = (
    Role.SECURITY_ADMIN, Role.SECURITY_ADMIN, Role.OPERATOR, Role.DATA_OFFICER, Role.HEAD,
)  # fmt: skip


def main(arguments: list[str]) -> int:
    """Dispatch; the acts are the same as everywhere and leave the same journal entries."""
    at = moments.now()
    match arguments:
        case ["open", user_name, name, uscc]:
            password = getpass.getpass("密码：")
            account = actions.create_official_account(
                name=name,
                user_name=user_name,
                department=uscc,
                password=password,
                actor=_OPERATOR,
                at=at,
            )
            print(f"已开通：{account.user_name}，还没有任何授权")
        case ["second-factor", user_name]:
            account = _official(user_name)
            secret = actions.set_second_factor(account=account.key, actor=_OPERATOR, at=at)
            _show_device(user_name, secret)
        case ["first-admins", one, two]:
            actions.appoint_first_admins(
                one=_official(one).key, two=_official(two).key, actor=_OPERATOR, at=at
            )
            print("已设两位安全管理员，任期一年，其他授权由他们互相确认")
        case ["first-staff", *people] if len(people) == len(_STAFF):
            _open_first_staff([one.partition("=")[::2] for one in people], at)
        case ["link-person", user_name]:
            number = getpass.getpass("身份证号：").strip()
            account = _official(user_name)
            actions.link_person(account=account.key, citizen_id=number, actor=_OPERATOR, at=at)
            print("已登记，本人的申请要由别人办理")
        case ["disable", user_name]:
            actions.disable_account(account=_official(user_name).key, actor=_OPERATOR, at=at)
            print("已停用")
        case _:
            print(_USAGE, file=sys.stderr)
            return 2
    return 0


def _official(user_name: str) -> AccountView:
    return queries.get_account_by_user_name(user_name, AccountKind.OFFICIAL)


def _show_device(user_name: str, secret: str) -> None:
    """What a person's device takes up, by camera or by hand."""
    address = pyotp.TOTP(secret).provisioning_uri(name=user_name, issuer_name="一网")
    segno.make(address).terminal(compact=True)
    print(address)


def _open_first_staff(people: Sequence[tuple[str, str]], at: datetime) -> None:
    """The first people of a department's node, who stand at the machine together.

    One security administrator proposes, the other confirms, as everywhere; both have just entered
    their passwords. Nothing is left behind when any of it fails.
    """
    if not settings.NODE_USCC or not settings.NODE_DIVISION:
        raise InvalidInput(
            "还不知道这是哪个部门的节点。",
            "请先设 YIWANG_NODE（统一社会信用代码）和 YIWANG_NODE_DIVISION。",
        )
    for role, (user_name, name) in zip(_STAFF, people, strict=True):
        print(f"{user_name}　{name}　{ROLE_LABELS[role]}")
    if input("两位安全管理员都在场、都同意，请输入“同意”：").strip() != "同意":
        raise InvalidInput("没有输入“同意”，什么也没有开通。")
    passwords = [
        getpass.getpass(f"{name}（{user_name}）自己输入密码：") for user_name, name in people
    ]
    with transaction.atomic():
        _register_own_department()
        opened = [
            actions.create_official_account(
                name=name, user_name=user_name, department=settings.NODE_USCC,
                password=password, actor=_OPERATOR, at=at,
            ).key
            for (user_name, name), password in zip(people, passwords, strict=True)
        ]  # fmt: skip
        actions.appoint_first_admins(one=opened[0], two=opened[1], actor=_OPERATOR, at=at)
        proposing, confirming = (queries.get_actor(key, at=at) for key in opened[:2])
        for role, key in list(zip(_STAFF, opened, strict=True))[2:]:
            grant = actions.grant_role(
                account=key, role=role, division_code=settings.NODE_DIVISION,
                department=None if role is Role.OPERATOR else settings.NODE_USCC,
                valid_until=at + LONGEST_GRANT - timedelta(days=1), actor=proposing, at=at,
            )  # fmt: skip
            actions.confirm_grant(grant=grant, actor=confirming, at=at)
        secrets = [actions.set_second_factor(account=key, actor=_OPERATOR, at=at) for key in opened]
    for (user_name, name), secret in zip(people, secrets, strict=True):
        print(f"\n{name}用手机的动态口令程序扫这一个，只显示一次：")
        _show_device(user_name, secret)
    print("已开通，任期一年；在 /staff/sign-in/ 登录。")


def _register_own_department() -> None:
    """The department whose node this is, and the country's divisions, unless they are known."""
    if directory.find_division(settings.NODE_DIVISION) is None:
        directory_actions.load_shipped_divisions()
    if not directory.find_departments([settings.NODE_USCC]):
        directory_actions.register_department(
            department=DepartmentView(
                uscc=settings.NODE_USCC, name=settings.NODE_NAME, short_name=settings.NODE_NAME,
                division_code=settings.NODE_DIVISION, phone="", address="",
            )
        )  # fmt: skip
