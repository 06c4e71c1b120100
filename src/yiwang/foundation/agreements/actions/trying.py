"""联调: an integrator tries a service under a grant that says so; a real call with a real receipt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from yiwang.foundation.agreements import queries
from yiwang.foundation.agreements.definitions import GrantState, GrantView
from yiwang.foundation.exchange import calls
from yiwang.foundation.exchange import queries as exchange
from yiwang.foundation.exchange.definitions import TRIAL, Sent
from yiwang.kernel.actor import Actor, Role
from yiwang.kernel.refusals import NotAllowed, NotFound, Refusal
from yiwang.mechanisms.journal import actions as journal

_LIMIT_SECONDS: Final = 15.0


class CannotTry(Refusal):
    sentence = "这份授权不能用来联调。"
    remedy = "请申请用途为“联调测试”的共享授权。"


def try_service(
    *,
    grant: str,
    system: str,
    parameters: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    item: str = "",
    case: str = "",
    subject: str = "",
) -> Sent:
    """One call in the name of one's own department's system, its purpose 联调测试. NotFound, NotAllowed,
    CannotTry, CannotSign. Never inside a transaction: the call leaves this machine.

    Fields of grade 3 and above are asked for only where the grant gives them in clear.
    """
    view = queries.get_grant(grant, actor, at=at)
    fields = _fields(view, actor)
    caller = exchange.get_system(system, actor)
    if caller.department != view.consumer.uscc:
        raise NotFound
    calls.must_sign(system=caller.code, at=at)
    with transaction.atomic():
        journal.record(
            actor=actor,
            act="agreements.service_tried",
            subject=view.reference,
            at=at,
            facts={"service": view.service, "system": caller.code, "fields": list(fields)},
        )
    question = {
        "purpose": TRIAL,
        "item": item,
        "case": case,
        "subject": subject,
        "parameters": dict(parameters),
        "fields": list(fields),
    }
    return calls.send_as(
        system=caller.code,
        service=view.service,
        question=question,
        limit_seconds=_LIMIT_SECONDS,
        at=at,
    )


def _fields(view: GrantView, actor: Actor) -> tuple[str, ...]:
    """What may be asked for in a trial under this grant."""
    held = actor.roles_at(view.consumer.division_code, view.consumer.uscc)
    if Role.DATA_OFFICER not in held:
        raise NotAllowed
    if view.consumer.node != settings.NODE or view.state != GrantState.ACTIVE:
        raise CannotTry
    if TRIAL not in view.purposes:
        raise CannotTry
    found = queries.trial_fields(view)
    if not found:
        raise CannotTry(
            "这份授权里的字段都是三级以上，又没有写明给原文。", "请改用其他字段的联调授权。"
        )
    return found
