"""The style sheets every page loads, tokens first. One small file per component, no build step."""

from __future__ import annotations

from typing import Final

SHEETS: Final = tuple(
    f"shell/{name}.css"
    for name in (
        "tokens",
        "ground",
        "frame",
        "words",
        "button",
        "field",
        "search",
        "fold",
        "tag",
        "notice",
        "panel",
        "table",
        "materials",
        "steps",
        "timeline",
        "talk",
        "strip",
        "drawing",
        "print",
    )
)
