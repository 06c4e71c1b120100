"""书面授权: a clerk writes down a signed paper; both sides are known by their documents, not by keys."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.journey.counter.who import find_typed
from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel.actor import Actor, PowerAct
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound
from yiwang.mechanisms.files import queries as file_queries
from yiwang.mechanisms.files.definitions import OpenFile
from yiwang.support.mandates import actions as mandates
from yiwang.support.mandates.definitions import MandateKind, MandateView


@dataclass(frozen=True, slots=True)
class Named:
    """One side as the paper names it: identity number or 统一社会信用代码, and the name."""

    number: str
    name: str


def list_offered() -> dict[str, str]:
    """The items a mandate may be for, code → name."""
    return {row.code: row.name for row in catalogue.list_items(here=True, limit=200)}


def record_paper(
    *,
    kind: MandateKind,
    giver: Named,
    taker: Named,
    items: Collection[str] | None,
    acts: Collection[PowerAct],
    valid_until: datetime,
    proof: str,
    proof_file: str,
    taker_signed: bool,
    actor: Actor,
    at: datetime,
) -> MandateView:
    """A paper is written down; another clerk of the body confirms it.

    ``items``: codes, None for every item. Refusals: ``InvalidInput``, ``PersonUnknown``, ``TryLater``, and
    those of ``mandates.record_paper``.
    """
    offered = list_offered() if items is not None else {}
    wished = None if items is None else {c: offered[c] for c in items if c in offered}
    return mandates.record_paper(
        kind=kind,
        giver=_giver(kind, giver, actor, at),
        taker=find_typed(
            citizen_id=taker.number, name=taker.name, actor=actor, at=at, prefix="taker_"
        ).reference,
        items=wished,
        acts=acts,
        valid_until=valid_until,
        proof=proof,
        proof_file=proof_file,
        taker_signed=taker_signed,
        actor=actor,
        at=at,
    )


def _giver(kind: MandateKind, giver: Named, actor: Actor, at: datetime) -> str:
    if kind is not MandateKind.FIRM_AGENT:
        return find_typed(
            citizen_id=giver.number, name=giver.name, actor=actor, at=at, prefix="giver_"
        ).reference
    firm = libraries.find_organization(giver.number)
    if firm is None or firm.name != giver.name.strip():
        problem = FieldProblem(
            "giver_citizen_id", "单位名称和统一社会信用代码对不上", "，请照营业执照写。"
        )
        raise InvalidInput(fields=[problem])
    return firm.reference


def open_scan(*, key: str, actor: Actor, at: datetime) -> OpenFile:
    """The scan of a paper the clerk's body wrote down; who looked is written down. ``NotFound``."""
    view, _proof = mandates.read_paper(key=key, actor=actor, at=at)
    if not view.proof_file:
        raise NotFound
    return file_queries.open_file(view.proof_file)
