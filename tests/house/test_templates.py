"""Templates: each visitor's own, safe under the strict content policy, escaped."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import ROOT

_USES = re.compile(r"""{%\s*(?:include|extends)\s+["']([^"']+)["']""")
_UNSAFE = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(?!\s*</script>)", re.I),
    "inline handler": re.compile(r"<[^>]+\son[a-z]+\s*=", re.I),
    "inline style": re.compile(r"<style\b|<[^>]+\sstyle\s*=", re.I),
    "unescaped value": re.compile(r"\|\s*safe\b|{%\s*autoescape\s+off"),
    "script address": re.compile(r"""(?:href|src)\s*=\s*["']\s*javascript:""", re.I),
    "foreign address": re.compile(
        r"""<(?:script|link|img|iframe)[^>]+(?:src|href)\s*=\s*["']https?://""", re.I
    ),
}
#: The one reviewed module that may emit ready-made HTML.
REVIEWED: frozenset[str] = frozenset()


def visitor_templates(base: Path) -> Iterator[tuple[str, Path]]:
    for folder in sorted((base / "yiwang" / "entrance").glob("*/templates")):
        for path in sorted(folder.rglob("*.html")):
            yield folder.parent.name, path


def strangers(base: Path) -> Iterator[str]:
    """Templates that include or extend another visitor's."""
    for visitor, path in visitor_templates(base):
        for used in _USES.findall(path.read_text(encoding="utf-8")):
            if used.split("/")[0] not in (visitor, "shell", "components"):
                yield f"{path.relative_to(base)} uses {used}"


def unsafe(base: Path) -> Iterator[str]:
    for _, path in visitor_templates(base):
        text = re.sub(
            r"{#.*?#}|{%\s*comment.*?endcomment\s*%}",
            "",
            path.read_text(encoding="utf-8"),
            flags=re.S,
        )
        for what, pattern in _UNSAFE.items():
            if pattern.search(text) and str(path.relative_to(base)) not in REVIEWED:
                yield f"{path.relative_to(base)}: {what}"


def test_no_visitor_uses_another_visitors_template(tmp_path):
    assert list(strangers(ROOT / "src")) == []
    write(tmp_path, '{% include "desk/case.html" %}')
    assert list(strangers(tmp_path)) != []


def test_templates_need_no_exception_from_the_content_policy():
    assert list(unsafe(ROOT / "src")) == []


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<a onclick="x()">',
        '<p style="color:red">',
        "<style>p{}</style>",
        "{{ name|safe }}",
        '<a href="javascript:x">',
        '<script src="https://cdn.example/x.js"></script>',
    ],
)
def test_a_planted_exception_is_seen(tmp_path, text):
    write(tmp_path, text)
    assert list(unsafe(tmp_path)) != []


def write(base: Path, text: str) -> None:
    path = base / "yiwang/entrance/citizen/templates/citizen/page.html"
    path.parent.mkdir(parents=True)
    path.write_text(text)
