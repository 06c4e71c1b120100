"""What the case page shows of other bodies, visits and messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from yiwang.capability import journey
from yiwang.capability.archives import queries as archives
from yiwang.capability.branches import queries as branches
from yiwang.capability.branches.definitions import LEADERS, BranchView
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
    undecided = not case.decided and not case.ended
    leads = undecided and any(actor.has_role(role) for role in LEADERS)
    visited = flow is not None and flow.visit is not None
    found = visits.list_case_visits(case.key, actor, at=at) if visited else ()
    waiting = any(one.state in OPEN_STATES for one in found)
    joint = branches.list_case_branches(case.key, actor, at=at)
    papers = deliveries.get_papers(case.key, actor)
    return {
        "branches": joint,
        "needless": branches.list_needless(
            joint, item_code=case.item_code, item_version=case.item_version
        ),
        "may_ask": leads,
        "may_review": leads
        and flow is not None
        and Special.EXPERT_REVIEW in flow.special
        and case.state == State.ACCEPTED,
        "visits": found,
        "may_want": leads and visited and not waiting,
        "papers": papers.where,
        "originals": papers.originals,
        "shelf": papers.shelf,
        "decided": case.decided,
        **_archived(case, actor, over=case.ended),
        "proposed": _proposed(case, joint),
        "talk": conversations.conversation_on(case, actor, at=at),
        "talk_form": new_key(),
        "talk_typed": "",
        "talk_wrong": frozenset(),
    }


def _proposed(case: CaseView, joint: Sequence[BranchView]) -> str:
    """The conditions a yes would carry, for whoever may say yes now."""
    if not any(act.name == "approve" for act in case.acts):
        return ""
    return journey.conditions_for(case, joint)


def _archived(case: CaseView, actor: Actor, *, over: bool) -> dict[str, Any]:
    """The number it is archived under, and the package where this official may see it."""
    number = archives.find_archive_no(case.reference) if over else ""
    key = archives.find_package_key(case.reference, actor) if over else ""
    return {"archive_no": number, "archive_key": key}
