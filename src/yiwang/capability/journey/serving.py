"""文书送达: when a letter reached the person, when they opened it, and letters handed over on paper.

An electronic letter has reached the person when it entered their space (电子签名法 11).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import CaseView, DeliveryProof
from yiwang.capability.journey import letters
from yiwang.capability.journey.documents import SERVED
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed
from yiwang.support.letters import actions as letter_actions
from yiwang.support.letters import queries as letter_queries
from yiwang.support.letters.definitions import LetterFace, LetterView


@dataclass(frozen=True, slots=True)
class ReadLetter:
    """One letter open before somebody: its case, its standing, its words."""

    case: CaseView
    letter: LetterView
    face: LetterFace


def read_letter(*, case_key: str, letter: str, actor: Actor, at: datetime) -> ReadLetter:
    """Open one letter of a case; the addressee's first look is kept. ``NotFound`` by the case's rights."""
    case = case_queries.get_case(case_key, actor, at=at)
    shown = letter_queries.get_letter(letter, subject=case.reference)
    oneself = actor.applicant == case.applicant and actor.mandate is None
    if shown.opened_at is None and oneself:
        with transaction.atomic():
            letter_actions.mark_opened(key=letter, subject=case.reference, actor=actor, at=at)
    return ReadLetter(case, shown, letter_queries.open_face(letter, subject=case.reference))


def list_servable(case_key: str, actor: Actor, *, at: datetime) -> tuple[LetterView, ...]:
    """The letters of a case that may still be handed over on paper, oldest first."""
    case = case_queries.get_case(case_key, actor, at=at)
    return _servable(case)


@transaction.atomic
def serve_letters(
    *, case_key: str, keys: Sequence[str], proof: DeliveryProof, actor: Actor, at: datetime
) -> CaseView:
    """送达回证: these letters were handed over on paper, into whose hands, known by what.

    Refusals: ``NotAllowed`` (not one's body's case, one's own), ``InvalidInput`` (nothing chosen, not
    a letter of this case or served already, nobody named who took it), ``NotFound``.
    """
    case_queries.get_case(case_key, actor, at=at)
    inside = case_queries.get_inside(case_key, lock=True)  # of two at once the second finds it done
    case = case_queries.get_case(case_key, actor, at=at)
    if actor.kind is not ActorKind.OFFICIAL or not case.in_charge:
        raise NotAllowed
    if case.applicant in (actor.reference, actor.on_behalf_of, actor.person):
        raise NotAllowed("这是您自己的申请，不能由您来送达。", "请交给其他工作人员办理。")
    offered = {one.key: one for one in _servable(case)}
    if not keys or any(key not in offered for key in keys):
        problem = FieldProblem("keys", "没有选文书，或者选的文书已经送达。", "请刷新页面再选。")
        raise InvalidInput(fields=[problem])
    if not proof.receiver.strip():
        raise InvalidInput(
            fields=[FieldProblem("receiver", "没有写明由谁签收。", "请写明签收人。")]
        )
    chosen = [one for key, one in offered.items() if key in keys]
    letters.served(inside=inside, documents=chosen, proof=proof, actor=actor, at=at)
    return case_queries.get_case(case_key, actor, at=at)


def _servable(case: CaseView) -> tuple[LetterView, ...]:
    return tuple(
        one
        for one in letter_queries.list_letters(case.reference)
        if one.kind in SERVED and not one.receipt
    )
