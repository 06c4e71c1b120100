"""What the house says to citizens has its English: the patterns of ``said``, and refusals they may meet."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "yiwang"
CATALOGUE = SOURCE / "entrance" / "shell" / "locale" / "en" / "LC_MESSAGES" / "django.mo"
#: Where refusals live that a citizen may meet on a page.
MET = (
    "kernel/refusals.py", "capability/intake", "capability/materials", "capability/conversations",
    "capability/commitments/actions/signing.py", "capability/journey/applicant.py",
    "capability/journey/earlier.py", "mechanisms/files/definitions.py", "mechanisms/states/rules.py",
    "support/identity/definitions/__init__.py", "support/identity/definitions/factors.py",
    "support/identity/definitions/sso.py",
    "support/mandates",
)  # fmt: skip
_HANZI = re.compile(r"[\u3400-\u9fff]")
_STAFF_ONLY = ("publishing.py",)


def files(*places: str) -> Iterator[Path]:
    for place in places:
        found = SOURCE / place
        yield from [found] if found.suffix else found.rglob("*.py")


def sentences_of_refusals(path: Path) -> Iterator[str]:
    """``sentence`` and ``remedy`` of the classes in a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for one in node.body if isinstance(node, ast.ClassDef) else ():
            named = isinstance(one, ast.Assign) and getattr(one.targets[0], "id", "")
            if named in ("sentence", "remedy") and isinstance(one.value, ast.Constant):
                yield str(one.value.value)


def patterns(path: Path) -> Iterator[str]:
    """First arguments of ``said(…)`` that are written out."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "said" and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def test_every_sentence_a_citizen_may_meet_has_its_english() -> None:
    with CATALOGUE.open("rb") as opened:
        english = gettext.GNUTranslations(opened)
    said = {text for path in files("") if "tests" not in path.parts for text in patterns(path)}
    met = {
        text
        for path in files(*MET)
        if "tests" not in path.parts and path.name not in _STAFF_ONLY
        for text in sentences_of_refusals(path)
    }
    assert len(said) > 80
    assert len(met) > 60
    missing = sorted(t for t in said | met if _HANZI.search(t) and english.gettext(t) == t)
    assert not missing, "\n".join(missing)
