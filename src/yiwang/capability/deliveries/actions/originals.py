"""纸质原件: taken in with a list, given back, missing, found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from yiwang.capability.cases.queries import Inside
from yiwang.capability.deliveries.actions.moving import (
    announce,
    insist_on_official,
    locked,
    of_case,
    required,
    step,
)
from yiwang.capability.deliveries.definitions import ORIGINAL
from yiwang.capability.deliveries.events import (
    OriginalGivenBack,
    OriginalTakenIn,
    PieceFound,
    PieceMissing,
)
from yiwang.capability.deliveries.models import PaperOriginal
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import FieldProblem, InvalidInput

_MOST: Final = 50


def take_in(
    *, case: Inside, pieces: Sequence[tuple[str, int]], actor: Actor, at: datetime
) -> tuple[PaperOriginal, ...]:
    """Originals come in with a list (name, how many copies); the caller writes the receipt.

    Refuses: InvalidInput (no name, no number), NotYourPaper.
    """
    insist_on_official(actor, case.applicant)
    if not 0 < len(pieces) <= _MOST:
        raise InvalidInput(
            fields=[FieldProblem("pieces", "没有写收了哪些原件。", "请一行写一件。")]
        )
    rows = []
    for name, copies in pieces:
        named = required(name, "原件的名称", most=200)
        if not 0 < copies < 1000:
            raise InvalidInput(fields=[FieldProblem("pieces", "份数不对。", "请写 1 到 999。")])
        row = PaperOriginal.objects.create(
            **of_case(case), name=named, copies=copies, held_by=case.department_name,
            taken_at=at, taken_by=actor.reference,
        )  # fmt: skip
        announce(row, OriginalTakenIn, piece=named, actor=actor, at=at, copies=copies)
        rows.append(row)
    return tuple(rows)


@transaction.atomic
def give_back(
    *, key: str, version: int, receiver: str, actor: Actor, at: datetime
) -> PaperOriginal:
    """Into the person's hands again; who took it is written down (encrypted)."""
    row = locked(PaperOriginal, key, actor)
    changes = {"receiver": required(receiver, "由谁取回", most=100), "settled_at": at}
    step(row, ORIGINAL, "give_back", actor=actor, version=version, changes=changes)
    announce(row, OriginalGivenBack, piece=row.name, actor=actor, at=at)
    return row


@transaction.atomic
def report_missing(
    *, key: str, version: int, reason: str, actor: Actor, at: datetime
) -> PaperOriginal:
    """It is not where it should be: said aloud, the person is told, nothing waits for it silently."""
    row = locked(PaperOriginal, key, actor)
    changes = {"reason": required(reason, "最后一次在哪里见到"), "settled_at": at}
    step(row, ORIGINAL, "report_missing", actor=actor, version=version, changes=changes)
    announce(row, PieceMissing, piece=row.name, actor=actor, at=at, bag="")
    return row


@transaction.atomic
def find_original(
    *, key: str, version: int, reason: str, actor: Actor, at: datetime
) -> PaperOriginal:
    """It is there again; the person is told."""
    row = locked(PaperOriginal, key, actor)
    changes = {"reason": required(reason, "在哪里找到的"), "settled_at": None}
    step(row, ORIGINAL, "find", actor=actor, version=version, changes=changes)
    announce(row, PieceFound, piece=row.name, actor=actor, at=at)
    return row
