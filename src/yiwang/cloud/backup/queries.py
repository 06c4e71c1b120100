"""What there is to fall back on."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from yiwang.cloud.backup import definitions as names
from yiwang.cloud.backup import vault
from yiwang.cloud.backup.definitions import Base, Reach, Standing
from yiwang.mechanisms.journal import queries as journal

#: In whose name copies and drills are written into the journal.
ACTOR = "machine:backup"


def list_bases(folder: Path) -> tuple[Base, ...]:
    """Every whole copy in a backup folder, oldest first. DamagedBackup names what does not open."""
    return vault.list_bases(folder)


def get_reach(folder: Path) -> Reach | None:
    """How far the log was copied; None before the first round."""
    return vault.read_reach(folder)


def needs_base(folder: Path, *, at: datetime) -> bool:
    """Is the newest whole copy a day old, or is there none?"""
    bases = vault.list_bases(folder)
    if not bases:
        return True
    return (at - bases[-1].ended_at).total_seconds() > names.BASE_EVERY_HOURS * 3600


def get_standing(folder: str) -> Standing:
    """For the console: the last copy, how far it reaches, the last drill."""
    acts = {entry.act: entry for entry in reversed(journal.list_acts_of(actor=ACTOR, limit=50))}
    base, drill = acts.get("backup.take"), acts.get("backup.drill")
    reach = vault.read_reach(Path(folder)) if folder else None
    return Standing(
        folder,
        base.at if base else None,
        reach.until if reach else None,
        drill.at if drill else None,
        drill is not None and drill.facts.get("good") is True,
    )
