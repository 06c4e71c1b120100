"""Letters about promises: the undertaking as it was signed, and the order to put things right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from yiwang.capability.cases.definitions import CitationRow
from yiwang.capability.cases.queries import Inside
from yiwang.capability.commitments import queries as promises
from yiwang.capability.commitments.definitions import Paper, PaperKind
from yiwang.capability.journey import letters as case_letters
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import SHANGHAI
from yiwang.support.letters import actions as letters
from yiwang.support.letters.definitions import LetterKind

_TEMPLATES: Final = {
    PaperKind.TOLERANCE: "undertaking-of-late-materials",
    PaperKind.COMMITMENT: "undertaking-of-commitment",
}


def undertaken(*, inside: Inside, paper: Paper, actor: Actor, at: datetime) -> None:
    """承诺书: from the applicant to the body, word for word, with the fingerprint of what was signed."""
    shown = promises.paper_view(paper)
    numbered = (f"{n}. {one.text}" for n, one in enumerate(paper.declared, start=1))
    local = at.astimezone(SHANGHAI)
    values = {
        "addressee": inside.department_name,
        "body": inside.applicant_name,
        "told": "\n".join(paper.told),
        "declared": "\n".join(numbered),
        "signed_at": f"{case_letters.say(local.date())}{local:%H:%M}",
        "text_version": paper.version,
        "digest": shown.digest,
    }
    _write(LetterKind.UNDERTAKING, _TEMPLATES[paper.kind], inside, values, actor, at)


def ordered(
    *,
    inside: Inside,
    words: str,
    correct_by: date | None,
    basis: Sequence[CitationRow],
    actor: Actor,
    at: datetime,
) -> None:
    """责令限期改正通知书: what is not as promised, by when, and the rights of appeal."""
    values = {
        "addressee": inside.applicant_name,
        "body": inside.body_name,
        "corrections": words,
        "correct_by": case_letters.say(correct_by) if correct_by else "",
        "basis": case_letters.cite(basis),
        "review_body": inside.review_body or "行政复议机关",
    }
    _write(LetterKind.CORRECTION_ORDER, "", inside, values, actor, at)


def _write(
    kind: LetterKind,
    template: str,
    inside: Inside,
    values: dict[str, str],
    actor: Actor,
    at: datetime,
) -> None:
    contact = case_letters.item_of(inside).contact
    common = {
        "case_no": inside.case_no,
        "item_name": inside.item_name,
        "phone": contact.consult if contact else "12345",
    }
    letters.request_letter(
        kind=kind,
        subject=inside.reference,
        template=template,
        values={**common, **values},
        at=at,
        actor=actor,
        sealer=inside.body if kind is LetterKind.CORRECTION_ORDER else "",
    )
