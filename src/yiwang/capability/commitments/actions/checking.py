"""Looking into a commitment: as promised; to be put right; or untrue, with what follows.

行政许可法 61 (looked into, recorded), 69 (revoked when obtained by deceit); 消防法 58 (put right in a term,
else revoked). The caller revokes the licence and writes the letters.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from yiwang.capability.commitments import queries, rules
from yiwang.capability.commitments.actions.committing import stop_clocks
from yiwang.capability.commitments.actions.telling import announce, move, party_of
from yiwang.capability.commitments.definitions import CORRECT, Act, Finding
from yiwang.capability.commitments.events import (
    CommitmentBroken,
    CommitmentKept,
    CorrectionOrdered,
    CorrectionReported,
)
from yiwang.capability.commitments.models import Commitment
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.clocks import queries as clock_queries
from yiwang.mechanisms.states.definitions import Party
from yiwang.support.credit import actions as credit


class NotYourOwnPromise(NotAllowed):
    """Who promised does not look into it."""

    sentence = "这是您自己的承诺，不能由您来核查。"
    remedy = "请交给其他工作人员办理。"


def find_true(*, key: str, version: int, words: str, actor: Actor, at: datetime) -> Commitment:
    """Looked into: it is as promised."""
    row = _step(key, Act.FIND_TRUE, version, words, actor, at, finding=Finding.TRUE)
    announce(
        row, CommitmentKept, actor=actor, at=at, commitment=row.reference, finding=Finding.TRUE
    )
    return row


def order_correction(
    *, key: str, version: int, words: str, actor: Actor, at: datetime
) -> Commitment:
    """责令限期改正: what is not as promised, to be put right within the item's term."""
    row = _locked(key, actor)
    offer = queries.offer_of(row)
    _move(row, Act.ORDER_CORRECTION, version, words, actor, at)
    if offer.correction is None:
        raise LookupError("a correction without a term was let through")
    stop_clocks(row, actor=actor, at=at)
    within, me = offer.correction.within, row.reference
    known = clock_queries.find_clock(subject=me, kind=CORRECT, at=at)
    begin = clocks.start if known is None else clocks.restart
    due = begin(subject=me, kind=CORRECT, allowance=within, at=at, actor=actor)
    Commitment.objects.filter(pk=row.pk).update(due_on=due)
    row.due_on = due
    announce(
        row,
        CorrectionOrdered,
        actor=actor,
        at=at,
        commitment=row.reference,
        correct_by=due.isoformat(),
    )
    return row


def report_correction(
    *, key: str, version: int, words: str, actor: Actor, at: datetime
) -> Commitment:
    """The applicant says what was put right; it is looked into again."""
    row = _step(key, Act.REPORT_CORRECTION, version, words, actor, at, reported_at=at)
    announce(row, CorrectionReported, actor=actor, at=at, commitment=row.reference)
    return row


def find_corrected(*, key: str, version: int, words: str, actor: Actor, at: datetime) -> Commitment:
    """Looked into again: it has been put right."""
    found = Finding.CORRECTED
    row = _step(key, Act.FIND_CORRECTED, version, words, actor, at, finding=found)
    announce(row, CommitmentKept, actor=actor, at=at, commitment=row.reference, finding=found)
    return row


def find_false(
    *, key: str, version: int, words: str, serious: bool, actor: Actor, at: datetime
) -> Commitment:
    """The promise was untrue. On record; when serious, the road is closed until it is repaired."""
    return _break(key, Act.FIND_FALSE, Finding.FALSE, version, words, serious, actor, at)


def find_not_corrected(
    *, key: str, version: int, words: str, serious: bool, actor: Actor, at: datetime
) -> Commitment:
    """The term is over, or what was reported does not hold: not put right."""
    act, found = Act.FIND_NOT_CORRECTED, Finding.NOT_CORRECTED
    return _break(key, act, found, version, words, serious, actor, at)


def _break(
    key: str,
    act: Act,
    found: Finding,
    version: int,
    words: str,
    serious: bool,
    actor: Actor,
    at: datetime,
) -> Commitment:
    row = _step(key, act, version, words, actor, at, finding=found, serious=serious)
    credit.record_breach(
        applicant=row.applicant,
        source=row.reference,
        case=row.case,
        item_name=row.item_name,
        division_code=row.division_code,
        department=row.department,
        department_name=row.department_name,
        serious=serious,
        words=words.strip(),
        actor=actor,
        at=at,
    )
    announce(
        row,
        CommitmentBroken,
        actor=actor,
        at=at,
        commitment=row.reference,
        finding=found,
        serious=serious,
    )
    return row


def _step(
    key: str,
    act: Act,
    version: int,
    words: str,
    actor: Actor,
    at: datetime,
    **changes: object,
) -> Commitment:
    """Lock, move, keep the words; an end stops what runs."""
    row = _locked(key, actor)
    _move(row, act, version, words, actor, at, **changes)
    if "finding" in changes:
        stop_clocks(row, actor=actor, at=at)
    return row


def _locked(key: str, actor: Actor) -> Commitment:
    row = Commitment.objects.visible_to(actor).select_for_update().filter(key=key).first()
    if row is None:
        raise NotFound
    mine = {actor.reference, actor.on_behalf_of, actor.person} - {None, ""}
    if actor.kind is ActorKind.OFFICIAL and row.applicant in mine:
        raise NotYourOwnPromise
    return row


def _move(
    row: Commitment,
    act: Act,
    version: int,
    words: str,
    actor: Actor,
    at: datetime,
    **changes: object,
) -> None:
    if party_of(actor) is Party.OFFICIAL and not rules.may_take(
        actor.roles_at(row.division_code, row.department), act, chained=queries.is_chained(row)
    ):
        raise NotAllowed
    if not words.strip():
        raise InvalidInput("没有写明情况。", "请写明核查或者改正的情况。")
    by = "applicant" if party_of(actor) is Party.APPLICANT else actor.reference
    note = {"at": at.isoformat(), "act": act.value, "words": words.strip(), "by": by}
    closing: Mapping[str, object] = (
        {"closed_at": at, "due_on": None} if "finding" in changes else {}
    )
    move(
        row,
        act,
        actor=actor,
        version=version,
        facts=rules.facts(
            correctable=queries.offer_of(row).correction is not None,
            due_on=row.due_on,
            reported=row.reported_at is not None,
            today=legal_date(at),
        ),
        changes={"notes": [*row.notes, note], **closing, **changes},
    )
