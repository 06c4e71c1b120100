"""Where an act leads, and which acts are open now. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from yiwang.kernel.refusals import Refusal
from yiwang.mechanisms.states.definitions import Machine, Transition


class CannotDo(Refusal):
    """The transition table has no such step from here, or not for this role, or a guard stands."""

    sentence = "这件事现在的状态不能这样办。"
    remedy = "请刷新页面，看看现在能办什么。"


def next_state(
    machine: Machine, *, state: str, act: str, role: str, facts: Mapping[str, bool]
) -> str:
    """The state an act leads to; ``CannotDo`` when the table does not allow it."""
    known = [t for t in machine.transitions if t.act == act]
    if not known:
        raise CannotDo(f"这类事项没有“{act}”这一步。")
    for transition in known:
        if transition.source == state and _open(transition, role, facts):
            return transition.target
    now = machine.labels.get(state, state)
    raise CannotDo(f"现在是“{now}”，不能{known[0].label}。")


def allowed_acts(
    machine: Machine, *, state: str, role: str, facts: Mapping[str, bool]
) -> tuple[str, ...]:
    """The acts open to a role in a state, in the table's order, each once."""
    names = (t.act for t in machine.transitions if t.source == state and _open(t, role, facts))
    return tuple(dict.fromkeys(names))


def label_of(machine: Machine, act: str) -> str:
    """An act's Chinese name."""
    return next((t.label for t in machine.transitions if t.act == act), act)


def problems(machine: Machine) -> tuple[str, ...]:
    """What is wrong with a table: unreachable states, missing names, two targets for one step."""
    found = [f"状态 {state} 没有中文名" for state in sorted(machine.states - set(machine.labels))]
    reached, waiting = {machine.initial}, [machine.initial]
    while waiting:
        here = waiting.pop()
        ahead = {t.target for t in machine.transitions if t.source == here} - reached
        reached |= ahead
        waiting += sorted(ahead)
    found += [f"状态 {state} 走不到" for state in sorted(machine.states - reached)]
    seen: dict[tuple[str, str, str, str], str] = {}
    for t in machine.transitions:
        for role in t.roles:
            key = (t.source, t.act, role, t.guard)
            if seen.setdefault(key, t.target) != t.target:
                found.append(f"{t.source} 的 {t.act} 有两个去向")
    return tuple(found)


def _open(transition: Transition, role: str, facts: Mapping[str, bool]) -> bool:
    if role not in transition.roles:
        return False
    return all(facts.get(fact, False) is wanted for fact, wanted in transition.conditions)
