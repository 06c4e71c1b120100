"""The ``x-`` notes of one field, read one by one; every mistake is said, none is guessed away."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from yiwang.capability.intake.definitions.form import (
    FromQuestion,
    Kind,
    Option,
    Problem,
    ShowWhen,
)

#: Grade a kind has at least, whatever the file says: identity, accounts, how to reach a person.
_LEAST_GRADE: Final = {
    Kind.CITIZEN_ID: 3, Kind.ACCOUNT: 3, Kind.PERSON: 3, Kind.PHONE: 3,
}  # fmt: skip
_GUESSED: Final = {"integer": Kind.NUMBER, "number": Kind.NUMBER, "boolean": Kind.YES_NO}


class NoteReader:
    """Collects problems while notes are read."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def say(self, path: str, sentence: str) -> None:
        self.problems.append(Problem(path, sentence))

    def kind(self, notes: Mapping[str, Any], where: str) -> Kind:
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

    def options(self, notes: Mapping[str, Any], kind: Kind, where: str) -> tuple[Option, ...]:
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

    def show_when(self, given: Any, where: str) -> ShowWhen | None:
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

    def question(self, given: Any, kind: Kind, where: str) -> FromQuestion | None:
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

    def prefill(self, notes: Mapping[str, Any], where: str) -> dict[str, Any]:
        """``x-prefill: name`` or ``{source: name, with: {parameter: answer:… | text:…}}``."""
        given = notes.get("x-prefill")
        if not isinstance(given, Mapping):
            return {"prefill": self.text(notes, "x-prefill", where) or None}
        here, told = f"{where}/x-prefill", given.get("with", {})
        if set(given) - {"source", "with"} or not isinstance(told, Mapping):
            self.say(here, "写 {source: 数据源, with: {参数: answer:字段}}")
            return {}
        for name, source in told.items():
            if str(source).partition(":")[0] not in ("answer", "text") or ":" not in str(source):
                self.say(f"{here}/with/{name}", "写成 answer:… 或 text:…")
        pairs = tuple((str(name), str(source)) for name, source in told.items())
        return {"prefill": self.text(given, "source", here) or None, "prefill_with": pairs}

    def licence(self, notes: Mapping[str, Any], kind: Kind, where: str) -> str:
        licence = self.text(notes, "x-licence", where)
        if bool(licence) != (kind is Kind.LICENCE):
            self.say(f"{where}/x-licence", "x-kind: licence 的题要写 x-licence，指选哪一种证照")
        return licence

    def material(self, notes: Mapping[str, Any], kind: Kind, where: str) -> str:
        material = self.text(notes, "x-material", where)
        if material and kind is not Kind.FILE:
            self.say(f"{where}/x-material", "只有文件题能算作材料")
        return material

    def own_statement(self, notes: Mapping[str, Any], kind: Kind, where: str) -> bool:
        given = notes.get("x-own-statement", True)
        if "x-own-statement" in notes and kind not in (Kind.PERSON, Kind.ORGANIZATION):
            self.say(f"{where}/x-own-statement", "只有填人或单位的题会和登记核对")
        if not isinstance(given, bool):
            self.say(f"{where}/x-own-statement", "写 true 或 false")
            return True
        return given

    def grade(self, notes: Mapping[str, Any], kind: Kind, where: str) -> int:
        given = notes.get("x-grade", _LEAST_GRADE.get(kind, 1))
        if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= 4:
            self.say(f"{where}/x-grade", "数据级别写 1、2、3 或 4")
            return 4
        if given < _LEAST_GRADE.get(kind, 1):
            self.say(f"{where}/x-grade", f"这种内容至少是 {_LEAST_GRADE[kind]} 级")
        return int(given)

    def pattern(self, notes: Mapping[str, Any], where: str) -> str:
        pattern = self.text(notes, "pattern", where)
        try:
            re.compile(pattern)
        except re.error:
            self.say(f"{where}/pattern", "这个正则表达式写错了")
            return ""
        if pattern and not notes.get("x-pattern-hint"):
            self.say(f"{where}/x-pattern-hint", "写了 pattern，就要用一句话告诉人该怎么填")
        return pattern

    def root(self, notes: Mapping[str, Any], where: str) -> str:
        root = str(notes.get("x-root") or "")
        if root and not re.fullmatch(r"\d{12}", root):
            self.say(f"{where}/x-root", "写 12 位区划代码，并加引号")
        return root

    def text(self, notes: Mapping[str, Any], note: str, where: str) -> str:
        value = notes.get(note, "")
        if not isinstance(value, str):
            self.say(f"{where}/{note}", "这里写文本")
            return ""
        return value

    def listed(self, notes: Mapping[str, Any], note: str, where: str) -> list[Any]:
        value = notes.get(note, [])
        if not isinstance(value, list):
            self.say(f"{where}/{note}", "这里写列表")
            return []
        return value

    def whole(self, notes: Mapping[str, Any], note: str, where: str) -> int | None:
        value = notes.get(note)
        if value is not None and (
            isinstance(value, bool) or not isinstance(value, int) or value < 0
        ):
            self.say(f"{where}/{note}", "这里写不小于 0 的整数")
            return None
        return value

    def figure(self, notes: Mapping[str, Any], note: str, where: str) -> int | float | None:
        value = notes.get(note)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            self.say(f"{where}/{note}", "这里写数字")
            return None
        return value
