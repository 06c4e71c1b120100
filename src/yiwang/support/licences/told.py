"""上级证照登记: a member tells its host, the host keeps the newest word of each number and answers by it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from yiwang.foundation.agreements import actions as agreements
from yiwang.foundation.exchange import calls
from yiwang.foundation.exchange.definitions import CallStatus, HouseAnswer, HouseCall
from yiwang.kernel.actor import machine
from yiwang.kernel.identifiers import LICENCE_ROOT, is_licence_identifier, is_uscc
from yiwang.kernel.moments import legal_date
from yiwang.kernel.places import in_subtree, pad
from yiwang.kernel.refusals import InvalidInput, NotAllowed, TryLater
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.nodes import queries as nodes
from yiwang.network.nodes import rules as node_rules
from yiwang.network.nodes.definitions import NodeRole
from yiwang.support.licences import rules
from yiwang.support.licences.definitions import STATE_LABELS, LicenceState
from yiwang.support.licences.definitions.told import ITEM, LOOKING, TELLING, NumberView
from yiwang.support.licences.models import STORED, ELicence, ToldLicence

_SECONDS: Final = 5.0
_WORDS: Final = {"name": 128, "issuer_name": 128}


def offer_register(*, at: datetime) -> int:
    """At the host: every member may tell and ask. How many grants are new; safe to repeat."""
    given = (TELLING, LOOKING)
    actor = machine("licences")
    return sum(agreements.provide_to_members(service=s, actor=actor, at=at) for s in given)


def tell_host(*, licence: str, at: datetime) -> None:
    """At a member: tell how this licence stands now. Call outside a transaction; TryLater while the host is
    away, elsewhere nothing is told."""
    host = nodes.find_host()
    if host is None:
        return
    row = ELicence.objects.select_related("template").get(key=licence)
    reply = calls.call(
        service=TELLING.code_at(host.code),
        parameters=_said_of(row),
        purpose=TELLING.purpose,
        item=row.item_code or ITEM,
        case=row.case,
        limit_seconds=_SECONDS,
        at=at,
    )
    if reply.status is not CallStatus.FOUND:
        raise TryLater(f"主节点没有登记这张证照：{reply.sentence or reply.status}")


@transaction.atomic
def register_told(*, call: HouseCall, at: datetime) -> HouseAnswer:
    """At the host: keep a member's word of its own licence; an older word than the known one changes nothing.

    Refuses: NotAllowed (not the host, another node's number), InvalidInput.
    """
    if nodes.own_role() is not NodeRole.HOST:
        raise NotAllowed
    given = _checked(call.parameters)
    number, node = given.pop("number"), call.node
    defaults = {**given, "node": node, "told_at": at}
    if not _may_speak_for(node, number, given["issuer"]):
        raise NotAllowed
    row, made = ToldLicence.objects.select_for_update().get_or_create(
        number=number, defaults=defaults
    )
    if row.node != node or ELicence.objects.filter(identifier=number).exists():
        raise NotAllowed
    newer = row.changed_at < given["changed_at"]
    if newer:
        ToldLicence.objects.filter(pk=row.pk).update(**defaults)
    if made or newer:
        facts = {"node": node, "number": number, "state": given["state"], "message": call.message}
        subject = f"told-licence:{row.pk}"
        journal.record(
            actor=machine("licences"), act="licences.told", subject=subject, at=at, facts=facts
        )
    return HouseAnswer({"taken": True})


def answer_number(*, call: HouseCall, at: datetime) -> HouseAnswer | None:
    """At the host: how the licence of this number stands, its own or a member's; None: nobody's."""
    found = _known(str(call.parameters.get("number", "")), at)
    if found is None:
        return None
    until = found.valid_until.isoformat() if found.valid_until else ""
    said = {
        "number": found.number,
        "name": found.name,
        "state": found.state,
        "issuer_name": found.issuer_name,
        "valid_from": found.valid_from.isoformat(),
        "valid_until": until,
        "changed_at": node_rules.spelled(found.changed_at),
        "node": found.node or settings.NODE,
    }
    return HouseAnswer(said)


def find_number(
    number: str, *, at: datetime, item: str = ITEM, case: str = ""
) -> NumberView | None:
    """Whoever's licence this is: ours, or as the host knows it; None: nobody's. Holders are not shown.

    Call outside a transaction; TryLater when it is not ours and the host cannot be asked.
    """
    if not is_licence_identifier(number):
        return None
    found = _known(number, at)
    host = nodes.find_host()
    if found is not None or host is None:
        return found
    reply = calls.call(
        service=LOOKING.code_at(host.code),
        parameters={"number": number},
        purpose=LOOKING.purpose,
        item=item,
        case=case,
        limit_seconds=_SECONDS,
        at=at,
    )
    if reply.status is CallStatus.NOT_FOUND:
        return None
    if reply.status is not CallStatus.FOUND or not isinstance(reply.value, Mapping):
        raise TryLater("这张证照不是本节点颁发的，现在问不到主节点。", "请过一会儿再查。")
    return _read(reply.value)


def _may_speak_for(node: str, number: str, issuer: str) -> bool:
    """The issuer stands in the number, and is a body of the node's place or the node's own."""
    member = nodes.find_node(node)
    if member is None or number.removeprefix(f"{LICENCE_ROOT}.").split(".")[1] != issuer:
        return False
    place = member.division_code
    return issuer == member.uscc or bool(place and in_subtree(pad(issuer[2:8]), place))


def _said_of(row: ELicence) -> dict[str, str]:
    changed = row.changes.aggregate(newest=Max("at"))["newest"] or row.issued_at
    return {
        "number": row.identifier,
        "name": row.template.name,
        "state": row.state,
        "issuer": row.issuer,
        "issuer_name": row.issuer_name,
        "valid_from": row.valid_from.isoformat(),
        "valid_until": row.valid_until.isoformat() if row.valid_until else "",
        "changed_at": node_rules.spelled(changed),
    }


def _checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """InvalidInput for what cannot be."""
    words = {name: str(given.get(name, "")).strip()[:most] for name, most in _WORDS.items()}
    number, issuer = str(given.get("number", "")), str(given.get("issuer", ""))
    state = str(given.get("state", ""))
    good = is_licence_identifier(number) and is_uscc(issuer) and state in STORED
    if not good or not all(words.values()):
        raise InvalidInput
    try:
        until = str(given.get("valid_until", ""))
        return {
            **words,
            "number": number,
            "issuer": issuer,
            "state": state,
            "valid_from": date.fromisoformat(str(given["valid_from"])),
            "valid_until": date.fromisoformat(until) if until else None,
            "changed_at": node_rules.moment(given["changed_at"]),
        }
    except (KeyError, ValueError) as error:
        raise InvalidInput from error


def _known(number: str, at: datetime) -> NumberView | None:
    own = ELicence.objects.select_related("template").filter(identifier=number).first()
    if own is not None:
        return _view(own, own.template.name, own.issued_at, "", own.succeeded_on, at)
    told = ToldLicence.objects.filter(number=number).first()
    return _view(told, told.name, told.changed_at, told.node, None, at) if told else None


def _view(
    row: ELicence | ToldLicence,
    name: str,
    changed_at: datetime,
    node: str,
    succeeded_on: date | None,
    at: datetime,
) -> NumberView:
    state = rules.state_on(
        row.state,
        legal_date(at),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        succeeded_on=succeeded_on,
    )
    return NumberView(
        number=row.identifier if isinstance(row, ELicence) else row.number,
        name=name,
        state=state,
        state_label=STATE_LABELS[LicenceState(state)],
        issuer_name=row.issuer_name,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        changed_at=changed_at,
        node=node,
    )


def _read(value: Mapping[str, Any]) -> NumberView:
    """What the host said; TryLater for nonsense."""
    try:
        until = str(value["valid_until"])
        state = LicenceState(str(value["state"]))
        return NumberView(
            number=str(value["number"]),
            name=str(value["name"]),
            state=state,
            state_label=STATE_LABELS[state],
            issuer_name=str(value["issuer_name"]),
            valid_from=date.fromisoformat(str(value["valid_from"])),
            valid_until=date.fromisoformat(until) if until else None,
            changed_at=node_rules.moment(value["changed_at"]),
            node=str(value["node"]),
        )
    except (KeyError, ValueError) as error:
        raise TryLater from error
