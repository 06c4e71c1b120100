"""Find a service, read its guide, read an article of law."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema

from yiwang.capability.catalogue import queries as catalogue
from yiwang.entrance.api.shapes import Division, Short
from yiwang.entrance.shell.access import ANYONE, access
from yiwang.foundation.laws import queries as laws
from yiwang.kernel import moments
from yiwang.kernel.refusals import InvalidInput
from yiwang.support.assistant import queries as assistant

router = Router(tags=["事项"])


class HitOut(Schema):
    code: str
    name: str
    department: str
    one_line: str
    kind: str
    division_code: str


class ItemRowOut(Schema):
    code: str
    version: int
    name: str
    item_type: str
    department_name: str
    division_code: str
    handling_mode: str
    served: list[str]
    position: int


class MaterialOut(Schema):
    key: str
    name: str
    why: str
    source: str
    issuer: str
    required: bool
    local: bool


class CitationOut(Schema):
    law: str
    article: str


class OptionOut(Schema):
    value: str
    label: str


class QuestionOut(Schema):
    key: str
    text: str
    help: str
    options: list[OptionOut]


class ConditionOut(Schema):
    key: str
    text: str
    local: bool


class ItemOut(Schema):
    """The guide of one item; ``materials`` after narrowing by the answers given."""

    code: str
    version: int
    name: str
    short_text: str
    department: str
    department_name: str
    division_code: str
    item_type: str
    profile: str
    handling_mode: str
    open_for_application: bool
    visits: int
    promised: str
    statutory: str
    charged: bool
    conditions: list[ConditionOut]
    questions: list[QuestionOut]
    materials: list[MaterialOut]
    basis: list[CitationOut]
    sentence: str


class ArticleOut(Schema):
    law_title: str
    article: str
    chapter: str
    text: str
    version_published: date
    valid_from: date | None
    valid_until: date | None
    status: str


@router.get("/search", response=list[HitOut], summary="搜索事项")
@access(ANYONE)
def search(
    request: HttpRequest,
    q: Annotated[str, Query(min_length=1, max_length=100)],
    division: Division | None = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> object:
    """Services that fit the words, best first; slips, pinyin and initials are understood."""
    return list(assistant.search(q, division_code=division or "", limit=limit))


@router.get("/items", response=list[ItemRowOut], summary="事项清单")
@access(ANYONE)
def list_items(
    request: HttpRequest,
    division: Division | None = None,
    after: Annotated[int, Query(ge=0, le=2**62)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> object:
    """A page of items in force; give the last ``position`` as ``after`` for the next one."""
    return list(catalogue.list_items(division=division or "", after=after, limit=limit))


@router.get("/items/{code}", response=ItemOut, summary="办事指南")
@access(ANYONE)
def get_item(
    request: HttpRequest,
    code: Short,
    on: date | None = None,
    answers: Annotated[list[Short], Query(max_length=20)] = [],  # noqa: B006 -- never changed
) -> object:
    """One item's guide. ``answers``: ``question:option`` pairs that narrow the materials."""
    return _guide(catalogue.get_item(code, on=on), _pairs(answers))


def _pairs(given: list[str]) -> dict[str, str]:
    pairs = dict(part.split(":", 1) for part in given if ":" in part)
    if len(pairs) != len(given):
        raise InvalidInput("answers 应写成“问题:选项”。")
    return pairs


def _guide(version: catalogue.ItemVersion, answers: dict[str, str]) -> dict[str, object]:
    item = version.item
    narrowed = catalogue.narrow(item, answers)
    return {
        "code": version.code,
        "version": version.version,
        "name": item.name,
        "short_text": item.short_text,
        "department": item.department,
        "department_name": item.department_name,
        "division_code": item.division_code,
        "item_type": item.item_type,
        "profile": item.profile,
        "handling_mode": item.handling_mode,
        "open_for_application": version.open_for_application,
        "visits": item.visits,
        "promised": str(item.promised or ""),
        "statutory": str(item.statutory or ""),
        "charged": item.fee.charged,
        "conditions": item.conditions,
        "questions": item.questions,
        "materials": narrowed.materials,
        "basis": item.basis,
        "sentence": narrowed.sentence,
    }


@router.get("/laws/article", response=ArticleOut, summary="法条", tags=["法规"])
@access(ANYONE)
def get_article(
    request: HttpRequest,
    title: Annotated[str, Query(min_length=1, max_length=100)],
    article: Annotated[str, Query(min_length=1, max_length=20)],
    on: date | None = None,
) -> object:
    """The text of one article as it holds on a day (today when not said)."""
    day = on or moments.legal_date(moments.now())
    return laws.get_article(title=title, article=article, on=day)
