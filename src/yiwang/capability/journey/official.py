"""What officials who examine, sign and decide do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from yiwang.capability.branches import queries as branches
from yiwang.capability.branches.definitions import BranchView
from yiwang.capability.cases import actions as cases
from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import CaseView, CitationRow, Outcome
from yiwang.capability.cases.definitions.flow import Flow
from yiwang.capability.cases.definitions.jointly import holds
from yiwang.capability.cases.queries import Held
from yiwang.capability.entitlements.definitions import StopReason
from yiwang.capability.journey import facts, letters, results, stopping, together
from yiwang.kernel.actor import Actor
from yiwang.kernel.references import reference
from yiwang.mechanisms.clocks import actions as clocks


@transaction.atomic
def forward(
    *,
    case_key: str,
    version: int,
    proposal: str,
    opinion: str,
    actor: Actor,
    at: datetime,
) -> CaseView:
    """送下一步签批 with an opinion; see ``cases.forward`` for the refusals."""
    cases.forward(
        case_key=case_key, version=version, proposal=Outcome(proposal), opinion=opinion,
        actor=actor, at=at,
    )  # fmt: skip
    return case_queries.get_case(case_key, actor, at=at)


@transaction.atomic
def send_back(*, case_key: str, version: int, opinion: str, actor: Actor, at: datetime) -> CaseView:
    """退回上一步 with an opinion."""
    cases.send_back(case_key=case_key, version=version, opinion=opinion, actor=actor, at=at)
    return case_queries.get_case(case_key, actor, at=at)


@transaction.atomic
def decide(
    *,
    case_key: str,
    version: int,
    outcome: str,
    reason: str,
    actor: Actor,
    at: datetime,
    conditions: str | None = None,
    basis: Sequence[CitationRow] = (),
) -> CaseView:
    """Approve, and the result is made and delivered; or reject with reasons and rights of appeal.

    ``conditions``: what the yes carries (附条件); None: those of the item and of the bodies asked. A
    benefit a rule had granted before is then announced to stop.

    Refusals: ``VersionConflict`` (somebody was faster), ``CannotDo``, ``NotYourOwnCase``,
    ``NotAllowed``, ``InvalidInput`` (no reason), ``OthersNotAsked``, ``CannotIssue``.
    """
    approved = Outcome(outcome) is Outcome.APPROVE
    row = cases.take_up(case_key=case_key, actor=actor)
    named = basis or results.named_basis(row, approved=approved)
    if approved:
        together.insist_on_begun(row)
        conditions = propose_conditions(row) if conditions is None else conditions
    cases.decide(
        case_key=row,
        version=version,
        outcome=Outcome(outcome),
        reason=reason,
        basis=named,
        conditions=conditions or "",
        actor=actor,
        at=at,
    )
    clocks.stop_all(subject=reference("case", case_key), at=at, actor=actor)
    inside = case_queries.get_inside(row)
    if approved:
        flow = case_queries.get_flow(inside.item_code, inside.item_version, inside.profile)
        about = facts.person_about(inside, flow.ruling.about if flow.ruling else "")
        results.finish(
            case_key=row, about=about or inside.applicant, ruling=None, actor=actor, at=at
        )
    else:
        letters.decided(
            inside=inside, approved=False, reason=reason, basis=named, actor=actor, at=at
        )
        stopping.announce_end(
            inside=inside, reason=StopReason.ENDED, because=reason, basis=named, at=at
        )
        results.hand_over(case_key=row, actor=actor, at=at)
    return case_queries.get_case(row, actor, at=at)


def propose_conditions(case_key: Held) -> str:
    """附条件: what a yes on this case carries by its pack, then what joint bodies agreed under.

    The caller has shown that the actor may see the case.
    """
    inside = case_queries.get_inside(case_key)
    flow = case_queries.get_flow(inside.item_code, inside.item_version, inside.profile)
    return _conditions(flow, inside.answers, branches.list_conditions(inside.key))


def conditions_for(case: CaseView, joint: Sequence[BranchView]) -> str:
    """The same for a case and its branches that were read already, the case unmasked."""
    flow = case_queries.get_flow(case.item_code, case.item_version, case.profile)
    return _conditions(flow, case.answer_values, branches.agreed_under(joint))


def _conditions(flow: Flow, answers: Mapping[str, object], agreed: Sequence[str]) -> str:
    said = [one.text for one in flow.conditions if holds(one.when, answers)]
    said += agreed
    whole = [one.strip().rstrip("。；;") for one in said if one.strip()]
    if len(whole) < 2:
        return "".join(f"{one}。" for one in whole)
    return "；".join(f"（{number}）{one}" for number, one in enumerate(whole, 1)) + "。"


@transaction.atomic
def confirm_by_person(
    *, case_key: str, version: int, reason: str, actor: Actor, at: datetime
) -> CaseView:
    """An official has looked again at what a rule decided."""
    cases.confirm_by_person(case_key=case_key, version=version, reason=reason, actor=actor, at=at)
    return case_queries.get_case(case_key, actor, at=at)
