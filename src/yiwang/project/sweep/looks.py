"""A look at somebody's data, and what he asked about one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from yiwang.kernel.actor import Actor, Role, machine
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.journal import queries as journal_queries
from yiwang.mechanisms.journal.definitions import READ
from yiwang.network.directory import sample as places
from yiwang.project.sweep.definitions import Thing
from yiwang.support.enquiries import sample

_ANSWERERS: Final = frozenset({Role.DATA_OFFICER, Role.DATA_AUTHORITY})


def make_looks(*, owner: Actor, department: str, at: datetime) -> Mapping[str, Thing]:
    """The owner's alone; the enquiry is also its body's data officer's."""
    journal.record(
        actor=machine("sweep"),
        act=READ,
        subject=owner.applicant,
        at=at,
        purpose="权限检查",
        subjects=[owner.applicant],
    )
    [read] = journal_queries.list_reads_of(owner.applicant, limit=1)
    key = sample.enquiry(
        owner, division_code=places.CHENGGUAN, department=department, look="call-0", at=at
    )
    look = Thing(f"read-{read.entry_id}", owner.applicant, own=True)
    enquiry = Thing(
        key, owner.applicant, places.CHENGGUAN, department, readers=_ANSWERERS, own=True
    )
    return {"look": replace(look, division_code=places.CHENGGUAN), "enquiry": enquiry}
