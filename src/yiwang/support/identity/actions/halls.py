"""The addresses of service halls: registered by a security administrator, slowed down, never locked."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import NotAllowed, NotFound
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.identity import rules
from yiwang.support.identity.definitions.places import CannotRegisterNetwork, Place
from yiwang.support.identity.models import HallNetwork

_LONGEST_NAME = 80


def locate(address: str) -> Place:
    """The kind of place a request comes from."""
    halls = HallNetwork.objects.filter(ended_at=None).values_list("key", "name", "network")
    return rules.place_of(address, halls)


@transaction.atomic
def register_hall_network(*, name: str, network: str, actor: Actor, at: datetime) -> str:
    """Addresses that many people in a hall share. Returns the row's key.

    NotAllowed unless a security administrator; CannotRegisterNetwork for a network that is none, is
    too wide or is registered already, and without a name.
    """
    _refuse_unless_security(actor)
    tidy = rules.hall_network(network)
    if not tidy or not name.strip():
        raise CannotRegisterNetwork
    try:
        with transaction.atomic():
            row = HallNetwork.objects.create(
                name=name.strip()[:_LONGEST_NAME], network=tidy, registered_at=at
            )
    except IntegrityError as error:
        raise CannotRegisterNetwork("这个地址段已经登记了。", "请核对后再填。") from error
    _note("hall_network_registered", row, actor, at)
    return row.key


@transaction.atomic
def end_hall_network(*, network: str, actor: Actor, at: datetime) -> None:
    """The addresses (by the row's key) count as anybody's again. NotFound unless registered."""
    _refuse_unless_security(actor)
    row = HallNetwork.objects.select_for_update().filter(key=network, ended_at=None).first()
    if row is None:
        raise NotFound
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    _note("hall_network_ended", row, actor, at)


def _refuse_unless_security(actor: Actor) -> None:
    if actor.kind is not ActorKind.MACHINE and not actor.has_role(Role.SECURITY_ADMIN):
        raise NotAllowed


def _note(act: str, row: HallNetwork, actor: Actor, at: datetime) -> None:
    journal.record(
        actor=actor,
        act=f"identity.{act}",
        subject=reference("hall_network", row.key),
        at=at,
        facts={"name": row.name, "network": row.network},
    )
