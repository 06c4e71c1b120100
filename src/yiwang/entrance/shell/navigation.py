"""What the frame of every page links to, as data."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the frame; ``here`` marks the page we are on."""

    href: str
    label: str
    here: bool = False
    icon: str = ""


def _is_here(href: str, path: str) -> bool:
    return path == "/" if href == "/" else path.startswith(href)


def main_links(path: str) -> tuple[Link, ...]:
    """The main navigation, only of pages that exist."""
    rows = (
        ("/", _("首页")),
        ("/persons/", _("个人办事")),
        ("/firms/", _("法人办事")),
        ("/departments/", _("部门")),
        ("/laws/", _("法规")),
        ("/verify/", _("证照验真")),
        ("/house/", _("建设进度")),
    )
    return tuple(Link(href, label, _is_here(href, path)) for href, label in rows)


def tab_links(path: str) -> tuple[Link, ...]:
    """The five tabs at the thumb of a phone."""
    rows = (
        ("/", _("首页"), "home"),
        ("/items/", _("办事"), "list"),
        ("/my/licences/", _("亮证"), "card"),
        ("/my/messages/", _("消息"), "mail"),
        ("/my/", _("我的"), "user"),
    )
    best = max((href for href, _label, _icon in rows if _is_here(href, path)), key=len, default="")
    return tuple(Link(href, label, href == best, icon) for href, label, icon in rows)


def duty_links() -> tuple[Link, ...]:
    """What a government site owes its visitors at the foot of each page."""
    rows = (
        ("/site-map/", _("网站地图")),
        ("/accessibility/", _("无障碍声明")),
        ("/privacy/", _("个人信息保护")),
        ("/house/", _("平台建设进度")),
        ("/look/", _("字号和对比度")),
    )
    return tuple(Link(href, label) for href, label in rows)
