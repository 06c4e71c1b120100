"""What may be tried: grants whose purpose is 联调测试, and which of their fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.conf import settings

from yiwang.foundation.agreements.definitions import GrantState, GrantView
from yiwang.foundation.agreements.models import DataGrant
from yiwang.foundation.exchange import calls
from yiwang.foundation.exchange import queries as exchange
from yiwang.foundation.exchange.definitions import TRIAL
from yiwang.kernel.actor import Actor, Role
from yiwang.kernel.refusals import NotFound

#: From this grade on a field is tried only where the grant gives it in clear.
OPENED_FROM: Final = 3


def find_description(code: str) -> Mapping[str, Any]:
    """A service of this node from its books, of another from the node itself. NotFound, TryLater."""
    node = code.partition("/")[0]
    if node == settings.NODE:
        found = exchange.describe(code)
    else:
        known = {str(one.get("code")): one for one in calls.list_services_at(node)}
        found = known.get(code)
    if found is None:
        raise NotFound
    return found


def trial_rows(service: str, actor: Actor, *, at: datetime) -> tuple[DataGrant, ...]:
    """The grants of a service one's own department may try it under, here and now."""
    own = {
        grant.department
        for grant in actor.grants
        if grant.role == Role.DATA_OFFICER and grant.department
    }
    rows = DataGrant.objects.visible_to(actor).filter(
        service=service,
        consumer__in=own,
        consumer_node=settings.NODE,
        state=GrantState.ACTIVE,
        purposes__contains=[TRIAL],
        valid_from__lte=at,
        valid_until__gt=at,
    )
    return tuple(rows.select_related("request").order_by("-id")[:20])


def trial_fields(view: GrantView) -> tuple[str, ...]:
    """Of the granted fields those below grade 3, and of the others those the grant gives in clear; a
    field the service does not declare was graded by nobody and stays out."""
    described = find_description(view.service)
    grades = {str(f["name"]): int(f.get("grade", 2)) for f in described["fields"]}
    return tuple(
        name
        for name in view.fields
        if name in grades and (grades[name] < OPENED_FROM or name in view.clear_fields)
    )
