"""The sample's retention table, for tests and the sample province."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

import yaml

from yiwang.capability.archives import actions
from yiwang.capability.archives.definitions.retention import RetentionTable
from yiwang.kernel.actor import machine

TABLE: Final = Path(__file__).parents[4] / "packs" / "data" / "archive-retention" / "retention.yaml"


def publish_table(*, at: datetime) -> RetentionTable:
    """The shipped table; again changes nothing."""
    document = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return actions.publish_retention(document=document, actor=machine("sample"), at=at)
