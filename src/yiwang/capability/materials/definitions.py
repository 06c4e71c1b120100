"""A material of one application: asked for by the item, supplied in one of four ways."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Supply(StrEnum):
    """How a material came, or why it is not here. PENDING: we go on asking, the person need not."""

    FETCHED = "FETCHED"
    REUSED = "REUSED"
    UPLOADED = "UPLOADED"
    PROMISED = "PROMISED"
    FORM = "FORM"
    PENDING = "PENDING"
    MISSING = "MISSING"


SUPPLY_LABELS = {
    Supply.FETCHED: "已替您取到",
    Supply.REUSED: "用您以前交过的",
    Supply.UPLOADED: "您上传的",
    Supply.PROMISED: "您承诺补交",
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
    may_promise: bool = False
    on_form: bool = False  # uploaded in a step of the form, not on the materials page


@dataclass(frozen=True, slots=True)
class Reusable:
    """A material of the same kind the applicant handed in before."""

    material: str
    name: str
    case: str
    files: tuple[SuppliedFile, ...]
    handed_in_at: datetime


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
