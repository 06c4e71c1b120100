"""承办 → 审核 → 批准: passing on and back with opinions, and the phrases an official keeps."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from yiwang.capability.cases import rules
from yiwang.capability.cases.actions.moving import (
    SecondPersonNeeded,
    announce,
    locked,
    required,
    step,
)
from yiwang.capability.cases.definitions import Outcome
from yiwang.capability.cases.definitions.profiles import Step
from yiwang.capability.cases.events import CaseForwarded, CaseSentBack
from yiwang.capability.cases.models import Case, CaseOpinion, OpinionPhrase
from yiwang.capability.cases.queries import standing
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound

#: What fits on the screen beside the opinion.
MOST_PHRASES: Final = 30
LONGEST_PHRASE: Final = 200


def forward(
    *,
    case_key: str,
    version: int,
    proposal: Outcome,
    opinion: str,
    actor: Actor,
    at: datetime,
) -> Case:
    """Sign and pass on: the examiner's or reviewer's opinion, and whether he proposes yes or no.

    Nobody signs at two places of a chain. Refusals: ``SecondPersonNeeded``, ``InvalidInput``,
    ``CannotDo``, ``VersionConflict``.
    """
    row, said = locked(case_key, actor), required(opinion, "意见")
    place = rules.place_of(row.state)
    insist_on_another(row, actor)
    step(row, Step.FORWARD, actor=actor, at=at, version=version)
    write_opinion(row, place, Step.FORWARD, Outcome(proposal).value, said, actor, at)
    announce(row, CaseForwarded, actor=actor, at=at, place=place)
    return row


def send_back(*, case_key: str, version: int, opinion: str, actor: Actor, at: datetime) -> Case:
    """Back to the step before, saying why."""
    row, said = locked(case_key, actor), required(opinion, "为什么退回")
    place = rules.place_of(row.state)
    insist_on_another(row, actor)
    step(row, Step.SEND_BACK, actor=actor, at=at, version=version)
    write_opinion(row, place, Step.SEND_BACK, "", said, actor, at)
    announce(row, CaseSentBack, actor=actor, at=at, place=place)
    return row


def insist_on_another(row: Case, actor: Actor) -> None:
    """Who signed at an earlier place does not sign here."""
    if standing.signed_before(row, actor):
        raise SecondPersonNeeded(
            "您已经在前一步签过意见，这一步要由另一位工作人员办。", "请交给其他有权签批的人员。"
        )


def write_opinion(
    row: Case, place: str, act: str, proposal: str, text: str, actor: Actor, at: datetime
) -> None:
    """Keep what was written, for the officials of the case."""
    CaseOpinion.objects.create(
        case=row,
        place=place,
        act=act,
        proposal=proposal,
        text=text,
        by=actor.reference,
        by_name=actor.display_name,
        by_post=row.acting_post,
        at=at,
    )


def keep_phrase(*, text: str, actor: Actor, at: datetime) -> str:
    """Keep a phrase for later opinions; its key. The same again is the same.

    Refusals: ``NotAllowed`` (no official), ``InvalidInput`` (empty, too long, too many).
    """
    if actor.kind is not ActorKind.OFFICIAL:
        raise NotAllowed
    said = " ".join(text.split())
    if not 0 < len(said) <= LONGEST_PHRASE:
        raise InvalidInput("短语要有字，不超过 200 字。", "请改短后再保存。")
    mine = OpinionPhrase.objects.filter(official=actor.reference)
    if mine.count() >= MOST_PHRASES and not mine.filter(text=said).exists():
        raise InvalidInput(f"最多保存 {MOST_PHRASES} 条短语。", "请先删掉不用的。")
    row, _ = OpinionPhrase.objects.get_or_create(
        official=actor.reference, text=said, defaults={"kept_at": at}
    )
    return row.key


def forget_phrase(*, key: str, actor: Actor, at: datetime) -> None:
    """Delete one of one's own phrases. ``NotFound`` for others'."""
    del at  # a phrase says nothing about a case: no entry
    deleted, _ = OpinionPhrase.objects.filter(official=actor.reference, key=key).delete()
    if not deleted:
        raise NotFound
