"""Public keys and references: opaque, unguessable (80 random bits), safe in a URL."""

from __future__ import annotations

import re
import secrets

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford base 32, lower case
KEY_LENGTH = 16
KEY_PATTERN = re.compile(rf"[{_ALPHABET}]{{{KEY_LENGTH}}}")


def new_key() -> str:
    """16 characters, 80 bits from the operating system."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(KEY_LENGTH))


def reference(kind: str, key: str) -> str:
    """``reference("case", key)`` → ``"case:<key>"``: its name in journal, clocks, jobs."""
    return f"{kind}:{key}"


def split(value: str) -> tuple[str, str]:
    """``"case:<key>"`` → ``("case", key)``; ValueError when there is no kind."""
    kind, separator, key = value.partition(":")
    if not separator or not kind:
        raise ValueError(f"not a reference: {value!r}")
    return kind, key
