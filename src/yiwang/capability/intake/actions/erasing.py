"""销毁以后: the draft a case was handed in from is empty."""

from __future__ import annotations

from datetime import datetime

from yiwang.capability.intake.models import Attachment, Draft
from yiwang.kernel.actor import Actor
from yiwang.kernel.references import ERASED, reference
from yiwang.mechanisms.files import actions as files


def erase(*, case: str, actor: Actor, at: datetime) -> None:
    """Answers, what was prefilled and looked up, and files go."""
    for draft in Draft.objects.filter(submitted_case=case):
        for one in Attachment.objects.filter(draft=draft):
            files.destroy(
                key=one.file_key, subject=reference("draft", draft.key), actor=actor, at=at
            )
        Attachment.objects.filter(draft=draft).delete()
        Draft.objects.filter(pk=draft.pk).update(
            questions={}, answers={}, prefilled={}, conflicts={}, looked_up=None,
            applicant=ERASED, started_by=ERASED,
        )  # fmt: skip
        files.destroy_attached(subject=reference("draft", draft.key), actor=actor, at=at)
