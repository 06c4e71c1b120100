"""A template rendered once, with marks where values go; afterwards only values are put in.

A mark is a pair of private-use characters around a slot's name. They pass through autoescape and
cannot come from outside: what is put in is escaped here or is itself a folded result. This is the
one module of the forms that declares text safe.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import SafeString

_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK: Final = re.compile(f"{_OPEN}([^{_OPEN}{_CLOSE}]*){_CLOSE}")


def slot(name: str) -> SafeString:
    """The mark to give a template where a value will go."""
    return SafeString(f"{_OPEN}{name}{_CLOSE}")  # nosec B703 escaped part by part


@dataclass(frozen=True, slots=True)
class Folded:
    """Fixed text and slot names, in turn: text, slot, text, slot, …, text."""

    parts: tuple[str, ...]

    def put(self, values: Mapping[str, object]) -> SafeString:
        """The finished text; values that are not safe already are escaped, missing ones are empty."""
        out = list(self.parts)
        for position in range(1, len(out), 2):
            value = values.get(out[position])
            if value is None:
                out[position] = ""
            elif isinstance(value, SafeString):
                out[position] = value
            else:
                out[position] = escape(str(value))
        return SafeString("".join(out))  # nosec B703 escaped part by part


def fold(template: str, context: Mapping[str, Any]) -> Folded:
    """Render a template once; ``context`` holds ``slot(…)`` where values will go."""
    text = get_template(template).render(dict(context))
    return Folded(tuple(_MARK.split(text.strip())))


def joined(parts: list[SafeString]) -> SafeString:
    """Several finished texts, one after another."""
    return SafeString("".join(parts))  # nosec B703 escaped part by part


def attribute(text: str) -> SafeString:
    """A fixed attribute of our own making, such as `` checked``; never anything typed by people."""
    return SafeString(text)  # nosec B703 escaped part by part
