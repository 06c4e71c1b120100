"""Enquiries for tests, the sweep and the stage."""

from __future__ import annotations

from datetime import datetime, timedelta

from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.support.enquiries import actions
from yiwang.support.enquiries.definitions import EnquiryKind, Look, Office


def enquiry(
    owner: Actor,
    *,
    division_code: str,
    department: str,
    name: str = "城关区民政局",
    look: str = "call-1",
    kind: EnquiryKind = EnquiryKind.QUESTION,
    looker: str = "",
    at: datetime | None = None,
) -> str:
    """A question about a look that is only told, not there."""
    at = at or now()
    told = Look(
        look,
        at - timedelta(days=1),
        name,
        "户籍信息查询（示例）、是否健在",
        "核对办理条件",
        looker=looker,
    )
    return actions.ask(
        look=told,
        office=Office(division_code, department, name),
        kind=kind,
        words="为什么要查我的户籍？",
        actor=owner,
        at=at,
    )
