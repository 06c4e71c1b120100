"""The registry settles what nodes ask: an operator confirms newcomers, the rest follows by signature."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from yiwang.kernel.actor import Actor, machine
from yiwang.kernel.events import Event
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.crypto import queries as keys
from yiwang.mechanisms.crypto import rules as crypto_rules
from yiwang.mechanisms.crypto.definitions import SIGN_PREFIX
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.directory import actions as directory_actions
from yiwang.network.directory import queries as directory
from yiwang.network.directory.definitions import DepartmentView
from yiwang.network.nodes import queries, rules
from yiwang.network.nodes.actions.asking import insist_on_operator, spoken
from yiwang.network.nodes.actions.membership import begin, enter_key, publish_members
from yiwang.network.nodes.actions.publishing import lock
from yiwang.network.nodes.definitions import (
    KEY_PURPOSE,
    LEAD,
    MEMBERS,
    MOST_WAITING,
    OVERLAP,
    TYPED_DIGITS,
    Asked,
    NodeRole,
    NodeState,
    RequestKind,
    RequestState,
)
from yiwang.network.nodes.events import (
    NodeJoined,
    NodeKeyChanged,
    NodeLeft,
    NodeResumed,
    NodeSuspended,
)
from yiwang.network.nodes.models import ExchangeNode, NodeRequest
from yiwang.network.nodes.refusals import (
    BadRequest,
    CannotJoin,
    FingerprintDiffers,
    NotMember,
    NotRegistry,
    TooManyWaiting,
)


def _insist(actor: Actor) -> None:
    """At the registry, by its operators."""
    if not queries.is_registry():
        raise NotRegistry
    insist_on_operator(actor)


@transaction.atomic
def receive(*, given: Mapping[str, Any], at: datetime) -> str:
    """Keep a request that came on paper or by file, as the exchange process does; its key."""
    if not queries.is_registry():
        raise NotRegistry
    asked = rules.read_asked(given)
    if asked.kind is not RequestKind.JOIN:
        raise BadRequest
    rules.admit(asked, given, known=asked.point, at=at)
    if NodeRequest.objects.filter(state=RequestState.WAITING).count() >= MOST_WAITING:
        raise TooManyWaiting
    row, _made = NodeRequest.objects.get_or_create(
        kind=asked.kind,
        code=asked.code,
        fingerprint=crypto_rules.fingerprint(asked.point),
        state=RequestState.WAITING,
        defaults={"body": rules.to_keep(asked, given), "received_at": at},
    )
    return row.key


@transaction.atomic
def confirm(*, request: str, fingerprint: str, at: datetime, actor: Actor) -> None:
    """The operator typed what the other side read out: the node is a member from now on.

    A department the directory does not know is entered with it. FingerprintDiffers, CannotJoin when
    somebody is called so, InvalidInput for a wrong credit code, NotFound, NotAllowed.
    """
    _insist(actor)
    row, asked = _waiting(request, RequestKind.JOIN)
    typed = spoken(fingerprint)
    if len(typed) < TYPED_DIGITS or not row.fingerprint.startswith(typed):
        raise FingerprintDiffers
    node = _enter(asked, at)
    key = node.keys.filter(point=asked.point).first()
    if key is None:
        _insist_new_name(node, asked)
        enter_key(node, key_id=asked.key_id, point=asked.point, valid_from=at)
    else:
        node.keys.filter(pk=key.pk).update(valid_until=None)
    _bring_department(asked)
    _settle(row, RequestState.DONE, at=at, actor=actor)
    _tell(NodeJoined(subject=f"node:{node.code}", at=at, code=node.code), at=at, actor=actor)


def _enter(asked: Asked, at: datetime) -> ExchangeNode:
    node = ExchangeNode.objects.select_for_update().filter(code=asked.code).first()
    if node is not None and node.state != NodeState.LEFT:
        raise CannotJoin("这个代码已经是成员。")
    node = node or ExchangeNode(code=asked.code, role=NodeRole.CONSUMER)
    node.name, node.uscc, node.division_code = asked.name, asked.uscc, asked.division_code
    node.address, node.web = asked.address, asked.web
    node.state, node.changed_at = NodeState.ACTIVE, at
    node.save()
    return node


def _insist_new_name(node: ExchangeNode, asked: Asked) -> None:
    """What was signed under a lost machine's key is still proven by its id: another key needs another."""
    if node.keys.filter(key_id=asked.key_id).exists():
        raise CannotJoin(
            f"这个节点以前有过编号 {asked.key_id} 的密钥，不是现在这一把。",
            "请在申请的节点上运行 ./yiwang node rotate，再申请一次。",
        )


def _bring_department(asked: Asked) -> None:
    """A department's own node brings the department along, so that its people can be given accounts here.

    One the directory knows stays as it is.
    """
    if asked.uscc and not directory.find_departments([asked.uscc]):
        directory_actions.register_department(
            department=DepartmentView(
                uscc=asked.uscc, name=asked.name, short_name=asked.name[:40],
                division_code=asked.division_code, phone="", address="",
            )
        )  # fmt: skip


@transaction.atomic
def decline(*, request: str, reason: str, at: datetime, actor: Actor) -> None:
    """Send a request back and say why."""
    _insist(actor)
    row, _asked = _waiting(request, RequestKind.JOIN)
    _settle(row, RequestState.DECLINED, at=at, actor=actor, reason=_said(reason))


@transaction.atomic
def settle_signed(*, at: datetime) -> int:
    """New keys and leaving, proven by the key everybody knows, need nobody; returns how many."""
    if not queries.is_registry():
        return 0
    rows = NodeRequest.objects.select_for_update(skip_locked=True).exclude(kind=RequestKind.JOIN)
    settled = 0
    for row in rows.filter(state=RequestState.WAITING).order_by("id")[:50]:
        _settle_signed(row, at)
        settled += 1
    return settled


def _settle_signed(row: NodeRequest, at: datetime) -> None:
    given = json.loads(row.body)
    asked, actor = rules.read_asked(given), machine("nodes")
    node = ExchangeNode.objects.select_for_update().filter(code=asked.code).first()
    known = node.keys.filter(key_id=asked.signed_by).first() if node else None
    try:
        if node is None or known is None or node.state == NodeState.LEFT:
            raise NotMember
        rules.admit(asked, given, known=known.point, at=row.received_at)
    except (BadRequest, NotMember) as refusal:
        _settle(row, RequestState.DECLINED, at=at, actor=actor, reason=refusal.sentence)
        return
    _settle(row, RequestState.DONE, at=at, actor=actor)
    if asked.kind is RequestKind.LEAVE:
        _leave(node, at=at, actor=actor)
    elif asked.kind is RequestKind.CHANGE:
        _rename(node, asked, at=at, actor=actor)
    elif not node.keys.filter(point=asked.point).exists():
        _change_key(node, asked.key_id, asked.point, at=at, actor=actor)


def _rename(node: ExchangeNode, asked: Asked, *, at: datetime, actor: Actor) -> None:
    told = {"name": asked.name, "address": asked.address, "web": asked.web}
    ExchangeNode.objects.filter(pk=node.pk).update(**told, changed_at=at)
    lock(MEMBERS, "")
    publish_members(at=at, actor=actor)


@transaction.atomic
def change_own_key(*, at: datetime, actor: Actor) -> str:
    """The registry's own new key: told under the old one, used when everybody has heard of it."""
    _insist(actor)
    own = begin(at=at)
    node = ExchangeNode.objects.select_for_update().get(code=own.code)
    key_id = crypto.rotate(SIGN_PREFIX + KEY_PURPOSE)
    _change_key(node, key_id, keys.get_public_key(key_id).point, at=at, actor=actor)
    return key_id


def _change_key(node: ExchangeNode, key_id: str, point: str, *, at: datetime, actor: Actor) -> None:
    node.keys.filter(valid_until=None).update(valid_until=at + LEAD + OVERLAP)
    enter_key(node, key_id=key_id, point=point, valid_from=at + LEAD)
    event = NodeKeyChanged(subject=f"node:{node.code}", at=at, code=node.code, key_id=key_id)
    _tell(event, at=at, actor=actor)


@transaction.atomic
def suspend(*, code: str, reason: str, at: datetime, actor: Actor) -> None:
    """Keep a member out until further notice: nobody exchanges anything with it within seconds."""
    node = _member(code, actor)
    _move(node, NodeState.ACTIVE, NodeState.SUSPENDED, at)
    event = NodeSuspended(subject=f"node:{code}", at=at, code=code)
    _tell(event, at=at, actor=actor, purpose=_said(reason))


@transaction.atomic
def resume(*, code: str, at: datetime, actor: Actor) -> None:
    """Let it in again."""
    node = _member(code, actor)
    _move(node, NodeState.SUSPENDED, NodeState.ACTIVE, at)
    _tell(NodeResumed(subject=f"node:{code}", at=at, code=code), at=at, actor=actor)


@transaction.atomic
def remove(*, code: str, reason: str, at: datetime, actor: Actor) -> None:
    """Take a member out; it may ask to join again with a new key."""
    _leave(_member(code, actor), at=at, actor=actor, purpose=_said(reason))


def _leave(node: ExchangeNode, *, at: datetime, actor: Actor, purpose: str = "") -> None:
    node.keys.filter(valid_until=None).update(valid_until=at + OVERLAP)  # so that it can read of it
    _move(node, node.state, NodeState.LEFT, at)
    event = NodeLeft(subject=f"node:{node.code}", at=at, code=node.code)
    _tell(event, at=at, actor=actor, purpose=purpose)


def _member(code: str, actor: Actor) -> ExchangeNode:
    _insist(actor)
    node = ExchangeNode.objects.select_for_update().filter(code=code).first()
    if node is None:
        raise NotFound("没有这个节点。", "请看节点列表里的代码。")
    if node.state == NodeState.LEFT or node.code == queries.own().code:
        raise CannotJoin("这个节点已经退出，或就是本节点。")
    return node


def _move(node: ExchangeNode, source: str, target: NodeState, at: datetime) -> None:
    rows = ExchangeNode.objects.filter(pk=node.pk, state=source)
    if not rows.update(state=target, changed_at=at):
        raise CannotJoin("这个节点的状态刚刚变了。")


def _waiting(key: str, kind: RequestKind) -> tuple[NodeRequest, Asked]:
    rows = NodeRequest.objects.select_for_update()
    row = rows.filter(key=key, kind=kind, state=RequestState.WAITING).first()
    if row is None:
        raise NotFound("没有这份等确认的申请。", "请刷新页面看最新情况。")
    return row, rules.read_asked(json.loads(row.body))


def _settle(
    row: NodeRequest, state: RequestState, *, at: datetime, actor: Actor, reason: str = ""
) -> None:
    NodeRequest.objects.filter(pk=row.pk).update(
        state=state, settled_at=at, settled_by=actor.reference, reason=reason[:200]
    )
    journal.record(
        actor=actor,
        act=f"nodes.{row.kind.lower()}_{state.lower()}",
        subject=f"node:{row.code}",
        at=at,
        facts={"request": row.key, "fingerprint": row.fingerprint},
    )


def _tell(event: Event, *, at: datetime, actor: Actor, purpose: str = "") -> None:
    """A fact about a member, and the document that tells it to everybody."""
    lock(MEMBERS, "")
    journal.announce(event, actor=actor, purpose=purpose)
    publish_members(at=at, actor=actor)


def _said(reason: str) -> str:
    text = " ".join(reason.split())
    if not 2 <= len(text) <= 200 or not text.isprintable():
        raise InvalidInput(fields=(FieldProblem("reason", "请写明原因。", "2 到 200 个字。"),))
    return text
