"""One locked draft row: the same four steps every verb takes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from yiwang.capability.intake.models import Attachment, Draft
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import NotFound, Refusal
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.journal import actions as journal

#: A draft nobody touches is kept so long (our own promise, shown on the page).
KEPT_DAYS: Final = 30


class AlreadyHandedIn(Refusal):
    sentence = "这份申请已经交了，不能再改。"
    remedy = "请到“我的”查看进度；要改内容，请联系办理部门。"


def lock(key: str, actor: Actor, at: datetime) -> Draft:
    mine = Draft.objects.select_for_update().visible_to(actor)
    return insist_open(mine.filter(key=key, discarded_at=None).first(), at)


def insist_open(draft: Draft | None, at: datetime) -> Draft:
    """The row when it can still be filled in. Refuses NotFound, AlreadyHandedIn."""
    if draft is None or (not draft.submitted_case and draft.expires_at <= at):
        raise NotFound("没有找到这份草稿。", "它可能已经删除或过期，请重新开始办理。")
    if draft.submitted_case:
        raise AlreadyHandedIn
    return draft


def keep(draft: Draft, at: datetime, **values: Any) -> None:
    expires_at = at + timedelta(days=KEPT_DAYS)
    draft.keep(version=draft.version + 1, at=at, expires_at=expires_at, **values)


def stamped(draft: Draft, field: str) -> dict[str, int]:
    return {**draft.changed_at, field: draft.version + 1}


def record(
    draft: Draft, act: str, actor: Actor, at: datetime, **facts: str | int | bool | None
) -> None:
    subject = f"draft:{draft.key}"
    journal.record(actor=actor, act=act, subject=subject, at=at, facts=facts)


def let_go_of_files(drafts: Sequence[Draft]) -> None:
    """The store's sweeper removes files nothing refers to any more."""
    for attachment in Attachment.objects.filter(draft__in=drafts).select_related("draft"):
        files.detach(key=attachment.file_key, subject=f"draft:{attachment.draft.key}")
