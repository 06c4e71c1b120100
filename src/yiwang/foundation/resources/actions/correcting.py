"""数据纠错 (政务数据共享条例 第二十六条): said once, verified and answered by the source, taken over by the copies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from yiwang.foundation.libraries import queries as libraries
from yiwang.foundation.resources.definitions.codes import WRITERS
from yiwang.foundation.resources.definitions.corrections import (
    ANSWER,
    ANSWER_WITHIN,
    CORRECTION,
    LONGEST,
    CorrectionState,
    CorrectionView,
)
from yiwang.foundation.resources.events import (
    CorrectionAsked,
    CorrectionDeclined,
    CorrectionMade,
)
from yiwang.foundation.resources.models import (
    CorrectionCopy,
    DataCorrection,
    Resource,
    ResourceItem,
)
from yiwang.foundation.resources.queries.catalogue import find_source_of
from yiwang.foundation.resources.queries.corrections import correction_of
from yiwang.foundation.standards import queries as standards
from yiwang.foundation.standards.definitions import About
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.identifiers import tidy_citizen_id
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed, NotFound, Refusal
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.states import actions as states
from yiwang.mechanisms.states.definitions import Party
from yiwang.network.directory import queries as directory

_CITIZENS = (ActorKind.PERSON, ActorKind.ORGANIZATION)


class CannotReport(Refusal):
    sentence = "这项数据还没有确定来源部门，现在不能在网上提出。"
    remedy = "请打 12345，或者到政务服务大厅窗口提出。"


@transaction.atomic
def report_error(
    *,
    element: str,
    about: str,
    wrong: str,
    right: str,
    actor: Actor,
    at: datetime,
    found_at: str = "",
) -> CorrectionView:
    """Say that a datum is wrong; it goes to its one source, wherever it was found (先核源头).

    A person or a firm speaks for itself. A data officer names whom it is about (``about``: the identity
    number or the credit code) and where he found it (``found_at``: a resource's key). While one request about
    a datum is open, the same again is that one. Refuses InvalidInput, NotAllowed, CannotReport.
    """
    words, should = _words(wrong, "wrong", least=1), _words(right, "right", least=0)
    known = standards.find_elements([element]).get(element)
    if known is None:
        raise InvalidInput(fields=[FieldProblem("element", "请选一项数据。")])
    source = find_source_of(element)
    if source is None:
        raise CannotReport
    subject = _subject(about, known.about, actor)
    body = _reporting_body(actor)
    place = Resource.objects.visible_to(actor).filter(key=found_at).first() if found_at else None
    resource = Resource.objects.get(key=source.resource)
    row, created = _once(
        applicant=subject,
        element=element,
        defaults={
            "label": known.name,
            "resource": resource,
            "department": resource.department,
            "department_name": resource.department_name,
            "division_code": resource.division_code,
            "found_at": place.name if place else "",
            "asked_by": actor.reference,
            "from_department": body[0],
            "from_department_name": body[1],
            "wrong": words,
            "right": should,
            "asked_at": at,
        },
    )
    if created:
        due = clocks.start(
            subject=row.reference, kind=ANSWER, allowance=ANSWER_WITHIN, at=at, actor=actor
        )
        DataCorrection.objects.filter(pk=row.pk).update(due_on=due)
        row.due_on = due
        journal.announce(
            CorrectionAsked(subject=row.reference, at=at, answer_by=due.isoformat(), **_facts(row)),
            actor=actor,
        )
    return correction_of(row)


@transaction.atomic
def correct(*, key: str, version: int, answer: str, actor: Actor, at: datetime) -> CorrectionView:
    """The source verified and put it right; every copy is told to follow (数据回流).

    Refusals: NotFound, NotAllowed, InvalidInput, CannotDo, VersionConflict.
    """
    row = _answer(key, "correct", version, answer, actor, at)
    held = ResourceItem.objects.filter(
        element=row.element, authoritative=False, resource__state="PUBLISHED"
    )
    copies = Resource.objects.filter(pk__in=held.values("resource")).exclude(pk=row.resource_id)
    made = CorrectionCopy.objects.bulk_create(
        CorrectionCopy(
            correction=row,
            resource=copy,
            department=copy.department,
            division_code=copy.division_code,
        )
        for copy in copies.order_by("code")
    )
    event = CorrectionMade(subject=row.reference, at=at, copies=len(made), **_facts(row))
    journal.announce(event, actor=actor)
    return correction_of(row)


@transaction.atomic
def decline(*, key: str, version: int, answer: str, actor: Actor, at: datetime) -> CorrectionView:
    """The source verified that the datum is right, and says why. Refusals as ``correct``."""
    row = _answer(key, "decline", version, answer, actor, at)
    journal.announce(CorrectionDeclined(subject=row.reference, at=at, **_facts(row)), actor=actor)
    return correction_of(row)


@transaction.atomic
def take_over(*, key: str, actor: Actor, at: datetime) -> bool:
    """The body that holds a copy has followed; False when it had already. NotFound, NotAllowed."""
    row = CorrectionCopy.objects.visible_to(actor).select_for_update().filter(key=key).first()
    if row is None:
        raise NotFound
    if not set(WRITERS) & actor.roles_at(row.division_code, row.department):
        raise NotAllowed
    if row.taken_at is not None:
        return False
    row.taken_at, row.taken_by = at, actor.reference
    row.save(update_fields=["taken_at", "taken_by"])
    journal.record(
        actor=actor,
        act="resources.take_over",
        subject=row.correction.reference,
        at=at,
        facts={"resource": row.resource.key, "department": row.department},
    )
    return True


def _once(*, applicant: str, element: str, defaults: dict[str, Any]) -> tuple[DataCorrection, bool]:
    """The open request about a datum, made when there is none; two at once become one."""
    asked = {"applicant": applicant, "element": element, "state": CorrectionState.ASKED}
    open_ones = DataCorrection.objects.filter(**asked)
    found = open_ones.first()
    if found is not None:
        return found, False
    try:
        with transaction.atomic():
            return DataCorrection.objects.create(**asked, **defaults), True
    except IntegrityError:
        return open_ones.get(), False


def _subject(about: str, kind: About, actor: Actor) -> str:
    """The reference of whom the datum is about; one speaks for oneself, an officer for whom he names."""
    if actor.kind in _CITIZENS:
        wanted = "organization:" if kind is About.ORGANIZATION else "person:"
        if kind is About.THING or not actor.applicant.startswith(wanted):
            raise InvalidInput(fields=[FieldProblem("element", "请选一项关于您自己的数据。")])
        return actor.applicant
    number = about.strip().upper()
    if kind is About.ORGANIZATION:
        firm = libraries.find_organization(number)
        found = firm.reference if firm else ""
    else:
        person = libraries.find_person(tidy_citizen_id(number)) if number else None
        found = person.reference if person else ""
    if not found:
        problem = FieldProblem("about", "没有查到这个人或者单位。", "请核对号码。")
        raise InvalidInput(fields=[problem])
    return found


def _reporting_body(actor: Actor) -> tuple[str, str]:
    """(USCC, name) of the body a data officer speaks for; ("", "") for who speaks for himself."""
    if actor.kind in _CITIZENS:
        return "", ""
    bodies = [one.department for one in actor.grants if one.role in WRITERS and one.department]
    if not bodies:
        raise NotAllowed("只有本人、本单位和部门的数据专员能提出数据纠错。")
    return bodies[0], directory.get_department(bodies[0]).name


def _answer(
    key: str, act: str, version: int, answer: str, actor: Actor, at: datetime
) -> DataCorrection:
    row = DataCorrection.objects.visible_to(actor).select_for_update(of=("self",))
    found = row.select_related("resource").filter(key=key).first()
    if found is None:
        raise NotFound
    if not set(WRITERS) & actor.roles_at(found.division_code, found.department):
        raise NotAllowed("由来源部门的数据专员核实答复。")
    if actor.person and actor.person == found.applicant:
        raise NotAllowed("这是您自己的数据，不能由您来答复。", "请交给其他工作人员办理。")
    states.move(
        found,
        machine=CORRECTION,
        act=act,
        role=Party.OFFICIAL,
        version=version,
        facts={},
        changes={
            "answer": _words(answer, "answer", least=1),
            "answered_at": at,
            "answered_by": actor.reference,
            "due_on": None,
        },
    )
    clocks.stop(subject=found.reference, kind=ANSWER, at=at, actor=actor)
    return found


def _words(said: str, field: str, *, least: int) -> str:
    words = said.strip()
    if len(words) < least:
        raise InvalidInput(fields=[FieldProblem(field, "还没有写。", "请写清楚。")])
    if len(words) > LONGEST:
        raise InvalidInput(fields=[FieldProblem(field, f"超过 {LONGEST} 字。", "请精简。")])
    return words


def _facts(row: DataCorrection) -> dict[str, str]:
    return {
        "applicant": row.applicant,
        "element": row.element,
        "resource": row.resource.key,
        "department": row.department,
        "division_code": row.division_code,
    }


@transaction.atomic
def read_whole(*, key: str, actor: Actor, at: datetime) -> str:
    """Name and number of whom a request is about, for the source that has to verify it; the reading is noted.

    NotFound, NotAllowed for anybody but the source's data officer.
    """
    row = DataCorrection.objects.visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    if not set(WRITERS) & actor.roles_at(row.division_code, row.department):
        raise NotAllowed
    journal.record(
        actor=actor, act="READ", subject=row.applicant, at=at, purpose="核实数据纠错",
        facts={"correction": row.reference}, subjects=[row.reference],
    )  # fmt: skip
    if row.applicant.startswith("organization:"):
        firm = libraries.get_organization(row.applicant)
        return f"{firm.name} {firm.uscc}"
    person = libraries.get_person(row.applicant)
    return f"{person.name} {libraries.find_citizen_id(row.applicant) or ''}".strip()
