"""Asking another body, answering, asking again, closing. Each keeps clock, block and journal together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

from django.db import connection

from yiwang.capability.branches import queries, rules
from yiwang.capability.branches.definitions import (
    CLOCK,
    MACHINE,
    Asked,
    BranchKind,
    BranchState,
    Opinion,
)
from yiwang.capability.branches.events import (
    BranchAnswered,
    BranchAskedAgain,
    BranchClosed,
    BranchEvent,
    BranchLate,
    BranchNearlyDue,
    BranchOpened,
)
from yiwang.capability.branches.models import Branch, BranchOpinion
from yiwang.capability.cases import actions as cases
from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import CitationRow, Stage
from yiwang.capability.cases.queries import Inside
from yiwang.kernel.actor import Actor, ActorKind, machine
from yiwang.kernel.moments import legal_date
from yiwang.kernel.references import ERASED, split
from yiwang.kernel.refusals import (
    FieldProblem,
    InvalidInput,
    NotAllowed,
    NotFound,
    Refusal,
)
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.clocks import queries as clock_queries
from yiwang.mechanisms.clocks.definitions import Allowance
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files import queries as file_queries
from yiwang.mechanisms.files.definitions import StoredFile
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.statements import prepared
from yiwang.mechanisms.states import actions as states
from yiwang.mechanisms.states.definitions import Party
from yiwang.network.directory import queries as directory

_HAS_OPEN: Final = """
SELECT 1 FROM branches_branch WHERE "case" = %s AND state = 'OPEN' LIMIT 1
"""


class CannotAskBody(Refusal):
    """The case is not under examination, or this body is asked already."""

    sentence = "现在不能向这个部门征求意见。"
    remedy = "请刷新页面，看看这一件现在的情况。"


class CannotCloseBranch(Refusal):
    """A body that must approve by law is never left out by the lead (行政许可法 26 II)."""

    sentence = "依法必须同意的部门还没有答复，牵头部门不能代它决定。"
    remedy = "请等它答复，或者提请监管催办。"


def open_branch(
    *, case: Inside, asked: Asked, within: Allowance, actor: Actor, at: datetime
) -> Branch:
    """Another body is let in and asked, until its limit; until it answers the case is not approved.

    The caller has locked the case. Refuses: CannotAskBody (ended or decided, the lead itself, a body
    already waiting with the same question).
    """
    _insist_on_open(case)
    if asked.department == case.department and asked.kind is not BranchKind.EXPERT:
        raise CannotAskBody("不能向本部门征求意见。", "请选别的部门。")
    waiting = Branch.objects.filter(
        case=case.reference, department=asked.department, kind=asked.kind, state=BranchState.OPEN
    )
    if waiting.exists():
        raise CannotAskBody("已经在等这个部门答复。", "等它答复以后可以再问。")
    row = Branch.objects.create(
        kind=asked.kind, case=case.reference, plan=asked.plan, title=asked.title,
        question=asked.question, case_no=case.case_no, item_name=case.item_name,
        item_code=case.item_code,
        applicant=case.applicant, applicant_masked=case.applicant_masked,
        division_code=case.division_code, lead=case.department, lead_name=case.department_name,
        department=asked.department, department_name=asked.department_name,
        department_division=_division_of(asked.department, case), roles=list(asked.roles),
        materials=None if asked.materials is None else list(asked.materials),
        basis=asked.basis, local=asked.local, on_refusal=asked.on_refusal,
        opened_by=actor.reference, opened_at=at,
    )  # fmt: skip
    due = clocks.start(subject=row.reference, kind=CLOCK, allowance=within, at=at, actor=actor)
    if row.department != row.lead:
        cases.let_in(
            case_key=case.key, department=row.department, division_code=row.department_division,
            reference=row.reference, actor=actor, at=at,
        )  # fmt: skip
    _block(row, actor, at)
    _announce(row, BranchOpened, actor, at, due_on=due.isoformat())
    return row


def answer(
    *,
    key: str,
    version: int,
    opinion: str,
    reasons: str,
    conditions: str,
    basis: Sequence[CitationRow],
    stored: Sequence[StoredFile],
    actor: Actor,
    at: datetime,
) -> Branch:
    """The asked body gives its opinion; its clock stops, and what it blocked goes on unless it must not.

    Refuses: NotFound, NotAllowed (role, or his own case), VersionConflict, CannotDo (answered already),
    InvalidInput (a no without reasons).
    """
    row = _locked(key, actor)
    if not queries.may_answer(row, actor):
        raise NotAllowed("您没有代表这个部门答复的权限。", "请交给本部门有权答复的人员办理。")
    wrong = rules.problems(opinion, reasons, conditions)
    if wrong:
        raise InvalidInput(fields=[FieldProblem(field, sentence) for field, sentence in wrong])
    number = row.opinions.count() + 1
    _move(row, "answer", version, actor, opinion=Opinion(opinion), answered_at=at)
    BranchOpinion.objects.create(
        branch=row, number=number, opinion=opinion, reasons=reasons.strip(),
        conditions=conditions.strip(), basis=[asdict(one) for one in basis],
        given_by=actor.reference, given_at=at,
    )  # fmt: skip
    _attach(row, stored, actor, at)
    clock = clock_queries.find_clock(subject=row.reference, kind=CLOCK, at=at)
    in_time = rules.in_time(legal_date(at), clock.due_on if clock else None)
    clocks.stop(subject=row.reference, kind=CLOCK, at=at, actor=actor)
    if not rules.blocks(row.state, row.opinion, row.on_refusal):
        _unblock(row, actor, at)
    _announce(row, BranchAnswered, actor, at, opinion=row.opinion, in_time=in_time)
    return row


def ask_again(
    *, key: str, version: int, question: str, within: Allowance, actor: Actor, at: datetime
) -> Branch:
    """Something changed, the lead asks once more: the opinion before stays, the limit begins anew.

    Refuses: NotFound, NotAllowed, VersionConflict, CannotDo (not answered yet), CannotAskBody (case
    decided), InvalidInput (no reason).
    """
    row = _locked(key, actor)
    _insist_on_lead(row, actor)
    _insist_on_open(case_queries.get_inside(split(row.case)[1]))
    said = _required(question, "question", "请写明为什么再问、哪里变了。")
    _move(row, "ask_again", version, actor, opinion="", answered_at=None, question=said)
    due = clocks.restart(subject=row.reference, kind=CLOCK, allowance=within, at=at, actor=actor)
    _block(row, actor, at)
    _announce(row, BranchAskedAgain, actor, at, due_on=due.isoformat())
    return row


def close(*, key: str, version: int, reason: str, actor: Actor, at: datetime) -> Branch:
    """The lead no longer waits for an answer it asked for itself; why stays written.

    Refuses: NotFound, NotAllowed, VersionConflict, CannotDo, CannotCloseBranch, InvalidInput.
    """
    row = _locked(key, actor)
    _insist_on_lead(row, actor)
    if row.kind == BranchKind.BRANCH:
        raise CannotCloseBranch
    said = _required(reason, "reason", "请写明为什么不再等。")
    _move(row, "close", version, actor, closed_at=at, closed_reason=said)
    _done(row, actor, at)
    return row


def close_all(
    *, case: str, reason: str, actor: Actor, at: datetime, kind: BranchKind | None = None
) -> int:
    """The case is over: nobody waits for an open branch any more; returns how many. Safe to run twice.

    ``kind``: only those of one kind.
    """
    if not prepared.run(_HAS_OPEN, [case]):  # whoever opens one holds the case, and it is decided
        return 0
    case_queries.get_inside(split(case)[1], lock=True)
    rows = Branch.objects.select_for_update().filter(case=case, state=BranchState.OPEN)
    if kind is not None:
        rows = rows.filter(kind=kind)
    found = list(rows.order_by("id"))
    for row in found:
        _move(row, "end", row.version, actor, closed_at=at, closed_reason=reason)
        _done(row, actor, at)
    return len(found)


def note_limit(*, branch: str, due_on: str, late: bool, at: datetime) -> None:
    """An open branch is nearly due or late: a fact with the body that holds it."""
    row = Branch.objects.filter(key=split(branch)[1], state=BranchState.OPEN).first()
    if row is not None:
        event = BranchLate if late else BranchNearlyDue
        _announce(row, event, machine("clock"), at, due_on=due_on)


def _done(row: Branch, actor: Actor, at: datetime) -> None:
    """Nobody waits for it: no clock, no block."""
    clocks.stop(subject=row.reference, kind=CLOCK, at=at, actor=actor)
    _unblock(row, actor, at)
    _announce(row, BranchClosed, actor, at)


def _locked(key: str, actor: Actor) -> Branch:
    """The branch, after its case: everybody locks in this order. NotFound."""
    if actor.kind not in (ActorKind.OFFICIAL, ActorKind.MACHINE):
        raise NotFound
    known = Branch.objects.visible_to(actor).filter(key=key).values_list("case", flat=True).first()
    if known is None:
        raise NotFound
    case_queries.get_inside(split(known)[1], lock=True)
    return Branch.objects.select_for_update().get(key=key)


def _insist_on_lead(row: Branch, actor: Actor) -> None:
    if not queries.leads(row, actor):
        raise NotAllowed("这一步由牵头部门办理。", "请联系牵头部门。")


def _insist_on_open(case: Inside) -> None:
    if case.decided_at is not None or case.ended_at is not None:
        raise CannotAskBody("这一件已经有了决定，不能再征求意见。")


def _required(text: str, field: str, sentence: str) -> str:
    said = text.strip()
    if not said or len(said) > rules.LONGEST_TEXT:
        longest = f"最多写 {rules.LONGEST_TEXT} 字。"
        raise InvalidInput(fields=[FieldProblem(field, longest if said else sentence)])
    return said


def _division_of(department: str, case: Inside) -> str:
    known = directory.find_departments([department]).get(department)
    return known.division_code if known else case.division_code


def _attach(row: Branch, stored: Sequence[StoredFile], actor: Actor, at: datetime) -> None:
    if len(stored) > rules.MOST_FILES:
        problem = FieldProblem("files", f"一次最多 {rules.MOST_FILES} 个文件。")
        raise InvalidInput(fields=[problem])
    for one in stored:
        if file_queries.get_uploader(one.key) != actor.reference:
            raise NotFound
        files.attach(key=one.key, subject=row.reference, at=at)


def _move(row: Branch, act: str, version: int, actor: Actor, **changes: object) -> None:
    party = Party.MACHINE if actor.kind is ActorKind.MACHINE else Party.OFFICIAL
    states.move(
        row, machine=MACHINE, act=act, role=party, version=version,
        facts=queries.facts_of(row, actor), changes=changes,
    )  # fmt: skip


def _block(row: Branch, actor: Actor, at: datetime) -> None:
    label = (
        f"{row.department_name}还没有同意"
        if row.kind == BranchKind.BRANCH
        else "专家评审还没有结束"
        if row.kind == BranchKind.EXPERT
        else f"还在等{row.department_name}的意见"
    )
    cases.block(
        case_key=split(row.case)[1], stage=Stage.DECISION, reason=row.reference, label=label,
        actor=actor, at=at,
    )  # fmt: skip


def _unblock(row: Branch, actor: Actor, at: datetime) -> None:
    cases.unblock(
        case_key=split(row.case)[1], stage=Stage.DECISION, reason=row.reference, actor=actor, at=at
    )


def _announce(
    row: Branch, event: type[BranchEvent], actor: Actor, at: datetime, **more: str | bool
) -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("a branch changes only inside a transaction")
    fact = event(
        subject=row.case, at=at, branch=row.reference, kind=row.kind, department=row.department,
        department_name=row.department_name, division_code=row.department_division, **more,
    )  # fmt: skip
    journal.announce(fact, actor=actor)


def erase(*, case: str, actor: Actor, at: datetime) -> None:
    """销毁以后: who was asked and what came of it stays; the words and files go."""
    for row in Branch.objects.filter(case=case):
        files.destroy_attached(subject=row.reference, actor=actor, at=at)
    BranchOpinion.objects.filter(branch__case=case).update(reasons="", conditions="")
    gone = {
        "applicant": ERASED,
        "applicant_masked": "（已销毁）",
        "question": "",
        "closed_reason": "",
    }
    Branch.objects.filter(case=case).update(**gone)
