"""Calls of a day and of an hour that is not as usual, one of them with receipts; who watches them."""

from __future__ import annotations

from datetime import datetime

WATCHING = "jiaohuan"


def addresses(at: datetime) -> tuple[str, ...]:
    """The console's pages of the exchange and subscriptions, for the operator named above."""
    from yiwang.foundation.agreements import sample as agreements
    from yiwang.foundation.agreements.definitions import Way
    from yiwang.foundation.exchange import actions, alerts, sample
    from yiwang.kernel.actor import Actor, ActorKind, Grant, Role, machine
    from yiwang.network.directory import sample as places

    sample.service(upstream="https://data.example.org/household", private_ok=False, at=at)
    sample.system(at=at)
    message = sample.traffic(at=at)
    sample.topic(department=sample.CONSUMER, at=at)
    agreements.grant("62/licence-changes", fields=("number",), way=Way.MESSAGE, at=at)
    key, _dead = sample.subscribed(department=sample.CONSUMER, at=at)
    alerts.raise_alerts(actor=machine("stage"), at=at)
    watching = Actor(
        ActorKind.OFFICIAL, "official:stage", grants=(Grant(Role.OPERATOR, places.GANSU, None),)
    )
    waiting = actions.list_alerts(watching).rows
    actions.answer_alert(
        key=waiting[-1].key, words="问过调用部门，是月底集中核对，不是泄漏。", actor=watching, at=at
    )
    here, taken = "/console/exchange/", "/data/subscriptions/"
    return (
        here,
        f"{here}receipts/",
        f"{here}receipt/?message={message}",
        f"{here}services/",
        f"{here}messages/",
        f"{here}alerts/",
        f"{here}alerts/?answered",
        f"{here}tables/",
        taken,
        f"{taken}new/",
        f"{taken}{key}/",
        "/console/upper/",
    )
