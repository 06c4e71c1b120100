"""纸质结果和原件: the steps where paper and the case meet; the rest is ``deliveries`` alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import CaseView, DeliveryProof
from yiwang.capability.cases.definitions.profiles import State
from yiwang.capability.cases.queries import Inside
from yiwang.capability.deliveries import actions as deliveries
from yiwang.capability.deliveries import queries as delivery_queries
from yiwang.capability.deliveries.definitions import BagRow, Identity, OriginalRow, ShelfRow
from yiwang.capability.journey import letters, results
from yiwang.capability.journey.letters import DECISIONS
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.references import split
from yiwang.kernel.refusals import NotAllowed, Refusal
from yiwang.support.letters import queries as letter_queries


class NothingToFetch(Refusal):
    """There is no result yet, or it does not stand any more."""

    sentence = "这一件还没有可以领取的结果。"
    remedy = "请刷新页面，看看这一件现在的情况。"


@transaction.atomic
def put_on_shelf(*, case_key: str, place: str, actor: Actor, at: datetime) -> ShelfRow:
    """结果上架: the person is told where it lies. Refuses ``NothingToFetch``, and as the shelf does."""
    inside = _locked(case_key, actor, at)
    if inside.decided_at is None or inside.state not in (
        State.ISSUED, State.REJECTED, State.DELIVERED, State.CLOSED,
    ):  # fmt: skip
        raise NothingToFetch
    row = deliveries.put_on_shelf(
        case=inside, document=inside.result_label, place=place, actor=actor, at=at
    )
    return delivery_queries.shelf_row(row, actor)


@transaction.atomic
def collect(*, key: str, version: int, who: Identity, actor: Actor, at: datetime) -> ShelfRow:
    """核验身份，交给领取人: with the 送达回证; a case that waited for it is closed.

    Refusals: ``IdentityNotProved``, ``InvalidInput``, ``CannotDo``, ``VersionConflict``.
    """
    row = deliveries.collect(key=key, version=version, who=who, actor=actor, at=at)
    proof = delivery_queries.find_pickup_proof(key)
    if proof is None:
        raise LookupError(key)
    _deliver(split(row.case)[1], proof, actor=actor, at=at)
    return delivery_queries.shelf_row(row, actor)


def deliver_posted(*, case: str, actor: Actor, at: datetime) -> None:
    """The courier says it was signed for: the 送达回证, and the end of a case that waited. Twice is once."""
    with transaction.atomic():
        inside = case_queries.get_inside(split(case)[1], lock=True)
        proof = delivery_queries.find_posted_proof(case)
        written = letter_queries.list_letters(case)
        numbers = (
            letter_queries.get_value(one.key, subject=case, name="remark")
            for one in written
            if one.kind == "DELIVERY"
        )
        if proof is None or any(proof.tracking in remark for remark in numbers):
            return
        _deliver(inside.key, proof, actor=actor, at=at)


@transaction.atomic
def take_in_originals(
    *, case_key: str, pieces: Sequence[tuple[str, int]], actor: Actor, at: datetime
) -> tuple[OriginalRow, ...]:
    """Originals come in over the counter: listed, receipted; they are given back when not needed."""
    inside = _locked(case_key, actor, at)
    rows = deliveries.take_in(case=inside, pieces=pieces, actor=actor, at=at)
    names = [f"{row.name} {row.copies} 份" for row in rows]
    letters.originals(inside=inside, names=names, actor=actor, at=at)
    return tuple(delivery_queries.original_row(row, actor) for row in rows)


@transaction.atomic
def pack(
    *,
    key: str,
    version: int,
    actor: Actor,
    at: datetime,
    original: str = "",
    case_key: str = "",
    name: str = "",
) -> BagRow:
    """One more piece into a bag: an original, or anything else of a case of one's body by its name."""
    inside = _locked(case_key, actor, at) if case_key else None
    deliveries.pack(
        key=key, version=version, original=original, case=inside, name=name, actor=actor, at=at
    )
    return delivery_queries.get_bag(key, actor)


def _locked(case_key: str, actor: Actor, at: datetime) -> Inside:
    """The case, its row locked; only for officials of the body in charge of it."""
    case: CaseView = case_queries.get_case(case_key, actor, at=at)
    if actor.kind is not ActorKind.OFFICIAL or not case.in_charge:
        raise NotAllowed
    return case_queries.get_inside(case_key, lock=True)


def _deliver(case_key: str, proof: DeliveryProof, *, actor: Actor, at: datetime) -> None:
    inside = case_queries.get_inside(case_key, lock=True)
    if inside.state in (State.ISSUED, State.REJECTED):
        results.hand_over(case_key=case_key, actor=actor, at=at, proof=proof)
        results.end_clocks(case_key=case_key, actor=actor, at=at)
        letters.delivered(inside=inside, proof=proof, actor=actor, at=at)
        return
    decisions = [
        one
        for one in letter_queries.list_letters(inside.reference)
        if one.kind in DECISIONS and not one.receipt
    ]
    letters.served(
        inside=inside, documents=decisions, with_it=inside.result_label, proof=proof,
        actor=actor, at=at,
    )  # fmt: skip
