"""Writing, reading on, and saying that nothing more is to be answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import connection

from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.queries import Inside
from yiwang.capability.conversations import queries, rules
from yiwang.capability.conversations.definitions import CLOCK, REPLY_WITHIN, Side, Turn
from yiwang.capability.conversations.events import RemarkMade, ReplyLate
from yiwang.capability.conversations.models import Conversation, Remark
from yiwang.kernel.actor import Actor, PowerAct, machine
from yiwang.kernel.references import ERASED, split
from yiwang.kernel.refusals import (
    FieldProblem,
    IdempotencyConflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    Refusal,
)
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.clocks import queries as clock_queries
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files import queries as file_queries
from yiwang.mechanisms.files.definitions import StoredFile
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.statements import prepared
from yiwang.support.mandates import queries as mandates

_OWED: Final = """
SELECT {columns} FROM conversations_conversation WHERE "case" = %s AND turn <> 'NOBODY' FOR UPDATE
"""
_OPEN_ROW = {"turn": Turn.NOBODY}


class CannotTalk(Refusal):
    """The case has ended."""

    sentence = "这一件已经办结，不能再留言。"
    remedy = "有问题请打 12345，报办件编号。"


def say(
    *,
    case_key: str,
    text: str,
    asks: bool,
    stored: Sequence[StoredFile],
    idempotency_key: str,
    actor: Actor,
    at: datetime,
) -> Remark:
    """One message. The same key again is the same message; nothing about the case's clocks changes.

    ``asks`` counts for the office only: the applicant always expects an answer. Refuses: NotFound,
    CannotTalk, NotAllowed (an official's own case), InvalidInput, IdempotencyConflict.
    """
    case = case_queries.get_inside(case_key, lock=True)
    side = queries.side_of(case, actor)
    mandates.insist(actor, PowerAct.APPLY, case.item_code)
    row = _open(case, at)
    digest = crypto.digest("|".join([text, str(asks), *(f.digest for f in stored)]).encode())
    known = row.remarks.filter(author=actor.reference, idempotency_key=idempotency_key).first()
    if known is not None:
        if known.body_digest != digest:
            raise IdempotencyConflict
        return known
    _refuse_unsound(case, side, row, text, len(stored), actor)
    asks = asks or side is Side.APPLICANT
    remark = Remark.objects.create(
        conversation=row, number=row.count + 1, side=side, author=actor.reference,
        text=text.strip(), asks=asks, idempotency_key=idempotency_key, body_digest=digest,
        said_at=at,
    )  # fmt: skip
    for one in stored:
        if file_queries.get_uploader(one.key) != actor.reference:
            raise NotFound
        files.attach(key=one.key, subject=remark.reference, at=at)
    _note(row, side, asks, actor, at)
    fact = RemarkMade(
        subject=row.case, at=at, remark=remark.reference, side=side, asks=asks,
        department=row.department, division_code=row.division_code,
    )  # fmt: skip
    journal.announce(fact, actor=actor)
    return remark


def mark_read(*, case_key: str, actor: Actor, at: datetime) -> int:
    """This side has read everything so far; returns how many were unread. Again changes nothing."""
    case = case_queries.get_inside(case_key)
    side = queries.side_of(case, actor)
    row = _locked(case)
    if row is None:
        return 0
    mine = side is Side.APPLICANT
    unread = row.count - (row.applicant_read if mine else row.office_read)
    if unread:
        if mine:
            row.applicant_read = row.count
        else:
            row.office_read = row.count
        row.save(update_fields=["applicant_read", "office_read"])
        journal.record(
            actor=actor, act="conversations.mark_read", subject=row.case, at=at,
            facts={"upto": row.count},
        )  # fmt: skip
    return unread


def settle(*, case_key: str, actor: Actor, at: datetime) -> bool:
    """The office has seen the message and nothing is to be answered; False when nothing waited for it.

    Refuses: NotFound, NotAllowed for the applicant.
    """
    case = case_queries.get_inside(case_key, lock=True)
    if queries.side_of(case, actor) is not Side.OFFICE:
        raise NotAllowed
    row = _locked(case)
    if row is None or row.turn != Turn.OFFICE:
        return False
    row.turn, row.office_read = Turn.NOBODY, row.count
    row.save(update_fields=["turn", "office_read"])
    clocks.stop(subject=row.reference, kind=CLOCK, at=at, actor=actor)
    journal.record(actor=actor, act="conversations.settle", subject=row.case, at=at)
    return True


def close(*, case: str, actor: Actor, at: datetime) -> None:
    """The case is over: nobody owes an answer any more. Safe to run twice."""
    for row in prepared.read(Conversation, _OWED, [case]):
        row.turn = Turn.NOBODY
        row.save(update_fields=["turn"])
        clocks.stop(subject=row.reference, kind=CLOCK, at=at, actor=actor)


def follow_case(*, case: str) -> None:
    """The conversation belongs to the body that has the case now. Safe to run twice."""
    inside = case_queries.get_inside(split(case)[1], lock=True)
    row = _locked(inside)
    if row is not None:
        row.department, row.department_name = inside.department, inside.department_name
        row.division_code = inside.division_code
        row.save(update_fields=["department", "department_name", "division_code"])


def note_late(*, conversation: str, due_on: str, at: datetime) -> None:
    """The promise to answer was not kept: a fact with the body that owes it."""
    row = Conversation.objects.filter(key=split(conversation)[1], turn=Turn.OFFICE).first()
    if row is not None:
        fact = ReplyLate(
            subject=row.case, at=at, conversation=row.reference, department=row.department,
            division_code=row.division_code, due_on=due_on,
        )  # fmt: skip
        journal.announce(fact, actor=machine("clock"))


def _note(row: Conversation, side: Side, asks: bool, actor: Actor, at: datetime) -> None:
    """Count it, pass the turn, start or stop the promise to answer; the writer has read so far."""
    before, row.turn = row.turn, rules.turn_after(side, asks=asks, before=row.turn)
    row.count += 1
    row.in_a_row = row.in_a_row + 1 if row.last_side == side else 1
    row.last_side, row.last_at = side, at
    if side is Side.APPLICANT:
        row.applicant_read = row.count
    else:
        row.office_read = row.count
    row.save()
    if row.turn == Turn.OFFICE and before != Turn.OFFICE:
        _promise(row, actor, at)
    elif before == Turn.OFFICE and row.turn != Turn.OFFICE:
        clocks.stop(subject=row.reference, kind=CLOCK, at=at, actor=actor)


def _promise(row: Conversation, actor: Actor, at: datetime) -> None:
    known = clock_queries.find_clock(subject=row.reference, kind=CLOCK, at=at)
    begin = clocks.start if known is None else clocks.restart
    begin(subject=row.reference, kind=CLOCK, allowance=REPLY_WITHIN, at=at, actor=actor)


def _open(case: Inside, at: datetime) -> Conversation:
    """The conversation of a locked case, made when it is the first message."""
    row, _made = Conversation.objects.select_for_update().get_or_create(
        case=case.reference,
        defaults={
            "case_no": case.case_no,
            "item_name": case.item_name,
            "item_code": case.item_code,
            "applicant": case.applicant,
            "applicant_masked": case.applicant_masked,
            "division_code": case.division_code,
            "department": case.department,
            "department_name": case.department_name,
            "last_at": at,
            **_OPEN_ROW,
        },
    )
    return row


def _locked(case: Inside) -> Conversation | None:
    if not connection.in_atomic_block:
        raise RuntimeError("a conversation changes only inside a transaction")
    return Conversation.objects.select_for_update().filter(case=case.reference).first()


def _refuse_unsound(
    case: Inside, side: Side, row: Conversation, text: str, stored: int, actor: Actor
) -> None:
    if case.ended_at is not None:
        raise CannotTalk
    if side is Side.OFFICE and actor.person and actor.person == case.applicant:
        raise NotAllowed("这是您自己的申请，不能由您代表单位留言。", "请交给其他工作人员。")
    in_a_row = row.in_a_row if row.last_side == side else 0
    wrong = rules.problems(text, stored, in_a_row)
    if wrong:
        raise InvalidInput(fields=[FieldProblem(field, sentence) for field, sentence in wrong])


def erase(*, case: str, actor: Actor, at: datetime) -> None:
    """销毁以后: that messages were written stays, what they said and their files go."""
    for one in Remark.objects.filter(conversation__case=case):
        files.destroy_attached(subject=one.reference, actor=actor, at=at)
    Remark.objects.filter(conversation__case=case).update(text="", author=ERASED)
    gone = {"applicant": ERASED, "applicant_masked": "（已销毁）"}
    Conversation.objects.filter(case=case).update(**gone)
