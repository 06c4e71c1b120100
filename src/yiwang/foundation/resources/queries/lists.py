"""需求、责任、负面 lists and the census: computed from needs and from what is published, never typed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

from django.db.models import Count, Exists, Min, OuterRef, Q, Sum

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
from yiwang.foundation.resources.models import (
    DataNeed,
    ElementTally,
    Resource,
    ResourceItem,
    ResourceTally,
    ResourceVersion,
)
from yiwang.foundation.resources.queries.catalogue import find_sources
from yiwang.foundation.standards import queries as standards
from yiwang.kernel.moments import legal_date
from yiwang.kernel.pages import Page, bounded, cut
from yiwang.network.directory import queries as directory

#: The lists are for people to read; what is computed over everything is bounded all the same.
_MOST: Final = 20_000
_SHOWN: Final = 200


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


def duty_list(*, provider: str = "", after: str = "", limit: int = 50) -> Page[Duty]:
    """责任清单: which body must supply which datum, and to whom: it is the source and somebody needs it.

    What the law closes is nobody's duty. By element, ``after`` the last one; ``provider``: only of one body.
    """
    rows = ResourceItem.objects.filter(
        Exists(DataNeed.objects.filter(element=OuterRef("element"))),
        authoritative=True,
        resource__state=ResourceState.PUBLISHED,
        element__gt=after,
    ).exclude(resource__sharing=Sharing.NONE)
    if provider:
        rows = rows.filter(resource__department=provider)
    most = bounded(limit)
    found = list(rows.select_related("resource").order_by("element")[: most + 1])
    needs: dict[str, list[DataNeed]] = defaultdict(list)
    wanted = [row.element for row in found]
    for need in DataNeed.objects.filter(element__in=wanted).order_by("item_code", "id")[:_MOST]:
        needs[need.element].append(need)
    following = found[most - 1].element if len(found) > most else ""
    return Page(tuple(_duty(row, needs[row.element]) for row in found[:most]), following)


def negative_list(*, after: str = "", limit: int = 50) -> Page[Negative]:
    """负面清单: what is not shared and by which article; what is not on it must be shared."""
    rows = Resource.objects.filter(state=ResourceState.PUBLISHED, sharing=Sharing.NONE)
    if after:
        rows = rows.filter(code__gt=Resource.objects.filter(key=after).values("code")[:1])
    shown, following = cut(rows.order_by("code")[: bounded(limit) + 1], limit)
    return Page(tuple(_negative(row) for row in shown), following)


def census(*, at: datetime, division_code: str = "") -> Census:
    """普查: how much is in the catalogue and what is missing; ``division_code``: whose bodies must have entries."""
    tally = list(ResourceTally.objects.filter(resources__gt=0))
    lacking = list(DataNeed.objects.filter(_of_state(DemandState.MISSING)).order_by("id")[:_SHOWN])
    needs = DataNeed.objects.aggregate(
        every=Count("id"), lacking=Count("id", filter=_of_state(DemandState.MISSING))
    )
    waiting = ResourceVersion.objects.filter(state=VersionState.SUBMITTED).aggregate(
        every=Count("id"), late=Count("id", filter=Q(due_on__lt=legal_date(at))),
        oldest=Min("due_on"),
    )  # fmt: skip
    by_state: dict[str, int] = defaultdict(int)
    by_sharing: dict[str, int] = defaultdict(int)
    for row in tally:
        by_state[row.state] += row.resources
        by_sharing[row.sharing] += row.resources * (row.state == ResourceState.PUBLISHED)
    providers = {row.department for row in tally if row.state == ResourceState.PUBLISHED}
    oldest: date | None = waiting["oldest"]
    return Census(
        published=by_state[ResourceState.PUBLISHED],
        drafts=by_state[ResourceState.DRAFT],
        withdrawn=by_state[ResourceState.WITHDRAWN],
        by_sharing={sharing: count for sharing, count in by_sharing.items() if count},
        items=ElementTally.objects.aggregate(every=Sum("held", default=0))["every"],
        providers=len(providers),
        needs=needs["every"],
        supplied=needs["every"] - needs["lacking"],
        missing=_missing(lacking),
        without_source=_without_source(),
        silent=_silent(providers, division_code),
        waiting=int(waiting["every"]),
        late=int(waiting["late"]),
        oldest_due=oldest,
        to_look_at=tuple(_negative(row) for row in _doubtful()),
    )


def _doubtful() -> Iterable[Resource]:
    rows = Resource.objects.exclude(basis_doubt="").filter(state=ResourceState.PUBLISHED)
    return rows.order_by("code")[:_SHOWN]


def _duty(row: ResourceItem, needs: Sequence[DataNeed]) -> Duty:
    return Duty(
        element=row.element,
        label=needs[0].label if needs else row.label,
        provider=row.resource.department,
        provider_name=row.resource.department_name,
        resource=row.resource.key,
        resource_name=row.resource.name,
        items=tuple(dict.fromkeys(need.item_name for need in needs)),
        departments=tuple(dict.fromkeys(need.department_name for need in needs)),
    )


def _of_state(state: DemandState) -> Q:
    sources = ResourceItem.objects.filter(authoritative=True)  # items lie here while published
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
        doubt=row.basis_doubt,
        doubt_on=row.basis_doubt_on,
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
    rows = ElementTally.objects.filter(held__gt=0, sources__lte=0).exclude(element="")
    codes = list(rows.order_by("element").values_list("element", flat=True)[:_SHOWN])
    names = standards.find_elements(codes)
    return tuple((code, names[code].name if code in names else code) for code in codes)


def _silent(providers: set[str], division_code: str) -> tuple[tuple[str, str], ...]:
    if not division_code:
        return ()
    bodies = directory.list_departments_below(division_code)
    return tuple((one.uscc, one.name) for one in bodies if one.uscc not in providers)
