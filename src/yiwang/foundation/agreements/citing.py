"""依据的条文: what a request or a grant cites, and whose article is another one now (0365)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

from django.db.models import Exists, OuterRef, Q

from yiwang.foundation.agreements.definitions import GrantState, RequestState
from yiwang.foundation.agreements.definitions.citations import Citation, Doubted
from yiwang.foundation.agreements.models import CitedArticle, DataGrant, DataRequest
from yiwang.foundation.laws import queries as laws
from yiwang.foundation.resources import queries as resources
from yiwang.foundation.resources.definitions import BasisDoubt
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import Refusal

#: A request in these is over: its grant goes on, or nothing does.
OVER: Final = (RequestState.DELIVERED, RequestState.UPHELD, RequestState.WITHDRAWN)
_DOUBTED: Final = ~Q(doubt="")


def citations_of(row: DataRequest | DataGrant, *, on: date | None = None) -> tuple[Citation, ...]:
    """What it cites, in the order it was written; with ``on`` also what changed articles say on that day."""
    rows = sorted(row.citations.all(), key=lambda one: one.position)
    return tuple(_view(one, on) for one in rows)


def doubted_requests() -> Q:
    """Requests on their way of which an article changed or is gone."""
    cited = CitedArticle.objects.filter(_DOUBTED, request=OuterRef("pk"))
    return ~Q(state__in=OVER) & Q(Exists(cited))


def doubted_grants() -> Q:
    """Grants that are not over of which an article changed or is gone."""
    cited = CitedArticle.objects.filter(_DOUBTED, grant=OuterRef("pk"))
    return ~Q(state=GrantState.ENDED) & Q(Exists(cited))


def doubted_among(rows: Collection[DataRequest]) -> frozenset[int]:
    """Of these requests the keys of those with such an article."""
    found = CitedArticle.objects.filter(_DOUBTED, request__in=[row.pk for row in rows])
    return frozenset(found.values_list("request_id", flat=True))


def count_doubted(actor: Actor) -> Doubted:
    """For the census: of those the actor may see."""
    return Doubted(
        requests=DataRequest.objects.visible_to(actor).filter(doubted_requests()).count(),
        grants=DataGrant.objects.visible_to(actor).filter(doubted_grants()).count(),
    )


def list_item_needs(resource: str, departments: Collection[str]) -> tuple[tuple[str, str], ...]:
    """(code, article as the item writes it) of every item of these departments that needs a datum of a resource."""
    elements = {one.element for one in resources.get_resource(resource).items if one.element}
    found = [need for element in sorted(elements) for need in resources.list_needs_of(element)]
    wanted = [(one.item_code, one.basis) for one in found if one.department in departments]
    return tuple(dict.fromkeys(wanted))


def _view(row: CitedArticle, on: date | None) -> Citation:
    shown = on is not None and row.doubt == BasisDoubt.CHANGED
    return Citation(
        law=row.law,
        article=row.article,
        text=row.text,
        published=row.published,
        noted_on=row.noted_on,
        doubt=row.doubt,
        doubt_on=row.doubt_on,
        text_now=_text(row, on) if shown and on else "",
    )


def _text(row: CitedArticle, on: date) -> str:
    try:
        return laws.get_article(title=row.law, article=row.article, on=on).text
    except Refusal:  # gone since the last look
        return ""
