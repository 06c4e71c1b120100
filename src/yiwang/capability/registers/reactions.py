"""What the registers learn from facts about cases. Safe to hear twice."""

from __future__ import annotations

from datetime import date
from typing import Final

from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import ClockKind, Outcome
from yiwang.capability.cases.events import (
    CaseCorrected,
    CaseDecided,
    CaseEvent,
    CaseHandedBack,
    CaseNotOurs,
    CaseRefused,
    CaseReopened,
    CaseReturned,
    CaseTerminated,
    CaseWithdrawn,
    CorrectionOverdue,
    ExtensionAsked,
    ExtensionDeclined,
    ExtensionGranted,
)
from yiwang.capability.registers import actions
from yiwang.capability.registers.definitions import Became, Matter, RegisterKind
from yiwang.kernel.references import split
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.support.letters import queries as letters
from yiwang.support.letters.definitions import LetterKind, LetterView

_REJECTIONS: Final = (LetterKind.REJECTION, LetterKind.REFUSAL_OF_REGISTRATION)
_NOT_OURS: Final = (LetterKind.NOT_NEEDED, LetterKind.REFUSAL_OF_ACCEPTANCE)


def enter_refused(*, event: CaseRefused, position: int, **_: object) -> None:
    """不予受理."""
    _refused(event, position, Matter.NOT_ACCEPTED, (LetterKind.REFUSAL_OF_ACCEPTANCE,))


def enter_not_ours(*, event: CaseNotOurs, position: int, **_: object) -> None:
    """不受理, or another body's matter."""
    _refused(event, position, Matter.NOT_OURS, _NOT_OURS)


def enter_decided(*, event: CaseDecided, position: int, **_: object) -> None:
    """不予许可; and whatever was still waited for is over with any decision a person took."""
    if event.by_rule:  # decided at the receipt: nothing was told or asked before
        return
    _end_waiting(event)
    if event.outcome == Outcome.REJECT:
        _refused(event, position, Matter.REJECTED, _REJECTIONS)


def enter_returned(*, event: CaseReturned, position: int, **_: object) -> None:
    """一次告知补正, with the day it is to be mended by."""
    _told(event, position, Matter.RETURNED, LetterKind.CORRECTION, event.items, Became.WAITING)


def enter_handed_back(*, event: CaseHandedBack, position: int, **_: object) -> None:
    """市场主体登记: 退回材料，一次告知."""
    _told(event, position, Matter.HANDED_BACK, LetterKind.HAND_BACK, event.items, Became.STANDS)


def note_corrected(*, event: CaseCorrected, **_: object) -> None:
    """Mended, in time or late."""
    actions.settle(
        case=event.subject,
        kind=RegisterKind.CORRECTION,
        became=Became.SUPPLIED,
        among=(Became.WAITING, Became.LAPSED),
        at=event.at,
    )


def note_overdue(*, event: CorrectionOverdue, **_: object) -> None:
    """The applicant's time ran out."""
    actions.settle(
        case=event.subject, kind=RegisterKind.CORRECTION, became=Became.LAPSED, at=event.at
    )


def enter_asked(*, event: ExtensionAsked, position: int, **_: object) -> None:
    """More time was asked for."""
    inside = cases.get_inside(split(event.subject)[1])
    actions.enter(
        event=event,
        position=position,
        kind=RegisterKind.EXTENSION,
        matter=Matter.EXTENDED,
        became=Became.WAITING,
        inside=inside,
        letter=None,
        reason=cases.find_extension_reason(inside.key),
    )


def note_granted(*, event: ExtensionGranted, **_: object) -> None:
    """The head approved: with the letter and the new last day."""
    actions.settle(
        case=event.subject,
        kind=RegisterKind.EXTENSION,
        became=Became.GRANTED,
        at=event.at,
        letter=letters.find_written(event.subject, kinds=(LetterKind.EXTENSION,), at=event.at),
        due_on=_due(event, ClockKind.DECIDE),
    )


def note_declined(*, event: ExtensionDeclined, **_: object) -> None:
    """The head did not approve."""
    actions.settle(
        case=event.subject, kind=RegisterKind.EXTENSION, became=Became.DECLINED, at=event.at
    )


def note_ended(*, event: CaseWithdrawn | CaseTerminated, **_: object) -> None:
    """The case ended while something was waited for."""
    _end_waiting(event)


def note_reopened(*, event: CaseReopened, **_: object) -> None:
    """Taken up anew: the refusal stays on the register, overturned."""
    actions.settle(
        case=event.subject,
        kind=RegisterKind.REFUSAL,
        became=Became.OVERTURNED,
        among=(Became.STANDS,),
        at=event.at,
    )


def _refused(
    event: CaseEvent, position: int, matter: Matter, kinds: tuple[LetterKind, ...]
) -> None:
    if matter is not Matter.REJECTED:
        _end_waiting(event)
    letter = letters.find_written(event.subject, kinds=kinds, at=event.at)
    actions.enter(
        event=event,
        position=position,
        kind=RegisterKind.REFUSAL,
        matter=matter,
        became=Became.STANDS,
        inside=cases.get_inside(split(event.subject)[1]),
        letter=letter,
        reason=_said(letter, "reason"),
    )


def _told(
    event: CaseEvent, position: int, matter: Matter, kind: LetterKind, items: int, became: Became
) -> None:
    letter = letters.find_written(event.subject, kinds=(kind,), at=event.at)
    actions.enter(
        event=event,
        position=position,
        kind=RegisterKind.CORRECTION,
        matter=matter,
        became=became,
        inside=cases.get_inside(split(event.subject)[1]),
        letter=letter,
        reason=_said(letter, "corrections"),
        items=items,
        due_on=_due(event, ClockKind.SUPPLY),
    )


def _end_waiting(event: CaseEvent) -> None:
    for kind in (RegisterKind.CORRECTION, RegisterKind.EXTENSION):
        actions.settle(case=event.subject, kind=kind, became=Became.ENDED, at=event.at)


def _said(letter: LetterView | None, name: str) -> str:
    """The words of the letter; none for a fact older than its letter."""
    return letters.get_value(letter.key, subject=letter.subject, name=name) if letter else ""


def _due(event: CaseEvent, kind: ClockKind) -> date | None:
    clock = clocks.find_clock(subject=event.subject, kind=kind, at=event.at)
    return clock.due_on if clock else None
