"""Data elements and code tables on their way, and who uses what is in force."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import Q

from yiwang.foundation.resources.definitions import ResourceState, VersionState
from yiwang.foundation.resources.definitions.codes import CHECKERS, WRITERS
from yiwang.foundation.resources.definitions.standards import (
    MOST_NAMED,
    STANDARD,
    Standard,
    StandardKind,
    StandardVersionView,
    Uses,
    code_of,
    kind_of,
    standard_of,
)
from yiwang.foundation.resources.models import DataNeed, ResourceItem, StandardVersion
from yiwang.foundation.resources.rules import standards as rules
from yiwang.foundation.standards import queries as standards
from yiwang.foundation.standards.definitions import Element
from yiwang.kernel.actor import Actor
from yiwang.kernel.pages import Page, bounded, cut
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.states import rules as states
from yiwang.mechanisms.states.definitions import Party

#: Which acts are the authority's; the others are the proposer's.
OF_CHECKERS = ("publish", "send_back")


def list_standard_versions(
    actor: Actor, *, state: str = "", after: str = "", limit: int = 50
) -> Page[StandardVersionView]:
    """Versions the actor may see, newest first; ``state`` "": those that are being worked on."""
    rows = StandardVersion.objects.visible_to(actor)
    open_ones = Q(state__in=(VersionState.DRAFT, VersionState.SUBMITTED))
    rows = rows.filter(Q(state=state) if state else open_ones)
    if after:
        rows = rows.filter(id__lt=StandardVersion.objects.filter(key=after).values("id")[:1])
    shown, following = cut(rows.order_by("-id")[: bounded(limit) + 1], limit)
    return Page(tuple(version_of_standard(row, actor) for row in shown), following)


def get_standard_version(key: str, actor: Actor) -> StandardVersionView:
    """One version with what it takes from whom and what this actor may do; NotFound."""
    row = StandardVersion.objects.visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    return version_of_standard(row, actor, whole=True)


def find_open_standard(kind: str, code: str, actor: Actor) -> StandardVersionView | None:
    """What is being written about a standard, None when nothing is or it is not the actor's."""
    rows = StandardVersion.objects.visible_to(actor).filter(kind=kind, code=code)
    row = rows.filter(state__in=(VersionState.DRAFT, VersionState.SUBMITTED)).first()
    return version_of_standard(row, actor) if row else None


def list_versions_of_standard(
    kind: StandardKind, code: str, actor: Actor
) -> tuple[StandardVersionView, ...]:
    """The published versions of one standard, newest first, and before them the open one if it is to be
    seen; at most 100."""
    rows = StandardVersion.objects.visible_to(actor).filter(kind=kind, code=code)
    rows = rows.exclude(state=VersionState.DISCARDED).order_by("-id")[:100]
    return tuple(version_of_standard(row, actor) for row in rows)


def find_standard(kind: str, code: str) -> Standard | None:
    """What is or was in force under this code, None when nothing is."""
    read = standards.get_element if kind == StandardKind.ELEMENT else standards.get_table
    try:
        return read(code)
    except NotFound:
        return None


def uses_of(kind: str, code: str) -> Uses:
    """Which published resources and items use a data element, or the data elements written in a table."""
    if kind == StandardKind.ELEMENT:
        return _uses([code])
    written = standards.elements_in(code)
    found = _uses(_codes(written))
    named = (*(f"数据元《{one.name}》" for one in written), *found.named)
    return Uses(found.count + len(written), named[:MOST_NAMED])


def departments_using(kind: str, code: str) -> tuple[tuple[str, str], ...]:
    """(USCC, division) of the bodies whose published resources hold it."""
    codes = [code] if kind == StandardKind.ELEMENT else _codes(standards.elements_in(code))
    rows = _holding(codes).values_list("resource__department", "resource__division_code")
    return tuple(sorted(set(rows)))


def _codes(elements: Iterable[Element]) -> list[str]:
    return [one.code for one in elements]


def _holding(codes: list[str]) -> models.QuerySet[ResourceItem]:
    rows = ResourceItem.objects.filter(element__in=codes).exclude(element="")
    return rows.filter(resource__state=ResourceState.PUBLISHED)


def _uses(codes: list[str]) -> Uses:
    held = _holding(codes)
    needed = DataNeed.objects.filter(element__in=codes).exclude(element="")
    named = [
        f"{body}《{name}》的信息项“{label}”"
        for body, name, label in held.order_by("id").values_list(
            "resource__department_name", "resource__name", "label"
        )[:MOST_NAMED]
    ]
    named += [
        f"事项《{name}》"
        for name in needed.order_by("id").values_list("item_name", flat=True)[:MOST_NAMED]
    ]
    return Uses(held.count() + needed.count(), tuple(dict.fromkeys(named))[:MOST_NAMED])


def version_of_standard(
    row: StandardVersion, actor: Actor, *, whole: bool = False
) -> StandardVersionView:
    """A row as who may see it sees it; ``whole``: with what is in force and who uses that."""
    content = standard_of(row.kind, row.content)
    before = None
    if whole and row.state in (VersionState.DRAFT, VersionState.SUBMITTED):
        before = find_standard(row.kind, row.code)
    lost = rules.losses(before, content)
    return StandardVersionView(
        key=row.key,
        reference=row.reference,
        kind=StandardKind(row.kind),
        code=row.code,
        number=row.number or 0,
        state=VersionState(row.state),
        version=row.version,
        content=content,
        before=before,
        department=row.department,
        department_name=row.department_name,
        division_code=row.division_code,
        written_at=row.written_at,
        submitted_at=row.submitted_at,
        published_at=row.published_at,
        remark=row.remark,
        losses=lost,
        uses=uses_of(kind_of(content), code_of(content)) if lost else Uses(0),
        acts=_acts(row, actor) if whole else (),
    )


def _acts(row: StandardVersion, actor: Actor) -> tuple[tuple[str, str], ...]:
    held = actor.roles_at(row.division_code, row.department)
    names = states.allowed_acts(STANDARD, state=row.state, role=Party.OFFICIAL, facts={})
    return tuple(
        (name, states.label_of(STANDARD, name))
        for name in names
        if held & set(CHECKERS if name in OF_CHECKERS or not row.department else WRITERS)
        and not (name == "publish" and row.submitted_by == actor.reference)
    )
