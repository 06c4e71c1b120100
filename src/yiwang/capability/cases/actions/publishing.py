"""Freezing a pack's flow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yiwang.capability.cases.definitions.flow import Flow
from yiwang.capability.cases.definitions.flow_file import parse_flow
from yiwang.capability.cases.events import FlowPublished
from yiwang.capability.cases.models import PublishedFlow
from yiwang.capability.cases.queries.flows import get_flow
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import FieldProblem, InvalidInput
from yiwang.mechanisms.journal import actions as journal


class CannotPublishFlow(InvalidInput):
    sentence = "flow.yaml 有错，不能发布。"
    remedy = "请按提示改好 flow.yaml。"


def publish_flow(
    *, item_code: str, item_version: int, flow: Mapping[str, Any], at: datetime, actor: Actor
) -> Flow:
    """Freeze how cases of an item version go; the same again changes nothing.

    Refusals: ``CannotPublishFlow`` for mistakes, or another flow under a published version.
    """
    parsed, problems = parse_flow(flow)
    if parsed is None:
        raise CannotPublishFlow(fields=[FieldProblem(p.path, p.sentence) for p in problems])
    row, created = PublishedFlow.objects.get_or_create(
        item_code=item_code,
        item_version=item_version,
        defaults={"flow": dict(flow), "published_at": at, "published_by": actor.reference},
    )
    if row.flow != flow:
        raise CannotPublishFlow("这个版本的流程已经发布，不能换成另一份。", "请提高事项版本号。")
    if created:
        get_flow.cache_clear()
        event = FlowPublished(
            subject=f"item:{item_code}", at=at, item_code=item_code, item_version=item_version
        )
        journal.announce(event, actor=actor)
    return parsed
