"""A material of one application: asked for by the item, supplied in one of four ways."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Supply(StrEnum):
    """How a material came: fetched from a source, reused, uploaded, promised later, on the form."""

    FETCHED = "FETCHED"
    REUSED = "REUSED"
    UPLOADED = "UPLOADED"
    PROMISED = "PROMISED"
    FORM = "FORM"
    MISSING = "MISSING"


SUPPLY_LABELS = {
    Supply.FETCHED: "已替您取到",
    Supply.REUSED: "用您以前交过的",
    Supply.UPLOADED: "您上传的",
    Supply.PROMISED: "您承诺补交",
    Supply.FORM: "在表里填",
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
    note: str = ""  # why it could not be fetched; until when it is promised
