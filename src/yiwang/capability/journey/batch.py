"""批量办理: one confirmation, each case its own transaction and its own answer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yiwang.capability.cases.definitions import CaseView, Outcome
from yiwang.capability.journey import acceptance, official
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import InvalidInput, Refusal

log = logging.getLogger(__name__)

#: What one confirmation may cover: a page of the worklist.
MOST: Final = 100


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of one case: done and how it stands, or why not and what to do."""

    case_key: str
    done: bool
    state_label: str = ""
    code: str = ""
    sentence: str = ""
    remedy: str = ""


def _accept(key: str, version: int, reason: str, actor: Actor, at: datetime) -> CaseView:
    del reason
    return acceptance.accept(case_key=key, version=version, actor=actor, at=at)


def _approve(key: str, version: int, reason: str, actor: Actor, at: datetime) -> CaseView:
    return official.decide(
        case_key=key, version=version, outcome=Outcome.APPROVE, reason=reason, actor=actor, at=at
    )


def _forward(key: str, version: int, reason: str, actor: Actor, at: datetime) -> CaseView:
    return official.forward(
        case_key=key, version=version, proposal=Outcome.APPROVE, opinion=reason, actor=actor, at=at
    )


#: What may be done to many at once: only what is good for the applicant. A no is written one by one.
ACTS: Final[Mapping[str, Callable[[str, int, str, Actor, datetime], CaseView]]] = {
    "accept": _accept,
    "approve": _approve,
    "forward": _forward,
}


def batch(
    *,
    acts: Sequence[tuple[str, int]],
    act: str,
    reason: str,
    actor: Actor,
    at: datetime,
) -> tuple[BatchResult, ...]:
    """Take one act on many cases; ``acts``: key and the version seen. One that fails stops no other.

    Refusals: ``InvalidInput`` (no such act for many, none or too many cases, one twice).
    """
    keys = [key for key, _ in acts]
    if act not in ACTS:
        raise InvalidInput("这件事不能批量办理。", "请逐件办理。")
    if not 0 < len(keys) <= MOST or len(set(keys)) != len(keys):
        raise InvalidInput(f"一次可以办 1 到 {MOST} 件，每件一次。", "请重新选择。")
    return tuple(_one(key, version, act, reason, actor, at) for key, version in acts)


def _one(key: str, version: int, act: str, reason: str, actor: Actor, at: datetime) -> BatchResult:
    try:
        view = ACTS[act](key, version, reason, actor, at)
    except Refusal as refusal:
        return BatchResult(
            key, False, code=refusal.code, sentence=refusal.sentence, remedy=refusal.remedy
        )
    except Exception as error:  # what breaks on one case must not hide what became of the others
        log.error("failure", exc_info=error)
        return BatchResult(
            key, False, "", "Broken", "系统出错了，这件没有办成。", "请打开这件单独办理。"
        )
    return BatchResult(key, True, state_label=view.state_label)
