"""What the case page shows of other bodies, visits and messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from yiwang.capability.branches import queries as branches
from yiwang.capability.branches.definitions import LEADERS
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import CaseView
from yiwang.capability.cases.definitions.flow import Special
from yiwang.capability.cases.definitions.profiles import State
from yiwang.capability.conversations import queries as conversations
from yiwang.capability.deliveries import queries as deliveries
from yiwang.capability.visits import queries as visits
from yiwang.capability.visits.definitions import OPEN_STATES
from yiwang.kernel.actor import Actor
from yiwang.kernel.references import new_key


def together(case: CaseView, actor: Actor, *, at: datetime) -> dict[str, Any]:
    """The context of ``desk/case/_branches.html``, ``_visit.html`` and ``_talk.html``.

    Nothing for a body that passed the case on: others work on it now.
    """
    if not case.in_charge:
        return {}
    flow = cases.find_flow(case.item_code, case.item_version)
    inside = cases.get_inside(case.key)
    undecided = inside.decided_at is None and inside.ended_at is None
    leads = undecided and any(actor.has_role(role) for role in LEADERS)
    found = visits.list_case_visits(case.key, actor, at=at)
    waiting = any(one.state in OPEN_STATES for one in found)
    joint = branches.list_case_branches(case.key, actor, at=at)
    return {
        "branches": joint,
        "needless": branches.list_needless(case.key, joint),
        "may_ask": leads,
        "may_review": leads
        and flow is not None
        and Special.EXPERT_REVIEW in flow.special
        and case.state == State.ACCEPTED,
        "visits": found,
        "may_want": leads and flow is not None and flow.visit is not None and not waiting,
        "papers": deliveries.list_where(case.key, actor),
        "originals": deliveries.list_case_originals(case.key, actor),
        "shelf": deliveries.find_case_shelf(case.key, actor),
        "decided": inside.decided_at is not None,
        "talk": conversations.get_conversation(case.key, actor, at=at),
        "talk_form": new_key(),
        "talk_typed": "",
        "talk_wrong": frozenset(),
    }
