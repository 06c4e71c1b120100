"""``yiwang accounts``: what must be done before anybody can sign in, at the machine itself."""

from __future__ import annotations

import getpass
import sys

import pyotp

from yiwang.kernel import moments
from yiwang.kernel.actor import machine
from yiwang.support.identity import actions, queries
from yiwang.support.identity.definitions import AccountKind, AccountView

_USAGE = """用法：
  yiwang accounts open <用户名> <姓名> <部门统一社会信用代码>   开通工作账号，密码从键盘读
  yiwang accounts second-factor <用户名>                       登记动态口令设备，密钥只显示一次
  yiwang accounts first-admins <用户名> <用户名>               还没有安全管理员时，设头两位
  yiwang accounts link-person <用户名>                         登记本人的公民身份，身份证号从键盘读；以后不能办自己的申请
  yiwang accounts disable <用户名>                             停用，已登录的立即退出"""
_OPERATOR = machine("command-line")


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
            print(pyotp.TOTP(secret).provisioning_uri(name=user_name, issuer_name="一网"))
        case ["first-admins", one, two]:
            actions.appoint_first_admins(
                one=_official(one).key, two=_official(two).key, actor=_OPERATOR, at=at
            )
            print("已设两位安全管理员，任期一年，其他授权由他们互相确认")
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
