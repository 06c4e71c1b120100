"""Our catalogue and our services as the platform above has them: entries up and down again, its services here."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from yiwang.foundation.exchange import actions as exchange
from yiwang.foundation.exchange.definitions import NewService
from yiwang.foundation.resources import queries as resources
from yiwang.foundation.upper import queries, rules
from yiwang.foundation.upper.actions.noting import new, note
from yiwang.foundation.upper.definitions import Kind
from yiwang.foundation.upper.models import UpperItem
from yiwang.foundation.upper.refusals import NothingAbove
from yiwang.kernel.actor import Actor


@transaction.atomic
def put_up(*, resource: str, number: int, actor: Actor, at: datetime) -> None:
    """目录上报: a version of a resource is to go up; the same one once. Nothing above: nothing is done."""
    if not queries.is_above():
        return
    content = resources.get_resource(resource).content
    _row, made = UpperItem.objects.get_or_create(
        kind=Kind.ENTRY,
        subject=f"{resource}#{number}",
        defaults={
            "title": content.name,
            "body": {**content.as_data(), "number": number},
            "line": rules.line_of_entry(resource),
            **new(content.provider, at),
        },
    )
    if made:
        note("upper.entry_queued", _row, actor, at)


@transaction.atomic
def take_down(*, resource: str, actor: Actor, at: datetime) -> None:
    """撤下上报: the entry is no longer in our catalogue; said once, after whatever was said of it before.

    What never went up is not taken down either.
    """
    line = rules.line_of_entry(resource)
    last = UpperItem.objects.filter(line=line).order_by("-id").first()
    if not queries.is_above() or last is None or last.kind == Kind.REMOVAL:
        return
    row = UpperItem.objects.create(
        kind=Kind.REMOVAL,
        subject=last.subject,
        title=last.title,
        body={"resource": resource},
        line=line,
        **new(last.department, at),
    )
    note("upper.removal_queued", row, actor, at)


def open_service(*, service: NewService, upper_service: str, actor: Actor, at: datetime) -> str:
    """A service above can be called like one of ours: grants, masks and receipts as everywhere, the call
    itself goes through the gateway. NothingAbove, ServiceTaken, InvalidInput."""
    if not queries.is_above():
        raise NothingAbove
    values = {name: getattr(service, name) for name in service.__dataclass_fields__}
    values |= {
        "upstream": f"http://127.0.0.1:{settings.UPPER_PORT}/{upper_service}",
        "private_ok": True,
    }
    return exchange.publish_service(service=NewService(**values), actor=actor, at=at)
