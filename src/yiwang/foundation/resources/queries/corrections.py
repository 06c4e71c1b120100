"""Requests for correction: one's own, a body's, those that wait; and copies that have to follow."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from yiwang.foundation.libraries import queries as libraries
from yiwang.foundation.resources.definitions.corrections import (
    ANSWER,
    CopyView,
    CorrectionState,
    CorrectionView,
)
from yiwang.foundation.resources.models import CorrectionCopy, DataCorrection, ResourceItem
from yiwang.foundation.standards import queries as standards
from yiwang.foundation.standards.definitions import About, Element
from yiwang.kernel.actor import Actor
from yiwang.kernel.pages import Page, bounded, cut
from yiwang.kernel.references import split
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.clocks.definitions import ClockView


def list_correctable(about: About) -> tuple[Element, ...]:
    """The data about persons, or about firms, that have a source which answers for them."""
    known = {one.code: one for one in standards.list_elements(about=about)}
    held = ResourceItem.objects.filter(authoritative=True, element__in=known)
    codes = held.filter(resource__state="PUBLISHED").values_list("element", flat=True)
    return tuple(known[code] for code in sorted(codes))


def list_corrections(
    actor: Actor, *, at: datetime, state: str = "", after: str = "", limit: int = 50
) -> Page[CorrectionView]:
    """Corrections the actor may see, newest first; who they are about is masked."""
    rows = DataCorrection.objects.visible_to(actor)
    if state:
        rows = rows.filter(state=state)
    if after:
        rows = rows.filter(id__lt=DataCorrection.objects.filter(key=after).values("id")[:1])
    shown, following = cut(
        rows.select_related("resource").order_by("-id")[: bounded(limit) + 1], limit
    )
    found = clocks.find_clocks(subjects=[row.reference for row in shown], at=at)
    names = _masked({row.applicant for row in shown})
    return Page(
        tuple(
            correction_of(row, found[row.reference], who=names.get(row.applicant, ""))
            for row in shown
        ),
        following,
    )


def get_correction(key: str, actor: Actor, *, at: datetime) -> CorrectionView:
    """One correction with its copies, whom it is about masked; NotFound."""
    row = DataCorrection.objects.visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    found = clocks.find_clocks(subjects=[row.reference], at=at)[row.reference]
    who = _masked([row.applicant]).get(row.applicant, "")
    return correction_of(row, found, who=who, copies=_copies(row))


def list_copies_waiting(actor: Actor, *, limit: int = 50) -> tuple[tuple[str, CopyView], ...]:
    """Copies of the actor's bodies that have not followed a correction: (the correction's key, the copy)."""
    rows = CorrectionCopy.objects.visible_to(actor).filter(taken_at__isnull=True)
    page = rows.select_related("resource", "correction").order_by("id")[: bounded(limit)]
    return tuple((row.correction.key, _copy(row)) for row in page)


def correction_of(
    row: DataCorrection,
    found: tuple[ClockView, ...] = (),
    *,
    who: str = "",
    copies: tuple[CopyView, ...] = (),
) -> CorrectionView:
    """A row as it may be shown to who may see it."""
    running = (one for one in found if one.kind == ANSWER and one.stopped_on is None)
    return CorrectionView(
        key=row.key,
        reference=row.reference,
        applicant=row.applicant,
        element=row.element,
        label=row.label,
        resource=row.resource.key,
        resource_name=row.resource.name,
        department=row.department,
        department_name=row.department_name,
        division_code=row.division_code,
        found_at=row.found_at,
        by_department=row.from_department_name,
        who=who,
        wrong=row.wrong,
        right=row.right or "",
        answer=row.answer or "",
        state=CorrectionState(row.state),
        version=row.version,
        asked_at=row.asked_at,
        due_on=row.due_on,
        answered_at=row.answered_at,
        clock=next(running, None),
        copies=copies,
    )


def _copies(row: DataCorrection) -> tuple[CopyView, ...]:
    return tuple(_copy(one) for one in row.copies.select_related("resource").order_by("id"))


def _copy(row: CorrectionCopy) -> CopyView:
    return CopyView(
        key=row.key,
        resource=row.resource.key,
        resource_name=row.resource.name,
        department=row.department,
        department_name=row.resource.department_name,
        division_code=row.division_code,
        taken_at=row.taken_at,
    )


def _masked(references: Iterable[str]) -> dict[str, str]:
    """Whom the rows are about, as lists may show them."""
    wanted = set(references)
    persons = libraries.list_persons([one for one in wanted if one.startswith("person:")])
    found = {
        one.reference: f"{one.name_masked} {one.citizen_id_masked}" for one in persons.values()
    }
    for one in wanted - set(found):
        if one.startswith("organization:"):
            try:
                firm = libraries.get_organization(one)
            except NotFound:
                continue
            found[one] = f"{firm.name} {firm.uscc}"
    return found


def words_for(reference: str) -> tuple[str, str, str]:
    """(datum, the source's body, its answer) of a correction, for the message to whom it is about."""
    row = DataCorrection.objects.get(key=split(reference)[1])
    return row.label, row.department_name, row.answer or ""
