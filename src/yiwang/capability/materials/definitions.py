"""A material of one application: asked for by the item, and how it came. What came stays in the vault."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from yiwang.capability.catalogue.definitions import Tolerance


class Supply(StrEnum):
    """How a material came, or why it is not here. PENDING: we go on asking, the person need not.

    PROMISED: it comes later (容缺). COMMITTED: a signed promise stands for it (告知承诺).
    """

    FETCHED = "FETCHED"
    REUSED = "REUSED"
    UPLOADED = "UPLOADED"
    PROMISED = "PROMISED"
    COMMITTED = "COMMITTED"
    FORM = "FORM"
    PENDING = "PENDING"
    MISSING = "MISSING"


SUPPLY_LABELS = {
    Supply.FETCHED: "已替您取到",
    Supply.REUSED: "用您以前交过的",
    Supply.UPLOADED: "您上传的",
    Supply.PROMISED: "您承诺补交",
    Supply.COMMITTED: "用您的书面承诺代替",
    Supply.FORM: "用您填的表",
    Supply.PENDING: "我们接着取，不用您交",
    Supply.MISSING: "还缺",
}


@dataclass(frozen=True, slots=True)
class SuppliedFile:
    """One stored file of a material."""

    key: str
    filename: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Verified:
    """An official compared it with what it must show: which body, when."""

    body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MaterialView:
    """One material of a draft or case as it stands now."""

    subject: str  # "draft:<key>" or "case:<key>"
    material: str  # the item's material key
    name: str
    required: bool
    supply: Supply
    supply_label: str
    files: tuple[SuppliedFile, ...] = ()
    source: str = ""
    source_label: str = ""
    as_of: datetime | None = None
    why: str = ""
    note: str = ""  # why it could not be fetched
    may_upload: bool = False  # asked of the person, or the source is away or has no record
    tolerance: Tolerance | None = None  # it may come later
    on_form: bool = False  # uploaded in a step of the form, not on the materials page
    verified: Verified | None = None
    told: str = field(default="", repr=False)  # what the source said, in words

    @property
    def may_promise(self) -> bool:
        """It may come later, and is neither here nor promised yet."""
        return self.tolerance is not None and self.supply is Supply.MISSING


@dataclass(frozen=True, slots=True)
class Kept:
    """One paper of the applicant's vault: handed in with ``case`` under ``material``, kept for next time."""

    material: str
    name: str
    case: str
    files: tuple[SuppliedFile, ...]
    handed_in_at: datetime
    kind: str = ""
    verified: Verified | None = None
    valid_until: date | None = None  # exclusive
    position: int = 0  # what the next page begins after

    @property
    def case_key(self) -> str:
        return self.case.partition(":")[2]

    @property
    def origin(self) -> str:
        """Which paper, in one word for a form."""
        return f"{self.case_key}.{self.material}"

    def usable(self, on: date) -> bool:
        """It may still be used that day."""
        return self.valid_until is None or on < self.valid_until


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a source said about a material, before it is kept."""

    material: str
    supply: Supply  # FETCHED, PENDING (source away) or MISSING (no such record)
    source: str
    source_label: str
    as_of: datetime
    value: Any = None
    files: tuple[SuppliedFile, ...] = ()
