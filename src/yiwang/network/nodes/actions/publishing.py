"""The registry signs what its members are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from yiwang.kernel.actor import Actor
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.crypto.definitions import KeyId
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.nodes import anchor, queries, rules
from yiwang.network.nodes.definitions import (
    CHANNEL,
    EVERYBODY,
    KEY_PURPOSE,
    PARTS,
    RENEW_BEFORE,
    VALID_FOR,
    Document,
)
from yiwang.network.nodes.models import NodeDocument
from yiwang.network.nodes.refusals import NotRegistry, UnknownPart


@transaction.atomic
def publish(
    *,
    part: str,
    body: Mapping[str, Any],
    at: datetime,
    actor: Actor,
    audience: str = EVERYBODY,
) -> int:
    """Sign the next version of a part for an audience; the same words again while they hold change
    nothing. Returns the version in force. NotRegistry; UnknownPart."""
    if not queries.is_registry():
        raise NotRegistry
    if part not in PARTS:
        raise UnknownPart
    lock(part, audience)
    last, text = queries.find_document(part, audience), rules.canonical(body)
    if last and last.text == text and last.valid_until - at > RENEW_BEFORE:
        return last.version
    issued_at = max(at, last.issued_at + timedelta(microseconds=1)) if last else at
    key_id = queries.own().key_at(issued_at).key_id
    document = _signed(
        Document(
            part=part,
            audience=audience,
            version=last.version + 1 if last else 1,
            registry=settings.NODE,
            text=text,
            issued_at=issued_at,
            valid_until=issued_at + VALID_FOR,
            signed_by=key_id,
            signature="",
            body=body,
        )
    )
    store(document, at=at)
    journal.record(
        actor=actor,
        act="nodes.publish",
        subject=f"document:{part}/{audience}",
        at=at,
        facts={"version": document.version, "signed_by": key_id},
    )
    return document.version


def renew(*, at: datetime, actor: Actor) -> int:
    """Issue anew what is in force and would run out; returns how many. A daily errand of the registry."""
    if not queries.is_registry():
        return 0
    due = [one for one in queries.list_newest() if one.valid_until - at <= RENEW_BEFORE]
    for one in due:
        publish(part=one.part, audience=one.audience, body=one.body, at=at, actor=actor)
    return len(due)


def _signed(document: Document) -> Document:
    data = rules.covered(document)
    key_id = KeyId(document.signed_by)
    return replace(document, signature=crypto.sign(data, purpose=KEY_PURPOSE, key_id=key_id))


def lock(part: str, audience: str) -> None:
    """One version at a time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"nodes|{part}|{audience}"]
        )


def store(document: Document, *, at: datetime) -> None:
    """A row for ever; for this node also the file, once it is committed."""
    NodeDocument.objects.create(
        part=document.part,
        audience=document.audience,
        version=document.version,
        registry=document.registry,
        body=document.text,
        issued_at=document.issued_at,
        valid_until=document.valid_until,
        signed_by=document.signed_by,
        signature=document.signature,
        taken_at=at,
    )
    if document.audience in (EVERYBODY, settings.NODE):
        transaction.on_commit(partial(anchor.keep, document), robust=True)
    notify(document.part)


def notify(what: str) -> None:
    """At the commit, whoever keeps a picture in memory looks again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, what])
