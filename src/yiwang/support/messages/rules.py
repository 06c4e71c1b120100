"""Filling a template: values are data, never templates."""

from __future__ import annotations

import re
from collections.abc import Mapping

from yiwang.support.messages.definitions import CannotTell, Notice

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


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
        fill(notice.sms, values),
    )


def split_template(template: str) -> tuple[str, int, str]:
    """``"elderly-allowance@1/accepted"`` → item, version, name; a plain name has no item."""
    item, _, name = template.rpartition("/")
    code, _, version = item.partition("@")
    return code, int(version) if version.isdecimal() else 0, name
