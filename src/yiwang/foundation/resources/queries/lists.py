"""需求、责任、负面 lists and the census: computed from needs and from what is published, never typed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from django.db.models import Count, Min, Q

from yiwang.foundation.privacy.definitions import DATA_CLASS_LABELS, DataClass
from yiwang.foundation.resources.definitions import (
    Census,
    Content,
    Demand,
    DemandState,
    Duty,
    Missing,
    Negative,
    ResourceState,
    Sharing,
    SourceView,
    VersionState,
)
from yiwang.foundation.resources.models import DataNeed, Resource, ResourceItem, ResourceVersion
from yiwang.foundation.resources.queries.catalogue import find_sources
from yiwang.foundation.standards import queries as standards
from yiwang.kernel.moments import legal_date
from yiwang.kernel.pages import Page, bounded, cut
from yiwang.network.directory import queries as directory

#: The lists are for people to read; what is computed over everything is bounded all the same.
_MOST: Final = 20_000


def demand_list(
    *, after: str = "", limit: int = 50, item: str = "", state: DemandState | None = None
) -> Page[Demand]:
    """需求清单: which item needs which datum, and from where it comes; by item, then in order of publication.

    ``item``: only of one item. ``state``: only those supplied, refused by law, or without any source.
    """
    rows = DataNeed.objects.order_by("item_code", "id")
    if item:
        rows = rows.filter(item_code=item)
    if state is not None:
        rows = rows.filter(_of_state(state))
    if after:
        mark = DataNeed.objects.filter(key=after).first()
        if mark is not None:
            rows = rows.filter(
                Q(item_code__gt=mark.item_code) | Q(item_code=mark.item_code, id__gt=mark.pk)
            )
    shown, following = cut(rows[: bounded(limit) + 1], limit)
    return Page(_demands(shown), following)


def list_needs_of(element: str) -> tuple[Demand, ...]:
    """Every item that needs one datum (at most 200)."""
    rows = DataNeed.objects.filter(element=element).order_by("id")[:200] if element else ()
    return _demands(rows)


def duty_list(*, provider: str = "") -> tuple[Duty, ...]:
    """责任清单: which body must supply which datum, and to whom: it is the source and somebody needs it.

    What the law closes is nobody's duty. ``provider``: only of one body.
    """
    needs = _needs_by_element()
    sources = find_sources(needs)
    closed = _closed_keys({source.resource for source in sources.values()})
    found = []
    for element, source in sources.items():
        if source.resource in closed or (provider and source.provider != provider):
            continue
        rows = needs[element]
        found.append(
            Duty(
                element=element,
                label=rows[0].label,
                provider=source.provider,
                provider_name=source.provider_name,
                resource=source.resource,
                resource_name=source.name,
                items=tuple(dict.fromkeys(row.item_name for row in rows)),
                departments=tuple(dict.fromkeys(row.department_name for row in rows)),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.provider, one.resource, one.element)))


def negative_list(*, after: str = "", limit: int = 50) -> Page[Negative]:
    """负面清单: what is not shared and by which article; what is not on it must be shared."""
    rows = Resource.objects.filter(state=ResourceState.PUBLISHED, sharing=Sharing.NONE)
    if after:
        rows = rows.filter(code__gt=Resource.objects.filter(key=after).values("code")[:1])
    shown, following = cut(rows.order_by("code")[: bounded(limit) + 1], limit)
    return Page(tuple(_negative(row) for row in shown), following)


def census(*, at: datetime, division_code: str = "") -> Census:
    """普查: how much is in the catalogue and what is missing; ``division_code``: whose bodies must have entries."""
    states = dict(Resource.objects.values_list("state").annotate(Count("id")))
    published = Resource.objects.filter(state=ResourceState.PUBLISHED)
    by_element = _needs_by_element()
    sources = find_sources(by_element)
    lacking = [n for e, rows in by_element.items() if e not in sources for n in rows]
    needs = sum(len(rows) for rows in by_element.values())
    waiting = ResourceVersion.objects.filter(state=VersionState.SUBMITTED).aggregate(
        every=Count("id"), late=Count("id", filter=Q(due_on__lt=legal_date(at))),
        oldest=Min("due_on"),
    )  # fmt: skip
    providers = set(published.values_list("department", flat=True).distinct())
    oldest: date | None = waiting["oldest"]
    return Census(
        published=states.get(ResourceState.PUBLISHED, 0),
        drafts=states.get(ResourceState.DRAFT, 0),
        withdrawn=states.get(ResourceState.WITHDRAWN, 0),
        by_sharing=dict(published.values_list("sharing").annotate(Count("id"))),
        items=ResourceItem.objects.filter(resource__state=ResourceState.PUBLISHED).count(),
        providers=len(providers),
        needs=needs,
        supplied=needs - len(lacking),
        missing=_missing(lacking),
        without_source=_without_source(),
        silent=_silent(providers, division_code),
        waiting=int(waiting["every"]),
        late=int(waiting["late"]),
        oldest_due=oldest,
    )


def _needs_by_element() -> dict[str, list[DataNeed]]:
    """Needs by the datum; papers nobody named a datum for are under their own words."""
    found: dict[str, list[DataNeed]] = defaultdict(list)
    for row in DataNeed.objects.order_by("item_code", "id")[:_MOST]:
        found[row.element or f"（{row.label}）"].append(row)
    return found


def _of_state(state: DemandState) -> Q:
    sources = ResourceItem.objects.filter(
        authoritative=True, resource__state=ResourceState.PUBLISHED
    )
    closed = sources.filter(resource__sharing=Sharing.NONE).values("element")
    known = Q(element__in=sources.values("element"))
    if state is DemandState.MISSING:
        return ~known
    refused = Q(element__in=closed)
    return refused if state is DemandState.REFUSED else known & ~refused


def _demands(rows: Iterable[DataNeed]) -> tuple[Demand, ...]:
    page = list(rows)
    sources = find_sources({row.element for row in page if row.element})
    closed = _closed_keys({source.resource for source in sources.values()})
    return tuple(_demand(row, sources.get(row.element), closed) for row in page)


def _closed_keys(keys: Iterable[str]) -> frozenset[str]:
    rows = Resource.objects.filter(key__in=set(keys), sharing=Sharing.NONE)
    return frozenset(rows.values_list("key", flat=True))


def _demand(row: DataNeed, source: SourceView | None, closed: frozenset[str]) -> Demand:
    state = DemandState.MISSING
    if source is not None:
        state = DemandState.REFUSED if source.resource in closed else DemandState.SUPPLIED
    return Demand(
        key=row.key,
        item_code=row.item_code,
        item_name=row.item_name,
        department=row.department,
        department_name=row.department_name,
        element=row.element,
        label=row.label,
        why=row.why,
        basis=row.basis,
        state=state,
        paper=row.paper,
        resource=source.resource if source else "",
        resource_name=source.name if source else "",
        provider_name=source.provider_name if source else "",
    )


def _negative(row: Resource) -> Negative:
    content = Content.of(row.content)
    return Negative(
        key=row.key,
        code=row.code,
        name=row.name,
        provider_name=row.department_name,
        law=content.basis_law,
        article=content.basis_article,
        class_label=DATA_CLASS_LABELS[DataClass(row.data_class)],
        condition=content.condition,
    )


def _missing(rows: Iterable[DataNeed]) -> tuple[Missing, ...]:
    found: dict[tuple[str, str, bool], list[str]] = defaultdict(list)
    for row in rows:
        found[row.label, row.element, row.paper].append(row.item_name)
    return tuple(
        Missing(label, element, tuple(dict.fromkeys(items)), paper)
        for (label, element, paper), items in sorted(found.items())
    )


def _without_source() -> tuple[tuple[str, str], ...]:
    """Data that stand in published resources while nobody is their source."""
    held = ResourceItem.objects.filter(resource__state=ResourceState.PUBLISHED).exclude(element="")
    sources = held.filter(authoritative=True).values("element")
    codes = list(
        held.exclude(element__in=sources).values_list("element", flat=True).distinct()[:200]
    )
    names = standards.find_elements(codes)
    return tuple((code, names[code].name if code in names else code) for code in sorted(codes))


def _silent(providers: set[str], division_code: str) -> tuple[tuple[str, str], ...]:
    if not division_code:
        return ()
    bodies = directory.list_departments_below(division_code)
    return tuple((one.uscc, one.name) for one in bodies if one.uscc not in providers)
