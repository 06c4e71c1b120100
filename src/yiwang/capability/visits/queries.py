"""Reading visits: those to plan, those of one officer, one visit with its record."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from yiwang.capability.cases.definitions.jointly import CheckPoint
from yiwang.capability.visits.definitions import (
    FINDING_LABELS,
    MACHINE,
    OFFICERS,
    OPEN_STATES,
    RESULT_LABELS,
    STATE_LABELS,
    Answer,
    OfficerRow,
    PhotographRow,
    PointRow,
    Position,
    Record,
    VisitState,
    VisitStatus,
    VisitView,
)
from yiwang.capability.visits.models import Visit, VisitPhotograph, VisitQuerySet
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.pages import MOST, Page, bounded, cut
from yiwang.kernel.places import in_subtree
from yiwang.kernel.references import reference, split
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.clocks.definitions import ClockView
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.files import queries as files
from yiwang.mechanisms.states import rules as state_rules
from yiwang.mechanisms.states.definitions import Party
from yiwang.support.identity import queries as identity
from yiwang.support.identity.definitions import Colleague


def get_visit(key: str, actor: Actor, *, at: datetime) -> VisitView:
    """One visit the actor may see, or NotFound. The applicant reads its record once it is done."""
    row = _rows(Visit.objects.visible_to(actor)).filter(key=key).first()
    if row is None:
        raise NotFound
    return _views([row], actor, at)[0]


def list_case_visits(case_key: str, actor: Actor, *, at: datetime) -> tuple[VisitView, ...]:
    """The visits of one case the actor may see, oldest first."""
    rows = _rows(Visit.objects.visible_to(actor)).filter(case=reference("case", case_key))
    return _views(list(rows.order_by("number")[:MOST]), actor, at)


def list_visits(
    actor: Actor,
    *,
    at: datetime,
    status: VisitStatus = VisitStatus.MINE,
    after: str = "",
    limit: int = 50,
) -> Page[VisitView]:
    """An officer's own open visits, or those of his body: open ones oldest first, done newest first."""
    if actor.kind not in (ActorKind.OFFICIAL, ActorKind.MACHINE):
        return Page(())
    rows = _narrowed(_rows(Visit.objects.in_charge_of(actor)), status, actor)
    done = status is VisitStatus.DONE
    if after:
        seen = Visit.objects.filter(key=after).values("id")[:1]
        rows = rows.filter(id__lt=seen) if done else rows.filter(id__gt=seen)
    shown, following = cut(rows.order_by("-id" if done else "id")[: bounded(limit) + 1], limit)
    return Page(_views(shown, actor, at), following)


def has_visit(case_key: str) -> bool:
    """Was a visit ever wanted for this case?"""
    return Visit.objects.filter(case=reference("case", case_key)).exists()


def list_colleagues(key: str, actor: Actor, *, at: datetime) -> tuple[Colleague, ...]:
    """Who may be sent to a visit: staff of its body with the right to it, never the applicant himself."""
    row = Visit.objects.in_charge_of(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    return colleagues_of(row, at=at)


def colleagues_of(row: Visit, *, at: datetime) -> tuple[Colleague, ...]:
    found = identity.list_colleagues(
        division_code=row.division_code, department=row.department, roles=OFFICERS, at=at
    )
    return tuple(one for one in found if one.person != row.applicant)


def find_place(visit: str) -> tuple[str, str] | None:
    """Department and division that hold a visit (``visit:<key>``): whose late clock it is."""
    row = Visit.objects.filter(key=split(visit)[1]).first()
    return (row.department, row.division_code) if row else None


def facts_of(row: Visit, actor: Actor, *, signed: Mapping[str, str]) -> dict[str, bool]:
    """What the table's guards ask about this visit and this actor."""
    in_charge = actor.kind is ActorKind.OFFICIAL and any(
        grant.role in OFFICERS
        and in_subtree(row.division_code, grant.division_code)
        and grant.department in (None, row.department)
        for grant in actor.grants
    )
    own = row.applicant in (actor.reference, actor.on_behalf_of, actor.person)
    officer = actor.reference in row.officers and in_charge and not own
    return {
        "in_charge": in_charge and not own,
        "skippable": in_charge and not own and row.may_skip,
        "officer": officer,
        "unsigned": officer and signed.get(actor.reference) != digest_of(row),
        "all_signed": False,
    }


def signed_by(row: Visit) -> dict[str, str]:
    """Officer → the digest of the record he signed last."""
    rows = sorted(row.signatures.all(), key=lambda one: one.pk)
    return {one.official: one.record_digest for one in rows}


def digest_of(row: Visit) -> str:
    """What a signature stands for: day, place, officers, every finding, every photograph."""
    content: dict[str, Any] = {
        "planned_at": row.planned_at.isoformat() if row.planned_at else "",
        "place": row.place,
        "officers": sorted(row.officers),
        "record": row.record,
        "photographs": [
            [one.file_key, one.point, one.taken_at.isoformat(), one.position]
            for one in sorted(row.photographs.all(), key=lambda one: one.number)
        ],
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return crypto.digest(text.encode())


def record_of(row: Visit) -> Record:
    """What was written so far."""
    given = row.record or {}
    answers = {key: Answer(**one) for key, one in given.get("answers", {}).items()}
    return Record(
        answers=answers,
        result=given.get("result", ""),
        remarks=given.get("remarks", ""),
        present=given.get("present", ""),
        statement=given.get("statement", ""),
    )


def checklist_of(row: Visit) -> tuple[CheckPoint, ...]:
    return tuple(CheckPoint(**point) for point in row.checklist)


def _narrowed(rows: VisitQuerySet, status: VisitStatus, actor: Actor) -> VisitQuerySet:
    match status:
        case VisitStatus.MINE:
            return rows.filter(officers__contains=[actor.reference], state__in=OPEN_STATES)
        case VisitStatus.WANTED:
            return rows.filter(state=VisitState.WANTED)
        case VisitStatus.OPEN:
            return rows.filter(state__in=OPEN_STATES)
    return rows.filter(state=VisitState.DONE)


def _rows(rows: VisitQuerySet) -> VisitQuerySet:
    return rows.prefetch_related("signatures", "photographs")


def _views(rows: Sequence[Visit], actor: Actor, at: datetime) -> tuple[VisitView, ...]:
    found = clocks.find_clocks(subjects=[row.reference for row in rows], at=at)
    people = {who for row in rows for who in row.officers}
    people |= {photo.added_by for row in rows for photo in row.photographs.all()}
    names = identity.list_names(people) if people else {}
    keys = [photo.file_key for row in rows for photo in row.photographs.all()]
    known = files.list_files(keys) if keys else {}
    filenames = {key: stored.filename for key, stored in known.items()}
    return tuple(
        _view(row, actor, next(iter(found[row.reference]), None), names, filenames) for row in rows
    )


def _view(
    row: Visit,
    actor: Actor,
    clock: ClockView | None,
    names: Mapping[str, str],
    filenames: Mapping[str, str],
) -> VisitView:
    public = actor.kind in (ActorKind.PERSON, ActorKind.ORGANIZATION)
    readable = not public or row.state == VisitState.DONE
    record = record_of(row) if readable else Record({})
    signed, digest = signed_by(row), digest_of(row)
    photographs = tuple(
        _photograph(one, names, filenames) for one in row.photographs.all() if readable
    )
    facts = facts_of(row, actor, signed=signed)
    return VisitView(
        key=row.key,
        reference=row.reference,
        case_key=split(row.case)[1],
        case_no=row.case_no,
        item_name=row.item_name,
        applicant_masked=row.applicant_masked,
        department=row.department,
        department_name=row.department_name,
        division_code=row.division_code,
        number=row.number,
        reason=row.reason,
        state=row.state,
        state_label=STATE_LABELS[row.state],
        basis=row.basis,
        local=row.local,
        planned_at=row.planned_at,
        place=row.place,
        officers=tuple(
            OfficerRow(who, names.get(who, ""), _signed_at(row, who, digest))
            for who in row.officers
        ),
        points=tuple(_point(point, record, photographs, row) for point in checklist_of(row)),
        photographs=photographs,
        result=row.result if readable else "",
        result_label=RESULT_LABELS.get(row.result, "") if readable else "",
        remarks=record.remarks,
        present=record.present,
        statement=record.statement,
        skipped_because=row.skipped_because,
        version=row.version,
        opened_at=row.opened_at,
        done_at=row.done_at,
        clock=clock,
        acts=()
        if public
        else state_rules.allowed_acts(MACHINE, state=row.state, role=Party.OFFICIAL, facts=facts),
    )


def _signed_at(row: Visit, who: str, digest: str) -> datetime | None:
    return next(
        (
            one.signed_at
            for one in row.signatures.all()
            if one.official == who and one.record_digest == digest
        ),
        None,
    )


def _point(
    point: CheckPoint, record: Record, photographs: Sequence[PhotographRow], row: Visit
) -> PointRow:
    answer = record.answers.get(point.key, Answer(""))
    numbers = {one.number for one in row.photographs.all() if one.point == point.key}
    return PointRow(
        key=point.key,
        text=point.text,
        article=point.article,
        finding=answer.finding,
        finding_label=FINDING_LABELS.get(answer.finding, ""),
        note=answer.note,
        photographs=tuple(one for one in photographs if one.number in numbers),
    )


def _photograph(
    one: VisitPhotograph, names: Mapping[str, str], filenames: Mapping[str, str]
) -> PhotographRow:
    return PhotographRow(
        file_key=one.file_key,
        filename=filenames.get(one.file_key, ""),
        number=one.number,
        taken_at=one.taken_at,
        position=Position(**one.position) if one.position else None,
        who=names.get(one.added_by, ""),
    )


def count_planned_with(official: str) -> int:
    """How many visits still to be made or signed name this officer."""
    return planned_with(official).count()


def planned_with(official: str) -> VisitQuerySet:
    """Those the officer has not signed himself yet."""
    rows = Visit.objects.filter(officers__contains=[official], state__in=OPEN_STATES)
    return rows.exclude(signatures__official=official)
