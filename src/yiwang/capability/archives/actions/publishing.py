"""Publishing a version of the retention table."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from yiwang.capability.archives import queries
from yiwang.capability.archives.definitions.retention import RetentionTable, parse_table
from yiwang.capability.archives.events import RetentionPublished
from yiwang.capability.archives.models import RetentionVersion
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import FieldProblem, InvalidInput
from yiwang.mechanisms.journal import actions as journal


@transaction.atomic
def publish_retention(*, document: Any, actor: Actor, at: datetime) -> RetentionTable:
    """保管期限表: a new version, frozen from now on; the same again changes nothing.

    Refuses InvalidInput: a row without source that does not say it is local, no row for everything else,
    nobody who approved it, a version that is there with other content.
    """
    table, problems = parse_table(document)
    if table is None:
        raise InvalidInput("保管期限表有问题，没有发布。", "请按提示改好。", fields=problems)
    known = RetentionVersion.objects.filter(version=table.version).first()
    plain = queries.plain(document)
    if known is not None:
        if known.document != plain:
            problem = FieldProblem(
                "version", "这个版本已经发布过另一份内容。", "请改用新的版本号。"
            )
            raise InvalidInput(fields=[problem])
        return table
    RetentionVersion.objects.create(
        version=table.version, valid_from=table.valid_from, document=plain,
        approved_by=table.approved_by[:200], published_at=at, published_by=actor.reference,
    )  # fmt: skip
    queries.forget_tables()
    subject = f"archive-retention:{table.version}"
    journal.announce(RetentionPublished(subject=subject, at=at, version=table.version), actor=actor)
    return table
