"""Every setting, command, event, refusal and term is mentioned where people look it up."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from django.apps import apps

from tests.house.test_wiring import all_events
from tests.house.tree import ROOT, plant, sources
from yiwang.kernel.refusals import Refusal
from yiwang.project.cli import GROUPS

LOOK_UP = ROOT / "docs" / "look-up"
#: Read by the tools around us, not settings of ours.
FOREIGN = {"PATH", "PROMETHEUS_MULTIPROC_DIR", "DJANGO_SETTINGS_MODULE"}


def pages(folder: Path = LOOK_UP) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.md")))


def missing(names: Collection[str], text: str) -> list[str]:
    return sorted(name for name in names if f"`{name}`" not in text and f"`{name} " not in text)


def settings_read(base: Path) -> Iterator[str]:
    for source in sources(base):
        yield from re.findall(
            r"""environ(?:\.get\(|\[|\.setdefault\()\s*["']([A-Z_]+)["']""", source.text
        )


def refusals() -> set[str]:
    found, todo = set(), [Refusal]
    while todo:
        for child in todo.pop().__subclasses__():
            if child.__module__.startswith("yiwang.") and ".tests" not in child.__module__:
                found.add(child.__name__)
            todo.append(child)
    return found


def test_every_setting_is_explained(tmp_path):
    assert missing(set(settings_read(ROOT / "src")) - FOREIGN, pages()) == []
    plant(tmp_path, "yiwang/project/settings.py", 'os.environ.get("YIWANG_PLANTED")')
    assert missing(set(settings_read(tmp_path)), pages()) == ["YIWANG_PLANTED"]


def test_every_command_is_explained():
    assert missing([f"yiwang {group}" for group in GROUPS], pages()) == []
    assert missing(["yiwang planted"], pages()) == ["yiwang planted"]


def test_every_event_is_explained():
    assert missing([event.name for event in all_events()], pages()) == []
    assert missing(["planted.event"], pages()) == ["planted.event"]


def test_every_refusal_is_explained():
    assert missing(refusals(), pages()) == []
    assert missing(["CannotPlant"], pages()) == ["CannotPlant"]


def test_every_table_and_event_is_in_the_glossary():
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    tables = {m.__name__ for m in apps.get_models() if m.__module__.startswith("yiwang.")}
    events = {event.__name__ for event in all_events()}
    assert missing(tables | events, glossary) == []
    assert missing(["PlantedTable"], glossary) == ["PlantedTable"]
