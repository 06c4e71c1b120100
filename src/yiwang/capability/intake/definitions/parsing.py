"""``form.yaml`` (JSON Schema 2020-12 with ``x-`` notes) → ``Form``, or every problem at once.

The accepted subset is described in ``docs/look-up/form-file.md``; what is not on it is a problem,
never silently ignored.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from yiwang.capability.intake.definitions.form import (
    DAY_TODAY,
    Field,
    Form,
    FormStep,
    Kind,
    Problem,
)
from yiwang.capability.intake.definitions.notes import NoteReader
from yiwang.capability.intake.definitions.schema import DIALECT, build_schema

_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_TOP: Final = {
    "$schema", "$id", "title", "description", "type", "required", "properties",
    "additionalProperties", "x-steps",
}  # fmt: skip
_NOTES: Final = {
    "x-question", "x-material", "x-licence",
    "type", "title", "description", "enum", "format", "items", "properties", "required", "pattern",
    "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "uniqueItems",
    "x-kind", "x-why", "x-help", "x-prefill", "x-grade", "x-show-when", "x-labels",
    "x-option-help", "x-accept", "x-unit", "x-earliest", "x-latest", "x-level", "x-root",
    "x-account", "x-pattern-hint", "x-row-name", "x-autocomplete", "x-own-statement",
}  # fmt: skip
FILE_ENDINGS: Final = ("pdf", "jpg", "jpeg", "png", "ofd", "docx", "xlsx")


def parse_form(document: Any) -> tuple[Form | None, tuple[Problem, ...]]:
    """Read a form file that is already plain data. Form is None when there is any problem."""
    if not isinstance(document, Mapping):
        return None, (Problem("", "form.yaml 应当是一组“键: 值”"),)
    reader = _Reader()
    form = reader.read(document)
    return (None if reader.problems else form), tuple(reader.problems)


class _Reader(NoteReader):
    def read(self, document: Mapping[str, Any]) -> Form:
        for key in sorted(set(document) - _TOP, key=str):
            self.say(str(key), "不认识这个键，见 docs/look-up/form-file.md")
        if document.get("$schema", DIALECT) != DIALECT:
            self.say("$schema", f"只支持 {DIALECT}")
        fields = {f.key: f for f in self._fields(document, "")}
        steps = self._steps(document.get("x-steps"), fields)
        title = str(document.get("title") or "")
        if not title:
            self.say("title", "缺少表单名称")
        schema = build_schema(tuple(fields.values()), title)
        told = json.dumps(document, sort_keys=True, ensure_ascii=False, default=str)
        return Form(title, steps, schema, hashlib.sha256(told.encode()).hexdigest()[:24])

    def _steps(self, given: Any, fields: dict[str, Field]) -> tuple[FormStep, ...]:
        if not isinstance(given, list) or not given:
            self.say("x-steps", "至少要有一步，每步写 key、title、fields")
            return ()
        steps, placed = [], list[str]()
        for number, step in enumerate(given):
            path = f"x-steps/{number}"
            if not isinstance(step, Mapping) or not isinstance(step.get("fields"), list):
                self.say(path, "每步写 key、title、fields（字段名的列表）")
                continue
            keys = [str(key) for key in step["fields"]]
            for key in keys:
                if key not in fields:
                    self.say(f"{path}/fields", f"properties 里没有“{key}”")
            placed += keys
            members = tuple(fields[key] for key in keys if key in fields)
            key, title = str(step.get("key") or ""), str(step.get("title") or "")
            if not _KEY.fullmatch(key) or not title:
                self.say(path, "key 用小写英文，title 用中文，都要写")
            steps.append(FormStep(key, title, members))
        self._placed_once(placed, fields)
        if len({s.key for s in steps}) != len(steps):
            self.say("x-steps", "两步用了同一个 key")
        return tuple(steps)

    def _placed_once(self, placed: list[str], fields: dict[str, Field]) -> None:
        for key in fields:
            if placed.count(key) != 1:
                self.say(
                    "x-steps", f"字段“{key}”应当正好出现在一步里，现在是 {placed.count(key)} 步"
                )
        order = {key: position for position, key in enumerate(placed)}
        for field in fields.values():
            asked = field.show_when.field if field.show_when else field.key
            if order.get(asked, 0) > order.get(field.key, 0):
                self.say(f"properties/{field.key}/x-show-when", f"“{asked}”要排在它前面")

    def _fields(self, document: Mapping[str, Any], path: str) -> tuple[Field, ...]:
        given = document.get("properties")
        if not isinstance(given, Mapping) or not given:
            self.say(f"{path}properties", "至少要有一个字段")
            return ()
        required = [str(key) for key in self.listed(document, "required", path.rstrip("/"))]
        for key in required:
            if key not in given:
                self.say(f"{path}required", f"properties 里没有“{key}”")
        fields = []
        for key, notes in given.items():
            where = f"{path}properties/{key}"
            if not isinstance(key, str) or not _KEY.fullmatch(key):
                self.say(where, "字段名用小写英文、数字、下划线，不超过 40 个字符")
            elif not isinstance(notes, Mapping):
                self.say(where, "字段的写法应当是一组“键: 值”")
            else:
                fields.append(self._field(key, notes, key in required, where))
        self._check_ties(fields, path)
        return tuple(fields)

    def _check_ties(self, fields: list[Field], path: str) -> None:
        known = {f.key: f for f in fields}
        for field in fields:
            where = f"{path}properties/{field.key}"
            self._check_condition(field, known, where)
            for _, source in field.prefill_with:
                asked = source.removeprefix("answer:")
                if asked != source and asked not in known:
                    self.say(f"{where}/x-prefill", f"没有字段“{asked}”")
            for note, value in (("x-earliest", field.earliest), ("x-latest", field.latest)):
                other = known.get(value)
                is_day = value in ("", DAY_TODAY) or _DAY.fullmatch(value) is not None
                if not is_day and (other is None or other.kind is not Kind.DATE):
                    self.say(
                        f"{where}/{note}", "写 today、2026-01-01 这样的日子，或另一个日期字段名"
                    )

    def _check_condition(self, field: Field, known: dict[str, Field], where: str) -> None:
        if field.show_when is None:
            return
        other = known.get(field.show_when.field)
        if other is None or other is field:
            self.say(f"{where}/x-show-when", f"没有字段“{field.show_when.field}”")
        elif other.kind is Kind.YES_NO:
            if any(not isinstance(v, bool) for v in field.show_when.values):
                self.say(f"{where}/x-show-when", "是否题的答案写 true 或 false")
        elif other.kind in (Kind.CHOICE, Kind.CHOICES):
            codes = {o.value for o in other.options}
            for value in field.show_when.values:
                if value not in codes:
                    self.say(f"{where}/x-show-when", f"“{other.key}”没有选项“{value}”")
        else:
            self.say(f"{where}/x-show-when", "只能跟着是否题、单选题或多选题显示")

    def _field(self, key: str, notes: Mapping[str, Any], required: bool, where: str) -> Field:
        for note in sorted(set(notes) - _NOTES, key=str):
            self.say(f"{where}/{note}", "不认识这个键，见 docs/look-up/form-file.md")
        kind = self.kind(notes, where)
        label = str(notes.get("title") or "")
        if not label:
            self.say(f"{where}/title", "缺少问题的名称")
        accept = tuple(str(e).lower().lstrip(".") for e in self.listed(notes, "x-accept", where))
        for ending in accept:
            if ending not in FILE_ENDINGS:
                self.say(f"{where}/x-accept", f"不收“{ending}”，可收 {'、'.join(FILE_ENDINGS)}")
        rows = self._rows(notes, where) if kind is Kind.GROUP else ()
        return Field(
            key=key,
            kind=kind,
            label=label,
            help=str(notes.get("x-help") or notes.get("description") or ""),
            why=str(notes.get("x-why") or ""),
            required=required,
            options=self.options(notes, kind, where),
            **self.prefill(notes, where),
            grade=self.grade(notes, kind, where),
            show_when=self.show_when(notes.get("x-show-when"), where),
            max_length=self.whole(notes, "maxLength", where),
            minimum=self.figure(notes, "minimum", where),
            maximum=self.figure(notes, "maximum", where),
            fields=rows,
            accept=accept or (("pdf", "jpg", "jpeg", "png", "ofd") if kind is Kind.FILE else ()),
            integer=notes.get("type") == "integer",
            unit=str(notes.get("x-unit") or ""),
            earliest=str(notes.get("x-earliest") or ""),
            latest=str(notes.get("x-latest") or ""),
            division_level=self.whole(notes, "x-level", where) or 0,
            division_root=self.root(notes, where),
            bank_card=notes.get("x-account") == "bank-card",
            min_items=self.whole(notes, "minItems", where) or 0,
            max_items=self.whole(notes, "maxItems", where) or _most(kind),
            pattern=self.pattern(notes, where),
            pattern_hint=str(notes.get("x-pattern-hint") or ""),
            row_name=str(notes.get("x-row-name") or label),
            autocomplete=str(notes.get("x-autocomplete") or ""),
            question=self.question(notes.get("x-question"), kind, where),
            material=self.material(notes, kind, where),
            licence=self.licence(notes, kind, where),
            own_statement=self.own_statement(notes, kind, where),
        )

    def _rows(self, notes: Mapping[str, Any], where: str) -> tuple[Field, ...]:
        items = notes.get("items")
        if not isinstance(items, Mapping):
            self.say(f"{where}/items", "重复组要写 items，里面写 properties")
            return ()
        rows = self._fields(items, f"{where}/items/")
        for row in rows:
            if row.kind in (Kind.GROUP, Kind.FILE, Kind.DIVISION, Kind.INDUSTRY, Kind.LICENCE):
                self.say(f"{where}/items/properties/{row.key}", "重复组里不能再放这种字段")
        return rows


def _most(kind: Kind) -> int | None:
    return {Kind.GROUP: 20, Kind.FILE: 5}.get(kind)
