"""A node follows its registry: ask every two seconds, take what is new, say when it does not work."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from yiwang.kernel.actor import machine
from yiwang.kernel.refusals import Refusal
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.crypto import primitives
from yiwang.mechanisms.crypto.definitions import KeyId
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.nodes import anchor, queries, rules, wire
from yiwang.network.nodes.actions.taking import take
from yiwang.network.nodes.definitions import EVERYBODY, PARTS, NodeKeyView
from yiwang.network.nodes.models import NodeContact
from yiwang.network.nodes.refusals import CannotTake, NodeClockOff, NotMember, RegistryAway

log = logging.getLogger(__name__)

#: The row about the contact is written so often when nothing changes.
NOTE_EVERY: Final = timedelta(seconds=30)


def follow(*, at: datetime) -> tuple[str, ...]:
    """Ask the registry once and put in force what is new. A failure is noted, never raised: what was
    taken before stays in force."""
    pinned = anchor.find_pinned()
    if pinned is None or queries.is_registry():
        return ()
    try:
        taken = take(documents=_ask(pinned, at), at=at)
    except (RegistryAway, NotMember, NodeClockOff, CannotTake) as refusal:
        _note(at, refusal)
        return ()
    _note(at, None)
    return taken


def _ask(pinned: tuple[str, NodeKeyView], at: datetime) -> Sequence[Mapping[str, Any]]:
    code, first = pinned
    own, registry = queries.own(), queries.find_node(code)
    theirs = registry.key_at(at) if registry and registry.keys else first
    ours = own.key_at(at)
    target = f"{wire.DOCUMENTS}?have={rules.have_text(_have(own.code))}"
    time, nonce = rules.spelled(at), secrets.token_hex(16)
    text = rules.request_text(
        method="GET", target=target, node=own.code, key_id=ours.key_id, time=time, nonce=nonce
    )
    shared = _shared(ours.key_id, own.code, code, theirs.key_id, theirs.point)
    headers = {
        "X-Exchange-Node": own.code,
        "X-Exchange-Key": ours.key_id,
        "X-Exchange-To-Key": theirs.key_id,
        "X-Exchange-Time": time,
        "X-Exchange-Nonce": nonce,
        "X-Exchange-Mac": primitives.hmac_sm3(shared, text).hex(),
    }
    status, said = wire.ask(settings.REGISTRY, "GET", target, headers=headers)
    if status == 403:
        raise _not_served(said)
    documents = said.get("documents", [])
    if status not in (200, 204) or not isinstance(documents, list):
        raise RegistryAway
    return documents


def _not_served(said: Mapping[str, Any]) -> Refusal:
    """Not known there, or known and with another clock: then in the registry's words."""
    refusal = said.get("refusal")
    if isinstance(refusal, dict) and refusal.get("code") == NodeClockOff.__name__:
        return NodeClockOff(str(refusal.get("sentence", "")))
    return NotMember()


def _have(code: str) -> dict[str, int]:
    newest = [one for one in queries.list_newest() if one.audience in (EVERYBODY, code)]
    return {part: max([0, *(o.version for o in newest if o.part == part)]) for part in PARTS}


@lru_cache(maxsize=8)
def _shared(key_id: str, code: str, registry: str, theirs: str, point: str) -> bytes:
    info = rules.pair_info((code, key_id), (registry, theirs), "documents")
    return crypto.agree(key_id=KeyId(key_id), point=point, info=info)


@transaction.atomic
def _note(at: datetime, refusal: Refusal | None) -> None:
    """Write down how it went when that changed, and the moment now and then."""
    before = queries.find_contact()
    problem = "" if refusal is None else refusal.sentence[:200]
    changed = before is None or before.problem != problem
    reached = before.reached_at if before else None
    if not changed and (refusal or (reached and at - reached < NOTE_EVERY)):
        return
    NodeContact.objects.update_or_create(
        one=1,
        defaults={
            "reached_at": reached if refusal else at,
            "problem": problem,
            "since": at if before is None or changed else before.since,
        },
    )
    if changed and isinstance(refusal, CannotTake):  # somebody tried something, or it is broken
        log.error("a document was refused", extra={"refusal": refusal.code})
        journal.record(
            actor=machine("nodes"),
            act="nodes.refuse_document",
            subject=f"node:{settings.NODE}",
            at=at,
            result="REFUSED",
            facts={"refusal": refusal.code},
        )
