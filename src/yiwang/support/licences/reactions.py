"""Background work of licences: the PDF, and telling the host and departments that subscribed."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.conf import settings

from yiwang.foundation.exchange import queries as exchange
from yiwang.foundation.exchange.topics import actions as topics
from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel.actor import Actor, machine
from yiwang.kernel.moments import legal_date
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.mechanisms.jobs.registry import task
from yiwang.network.nodes import queries as nodes
from yiwang.network.nodes.events import NodeJoined
from yiwang.support.licences import actions, queries
from yiwang.support.licences.definitions import LicenceState
from yiwang.support.licences.events import LicenceIssued, LicenceStateChanged

#: 证照状态变更: the topic of this node, where it has one.
TOPIC: Final = "licence-changes"
_SELF: Final = machine("licences")


@task("licences.render_pdf")
def render_pdf(*, licence: str, actor: Actor, at: datetime, **_: object) -> None:
    """Print one licence; a second run changes nothing."""
    actions.print_licence(key=licence, actor=actor, at=at)


def tell_issued(*, event: LicenceIssued, at: datetime, **_: object) -> None:
    """Who subscribed hears of a firm's new licence."""
    _tell(event.licence, event.holder, "issued", event.at, at=at)
    _tell_host(event.licence)


def tell_changed(*, event: LicenceStateChanged, at: datetime, **_: object) -> None:
    """Who subscribed hears that a firm's licence was suspended, given back, revoked or replaced."""
    _tell(event.licence, event.holder, event.after, event.at, at=at)
    _tell_host(event.licence)


@task("licences.tell_host", attempts=40)
def tell_host(*, licence: str, at: datetime, **_: object) -> None:
    """The host's register hears how this licence stands; tried again while the host is away."""
    actions.tell_host(licence=licence, at=at)


def offer_register(*, event: NodeJoined, at: datetime, **_: object) -> None:
    """Whoever became a member may tell this host of its licences, and ask for others'."""
    del event
    actions.offer_register(at=at)


def _tell_host(licence: str) -> None:
    """At a member only; the job says how it stands when it runs, so the newest word is the last."""
    if not nodes.is_registry():
        key = licence.partition(":")[2]
        jobs.defer(task="licences.tell_host", key=f"tell-host:{key}", licence=key)


def _tell(licence: str, holder: str, what: str, since: datetime, *, at: datetime) -> None:
    """Firms' licences only, and only where this node has such a topic. A second run tells nothing new."""
    topic = f"{settings.NODE}/{TOPIC}"
    if not holder.startswith("organization:") or exchange.find_service(topic) is None:
        return
    view = queries.get_by_key(licence.partition(":")[2], at=at)
    topics.publish(
        topic=topic,
        key=f"{licence} {what} {since.isoformat()}",
        order=f"{view.template} {view.serial}",
        body={
            "number": view.identifier,
            "name": view.name,
            "holder_name": view.holder_name,
            "uscc": libraries.get_organization(holder).uscc,
            "state": LicenceState.VALID if what == "issued" else what,
            "changed_on": legal_date(since).isoformat(),
        },
        actor=_SELF,
        at=at,
    )
