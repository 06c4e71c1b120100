"""Division codes: 12 digits, 2+2+2+3+3 (GB/T 2260 and the statistical extension)."""

from __future__ import annotations

_WIDTHS = (2, 4, 6, 9, 12)


def significant_prefix(code: str) -> str:
    """``620102000000`` → ``620102``: what every code of its subtree begins with.

    ValueError unless 12 digits.
    """
    if len(code) != 12 or not (code.isascii() and code.isdigit()):
        raise ValueError(f"not a division code: {code!r}")
    said = len(code.rstrip("0"))
    return code[: next(width for width in _WIDTHS if width >= said)]


def in_subtree(code: str, root: str) -> bool:
    """True when ``code`` is ``root`` itself or lies below it."""
    return code.startswith(significant_prefix(root))


def pad(code6: str) -> str:
    """``620102`` → ``620102000000``, the form item systems use."""
    return code6.ljust(12, "0")


def lineage(code: str) -> tuple[str, ...]:
    """The code itself, then its parent … up to the province. ValueError unless 12 digits.

    ``620102001000`` → itself, ``620102000000``, ``620100000000``, ``620000000000``.
    """
    width = len(significant_prefix(code))
    return tuple(pad(code[:w]) for w in reversed(_WIDTHS) if w <= width)
