"""Reading conversations: of one case, and those that wait for the office."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import CaseView
from yiwang.capability.cases.queries import Inside
from yiwang.capability.conversations import rules
from yiwang.capability.conversations.definitions import (
    ConversationView,
    RemarkFile,
    RemarkView,
    Side,
    Turn,
    WaitingTalk,
)
from yiwang.capability.conversations.models import Conversation, Remark
from yiwang.kernel.actor import CASE_STAFF, Actor, ActorKind, PowerAct
from yiwang.kernel.pages import Page, bounded, cut
from yiwang.kernel.places import in_subtree
from yiwang.kernel.references import reference, split
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.files import queries as files
from yiwang.support.identity import queries as identity

#: The newest messages a page shows at once.
SHOWN = 50


def get_conversation(
    case_key: str, actor: Actor, *, at: datetime, before: int = 0
) -> ConversationView:
    """The newest messages of a case's conversation, oldest first; empty when nobody wrote.

    ``before``: only messages with a smaller number. NotFound unless the case is the actor's own or his
    body handles it.
    """
    return conversation_on(cases.get_inside(case_key), actor, at=at, before=before)


def conversation_on(
    case: Inside | CaseView, actor: Actor, *, at: datetime, before: int = 0
) -> ConversationView:
    """The same for a case that was read already."""
    side = side_of(case, actor)
    row = Conversation.objects.visible_to(actor).filter(case=case.reference).first()
    writable = not case.ended and not _is_own(case, actor, side)
    if row is None:
        label = rules.turn_label(Turn.NOBODY, reader=side)
        return ConversationView(
            case.key, Turn.NOBODY, label, (), 0, None, writable, False, earlier=False
        )
    wanted = row.remarks.filter(number__lt=before) if before else row.remarks.all()
    newest = list(wanted.order_by("-number")[: SHOWN + 1])
    shown = sorted(newest[:SHOWN], key=lambda one: one.number)
    names = identity.list_names({one.author for one in shown})
    unread = row.count - (row.applicant_read if side is Side.APPLICANT else row.office_read)
    found = clocks.find_clocks(subjects=[row.reference], at=at)[row.reference]
    running = next((clock for clock in found if clock.stopped_on is None), None)
    return ConversationView(
        case_key=case.key,
        turn=row.turn,
        turn_label=rules.turn_label(row.turn, reader=side),
        remarks=tuple(_remark(one, row, side, names) for one in shown),
        unread=unread,
        clock=running,
        may_write=writable,
        may_settle=writable and side is Side.OFFICE and row.turn == Turn.OFFICE,
        earlier=len(newest) > SHOWN,
    )


def list_waiting(
    actor: Actor, *, at: datetime, after: str = "", limit: int = 50
) -> Page[WaitingTalk]:
    """Conversations of an official's body that wait for it, the longest waiting first."""
    if actor.kind not in (ActorKind.OFFICIAL, ActorKind.MACHINE):
        return Page(())
    rows = Conversation.objects.visible_to(actor).filter(turn=Turn.OFFICE)
    if after:
        rows = rows.filter(id__gt=Conversation.objects.filter(key=after).values("id")[:1])
    shown, following = cut(rows.order_by("id")[: bounded(limit) + 1], limit)
    found = clocks.find_clocks(subjects=[row.reference for row in shown], at=at)
    return Page(
        tuple(
            WaitingTalk(
                case_key=split(row.case)[1],
                case_no=row.case_no,
                item_name=row.item_name,
                applicant_masked=row.applicant_masked,
                last_at=row.last_at,
                clock=next(iter(found[row.reference]), None),
                key=row.key,
            )
            for row in shown
        ),
        following,
    )


def count_unread(case_key: str, actor: Actor) -> int:
    """How many messages of a case this actor's side has not read."""
    row = Conversation.objects.visible_to(actor).filter(case=reference("case", case_key)).first()
    if row is None:
        return 0
    mine = actor.kind in (ActorKind.PERSON, ActorKind.ORGANIZATION)
    return row.count - (row.applicant_read if mine else row.office_read)


def get_file(case_key: str, remark_key: str, file_key: str, actor: Actor) -> str:
    """The key of a file that came with a message this actor may read; NotFound otherwise."""
    rows = Conversation.objects.visible_to(actor).filter(case=reference("case", case_key))
    row = Remark.objects.filter(conversation__in=rows, key=remark_key).first()
    if row is None or not files.is_attached(file_key, row.reference):
        raise NotFound
    return file_key


def side_of(case: Inside | CaseView, actor: Actor) -> Side:
    """Whose side of the conversation an actor is on; NotFound for who is on neither."""
    if actor.kind in (ActorKind.PERSON, ActorKind.ORGANIZATION):
        if actor.applicant == case.applicant and actor.may(PowerAct.SEE, case.item_code):
            return Side.APPLICANT
        raise NotFound
    in_charge = actor.kind is ActorKind.MACHINE or any(
        grant.role in CASE_STAFF
        and in_subtree(case.division_code, grant.division_code)
        and grant.department in (None, case.department)
        for grant in actor.grants
    )
    if not in_charge:
        raise NotFound
    return Side.OFFICE


def _is_own(case: Inside | CaseView, actor: Actor, side: Side) -> bool:
    """An official does not write, as the office, about what is his as a citizen."""
    return side is Side.OFFICE and bool(actor.person) and actor.person == case.applicant


def _remark(one: Remark, row: Conversation, side: Side, names: Mapping[str, str]) -> RemarkView:
    other = row.office_read if one.side == Side.APPLICANT else row.applicant_read
    name = names.get(one.author, "")
    who = f"{row.department_name} {name}".strip() if one.side == Side.OFFICE else "申请人"
    return RemarkView(
        key=one.key,
        number=one.number,
        side=one.side,
        who=who,
        text=one.text,
        asks=one.asks,
        said_at=one.said_at,
        read=one.number <= other,
        mine=one.side == side,
        files=tuple(RemarkFile(f.key, f.filename) for f in files.list_attached(one.reference)),
    )
