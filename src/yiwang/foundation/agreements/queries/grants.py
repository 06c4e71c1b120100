"""Grants for those who may see them, and as other nodes are told of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db.models import Q

from yiwang.foundation.agreements import citing
from yiwang.foundation.agreements.definitions import (
    Body,
    GrantState,
    GrantView,
    Origin,
    RequestView,
)
from yiwang.foundation.agreements.models import DataGrant
from yiwang.foundation.agreements.queries.views import body_of, grant_view
from yiwang.foundation.agreements.trials import trial_rows
from yiwang.foundation.agreements.uses import field_labels
from yiwang.foundation.privacy.definitions import Grade, Mask
from yiwang.foundation.resources import queries as resources
from yiwang.kernel.actor import Actor
from yiwang.kernel.pages import Page, bounded, cut
from yiwang.kernel.refusals import NotFound


def labelled_fields(view: RequestView | GrantView) -> tuple[tuple[str, bool], ...]:
    """(label, in clear) of what a request asks for; the code where the catalogue has it no more."""
    known = field_labels(view.resource, getattr(view, "service", ""))
    return tuple((known.get(code, code), code in view.clear_fields) for code in view.fields)


def list_grants(
    actor: Actor,
    *,
    at: datetime,
    state: str = GrantState.ACTIVE,
    misfit: bool = False,
    doubted: bool = False,
    after: str = "",
    limit: int = 50,
) -> Page[GrantView]:
    """Grants of the actor's office, given and taken, newest first.

    Of any state but ended: ``misfit``, those that do not fit the kind of their service; ``doubted``, those
    of which a cited article changed or is gone.
    """
    rows = DataGrant.objects.visible_to(actor)
    if misfit or doubted:
        rows = rows.exclude(state=GrantState.ENDED)
        rows = rows.exclude(misfit="") if misfit else rows
        rows = rows.filter(citing.doubted_grants()) if doubted else rows
    else:
        rows = rows.filter(state=state)
    if after:
        rows = rows.filter(id__lt=DataGrant.objects.filter(key=after).values("id")[:1])
    cited = rows.select_related("request").prefetch_related("citations")
    page = cited.order_by("-id")[: bounded(limit) + 1]
    shown, following = cut(page, limit)
    made = (grant_view(row, actor, at, in_list=True) for row in shown)
    return Page(tuple(made), following)


def get_grant(key: str, actor: Actor, *, at: datetime) -> GrantView:
    """One grant; ``NotFound``."""
    rows = DataGrant.objects.visible_to(actor).select_related("request")
    row = rows.filter(key=key).first()
    if row is None:
        raise NotFound
    return grant_view(row, actor, at)


def find_consumer(grant: str) -> Body | None:
    """The department a grant was given to; None for one this node does not keep."""
    row = DataGrant.objects.filter(key=grant).first()
    return body_of(row, "consumer") if row else None


def list_trial_grants(service: str, actor: Actor, *, at: datetime) -> tuple[GrantView, ...]:
    """The grants of a service whose purpose is 联调测试 and which one's own department holds now."""
    return tuple(grant_view(row, actor, at) for row in trial_rows(service, actor, at=at))


def list_published(node: str) -> tuple[Mapping[str, object], ...]:
    """Every grant a node takes part in, as it is told to that node; what ended is named no more."""
    mine = Q(consumer_node=node) | Q(provider_node=node)
    rows = DataGrant.objects.filter(mine, origin=Origin.LOCAL).exclude(state=GrantState.ENDED)
    return tuple(published(row) for row in rows.order_by("key"))


def graded(resource: str, fields: Sequence[str]) -> dict[str, list[int | str]]:
    """What the catalogue hides of these fields unless they are given in clear."""
    known = resources.list_grades(resource, dict.fromkeys(fields, ""))
    return {
        name: [grade, mask]
        for name, (grade, mask) in known.items()
        if grade >= Grade.PERSONAL or mask != Mask.NONE
    }


def published(row: DataGrant) -> Mapping[str, object]:
    """A grant as a document for another node: no reasons, no names of people."""
    return {
        "key": row.key,
        "resource": row.resource,
        "service": row.service,
        **{name: str(row.__dict__[name]) for name in _BODIES},
        "purposes": list(row.purposes),
        "items": list(row.items),
        "needs_case": row.needs_case,
        "fields": list(row.fields),
        "clear_fields": list(row.clear_fields),
        "grades": dict(row.grades),
        "way": row.way,
        "valid_from": row.valid_from.isoformat(),
        "valid_until": row.valid_until.isoformat(),
        "per_day": row.per_day,
        "per_second": row.per_second,
        "state": row.state,
        "version": row.version,
    }


_BODIES: Final = (
    "consumer", "consumer_name", "consumer_division", "consumer_node",
    "provider", "provider_name", "provider_division", "provider_node",
)  # fmt: skip
