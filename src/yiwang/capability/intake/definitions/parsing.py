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
    FromQuestion,
    Kind,
    Option,
    Problem,
    ShowWhen,
)
from yiwang.capability.intake.definitions.schema import DIALECT, build_schema

_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_TOP: Final = {
    "$schema", "$id", "title", "description", "type", "required", "properties",
    "additionalProperties", "x-steps",
}  # fmt: skip
_NOTES: Final = {
    "x-question", "x-material",
    "type", "title", "description", "enum", "format", "items", "properties", "required", "pattern",
    "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "uniqueItems",
    "x-kind", "x-why", "x-help", "x-prefill", "x-grade", "x-show-when", "x-labels",
    "x-option-help", "x-accept", "x-unit", "x-earliest", "x-latest", "x-level", "x-root",
    "x-account", "x-pattern-hint", "x-row-name", "x-autocomplete",
}  # fmt: skip
#: Grade a kind has at least, whatever the file says (GB/T 39725-like reading: identity, accounts).
_LEAST_GRADE: Final = {
    Kind.CITIZEN_ID: 3, Kind.ACCOUNT: 3, Kind.PERSON: 3, Kind.PHONE: 3,
}  # fmt: skip
_GUESSED: Final = {"integer": Kind.NUMBER, "number": Kind.NUMBER, "boolean": Kind.YES_NO}
FILE_ENDINGS: Final = ("pdf", "jpg", "jpeg", "png", "ofd", "docx", "xlsx")


def parse_form(document: Any) -> tuple[Form | None, tuple[Problem, ...]]:
    """Read a form file that is already plain data. Form is None when there is any problem."""
    if not isinstance(document, Mapping):
        return None, (Problem("", "form.yaml 应当是一组“键: 值”"),)
    reader = _Reader()
    form = reader.read(document)
    return (None if reader.problems else form), tuple(reader.problems)


class _Reader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def say(self, path: str, sentence: str) -> None:
        self.problems.append(Problem(path, sentence))

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
        required = [str(key) for key in self._list(document, "required", path.rstrip("/"))]
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
        kind = self._kind(notes, where)
        label = str(notes.get("title") or "")
        if not label:
            self.say(f"{where}/title", "缺少问题的名称")
        accept = tuple(str(e).lower().lstrip(".") for e in self._list(notes, "x-accept", where))
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
            options=self._options(notes, kind, where),
            prefill=self._text(notes, "x-prefill", where) or None,
            grade=self._grade(notes, kind, where),
            show_when=self._show_when(notes.get("x-show-when"), where),
            max_length=self._whole(notes, "maxLength", where),
            minimum=self._figure(notes, "minimum", where),
            maximum=self._figure(notes, "maximum", where),
            fields=rows,
            accept=accept or (("pdf", "jpg", "jpeg", "png", "ofd") if kind is Kind.FILE else ()),
            integer=notes.get("type") == "integer",
            unit=str(notes.get("x-unit") or ""),
            earliest=str(notes.get("x-earliest") or ""),
            latest=str(notes.get("x-latest") or ""),
            division_level=self._whole(notes, "x-level", where) or 0,
            division_root=self._root(notes, where),
            bank_card=notes.get("x-account") == "bank-card",
            min_items=self._whole(notes, "minItems", where) or 0,
            max_items=self._whole(notes, "maxItems", where) or _most(kind),
            pattern=self._pattern(notes, where),
            pattern_hint=str(notes.get("x-pattern-hint") or ""),
            row_name=str(notes.get("x-row-name") or label),
            autocomplete=str(notes.get("x-autocomplete") or ""),
            question=self._question(notes.get("x-question"), kind, where),
            material=self._material(notes, kind, where),
        )

    def _kind(self, notes: Mapping[str, Any], where: str) -> Kind:
        said = notes.get("x-kind")
        if said is None:
            if "enum" in notes:
                return Kind.CHOICE
            if notes.get("format") == "date":
                return Kind.DATE
            return _GUESSED.get(str(notes.get("type")), Kind.TEXT)
        try:
            return Kind(str(said).upper().replace("-", "_"))
        except ValueError:
            names = "、".join(k.value.lower().replace("_", "-") for k in Kind)
            self.say(f"{where}/x-kind", f"没有“{said}”这种字段，可用：{names}")
            return Kind.TEXT

    def _options(self, notes: Mapping[str, Any], kind: Kind, where: str) -> tuple[Option, ...]:
        inner = notes.get("items")
        source = inner if kind is Kind.CHOICES and isinstance(inner, Mapping) else notes
        codes = source.get("enum", notes.get("enum", []))
        labels, helps = notes.get("x-labels") or {}, notes.get("x-option-help") or {}
        if kind not in (Kind.CHOICE, Kind.CHOICES):
            return ()
        well_formed = isinstance(labels, Mapping) and isinstance(helps, Mapping)
        if not isinstance(codes, list) or not codes or not well_formed:
            self.say(f"{where}/enum", "选择题要写 enum（选项代码）和 x-labels（选项名称）")
            return ()
        told = []
        for code in codes:
            if not isinstance(code, str) or code not in labels:
                self.say(f"{where}/x-labels", f"选项“{code}”要是加引号的文本，并且要有名称")
            else:
                told.append(Option(code, str(labels[code]), str(helps.get(code, ""))))
        return tuple(told)

    def _rows(self, notes: Mapping[str, Any], where: str) -> tuple[Field, ...]:
        items = notes.get("items")
        if not isinstance(items, Mapping):
            self.say(f"{where}/items", "重复组要写 items，里面写 properties")
            return ()
        rows = self._fields(items, f"{where}/items/")
        for row in rows:
            if row.kind in (Kind.GROUP, Kind.FILE, Kind.DIVISION, Kind.INDUSTRY):
                self.say(f"{where}/items/properties/{row.key}", "重复组里不能再放这种字段")
        return rows

    def _show_when(self, given: Any, where: str) -> ShowWhen | None:
        if given is None:
            return None
        if not isinstance(given, Mapping) or ("equals" in given) == ("in" in given):
            self.say(
                f"{where}/x-show-when",
                "写 {field: 字段, equals: 答案} 或 {field: 字段, in: [答案]}",
            )
            return None
        values = given["in"] if "in" in given else [given["equals"]]
        if not isinstance(values, list) or not values:
            self.say(f"{where}/x-show-when", "in 后面写答案的列表")
            return None
        if not all(isinstance(value, str | bool | int) for value in values):
            self.say(f"{where}/x-show-when", "答案写选项代码、true 或 false")
            return None
        return ShowWhen(str(given.get("field")), tuple(values))

    def _question(self, given: Any, kind: Kind, where: str) -> FromQuestion | None:
        if given is None:
            return None
        if kind not in (Kind.CHOICE, Kind.YES_NO):
            self.say(f"{where}/x-question", "只有单选题和是否题能沿用指南上的回答")
            return None
        if isinstance(given, str):
            return FromQuestion(given)
        answers = given.get("answers", {}) if isinstance(given, Mapping) else None
        if not isinstance(answers, Mapping) or not isinstance(given.get("key"), str):
            self.say(
                f"{where}/x-question", "写指南问题的 key，或 {key: 问题, answers: {代码: 答案}}"
            )
            return None
        if not all(isinstance(v, str | bool) for v in answers.values()):
            self.say(f"{where}/x-question", "answers 里写选项代码、true 或 false")
            return None
        return FromQuestion(given["key"], tuple((str(k), v) for k, v in answers.items()))

    def _material(self, notes: Mapping[str, Any], kind: Kind, where: str) -> str:
        material = self._text(notes, "x-material", where)
        if material and kind is not Kind.FILE:
            self.say(f"{where}/x-material", "只有文件题能算作材料")
        return material

    def _grade(self, notes: Mapping[str, Any], kind: Kind, where: str) -> int:
        given = notes.get("x-grade", _LEAST_GRADE.get(kind, 1))
        if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= 4:
            self.say(f"{where}/x-grade", "数据级别写 1、2、3 或 4")
            return 4
        if given < _LEAST_GRADE.get(kind, 1):
            self.say(f"{where}/x-grade", f"这种内容至少是 {_LEAST_GRADE[kind]} 级")
        return int(given)

    def _pattern(self, notes: Mapping[str, Any], where: str) -> str:
        pattern = self._text(notes, "pattern", where)
        try:
            re.compile(pattern)
        except re.error:
            self.say(f"{where}/pattern", "这个正则表达式写错了")
            return ""
        if pattern and not notes.get("x-pattern-hint"):
            self.say(f"{where}/x-pattern-hint", "写了 pattern，就要用一句话告诉人该怎么填")
        return pattern

    def _root(self, notes: Mapping[str, Any], where: str) -> str:
        root = str(notes.get("x-root") or "")
        if root and not re.fullmatch(r"\d{12}", root):
            self.say(f"{where}/x-root", "写 12 位区划代码，并加引号")
        return root

    def _text(self, notes: Mapping[str, Any], note: str, where: str) -> str:
        value = notes.get(note, "")
        if not isinstance(value, str):
            self.say(f"{where}/{note}", "这里写文本")
            return ""
        return value

    def _list(self, notes: Mapping[str, Any], note: str, where: str) -> list[Any]:
        value = notes.get(note, [])
        if not isinstance(value, list):
            self.say(f"{where}/{note}", "这里写列表")
            return []
        return value

    def _whole(self, notes: Mapping[str, Any], note: str, where: str) -> int | None:
        value = notes.get(note)
        if value is not None and (
            isinstance(value, bool) or not isinstance(value, int) or value < 0
        ):
            self.say(f"{where}/{note}", "这里写不小于 0 的整数")
            return None
        return value

    def _figure(self, notes: Mapping[str, Any], note: str, where: str) -> int | float | None:
        value = notes.get(note)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            self.say(f"{where}/{note}", "这里写数字")
            return None
        return value


def _most(kind: Kind) -> int | None:
    return {Kind.GROUP: 20, Kind.FILE: 5}.get(kind)
