"""typst in this process: one warm compiler, our own fonts, no network, no files but the layout.

Values reach the layout as one JSON text in ``sys.inputs``; they are never part of the source, so a
name full of typst commands prints as exactly these characters.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Final

import segno
import typst
from fontTools.ttLib import TTFont

FONTS: Final = Path(__file__).resolve().parents[2] / "fonts"
LETTER: Final = (Path(__file__).parent / "letter.typ").read_bytes()
_one_at_a_time = Lock()


@cache
def _compiler() -> typst.Compiler:
    """Made once per process: reading 37 MB of fonts takes far longer than any letter."""
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]
    )
    return typst.Compiler(root=Path(__file__).parent, font_paths=fonts, ignore_system_fonts=True)


@cache
def coverage() -> frozenset[int]:
    """Every code point at least one of our fonts can draw."""
    covered: set[int] = set()
    for path in sorted(FONTS.glob("*.ttf")):
        with TTFont(path, lazy=True) as font:
            covered.update(font.getBestCmap())
    return frozenset(covered)


def qr_svg(text: str) -> str:
    """A QR code (error level M, four modules of margin) as a small SVG text."""
    out = io.BytesIO()
    segno.make_qr(text, error="m").save(out, kind="svg", xmldecl=False, border=2, omitsize=True)
    return out.getvalue().decode()


def render(layout: bytes, face: Mapping[str, object], *, at: datetime) -> bytes:
    """PDF bytes of one layout and its data; the same data and moment give the same bytes."""
    with _one_at_a_time:
        pdf = _compiler().compile(
            input=layout,
            format="pdf",
            sys_inputs={"face": json.dumps(face, ensure_ascii=False)},
            timestamp=int(at.timestamp()),
        )
    if not isinstance(pdf, bytes):
        raise RuntimeError("the layout did not give one PDF")
    return pdf
