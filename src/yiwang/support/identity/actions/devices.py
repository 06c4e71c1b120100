"""A device is known again by a cookie: its own number, and a mark for each account it served well.

A mark is a keyed digest of number and account: it cannot be made without our key and names nobody.
"""

from __future__ import annotations

import secrets

from yiwang.mechanisms.crypto import actions as crypto
from yiwang.support.identity import rules


def _marks(number: str, account: str) -> tuple[str, ...]:
    """All it may have been marked by, the present one first."""
    found = crypto.keyed_indexes(f"{number}|{account}", purpose="identity.device")
    return tuple(one[:32] for one in found)


def known_device(cookie: str, account: str) -> str:
    """The number of the device when this account signed in well on it before; "" otherwise."""
    number, marks = rules.marks_of(cookie)
    return number if number and set(_marks(number, account)) & set(marks) else ""


def remember(cookie: str, account: str) -> str:
    """The device's cookie after a good sign-in of this account."""
    number, marks = rules.marks_of(cookie)
    number = number or secrets.token_hex(16)
    return rules.with_mark(number, marks, _marks(number, account)[0])
