"""The English of an undertaking, sentence by sentence beside the Chinese that is signed. Pure.

``item``, ``late`` and ``promise`` come in the pack's English words; keys are those of the Chinese paper.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from yiwang.capability.catalogue.definitions import (
    Commitment,
    CommitmentKind,
    Item,
    Material,
    OnLapse,
)
from yiwang.capability.commitments.definitions import Paper, PaperKind, Ticked
from yiwang.mechanisms.clocks.definitions import Allowance, Unit

_UNITS: Final[Mapping[Unit, str]] = {
    Unit.WORKING_DAY: "working day",
    Unit.NATURAL_DAY: "day",
    Unit.HOUR: "hour",
    Unit.MONTH: "month",
    Unit.YEAR: "year",
}
_BARRED: Final = (
    "whoever has a serious breach on record, such as a false promise, that is not repaired, "
    "cannot use a commitment. "
)


def tolerance_paper(item: Item, late: Sequence[Material], chinese: Paper) -> Paper:
    """容缺受理承诺书 in English."""
    papers = [
        f"{n}. {m.name}: within {_say(m.tolerance.within)} of acceptance."
        for n, m in enumerate(late, 1)
        if m.tolerance is not None
    ]
    told = (
        f"I apply to {item.department_name} for “{item.name}”. These papers are not ready yet; "
        "please accept the application now:",
        *papers,
        "Accepting now is acceptance: the time limit runs and does not stop for the late paper.",
    )
    said = {
        "in-time": "I will hand them in by then; before that I receive no result.",
        "decide": _lapse(late, OnLapse.DECIDE),
        "withdraw": _lapse(late, OnLapse.WITHDRAW),
        "true": "The other papers and what I wrote are true.",
    }
    return _beside(chinese, PaperKind.TOLERANCE, "Undertaking to hand in papers later", told, said)


def _lapse(late: Sequence[Material], kind: OnLapse) -> str:
    names = ", ".join(
        m.name for m in late if m.tolerance is not None and m.tolerance.on_lapse is kind
    )
    if kind is OnLapse.DECIDE:
        return f"If this does not come in time ({names}), the decision is made on what is there; it may be a refusal."
    return f"If this does not come in time ({names}), I am taken to withdraw; I may apply again."


def commitment_paper(item: Item, promise: Commitment, chinese: Paper) -> Paper:
    """告知承诺书 in English."""
    permit = promise.kind is CommitmentKind.PERMIT
    told = [f"{item.department_name} informs:", f"Service: {item.name}."]
    names = [m.name for m in item.materials if m.key in promise.replaces]
    if names:
        told.append(f"The promise stands for: {'; '.join(names)}. These need not be handed in.")
    if permit:
        told.append(f"Promised, complete and in legal form, it is decided {_decided(promise)}.")
    told += [f"Condition: {condition.text}." for condition in item.conditions]
    check = f"Check: within {_say(promise.check.within)} of the decision, {promise.check.how}."
    told += [check, f"Liability: {promise.liability} {_correction(promise)}".strip()]
    told.append(f"Not for: {_BARRED}{promise.not_for}".strip())
    told.append("You need not promise; the ordinary road is always open too.")
    if promise.basis:
        named = "; ".join(f"《{c.law}》{c.article}" for c in promise.basis)
        told.append(f"Legal basis: {named}.")
    said = {f"item-{one.key}": one.text for one in promise.statements} | {
        "read": "I have read the above and choose the road of a commitment of my own free will.",
        "liable": "If what I promise is not true, I bear the liability told above.",
    }
    title = "Commitment for a permit" if permit else "Commitment instead of proofs"
    return _beside(chinese, PaperKind.COMMITMENT, title, tuple(told), said)


def _beside(
    chinese: Paper, kind: PaperKind, title: str, told: tuple[str, ...], said: Mapping[str, str]
) -> Paper:
    """With exactly the sentences of the Chinese paper, in its order."""
    declared = tuple(Ticked(one.key, said[one.key]) for one in chinese.declared)
    return Paper(kind, chinese.version, title, told, declared)


def _decided(promise: Commitment) -> str:
    if promise.decide is None or promise.decide.within.amount == 0:
        return "on the spot"
    return f"within {_say(promise.decide.within)}"


def _correction(promise: Commitment) -> str:
    if promise.correction is None:
        return ""
    return f"The time to put it right is {_say(promise.correction.within)}."


def _say(within: Allowance) -> str:
    unit = _UNITS[within.unit]
    return f"{within.amount} {unit}{'s' if within.amount != 1 else ''}"
