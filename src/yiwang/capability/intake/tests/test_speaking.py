"""The form of every pack on the shelf speaks English on English pages."""

import re
from pathlib import Path

import pytest
import yaml

from yiwang.capability.intake.definitions import Kind, parse_form
from yiwang.capability.intake.rules import in_language

SHELF = Path(__file__).parents[5] / "packs" / "services"
PACKS = sorted(path.parent.name for path in SHELF.glob("*/form.yaml"))
HANZI = re.compile(r"[\u4e00-\u9fff]")


def read(code, name):
    return yaml.safe_load((SHELF / code / name).read_text(encoding="utf-8"))


def fields(form):
    for field in form.fields:
        yield field
        yield from field.fields


def words(form):
    """Everything a person reads on the form itself."""
    said = [form.title, *(step.title for step in form.steps)]
    for field in fields(form):
        said += [field.label, field.help, field.why, field.unit]
        said += [field.row_name] if field.kind is Kind.GROUP else []
        said += [text for option in field.options for text in (option.label, option.help)]
    return said


@pytest.mark.parametrize("code", PACKS)
def test_every_word_of_a_packs_form_is_said_in_english(code):
    form, problems = parse_form(read(code, "form.yaml"))
    assert problems == ()
    spoken = in_language(form, read(code, "text/en.yaml")["words"])
    assert [text for text in words(form) if HANZI.search(text)]
    assert [text for text in words(spoken) if HANZI.search(text)] == []


def test_a_language_changes_words_and_nothing_else():
    form, _ = parse_form(read("individual-business", "form.yaml"))
    spoken = in_language(form, read("individual-business", "text/en.yaml")["words"])
    assert [f.key for f in fields(spoken)] == [f.key for f in fields(form)]
    for one, other in zip(fields(form), fields(spoken), strict=True):
        assert [o.value for o in one.options] == [o.value for o in other.options]
        assert (one.kind, one.required, one.grade) == (other.kind, other.required, other.grade)
    assert spoken.schema is form.schema
    assert in_language(form, {}) is form
