"""Reading a flow file key by key: every problem at once, nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from enum import StrEnum
from typing import Any, TypeVar

from yiwang.capability.cases.definitions import CitationRow
from yiwang.capability.cases.definitions.flow import FlowProblem
from yiwang.capability.cases.definitions.jointly import When
from yiwang.mechanisms.clocks.definitions import Allowance, Unit

Choice = TypeVar("Choice", bound=StrEnum)


class Reader:
    """What is written, or what is wrong with it and where."""

    def __init__(self) -> None:
        self.problems: list[FlowProblem] = []

    def say(self, path: str, sentence: str) -> None:
        self.problems.append(FlowProblem(path, sentence))

    def citations(self, value: Any, path: str) -> tuple[CitationRow, ...]:
        if not isinstance(value, list):
            self.say(path, "要写成列表")
            return ()
        rows = []
        for number, entry in enumerate(value):
            given = self.mapping(entry, f"{path}/{number}", {"law", "article"})
            rows.append(
                CitationRow(
                    self.text(given, "law", f"{path}/{number}"),
                    self.text(given, "article", f"{path}/{number}"),
                )
            )
        return tuple(rows)

    def allowance(self, value: Any, path: str) -> Allowance:
        given = self.mapping(value, path, {"amount", "unit", "warn_days"})
        unit = self.choice(given.get("unit", Unit.WORKING_DAY), Unit, f"{path}/unit")
        amount, warn = given.get("amount"), given.get("warn_days", 1)
        for name, number in (("amount", amount), ("warn_days", warn)):
            if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= 10_000:
                self.say(f"{path}/{name}", "要写 0 到 10000 的整数")
                return Allowance(0)
        return Allowance(int(amount or 0), unit, int(warn))

    def mapping(self, value: Any, path: str, keys: Set[Any] | None) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            self.say(path, "应当是一组“键: 值”")
            return {}
        for key in value:
            if keys is not None and key not in keys:
                self.say(f"{path}/{key}".lstrip("/"), "不认识这个键")
        return value

    def when(self, value: Any, path: str) -> When:
        """Question of the guide → the answers for which something holds."""
        given = self.mapping(value, path, None)
        for key, values in given.items():
            if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
                self.say(f"{path}/{key}", "要写成回答的列表")
                return {}
        return {str(key): tuple(values) for key, values in given.items()}

    def answer(self, value: Any, path: str) -> str:
        """``answer:<field>`` → the field."""
        kind, _, name = str(value).partition(":")
        if kind != "answer" or not name:
            self.say(path, "要写成 answer:…，指表单里的一栏")
        return name

    def choice(self, value: Any, kind: type[Choice], path: str) -> Choice:
        if value in list(kind):
            return kind(value)
        self.say(path, "要从 " + "、".join(kind) + " 里选一个")
        return next(iter(kind))

    def flag(self, given: Mapping[str, Any], key: str, path: str) -> bool:
        value = given.get(key, False)
        if not isinstance(value, bool):
            self.say(f"{path}/{key}".lstrip("/"), "要写 true 或 false")
        return value is True

    def text(
        self,
        given: Mapping[str, Any],
        key: str,
        path: str,
        *,
        required: bool = True,
        pattern: re.Pattern[str] | None = None,
    ) -> str:
        value = given.get(key, "")
        if not isinstance(value, str) or (required and not value.strip()):
            self.say(f"{path}/{key}", "要写明" if required else "要写成文字")
            return ""
        if pattern is not None and value and pattern.fullmatch(value) is None:
            self.say(f"{path}/{key}", "只能用小写英文字母、数字和连字符")
        return value
