"""``yiwang docs``: write the look-up pages that follow from the code. Again changes nothing."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import TypeVar

from yiwang.capability.journey.documents import DOCUMENTS
from yiwang.kernel.events import Event
from yiwang.kernel.refusals import Refusal
from yiwang.mechanisms.jobs import registry
from yiwang.project import background, settings, wiring
from yiwang.project.cli import GROUPS
from yiwang.support.letters.definitions.wording import NEWEST

Thing = TypeVar("Thing")
HEAD = "<!-- written by `yiwang docs` (make docs); change the code, not this page -->\n"


def main(arguments: list[str]) -> int:
    """Write every generated page into ``docs/look-up``."""
    del arguments
    _import_everything()
    folder = settings.ROOT / "docs" / "look-up"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")
        print(f"docs/look-up/{name}")
    records = folder.parent / "decisions"
    (records / "README.md").write_text(decisions(records), encoding="utf-8")
    print("docs/decisions/README.md")
    return 0


def pages() -> dict[str, str]:
    """File name → text."""
    return {
        "commands.md": commands(),
        "events.md": events(),
        "refusals.md": refusals(),
        "background-work.md": work(),
        "letters.md": case_letters(),
    }


def decisions(folder: Path) -> str:
    """The index of the decision records, by number."""
    rows = []
    for record in sorted(folder.glob("[0-9]*.md")):
        heading = record.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")
        number, _, title = heading.partition(" ")
        rows.append(f"- [{number}]({record.name}) {title}")
    why = (
        "Why things are as they are, half a page each: context, choice, what we gave up. A choice is\n"
        "changed by a new record that names the old one.\n"
    )
    return "\n".join(("# Decisions", HEAD, why, *rows, ""))


def commands() -> str:
    """Each group of the command line with the first lines of its module."""
    rows = []
    for group, module in sorted(GROUPS.items()):
        words = inspect.getdoc(importlib.import_module(module)) or ""
        rows.append(f"## `yiwang {group}`\n\n{words}\n")
    return "\n".join(("# Commands", HEAD, *rows))


def events() -> str:
    """Each fact, what it carries, who hears it."""
    rows = []
    for event in sorted(all_events(), key=lambda one: one.name):
        heard = [f"`{r.__module__}.{r.__name__}`" for r in wiring.WHO_HEARS.get(event, ())]
        carries = ", ".join(f"`{field.name}`" for field in fields(event))
        who = ", ".join(heard) or "nobody; read from the journal"
        rows.append(f"## `{event.name}` · `{event.__name__}`\n\n{_first_line(event)}\n")
        rows.append(f"Carries {carries}. Heard by {who}.\n")
    return "\n".join(("# Events", HEAD, *rows))


def refusals() -> str:
    """Each way to say no: code, status, Chinese sentence, remedy."""
    rows = ["| code | status | sentence | remedy | of |", "| --- | --- | --- | --- | --- |"]
    for refusal in sorted(all_refusals(), key=lambda one: (one.__name__, one.__module__)):
        cells = (refusal.sentence, refusal.remedy)
        sentence, remedy = (str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells)
        place = refusal.__module__.removeprefix("yiwang.")
        rows.append(
            f"| `{refusal.__name__}` | {refusal.status} | {sentence} | {remedy} | {place} |"
        )
    return "\n".join(("# Refusals", HEAD, *rows, ""))


def work() -> str:
    """Each piece of background work and when it starts."""
    rows = ["| task | starts | tries | what it does |", "| --- | --- | --- | --- |"]
    for name, task in sorted(registry.TASKS.items()):
        periodic = registry.PERIODIC.get(name)
        starts = f"every {periodic.minutes} min" if periodic else "when handed over"
        rows.append(f"| `{name}` | {starts} | {task.attempts} | {_first_line(task.function)} |")
    return "\n".join(("# Background work", HEAD, *rows, ""))


def case_letters() -> str:
    """Each kind of letter: its name, the steps that write it, its article, its wordings."""
    rows = ["| document | kind | written by | basis | served | wordings |"]
    rows.append("| --- | --- | --- | --- | --- | --- |")
    for kind, duty in DOCUMENTS.items():
        by = " ".join(f"`{act}`" for act in duty.by)
        worded = " ".join(f"`{w.code}`" for w in NEWEST.values() if w.kind == kind)
        name = f"**{duty.name}**" if duty.standard else duty.name
        served = "yes" if duty.served else ""
        rows.append(f"| {name} | `{kind}` | {by} | {duty.basis} | {served} | {worded} |")
    about = (
        "Bold: the standard list of case documents, complete. “Served”: it goes to the person, enters\n"
        "their space when it is written (电子签名法 11), and may have a 送达回证 for the paper.\n"
    )
    return "\n".join(("# Letters of a case", HEAD, about, *rows, ""))


def all_events() -> list[type[Event]]:
    """Every event class of the house; slots make a second class, which is not one."""
    return [found for found in _below(Event) if found.name]


def all_refusals() -> list[type[Refusal]]:
    """Every refusal of the house."""
    return list(_below(Refusal))


def _below(base: type[Thing]) -> Iterator[type[Thing]]:
    for child in base.__subclasses__():
        module = sys.modules[child.__module__]
        is_real = getattr(module, child.__name__, None) is child
        if is_real and child.__module__.startswith("yiwang.") and ".tests" not in child.__module__:
            yield child
        yield from _below(child)


def _first_line(thing: object) -> str:
    return (inspect.getdoc(thing) or "").split("\n\n")[0].replace("\n", " ").replace("|", "\\|")


def _import_everything() -> None:
    background.know_all()
    source = Path(__file__).resolve().parents[2]
    for path in sorted((source / "yiwang").rglob("*.py")):
        parts = path.relative_to(source).with_suffix("").parts
        if not {"tests", "migrations", "__main__", "__init__"} & set(parts):
            importlib.import_module(".".join(parts))
