"""What an owner has promised with the case of the sweep, and a breach on record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from yiwang.capability.commitments import sample
from yiwang.kernel.actor import CASE_STAFF, Actor, machine
from yiwang.network.directory import sample as places
from yiwang.project.sweep.definitions import Thing
from yiwang.support.credit import actions as credit

_STAFF: Final = frozenset(CASE_STAFF)
#: A finding is open in one state only, an answer when somebody asked.
ONLY_IN_A_STATE: Final = frozenset(
    {
        *(
            f"/desk/commitments/{{commitment_key}}/{step}/"
            for step in (
                "find-true", "order-correction", "find-corrected", "find-false",
                "find-not-corrected",
            )
        ),
        "/desk/breaches/{breach_key}/repair/",
        "/desk/breaches/{breach_key}/decline/",
    }
)  # fmt: skip


def prepare(*, at: datetime) -> None:
    """The item the promises belong to."""
    sample.publish(at=at)


def make(*, case: str, owner: Actor, department: str, at: datetime) -> Mapping[str, Thing]:
    """A late paper, a commitment and a breach of one owner's case."""
    tolerance, commitment = sample.promised(
        case=case,
        actor=owner,
        at=at,
        department=department,
        division_code=places.CHENGGUAN,
    )
    breach = credit.record_breach(
        applicant=owner.applicant,
        source=f"commitment:{commitment}",
        case=case,
        item_name="权限检查",
        division_code=places.CHENGGUAN,
        department=department,
        department_name="权限检查",
        serious=False,
        words="权限检查",
        actor=machine("sweep"),
        at=at,
    )
    return {
        kind: Thing(
            key, owner.applicant, places.CHENGGUAN, department, _STAFF, item=item
        )
        for kind, key, item in (
            ("tolerance", tolerance, sample.CODE), ("commitment", commitment, sample.CODE),
            ("breach", breach.key, ""),
        )
    }  # fmt: skip
