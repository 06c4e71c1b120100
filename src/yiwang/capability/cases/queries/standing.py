"""How a case stands: its table, the facts its guards ask for, and who may take which act now."""

from __future__ import annotations

from datetime import datetime

from yiwang.capability.cases import rules
from yiwang.capability.cases.definitions import Act, Keeper
from yiwang.capability.cases.definitions.flow import ChainStep
from yiwang.capability.cases.definitions.profiles import State, Step, machine_of
from yiwang.capability.cases.models import Case
from yiwang.capability.cases.queries.flows import find_flow
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.clocks.definitions import ClockView
from yiwang.mechanisms.states import rules as state_rules
from yiwang.mechanisms.states.definitions import Machine, Party

#: Acts by which somebody signs at his place of the chain.
_SIGNATURES = (Step.FORWARD, Step.SEND_BACK, Step.APPROVE, Step.REJECT)


def machine_for(row: Case) -> Machine:
    """The table a case began with."""
    return machine_of(row.profile, row.machine_version)


def order_for(row: Case) -> rules.Order:
    """What its item's flow says about duties."""
    return rules.order_of(find_flow(row.item_code, row.item_version, row.profile), row.profile)


def facts_of(row: Case, at: datetime, **more: bool) -> dict[str, bool]:
    """What guards may ask about a case. ``accept_lapsed`` and ``last_special`` are the caller's."""
    order, waits = order_for(row), row.person_asked_at is not None
    asked, extended = row.extension_asked_at is not None, row.extended_at is not None
    return {
        "correction_used": row.notified_at is not None,
        "awaits_correction": awaits_correction(row),
        "supply_late": row.supply_lapsed_at is not None and row.corrected_at is None,
        "machine_decided": row.by_rule and not waits,
        "person_waits": row.by_rule and waits and row.person_answered_at is None,
        "extension_offered": order.extension,
        "extension_free": not asked and not extended,
        "extension_waits": asked and not extended,
        "special_offered": order.special,
        "chained": order.chained,
        "chain_reviews": ChainStep.REVIEW in order.chain,
        "decision_blocked": row.decision_blocks > 0,
        "issue_blocked": row.issue_blocks > 0,
        "silence_lapsed": row.silence_at is not None and at >= row.silence_at,
        "approved": row.outcome == "APPROVE",
        "accept_lapsed": False,
        "last_special": False,
        "rule_approved": False,
        **more,
    }


def awaits_correction(row: Case) -> bool:
    """Told in time what is missing, and it is missing still: then silence accepts nothing."""
    return row.notified_at is not None and row.corrected_at is None


def accepted_by_now(row: Case, clock: ClockView | None, at: datetime) -> bool:
    """Are the days to say something over, everything being there and nothing said?

    Only where the procedure knows acceptance by silence; elsewhere a late answer is just late.
    """
    if clock is None or clock.stopped_on is not None or awaits_correction(row):
        return False
    return has_silent_acceptance(row) and not clock.paused and at >= clock.due_at


def keeper_of(row: Case) -> Keeper | None:
    """Who has the case by its state."""
    deciding = row.state == State.SUBMITTED and row.instant and row.person_asked_at is None
    return rules.keeper(
        state=row.state,
        applicant=row.applicant,
        department=row.department,
        department_name=row.department_name,
        by_machine=deciding or (row.by_rule and row.decided_at is not None),
    )


def first_keeper(row: Case) -> Keeper:
    """Who had the case from the receipt on: the rule, or the body it was handed in to."""
    first = rules.keeper(
        state=State.SUBMITTED,
        applicant=row.applicant,
        department=row.content.get("received_by", row.department),
        department_name=row.content.get("received_by_name", row.department_name),
        by_machine=row.instant and row.person_asked_at != row.received_at,
    )
    if first is None:  # a case just handed in is always with somebody
        raise LookupError(row.reference)
    return first


def end_of(row: Case) -> datetime | None:
    """When nobody had the case any more; None while somebody has."""
    return None if keeper_of(row) is not None else row.delivered_at or row.ended_at


def offices_of(row: Case, actor: Actor) -> frozenset[str]:
    """The roles an official holds where the case is; none: only let in, or nobody here."""
    return frozenset(
        rules.offices(actor, division_code=row.division_code, department=row.department)
    )


def acts_of(row: Case, actor: Actor, at: datetime, **facts: bool) -> tuple[Act, ...]:
    """What this actor may do now; nothing with one's own case as an official."""
    party = rules.party_of(actor, applicant=row.applicant, item_code=row.item_code)
    own = rules.is_own_case(actor, applicant=row.applicant, submitted_by=row.submitted_by)
    if party is None or party is Party.MACHINE or own:
        return ()
    machine = machine_for(row)
    known = facts_of(row, at, **facts)
    names = state_rules.allowed_acts(machine, state=row.state, role=party, facts=known)
    return tuple(
        Act(name, _label(machine, row.state, name))
        for name in names
        if party is Party.APPLICANT or is_theirs(row, actor, name)
    )


def is_theirs(row: Case, actor: Actor, act: str) -> bool:
    """Has this official the office for an act, and is it not for somebody else to do?"""
    held = rules.offices(actor, division_code=row.division_code, department=row.department)
    asked_by = (row.extension or {}).get("by", "")
    if not rules.may_take(held, act, state=row.state, order=order_for(row)):
        return False
    if rules.needs_another(actor, act, asked_by=asked_by):
        return False
    return act not in _SIGNATURES or not signed_before(row, actor)


def post_for(row: Case, actor: Actor, act: str) -> str:
    """The post by which this official may take an act now; "" when he holds none for it."""
    held = rules.posts_here(actor, division_code=row.division_code, department=row.department)
    if not held:
        return ""
    order = order_for(row)
    able = (n for n, has in held.items() if rules.may_take(has, act, state=row.state, order=order))
    return next(able, "")


def signed_before(row: Case, actor: Actor) -> bool:
    """Did this official sign at an earlier place of the chain, and was that the last word there?"""
    here = rules.place_of(row.state)
    if here in ("", ChainStep.HANDLE):
        return False
    earlier = row.opinions.filter(act=Step.FORWARD).exclude(place=here)
    last = earlier.order_by("place", "-id").distinct("place").values_list("by", flat=True)
    return actor.reference in set(last)


def counted_from(row: Case) -> datetime:
    """From when the days of acceptance and decision count: the receipt of everything that was asked."""
    return row.corrected_at or row.received_at


def has_silent_acceptance(row: Case) -> bool:
    """Does the case's table know acceptance by silence?"""
    return any(one.act == Step.DEEM_ACCEPTED for one in machine_for(row).transitions)


def _label(machine: Machine, state: str, act: str) -> str:
    here = (t.label for t in machine.transitions if t.source == state and t.act == act)
    return next(here, act)
