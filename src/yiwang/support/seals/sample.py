"""Permits and uses of seals for tests, for the pages' scene and for the rights sweep; a host whose secret a test holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yiwang.foundation.exchange.definitions import HouseCall
from yiwang.kernel.actor import machine
from yiwang.kernel.references import new_key
from yiwang.network.nodes import rules as nodes
from yiwang.network.nodes.sample import FarNode
from yiwang.support.seals import actions, rules
from yiwang.support.seals.definitions import SAMPLE_MARK, Outcome, PermitView

DIGEST = "ab" * 32


def permit(*, node: str, body: str, at: datetime) -> PermitView:
    """This member may use the seal of a body of the directory."""
    return actions.permit(node=node, body=body, actor=machine("sample"), at=at)


def asked(*, node: str, body: str, changes: Mapping[str, Any] | None = None) -> HouseCall:
    """A member's request, as the exchange passes it on."""
    given = {
        "body": body,
        "digest": DIGEST,
        "title": "准予行政许可决定书",
        "number": "城市监许准〔2026〕1号",
        "case": "case:sample",
        "item": "individual-business",
        "mark": SAMPLE_MARK,
    }
    message = new_key().lower()
    return HouseCall(message, node, f"{node}/platform", {**given, **(changes or {})})


def stated(
    host: FarNode,
    told: Mapping[str, str],
    *,
    node: str,
    at: datetime,
    changes: Mapping[str, Any] | None = None,
) -> dict[str, str]:
    """What another host answers for this request, signed by it; ``changes``: other facts than were asked."""
    facts: dict[str, str | bool] = {
        "no": new_key(),
        "host": host.code,
        "node": node,
        "body": told["body"],
        "body_name": "城关区市场监督管理局（示例）",
        "title": told["title"],
        "number": told["number"],
        "digest": told["digest"],
        "driver": "national",
        "value": "",
        "sealed": True,
        "mark": told["mark"],
        "at": nodes.spelled(at),
    }
    statement = rules.statement({**facts, **(changes or {})})
    signature = host.sign(statement.encode())
    empty = {"reason": "", "mark": ""}
    return {
        **empty,
        "outcome": Outcome.SEALED.value,
        "statement": statement,
        "signature": signature,
    }
