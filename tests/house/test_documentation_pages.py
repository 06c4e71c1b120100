"""The pages of ``docs/`` hang together: links lead somewhere, nothing is orphaned, names are real."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote

from tests.house.tree import ROOT, plant

DOCS = ROOT / "docs"
ONE_CASE = DOCS / "understand" / "one-case.md"
STARTS = tuple(ROOT / name for name in ("README.md", "README.zh-CN.md", "docs/README.md"))
_LINK = re.compile(r"\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")
_CODE = re.compile(r"```.*?```", re.DOTALL)


def links_of(page: Path) -> Iterator[Path]:
    """The files a page links to; addresses elsewhere and anchors on the page left out."""
    for in_text, in_tag in _LINK.findall(_CODE.sub("", page.read_text(encoding="utf-8"))):
        target = unquote((in_text or in_tag).partition("#")[0])
        if target and "://" not in target and not target.startswith("mailto:"):
            yield (page.parent / target).resolve()


def pages(base: Path) -> list[Path]:
    return sorted(base.rglob("*.md"))


def broken(starts: list[Path]) -> list[str]:
    return [
        f"{page.name} → {target.name}"
        for page in starts
        for target in links_of(page)
        if not target.exists()
    ]


def orphans(docs: Path, starts: list[Path]) -> list[str]:
    """Pages no way leads to from the starts."""
    todo, seen = list(starts), set()
    while todo:
        page = todo.pop()
        if page in seen or not page.exists():
            continue
        seen.add(page)
        todo += [target for target in links_of(page) if target.suffix == ".md"]
    return [str(page.relative_to(docs)) for page in pages(docs) if page not in seen]


def named(text: str) -> tuple[set[str], set[str]]:
    """Paths ``src/yiwang/….py`` and names ``module.function`` a page mentions as code."""
    spans = set(re.findall(r"`([^`\n]+)`", _CODE.sub("", text)))
    paths = {span for span in spans if span.startswith("src/yiwang/")}
    names = {
        s
        for s in spans
        if re.fullmatch(r"[a-z_]+\.[a-z_]+", s) and not s.endswith((".yaml", ".py"))
    }
    return paths, names


def defined(paths: set[str], root: Path) -> Mapping[str, set[str]]:
    """Module → public functions, of the named files and the files beside them."""
    found: dict[str, set[str]] = {}
    folders = {(root / path).parent for path in paths}
    for source in {file for folder in folders for file in folder.glob("*.py")}:
        module = ast.parse(source.read_text(encoding="utf-8"))
        functions = {n.name for n in module.body if isinstance(n, ast.FunctionDef)}
        found.setdefault(source.stem, set()).update(functions)
    return found


def unreal(text: str, root: Path) -> list[str]:
    paths, names = named(text)
    functions = defined(paths, root)
    wrong = [path for path in paths if not (root / path).is_file()]
    wrong += [
        name
        for name in names - _PROVIDERS
        if name.partition(".")[2] not in functions.get(name.partition(".")[0], set())
    ]
    return sorted(wrong)


#: What looks like module.function and is the name a pack writes for a source.
_PROVIDERS = {"person.name"}


def test_no_link_in_the_documentation_is_broken(tmp_path):
    assert broken([*STARTS, *pages(DOCS)]) == []
    page = plant(tmp_path, "docs/a.md", "[gone](b.md) ![](c.png) [web](https://x.example/)")
    assert broken([page or tmp_path / "docs" / "a.md"]) == ["a.md → b.md", "a.md → c.png"]


def test_every_page_is_reached_from_the_index(tmp_path):
    assert orphans(DOCS, [DOCS / "README.md"]) == []
    for name, text in (("README.md", "[a](a.md)"), ("a.md", ""), ("lost.md", "")):
        plant(tmp_path, f"docs/{name}", text)
    docs = tmp_path / "docs"
    assert orphans(docs, [docs / "README.md"]) == ["lost.md"]


def test_the_story_of_one_case_names_only_what_exists():
    text = ONE_CASE.read_text(encoding="utf-8")
    assert unreal(text, ROOT) == []
    assert len(named(text)[1]) > 30
    planted = text + "`src/yiwang/nowhere.py` `applicant.vanish`"
    assert unreal(planted, ROOT) == ["applicant.vanish", "src/yiwang/nowhere.py"]
