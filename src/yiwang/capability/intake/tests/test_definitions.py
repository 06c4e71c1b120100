"""form.yaml: what is read, and what is refused."""

from __future__ import annotations

import copy
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from yiwang.capability.intake.definitions import Kind, parse_form
from yiwang.capability.intake.sample import sample_document

GUIDE = Path(__file__).parents[5] / "docs" / "look-up" / "form-file.md"


def problems_after(change) -> dict[str, str]:
    document = copy.deepcopy(sample_document())
    change(document)
    form, problems = parse_form(document)
    assert (form is None) == bool(problems)
    return {p.path: p.sentence for p in problems}


def test_the_sample_form_has_every_kind_of_question():
    form, problems = parse_form(sample_document())
    assert problems == ()
    inner = {f.kind for group in form.fields for f in group.fields}
    assert {f.kind for f in form.fields} | inner == set(Kind)


def test_the_example_in_the_documentation_is_a_valid_form():
    text = re.search(r"```yaml\n(.*?)```", GUIDE.read_text(), re.S).group(1)
    form, problems = parse_form(yaml.safe_load(text))
    assert problems == ()
    assert form.find_field("account").bank_card


def test_every_note_the_reader_knows_is_documented():
    from yiwang.capability.intake.definitions import parsing

    guide = GUIDE.read_text()
    undocumented = [note for note in parsing._NOTES if note.startswith("x-") and note not in guide]
    assert undocumented == []


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("properties/name/x-prefil", lambda d: d["properties"]["name"].update({"x-prefil": "a"})),
        ("properties/name/x-kind", lambda d: d["properties"]["name"].update({"x-kind": "namen"})),
        ("properties/name/title", lambda d: d["properties"]["name"].pop("title")),
        ("properties/citizen_id/x-grade", lambda d: d["properties"]["citizen_id"].update({"x-grade": 1})),
        ("properties/form_kind/x-labels", lambda d: d["properties"]["form_kind"]["x-labels"].pop("family")),
        ("properties/relative/x-show-when", lambda d: d["properties"]["relative"]["x-show-when"].update(field="nobody")),
        ("properties/members/x-show-when", lambda d: d["properties"]["members"]["x-show-when"].update(equals="clan")),
        ("properties/opens_on/x-earliest", lambda d: d["properties"]["opens_on"].update({"x-earliest": "morgen"})),
        ("properties/place/x-root", lambda d: d["properties"]["place"].update({"x-root": "62"})),
        ("properties/proof/x-accept", lambda d: d["properties"]["proof"].update({"x-accept": ["exe"]})),
        ("properties/name/pattern", lambda d: d["properties"]["name"].update({"pattern": "["})),
        ("x-steps", lambda d: d["x-steps"][0]["fields"].remove("phone")),
        ("x-steps/0/fields", lambda d: d["x-steps"][0]["fields"].append("nobody")),
        ("required", lambda d: d["required"].append("nobody")),
        ("oneOf", lambda d: d.update(oneOf=[])),
    ],
)  # fmt: skip
def test_a_mistake_is_named_where_it_is(path, change):
    assert path in problems_after(change)


def test_a_question_cannot_hang_on_one_that_comes_later():
    def swap(document):
        fields = document["x-steps"][0]["fields"]
        fields.remove("by_relative")
        fields.append("by_relative")

    assert "properties/relative/x-show-when" in problems_after(swap)


def test_a_conditional_required_question_becomes_an_if_then():
    form, _ = parse_form(sample_document())
    assert "relative" not in form.schema["required"]
    assert {"required": ["relative"]} in [rule["then"] for rule in form.schema["allOf"]]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(json_values, st.sampled_from(sorted(sample_document())))
def test_reading_any_file_ends_in_a_form_or_in_problems(value, place):
    assert parse_form(value)[0] is None
    document = {**sample_document(), place: value}
    form, problems = parse_form(document)
    assert (form is None) == bool(problems)
    field = {**sample_document()["properties"], "name": value}
    form, problems = parse_form({**sample_document(), "properties": field})
    assert (form is None) == bool(problems)
