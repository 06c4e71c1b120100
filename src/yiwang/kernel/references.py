"""Public keys and references: opaque, unguessable (80 random bits), safe in a URL."""

from __future__ import annotations

import base64
import re
import secrets

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford base 32, lower case
_FROM_RFC_4648 = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", _ALPHABET.encode())
KEY_LENGTH = 16
#: Whose matter something was whose content was destroyed: nobody's any more.
ERASED = "erased:"
KEY_PATTERN = re.compile(rf"[{_ALPHABET}]{{{KEY_LENGTH}}}")


def new_key() -> str:
    """16 characters, 80 bits from the operating system."""
    return base64.b32encode(secrets.token_bytes(10)).translate(_FROM_RFC_4648).decode()


def reference(kind: str, key: str) -> str:
    """``reference("case", key)`` → ``"case:<key>"``: its name in journal, clocks, jobs."""
    return f"{kind}:{key}"


def split(value: str) -> tuple[str, str]:
    """``"case:<key>"`` → ``("case", key)``; ValueError when there is no kind."""
    kind, separator, key = value.partition(":")
    if not separator or not kind:
        raise ValueError(f"not a reference: {value!r}")
    return kind, key
