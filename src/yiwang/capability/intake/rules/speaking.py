"""A form in another language: each visible word by the path a pack's text file names it with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from yiwang.capability.intake.definitions import Field, Form, FormStep, Option


def in_language(form: Form, words: Mapping[str, str]) -> Form:
    """The same form, Chinese where a word is missing. ``words``: ``form.phone.label`` → its words."""
    if not words:
        return form
    steps = tuple(
        FormStep(
            step.key,
            words.get(f"form.steps.{step.key}", step.title),
            tuple(_field(field, words) for field in step.fields),
        )
        for step in form.steps
    )
    return replace(form, title=words.get("form.title", form.title), steps=steps)


def words_of(form: Form) -> tuple[str, ...]:
    """Every word a form shows, always in the same order, so that two languages can be laid together."""
    said = [form.title, *(step.title for step in form.steps)]
    for outer in form.fields:
        for field in (outer, *outer.fields):
            said += [field.label, field.help, field.why, field.unit, field.row_name]
            said += [word for option in field.options for word in (option.label, option.help)]
    return tuple(said)


def _field(field: Field, words: Mapping[str, str]) -> Field:
    here = f"form.{field.key}"
    return replace(
        field,
        label=words.get(f"{here}.label", field.label),
        help=words.get(f"{here}.help", field.help),
        why=words.get(f"{here}.why", field.why),
        unit=words.get(f"{here}.unit", field.unit),
        row_name=words.get(f"{here}.row", field.row_name),
        options=tuple(_option(option, f"{here}.{option.value}", words) for option in field.options),
        fields=tuple(_field(inner, words) for inner in field.fields),
    )


def _option(option: Option, here: str, words: Mapping[str, str]) -> Option:
    return Option(
        option.value,
        words.get(here, option.label),
        words.get(f"{here}.help", option.help),
    )
