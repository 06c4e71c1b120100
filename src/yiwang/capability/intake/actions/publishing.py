"""Publishing the form of an item version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yiwang.capability.intake import queries
from yiwang.capability.intake.definitions import Form, parse_form
from yiwang.capability.intake.models import PublishedForm
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import FieldProblem, InvalidInput
from yiwang.mechanisms.journal import actions as journal


class CannotPublishForm(InvalidInput):
    sentence = "表单文件有错，不能发布。"
    remedy = "请按提示改好 form.yaml。"


def publish_form(
    *, item_code: str, item_version: int, form: Mapping[str, Any], actor: Actor, at: datetime
) -> Form:
    """Freeze the form of an item version so that people can fill it in.

    The same form again changes nothing. Refuses CannotPublishForm for a form with mistakes, or
    another form under a version that is already published.
    """
    parsed, problems = parse_form(form)
    if parsed is None:
        raise CannotPublishForm(fields=[FieldProblem(p.path, p.sentence) for p in problems])
    row, created = PublishedForm.objects.get_or_create(
        item_code=item_code,
        item_version=item_version,
        defaults={"document": form, "digest": parsed.digest, "published_at": at},
    )
    if row.digest != parsed.digest:
        raise CannotPublishForm("这个版本的表单已经发布，不能换成另一份。", "请提高事项版本号。")
    if created:
        queries.get_form.cache_clear()
        facts: dict[str, str | int] = {"version": item_version, "digest": parsed.digest}
        subject = f"item:{item_code}"
        journal.record(actor=actor, act="intake.publish_form", subject=subject, at=at, facts=facts)
    return parsed
