"""Files of the form and of the materials: stored first, then joined to the draft."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, JsonResponse

from yiwang.capability.intake import actions as intake_actions
from yiwang.capability.intake.definitions import DraftView, Field, FormStep, Kind
from yiwang.entrance.shell.forms.boxes import file_row
from yiwang.entrance.shell.forms.opened import OpenDraft
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound, Refusal
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files.definitions import KIND_OF_EXTENSION, StoredFile

MOST_AT_ONCE = 5


def upload(request: HttpRequest, opened: OpenDraft, field: str) -> JsonResponse:
    """One file for a file question; answers with its line on the page. Refusals are the caller's."""
    question = opened.form.find_field(field)
    sent = request.FILES.get("file")
    if question is None or question.kind is not Kind.FILE or sent is None:
        raise NotFound("没有收到文件。", "请重新选择文件。")
    stored, draft = take(opened, question, sent)
    row = file_row(field, stored.key, stored.filename)
    return JsonResponse({"version": draft.version, "row": row})


def keep_uploads(request: HttpRequest, opened: OpenDraft, shown: FormStep) -> DraftView | None:
    """Files that came with the form itself, without JavaScript. Refuses InvalidInput by field."""
    latest: DraftView | None = None
    for question in shown.fields:
        if question.kind is not Kind.FILE:
            continue
        for sent in request.FILES.getlist(f"{question.key}-upload")[:MOST_AT_ONCE]:
            try:
                _, latest = take(opened, question, sent)
            except Refusal as refusal:
                problem = FieldProblem(question.key, refusal.sentence, refusal.remedy)
                raise InvalidInput(fields=[problem]) from refusal
    return latest


def store(opened: OpenDraft, sent: UploadedFile[Any], accept: tuple[str, ...] = ()) -> StoredFile:
    """Check and keep one uploaded file, before any transaction."""
    kinds = {KIND_OF_EXTENSION[ending] for ending in accept if ending in KIND_OF_EXTENSION}
    return files.store(
        data=sent.file,  # type: ignore[arg-type]
        filename=sent.name or "",
        actor=opened.actor,
        at=opened.at,
        accept=kinds or None,
    )


def take(
    opened: OpenDraft, question: Field, sent: UploadedFile[Any]
) -> tuple[StoredFile, DraftView]:
    """One file of a file question, stored and joined to the draft."""
    stored = store(opened, sent, question.accept)
    with transaction.atomic():
        draft = intake_actions.attach_file(
            draft_key=opened.draft.key,
            field=question.key,
            stored=stored,
            actor=opened.actor,
            at=opened.at,
        )
    return stored, draft
