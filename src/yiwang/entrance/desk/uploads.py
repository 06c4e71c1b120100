"""Files an official sends with a form: checked and kept before any transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from django.http import HttpRequest

from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files.definitions import Kind, StoredFile

#: What one form may send at once.
MOST_AT_ONCE: Final = 5


def stored_in(
    request: HttpRequest,
    field: str,
    *,
    actor: Actor,
    at: datetime,
    accept: Collection[Kind] | None = None,
) -> Sequence[StoredFile]:
    """The files of one field, on disk. InvalidInput names the field and says what is wrong."""
    kept = []
    for sent in request.FILES.getlist(field)[:MOST_AT_ONCE]:
        try:
            kept.append(
                files.store(
                    data=sent.file,  # type: ignore[arg-type]
                    filename=sent.name or "",
                    actor=actor,
                    at=at,
                    accept=accept,
                )
            )
        except Refusal as refusal:
            if refusal.status >= 500:
                raise
            problem = FieldProblem(field, refusal.sentence, refusal.remedy)
            raise InvalidInput(fields=[problem]) from refusal
    return kept
