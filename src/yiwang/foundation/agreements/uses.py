"""使用记录: every call under a grant, for both departments and who watches over them (条例 29)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from yiwang.foundation.agreements.definitions import GrantUse, GrantUses
from yiwang.foundation.agreements.models import DataGrant
from yiwang.foundation.exchange import queries as exchange
from yiwang.foundation.exchange.definitions import CallStatus
from yiwang.foundation.exchange.queries import ReceiptView
from yiwang.foundation.resources import queries as resources
from yiwang.kernel.actor import Actor
from yiwang.kernel.pages import Page, bounded, cut
from yiwang.kernel.refusals import NotFound

_OUTCOMES: Final = {
    CallStatus.FOUND: "有记录",
    CallStatus.NOT_FOUND: "没有记录",
    CallStatus.REFUSED: "拒绝",
    CallStatus.AWAY: "没有答复",
}


def list_uses(key: str, actor: Actor, *, after: str = "", limit: int = 50) -> Page[GrantUse]:
    """Calls under a grant one may see, the newest first; whom they were about is not told. ``NotFound``."""
    row = _visible(key, actor)
    labels = field_labels(row.resource, row.service)
    before = int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else 0
    calls = exchange.list_grant_calls(key, before=before, limit=bounded(limit) + 1)
    shown, following = cut((_use(call, labels) for call in calls), limit)
    return Page(tuple(shown), following)


def count_uses(key: str, actor: Actor) -> GrantUses:
    """How often a grant was used in all and on each of the last days of use. ``NotFound``."""
    _visible(key, actor)
    return GrantUses(exchange.count_uses(key), exchange.list_use_days(key))


def _visible(key: str, actor: Actor) -> DataGrant:
    row = DataGrant.objects.visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    return row


def field_labels(resource: str, service: str = "") -> Mapping[str, str]:
    """What the fields of a resource are called, by their codes; what the catalogue has no more, as its service
    of this node says it."""
    said = exchange.find_service(service) if service else None
    known = {str(one["name"]): str(one["title"]) for one in said.fields} if said else {}
    try:
        return known | {one.name: one.label for one in resources.get_resource(resource).items}
    except NotFound:
        return known


def _use(call: ReceiptView, labels: Mapping[str, str]) -> GrantUse:
    return GrantUse(
        key=str(call.id),
        at=call.at,
        message=call.message,
        system=call.system,
        purpose=call.purpose,
        item=call.item,
        case_no=call.case_no,
        fields=tuple(labels.get(name, name) for name in call.fields),
        rows=call.rows,
        status=call.status,
        status_label=_OUTCOMES[CallStatus(call.status)],
        refusal=call.refusal,
        refusal_label=call.refusal_label,
        milliseconds=call.milliseconds,
    )
