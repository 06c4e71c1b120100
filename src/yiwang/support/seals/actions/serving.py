"""用印服务: the host seals for a member that may use this body's seal, and writes down who, what, when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction

from yiwang.foundation.exchange.definitions import HouseAnswer, HouseCall
from yiwang.kernel.actor import machine
from yiwang.kernel.references import new_key
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.crypto.definitions import KeyId
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.nodes import queries as nodes
from yiwang.network.nodes import rules as node_rules
from yiwang.network.nodes.definitions import KEY_PURPOSE, NodeRole
from yiwang.support.seals import queries, rules
from yiwang.support.seals.definitions import Outcome, SealField, SealValue
from yiwang.support.seals.models import SealPermit, SealUse
from yiwang.support.seals.refusals import MarkDiffers

_NOT_PERMITTED = "主节点没有许可本节点使用这个单位的印章。"
_FIELD = "签章要素不对：{}。"
_OTHER = "同一份文件已经按别的要素盖过章。"


@transaction.atomic
def seal_for_member(*, call: HouseCall, at: datetime) -> HouseAnswer:
    """Seal a digest for the node that calls: an outcome, with the reason or the seal value.

    The permit is held while it is used, so a revocation counts from the next request on. The same document
    with the same facts gets the seal it has; it is one use.
    """
    given = call.parameters
    wrong = rules.wrong_field(given)
    if wrong:
        return _answer(Outcome.DENIED, reason=_FIELD.format(wrong))
    field = _field_of(given)
    permit = _held(call.node, field.body)
    if permit is None or nodes.own_role() is not NodeRole.HOST:
        _denied(call, field, at)
        return _answer(Outcome.DENIED, reason=_NOT_PERMITTED)
    digest, mark = str(given["digest"]), str(given.get("mark", ""))
    known = _known(call.node, field.body, digest)
    if known is not None:
        same = _is_same(known, field, mark)
        return _stated(known) if same else _answer(Outcome.DENIED, reason=_OTHER)
    try:
        value = queries.get_driver().seal(digest, mark=mark, field=field, at=at)
    except MarkDiffers as differs:
        return _answer(Outcome.MARK, mark=differs.mark)
    return _stated(_write(call, permit, field, digest, value, at))


def _field_of(given: Mapping[str, object]) -> SealField:
    said = {name: str(given.get(name, "")) for name in ("body", "title", "number", "case", "item")}
    return SealField(body_name="", document="", **said)


def _held(node: str, body: str) -> SealPermit | None:
    rows = SealPermit.objects.select_for_update().filter(node=node, body=body, revoked_at=None)
    return rows.first()


def _known(node: str, body: str, digest: str) -> SealUse | None:
    rows = SealUse.objects.filter(node=node, body=body, digest=digest, made_here=True)
    return rows.first()


def _is_same(known: SealUse, field: SealField, mark: str) -> bool:
    facts = rules.read_statement(known.statement) or {}
    said = {"title": field.title, "number": field.number, "mark": mark}
    return said.items() <= facts.items()


def _write(
    call: HouseCall,
    permit: SealPermit,
    field: SealField,
    digest: str,
    value: SealValue,
    at: datetime,
) -> SealUse:
    no = new_key()
    statement = rules.statement(
        {
            "no": no,
            "host": settings.NODE,
            "node": call.node,
            "body": field.body,
            "body_name": permit.body_name,
            "title": field.title,
            "number": field.number,
            "digest": digest,
            "driver": value.driver,
            "value": value.value,
            "sealed": value.sealed,
            "mark": value.mark,
            "at": node_rules.spelled(at),
        }
    )
    use = SealUse.objects.create(
        no=no,
        made_here=True,
        node=call.node,
        body=field.body,
        division_code=permit.division_code,
        digest=digest,
        statement=statement,
        signature=crypto.sign(statement.encode(), purpose=KEY_PURPOSE, key_id=_key(at)),
        message=call.message,
        case=field.case,
        item=field.item,
        made_at=at,
    )
    facts = {"node": call.node, "system": call.system, "body": field.body, "digest": digest}
    journal.record(
        actor=machine("seals"),
        act="seals.sealed",
        subject=f"seal:{no}",
        at=at,
        facts={**facts, "message": call.message, "number": field.number, "sealed": value.sealed},
    )
    return use


def _key(at: datetime) -> KeyId:
    """The key the members know by now, while a newer one is being made known."""
    return KeyId(nodes.own().key_at(at).key_id)


def _denied(call: HouseCall, field: SealField, at: datetime) -> None:
    journal.record(
        actor=machine("seals"),
        act="seals.denied",
        subject=f"node:{call.node}",
        at=at,
        facts={"body": field.body, "system": call.system, "message": call.message},
    )


def _stated(use: SealUse) -> HouseAnswer:
    return _answer(Outcome.SEALED, statement=use.statement, signature=use.signature)


def _answer(outcome: Outcome, **said: str) -> HouseAnswer:
    empty = {"reason": "", "mark": "", "statement": "", "signature": ""}
    return HouseAnswer({"outcome": outcome.value, **empty, **said})
