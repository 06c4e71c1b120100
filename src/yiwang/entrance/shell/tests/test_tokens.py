"""Every pair of colours that carries words or edges is far enough apart, in every theme."""

import re
from pathlib import Path

import pytest

SHEETS = Path(__file__).parents[1] / "static" / "shell"
TEXT, EDGE = 4.5, 3.0
WORDS = [
    *(
        (ink, paper)
        for ink in ("ink-900", "ink-600", "ink-400", "blue-700", "blue-600")
        for paper in ("paper-0", "paper-50")
    ),
    ("ink-900", "paper-100"),
    ("ink-600", "paper-100"),
    ("ink-900", "blue-50"),
    ("ink-600", "blue-50"),
    ("blue-700", "blue-50"),
    ("on-fill", "blue-700"),
    ("on-fill", "ink-900"),
    ("on-fill", "ink-600"),
    ("green-700", "green-50"),
    ("amber-800", "amber-50"),
    ("red-700", "red-50"),
    ("red-700", "paper-0"),
    ("green-700", "paper-0"),
]
EDGES = [("edge", "paper-0"), ("edge", "paper-50"), ("blue-700", "paper-0"), ("red-700", "paper-0")]


def themes() -> dict[str, dict[str, str]]:
    """The colours of each theme: the light ones, and what a theme changes."""
    text = (SHEETS / "tokens.css").read_text()
    blocks = {
        name: dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6})", body))
        for name, body in re.findall(r"(:root|html\.\w+)\s*\{([^}]*)\}", text)
    }
    light = blocks.pop(":root")
    return {"light": light} | {name: light | changed for name, changed in blocks.items()}


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_gives_the_known_extremes():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#777777") == pytest.approx(1)


@pytest.mark.parametrize("theme", themes())
def test_words_stand_out_from_what_they_are_written_on(theme):
    colours = themes()[theme]
    weak = {
        pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2)
        for pair in WORDS
        if contrast(colours[pair[0]], colours[pair[1]]) < TEXT
    }
    assert not weak


@pytest.mark.parametrize("theme", themes())
def test_edges_of_controls_can_be_seen(theme):
    colours = themes()[theme]
    weak = [p for p in EDGES if contrast(colours[p[0]], colours[p[1]]) < EDGE]
    assert not weak


def test_components_name_tokens_and_no_colours_of_their_own():
    """A colour outside the tokens file would not follow the themes; a licence is paper and does."""
    paper = {"tokens.css", "licence.css"}
    own = {
        sheet.name: found
        for sheet in SHEETS.glob("*.css")
        if sheet.name not in paper
        and (found := re.findall(r"#[0-9A-Fa-f]{3,6}\b(?![^{]*\{)", _outside_the_plan(sheet)))
    }
    assert not own


def _outside_the_plan(sheet: Path) -> str:
    """Drawings (``.plan``, ``.viewer``) show paper in its own colours."""
    lines = sheet.read_text().splitlines()
    return "\n".join(x for x in lines if not re.match(r"\.(plan|pl-|viewer|thumbs)", x))


def test_every_token_a_component_uses_exists():
    known = set(re.findall(r"--([\w-]+):", (SHEETS / "tokens.css").read_text()))
    used = {
        (sheet.name, name)
        for sheet in SHEETS.glob("*.css")
        for name in re.findall(r"var\(--([\w-]+)\)", sheet.read_text())
    }
    assert not {(sheet, name) for sheet, name in used if name not in known}
