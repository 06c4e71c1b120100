"""``flow.yaml`` → ``Flow``, or every problem at once. The keys are described in docs/look-up/flow-file.md."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, TypeVar

from yiwang.capability.cases.definitions import CitationRow
from yiwang.capability.cases.definitions.flow import (
    Derived,
    Flow,
    FlowProblem,
    RuleInput,
    RulingPlan,
)
from yiwang.capability.cases.definitions.profiles import PROFILES, Profile
from yiwang.mechanisms.clocks.definitions import Allowance, Unit

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CASE_FACTS: Final = ("received_on", "decided_on", "case_no", "applicant_name", "uscc")
Choice = TypeVar("Choice", bound=StrEnum)


def parse_flow(document: Any) -> tuple[Flow | None, tuple[FlowProblem, ...]]:
    """Read a flow file that is already plain data. Flow is None when there is any problem."""
    reader = _Reader()
    flow = reader.flow(document)
    return (None if reader.problems else flow), tuple(reader.problems)


class _Reader:
    def __init__(self) -> None:
        self.problems: list[FlowProblem] = []

    def say(self, path: str, sentence: str) -> None:
        self.problems.append(FlowProblem(path, sentence))

    def flow(self, document: Any) -> Flow:
        top = self.mapping(
            document,
            "",
            {"profile", "instant", "decide", "ruling", "result", "approve_basis", "reject_basis"},
        )
        profile = self.choice(top.get("profile"), Profile, "profile")
        if not PROFILES[profile].is_live:
            self.say("profile", f"{PROFILES[profile].label}的办理程序平台还不支持")
        decide = self.mapping(top.get("decide"), "decide", {"within", "basis", "local"})
        instant, local = self.flag(top, "instant", ""), self.flag(decide, "local", "decide")
        basis = self.text(decide, "basis", "decide", required=not local)
        ruling = self.ruling(top["ruling"]) if top.get("ruling") is not None else None
        if instant and ruling is None:
            self.say("ruling", "即时办结的事项要有一张决策表")
        return Flow(
            profile=profile,
            instant=instant,
            decide_within=self.allowance(decide.get("within"), "decide/within"),
            decide_basis=basis,
            local=local,
            ruling=ruling,
            values=self.result(top.get("result", {})),
            approve_basis=self.citations(top.get("approve_basis", []), "approve_basis"),
            reject_basis=self.citations(top.get("reject_basis", []), "reject_basis"),
        )

    def ruling(self, value: Any) -> RulingPlan:
        given = self.mapping(value, "ruling", {"table", "inputs", "about"})
        table = self.text(given, "table", "ruling", pattern=_SLUG)
        about = self.text(given, "about", "ruling", required=False)
        inputs = self.mapping(given.get("inputs"), "ruling/inputs", None)
        if not inputs:
            self.say("ruling/inputs", "要写明决策表用到的每个数据从哪里来")
        return RulingPlan(table, tuple(self.rule_input(n, inputs[n]) for n in inputs), about)

    def rule_input(self, name: str, value: Any) -> RuleInput:
        path = f"ruling/inputs/{name}"
        if _NAME.fullmatch(name) is None:
            self.say(path, "名称只能用小写英文字母、数字、下划线和点")
        given = self.mapping(value, path, {"label", "answer", "provider", "parameters", "as"})
        answer = self.text(given, "answer", path, required=False)
        provider = self.text(given, "provider", path, required=False)
        if bool(answer) == bool(provider):
            self.say(path, "answer 和 provider 要写一个，也只能写一个")
        parameters = self.mapping(given.get("parameters", {}), f"{path}/parameters", None)
        for key, source in parameters.items():
            self.value_source(str(source), f"{path}/parameters/{key}", ("answer", "text"))
        if parameters and not provider:
            self.say(path, "只有 provider 可以带 parameters")
        derived = None if "as" not in given else self.choice(given["as"], Derived, f"{path}/as")
        words = {key: str(source) for key, source in parameters.items()}
        return RuleInput(name, self.text(given, "label", path), answer, provider, words, derived)

    def result(self, value: Any) -> Mapping[str, str]:
        given = self.mapping(value, "result", {"values"})
        values = self.mapping(given.get("values", {}), "result/values", None)
        for name, source in values.items():
            self.value_source(
                str(source), f"result/values/{name}", ("answer", "output", "case", "text")
            )
        return {str(name): str(source) for name, source in values.items()}

    def value_source(self, source: str, path: str, kinds: tuple[str, ...]) -> None:
        kind, separator, name = source.partition(":")
        if not separator or kind not in kinds or not name:
            self.say(path, "要写成 " + " ".join(f"{one}:…" for one in kinds) + " 里的一种")
        elif kind == "case" and name not in _CASE_FACTS:
            self.say(path, f"case: 后面只能是 {'、'.join(_CASE_FACTS)}")

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

    def mapping(self, value: Any, path: str, keys: set[Any] | None) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            self.say(path, "应当是一组“键: 值”")
            return {}
        for key in value:
            if keys is not None and key not in keys:
                self.say(f"{path}/{key}".lstrip("/"), "不认识这个键")
        return value

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
