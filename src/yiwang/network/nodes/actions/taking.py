"""What the registry sent is believed, or refused; what is in force stays until then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from yiwang.kernel.actor import machine
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.nodes import anchor, queries, rules
from yiwang.network.nodes.actions.membership import apply_members
from yiwang.network.nodes.actions.publishing import lock, store
from yiwang.network.nodes.definitions import EVERYBODY, MEMBERS, Document, NodeKeyView
from yiwang.network.nodes.events import DocumentTaken
from yiwang.network.nodes.refusals import (
    CannotTake,
    Forked,
    IsRegistry,
    NotForUs,
    RolledBack,
)


@transaction.atomic
def take(*, documents: Sequence[Mapping[str, Any]], at: datetime) -> tuple[str, ...]:
    """Put newer documents of the registry in force: all of them, or none. Returns ``("members:4", …)``.

    Known ones change nothing. CannotTake and its kinds: WrongSignature, RolledBack, Forked,
    Outdated, NotForUs; IsRegistry.
    """
    if queries.is_registry():
        raise IsRegistry
    given = sorted(map(rules.read_document, documents), key=_order)
    newest = {(one.part, one.audience): one.version for one in given}
    taken = []
    for one in given:
        last = newest[one.part, one.audience] == one.version
        if _take_one(one, at=at, last=last):
            taken.append(f"{one.part}:{one.version}")
    return tuple(taken)


def _order(document: Document) -> tuple[bool, str, int]:
    """Members first: they bring the keys the others are checked with."""
    return document.part != MEMBERS, document.part, document.version


def _take_one(document: Document, *, at: datetime, last: bool) -> bool:
    if document.audience not in (EVERYBODY, settings.NODE):
        raise NotForUs
    lock(document.part, document.audience)
    rules.believe(document, _trusted(document.registry))
    known = queries.find_document(document.part, document.audience)
    if known is not None and not _is_newer(document, known):
        return False
    rules.insist_on_time(document, at=at, last=last)
    store(document, at=at)
    if document.part == MEMBERS:
        apply_members(document, at=at)
    journal.announce(
        DocumentTaken(
            subject=f"document:{document.part}/{document.audience}",
            at=at,
            part=document.part,
            audience=document.audience,
            version=document.version,
        ),
        actor=machine("nodes"),
    )
    return True


def _is_newer(document: Document, known: Document) -> bool:
    """False for the one we have; RolledBack for an older one, Forked for another of that version."""
    if document.version > known.version:
        if document.issued_at < known.issued_at:
            raise RolledBack
        return True
    if document.version < known.version:
        raise RolledBack
    if document.text != known.text or document.issued_at != known.issued_at:
        raise Forked
    return False


def _trusted(registry: str) -> Iterable[NodeKeyView]:
    """The keys of the registry: as members were told, at the very first as somebody confirmed it."""
    pinned = anchor.find_pinned()
    if pinned is None:
        raise CannotTake("本节点还没有确认过登记机构的公钥。", "请先运行 yiwang node join。")
    code, key = pinned
    if registry != code:
        raise NotForUs
    row = queries.find_node(code)
    return row.keys if row and row.keys else (key,)
