"""All checks of one service, in order: one answer first, then how it behaves."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from yiwang_conformance.declared import Declared
from yiwang_conformance.judging import ANSWER_CHECKS, TITLES, Judged, judge
from yiwang_conformance.targets import Target
from yiwang_conformance.wire import Heard

PASSED, FAILED, SKIPPED = "PASSED", "FAILED", "SKIPPED"
AT_ONCE = 8
_LONG = 100_000


@dataclass(frozen=True)
class Result:
    """One check's line."""

    check: str
    title: str
    result: str
    seen: str = ""
    remedy: str = ""
    milliseconds: int = 0


Behaviour = Callable[[Target, Declared], str | None]


def try_all(target: Target, declared: Declared) -> Iterator[Result]:
    """Every check's result as it is known. After a bad first answer the rest is not reached."""
    began = time.monotonic()
    heard = target.ask(declared, declared.found[0])
    judged = judge(heard, declared, behind_node=target.behind_node)
    took = int((time.monotonic() - began) * 1000)
    reached = True
    for check, title, remedy in ANSWER_CHECKS:
        if check == judged.check:
            reached = False
            yield Result(check, title, FAILED, judged.seen, remedy, took)
        else:
            yield Result(check, title, PASSED if reached else SKIPPED, milliseconds=took)
    for check, title, remedy, behaves in BEHAVIOURS:
        if not reached:
            yield Result(check, title, SKIPPED)
            continue
        began = time.monotonic()
        seen = behaves(target, declared)
        took = int((time.monotonic() - began) * 1000)
        skipped = seen is None
        result = SKIPPED if skipped else FAILED if seen else PASSED
        yield Result(check, title, result, seen or "", remedy if seen else "", took)


def _not_found(target: Target, declared: Declared) -> str | None:
    """Somebody who is not there is not found, and nobody else either."""
    if declared.not_found is None:
        return "没有登记 examples.not_found，无法检查"
    judged = _judged(target, declared, declared.not_found, expects=False)
    if not judged.good:
        return f"{TITLES[judged.check]}：{judged.seen}"
    return "查不到的人也答了记录" if judged.records else ""


def _missing(target: Target, declared: Declared) -> str | None:
    """Without a parameter it needs it answers nobody's record."""
    if not declared.needed:
        return None
    for name in declared.needed:
        asked = {k: v for k, v in declared.found[0].items() if k != name}
        problem = _refuses(target.ask(declared, asked), declared, target)
        if problem:
            return f"少了参数 {name}：{problem}"
    return ""


def _wrong(target: Target, declared: Declared) -> str | None:
    """Odd values find nobody and break nothing: quotes, another type, far too long."""
    if not declared.parameters or target.behind_node:
        return None  # a node tells its caller only that the service gave no answer
    name = (declared.needed or tuple(p.name for p in declared.parameters))[0]
    odd: Mapping[str, Any] = {
        "引号": "' OR '1'='1",
        "通配符": "%",
        "列表": [declared.found[0].get(name), "x"],
        "过长": "9" * 5_000,
        "空": "",
    }
    for title, value in odd.items():
        asked = {**declared.found[0], name: value}
        problem = _refuses(target.ask(declared, asked), declared, target)
        if problem:
            return f"参数 {name} 为{title}：{problem}"
    return ""


def _nonsense(target: Target, declared: Declared) -> str | None:
    """A body that is no JSON is refused, not served and no inner error."""
    if declared.method == "GET" and not target.behind_node:
        return None
    return _refuses(target.raw(declared, b'{"half": '), declared, target)


def _large(target: Target, declared: Declared) -> str | None:
    """A very large question is answered or refused in time."""
    if declared.method == "GET" and not target.behind_node:
        return None
    heard = target.raw(declared, json.dumps({"filler": "x" * _LONG}).encode())
    return _refuses(heard, declared, target)


def _repeated(target: Target, declared: Declared) -> str | None:
    """The same question, with the same number, has the same answer."""
    message = secrets.token_hex(16)
    answers = []
    for _ in range(3):
        heard = target.ask(declared, declared.found[0], message=message)
        judged = judge(heard, declared, behind_node=target.behind_node)
        if not judged.good:
            return f"再问一次：{TITLES[judged.check]}，{judged.seen}"
        answers.append(_plain(judged))
    return "同样的问题答得不一样" if len(set(answers)) > 1 else ""


def _own(target: Target, declared: Declared) -> str | None:
    """Asked by many at once each hears the answer to his own question, in time."""
    questions = [*declared.found, *([declared.not_found] if declared.not_found else [])]
    alone = [_plain(_judged(target, declared, q, expects=False)) for q in questions]
    many = [n % len(questions) for n in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(
            pool.map(lambda n: _judged(target, declared, questions[n], expects=False), many)
        )
    for number, judged in zip(many, found, strict=True):
        if not judged.good:
            return f"{AT_ONCE} 个同时问：{TITLES[judged.check]}，{judged.seen}"
        if _plain(judged) != alone[number]:
            return f"{AT_ONCE} 个同时问，答复串了：答的是别的问题"
    return ""


def _echo(target: Target, declared: Declared) -> str | None:
    """A record that repeats a parameter repeats the one it was asked with."""
    for question in declared.found:
        judged = _judged(target, declared, question)
        if not judged.good:
            return f"{TITLES[judged.check]}：{judged.seen}"
        for record in judged.records or ():
            for name in set(question) & set(record):
                shown = record[name]
                if target.behind_node and "*" in str(shown):
                    continue
                if shown != question[name]:
                    return f"问的是这一个，答的 {name} 是另一个"
    return ""


def _health(target: Target, declared: Declared) -> str | None:
    heard = target.health(declared)
    if heard is None:
        return None
    if heard.trouble or heard.status != 200:
        return f"健康地址答 {heard.trouble or heard.status}"
    return ""


#: How a service behaves: id, title, what to do, and how it is looked at.
BEHAVIOURS: tuple[tuple[str, str, str, Behaviour], ...] = (
    ("own", "并发时答复不串", "请检查全局变量、连接复用和缓存的键。", _own),
    ("echo", "答的是所问的人", "请按参数精确查询，并把查询条件和答复对应起来。", _echo),
    ("repeated", "重复询问答复一致", "查询不应有副作用；同一编号重复到达应答同样内容。", _repeated),
    ("not-found", "查不到时说查不到", '请答 {"status":"NOT_FOUND"}、null 或空列表，不要报错。', _not_found),
    ("missing", "缺参数时不答记录", "请校验必填参数，缺少时答 400。", _missing),
    ("wrong", "参数不对时不答记录、不报内部错误", "请校验类型和长度，用绑定变量拼 SQL，答 400。", _wrong),
    ("nonsense", "不是 JSON 的请求被拒绝", "请捕获解析错误，答 400。", _nonsense),
    ("large", "过大的请求被拒绝", "请限制请求大小并校验参数，答 400 或 413。", _large),
    ("health", "健康检查正常", "请提供不查数据的健康地址，正常时答 200。", _health),
)  # fmt: skip


def _judged(
    target: Target, declared: Declared, question: Mapping[str, Any], *, expects: bool = True
) -> Judged:
    heard = target.ask(declared, question)
    return judge(heard, declared, behind_node=target.behind_node, expects=expects)


def _plain(judged: Judged) -> str:
    return json.dumps([judged.check, judged.records], sort_keys=True, ensure_ascii=False)


def _refuses(heard: Heard, declared: Declared, target: Target) -> str:
    """Empty when it said no (4xx), or found nobody; else what it did."""
    if heard.trouble:
        return f"没有好好拒绝（{heard.trouble}）"
    if 400 <= heard.status < 500:
        return ""
    if heard.status >= 500:
        return f"内部错误 {heard.status}"
    judged = judge(heard, declared, behind_node=target.behind_node, expects=False)
    if judged.records:
        return "答了记录"
    return "" if judged.good else f"{TITLES[judged.check]}，{judged.seen}"
