"""The report: lines for people, JSON for the publication, with a digest over all of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from yiwang_client.signing import sm3

from yiwang_conformance import VERSION
from yiwang_conformance.declared import Declared
from yiwang_conformance.trying import FAILED, PASSED, Result

_MARKS = {PASSED: "通过", FAILED: "不通过"}


def line(result: Result) -> str:
    """One check on one line."""
    text = f"[{_MARKS.get(result.result, '未检')}] {result.check:<11} {result.title}"
    if result.seen:
        text += f"：{result.seen}。办法：{result.remedy}"
    return text


def make(target: str, declared: Declared, results: Sequence[Result]) -> dict[str, Any]:
    """The report as JSON; ``digest`` covers everything else in it."""
    told: dict[str, Any] = {
        "kit": VERSION,
        "service": declared.code,
        "target": target,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "declaration": sm3(_canonical(declared.source)),
        "passed": all(result.result != FAILED for result in results),
        "checks": [asdict(result) for result in results],
    }
    return {**told, "digest": digest(told)}


def digest(report: dict[str, Any]) -> str:
    """SM3 over the report without its digest: keys in order, no spaces, UTF-8."""
    return sm3(_canonical({name: value for name, value in report.items() if name != "digest"}))


def _canonical(value: Any) -> bytes:
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()
