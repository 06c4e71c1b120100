"""How a person wants to see pages: size of print, contrast, grey. Kept in one cookie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

COOKIE: Final = "look"
KEPT_FOR_SECONDS: Final = 400 * 24 * 3600
SIZES: Final = ("", "large", "larger")
CONTRASTS: Final = ("", "contrast")


@dataclass(frozen=True, slots=True)
class Look:
    """``size``: "", "large" (20 px) or "larger" (30 px); ``contrast``: "" or "contrast"."""

    size: str = ""
    contrast: str = ""
    grey: bool = False

    @property
    def classes(self) -> str:
        """The classes of the html element: token sets and nothing else hang on them."""
        named = {"": "", "large": "large", "larger": "large larger"}[self.size]
        parts = (named, self.contrast, "grey" if self.grey else "")
        return " ".join(part for part in parts if part)


def parse(cookie: str, *, mourning: bool = False) -> Look:
    """What the cookie asks for; anything unknown is the ordinary look."""
    size, _, contrast = cookie.partition(".")
    return Look(
        size=size if size in SIZES else "",
        contrast=contrast if contrast in CONTRASTS else "",
        grey=mourning,
    )


def changed(look: Look, *, size: str | None, contrast: str | None) -> str:
    """The cookie after one choice; “normal” is the word for the empty choice in forms."""
    wanted = {"normal": ""}
    new_size = look.size if size is None else wanted.get(size, size)
    new_contrast = look.contrast if contrast is None else wanted.get(contrast, contrast)
    kept = parse(f"{new_size}.{new_contrast}")
    return f"{kept.size}.{kept.contrast}"
