"""Requests for those who may see them, and what could be asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db.models import Q

from yiwang.foundation.agreements import citing, offers, rules
from yiwang.foundation.agreements.definitions import (
    REQUEST,
    SHARING_LABELS,
    Body,
    Offer,
    RequestRow,
    RequestState,
    RequestView,
    Sharing,
    Unmet,
)
from yiwang.foundation.agreements.models import DataRequest
from yiwang.foundation.agreements.queries.views import request_view, running
from yiwang.foundation.resources import queries as resources
from yiwang.foundation.resources.definitions import DemandState
from yiwang.kernel.actor import Actor, Role
from yiwang.kernel.pages import MOST, Page, bounded, cut
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.clocks.definitions import ClockView

_S = RequestState
_MOST_PAGES: Final = 5
#: What a list of requests may be narrowed to.
OPEN: Final = (_S.RECEIVED, _S.TOLD_ONCE, _S.TO_ANSWER, _S.AGREED)
TABS: Final[Mapping[str, tuple[RequestState, ...]]] = {
    "open": (_S.DRAFT, _S.TO_SIGN, *OPEN),
    "disputes": (_S.REFUSED, _S.TALKS, _S.AT_AUTHORITY, _S.AT_SUPERIOR, _S.AT_GOVERNMENT),
    "delivered": (_S.DELIVERED,),
    "closed": (_S.UPHELD, _S.WITHDRAWN),
}
DOUBTED: Final = "doubted"


def list_requests(
    actor: Actor, *, at: datetime, tab: str = "open", after: str = "", limit: int = 50
) -> Page[RequestRow]:
    """Requests the actor's office made or has to answer, newest first.

    ``tab``: one of ``TABS``, or DOUBTED: those on their way of which a cited article changed or is gone.
    """
    wanted = Q(state__in=TABS.get(tab, TABS["open"]))
    rows = DataRequest.objects.visible_to(actor)
    rows = rows.filter(citing.doubted_requests() if tab == DOUBTED else wanted)
    if after:
        rows = rows.filter(id__lt=DataRequest.objects.filter(key=after).values("id")[:1])
    shown, following = cut(rows.order_by("-id").defer("notes")[: bounded(limit) + 1], limit)
    found = clocks.find_clocks(subjects=[row.reference for row in shown], at=at, brief=True)
    doubted = citing.doubted_among(shown)
    made = (_row(row, found[row.reference], row.pk in doubted) for row in shown)
    return Page(tuple(made), following)


def get_request(key: str, actor: Actor, *, at: datetime) -> RequestView:
    """One request; ``NotFound``."""
    row = DataRequest.objects.visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    return request_view(row, actor, at)


def get_offer(resource: str) -> Offer:
    """What the catalogue offers under a code; ``NotFound``, ``CannotBeAskedFor``."""
    return offers.get_offer(resource)


def offices_of(actor: Actor) -> tuple[Body, ...]:
    """The departments in whose name somebody may ask."""
    named = {
        grant.department
        for grant in actor.grants
        if grant.department and grant.role in (Role.DATA_OFFICER, Role.HEAD)
    }
    return offers.list_bodies(frozenset(named)) if named else ()


def list_unmet(actor: Actor, *, limit: int = 20) -> tuple[Unmet, ...]:
    """供需匹配: what items of one's own departments need, has a source, and was not asked for yet."""
    offices = {one.uscc for one in offices_of(actor)}
    if not offices:
        return ()
    wanted, after = [], ""
    for _ in range(_MOST_PAGES):
        page = resources.demand_list(state=DemandState.SUPPLIED, after=after, limit=MOST)
        wanted += [one for one in page.rows if one.department in offices]
        after = page.next
        if not after:
            break
    sources = resources.find_sources({one.element for one in wanted})
    asked = set(
        DataRequest.objects.filter(consumer__in=offices)
        .exclude(state__in=(_S.UPHELD, _S.WITHDRAWN))
        .values_list("resource", flat=True)
    )
    found = {}
    for one in wanted:
        source = sources[one.element]
        if source.code not in asked and source.provider not in offices:
            found[(source.code, one.label, one.item_name)] = Unmet(
                one.label, one.item_name, source.code, source.name, source.provider_name
            )
    return tuple(found.values())[:limit]


def authority_places(view: RequestView) -> tuple[str, ...]:
    """Whose sharing authority a request is before: the provider's; in a dispute the common one's, or above."""
    place = view.provider.division_code
    if view.state not in TABS["disputes"]:
        return (place,)
    found = rules.authority_places(view.consumer.division_code, place, view.state)
    return tuple(dict.fromkeys(found))


def _row(row: DataRequest, found: tuple[ClockView, ...], doubted: bool) -> RequestRow:
    return RequestRow(
        key=row.key,
        no=row.no,
        resource_name=row.resource_name,
        consumer_name=row.consumer_name,
        provider_name=row.provider_name,
        sharing_label=SHARING_LABELS[Sharing(row.sharing)],
        purpose=row.purpose,
        state=row.state,
        state_label=REQUEST.labels[row.state],
        clock=running(found),
        created_at=row.created_at,
        doubted=doubted,
    )
