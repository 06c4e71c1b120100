"""What the API tells and takes of requests for data, their answers, and grants."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field

from yiwang.entrance.api.shapes import Clock, Given, Short, Words
from yiwang.foundation.agreements.definitions import Basis, Way
from yiwang.foundation.agreements.definitions.citations import MOST_ARTICLES
from yiwang.foundation.agreements.definitions.reports import MOST_COUNTED, Disposal

Version = Annotated[int, Field(ge=1, le=999_999_999)]
Code = Annotated[str, Field(max_length=80)]


class DataBodyOut(Schema):
    """A department and the node it exchanges through."""

    uscc: str
    name: str
    division_code: str
    node: str


class DataNoteOut(Schema):
    at: datetime
    label: str
    side_label: str
    words: str


class CitedIn(Given):
    """One article: the law's title, with or without 中华人民共和国, and its number (第九条)."""

    law: Annotated[str, Field(min_length=1, max_length=300)]
    article: Annotated[str, Field(min_length=1, max_length=24)]


class BasisArticleOut(Schema):
    """An article with its text as it was noted; ``doubt``: CHANGED or GONE since."""

    law: str
    article: str
    text: str
    published: date
    noted_on: date
    doubt: str
    doubt_on: date | None


class DataRequestRowOut(Schema):
    key: str
    no: str
    resource_name: str
    consumer_name: str
    provider_name: str
    sharing_label: str
    purpose: str
    state: str
    state_label: str
    clock: Clock | None
    created_at: datetime
    doubted: bool


class DataRequestPageOut(Schema):
    rows: list[DataRequestRowOut]
    next: str


class DataRequestOut(Schema):
    """One request. ``acts``: what I may do with it now, act and its name."""

    key: str
    no: str
    resource: str
    resource_name: str
    sharing: str
    consumer: DataBodyOut
    provider: DataBodyOut
    purpose: str
    basis: str
    items: list[str]
    duty: str
    scene: str
    fields: list[str]
    clear_fields: list[str]
    way: str
    needs_case: bool
    until: date
    per_day: int
    state: str
    state_label: str
    version: int
    missing: str
    longer: str
    longer_days: int
    answer_yes: bool | None
    answer_words: str
    article: str
    off_list: bool
    service: str
    grant: str
    received_at: datetime | None
    answered_at: datetime | None
    delivered_at: datetime | None
    clock: Clock | None
    notes: list[DataNoteOut]
    acts: list[tuple[str, str]]
    articles: list[BasisArticleOut]


class DataGrantOut(Schema):
    """What one department may take from another. ``clear_fields``: those that come unmasked."""

    key: str
    request: str
    resource: str
    service: str
    consumer: DataBodyOut
    provider: DataBodyOut
    purposes: list[str]
    items: list[str]
    needs_case: bool
    fields: list[str]
    clear_fields: list[str]
    way: str
    valid_from: datetime
    valid_until: datetime
    per_day: int
    per_second: int
    state: str
    state_label: str
    version: int
    origin: str
    stopped_here: bool
    misuse: bool
    mend_by: date | None
    renew_until: date | None
    end_asked_by: str
    disposal: str
    dispose_by: date | None
    misfit: str
    notes: list[DataNoteOut]
    acts: list[tuple[str, str]]
    articles: list[BasisArticleOut]


class DataGrantPageOut(Schema):
    rows: list[DataGrantOut]
    next: str


class GrantUseOut(Schema):
    """One call under a grant; whom it was about is not told."""

    key: str
    at: datetime
    message: str
    system: str
    purpose: str
    item: str
    case_no: str
    fields: list[str]
    rows: int
    status: str
    refusal: str
    milliseconds: int


class GrantUsePageOut(Schema):
    rows: list[GrantUseOut]
    next: str


class GrantUseTotalOut(Schema):
    calls: int
    answered: int
    refused: int
    away: int
    rows: int
    since: date | None
    until: date | None


class GrantUseDayOut(Schema):
    day: date
    calls: int
    answered: int
    refused: int
    away: int
    rows: int


class GrantUseCountOut(Schema):
    """In all, and on its last days of use."""

    total: GrantUseTotalOut
    days: list[GrantUseDayOut]


class UsageReportOut(Schema):
    """One record of effect, storage or destruction (条例 29)."""

    key: str
    at: datetime
    kind: str
    words: str
    since: date | None
    until: date | None
    papers: int | None
    visits: int | None
    held: int | None
    place: str
    disposal: str
    day: date | None
    basis: str


class UsageReportPageOut(Schema):
    rows: list[UsageReportOut]
    next: str


class UsageReportIn(Given):
    """What is recorded; which fields count follows from the act."""

    words: Words = ""
    since: date | None = None
    until: date | None = None
    papers: Annotated[int, Field(ge=0, le=MOST_COUNTED)] | None = None
    visits: Annotated[int, Field(ge=0, le=MOST_COUNTED)] | None = None
    held: Annotated[int, Field(ge=0, le=MOST_COUNTED)] | None = None
    place: Annotated[str, Field(max_length=200)] = ""
    disposal: Disposal | None = None
    day: date | None = None
    basis: Annotated[str, Field(max_length=200)] = ""


class DraftIn(Given):
    """What a request states: purpose, basis, scene, scope, way, term, volume (条例 20)."""

    purpose: Short
    basis: Basis
    items: Annotated[list[Annotated[str, Field(max_length=120)]], Field(max_length=50)] = Field(
        default_factory=list
    )
    duty: Annotated[str, Field(max_length=1000)] = ""
    scene: Annotated[str, Field(max_length=1000)]
    fields: Annotated[list[Code], Field(min_length=1, max_length=200)]
    clear_fields: Annotated[list[Code], Field(max_length=200)] = Field(default_factory=list)
    way: Way
    needs_case: bool = True
    until: date
    per_day: Annotated[int, Field(ge=1, le=10_000_000)]
    articles: Annotated[list[CitedIn], Field(max_length=MOST_ARTICLES)] = Field(
        default_factory=list
    )


class DataRequestIn(DraftIn):
    """``consumer``: the asking department's credit code; one's own."""

    resource: Code
    consumer: Annotated[str, Field(max_length=18)]


class DataActIn(Given):
    """``version``: what was seen. The rest as the act needs it."""

    version: Version
    words: Words = ""
    article: Annotated[str, Field(max_length=200)] = ""
    service: Code = ""
    days: Annotated[int, Field(ge=0, le=60)] = 0
    until: date | None = None
    values: DraftIn | None = None
    articles: Annotated[list[CitedIn], Field(max_length=MOST_ARTICLES)] = Field(
        default_factory=list
    )
    report: UsageReportIn | None = None
