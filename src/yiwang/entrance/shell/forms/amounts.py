"""Lengths of time in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from yiwang.mechanisms.clocks.definitions import Allowance, Unit


def amount_words(allowance: Allowance) -> str:
    """“7 个工作日” in the visitor's language."""
    words = {
        Unit.WORKING_DAY: _("%(number)s 个工作日"),
        Unit.NATURAL_DAY: _("%(number)s 天"),
        Unit.HOUR: _("%(number)s 小时"),
        Unit.MONTH: _("%(number)s 个月"),
        Unit.YEAR: _("%(number)s 年"),
    }
    return words[allowance.unit] % {"number": allowance.amount}
