"""Masking defaults for lists and logs: 张*, 欧阳**, ID 6+4, mobile 3+4, account last 4, e-mail z***@…."""

from __future__ import annotations

import re

_COMPOUND = (
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "宇文",
    "夏侯",
)
#: Eighteen characters like an identity number, or eleven digits like a mobile phone.
_LOOKS_PERSONAL = re.compile(r"(?<![0-9A-Za-z.])(?:[1-9]\d{16}[\dXx]|1[3-9]\d{9})(?![0-9A-Za-z.])")


def mask_name(name: str) -> str:
    """``张三`` → ``张*``; compound surnames keep two characters."""
    if not name:
        return ""
    keep = 2 if name.startswith(_COMPOUND) else 1
    return name[:keep] + "*" * max(1, len(name) - keep)


def mask_citizen_id(number: str) -> str:
    """First six and last four stay."""
    return number[:6] + "*" * max(0, len(number) - 10) + number[-4:] if len(number) > 10 else "****"


def mask_phone(number: str) -> str:
    """First three and last four stay."""
    return number[:3] + "****" + number[-4:] if len(number) >= 11 else "****"


def mask_email(address: str) -> str:
    """The first character and everything behind the @ stay."""
    local, _, domain = address.partition("@")
    return f"{local[:1] if len(local) > 2 else ''}***@{domain}" if domain else "***"


def mask_account(number: str) -> str:
    """Only the last four stay."""
    return "****" + number[-4:] if len(number) > 4 else "****"


def hide_numbers(text: str) -> str:
    """Replace every run of digits that could be an identity number or a mobile phone."""
    return _LOOKS_PERSONAL.sub("***", text)
