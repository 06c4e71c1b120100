"""Questions about items: one as of a day, pages of them, and the guide narrowed by answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from yiwang.capability.catalogue import rules
from yiwang.capability.catalogue.definitions import (
    HANDLING_MODE_LABELS,
    HandlingItem,
    HandlingMode,
    Item,
    PackProblem,
    Question,
    load_item,
)
from yiwang.capability.catalogue.models import ImportRun, ItemVersionRecord
from yiwang.capability.catalogue.rules import Narrowed, words
from yiwang.foundation.exchange import sources
from yiwang.kernel import moments
from yiwang.kernel.places import significant_prefix
from yiwang.kernel.refusals import NotFound
from yiwang.support.licences import queries as licences

__all__ = [
    "ItemRow",
    "ItemVersion",
    "Narrowed",
    "find_item",
    "get_content",
    "get_item",
    "list_held",
    "list_items",
    "list_questions",
    "narrow",
]


@dataclass(frozen=True, slots=True)
class ItemVersion:
    """One frozen version of an item."""

    code: str
    version: int
    item: Item
    valid_from: date
    valid_until: date | None
    state: str
    handling_items: tuple[HandlingItem, ...]
    origin: str  # PACK or IMPORT
    local_code_malformed: bool = False
    paused_reason: str = ""  # why the place takes no new applications now

    @property
    def open_for_application(self) -> bool:
        """True when a person can apply here, on this platform."""
        here = self.item.handling_mode is HandlingMode.PLATFORM and self.state == "PUBLISHED"
        return here and not self.paused_reason

    @property
    def handling_mode_label(self) -> str:
        return HANDLING_MODE_LABELS[self.item.handling_mode]


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One line of a list of items."""

    code: str
    version: int
    name: str
    item_type: str
    department_name: str
    division_code: str
    handling_mode: HandlingMode
    served: tuple[str, ...]
    position: int  # what the next page starts after
    paused_reason: str = ""

    @property
    def handling_mode_label(self) -> str:
        return HANDLING_MODE_LABELS[self.handling_mode]


def get_item(
    code: str, *, on: date | None = None, version: int | None = None, language: str = "zh-hans"
) -> ItemVersion:
    """The item as it holds on a day (today when not said), or that very version.

    ``language``: visible words replaced where the pack has them, Chinese elsewhere.
    Refuses ``NotFound`` when there is no such item or nothing held on that day.
    """
    found = find_item(code, on=on, version=version, language=language)
    if found is None:
        raise NotFound("没有找到这个事项。", "请从首页搜索，或到事项清单里查找。")
    return found


def find_item(
    code: str, *, on: date | None = None, version: int | None = None, language: str = "zh-hans"
) -> ItemVersion | None:
    """Like ``get_item``, None instead of a refusal."""
    rows = ItemVersionRecord.objects.filter(implementation__code=code)
    if version is not None:
        rows = rows.filter(number=version)
    else:
        rows = rows.in_force(on or moments.legal_date(moments.now()))
    light = rows.select_related("implementation").defer("content", "texts")
    row = light.order_by("-number").first()
    if row is None:
        return None
    item = _item(row.pk, row.digest, language)
    return ItemVersion(
        code=code,
        version=row.number,
        item=item,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        state=row.state,
        handling_items=item.handling_items,
        origin=row.implementation.origin,
        local_code_malformed=row.implementation.local_code_malformed,
        paused_reason=row.implementation.paused_reason,
    )


@lru_cache(maxsize=512)
def get_content(code: str, version: int) -> Item:
    """What one version says, in Chinese; frozen once published. Refuses ``NotFound``."""
    return get_item(code, version=version).item


@lru_cache(maxsize=512)
def _item(pk: int, digest: str, language: str) -> Item:
    """Frozen content parsed once per process; key and digest never lie about frozen rows."""
    row = ItemVersionRecord.objects.values("content", "texts").get(pk=pk, digest=digest)
    item = load_item(row["content"])
    return words.in_language(item, row["texts"], language)


def list_items(
    *,
    division: str = "",
    served: str = "",
    department: str = "",
    after: int = 0,
    limit: int = 50,
    on: date | None = None,
    here: bool = False,
) -> tuple[ItemRow, ...]:
    """A page of items in force: narrowed by division subtree, 服务对象 and department name or USCC.

    ``here``: only those applied for on this platform.
    """
    rows = ItemVersionRecord.objects.in_force(on or moments.legal_date(moments.now()))
    if division:
        rows = rows.filter(division_code__startswith=significant_prefix(division))
    if served:
        rows = rows.filter(served__contains=[served])
    if here:
        rows = rows.filter(handling_mode=HandlingMode.PLATFORM)
    if len(department) == 18:
        rows = rows.filter(department=department)
    elif department:
        rows = rows.filter(department_name=department)
    page = rows.filter(pk__gt=after).select_related("implementation").defer("content", "texts")
    return tuple(_row(row) for row in page.order_by("pk")[: min(limit, 200)])


def _row(row: ItemVersionRecord) -> ItemRow:
    return ItemRow(
        code=row.implementation.code,
        version=row.number,
        name=row.name,
        item_type=row.item_type,
        department_name=row.department_name,
        division_code=row.division_code,
        handling_mode=HandlingMode(row.handling_mode),
        served=tuple(row.served),
        position=row.pk,
        paused_reason=row.implementation.paused_reason,
    )


def list_questions(item: Item, answers: Mapping[str, str]) -> tuple[Question, ...]:
    """The questions that still matter after these answers, in the item's order."""
    return rules.asked(item, answers)


def narrow(item: Item, answers: Mapping[str, str], language: str = "zh-hans") -> Narrowed:
    """What this person must bring, after their answers: materials, variant, one sentence.

    ``language``: of the sentence; the words of the item are those it comes with.
    """
    return rules.narrow(item, answers, language)


def get_words(code: str, version: int, language: str) -> Mapping[str, str]:
    """Words by path (``form.…``, ``item.…``) in a language; empty when the pack has none."""
    row = (
        ItemVersionRecord.objects.filter(implementation__code=code, number=version)
        .values_list("texts", flat=True)
        .first()
    )
    said: Mapping[str, str] = (row or {}).get(language, {}).get("words", {})
    return said


@dataclass(frozen=True, slots=True)
class ImportRunRow:
    key: str
    file_name: str
    digest: str
    actor: str
    at: datetime
    counts: Mapping[str, int]
    undone_at: datetime | None


def list_import_runs(*, limit: int = 50) -> tuple[ImportRunRow, ...]:
    """Imports that were applied, newest first."""
    return tuple(
        ImportRunRow(
            run.key, run.file_name, run.digest, run.actor, run.at, run.counts, run.undone_at
        )
        for run in ImportRun.objects.order_by("-pk")[: min(limit, 200)]
    )


def get_texts(code: str, version: int) -> Mapping[str, Any]:
    """All texts of a published version: by language, and ``notices`` by name."""
    row = ItemVersionRecord.objects.filter(implementation__code=code, number=version)
    texts: Mapping[str, Any] = row.values_list("texts", flat=True).first() or {}
    return texts


def get_notice(code: str, version: int, name: str) -> str | None:
    """One notice of the pack, with its ``{placeholders}``; None when the pack has none."""
    said: str | None = get_texts(code, version).get("notices", {}).get(name)
    return said


def check_item(item: Item) -> tuple[PackProblem, ...]:
    """What the catalogue's rules say against an item, warnings included: also papers that are held."""
    return (*rules.check_item(item), *rules.check_held(item, list_held()), *_unknown(item))


def list_held() -> tuple[rules.Held, ...]:
    """Papers nobody may ask for: a source says what they say, or this platform issued them."""
    from_sources = [
        rules.Held(paper, source.source_label, source.name)
        for source in sources.list_sources()
        for paper in source.papers
    ]
    ours = [rules.Held(name, "本平台的证照库", "") for name in licences.list_type_names()]
    return (*from_sources, *ours)


def _unknown(item: Item) -> Iterator[PackProblem]:
    """A fetched material names a source there is."""
    for material in item.materials:
        if material.provider and sources.find_source(material.provider) is None:
            here = f"materials.{material.key}.provider"
            said = f"没有登记“{material.provider}”这个数据源。"
            yield PackProblem("item.yaml", here, said, "用 yiwang sources 看有哪些。")


def words_of(item: Item) -> Mapping[str, str]:
    """Every visible word of an item by its path, as a text file names it."""
    return words.words_of(item)
