"""Files of file questions."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from yiwang.capability.intake import queries
from yiwang.capability.intake.actions import rows
from yiwang.capability.intake.definitions import DraftView, Kind
from yiwang.capability.intake.models import Attachment
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound, Refusal
from yiwang.kernel.sentences import said
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files.definitions import KIND_OF_EXTENSION, StoredFile

MOST_FILES: Final = 60


class TooManyFiles(Refusal):
    sentence = "这里放不下更多文件了。"
    remedy = "请删掉一些再上传。"


def attach_file(
    *, draft_key: str, field: str, stored: StoredFile, actor: Actor, at: datetime
) -> DraftView:
    """Add a stored file to a file question. Refuses TooManyFiles, InvalidInput for another kind."""
    draft = rows.lock(draft_key, actor, at)
    form = queries.get_form(draft.item_code, draft.item_version)
    question = form.find_field(field)
    if question is None or question.kind is not Kind.FILE:
        raise InvalidInput(fields=[FieldProblem(field, "这里不能上传文件。", "请刷新页面。")])
    if stored.kind not in {KIND_OF_EXTENSION[ending] for ending in question.accept}:
        sentence = said("这里可以上传：%(kinds)s。", kinds="、".join(question.accept))
        raise InvalidInput(fields=[FieldProblem(field, sentence, "请转换格式后再上传。")])
    keys = [*draft.answers.get(field, []), stored.key]
    if len(keys) > (question.max_items or 1) or draft.attachments.count() >= MOST_FILES:
        raise TooManyFiles
    Attachment.objects.create(
        draft=draft,
        field=field,
        file_key=stored.key,
        filename=stored.filename,
        size=stored.size,
        digest=stored.digest,
        attached_at=at,
    )
    files.attach(key=stored.key, subject=f"draft:{draft.key}", at=at)
    answers = {**draft.answers, field: keys}
    rows.keep(draft, at, answers=answers, changed_at=rows.stamped(draft, field))
    rows.record(draft, "intake.attach", actor, at, field=field, digest=stored.digest)
    return queries.view_of(draft)


def detach_file(
    *, draft_key: str, field: str, file_key: str, actor: Actor, at: datetime
) -> DraftView:
    """Take a file away from the draft; the sweeper removes it from the store. NotFound otherwise."""
    draft = rows.lock(draft_key, actor, at)
    removed, _ = draft.attachments.filter(field=field, file_key=file_key).delete()
    if not removed:
        raise NotFound("没有找到这个文件。", "它可能已经删掉了，请刷新页面。")
    files.detach(key=file_key, subject=f"draft:{draft.key}")
    left = [key for key in draft.answers.get(field, []) if key != file_key]
    answers = {**draft.answers, field: left}
    rows.keep(draft, at, answers=answers, changed_at=rows.stamped(draft, field))
    rows.record(draft, "intake.detach", actor, at, field=field)
    return queries.view_of(draft)
