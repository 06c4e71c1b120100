"""整表交换: a part of a table, and the day's sheet both nodes sign (``rules.sheet_text``).

A sheet is walked part by part; what was counted so far travels with the walk under a proof only this
node can make, so that nobody has to remember it and a walk goes on after any end of a process.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from yiwang.foundation.exchange import rules
from yiwang.foundation.exchange.fastpath import receipts as writing
from yiwang.foundation.exchange.fastpath import signatures
from yiwang.foundation.exchange.fastpath.questions import Question
from yiwang.foundation.exchange.fastpath.refusals import MessageNotGenuine, RequestMalformed
from yiwang.foundation.exchange.fastpath.snapshot import FastService
from yiwang.kernel import moments
from yiwang.mechanisms.crypto import primitives

if TYPE_CHECKING:
    from yiwang.foundation.exchange.fastpath.house import House

#: As the address and the kind of a node's message name it.
WAY: Final = "table"
PATH: Final = "/exchange/v1/tables/"
SHEET: Final = "sheet"
SIGN: Final = "sign"
_KEEP: Final = """
INSERT INTO exchange_sheet (side, service, grant_key, partner, day, rows, sum, signature,
    their_rows, their_sum, their_signature, at)
VALUES ('PROVIDER', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (side, service, grant_key, day) DO UPDATE SET rows = excluded.rows, sum = excluded.sum,
    signature = excluded.signature, their_rows = excluded.their_rows, their_sum = excluded.their_sum,
    their_signature = excluded.their_signature, at = excluded.at
"""


@dataclass(frozen=True, slots=True)
class Part:
    """What it is, and its rows."""

    head: Mapping[str, Any]
    lines: bytes = b""
    rows: int = 0


async def answer(
    house: House,
    service: FastService,
    question: Question,
    hidden: Mapping[str, str],
    from_node: str,
) -> Part:
    """A part with rows, a part of a sheet, or the signed sheet. RequestMalformed, MessageNotGenuine."""
    asked = question.parameters
    if asked.get("way") == SIGN:
        return Part(await _sign(house, question, from_node))
    answered = await house.upstreams.batch(service, asked, hidden)
    head = dict(answered.batch or {})
    if asked.get("way") == SHEET:
        before = _so_far(house, question, from_node)
        rows = before["rows"] + head["rows"]
        so_far = {
            "rows": rows,
            "sum": rules.next_sum(before["sum"], head["sum"]),
            "after": head["after"] or before["after"],
            "end": head["end"],
        }
        head["so_far"] = so_far | {"proof": _proof(house, question, from_node, so_far)}
        head["grant"] = question.grant
        return Part(head)
    return Part(head, answered.body, head["rows"])


def _so_far(house: House, question: Question, from_node: str) -> dict[str, Any]:
    """Where the walk stands, as this node said it before."""
    asked = question.parameters
    given = asked.get("so_far")
    if not isinstance(given, dict) and not asked.get("after"):
        return {"rows": 0, "sum": "", "after": [], "end": False}
    if not isinstance(given, dict):
        raise RequestMalformed
    try:
        so_far = {name: given[name] for name in ("rows", "sum", "after", "end")}
        proof = str(given["proof"])
    except (KeyError, TypeError) as error:
        raise RequestMalformed from error
    expected = _proof(house, question, from_node, so_far)
    if not hmac.compare_digest(proof.encode(), expected.encode()):
        raise MessageNotGenuine("对账表的进度不是本节点给的，请从头对账。")
    if asked.get("way") == SHEET and so_far["after"] != asked.get("after"):
        raise RequestMalformed
    return so_far


def _proof(house: House, question: Question, from_node: str, so_far: Mapping[str, Any]) -> str:
    """Bound to the day too: yesterday's walk is none of today's."""
    key_id = house.partners.signing_key(house.snapshots.current)
    secret = primitives.derive(house.store.get(key_id), b"yw1-sheet")
    day = moments.legal_date(moments.now()).isoformat()
    told = [question.service, question.grant, from_node, day, list(question.fields), dict(so_far)]
    return primitives.hmac_sm3(secret, json.dumps(told, sort_keys=True).encode()).hex()


async def _sign(house: House, question: Question, from_node: str) -> dict[str, Any]:
    """Both nodes' counts of the day, each under its node's signature; kept here, too."""
    so_far, ours = _so_far(house, question, from_node), question.parameters.get("ours")
    if not so_far["end"] or not isinstance(ours, dict):
        raise RequestMalformed
    day = moments.legal_date(moments.now()).isoformat()

    def text(rows: int, total: str) -> bytes:
        return rules.sheet_text(
            service=question.service,
            grant=question.grant,
            consumer=from_node,
            provider=house.config.node,
            day=day,
            rows=rows,
            total=total,
        )

    theirs = (int(ours.get("rows", 0)), str(ours.get("sum", "")), str(ours.get("signature", "")))
    if not signatures.is_signed_by_member(house, from_node, text(*theirs[:2]), theirs[2]):
        raise MessageNotGenuine
    signature = signatures.sign(house, text(so_far["rows"], so_far["sum"]))
    mine = (so_far["rows"], so_far["sum"], signature)
    names = (question.service, question.grant, from_node, day)
    connection = await writing.connect(house.config.database)
    async with connection:
        await connection.execute(_KEEP, [*names, *mine, *theirs, moments.now()])
    return {"rows": mine[0], "sum": mine[1], "signature": mine[2], "day": day}
