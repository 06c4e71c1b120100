"""The article an entry stands on is looked at again when the library of laws changed, and every day."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import transaction

from yiwang.foundation.laws import queries as laws
from yiwang.foundation.resources.actions.writing import facts_of
from yiwang.foundation.resources.definitions import (
    Content,
    ResourceState,
    Sharing,
    doubt_of,
)
from yiwang.foundation.resources.events import BasisChanged
from yiwang.foundation.resources.models import Resource
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date
from yiwang.mechanisms.journal import actions as journal

_AT_ONCE: Final = 500


def look_at_bases(*, actor: Actor, at: datetime) -> int:
    """Compare the article of every entry of the negative list with what it said when the entry was published;
    returns of how many it is another one since the last look.

    An entry whose article changed, or is gone, stands in the census until its next version is published or
    the article says the same again; its body is told once. An entry published before articles were noted is
    noted as of today.
    """
    found, last = 0, 0
    while True:
        with transaction.atomic():
            rows = Resource.objects.select_for_update().filter(
                pk__gt=last, state=ResourceState.PUBLISHED, sharing=Sharing.NONE
            )
            page = list(rows.order_by("pk")[:_AT_ONCE])
            found += sum(_look(row, actor, at) for row in page)
        if len(page) < _AT_ONCE:
            return found
        last = page[-1].pk


def noted(content: Content, at: datetime) -> dict[str, Any]:
    """What a published entry keeps of the article it stands on; nothing is doubted any more."""
    return {"basis_digest": _digest(content, at), "basis_doubt": "", "basis_doubt_on": None}


def _digest(content: Content, at: datetime) -> str:
    if content.sharing is not Sharing.NONE:
        return ""
    return laws.digest_of(title=content.basis_law, article=content.basis_article, on=legal_date(at))


def _look(row: Resource, actor: Actor, at: datetime) -> bool:
    content = Content.of(row.content)
    now = _digest(content, at)
    if now and not row.basis_digest:
        row.basis_digest = now
        row.save(update_fields=["basis_digest"])
    doubt = doubt_of(noted=row.basis_digest, now=now)  # it was in force on the day of publication
    if doubt == row.basis_doubt:
        return False
    row.basis_doubt, row.basis_doubt_on = doubt, legal_date(at) if doubt else None
    row.save(update_fields=["basis_doubt", "basis_doubt_on"])
    if doubt:
        told = BasisChanged(
            subject=row.reference, at=at, law=content.basis_law, article=content.basis_article,
            doubt=doubt, **facts_of(row),
        )  # fmt: skip
        journal.announce(told, actor=actor)
    return bool(doubt)
