"""Resources and their versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Lower, StrIndex
from django.db.models.lookups import GreaterThan

from yiwang.foundation.privacy.definitions import DataClass, Mask
from yiwang.foundation.resources import rules
from yiwang.foundation.resources.definitions import (
    DOUBT_LABELS,
    Content,
    Holder,
    Kind,
    Opening,
    ResourceFilter,
    ResourceRow,
    ResourceState,
    ResourceView,
    Sharing,
    SourceView,
    VersionState,
    VersionView,
)
from yiwang.foundation.resources.definitions.codes import (
    CHECK,
    CONSENTERS,
    ON_THE_WAY,
    OPEN_VERSIONS,
)
from yiwang.foundation.resources.models import (
    Resource,
    ResourceItem,
    ResourceSet,
    ResourceVersion,
)
from yiwang.kernel.actor import Actor
from yiwang.kernel.pages import Page, bounded, cut
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.clocks.definitions import ClockView

EVERYTHING: Final = ResourceFilter()


def get_resource(code: str) -> ResourceView:
    """One resource that is or was published, by its code; its ``closed`` says why it cannot be asked for.

    NotFound when there is none or it was never published.
    """
    row = Resource.objects.filter(code=code, number__gt=0).first()
    if row is None:
        raise NotFound("目录里没有这项数据资源。", "请检查资源代码。")
    return view_of(row)


def list_grades(code: str, fields: Mapping[str, str]) -> Mapping[str, tuple[int, str]]:
    """What the version in force says of each of these fields (name: title): its grade, the rule it is
    masked by. A field is the item of its name or title; what is no item is graded as the whole
    resource. Nothing when there is no such resource here.
    """
    whole = Resource.objects.filter(code=code).values_list("pk", "grade").first() if code else None
    if whole is None:
        return {}
    rows = ResourceItem.objects.filter(resource=whole[0])
    items = list(rows.values_list("name", "label", "grade", "mask"))
    found = {}
    for name, title in fields.items():
        same = [(g, m) for item, label, g, m in items if item == name or (title and label == title)]
        masks = sorted(m for _grade, m in same if m != Mask.NONE)
        grade = max((g for g, _mask in same), default=whole[1])
        found[name] = (grade, masks[0] if masks else str(Mask.NONE))
    return found


def read_resource(key: str, actor: Actor) -> ResourceView:
    """One resource the actor may see, by its key; NotFound."""
    row = Resource.objects.visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    return view_of(row)


def list_resources(
    actor: Actor,
    *,
    filter: ResourceFilter = EVERYTHING,
    after: str = "",
    limit: int = 50,
) -> Page[ResourceRow]:
    """Resources the actor may see, by code; ``after``: the key the page before ended with."""
    rows = narrowed(Resource.objects.visible_to(actor), filter)
    if after:
        rows = rows.filter(code__gt=Resource.objects.filter(key=after).values("code")[:1])
    open_version = ResourceVersion.objects.filter(resource=OuterRef("pk"), state__in=OPEN_VERSIONS)
    items = ResourceItem.objects.filter(resource=OuterRef("pk")).order_by().values("resource")
    held = Coalesce(Subquery(items.annotate(n=Count("id")).values("n")), 0)
    listed = rows.annotate(drafted=Exists(open_version), held=held).defer("content")
    shown, following = cut(listed.order_by("code")[: bounded(limit) + 1], limit)
    return Page(tuple(_row(row) for row in shown), following)


def narrowed(rows: ResourceSet, wanted: ResourceFilter) -> ResourceSet:
    """What a filter leaves of the rows."""
    text = wanted.text.strip()[:60]
    if text:
        # Rare words come by their index, frequent ones soon turn up by code: the planner knows from the
        # pairs which it is, and would take "%text%" for rare, so that is asked as a position.
        named = Q(GreaterThan(StrIndex(Lower("name"), Value(text.lower())), 0))
        named |= Q(GreaterThan(StrIndex(Lower("department_name"), Value(text.lower())), 0))
        by_name = named & Q(pairs__contains=rules.wanted_in(text))
        rows = rows.filter(by_name | Q(code__startswith=text))
    said = {
        "kind": wanted.kind,
        "sharing": wanted.sharing,
        "department": wanted.provider,
        "state": wanted.state,
    }
    return rows.filter(**{column: value for column, value in said.items() if value})


def find_sources(elements: Iterable[str]) -> dict[str, SourceView]:
    """The one authoritative source of each datum, by element; those without one are left out."""
    rows = ResourceItem.objects.filter(
        element__in=set(elements), authoritative=True, resource__state=ResourceState.PUBLISHED
    ).select_related("resource")
    return {
        row.element: SourceView(
            element=row.element,
            resource=row.resource.key,
            code=row.resource.code,
            name=row.resource.name,
            provider=row.resource.department,
            provider_name=row.resource.department_name,
            item=row.name,
        )
        for row in rows.defer("resource__content")
    }


def list_holders(element: str, *, after: str = "", limit: int = 50) -> Page[Holder]:
    """The published resources that hold a datum, each once; ``after``: the last one of the page before."""
    rows = ResourceItem.objects.filter(element=element).exclude(element="")
    rows = rows.filter(resource__state=ResourceState.PUBLISHED)
    if after:
        rows = rows.filter(resource__gt=Resource.objects.filter(key=after).values("pk")[:1])
    most = bounded(limit)
    each = rows.order_by("resource", "-authoritative", "position").distinct("resource")
    found = list(each.select_related("resource").defer("resource__content")[: most + 1])
    shown = tuple(
        Holder(
            key=row.resource.key,
            name=row.resource.name,
            provider_name=row.resource.department_name,
            item=row.name,
            label=row.label,
            authoritative=row.authoritative,
        )
        for row in found[:most]
    )
    return Page(shown, shown[-1].key if len(found) > most else "")


def find_source_of(element: str) -> SourceView | None:
    """The one authoritative source of a datum (一数一源), None when nobody is it yet."""
    return find_sources([element]).get(element)


def get_version(key: str, actor: Actor, *, at: datetime) -> VersionView:
    """One version the actor may see; NotFound."""
    row = ResourceVersion.objects.visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    found = clocks.find_clocks(subjects=[row.reference], at=at)[row.reference]
    return version_of(row, found)


def find_open_version(resource: str, actor: Actor, *, at: datetime) -> VersionView | None:
    """What is being written about a resource (its key), None when nothing is or it is not the actor's."""
    rows = ResourceVersion.objects.visible_to(actor)
    row = rows.filter(resource__key=resource, state__in=OPEN_VERSIONS).first()
    if row is None:
        return None
    found = clocks.find_clocks(subjects=[row.reference], at=at)[row.reference]
    return version_of(row, found)


def list_versions(resource: str, actor: Actor) -> tuple[VersionView, ...]:
    """The published versions of a resource (its key), newest first, at most 100."""
    rows = ResourceVersion.objects.visible_to(actor).filter(
        resource__key=resource, state=VersionState.PUBLISHED
    )
    return tuple(
        version_of(row) for row in rows.select_related("resource").order_by("-number")[:100]
    )


def list_waiting(
    actor: Actor, *, at: datetime, after: str = "", limit: int = 50
) -> Page[VersionView]:
    """Versions that wait to be checked, or for the head of the actor's own body, the oldest first."""
    waiting = Q(state=VersionState.SUBMITTED)
    if any(actor.has_role(role) for role in CONSENTERS):
        waiting |= Q(state=VersionState.TO_CONSENT)
    rows = ResourceVersion.objects.visible_to(actor).filter(waiting)
    bodies = {one.department for one in actor.grants if one.role in ON_THE_WAY}
    if (
        bodies and None not in bodies
    ):  # what waits is never others': their own few, not all that wait
        own = Resource.objects.filter(department__in=bodies).values("pk")
        rows = rows.filter(resource__in=own)
    if after:
        rows = rows.filter(id__gt=ResourceVersion.objects.filter(key=after).values("id")[:1])
    shown, following = cut(
        rows.select_related("resource").order_by("id")[: bounded(limit) + 1], limit
    )
    found = clocks.find_clocks(subjects=[row.reference for row in shown], at=at)
    return Page(tuple(version_of(row, found[row.reference]) for row in shown), following)


def view_of(row: Resource) -> ResourceView:
    """A row as it may be shown to who may see it."""
    return ResourceView(
        key=row.key,
        reference=row.reference,
        content=Content.of(row.content),
        provider_name=row.department_name,
        division_code=row.division_code,
        state=ResourceState(row.state),
        number=row.number,
        published_at=row.published_at,
        withdrawn_because=row.withdrawn_because,
        basis_doubt=DOUBT_LABELS.get(row.basis_doubt, ""),
        version=row.version,
    )


def version_of(row: ResourceVersion, found: tuple[ClockView, ...] = ()) -> VersionView:
    """A version as it may be shown to who may see it."""
    running = (one for one in found if one.kind == CHECK and one.stopped_on is None)
    return VersionView(
        key=row.key,
        reference=row.reference,
        resource=row.resource.key,
        number=row.number or 0,
        state=VersionState(row.state),
        version=row.version,
        content=Content.of(row.content),
        written_by=row.written_by,
        written_at=row.written_at,
        submitted_at=row.submitted_at,
        assessment=row.assessment,
        consented_at=row.consented_at,
        published_at=row.published_at,
        due_on=row.due_on,
        remark=row.remark,
        clock=next(running, None),
    )


def _row(row: Resource) -> ResourceRow:
    facts = row.__dict__
    return ResourceRow(
        key=row.key,
        code=row.code,
        name=row.name,
        kind=Kind(row.kind),
        provider=row.department,
        provider_name=row.department_name,
        sharing=Sharing(row.sharing),
        opening=Opening(row.opening),
        data_class=DataClass(row.data_class),
        grade=row.grade,
        state=ResourceState(row.state),
        number=row.number,
        published_at=row.published_at,
        items=int(facts["held"]),
        has_draft=bool(facts["drafted"]),
    )
