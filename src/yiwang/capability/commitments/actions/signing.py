"""Reading and signing an undertaking, and joining it to the case that was handed in on it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from yiwang.capability.catalogue.definitions import Commitment as Promise
from yiwang.capability.catalogue.definitions import Material, OnLapse
from yiwang.capability.commitments import queries, rules
from yiwang.capability.commitments.actions.telling import announce
from yiwang.capability.commitments.definitions import Paper, PaperKind, PaperView
from yiwang.capability.commitments.events import CommitmentMade, LateMaterialPromised
from yiwang.capability.commitments.models import Commitment, Tolerance, Undertaking
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal
from yiwang.kernel.sentences import said
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.credit import queries as credit


class NotSigned(InvalidInput):
    """What is promised must be read and signed before it is handed in."""

    sentence = "承诺书还没有签。"
    remedy = "请先看清承诺书，逐条确认后再提交。"


class TextChanged(Refusal):
    """What was shown is not what would be signed now."""

    sentence = "承诺书的内容变了，刚才签的不算。"
    remedy = "请看过最新的承诺书再签。"


class CommitmentClosed(Refusal):
    """A serious breach is on record and not repaired; the ordinary road is open."""

    sentence = "您有没有修复的严重失信记录，现在不能用告知承诺方式。"
    remedy = "请按普通方式办理；对记录有异议或者要修复，请到“我的信用记录”。"


def insist_on_trust(*, applicant: str) -> None:
    """The road of commitments is closed to serious breaches until repaired (国办发〔2020〕42号)."""
    if credit.has_open_serious_breach(applicant):
        raise CommitmentClosed


def sign(
    *, subject: str, paper: Paper, digest: str, agreed: Collection[str], actor: Actor, at: datetime
) -> PaperView:
    """Sign one undertaking of the actor's own draft, every sentence ticked; again replaces it.

    ``digest``: of the text that was shown. Refuses ``TextChanged``, ``InvalidInput`` (each sentence not
    ticked), ``CommitmentClosed``.
    """
    shown = queries.paper_view(paper)
    if digest != shown.digest:
        raise TextChanged
    left = rules.unticked(paper, agreed)
    if left:
        named = [
            FieldProblem(one.key, said("还没有确认：%(text)s", text=one.text), "请看清后打勾。")
            for one in left
        ]
        raise InvalidInput(said("还有 %(n)s 条没有确认", n=len(left)), " ", fields=named)
    if paper.kind is PaperKind.COMMITMENT:
        insist_on_trust(applicant=actor.applicant)
    Undertaking.objects.update_or_create(
        subject=subject,
        kind=paper.kind,
        applicant=actor.applicant,
        defaults={
            "text_version": paper.version,
            "text": paper.text,
            "digest": digest,
            "agreed": [one.key for one in paper.declared],
            "signed_by": actor.reference,
            "assurance_level": actor.assurance_level,
            "signed_at": at,
        },
    )
    facts = {"kind": paper.kind.value, "text_version": paper.version, "digest": digest}
    journal.record(actor=actor, act="commitments.signed", subject=subject, at=at, facts=facts)
    return PaperView(paper, digest, at)


def insist_on_signed(*, draft: str, papers: Sequence[Paper]) -> Mapping[PaperKind, Undertaking]:
    """The signed undertakings of a draft, exactly as they would read now. Refuses ``NotSigned``."""
    known = {row.kind: row for row in Undertaking.objects.filter(subject=draft)}
    wrong = [
        FieldProblem(
            paper.kind.lower(), said("“%(title)s”还没有签。", title=paper.title), "请看清后签字。"
        )
        for paper in papers
        if known.get(paper.kind) is None
        or known[paper.kind].digest != queries.paper_view(paper).digest
    ]
    if wrong:
        raise NotSigned(fields=wrong)
    return {PaperKind(paper.kind): known[paper.kind] for paper in papers}


@dataclass(frozen=True, slots=True)
class Handed:
    """The case an application became, as far as its promises need to know it."""

    case: str
    item_code: str
    item_version: int
    item_name: str
    division_code: str
    department: str
    department_name: str
    applicant_masked: str


def bind(
    *,
    signed: Mapping[PaperKind, Undertaking],
    draft: str,
    handed: Handed,
    late: Sequence[Material],
    promise: Promise | None,
    actor: Actor,
    at: datetime,
) -> tuple[str, ...]:
    """The undertakings become the case's: one row per late material, one for the commitment.

    Returns the references of the late materials, which keep the result from being issued.
    """
    for row in Undertaking.objects.filter(subject=draft):
        if row.kind in signed:
            Undertaking.objects.filter(pk=row.pk).update(subject=handed.case)
        else:
            row.delete()  # signed for a road not taken
    if promise is not None:
        _commit(signed[PaperKind.COMMITMENT], handed, promise, actor, at)
    return tuple(
        _tolerate(signed[PaperKind.TOLERANCE], handed, material, actor, at) for material in late
    )


def _commit(
    paper: Undertaking, handed: Handed, promise: Promise, actor: Actor, at: datetime
) -> None:
    row = Commitment.objects.create(
        case=handed.case,
        kind=promise.kind,
        applicant=actor.applicant,
        applicant_masked=handed.applicant_masked,
        division_code=handed.division_code,
        department=handed.department,
        department_name=handed.department_name,
        item_code=handed.item_code,
        item_version=handed.item_version,
        item_name=handed.item_name,
        undertaking=paper,
        notes=[],
    )
    announce(
        row, CommitmentMade, actor=actor, at=at, commitment=row.reference, kind=promise.kind.value
    )


def _tolerate(
    paper: Undertaking, handed: Handed, material: Material, actor: Actor, at: datetime
) -> str:
    offer = material.tolerance
    row = Tolerance.objects.create(
        case=handed.case,
        material=material.key,
        name=material.name,
        applicant=actor.applicant,
        division_code=handed.division_code,
        department=handed.department,
        item_code=handed.item_code,
        item_version=handed.item_version,
        withdraws=offer is not None and offer.on_lapse is OnLapse.WITHDRAW,
        undertaking=paper,
    )
    announce(
        row,
        LateMaterialPromised,
        actor=actor,
        at=at,
        tolerance=row.reference,
        material=material.key,
    )
    return row.reference
