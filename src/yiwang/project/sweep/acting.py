"""Who acts for the owner by a mandate: in force, over, or for something else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from yiwang.capability.commitments import sample as trusting
from yiwang.foundation.libraries import sample as people
from yiwang.kernel.actor import Actor, PowerAct, Role
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files import sample as file_samples
from yiwang.mechanisms.files.definitions import Kind
from yiwang.network.directory import sample as places
from yiwang.project.sweep import uploads
from yiwang.project.sweep.definitions import NOBODY, Thing, Visitor
from yiwang.support.identity import actions as identity
from yiwang.support.identity import queries as identity_queries
from yiwang.support.identity import sample as accounts
from yiwang.support.identity.definitions import SCOPES
from yiwang.support.mandates import actions as mandates
from yiwang.support.mandates import queries as mandate_queries
from yiwang.support.mandates import sample
from yiwang.support.mandates.definitions import MandateKind, MandateView

_TAKER_SEED: Final = 7_700_009
_DAY: Final = timedelta(days=1)
_LONG: Final = timedelta(hours=2)
#: The items of everything the makers make.
THESE: Final = {uploads.ITEM: "权限检查", trusting.CODE: "权限检查"}
_OTHERS: Final = {"another-item": "别的事项"}


def takers(owner: Actor, *, at: datetime) -> list[Visitor]:
    """One relative in every relation a mandate can stand in to the owner."""
    person = people.register_person(_TAKER_SEED, at=at)
    account = accounts.open_person_account(person.reference, at=at)
    alone = identity_queries.get_actor(account.key, at=at)

    def give(**scope: object) -> MandateView:
        return sample.give(owner.reference, alone.reference, at=at, **scope)  # type: ignore[arg-type]

    whole, these, others = give(), give(items=THESE), give(items=_OTHERS)
    looking = give(acts=(PowerAct.SEE,))
    late = sample.give(owner.reference, alone.reference, at=at - 3 * _DAY, days=2)
    revoked, by_token = give(), give()
    made = [
        _session("代办人本人，没有代办", alone, None, at),
        _session("代办人，全部事项", alone, whole, at),
        _session("代办人，只这些事项", alone, these, at),
        _session("代办人，别的事项", alone, others, at),
        _session("代办人，只能看", alone, looking, at),
        _session("代办人，已到期", alone, late, at),
        _token("代办人的令牌，全部事项", alone, whole, at),
    ]
    ended = _session("代办人，已撤回", alone, revoked, at)
    dead = _token("代办人的令牌，已撤回", alone, by_token, at)
    for view in (revoked, by_token):
        mandates.revoke(key=view.key, actor=sample.self_of(owner.reference), at=at)
    carried = mandate_queries.carry(alone, revoked.key, at=at)
    return [
        *made,
        Visitor(ended.name, carried, cookie=ended.cookie),
        Visitor(dead.name, NOBODY, bearer=dead.bearer),
    ]


def _session(name: str, alone: Actor, view: MandateView | None, at: datetime) -> Visitor:
    if view is None:
        return Visitor(name, alone, cookie=accounts.session_token(alone.reference, at=at + _LONG))
    token = accounts.session_token(
        alone.reference, at=at + _LONG, on_behalf_of=view.giver, mandate=view.key
    )
    return Visitor(name, mandate_queries.carry(alone, view.key, at=at), cookie=token)


def _token(name: str, alone: Actor, view: MandateView, at: datetime) -> Visitor:
    acting = mandate_queries.acting_for(actor=alone, mandate_key=view.key, at=at)
    issued = identity.issue_token(
        name="权限检查", scopes=sorted(SCOPES), expires_at=at + _DAY, actor=acting, at=at
    )
    known = identity_queries.find_token_actor(issued.token, at=at)
    if known is None:
        raise LookupError(name)
    return Visitor(name, known, bearer=issued.token)


def make_mandate(*, owner: Actor, department: str, at: datetime) -> Mapping[str, Thing]:
    """A mandate the owner gave to somebody who does not come, and one on paper."""
    other = people.register_person(_TAKER_SEED + 1 + len(owner.applicant) % 2, at=at)
    kind = MandateKind.FIRM_AGENT if owner.on_behalf_of else MandateKind.FAMILY
    giving = sample.self_of(owner.reference, on_behalf_of=owner.on_behalf_of)
    wish = {
        "kind": kind,
        "giver": owner.applicant,
        "taker": other.reference,
        "items": THESE,
        "acts": tuple(PowerAct),
        "valid_until": at + 30 * _DAY,
    }
    view = mandates.propose(actor=giving, at=at, **wish)  # type: ignore[arg-type]
    clerk = sample.clerk("sweep-clerk", places.CHENGGUAN, department)
    scan = files.store(
        data=file_samples.content(Kind.PNG), filename="委托书.png", actor=clerk, at=at
    )
    paper = mandates.record_paper(
        proof="权限检查",
        proof_file=scan.key,
        actor=clerk,
        at=at,
        **wish,  # type: ignore[arg-type]
    )
    clerks = frozenset({Role.WINDOW_CLERK})
    return {
        "mandate": Thing(view.key, owner=owner.applicant, own=True),
        "paper": Thing(paper.key, owner.applicant, places.CHENGGUAN, department, clerks, own=True),
    }
