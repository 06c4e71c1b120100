"""Questions of one step as HTML: folded parts of the published form with this person's answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yiwang.capability.intake import queries as intake
from yiwang.capability.intake.definitions import Field, Form, Kind
from yiwang.entrance.shell.forms import boxes
from yiwang.entrance.shell.forms.folding import Folded, attribute, fold, joined, slot
from yiwang.entrance.shell.forms.state import PageState

_TEMPLATES: Final = {
    Kind.TEXT: "text",
    Kind.LONG_TEXT: "long_text",
    Kind.NUMBER: "text",
    Kind.DATE: "date",
    Kind.CHOICE: "choice",
    Kind.CHOICES: "choice",
    Kind.YES_NO: "choice",
    Kind.CITIZEN_ID: "text",
    Kind.PHONE: "text",
    Kind.ACCOUNT: "text",
    Kind.DIVISION: "division",
    Kind.PERSON: "pair",
    Kind.ORGANIZATION: "pair",
    Kind.INDUSTRY: "industry",
    Kind.LICENCE: "licence",
    Kind.GROUP: "group",
    Kind.FILE: "file",
}
_INPUT_MODES: Final = {
    Kind.NUMBER: "decimal",
    Kind.PHONE: "tel",
    Kind.ACCOUNT: "numeric",
}
_SHORT: Final = frozenset({Kind.NUMBER, Kind.PHONE})
_folds: dict[tuple[str, str, str, str], Folded] = {}
_MOST_FOLDS: Final = 20_000


def render_fields(form: Form, fields: Sequence[Field], state: PageState) -> SafeString:
    """The questions one after another; hidden ones are there too, hidden, for the browser's switch."""
    return joined([render_field(form, field, state) for field in fields])


def render_field(form: Form, field: Field, state: PageState) -> SafeString:
    """One question: also what prefilling sends to replace it on an open page."""
    value = state.answers.get(field.key)
    values = boxes.values_of(field, field.key, value, state)
    if field.kind is Kind.GROUP:
        values["rows"] = _rows(form, field, value, state)
    fact = state.prefilled.get(field.key)
    agreed = fact is not None and fact.value == value
    values["filled"] = attribute(" filled") if agreed else None
    values["source"] = boxes.source_line(field, state)
    values["error"] = boxes.error_line(field.key, state)
    readonly = agreed and field.kind in boxes.ONE_BOX and field.key not in state.editing
    closed = field.key in state.closed
    readonly = closed or (readonly and field.key not in state.problems)
    values["state"] = boxes.aria(field, field.key, state, readonly=readonly)
    if field.show_when and field.key not in state.visible:
        values["shown"] = attribute(" hidden")
    masked = readonly and field.sensitive and field.kind in boxes.ONE_BOX
    if masked:
        values["value"] = intake.mask_answer(field, value)
    return _folded(form, field, field.key, masked=masked).put(values)


def _rows(form: Form, group: Field, value: Any, state: PageState) -> SafeString:
    given = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    count = max(len(given), state.extra_rows.get(group.key, 0), group.min_items, 1)
    frame = boxes.common("row")
    rows = []
    for index in range(min(count, group.max_items or count)):
        row = given[index] if index < len(given) else {}
        inner = joined(
            [_row_field(form, group, field, row, index, state) for field in group.fields]
        )
        name = group.row_name
        told = {"id": group.key, "index": index, "number": index + 1, "fields": inner, "name": name}
        rows.append(frame.put(told))
    return joined(rows)


def _row_field(
    form: Form, group: Field, field: Field, row: dict[str, Any], index: int, state: PageState
) -> SafeString:
    key = f"{group.key}-{index}-{field.key}"
    values = boxes.values_of(field, key, row.get(field.key), state)
    values["index"] = str(index)
    values["error"] = boxes.error_line(key, state)
    values["state"] = boxes.aria(field, key, state)
    given = row.get(field.key)
    hidden = group.key in state.closed and field.sensitive and field.kind in boxes.ONE_BOX
    if hidden and given is not None:
        values["value"] = intake.mask_answer(field, given)
    return _folded(form, field, f"{group.key}-{slot('index')}-{field.key}").put(values)


def _folded(form: Form, field: Field, name: str, *, masked: bool = False) -> Folded:
    template = "masked" if masked else _TEMPLATES[field.kind]
    key = (form.digest, name, template, get_language() or "")
    known = _folds.get(key)
    if known is None:
        if len(_folds) >= _MOST_FOLDS:
            _folds.clear()
        known = _folds[key] = _fold(field, name, template)
    return known


def _fold(field: Field, name: str, template: str) -> Folded:
    """Everything that is the same for everybody, with slots for what is not."""
    slots = ("error", "source", "shown", "state", "filled", "value", "year", "month", "day")
    more = ("selects", "results", "query", "rows", "files", "looks", "said")
    context: dict[str, Any] = {slot_name: slot(slot_name) for slot_name in (*slots, *more)}
    context |= {
        "id": attribute(name),
        "field": field,
        "width": " short" if field.kind in _SHORT or field.unit else "",
        "inputmode": _INPUT_MODES.get(field.kind, ""),
        "many": field.kind is Kind.CHOICES,
        "options": _options(field),
        "in_row": field.kind is Kind.YES_NO,
        "parts": boxes.folded_parts(field, name),
        "accept": ",".join(f".{ending}" for ending in field.accept),
        "labels": json.dumps(boxes.level_labels(), ensure_ascii=False),
        "accept_words": "、".join(ending.upper() for ending in field.accept),
    }
    if field.show_when:
        context["when_values"] = json.dumps([boxes.as_typed(v) for v in field.show_when.values])
    return fold(f"components/fields/{template}.html", context)


def _options(field: Field) -> list[dict[str, str]]:
    if field.kind is Kind.YES_NO:
        pairs = [("yes", _("是"), ""), ("no", _("否"), "")]
    else:
        pairs = [(option.value, option.label, option.help) for option in field.options]
    return [
        {"value": value, "label": label, "help": help_, "checked": slot(f"checked:{value}")}
        for value, label, help_ in pairs
    ]
