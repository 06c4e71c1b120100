"""A giver without an account: the signed paper is looked at by two officials."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from yiwang.kernel.actor import Actor, ActorKind, PowerAct, Role
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files import queries as file_queries
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.journal.definitions import READ
from yiwang.support.mandates import queries
from yiwang.support.mandates.actions import rows
from yiwang.support.mandates.actions.rows import Wish
from yiwang.support.mandates.definitions import (
    ENDING_LABELS,
    CannotMandate,
    ConsentKind,
    Ending,
    MandateKind,
    MandateView,
    Standing,
)
from yiwang.support.mandates.events import MandateProposed

_LONGEST_PROOF = 500


@transaction.atomic
def record_paper(
    *,
    kind: MandateKind,
    giver: str,
    taker: str,
    items: Mapping[str, str] | None,
    acts: Collection[PowerAct],
    valid_until: datetime,
    proof: str,
    proof_file: str,
    actor: Actor,
    at: datetime,
    taker_signed: bool = False,
) -> MandateView:
    """A window clerk writes down a signed 授权委托书 and how he knows the signature is the giver's.

    ``proof_file``: the scan, stored by the same clerk. ``taker_signed``: the taker signed it too, and
    so accepted. It counts once another clerk of the body has confirmed it and the taker accepted. Refusals: ``NotAllowed``, ``InvalidInput``, ``NotFound``.
    """
    grant = clerk_grant(actor)
    if kind is MandateKind.COUNTER or {giver, taker} & {actor.reference, actor.person}:
        raise NotAllowed("不能为自己登记授权。", "请由其他工作人员办理。")
    if not proof.strip() or len(proof) > _LONGEST_PROOF:
        problem = FieldProblem("proof", f"请写明怎样核对的，最多 {_LONGEST_PROOF} 字。")
        raise InvalidInput(fields=[problem])
    if file_queries.get_uploader(proof_file) != actor.reference:
        raise NotFound
    row = rows.make(
        Wish(kind, giver, taker, items, acts, valid_until),
        actor=actor,
        at=at,
        consent_kind=ConsentKind.PAPER,
        consent_by=actor.reference,
        consent_proof=proof.strip(),
        accepted_at=at if taker_signed else None,
        proof_file=proof_file,
        division_code=grant[0],
        department=grant[1],
    )
    files.attach(key=proof_file, subject=row.reference, at=at)
    rows.announce(row, MandateProposed, actor, at)
    return queries.view_of(row, at)


@transaction.atomic
def read_paper(*, key: str, actor: Actor, at: datetime) -> tuple[MandateView, str]:
    """The second clerk opens it: (the mandate, how the first knew); who looked is written down."""
    clerk_grant(actor)
    row = rows.locked(key, actor)
    if row.consent_kind != ConsentKind.PAPER:
        raise NotFound
    journal.record(
        actor=actor,
        act=READ,
        subject=row.reference,
        at=at,
        purpose="核对授权委托书",
        subjects=[row.giver, row.taker],
    )
    return queries.view_of(row, at), row.consent_proof or ""


@transaction.atomic
def confirm_paper(*, key: str, actor: Actor, at: datetime) -> MandateView:
    """The second official has compared the paper: the giver has consented, the taker is asked.

    Refusals: ``NotAllowed`` (the first official, a party to it), ``NotFound``, ``CannotMandate``.
    """
    clerk_grant(actor)
    row = rows.locked(key, actor)
    if actor.reference == row.consent_by or {row.giver, row.taker} & {
        actor.reference,
        actor.person,
    }:
        raise NotAllowed("要由另一位工作人员核对。", "请交给其他窗口人员核对。")
    if queries.view_of(row, at).standing is not Standing.WAITS_FOR_SECOND:
        raise CannotMandate
    row.confirmed_by, row.consented_at = actor.reference, at
    row.save(update_fields=["confirmed_by", "consented_at"])
    rows.note("paper_confirmed", row, actor, at)
    rows.tell(row, row.giver, f"您书面授权{row.masked('taker')}代办，已由窗口核对登记", at)
    if row.accepted_at is not None:
        rows.take_effect(row, actor, at)
    if not row.taker.startswith("official:"):
        after = "等您接受" if row.accepted_at is None else "已由窗口核对登记"
        rows.tell(row, row.taker, f"{row.masked('giver')}书面授权您代办，{after}", at)
    return queries.view_of(row, at)


@transaction.atomic
def end_paper(*, key: str, because: Ending, actor: Actor, at: datetime) -> MandateView:
    """A clerk of the body ends a mandate it wrote down: somebody came or wrote to take it back, or it
    was written down wrong. Both sides are told; whatever acts by it may do nothing any more.

    Refusals: ``NotFound``, ``NotAllowed`` (a party to it), ``CannotMandate`` when it is over already.
    """
    clerk_grant(actor)
    row = rows.locked(key, actor)
    if row.consent_kind != ConsentKind.PAPER:
        raise NotFound
    if {row.giver, row.taker} & {actor.reference, actor.person}:
        raise NotAllowed("不能为自己登记授权。", "请由其他工作人员办理。")
    if queries.view_of(row, at).standing in (
        Standing.REVOKED,
        Standing.DECLINED,
        Standing.EXPIRED,
    ):
        raise CannotMandate
    rows.end(row, actor, at)
    rows.note("paper_ended", row, actor, at, because=Ending(because).value)
    words = f"书面授权已结束：{ENDING_LABELS[because]}"
    rows.tell(row, row.giver, f"您给{row.masked('taker')}的{words}", at)
    if not row.taker.startswith("official:"):
        rows.tell(row, row.taker, f"{row.masked('giver')}给您的{words}", at)
    return queries.view_of(row, at)


def clerk_grant(actor: Actor) -> tuple[str, str]:
    """Where (division, department) somebody is window clerk; ``NotAllowed``."""
    for grant in actor.grants:
        if actor.kind is ActorKind.OFFICIAL and grant.role is Role.WINDOW_CLERK:
            return grant.division_code, grant.department or ""
    raise NotAllowed("只有窗口人员可以这样办理。", "请到政务服务大厅窗口办理。")
