"""Filling a template: values are data, never templates."""

from __future__ import annotations

import re
from collections.abc import Mapping

from yiwang.support.messages.definitions import LONGEST_SMS, CannotTell, Notice

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_FOOT = "这封邮件由系统发出，请不要回复。不想再收，登录后到“登录安全”里删除邮箱。"


def fill(text: str, values: Mapping[str, str]) -> str:
    """Every ``{name}`` becomes its value, once: braces inside a value stay as they are.

    CannotTell when a value is missing.
    """

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in values:
            raise CannotTell(f"通知缺少“{name}”的内容。")
        return str(values[name])

    return _PLACEHOLDER.sub(value, text)


def fill_notice(notice: Notice, values: Mapping[str, str]) -> Notice:
    """Title, text and short text with their values."""
    return Notice(
        notice.name,
        fill(notice.title, values)[:120],
        fill(notice.text, values),
        short(fill(notice.sms, values)),
        email=notice.email,
    )


def one_line(title: str) -> str:
    """A title no mail program can take for two headers: one line without signs that control."""
    return "".join(c if c.isprintable() else " " for c in " ".join(title.split()))[:120]


def mail_text(text: str, *, link: str, of_firm: bool) -> str:
    """The words of a notice as an e-mail says them, and where the message lies."""
    lines = [text, f"在网上看这条消息：{link}"]
    if of_firm:
        lines.append("这是发给单位的消息，登录后先选替单位办事再看。")
    return "\n\n".join([*lines, _FOOT]) + "\n"


def short(text: str) -> str:
    """A short message stays short whatever an official wrote; the whole of it is in the inbox."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_SMS else f"{text[: LONGEST_SMS - 12]}……全文请看站内消息"


def split_template(template: str) -> tuple[str, int, str]:
    """``"elderly-allowance@1/accepted"`` → item, version, name; a plain name has no item."""
    item, _, name = template.rpartition("/")
    code, _, version = item.partition("@")
    return code, int(version) if version.isdecimal() else 0, name
