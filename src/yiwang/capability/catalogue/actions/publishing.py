"""Freezing a version of one item."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yiwang.capability.catalogue import queries
from yiwang.capability.catalogue.definitions import HandlingMode, Item, dump_item
from yiwang.capability.catalogue.events import ItemPublished
from yiwang.capability.catalogue.models import (
    BasicCatalogEntry,
    HandlingItemRecord,
    ItemImplementation,
    ItemVersionRecord,
)
from yiwang.capability.catalogue.rules import check_item, words
from yiwang.capability.catalogue.rules.importing import content_digest
from yiwang.kernel.actor import Actor
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import FieldProblem, Refusal
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.assistant import actions as assistant
from yiwang.support.assistant.actions import Findable


class CannotPublishItem(Refusal):
    status = 422
    sentence = "这个事项不能发布。"
    remedy = "请按提示改好再发布。"


def publish_item(
    *,
    item: Item,
    texts: Mapping[str, Any],
    approved_by: str,
    actor: Actor,
    at: datetime,
    parts: str = "",
) -> int:
    """Freeze an item as its next version and make it findable; returns the version's number.

    ``parts``: the fingerprint of what is published beside it (form, flow, tables): a change there is
    a new version too. ``texts``: language → ``{"short_text", "faq", "words"}``. The same content again changes nothing
    and returns the version there is. Refuses ``CannotPublishItem`` when the item breaks a rule of
    the catalogue, when publisher and approver are the same, or when it would begin before the
    version now in force.
    """
    _insist(item, approved_by, actor)
    implementation = _implementation(item)
    digest = content_digest(item, {"texts": texts, "parts": parts})
    newest = implementation.versions.order_by("-number").first()
    if newest is not None and newest.digest == digest and newest.valid_from == item.valid_from:
        return newest.number
    _make_room(newest, item)
    version = ItemVersionRecord.objects.create(
        implementation=implementation,
        number=(newest.number if newest else 0) + 1,
        content=dump_item(item),
        texts=dict(texts),
        digest=digest,
        published_by=actor.reference,
        approved_by=approved_by,
        published_at=at,
        **columns_of(item),
    )
    queries.get_content.cache_clear()
    _write_handling_items(version, item)
    assistant.index([findable(words.in_language(item, texts, "zh-hans"))])
    journal.announce(_published(version, item, at), actor=actor)
    return version.number


def _insist(item: Item, approved_by: str, actor: Actor) -> None:
    problems = [p for p in check_item(item) if not p.warning]
    if problems:
        raise CannotPublishItem(
            fields=[FieldProblem(f"{p.file}:{p.key}", p.sentence, p.remedy) for p in problems]
        )
    if approved_by == actor.reference:
        raise CannotPublishItem("发布和批准不能是同一个人。", "请由另一位事项管理员批准。")


def _write_handling_items(version: ItemVersionRecord, item: Item) -> None:
    HandlingItemRecord.objects.bulk_create(
        HandlingItemRecord(
            version=version, key=h.key, name=h.name, handling_code=h.handling_code, position=i
        )
        for i, h in enumerate(item.handling_items)
    )


def _published(version: ItemVersionRecord, item: Item, at: datetime) -> ItemPublished:
    return ItemPublished(
        subject=reference("item", item.code),
        at=at,
        item_code=item.code,
        version=version.number,
        digest=version.digest,
        approved_by=version.approved_by,
    )


def _implementation(item: Item) -> ItemImplementation:
    """The item's row, locked: two publishers of one item stand in line."""
    entry, _ = BasicCatalogEntry.objects.get_or_create(
        basic_code=item.basic_code or None,
        name=item.name,
        item_type=item.item_type,
        main_item="",
    )
    ItemImplementation.objects.get_or_create(
        code=item.code, defaults={"entry": entry, "origin": "PACK", "local_code": item.local_code}
    )
    return ItemImplementation.objects.select_for_update().get(code=item.code)


def _make_room(newest: ItemVersionRecord | None, item: Item) -> None:
    if newest is None or newest.valid_until is not None:
        return
    if item.valid_from < newest.valid_from:
        raise CannotPublishItem(
            f"生效日期早于现行版本（{newest.valid_from}）。", "请把 valid_from 改到现行版本之后。"
        )
    newest.valid_until = item.valid_from
    newest.save(update_fields=["valid_until"])


def columns_of(item: Item) -> dict[str, Any]:
    """The columns lists filter by, taken from the content."""
    return {
        "name": item.name,
        "item_type": item.item_type,
        "department": item.department,
        "department_name": item.department_name,
        "division_code": item.division_code,
        "served": list(item.served),
        "handling_mode": item.handling_mode,
        "valid_from": item.valid_from,
    }


def findable(item: Item) -> Findable:
    """How an item is found: what can be done here stands a little before what cannot."""
    platform = item.handling_mode is HandlingMode.PLATFORM
    own = () if item.short_name == item.name else (item.short_name,)
    return Findable(
        kind="ITEM",
        code=item.code,
        name=item.name,
        department_name=item.department_name,
        one_line=item.short_text[:200],
        division_code=item.division_code,
        synonyms=(*own, *item.synonyms),
        weight=2 if platform else 0,
    )
