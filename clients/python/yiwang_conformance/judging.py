"""What one answer is: the first thing wrong with it, named by the check it fails."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from yiwang_conformance import wire
from yiwang_conformance.declared import Declared
from yiwang_conformance.targets import NOT_PROVEN
from yiwang_conformance.wire import Heard

_UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_DEPTH = 8
#: A value a node hides is not judged.
_HIDDEN = re.compile(r"\*")

#: Every way one answer may be wrong, in the order it is looked at: id, title, what to do.
ANSWER_CHECKS: tuple[tuple[str, str, str], ...] = (
    ("connect", "能连上", "请确认服务已启动、地址和端口正确、防火墙放行节点的地址。"),
    ("time", "在时限内答完", "请优化查询或加索引；确实要更久的，登记更长的时限（最长 60 秒）。"),
    ("size", "答复不超过登记的大小", "请分页或只返回登记的字段；确实要更大的，登记更大的上限。"),
    ("whole", "答复完整", "Content-Length 要与内容一致；写完再断开连接；一次请求只答一次。"),
    ("redirect", "不跳转", "请登记跳转后的最终地址；节点不跟随跳转，也不登录。"),
    (
        "status",
        "状态码 200",
        "查到和查不到都答 200（查不到也可以 404 加 NOT_FOUND）；看服务的错误日志。",
    ),
    ("type", "类型是 application/json", "请设 Content-Type: application/json; charset=utf-8。"),
    ("packed", "不压缩", "请对节点关闭 gzip 等压缩。"),
    ("charset", "UTF-8 编码", "请用 UTF-8 输出并如实声明；GBK、GB18030 要先转码。"),
    ("json", "是合规的 JSON", "请用 JSON 库输出；没有 NaN、Infinity，嵌套不超过八层。"),
    ("characters", "没有控制字符", "请在输出前去掉控制字符（多半来自旧系统的定长字段）。"),
    ("shape", "是记录、记录列表或约定的结构", '请答 {"status":"FOUND","value":{…}} 或对象、列表。'),
    ("found", "测试参数查得到记录", "请检查 examples.found 的参数在测试库里有记录。"),
    ("single", "一条就是一条，不重复", "请去重；约定答一条的，多条时按业务规则选出一条。"),
    ("fields", "登记的字段都有", "请补齐字段；没有值的字段答 null，并在登记里注明可为空。"),
    ("undeclared", "没有多给字段", "请只返回登记的字段（最小够用）；要新增字段先改登记。"),
    ("types", "字段类型对", "请按登记的类型输出；日期用 YYYY-MM-DD，数字不加引号。"),
    ("lengths", "字段长度不超过登记", "请核对数据或改登记的长度。"),
    ("as_of", "数据时间可信", "as_of 用带时区的 ISO 8601，不晚于现在。"),
)
TITLES: Mapping[str, str] = {name: title for name, title, _remedy in ANSWER_CHECKS}


@dataclass(frozen=True)
class Judged:
    """``records`` when the answer is good; else the check it fails and what was seen."""

    records: tuple[Mapping[str, Any], ...] | None = None
    check: str = ""
    seen: str = ""

    @property
    def good(self) -> bool:
        return not self.check


def judge(heard: Heard, declared: Declared, *, behind_node: bool, expects: bool = True) -> Judged:
    """The first thing wrong with an answer; ``expects``: a record is to be found."""
    problem = _transport(heard)
    if problem:
        return Judged(check=problem[0], seen=problem[1])
    try:
        given = _parsed(heard.body)
    except _Wrong as wrong:
        return Judged(check=wrong.check, seen=wrong.seen)
    try:
        as_of, records = _shape(given)
        _found(records, heard.status, declared, expects=expects)
        for record in records:
            _record(record, declared, behind_node=behind_node)
        _as_of(as_of)
    except _Wrong as wrong:
        return Judged(check=wrong.check, seen=wrong.seen)
    return Judged(records=records)


class _Wrong(Exception):
    def __init__(self, check: str, seen: str) -> None:
        super().__init__(seen)
        self.check, self.seen = check, seen


_TROUBLES = {
    wire.REFUSED: ("connect", "连接被拒绝或中断"),
    wire.LATE: ("time", "超过时限还没有答完"),
    wire.LARGE: ("size", "答复超过登记的大小"),
    wire.BROKEN: ("whole", "答复没有写完就断开了"),
    wire.NOT_HTTP: ("whole", "答复不是 HTTP"),
    NOT_PROVEN: ("whole", "节点答复的签名不对"),
}


def _transport(heard: Heard) -> tuple[str, str] | None:
    """What is wrong before anything is read."""
    if heard.trouble == wire.BROKEN and not heard.status:
        return "connect", "没有答复就断开了"
    problems: Iterator[tuple[bool, str, str]] = iter(
        (
            (300 <= heard.status < 400, "redirect", f"跳转 {heard.status}"),
            (bool(heard.trouble), *_TROUBLES.get(heard.trouble, ("", ""))),
            (bool(heard.extra), "whole", f"答完之后又多出 {len(heard.extra)} 字节"),
            (
                heard.status != 200 and not _is_no_record(heard),
                "status",
                f"状态码 {heard.status}",
            ),
            (heard.kind != "application/json", "type", f"类型是 {heard.kind or '（没有写）'}"),
            (
                heard.headers.get("content-encoding", "identity").lower() != "identity",
                "packed",
                f"压缩 {heard.headers.get('content-encoding', '')}",
            ),
            (
                heard.charset.replace("-", "") != "utf8",
                "charset",
                f"声明的字符集是 {heard.charset}",
            ),
        )
    )
    return next(((check, seen) for wrong, check, seen in problems if wrong), None)


def _is_no_record(heard: Heard) -> bool:
    return heard.status == 404 and b'"NOT_FOUND"' in heard.body


def _parsed(body: bytes) -> Any:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _Wrong("charset", f"第 {error.start + 1} 个字节不是 UTF-8") from error
    try:
        given = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise _Wrong("json", f"解析不了：{str(error)[:80]}") from error
    try:
        unreadable = _unreadable(given)
    except RecursionError as error:
        raise _Wrong("json", "嵌套太深") from error
    if unreadable:
        raise _Wrong(*unreadable)
    return given


def _unreadable(value: Any, depth: int = 0) -> tuple[str, str] | None:
    if isinstance(value, str):
        found = _UNREADABLE.search(value)
        return ("characters", f"有控制字符 U+{ord(found[0]):04X}") if found else None
    if not isinstance(value, dict | list):
        return None
    if depth > _DEPTH:
        return "json", "嵌套超过八层"
    parts = [*value, *value.values()] if isinstance(value, dict) else value
    return next((bad for part in parts if (bad := _unreadable(part, depth + 1))), None)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} 不是 JSON")


def _shape(given: Any) -> tuple[Any, tuple[Mapping[str, Any], ...]]:
    """The moment and the records an answer holds."""
    as_of = None
    if isinstance(given, dict) and given.get("status") in ("FOUND", "NOT_FOUND"):
        as_of = given.get("as_of")
        if given["status"] == "NOT_FOUND":
            return as_of, ()
        if ("rows" in given) == ("value" in given):
            raise _Wrong("shape", "FOUND 要有 value 或 rows 之一")
        given = given["rows"] if "rows" in given else given["value"]
    if given is None:
        return as_of, ()
    records = given if isinstance(given, list) else [given]
    if not all(isinstance(record, dict) for record in records):
        raise _Wrong("shape", f"记录不是对象而是 {type(records[0]).__name__}")
    return as_of, tuple(records)


def _found(
    records: tuple[Mapping[str, Any], ...], status: int, declared: Declared, *, expects: bool
) -> None:
    if expects and not records:
        raise _Wrong("found", f"状态码 {status}，没有记录")
    seen = [json.dumps(record, sort_keys=True) for record in records]
    if len(set(seen)) != len(seen):
        raise _Wrong("single", "同一条记录答了两次")
    if declared.single and len(records) > 1:
        raise _Wrong("single", f"约定答一条，答了 {len(records)} 条")


def _record(record: Mapping[str, Any], declared: Declared, *, behind_node: bool) -> None:
    missing = [f.name for f in declared.fields if f.required and f.name not in record]
    if missing and not behind_node:  # a grant may give fewer
        raise _Wrong("fields", f"没有 {'、'.join(missing)}")
    more = sorted(set(record) - {f.name for f in declared.fields})
    if more:
        raise _Wrong("undeclared", f"多了 {'、'.join(more)[:120]}")
    for one in declared.fields:
        value = record.get(one.name)
        if one.name not in record or _is_hidden(value, behind_node=behind_node):
            continue
        problem = one.problem(value)
        if problem:
            raise _Wrong("lengths" if "长 " in problem else "types", problem)


def _is_hidden(value: Any, *, behind_node: bool) -> bool:
    return behind_node and isinstance(value, str) and _HIDDEN.search(value) is not None


def _as_of(given: Any) -> None:
    if given in (None, ""):
        return
    try:
        moment = datetime.fromisoformat(given)
    except (TypeError, ValueError) as error:
        raise _Wrong("as_of", f"as_of 不是时间：{str(given)[:40]}") from error
    if moment.tzinfo is None:
        raise _Wrong("as_of", "as_of 没有时区")
    if moment > datetime.now(UTC) + timedelta(minutes=5):
        raise _Wrong("as_of", "as_of 在将来")
