"""Reading branches: the asked body's list, one branch, who has which part of a case."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db.models import Prefetch

from yiwang.capability.branches import rules
from yiwang.capability.branches.definitions import (
    KIND_LABELS,
    LEADERS,
    MACHINE,
    OPINION_LABELS,
    Audience,
    BranchFile,
    BranchKind,
    BranchState,
    BranchStatus,
    BranchView,
    Opinion,
    OpinionView,
    PartRow,
)
from yiwang.capability.branches.models import Branch, BranchOpinion, BranchQuerySet
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import CitationRow
from yiwang.kernel.actor import CASE_STAFF, Actor, ActorKind, Role
from yiwang.kernel.moments import legal_date
from yiwang.kernel.pages import MOST, Page, bounded, cut
from yiwang.kernel.places import in_subtree
from yiwang.kernel.references import reference, split
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.clocks.definitions import ClockView, Colour
from yiwang.mechanisms.files import queries as files
from yiwang.mechanisms.statements import prepared
from yiwang.mechanisms.statements import queries as counting
from yiwang.mechanisms.statements.definitions import NOTHING, Count
from yiwang.mechanisms.states import rules as state_rules
from yiwang.mechanisms.states.definitions import Party
from yiwang.support.identity import queries as identity

_HAS_ANY: Final = 'SELECT 1 FROM branches_branch WHERE "case" = %s LIMIT 1'


def get_branch(key: str, actor: Actor, *, at: datetime) -> BranchView:
    """One branch the actor may see, or NotFound."""
    row = _rows(Branch.objects.visible_to(actor)).filter(key=key).first()
    if row is None:
        raise NotFound
    return _views([row], actor, at)[0]


def list_case_branches(case_key: str, actor: Actor, *, at: datetime) -> tuple[BranchView, ...]:
    """The branches of one case the actor may see, oldest first."""
    rows = _rows(Branch.objects.visible_to(actor)).filter(case=reference("case", case_key))
    return _views(list(rows.order_by("id")[:MOST]), actor, at)


def waiting_count(actor: Actor) -> Count:
    """How many questions of other bodies wait for the actor's own, counted up to a thousand."""
    if actor.kind is not ActorKind.OFFICIAL:
        return NOTHING
    rows = Branch.objects.asked_of(actor).exclude(kind=BranchKind.EXPERT)
    return counting.bounded(rows.filter(state=BranchState.OPEN))


def list_branches(
    actor: Actor,
    *,
    at: datetime,
    status: BranchStatus = BranchStatus.WAITING,
    after: str = "",
    limit: int = 50,
) -> Page[BranchView]:
    """What the actor's own body is asked by others: waiting oldest first, the rest newest first.

    Four statements however many rows.
    """
    if actor.kind not in (ActorKind.OFFICIAL, ActorKind.MACHINE):
        return Page(())
    rows = _rows(Branch.objects.asked_of(actor)).exclude(kind=BranchKind.EXPERT)
    waiting = status is BranchStatus.WAITING
    if status is not BranchStatus.ALL:
        rows = rows.filter(state=BranchState.OPEN if waiting else BranchState.ANSWERED)
    if after:
        seen = Branch.objects.filter(key=after).values("id")[:1]
        rows = rows.filter(id__gt=seen) if waiting else rows.filter(id__lt=seen)
    shown, following = cut(rows.order_by("id" if waiting else "-id")[: bounded(limit) + 1], limit)
    return Page(_views(shown, actor, at), following)


def list_parts(case_key: str, actor: Actor, *, at: datetime) -> tuple[PartRow, ...]:
    """Who beside the lead has which part, until when, and who is not needed.

    For everybody who may see the case, in the applicant's words.
    """
    found = list_case_branches(case_key, actor, at=at)
    if not found:
        return ()
    inside = cases.get_inside(case_key)
    return parts_of(found, item_code=inside.item_code, item_version=inside.item_version)


def parts_of(
    found: Sequence[BranchView], *, item_code: str, item_version: int
) -> tuple[PartRow, ...]:
    """The same from the branches of a case that were read already."""
    needless = list_needless(found, item_code=item_code, item_version=item_version)
    return tuple(_part(view) for view in found) + needless


def list_needless(
    found: Collection[BranchView], *, item_code: str, item_version: int
) -> tuple[PartRow, ...]:
    """The bodies of the flow that a case does not need, once the others were asked."""
    asked = {view.department for view in found if view.kind == BranchKind.BRANCH}
    if not asked:
        return ()
    flow = cases.find_flow(item_code, item_version)
    plans = flow.branches if flow else ()
    return tuple(
        PartRow(plan.department_name, plan.title, "不需要", "quiet", needed=False)
        for plan in plans
        if plan.department not in asked
    )


def list_plans_begun(case_key: str) -> frozenset[str]:
    """The keys of the flow's branches that were opened for a case, whatever became of them."""
    rows = Branch.objects.filter(case=reference("case", case_key)).exclude(plan="")
    return frozenset(rows.values_list("plan", flat=True))


def list_conditions(case_key: str) -> tuple[str, ...]:
    """What joint bodies agreed under, in the order they were asked; for the decision on the case."""
    if not prepared.run(_HAS_ANY, [reference("case", case_key)]):
        return ()
    rows = _rows(Branch.objects.all()).filter(
        case=reference("case", case_key),
        kind=BranchKind.BRANCH,
        state=BranchState.ANSWERED,
        opinion=Opinion.AGREE_WITH_CONDITIONS,
    )
    return tuple(list(row.opinions.all())[-1].conditions for row in rows.order_by("id"))


def agreed_under(found: Sequence[BranchView]) -> tuple[str, ...]:
    """The same from the branches of a case as its lead reads them."""
    return tuple(
        one.conditions
        for one in found
        if one.kind == BranchKind.BRANCH
        and one.state == BranchState.ANSWERED
        and one.opinion == Opinion.AGREE_WITH_CONDITIONS
    )


def list_shown(materials: Collection[str], branch: BranchView) -> frozenset[str]:
    """Which of a case's materials this reader of a branch is shown: the lead sees all."""
    allowed = None if branch.audience == Audience.LEAD else branch.materials
    return rules.shown(materials, allowed)


def find_place(branch: str) -> tuple[str, str] | None:
    """Department and division that hold a branch (``branch:<key>``): whose late clock it is."""
    row = Branch.objects.filter(key=split(branch)[1]).first()
    return (row.department, row.department_division) if row else None


def audience_of(row: Branch, actor: Actor) -> Audience:
    """Through whose eyes this actor reads it; the lead's when both are his."""
    if actor.kind in (ActorKind.PERSON, ActorKind.ORGANIZATION):
        return Audience.APPLICANT
    if actor.kind is ActorKind.MACHINE or _works_for(
        actor, CASE_STAFF, row.division_code, row.lead
    ):
        return Audience.LEAD
    return Audience.ASKED


def may_answer(row: Branch, actor: Actor) -> bool:
    """Has this official, in the asked body, one of the roles that answer, and is it not his own case?"""
    roles = tuple(Role(role) for role in row.roles)
    mine = row.applicant in (actor.reference, actor.on_behalf_of, actor.person)
    return (
        actor.kind is ActorKind.OFFICIAL
        and not mine
        and _works_for(actor, roles, row.department_division, row.department)
    )


def leads(row: Branch, actor: Actor) -> bool:
    """Does this official examine or decide the case for the lead?"""
    return actor.kind is ActorKind.OFFICIAL and _works_for(
        actor, LEADERS, row.division_code, row.lead
    )


def facts_of(row: Branch, actor: Actor) -> dict[str, bool]:
    """What the table's guards ask about this branch and this actor."""
    return rules.facts(kind=row.kind, leads=leads(row, actor), asked=may_answer(row, actor))


def _works_for(actor: Actor, roles: Sequence[Role], division: str, department: str) -> bool:
    return any(
        grant.role in roles
        and in_subtree(division, grant.division_code)
        and grant.department in (None, department)
        for grant in actor.grants
    )


def _rows(rows: BranchQuerySet) -> BranchQuerySet:
    ordered = BranchOpinion.objects.order_by("number")
    return rows.prefetch_related(Prefetch("opinions", queryset=ordered))


def _views(rows: Sequence[Branch], actor: Actor, at: datetime) -> tuple[BranchView, ...]:
    found = clocks.find_clocks(subjects=[row.reference for row in rows], at=at)
    authors = {given.given_by for row in rows for given in row.opinions.all()}
    names = identity.list_names(authors) if authors else {}
    return tuple(_view(row, actor, next(iter(found[row.reference]), None), names) for row in rows)


def _view(
    row: Branch, actor: Actor, clock: ClockView | None, names: Mapping[str, str]
) -> BranchView:
    audience = audience_of(row, actor)
    public = audience is Audience.APPLICANT
    running = clock if clock and clock.stopped_on is None else None
    late = running is not None and running.colour is Colour.RED
    told = not public or row.kind == BranchKind.BRANCH
    opinions = tuple(_opinion(given, names, public=public) for given in row.opinions.all())
    label = (
        rules.public_label(row.kind, row.state, row.opinion)
        if public
        else rules.state_label(row.kind, row.state, row.opinion, late=late)
    )
    answered = row.state == BranchState.ANSWERED
    return BranchView(
        key=row.key,
        reference=row.reference,
        kind=row.kind,
        kind_label=KIND_LABELS[row.kind],
        title=row.title,
        question="" if public else row.question,
        case_key=split(row.case)[1],
        case_no=row.case_no,
        item_name=row.item_name,
        applicant_masked=row.applicant_masked,
        lead=row.lead,
        lead_name=row.lead_name,
        department=row.department,
        department_name=row.department_name,
        basis=row.basis,
        local=row.local,
        on_refusal=row.on_refusal,
        state=row.state,
        state_label=label,
        opinion=row.opinion if told else "",
        opinion_label=OPINION_LABELS.get(row.opinion, "") if told else "",
        conditions=opinions[-1].conditions if opinions and answered and told else "",
        version=row.version,
        opened_at=row.opened_at,
        answered_at=row.answered_at,
        closed_reason="" if public else row.closed_reason,
        materials=None if row.materials is None else tuple(row.materials),
        clock=clock,
        opinions=opinions if told else (),
        files=() if public else _files(row),
        audience=audience,
        acts=state_rules.allowed_acts(
            MACHINE, state=row.state, role=Party.OFFICIAL, facts=facts_of(row, actor)
        ),
    )


def _files(row: Branch) -> tuple[BranchFile, ...]:
    if row.state == BranchState.OPEN and not row.opinions.all():
        return ()
    return tuple(BranchFile(f.key, f.filename) for f in files.list_attached(row.reference))


def _opinion(given: BranchOpinion, names: Mapping[str, str], *, public: bool) -> OpinionView:
    """The applicant reads what and which conditions; reasons and names are the office's."""
    return OpinionView(
        number=given.number,
        opinion=given.opinion,
        opinion_label=OPINION_LABELS[given.opinion],
        reasons="" if public else given.reasons,
        conditions=given.conditions,
        basis=tuple(CitationRow(**one) for one in given.basis),
        given_at=given.given_at,
        who="" if public else names.get(given.given_by, ""),
    )


def _part(view: BranchView) -> PartRow:
    joint = view.kind == BranchKind.BRANCH
    running = view.clock if view.clock and view.clock.stopped_on is None else None
    return PartRow(
        department_name=view.department_name,
        title=view.title,
        state_label=rules.public_label(view.kind, view.state, view.opinion),
        tone=rules.tone(view.kind, view.state, view.opinion),
        due_on=running.due_on if running else None,
        answered_on=legal_date(view.answered_at) if view.answered_at else None,
        conditions=view.conditions if joint else "",
        branch=view.key,
    )
