"""``yiwang sources list | misbehave NAME MODE | behave NAME``: where facts come from.

MODE is one of SLOW, GARBAGE, AWAY, WRONG_TYPE, DUPLICATE and works on the sample installation only,
to show what people see when a department's system fails. ``department.household_register`` and the
like are the sample departments' services, whatever sources they answer.
"""

from __future__ import annotations

import sys

from django.conf import settings

from yiwang.foundation.exchange import breaker, simulator, sources
from yiwang.foundation.exchange.definitions import Misbehaviour
from yiwang.kernel.refusals import Refusal

#: A sample department's service as a whole; its own name with underscores follows.
DEPARTMENT = "department."
_USAGE = "用法：yiwang sources list | misbehave 数据源 方式 | behave 数据源"


class NoSuchSource(Refusal):
    status = 404
    sentence = "没有这个数据源。"
    remedy = "用 yiwang sources list 看有哪些。"


class OnlyInSample(Refusal):
    sentence = "只有示例环境能模拟数据源出错。"
    remedy = "请在示例环境里试。"


def main(arguments: list[str]) -> int:
    """0 when done; refusals are printed by the caller."""
    match arguments:
        case ["list"]:
            for source in sources.list_sources():
                print(
                    f"{source.name}\t{source.label}\t{source.source_label}\t{_state(source.name)}"
                )
            return 0
        case ["misbehave", name, mode] if mode in list(Misbehaviour):
            _switch(name, Misbehaviour(mode))
            return 0
        case ["behave", name]:
            _switch(name, None)
            return 0
    print(_USAGE, file=sys.stderr)
    return 2


def _switch(name: str, mode: Misbehaviour | None) -> None:
    if not settings.SAMPLE:
        raise OnlyInSample
    if sources.find_source(name) is None and not name.startswith(DEPARTMENT):
        raise NoSuchSource
    simulator.set_misbehaviour(name, mode)
    print(f"{name}：{_state(name)}")


def _state(name: str) -> str:
    mode = simulator.misbehaviour_of(name)
    if mode is not None:
        return f"模拟出错 {mode.value}"
    return "暂停询问" if breaker.resting(name) else "正常"
