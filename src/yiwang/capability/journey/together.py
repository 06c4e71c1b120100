"""What more than one does on a case: other bodies, two officers on the spot, the applicant and the official.

``begin`` · ``insist_on_begun`` · ``open_consultation`` · ``open_expert_review`` · ``answer_branch`` · ``ask_branch_again`` ·
``close_branch``; ``want_visit`` · ``plan_visit`` · ``record_visit`` · ``add_photograph`` ·
``sign_visit`` · ``skip_visit``; ``say`` · ``mark_read`` · ``settle_talk``. Each is one transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from django.db import transaction

from yiwang.capability.branches import actions as branches
from yiwang.capability.branches import queries as branch_queries
from yiwang.capability.branches.definitions import LEADERS, Asked, BranchKind, BranchView
from yiwang.capability.cases import actions as cases
from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import CaseView, CitationRow
from yiwang.capability.cases.definitions.flow import Special
from yiwang.capability.cases.definitions.jointly import BranchPlan, VisitPlan, holds
from yiwang.capability.cases.queries import Held, Inside
from yiwang.capability.conversations import actions as conversations
from yiwang.capability.conversations import queries as conversation_queries
from yiwang.capability.conversations.definitions import ConversationView
from yiwang.capability.journey import special
from yiwang.capability.materials import queries as materials
from yiwang.capability.visits import actions as visits
from yiwang.capability.visits import queries as visit_queries
from yiwang.capability.visits.actions import CannotVisit
from yiwang.capability.visits.definitions import Position, Record, VisitView
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.places import in_subtree
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed, NotFound, Refusal
from yiwang.mechanisms.clocks.definitions import Allowance, Unit
from yiwang.mechanisms.files import queries as files
from yiwang.mechanisms.files.definitions import OpenFile, StoredFile
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.journal.definitions import READ
from yiwang.network.directory import queries as directory

#: Limits of what an official may ask and set for a consultation or an expert review, in working days.
MOST_DAYS: Final = 60
LONGEST_TITLE: Final = 80
LONGEST_QUESTION: Final = 2000
LONGEST_REASON: Final = 200


@dataclass(frozen=True, slots=True)
class Sent:
    """A photograph as it came from the telephone: the stored file, what it shows, when and where."""

    stored: StoredFile
    point: str
    taken_at: datetime
    position: Position | None


class OthersNotAsked(Refusal):
    """Approval before acceptance, where acceptance asks other bodies or wants a visit."""

    sentence = "这一件要别的部门同意或者要现场核查，还没有送去，不能同意。"
    remedy = "请先受理；受理时会自动送有关部门、提出核查。"


def begin(*, case_key: Held, actor: Actor, at: datetime, since: datetime | None = None) -> bool:
    """The case is accepted: every body its flow names is asked at once, and a visit is wanted.

    Runs in the transaction of the acceptance. Safe to run twice: what is open already stays. ``since``:
    when acceptance by silence counts from. True when there was somebody to ask or to visit.
    """
    case = case_queries.get_inside(case_key, lock=True)
    plans, plan_of_visit = _not_asked(case), _not_visited(case)
    for plan in plans:
        branches.open_branch(
            case=case, asked=_of_plan(plan), within=plan.within, actor=actor, at=at
        )
    if plan_of_visit is not None:
        visits.want_visit(case=case, plan=plan_of_visit, since=since, actor=actor, at=at)
    return bool(plans) or plan_of_visit is not None


def insist_on_begun(case_key: Held) -> None:
    """Nobody is left out by a decision without acceptance. Refuses: ``OthersNotAsked``."""
    case = case_queries.get_inside(case_key)
    if _not_asked(case) or _not_visited(case) is not None:
        raise OthersNotAsked


def _not_asked(case: Inside) -> tuple[BranchPlan, ...]:
    flow = case_queries.find_flow(case.item_code, case.item_version)
    plans = flow.branches if flow else ()
    wanted = [plan for plan in plans if holds(plan.when, case.answers)]
    known = branch_queries.list_plans_begun(case.key) if wanted else frozenset()
    return tuple(plan for plan in wanted if plan.key not in known)


def _not_visited(case: Inside) -> VisitPlan | None:
    flow = case_queries.find_flow(case.item_code, case.item_version)
    plan = flow.visit if flow else None
    if plan is None or not holds(plan.when, case.answers) or visit_queries.has_visit(case.key):
        return None
    return plan


@transaction.atomic
def open_consultation(
    *,
    case_key: str,
    department: str,
    title: str,
    question: str,
    days: int,
    materials: Collection[str],
    actor: Actor,
    at: datetime,
) -> BranchView:
    """征求意见: another body is asked, with a limit, and shown only what the official chose.

    Refuses: NotFound, NotAllowed, CannotAskBody, InvalidInput (no question, limit, unknown body).
    """
    case = _led(case_key, actor)
    known = directory.find_departments([department]).get(department)
    wrong = _question_problems(title, question, days)
    if known is None:
        wrong.append(FieldProblem("department", "请从部门列表里选一个部门。"))
    if known is None or wrong:
        raise InvalidInput(fields=wrong)
    asked = Asked(
        kind=BranchKind.CONSULTATION,
        department=known.uscc,
        department_name=known.name,
        title=title.strip(),
        question=question.strip(),
        local=True,
        roles=LEADERS,
        materials=tuple(sorted(_known_materials(case.reference) & set(materials))),
    )
    within = Allowance(days, Unit.WORKING_DAY, 1)
    row = branches.open_branch(case=case, asked=asked, within=within, actor=actor, at=at)
    return branch_queries.get_branch(row.key, actor, at=at)


@transaction.atomic
def open_expert_review(
    *,
    case_key: str,
    version: int,
    title: str,
    question: str,
    days: int,
    actor: Actor,
    at: datetime,
) -> BranchView:
    """专家评审: a special procedure, the clock of the case stands meanwhile (行政许可法 45).

    The lead holds it and records the experts' opinion; the applicant is told in writing how long it
    takes. Refuses: NotFound, NotAllowed, CannotAskBody, InvalidInput (also when the item's flow does not
    name it), CannotDo, VersionConflict.
    """
    case = _led(case_key, actor)
    wrong = _question_problems(title, question, days)
    if wrong:
        raise InvalidInput(fields=wrong)
    asked = Asked(
        kind=BranchKind.EXPERT,
        department=case.department,
        department_name=case.department_name,
        title=title.strip(),
        question=question.strip(),
        basis="行政许可法 第四十五条",
        roles=LEADERS,
    )
    within = Allowance(days, Unit.WORKING_DAY, 1)
    row = branches.open_branch(case=case, asked=asked, within=within, actor=actor, at=at)
    opened = branch_queries.get_branch(row.key, actor, at=at)
    special.begin_special(
        case_key=case_key, version=version, kind=Special.EXPERT_REVIEW, reason=question,
        expected_on=_last_day(opened), actor=actor, at=at,
    )  # fmt: skip
    return opened


@transaction.atomic
def answer_branch(
    *,
    key: str,
    version: int,
    opinion: str,
    reasons: str = "",
    conditions: str = "",
    basis: Sequence[CitationRow] = (),
    stored: Sequence[StoredFile] = (),
    actor: Actor,
    at: datetime,
) -> BranchView:
    """The asked body agrees, agrees with conditions, or refuses. Refusals: those of ``branches.answer``."""
    row = branches.answer(
        key=key, version=version, opinion=opinion, reasons=reasons, conditions=conditions,
        basis=basis, stored=stored, actor=actor, at=at,
    )  # fmt: skip
    view = branch_queries.get_branch(row.key, actor, at=at)
    if view.kind == BranchKind.EXPERT:
        _end_review(view, f"专家意见：{view.opinion_label}", actor, at)
    return view


@transaction.atomic
def ask_branch_again(
    *, key: str, version: int, question: str, days: int, actor: Actor, at: datetime
) -> BranchView:
    """The lead asks once more because something changed. Refusals: those of ``branches.ask_again``."""
    if not 1 <= days <= MOST_DAYS:
        raise InvalidInput(fields=[FieldProblem("days", f"请写 1 到 {MOST_DAYS} 个工作日。")])
    row = branches.ask_again(
        key=key, version=version, question=question, actor=actor, at=at,
        within=Allowance(days, Unit.WORKING_DAY, 1),
    )  # fmt: skip
    return branch_queries.get_branch(row.key, actor, at=at)


@transaction.atomic
def close_branch(*, key: str, version: int, reason: str, actor: Actor, at: datetime) -> BranchView:
    """The lead no longer waits for what it asked of itself. Refusals: those of ``branches.close``."""
    row = branches.close(key=key, version=version, reason=reason, actor=actor, at=at)
    view = branch_queries.get_branch(row.key, actor, at=at)
    if view.kind == BranchKind.EXPERT:
        _end_review(view, f"没有评审：{reason.strip()}", actor, at)
    return view


@dataclass(frozen=True, slots=True)
class BranchCase:
    """A branch beside its case as the asked body may see it: masked, and only the materials it needs."""

    branch: BranchView
    case: CaseView


def get_branch_case(key: str, actor: Actor, *, at: datetime) -> BranchCase:
    """The branch page: what is asked, and the case behind it. NotFound, also for the applicant."""
    if actor.kind is not ActorKind.OFFICIAL:
        raise NotFound
    branch = branch_queries.get_branch(key, actor, at=at)
    case = case_queries.get_shared_case(branch.case_key, actor, at=at)
    allowed = branch_queries.list_shown([one.key for one in case.materials], branch)
    shown = tuple(one for one in case.materials if one.key in allowed)
    return BranchCase(branch, replace(case, materials=shown))


@transaction.atomic
def open_branch_material(key: str, file_key: str, actor: Actor, *, at: datetime) -> OpenFile:
    """A file of the case for the asked body, when the branch shows it; who looked is written down."""
    found = get_branch_case(key, actor, at=at)
    if file_key not in {one.file_key for one in found.case.materials if one.file_key}:
        raise NotFound
    _note_read(found, actor, at)
    return files.open_file(file_key)


def open_branch_file(key: str, file_key: str, actor: Actor, *, at: datetime) -> OpenFile:
    """A file that came with an opinion, for the two bodies."""
    found = get_branch_case(key, actor, at=at)
    if file_key not in {one.key for one in found.branch.files}:
        raise NotFound
    return files.open_file(file_key)


@transaction.atomic
def want_visit(*, case_key: str, reason: str, actor: Actor, at: datetime) -> VisitView:
    """An official finds a visit necessary, or one more. Refuses: NotFound, NotAllowed, CannotVisit."""
    case = _led(case_key, actor)
    flow = case_queries.get_flow(case.item_code, case.item_version)
    if flow.visit is None:
        raise CannotVisit("这个事项没有现场核查这一步。", "请按材料审查。")
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise InvalidInput(fields=[FieldProblem("reason", "请写明为什么要去现场。")])
    row = visits.want_visit(case=case, plan=flow.visit, reason=reason, actor=actor, at=at)
    return visit_queries.get_visit(row.key, actor, at=at)


@transaction.atomic
def read_visit(key: str, actor: Actor, *, at: datetime) -> VisitView:
    """An official opens a visit to work on it: place and findings in clear, and who looked is written."""
    visit = visit_queries.get_visit(key, actor, at=at)
    if actor.kind is ActorKind.OFFICIAL:
        case = case_queries.get_inside(visit.case_key)
        journal.record(
            actor=actor, act=READ, subject=case.reference, at=at, purpose="现场核查",
            subjects=[case.applicant],
        )  # fmt: skip
    return visit


@transaction.atomic
def plan_visit(
    *,
    key: str,
    version: int,
    planned_at: datetime,
    place: str,
    officers: Sequence[str],
    actor: Actor,
    at: datetime,
) -> VisitView:
    """Day, place and two officers or more; the applicant is told. Refusals: those of ``visits.plan``."""
    visits.plan(
        key=key, version=version, planned_at=planned_at, place=place, officers=officers,
        actor=actor, at=at,
    )  # fmt: skip
    return visit_queries.get_visit(key, actor, at=at)


@transaction.atomic
def record_visit(
    *,
    key: str,
    version: int,
    record: Record,
    photographs: Sequence[Sent] = (),
    sign: bool = False,
    actor: Actor,
    at: datetime,
) -> VisitView:
    """Write down what was found, add photographs, and sign when asked to.

    Refusals: those of ``visits.keep_record``, ``add_photograph``, ``sign``; nothing is kept of a refused
    one, so that what is signed is what was written.
    """
    row = visits.keep_record(key=key, version=version, record=record, actor=actor, at=at)
    for one in photographs:
        row = visits.add_photograph(
            key=key, stored=one.stored, point=one.point, taken_at=one.taken_at,
            position=one.position, actor=actor, at=at,
        )  # fmt: skip
    if sign:
        visits.sign(key=key, version=row.version, actor=actor, at=at)
    return visit_queries.get_visit(key, actor, at=at)


@transaction.atomic
def add_photograph(*, key: str, photograph: Sent, actor: Actor, at: datetime) -> VisitView:
    """One photograph, sent the moment it was taken. Refusals: those of ``visits.add_photograph``."""
    visits.add_photograph(
        key=key, stored=photograph.stored, point=photograph.point,
        taken_at=photograph.taken_at, position=photograph.position, actor=actor, at=at,
    )  # fmt: skip
    return visit_queries.get_visit(key, actor, at=at)


@transaction.atomic
def sign_visit(*, key: str, version: int, actor: Actor, at: datetime) -> VisitView:
    """The other officer has read the record and stands for it too. Refusals: those of ``visits.sign``."""
    visits.sign(key=key, version=version, actor=actor, at=at)
    return visit_queries.get_visit(key, actor, at=at)


@transaction.atomic
def skip_visit(*, key: str, version: int, reason: str, actor: Actor, at: datetime) -> VisitView:
    """Do without, where the flow allows it. Refusals: those of ``visits.skip``."""
    visits.skip(key=key, version=version, reason=reason, actor=actor, at=at)
    return visit_queries.get_visit(key, actor, at=at)


def open_photograph(key: str, file_key: str, actor: Actor, *, at: datetime) -> OpenFile:
    """A photograph of a visit the actor may see: the applicant's once the visit is done."""
    visit = visit_queries.get_visit(key, actor, at=at)
    if file_key not in {one.file_key for one in visit.photographs}:
        raise NotFound
    return files.open_file(file_key)


@transaction.atomic
def say(
    *,
    case_key: str,
    text: str,
    idempotency_key: str,
    asks: bool = False,
    stored: Sequence[StoredFile] = (),
    actor: Actor,
    at: datetime,
) -> ConversationView:
    """Write to the other side. Nothing stops, nothing is extended. Refusals: those of ``conversations.say``."""
    conversations.say(
        case_key=case_key, text=text, asks=asks, stored=stored, idempotency_key=idempotency_key,
        actor=actor, at=at,
    )  # fmt: skip
    return conversation_queries.get_conversation(case_key, actor, at=at)


@transaction.atomic
def read_talk(case_key: str, actor: Actor, *, at: datetime, before: int = 0) -> ConversationView:
    """An official opens a conversation by itself; who looked is written down."""
    talk = conversation_queries.get_conversation(case_key, actor, at=at, before=before)
    if (actor.kind is ActorKind.OFFICIAL or actor.mandate is not None) and talk.remarks:
        case = case_queries.get_inside(case_key)
        journal.record(
            actor=actor, act=READ, subject=case.reference, at=at, purpose="看留言",
            subjects=[case.applicant],
        )  # fmt: skip
    return talk


@transaction.atomic
def mark_talk_read(*, case_key: str, actor: Actor, at: datetime) -> int:
    """This side has read everything so far; how many were unread."""
    return conversations.mark_read(case_key=case_key, actor=actor, at=at)


@transaction.atomic
def settle_talk(*, case_key: str, actor: Actor, at: datetime) -> ConversationView:
    """The office has seen it, nothing is to be answered."""
    conversations.settle(case_key=case_key, actor=actor, at=at)
    return conversation_queries.get_conversation(case_key, actor, at=at)


def open_talk_file(case_key: str, remark_key: str, file_key: str, actor: Actor) -> OpenFile:
    """A file that came with a message, for the two sides."""
    return files.open_file(conversation_queries.get_file(case_key, remark_key, file_key, actor))


def _of_plan(plan: BranchPlan) -> Asked:
    return Asked(
        kind=BranchKind.BRANCH,
        department=plan.department,
        department_name=plan.department_name,
        title=plan.title,
        basis=plan.basis,
        local=plan.local,
        plan=plan.key,
        on_refusal=plan.on_refusal,
        roles=plan.roles,
        materials=plan.materials,
    )


def _end_review(view: BranchView, finding: str, actor: Actor, at: datetime) -> None:
    """The clock of the case runs again, unless somebody ended the special procedure already."""
    case = case_queries.get_case(view.case_key, actor, at=at)
    running = {one.kind for one in case.special if one.ended_at is None}
    if Special.EXPERT_REVIEW in running:
        special.end_special(
            case_key=view.case_key, version=case.version, kind=Special.EXPERT_REVIEW,
            finding=finding, actor=actor, at=at,
        )  # fmt: skip


def _last_day(view: BranchView) -> date:
    if view.clock is None:
        raise LookupError(view.key)
    return view.clock.due_on


def _led(case_key: str, actor: Actor) -> Inside:
    """The locked case, when this official examines or decides it. NotFound, NotAllowed (his own)."""
    case = case_queries.get_inside(case_key, lock=True)
    here = [
        grant
        for grant in actor.grants
        if in_subtree(case.division_code, grant.division_code)
        and grant.department in (None, case.department)
    ]
    if actor.kind is not ActorKind.OFFICIAL or not here:
        raise NotFound
    if not any(grant.role in LEADERS for grant in here):
        raise NotAllowed
    if case.applicant in (actor.reference, actor.on_behalf_of, actor.person):
        raise cases.NotYourOwnCase
    return case


def _question_problems(title: str, question: str, days: int) -> list[FieldProblem]:
    wrong = []
    if not title.strip() or len(title) > LONGEST_TITLE:
        wrong.append(FieldProblem("title", f"请写明征求什么意见，最多 {LONGEST_TITLE} 字。"))
    if not question.strip() or len(question) > LONGEST_QUESTION:
        wrong.append(FieldProblem("question", "请写明具体的问题。"))
    if not 1 <= days <= MOST_DAYS:
        wrong.append(FieldProblem("days", f"请写 1 到 {MOST_DAYS} 个工作日。"))
    return wrong


def _known_materials(case: str) -> set[str]:
    return {one.material for one in materials.list_materials(subject=case)}


def _note_read(found: BranchCase, actor: Actor, at: datetime) -> None:
    journal.record(
        actor=actor, act=READ, subject=found.case.reference, at=at,
        purpose=found.branch.kind_label, subjects=[found.case.applicant],
    )  # fmt: skip
