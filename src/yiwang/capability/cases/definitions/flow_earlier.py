"""The keys ``earlier`` and ``conditions`` of ``flow.yaml``: acts on an earlier licence, conditions of a yes."""

from __future__ import annotations

from typing import Any, Final

from yiwang.capability.cases.definitions.flow import (
    ConditionPlan,
    EarlierAct,
    EarlierPlan,
    Effect,
    NotNeeded,
    TermPlan,
)
from yiwang.capability.cases.definitions.flow_reader import Reader

_ACT: Final = {"effect", "basis", "when", "ask_before", "ask_from"}
_CONDITION: Final = {"text", "basis", "local", "when"}
_LONGEST: Final = 300


def read_earlier(reader: Reader, value: Any) -> EarlierPlan:
    """``earlier: {licence, acts}``: which earlier licence, and what may be done to it."""
    given = reader.mapping(value, "earlier", {"licence", "acts", "without"})
    acts = given.get("acts")
    if not isinstance(acts, list) or not acts:
        reader.say("earlier/acts", "要列出对原证照做什么：RENEW、PROLONG、CHANGE、CANCEL")
        acts = []
    read = tuple(_act(reader, one, f"earlier/acts/{n}") for n, one in enumerate(acts))
    if len(read) > 1 and not all(act.when for act in read):
        reader.say("earlier/acts", "不止一种的，每种都要写 when，由指南的问题选定")
    without = given.get("without", [])
    if not isinstance(without, list):
        reader.say("earlier/without", "要写成列表")
        without = []
    return EarlierPlan(
        reader.answer(given.get("licence", ""), "earlier/licence"),
        read,
        tuple(_not_needed(reader, one, f"earlier/without/{n}") for n, one in enumerate(without)),
    )


def _not_needed(reader: Reader, value: Any, path: str) -> NotNeeded:
    given = reader.mapping(value, path, {"effect", "why", "basis"})
    return NotNeeded(
        reader.choice(given.get("effect"), Effect, f"{path}/effect"),
        reader.text(given, "why", path),
        reader.text(given, "basis", path),
    )


def _act(reader: Reader, value: Any, path: str) -> EarlierAct:
    given = reader.mapping(value, path, _ACT)
    effect = reader.choice(given.get("effect"), Effect, f"{path}/effect")
    limits = {
        name: reader.allowance(given[name], f"{path}/{name}") if name in given else None
        for name in ("ask_before", "ask_from")
    }
    if effect not in (Effect.RENEW, Effect.PROLONG) and any(limits.values()):
        reader.say(path, "只有延续和延期才讲在期满多久以前申请")
    return EarlierAct(
        effect,
        reader.text(given, "basis", path),
        reader.when(given.get("when", {}), f"{path}/when"),
        **limits,
    )


def read_conditions(reader: Reader, value: Any) -> tuple[ConditionPlan, ...]:
    """``conditions: [{text, basis | local, when}]``: what a yes carries, as the pack proposes it."""
    if not isinstance(value, list):
        reader.say("conditions", "要写成列表")
        return ()
    read = []
    for number, one in enumerate(value):
        path = f"conditions/{number}"
        given = reader.mapping(one, path, _CONDITION)
        text = reader.text(given, "text", path)
        if len(text) > _LONGEST:
            reader.say(f"{path}/text", f"最多 {_LONGEST} 字")
        local = reader.flag(given, "local", path)
        basis = reader.text(given, "basis", path, required=not local)
        when = reader.when(given.get("when", {}), f"{path}/when")
        read.append(ConditionPlan(text, basis, local, when))
    return tuple(read)


def read_term(reader: Reader, value: Any) -> TermPlan:
    """``result.term: {first, last}``: which answers say from when until when it holds."""
    given = reader.mapping(value, "result/term", {"first", "last"})
    named = {
        name: reader.answer(given[name], f"result/term/{name}")
        for name in ("first", "last")
        if name in given
    }
    return TermPlan(**named)
