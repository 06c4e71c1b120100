"""交换袋: packed with a list, sealed, handed over by a second person, counted at the other end."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction

from yiwang.capability.cases.queries import Inside
from yiwang.capability.deliveries import queries
from yiwang.capability.deliveries.actions.moving import announce, locked, required, step
from yiwang.capability.deliveries.definitions import BAG, ORIGINAL, PieceState
from yiwang.capability.deliveries.events import (
    BagHandedOver,
    BagReceived,
    BagSealed,
    PieceFound,
    PieceMissing,
)
from yiwang.capability.deliveries.models import BagPiece, CourierBag, PaperOriginal
from yiwang.kernel.actor import CASE_STAFF, Actor, ActorKind
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.directory import queries as directory


@transaction.atomic
def begin_bag(*, sender: str, receiver: str, actor: Actor, at: datetime) -> CourierBag:
    """An empty bag from one body to another (USCC). Refuses: NotAllowed, NotFound, InvalidInput."""
    here, there = directory.get_department(sender), directory.get_department(receiver)
    held = actor.roles_at(here.division_code, here.uscc)
    if actor.kind is not ActorKind.OFFICIAL or not held & set(CASE_STAFF):
        raise NotAllowed
    if here.uscc == there.uscc:
        raise InvalidInput(fields=[FieldProblem("receiver", "收件单位就是本单位。", "请另选。")])
    row = CourierBag.objects.create(
        division_code=here.division_code, department=here.uscc, from_name=here.name,
        to_division=there.division_code, to_department=there.uscc, to_name=there.name,
        begun_at=at, begun_by=actor.reference,
    )  # fmt: skip
    journal.record(actor=actor, act="deliveries.bag_begun", subject=row.reference, at=at)
    return row


def pack(
    *,
    key: str,
    version: int,
    actor: Actor,
    at: datetime,
    original: str = "",
    case: Inside | None = None,
    name: str = "",
) -> CourierBag:
    """One more piece: an original that is tracked, or anything else of a case by its name."""
    row = locked(CourierBag, key, actor)
    step(row, BAG, "pack", actor=actor, version=version, facts=queries.bag_facts(row, actor))
    if original:
        piece = locked(PaperOriginal, original, actor)
        step(piece, ORIGINAL, "pack", actor=actor, version=piece.version)
        BagPiece.objects.create(
            bag=row, original=piece, name=piece.name, case=piece.case, case_no=piece.case_no
        )
    elif case is not None:
        BagPiece.objects.create(
            bag=row, name=required(name, "装的是什么", most=200), case=case.reference,
            case_no=case.case_no,
        )  # fmt: skip
    else:
        raise InvalidInput(fields=[FieldProblem("original", "没有选要装的材料。", "请选一件。")])
    journal.record(
        actor=actor, act="deliveries.piece_packed", subject=row.reference, at=at,
        facts={"pieces": row.pieces.count()},
    )  # fmt: skip
    return row


@transaction.atomic
def seal_bag(*, key: str, version: int, seal_no: str, actor: Actor, at: datetime) -> CourierBag:
    """Closed with a numbered seal; the list stands. Refuses InvalidInput: empty, number used before."""
    row = locked(CourierBag, key, actor)
    count = row.pieces.count()
    if not count:
        raise InvalidInput("袋子是空的。", "请先装入材料。")
    changes = {
        "seal_no": required(seal_no, "封条号", most=40).upper(),
        "sealed_at": at,
        "sealed_by": actor.reference,
    }
    try:
        with transaction.atomic():
            step(
                row, BAG, "seal", actor=actor, version=version, changes=changes,
                facts=queries.bag_facts(row, actor),
            )  # fmt: skip
    except IntegrityError:
        problem = FieldProblem("seal_no", "这个封条号用过了。", "请核对封条。")
        raise InvalidInput(fields=[problem]) from None
    journal.announce(BagSealed(subject=row.reference, at=at, pieces=count), actor=actor)
    return row


@transaction.atomic
def hand_over_bag(*, key: str, version: int, actor: Actor, at: datetime) -> CourierBag:
    """The second person hands it to the courier: never the one who sealed it. Refuses CannotDo."""
    row = locked(CourierBag, key, actor)
    step(
        row, BAG, "hand_over", actor=actor, version=version,
        changes={"handed_at": at, "handed_by": actor.reference},
        facts=queries.bag_facts(row, actor),
    )  # fmt: skip
    journal.announce(BagHandedOver(subject=row.reference, at=at), actor=actor)
    return row


@transaction.atomic
def receive_bag(
    *,
    key: str,
    version: int,
    seal_no: str,
    arrived: Collection[str],
    actor: Actor,
    at: datetime,
    seal_broken: bool = False,
    remark: str = "",
) -> CourierBag:
    """点收 at the other end: the seal is read, every piece is there or missing, and missing is told.

    Another seal than the one that left counts as broken and must be said. Refuses: InvalidInput,
    CannotDo (not the body it goes to, or one who sent it).
    """
    row = locked(CourierBag, key, actor)
    if required(seal_no, "封条号", most=40).upper() != row.seal_no and not seal_broken:
        problem = FieldProblem(
            "seal_no", "和交出时的封条号不一样。", "请勾选“封条不符或者破损”并说明。"
        )
        raise InvalidInput(fields=[problem])
    said = required(remark, "封条怎么了") if seal_broken else remark.strip()[:500]
    pieces = list(row.pieces.select_for_update().order_by("id"))
    if set(arrived) - {one.key for one in pieces}:
        raise NotFound
    step(
        row, BAG, "receive", actor=actor, version=version,
        changes={"received_at": at, "received_by": actor.reference, "seal_broken": seal_broken,
                 "remark": said},
        facts=queries.bag_facts(row, actor),
    )  # fmt: skip
    missing = [one for one in pieces if one.key not in arrived]
    for piece in pieces:
        _count(row, piece, there=piece.key in arrived, actor=actor, at=at)
    fact = BagReceived(subject=row.reference, at=at, missing=len(missing), seal_broken=seal_broken)
    journal.announce(fact, actor=actor)
    return row


@transaction.atomic
def find_piece(*, key: str, reason: str, actor: Actor, at: datetime) -> BagPiece:
    """A missing piece turned up; whoever looked after it says where."""
    piece = (
        BagPiece.objects.select_for_update(of=("self",))
        .select_related("bag")
        .filter(key=key)
        .first()
    )
    if piece is None or not CourierBag.objects.in_charge_of(actor).filter(pk=piece.bag_id).exists():
        raise NotFound
    said = required(reason, "在哪里找到的")
    if piece.state != PieceState.MISSING:
        raise InvalidInput("这一件没有登记为缺少。", "请刷新页面。")
    piece.state = PieceState.FOUND
    piece.save(update_fields=["state"])
    if piece.original_id is not None:
        original = PaperOriginal.objects.select_for_update().get(pk=piece.original_id)
        step(
            original, ORIGINAL, "find", actor=actor, version=original.version,
            changes={"reason": said, "settled_at": None},
        )  # fmt: skip
        announce(original, PieceFound, piece=original.name, actor=actor, at=at)
    else:
        journal.record(
            actor=actor, act="deliveries.piece_found", subject=piece.case, at=at,
            facts={"bag": piece.bag.reference},
        )  # fmt: skip
    return piece


def _count(bag: CourierBag, piece: BagPiece, *, there: bool, actor: Actor, at: datetime) -> None:
    piece.state = PieceState.ARRIVED if there else PieceState.MISSING
    piece.save(update_fields=["state"])
    if piece.original_id is None:
        if not there:
            journal.record(
                actor=actor, act="deliveries.piece_missing", subject=piece.case, at=at,
                facts={"bag": bag.reference},
            )  # fmt: skip
        return
    original = PaperOriginal.objects.select_for_update().get(pk=piece.original_id)
    if there:
        changes: dict[str, object] = {
            "held_by": bag.to_name, "department": bag.to_department,
            "division_code": bag.to_division, "department_name": bag.to_name,
        }  # fmt: skip
        step(original, ORIGINAL, "arrive", actor=actor, version=original.version, changes=changes)
        return
    reason = f"交换袋 {bag.seal_no} 点收时缺少"
    step(
        original, ORIGINAL, "miss", actor=actor, version=original.version,
        changes={"reason": reason, "settled_at": at},
    )  # fmt: skip
    announce(original, PieceMissing, piece=original.name, actor=actor, at=at, bag=bag.reference)
