"""Who may take which act: the part one plays, the office one holds where the case is. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from yiwang.capability.cases.definitions.flow import ChainStep, Flow
from yiwang.capability.cases.definitions.profiles import Profile, State, Step
from yiwang.kernel.actor import Actor, ActorKind, PowerAct, Role
from yiwang.kernel.places import in_subtree
from yiwang.mechanisms.states.definitions import Party

#: 收件 and 受理 are different acts: the window takes acts of acceptance only where the item says so.
_AT_WINDOW: Final = frozenset({Step.ACCEPT, Step.RETURN, Step.HAND_BACK, Step.ASK_EXTENSION})
_OFFICES: Final[Mapping[Role, frozenset[Step]]] = {
    Role.WINDOW_CLERK: frozenset({Step.DELIVER, Step.CLOSE}),
    Role.HANDLER: frozenset(
        {
            Step.ACCEPT, Step.RETURN, Step.HAND_BACK, Step.REFUSE, Step.NOT_OURS,
            Step.BEGIN_SPECIAL, Step.END_SPECIAL, Step.ASK_EXTENSION, Step.ISSUE, Step.DELIVER,
            Step.CLOSE,
        }
    ),
    Role.REVIEWER: frozenset({Step.ASK_EXTENSION}),
    Role.APPROVER: frozenset(
        {
            Step.APPROVE, Step.REJECT, Step.CONFIRM_BY_PERSON, Step.REVOKE_BY_PERSON,
            Step.TERMINATE, Step.ASK_EXTENSION, Step.ISSUE, Step.DELIVER, Step.CLOSE,
        }
    ),
    Role.HEAD: frozenset(
        {
            Step.GRANT_EXTENSION, Step.DECLINE_EXTENSION, Step.TRANSFER, Step.TERMINATE,
            Step.REVOKE, Step.REOPEN,
        }
    ),
}  # fmt: skip
#: Who signs at which place of the chain, and sends back from there.
_SIGNS: Final[Mapping[str, Role]] = {
    State.ACCEPTED: Role.HANDLER,
    State.IN_REVIEW: Role.REVIEWER,
    State.FOR_APPROVAL: Role.APPROVER,
}


_PLACES: Final[Mapping[str, ChainStep]] = {
    State.ACCEPTED: ChainStep.HANDLE,
    State.IN_REVIEW: ChainStep.REVIEW,
    State.FOR_APPROVAL: ChainStep.APPROVE,
}


@dataclass(frozen=True, slots=True)
class Order:
    """What of an item's flow decides about duties."""

    chain: tuple[ChainStep, ...] = (ChainStep.APPROVE,)
    at_window: bool = True
    extension: bool = False
    special: bool = False

    @property
    def chained(self) -> bool:
        return len(self.chain) > 1


def order_of(flow: Flow | None, profile: str) -> Order:
    """The flow's, or what a profile does where no flow was published."""
    if flow is None:
        return Order(
            at_window=profile not in (Profile.LICENCE, Profile.COMMITMENT),
            extension=profile == Profile.MARKET_REGISTRATION,
        )
    return Order(
        flow.chain, flow.acceptance.at_window, flow.extension is not None, bool(flow.special)
    )


def party_of(actor: Actor, *, applicant: str, item_code: str) -> Party | None:
    """Whose part an actor plays towards a case: the applicant's, an official's, the platform's.

    By a mandate one plays the applicant's only where it lets one apply.
    """
    if actor.kind is ActorKind.MACHINE:
        return Party.MACHINE
    if actor.kind in (ActorKind.PERSON, ActorKind.ORGANIZATION):
        mine = actor.applicant == applicant and actor.may(PowerAct.APPLY, item_code)
        return Party.APPLICANT if mine else None
    return Party.OFFICIAL if actor.kind is ActorKind.OFFICIAL else None


def offices(actor: Actor, *, division_code: str, department: str) -> frozenset[Role]:
    """The roles somebody holds where the case is; a grant elsewhere gives no right here."""
    return frozenset(
        grant.role
        for grant in actor.grants
        if grant.department in (None, department) and in_subtree(division_code, grant.division_code)
    )


def posts_here(actor: Actor, *, division_code: str, department: str) -> dict[str, frozenset[Role]]:
    """The posts somebody holds where the case is, by name, with the roles of each."""
    found: dict[str, frozenset[Role]] = {}
    for grant in actor.grants:
        here = grant.department in (None, department) and in_subtree(
            division_code, grant.division_code
        )
        if here and grant.post:
            found[grant.post_name] = found.get(grant.post_name, frozenset()) | {grant.role}
    return dict(sorted(found.items()))


def may_take(held: Collection[Role], act: str, *, state: str, order: Order) -> bool:
    """Has an official the office for this act? Without a chain an approver may take every act."""
    if not order.chained and Role.APPROVER in held:
        return True
    if act in (Step.FORWARD, Step.SEND_BACK):
        return _SIGNS.get(state) in held
    if order.at_window and Role.WINDOW_CLERK in held and act in _AT_WINDOW:
        return True
    return any(act in _OFFICES.get(role, ()) for role in held)


def place_of(state: str) -> str:
    """Where in the chain a case is signed now; "" nowhere."""
    return _PLACES[State(state)].value if state in _PLACES else ""


def needs_another(actor: Actor, act: str, *, asked_by: str) -> bool:
    """The second approver is not the first: who asked for more time does not grant it."""
    return act == Step.GRANT_EXTENSION and actor.reference == asked_by


def is_own_case(actor: Actor, *, applicant: str, submitted_by: str) -> bool:
    """Approver is not applicant: nobody handles as an official what is theirs as a citizen.

    Who took it in at the window for the person present did not apply.
    """
    if submitted_by.startswith("official:"):
        submitted_by = applicant
    mine = {actor.reference, actor.on_behalf_of, actor.person} - {None, ""}
    return actor.kind is ActorKind.OFFICIAL and bool(mine & {applicant, submitted_by})
