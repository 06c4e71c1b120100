"""``flow.yaml`` → ``Flow``, or every problem at once. The keys are described in docs/look-up/flow-file.md."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from yiwang.capability.cases.definitions.flow import (
    Derived,
    Flow,
    FlowProblem,
    RuleInput,
    RulingPlan,
)
from yiwang.capability.cases.definitions.flow_earlier import read_term
from yiwang.capability.cases.definitions.flow_jointly import JOINTLY_KEYS, jointly
from yiwang.capability.cases.definitions.flow_procedure import PROCEDURE_KEYS, procedure
from yiwang.capability.cases.definitions.flow_reader import Reader
from yiwang.capability.cases.definitions.profiles import Profile

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_KEYS: Final = frozenset(
    ["profile", "instant", "decide", "ruling", "result", "approve_basis", "reject_basis"]
)
_CASE_FACTS: Final = (
    "received_on",
    "decided_on",
    "case_no",
    "applicant_name",
    "uscc",
    "conditions",
)


def parse_flow(document: Any) -> tuple[Flow | None, tuple[FlowProblem, ...]]:
    """Read a flow file that is already plain data. Flow is None when there is any problem."""
    reader = _Reader()
    flow = reader.flow(document)
    return (None if reader.problems else flow), tuple(reader.problems)


class _Reader(Reader):
    def flow(self, document: Any) -> Flow:
        top = self.mapping(document, "", _KEYS | PROCEDURE_KEYS | JOINTLY_KEYS)
        profile = self.choice(top.get("profile"), Profile, "profile")
        decide = self.mapping(top.get("decide"), "decide", {"within", "basis", "local"})
        instant, local = self.flag(top, "instant", ""), self.flag(decide, "local", "decide")
        basis = self.text(decide, "basis", "decide", required=not local)
        ruling = self.ruling(top["ruling"]) if top.get("ruling") is not None else None
        if instant and ruling is None and profile is not Profile.FILING:
            self.say("ruling", "即时办结的事项要有一张决策表")
        if instant and (top.get("branches") or top.get("visit")):
            self.say("instant", "要别的部门同意或者要现场核查的事项，不能由决策表当场办结")
        return Flow(
            profile=profile,
            instant=instant,
            decide_within=self.allowance(decide.get("within"), "decide/within"),
            decide_basis=basis,
            local=local,
            ruling=ruling,
            **self.result(top.get("result", {})),
            approve_basis=self.citations(top.get("approve_basis", []), "approve_basis"),
            reject_basis=self.citations(top.get("reject_basis", []), "reject_basis"),
            **procedure(self, top, profile),
            **jointly(self, top, profile),
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

    def result(self, value: Any) -> Mapping[str, Any]:
        given = self.mapping(value, "result", {"values", "term"})
        values = self.mapping(given.get("values", {}), "result/values", None)
        for name, source in values.items():
            self.value_source(
                str(source), f"result/values/{name}", ("answer", "output", "case", "text")
            )
        return {
            "values": {str(name): str(source) for name, source in values.items()},
            "term": read_term(self, given.get("term", {})),
        }

    def value_source(self, source: str, path: str, kinds: tuple[str, ...]) -> None:
        kind, separator, name = source.partition(":")
        if not separator or kind not in kinds or not name:
            self.say(path, "要写成 " + " ".join(f"{one}:…" for one in kinds) + " 里的一种")
        elif kind == "case" and name not in _CASE_FACTS:
            self.say(path, f"case: 后面只能是 {'、'.join(_CASE_FACTS)}")
