"""A resource as others see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from yiwang.foundation.privacy.definitions import GRADE_LABELS, DataClass
from yiwang.foundation.resources.definitions.codes import (
    KIND_LABELS,
    OPENING_LABELS,
    RESOURCE_STATE_LABELS,
    SHARING_LABELS,
    VERSION,
    Kind,
    Opening,
    ResourceState,
    Sharing,
    VersionState,
)
from yiwang.foundation.resources.definitions.content import Content, Datum
from yiwang.mechanisms.clocks.definitions import ClockView


@dataclass(frozen=True, slots=True)
class ResourceFilter:
    """What a list is narrowed by; "" everywhere: all."""

    text: str = ""
    kind: str = ""
    sharing: str = ""
    provider: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class ResourceRow:
    """One line of a list."""

    key: str
    code: str
    name: str
    kind: Kind
    provider: str
    provider_name: str
    sharing: Sharing
    opening: Opening
    data_class: DataClass
    grade: int
    state: ResourceState
    number: int  # of the version in force; 0: none was published
    published_at: datetime | None
    items: int
    has_draft: bool

    @property
    def sharing_label(self) -> str:
        return SHARING_LABELS[self.sharing]

    @property
    def opening_label(self) -> str:
        return OPENING_LABELS[self.opening]

    @property
    def state_label(self) -> str:
        return RESOURCE_STATE_LABELS[self.state]

    @property
    def kind_label(self) -> str:
        return KIND_LABELS[self.kind]

    @property
    def grade_label(self) -> str:
        return GRADE_LABELS[self.grade]


@dataclass(frozen=True, slots=True)
class ResourceView:
    """One resource with the version in force (its draft while none was published)."""

    key: str
    reference: str
    content: Content
    provider_name: str
    division_code: str
    state: ResourceState
    number: int
    published_at: datetime | None
    withdrawn_because: str
    basis_doubt: str  # "" or what became of the article it stands on
    version: int  # of the row, for acts on the resource itself

    @property
    def code(self) -> str:
        return self.content.code

    @property
    def name(self) -> str:
        return self.content.name

    @property
    def provider(self) -> str:
        return self.content.provider

    @property
    def sharing(self) -> Sharing:
        return self.content.sharing

    @property
    def items(self) -> tuple[Datum, ...]:
        return self.content.items

    @property
    def basis(self) -> str:
        return self.content.basis

    @property
    def sharing_label(self) -> str:
        return self.content.sharing_label

    @property
    def state_label(self) -> str:
        return RESOURCE_STATE_LABELS[self.state]

    @property
    def closed(self) -> str:
        """Why it cannot be asked for, in a sentence; "" when it can (what is on no list must be shared)."""
        if self.content.data_class is not DataClass.GENERAL:
            return f"这是{self.content.class_label}，目录里只登记名称，不通过本平台共享。"
        if self.content.sharing is Sharing.NONE:
            return f"依据{self.basis}，这项数据不予共享。"
        if self.state is not ResourceState.PUBLISHED:
            return "这项数据资源现在没有发布。"
        return ""


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version: what it says, how far it is."""

    key: str
    reference: str
    resource: str  # the resource's key
    number: int  # 0 until published
    state: VersionState
    version: int
    content: Content
    written_by: str
    written_at: datetime
    submitted_at: datetime | None
    assessment: str  # of secrecy and personal data, as the head saw it
    consented_at: datetime | None
    published_at: datetime | None
    due_on: date | None
    remark: str
    clock: ClockView | None = None

    @property
    def state_label(self) -> str:
        return VERSION.labels[self.state]


@dataclass(frozen=True, slots=True)
class Holder:
    """A published resource that holds a datum, as its source or as a copy. ``key``: the resource's."""

    key: str
    name: str
    provider_name: str
    item: str
    label: str
    authoritative: bool


@dataclass(frozen=True, slots=True)
class SourceView:
    """The one authoritative source of a datum."""

    element: str
    resource: str  # the resource's key
    code: str
    name: str
    provider: str
    provider_name: str
    item: str
