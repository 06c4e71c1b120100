"""Every command and program the handbooks print is run by a test, or stands in a table with the reason why not."""

import pytest

from tests import handbook
from tests.platform.handbook_cases import CASES, NOT_HERE, OTHERS

SHELL = ("sh", "bash", "")
PAGES = sorted(
    str(path.relative_to(handbook.DOCS))
    for folder in ("handbook", "do")
    for path in (handbook.DOCS / folder).glob("*.md")
)


def printed(pages: list[str]) -> set[tuple[str, str]]:
    """Lines for the shell; of other blocks the first line."""
    found = set()
    for page in pages:
        for block in handbook.blocks(page):
            lines = handbook.commands(block) if block.language in SHELL else (block.first,)
            found |= {(page, line) for line in lines}
    return found


def test_every_printed_line_is_tried_or_says_why_not(tmp_path, monkeypatch):
    known = {*CASES, *NOT_HERE, *OTHERS}
    assert printed(PAGES) - known == set()
    assert known - printed(PAGES) == set()
    assert set(CASES) & set(NOT_HERE) == set()
    monkeypatch.setattr(handbook, "DOCS", tmp_path)
    (tmp_path / "a.md").write_text(
        "1. ok\n   ```sh\n   ./yiwang new \\\n     thing  # remark\n   ```\n"
    )
    assert printed(["a.md"]) == {("a.md", "./yiwang new thing")}


def test_a_placeholder_that_is_not_there_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(handbook, "DOCS", tmp_path)
    (tmp_path / "a.md").write_text(
        "## 一\n读 one\n```sh\n# no heading\nrun HERE\n```\n### 二\n三\n## 四\n“点”\n"
    )
    block = handbook.block("a.md", "run")
    assert block.filled({"HERE": "there"}).endswith("run there\n")
    for wrong in ("GONE", "run THERE"):
        with pytest.raises(LookupError, match=wrong):
            block.filled({wrong: ""})
    assert handbook.to_read("读 one 二") == 3
    assert "run HERE" in handbook.section("a.md", "一")
    assert "四" not in handbook.section("a.md", "一")
    assert handbook.quoted("a.md") == {"点"}
