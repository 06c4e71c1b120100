"""Wanting, planning, recording, signing and skipping a visit. It runs inside the clock: no pause anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Final

from django.db import connection
from django.db.models import Max

from yiwang.capability.cases import actions as cases
from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import Stage
from yiwang.capability.cases.definitions.jointly import CountedFrom, VisitPlan, holds
from yiwang.capability.cases.queries import Inside
from yiwang.capability.visits import queries, rules
from yiwang.capability.visits.definitions import (
    CLOCK,
    MACHINE,
    OPEN_STATES,
    Position,
    Record,
    VisitState,
)
from yiwang.capability.visits.events import (
    VisitEvent,
    VisitLate,
    VisitNearlyDue,
    VisitPlanned,
    VisitRecorded,
    VisitSkipped,
    VisitWanted,
)
from yiwang.capability.visits.models import Visit, VisitPhotograph, VisitSignature
from yiwang.kernel.actor import Actor, ActorKind, machine
from yiwang.kernel.moments import legal_date
from yiwang.kernel.references import ERASED, split
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed, NotFound, Refusal
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.clocks import queries as clock_queries
from yiwang.mechanisms.clocks.definitions import Allowance, Unit
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files import queries as file_queries
from yiwang.mechanisms.files.definitions import IMAGES, StoredFile
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.statements import prepared
from yiwang.mechanisms.states import actions as states
from yiwang.mechanisms.states.definitions import Party


class CannotVisit(Refusal):
    """The case is over, a visit is open already, or its flow has no checklist."""

    sentence = "这一件现在不能安排现场核查。"
    remedy = "请刷新页面，看看这一件现在的情况。"


class NotYourVisit(NotAllowed):
    """Only the officers sent write and sign the record; nobody visits himself."""

    sentence = "这次核查没有指派您，不能填写和签字。"
    remedy = "请由被指派的工作人员办理，或者先改派。"


_HAS_OPEN: Final = """
SELECT 1 FROM visits_visit WHERE "case" = %s AND state = ANY(%s::text[]) LIMIT 1
"""


def want_visit(
    *,
    case: Inside,
    plan: VisitPlan,
    actor: Actor,
    at: datetime,
    reason: str = "",
    since: datetime | None = None,
) -> Visit:
    """Somebody must look on the spot before this case is approved. The caller has locked the case.

    Its days run from ``since``, the acceptance, where the flow says so, else from the day officers are
    named.
    Refuses: CannotVisit (decided, ended, or a visit is open already).
    """
    if case.decided_at is not None or case.ended_at is not None:
        raise CannotVisit("这一件已经有了决定，不能再安排核查。")
    rows = Visit.objects.filter(case=case.reference)
    if rows.filter(state__in=OPEN_STATES).exists():
        raise CannotVisit("已经有一次核查在办。", "请先完成那一次。")
    last = rows.aggregate(last=Max("number"))["last"] or 0
    skippable = plan.may_skip_when is not None and holds(plan.may_skip_when, case.answers)
    row = Visit.objects.create(
        case=case.reference, number=last + 1, case_no=case.case_no, item_name=case.item_name,
        item_code=case.item_code,
        applicant=case.applicant, applicant_masked=case.applicant_masked,
        division_code=case.division_code, department=case.department,
        department_name=case.department_name, reason=reason.strip(),
        checklist=[asdict(point) for point in plan.checklist],
        within={"amount": plan.within.amount, "unit": plan.within.unit.value,
                "warn_days": plan.within.warn_days},
        basis=plan.basis, local=plan.local, may_skip=skippable,
        opened_by=actor.reference, opened_at=at,
    )  # fmt: skip
    cases.block(
        case_key=case.key, stage=Stage.DECISION, reason=row.reference,
        label="现场核查还没有完成", actor=actor, at=at,
    )  # fmt: skip
    if plan.counted_from is CountedFrom.ACCEPTANCE:
        clocks.start(
            subject=row.reference,
            kind=CLOCK,
            allowance=plan.within,
            since=since,
            at=at,
            actor=actor,
        )
    _announce(row, VisitWanted, actor, at)
    return row


def plan(
    *,
    key: str,
    version: int,
    planned_at: datetime,
    place: str,
    officers: Sequence[str],
    actor: Actor,
    at: datetime,
) -> Visit:
    """Name the day, the place and two officers or more; the visit's own limit begins the first time, unless it runs already.

    Refuses: NotFound, NotAllowed, VersionConflict, CannotDo (signed already), InvalidInput.
    """
    row = _locked(key, actor)
    who = [one.reference for one in queries.colleagues_of(row, at=at)]
    _refuse(
        rules.plan_problems(
            officers, who, planned_on=legal_date(planned_at), today=legal_date(at), place=place
        )
    )
    again = row.planned_at is not None
    running = clock_queries.find_clock(subject=row.reference, kind=CLOCK, at=at) is not None
    _move(
        row, "plan", version, actor,
        planned_at=planned_at, place=place.strip(), officers=list(officers),
    )  # fmt: skip
    if not running:
        within = Allowance(row.within["amount"], Unit(row.within["unit"]), row.within["warn_days"])
        clocks.start(subject=row.reference, kind=CLOCK, allowance=within, at=at, actor=actor)
    day = legal_date(planned_at).isoformat()
    _announce(row, VisitPlanned, actor, at, planned_on=day, again=again)
    return row


def hand_over(*, official: str, taker: str, actor: Actor, at: datetime) -> int:
    """Every visit an officer has not signed yet gets another officer in his place; how many.

    The caller has checked who may say so. ``InvalidInput`` when the other goes on it already or it is
    his own matter.
    """
    moved = 0
    for row in queries.planned_with(official).select_for_update().order_by("id"):
        allowed = {one.reference for one in queries.colleagues_of(row, at=at)}
        if taker in row.officers or taker not in allowed:
            problem = FieldProblem("taker", f"{row.case_no}的核查不能由这位接手。", "请先改派。")
            raise InvalidInput(fields=[problem])
        row.officers = [taker if one == official else one for one in row.officers]
        row.version += 1
        row.save(update_fields=["officers", "version"])
        if row.planned_at is not None:
            day = legal_date(row.planned_at).isoformat()
            _announce(row, VisitPlanned, actor, at, planned_on=day, again=True)
        moved += 1
    return moved


def keep_record(*, key: str, version: int, record: Record, actor: Actor, at: datetime) -> Visit:
    """An officer writes down what was found; it may be unfinished. Signatures on another text fall away.

    Refuses: NotFound, NotYourVisit, VersionConflict, CannotDo, InvalidInput.
    """
    row = _locked(key, actor)
    _insist_on_officer(row, actor)
    _refuse(rules.record_problems(record, queries.checklist_of(row), complete=False))
    kept = {**asdict(record), "answers": {k: asdict(v) for k, v in record.answers.items()}}
    _move(row, "record", version, actor, record=kept, result=record.result)
    journal.record(
        actor=actor, act="visits.keep_record", subject=row.case, at=at,
        facts={"visit": row.reference},
    )  # fmt: skip
    return row


def add_photograph(
    *,
    key: str,
    stored: StoredFile,
    point: str,
    taken_at: datetime,
    position: Position | None,
    actor: Actor,
    at: datetime,
) -> Visit:
    """A photograph joins the visit, with when and where it was taken as the telephone said.

    ``taken_at`` is never later than now. Refuses: NotFound, NotYourVisit, CannotDo, InvalidInput.
    """
    row = _locked(key, actor)
    _insist_on_officer(row, actor)
    if row.state not in (VisitState.PLANNED, VisitState.SIGNED):
        raise CannotVisit("核查记录已经完成，不能再加照片。", "请刷新页面。")
    known = {one.key for one in queries.checklist_of(row)} | {""}
    count = row.photographs.count()
    wrong = []
    if point not in known:
        wrong.append(("photograph", "核查表里没有这一项。"))
    if stored.kind not in IMAGES:
        wrong.append(("photograph", "请上传照片（JPG、PNG 或 WebP）。"))
    if count >= rules.MOST_PHOTOGRAPHS:
        wrong.append(("photograph", f"一次核查最多 {rules.MOST_PHOTOGRAPHS} 张照片。"))
    _refuse(tuple(wrong))
    if file_queries.get_uploader(stored.key) != actor.reference:
        raise NotFound
    if row.state != VisitState.PLANNED:  # somebody signed without it
        _move(row, "record", row.version, actor)
    VisitPhotograph.objects.create(
        visit=row, number=count + 1, file_key=stored.key, point=point,
        taken_at=min(taken_at, at), position=asdict(position) if position else None,
        added_by=actor.reference,
    )  # fmt: skip
    files.attach(key=stored.key, subject=row.reference, at=at)
    journal.record(
        actor=actor, act="visits.add_photograph", subject=row.case, at=at,
        facts={"visit": row.reference, "file": stored.key},
    )  # fmt: skip
    return row


def sign(*, key: str, version: int, actor: Actor, at: datetime) -> Visit:
    """An officer stands for the record as it is; with the last signature the visit is done.

    Refuses: NotFound, NotYourVisit, VersionConflict, CannotDo (signed already), InvalidInput (unfinished).
    """
    row = _locked(key, actor)
    _insist_on_officer(row, actor)
    record = queries.record_of(row)
    _refuse(rules.record_problems(record, queries.checklist_of(row), complete=True))
    _move(row, "sign", version, actor)
    digest = queries.digest_of(row)
    VisitSignature.objects.create(
        visit=row, official=actor.reference, record_digest=digest, signed_at=at
    )
    journal.record(
        actor=actor, act="visits.sign", subject=row.case, at=at,
        facts={"visit": row.reference, "digest": digest},
    )  # fmt: skip
    if rules.all_signed(row.officers, queries.signed_by(row), digest):
        _finish(row, actor, at)
    return row


def skip(*, key: str, version: int, reason: str, actor: Actor, at: datetime) -> Visit:
    """The flow allows to do without this time; who decided so and why stays written.

    Refuses: NotFound, NotAllowed, VersionConflict, CannotDo (the flow does not allow it), InvalidInput.
    """
    row = _locked(key, actor)
    if not row.may_skip:
        raise CannotVisit("按规定这一件要现场核查，不能免。", "请安排核查。")
    said = reason.strip()
    if not said or len(said) > rules.LONGEST_TEXT:
        raise InvalidInput(fields=[FieldProblem("reason", "请写明为什么可以不去现场。")])
    _move(row, "skip", version, actor, skipped_because=said)
    _free(row, actor, at)
    _announce(row, VisitSkipped, actor, at)
    return row


def close_all(*, case: str, actor: Actor, at: datetime) -> int:
    """The case is over: an open visit is not needed any more; returns how many. Safe to run twice."""
    if not prepared.run(_HAS_OPEN, [case, list(OPEN_STATES)]):  # who wants one holds the case
        return 0
    case_queries.get_inside(split(case)[1], lock=True)
    rows = list(Visit.objects.select_for_update().filter(case=case, state__in=OPEN_STATES))
    for row in rows:
        _move(row, "end", row.version, actor)
        _free(row, actor, at)
        journal.record(
            actor=actor, act="visits.close", subject=case, at=at, facts={"visit": row.reference}
        )
    return len(rows)


def note_limit(*, visit: str, due_on: str, late: bool, at: datetime) -> None:
    """An open visit is nearly due or late: a fact with the body that holds it."""
    row = Visit.objects.filter(key=split(visit)[1], state__in=OPEN_STATES).first()
    if row is not None:
        event = VisitLate if late else VisitNearlyDue
        _announce(row, event, machine("clock"), at, due_on=due_on)


def _finish(row: Visit, actor: Actor, at: datetime) -> None:
    clock = clock_queries.find_clock(subject=row.reference, kind=CLOCK, at=at)
    states.move(
        row, machine=MACHINE, act="finish", role=Party.OFFICIAL, version=row.version,
        facts={"all_signed": True}, changes={"done_at": at},
    )  # fmt: skip
    _free(row, actor, at)
    due: date | None = clock.due_on if clock else None
    in_time = rules.in_time(legal_date(at), due)
    _announce(row, VisitRecorded, actor, at, result=row.result, in_time=in_time)


def _free(row: Visit, actor: Actor, at: datetime) -> None:
    """Nobody waits for it: no clock, no block."""
    clocks.stop(subject=row.reference, kind=CLOCK, at=at, actor=actor)
    cases.unblock(
        case_key=split(row.case)[1], stage=Stage.DECISION, reason=row.reference, actor=actor, at=at
    )


def _locked(key: str, actor: Actor) -> Visit:
    """The visit, after its case: everybody locks in this order. NotFound."""
    if actor.kind is not ActorKind.OFFICIAL:
        raise NotFound
    case = Visit.objects.visible_to(actor).filter(key=key).values_list("case", flat=True).first()
    if case is None:
        raise NotFound
    case_queries.get_inside(split(case)[1], lock=True)
    row = Visit.objects.select_for_update().get(key=key)
    if not queries.facts_of(row, actor, signed={})["in_charge"]:
        raise NotAllowed("您没有办理现场核查的权限。", "请交给本单位的承办人员。")
    return row


def _insist_on_officer(row: Visit, actor: Actor) -> None:
    if actor.reference not in row.officers:
        raise NotYourVisit


def _refuse(wrong: rules.Wrong) -> None:
    if wrong:
        raise InvalidInput(fields=[FieldProblem(field, sentence) for field, sentence in wrong])


def _move(row: Visit, act: str, version: int, actor: Actor, **changes: object) -> None:
    party = Party.MACHINE if actor.kind is ActorKind.MACHINE else Party.OFFICIAL
    facts = queries.facts_of(row, actor, signed=queries.signed_by(row))
    states.move(
        row, machine=MACHINE, act=act, role=party, version=version, facts=facts, changes=changes
    )


def _announce(
    row: Visit, event: type[VisitEvent], actor: Actor, at: datetime, **more: str | bool
) -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("a visit changes only inside a transaction")
    fact = event(
        subject=row.case, at=at, visit=row.reference, department=row.department,
        department_name=row.department_name, division_code=row.division_code, **more,
    )  # fmt: skip
    journal.announce(fact, actor=actor)


def erase(*, case: str, actor: Actor, at: datetime) -> None:
    """销毁以后: that somebody looked, when and with which result stays; record and pictures go."""
    for row in Visit.objects.filter(case=case):
        for one in row.photographs.all():
            files.destroy(key=one.file_key, subject=row.reference, actor=actor, at=at)
        files.destroy_attached(subject=row.reference, actor=actor, at=at)
    VisitPhotograph.objects.filter(visit__case=case).update(position=None)
    Visit.objects.filter(case=case, record__isnull=False).update(record={"answers": {}})
    gone = {
        "applicant": ERASED,
        "applicant_masked": "（已销毁）",
        "place": "",
        "skipped_because": "",
    }
    Visit.objects.filter(case=case).update(**gone)
