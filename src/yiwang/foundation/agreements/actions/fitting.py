"""Grants whose way opens another kind of service than theirs (decision 0343): noted once, and told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction

from yiwang.foundation.agreements.definitions import GrantState, Way
from yiwang.foundation.agreements.events import GrantMisfits
from yiwang.foundation.agreements.models import DataGrant
from yiwang.foundation.exchange import calls
from yiwang.foundation.exchange import queries as exchange
from yiwang.foundation.exchange.definitions import fits
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import TryLater
from yiwang.mechanisms.journal import actions as journal


def check_ways(*, actor: Actor, at: datetime) -> int:
    """Compare every grant that has not ended with the kind of its service; how many are newly found not to fit.

    A service of another node is asked for there; where nobody answers, the next round asks again. Never
    inside a transaction; safe to repeat.
    """
    living = DataGrant.objects.exclude(state=GrantState.ENDED)
    nodes = set(living.values_list("provider_node", flat=True).distinct())
    found = 0
    for node in sorted(nodes):
        codes = set(living.filter(provider_node=node).values_list("service", flat=True).distinct())
        for service, kind in sorted(_kinds(node, codes).items()):
            found += _compare(service, kind, actor, at)
    return found


def _kinds(node: str, codes: set[str]) -> Mapping[str, str]:
    """What kind each of them is, as far as it is known now."""
    if node == settings.NODE:
        return exchange.kinds_of(codes)
    try:
        told = calls.list_services_at(node)
    except TryLater:
        return {}
    known = {str(one.get("code", "")): str(one.get("kind", "")) for one in told}
    return {code: known[code] for code in codes if known.get(code)}


@transaction.atomic
def _compare(service: str, kind: str, actor: Actor, at: datetime) -> int:
    rows = DataGrant.objects.filter(service=service).exclude(state=GrantState.ENDED)
    wrong = [way for way in Way if not fits(way, kind)]
    rows.exclude(way__in=wrong).exclude(misfit="").update(misfit="")
    unfit = rows.filter(way__in=wrong).exclude(misfit=kind).order_by("pk").select_for_update()
    for row in unfit:
        DataGrant.objects.filter(pk=row.pk).update(misfit=kind)
        fact = GrantMisfits(
            subject=row.reference,
            at=at,
            consumer=row.consumer,
            provider=row.provider,
            way=row.way,
            kind=kind,
        )
        journal.announce(fact, actor=actor)
    return len(unfit)
