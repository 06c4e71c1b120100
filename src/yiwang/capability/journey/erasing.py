"""销毁: when the last package of a case is gone, what the case said goes with it, everywhere.

What stays is what counts need and nobody is known by: numbers, dates, states, results; the journal, which
never held a personal value; licences and benefits, which are registers of their own.
"""

from __future__ import annotations

from datetime import datetime

from yiwang.capability.branches import actions as branches
from yiwang.capability.cases import actions as cases
from yiwang.capability.commitments import actions as commitments
from yiwang.capability.conversations import actions as conversations
from yiwang.capability.deliveries import actions as deliveries
from yiwang.capability.intake import actions as intake
from yiwang.capability.materials import actions as materials
from yiwang.capability.registers import actions as registers
from yiwang.capability.reviews import actions as reviews
from yiwang.capability.visits import actions as visits
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.rulings import actions as rulings
from yiwang.support.letters import actions as letters


def erase(*, case: str, actor: Actor, at: datetime) -> None:
    """The content of one case, in the transaction of the destruction. Twice is once."""
    for module in (intake, branches, visits, conversations, materials, cases):
        module.erase(case=case, actor=actor, at=at)
    for plain in (commitments, deliveries, registers, reviews):
        plain.erase(case=case)
    letters.erase(subject=case, actor=actor, at=at)
    rulings.erase(subject=case)
