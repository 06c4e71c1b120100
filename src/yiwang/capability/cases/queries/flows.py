"""Published flows."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from yiwang.capability.cases.definitions.flow import Flow
from yiwang.capability.cases.definitions.flow_file import parse_flow
from yiwang.capability.cases.definitions.profiles import Profile
from yiwang.capability.cases.models import PublishedFlow
from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.catalogue.definitions import Item
from yiwang.kernel.refusals import NotFound


@lru_cache(maxsize=512)
def get_flow(item_code: str, item_version: int, profile: str = "") -> Flow:
    """How cases of an item version go; never changes once published. ``NotFound`` when none.

    ``profile``: a case's own; on the road of a commitment it is decided as the item says there.
    """
    row = PublishedFlow.objects.filter(item_code=item_code, item_version=item_version).first()
    flow = parse_flow(row.flow)[0] if row else None
    if flow is None:
        raise NotFound("这个事项还不能在这里办理。", "请看办事指南里的其他办理方式。")
    if profile == Profile.COMMITMENT and flow.profile != profile:
        return _on_promise(flow, catalogue.get_content(item_code, item_version))
    return flow


def _on_promise(flow: Flow, item: Item) -> Flow:
    """审批告知承诺: decided in the term the item sets; on the spot (0) by the item's table when it has one,
    else an official looks whether it is complete.
    """
    limit = item.commitment.decide if item.commitment else None
    if limit is None:
        raise LookupError(f"{item.code} has no road of a commitment")
    return replace(
        flow,
        profile=Profile.COMMITMENT,
        instant=limit.within.amount == 0 and flow.ruling is not None,
        decide_within=limit.within,
        decide_basis="；".join(f"{c.law} {c.article}" for c in limit.basis),
        local=limit.local,
        extension=None,
        special=(),
        silence=None,
        from_receipt=True,
    )


def has_flow(item_code: str, item_version: int) -> bool:
    """True when cases of this item version can be handled here."""
    return PublishedFlow.objects.filter(item_code=item_code, item_version=item_version).exists()


def find_flow(item_code: str, item_version: int, profile: str = "") -> Flow | None:
    """The same, None when none was published."""
    try:
        return get_flow(item_code, item_version, profile)
    except NotFound:
        return None
