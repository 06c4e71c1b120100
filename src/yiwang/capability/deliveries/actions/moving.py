"""One step of one piece: lock, check whose it is, move along its table, announce."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from django.db import models

from yiwang.capability.cases.queries import Inside
from yiwang.capability.deliveries.events import PaperEvent
from yiwang.capability.deliveries.models import CourierBag, Paper, PaperOriginal, Parcel, ShelfItem
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.states import actions as states
from yiwang.mechanisms.states.definitions import Machine, Party

Piece = TypeVar("Piece", ShelfItem, PaperOriginal, CourierBag, Parcel)


class NotYourPaper(NotAllowed):
    """Nobody hands his own papers to himself, and only officials keep them."""

    sentence = "这是您自己的办件，纸质材料和结果不能由您经手。"
    remedy = "请交给其他工作人员办理。"


def locked(kind: type[Piece], key: str, actor: Actor) -> Piece:
    """One piece of the official's body, locked until the transaction ends; ``NotFound`` for others."""
    row = kind.objects.in_charge_of(actor).select_for_update().filter(key=key).first()
    if row is None:
        raise NotFound
    insist_on_official(actor, getattr(row, "applicant", ""))
    return row


def insist_on_official(actor: Actor, applicant: str) -> None:
    """An official, or the platform's own clock, and never in his own matter."""
    if actor.kind is ActorKind.MACHINE:
        return
    if actor.kind is not ActorKind.OFFICIAL:
        raise NotAllowed
    if applicant and applicant in (actor.reference, actor.on_behalf_of, actor.person):
        raise NotYourPaper


def step(
    row: models.Model,
    machine: Machine,
    act: str,
    *,
    actor: Actor,
    version: int,
    changes: Mapping[str, object] | None = None,
    facts: Mapping[str, bool] | None = None,
) -> None:
    party = Party.MACHINE if actor.kind is ActorKind.MACHINE else Party.OFFICIAL
    states.move(
        row, machine=machine, act=act, role=party, version=version, facts=facts or {},
        changes=changes,
    )  # fmt: skip


def of_case(case: Inside) -> dict[str, object]:
    """What a piece says about its case."""
    return {
        "case": case.reference,
        "case_no": case.case_no,
        "item_code": case.item_code,
        "item_name": case.item_name,
        "applicant": case.applicant,
        "applicant_masked": case.applicant_masked,
        "division_code": case.division_code,
        "department": case.department,
        "department_name": case.department_name,
    }


def announce(
    row: Paper, event: type[PaperEvent], *, piece: str, actor: Actor, at: datetime, **more: object
) -> None:
    """Tell the journal under the case; ``piece``: what it is called. No personal value goes in."""
    fact = event(
        subject=row.case,
        at=at,
        case_no=row.case_no,
        item_name=row.item_name,
        applicant=row.applicant,
        piece=piece,
        department_name=row.department_name,
        **more,
    )
    journal.announce(fact, actor=actor)


def required(text: str, what: str, *, most: int = 500) -> str:
    """Words that must be there."""
    cleaned = text.strip()
    if not cleaned:
        raise InvalidInput(f"没有写明{what}。", f"请写明{what}后再办理。")
    if len(cleaned) > most:
        raise InvalidInput(f"{what}太长了。", f"请改到 {most} 字以内。")
    return cleaned
