"""Places people sign in from, and the list of one's own sign-ins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from yiwang.kernel.refusals import Refusal
from yiwang.support.identity.definitions import Method


class PlaceKind(StrEnum):
    """What kind of place an address belongs to; the address itself is not kept."""

    HALL = "HALL"
    OFFICE = "OFFICE"
    ELSEWHERE = "ELSEWHERE"


PLACE_LABELS = {
    PlaceKind.HALL: "政务服务大厅",
    PlaceKind.OFFICE: "内部网络",
    PlaceKind.ELSEWHERE: "外部网络",
}

METHOD_LABELS = {
    Method.PASSWORD: "密码",
    Method.CODE: "短信验证码",
    Method.PASSWORD_AND_TOTP: "密码和动态口令",
    Method.PASSWORD_AND_SPARE: "密码和备用码",
    Method.PASSKEY: "通行密钥",
    Method.PASSWORD_AND_PASSKEY: "密码和通行密钥",
    Method.RECOVERY: "找回账号",
    Method.HOST: "统一身份认证",
}

#: What a browser says it is → the word shown. Order matters: Edge also says Chrome.
BROWSERS = (
    ("MicroMessenger", "微信"),
    ("AlipayClient", "支付宝"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("OpenHarmony", "鸿蒙"),
    ("HarmonyOS", "鸿蒙"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """One kind of place; ``key`` and ``name`` are the hall's, "" elsewhere."""

    kind: PlaceKind
    key: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class SessionView:
    """One living sign-in of mine, in words I can recognise. ``current``: the one I look from."""

    key: str
    device: str
    place: PlaceKind
    place_name: str
    method: Method
    on_behalf_of: str | None
    created_at: datetime
    seen_at: datetime
    raised_until: datetime | None
    current: bool


@dataclass(frozen=True, slots=True)
class HallNetworkView:
    """The addresses of one hall."""

    key: str
    name: str
    network: str
    registered_at: datetime


class CannotRegisterNetwork(Refusal):
    status = 422
    sentence = "这个地址段不能登记。"
    remedy = "请填大厅自己的地址段，例如 203.0.113.0/28，不能宽于 /20（IPv6 不能宽于 /48）。"
