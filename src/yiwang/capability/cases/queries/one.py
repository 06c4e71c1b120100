"""One case, and its receipt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from yiwang.capability.cases import rules
from yiwang.capability.cases.definitions import (
    CaseView,
    ClockKind,
    DocumentRow,
    HolderKind,
    MaterialRow,
    Receipt,
)
from yiwang.capability.cases.models import Case
from yiwang.capability.cases.queries import keeping, standing, views
from yiwang.capability.cases.queries.inside import Held, row_of
from yiwang.capability.materials import queries as materials
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor, ActorKind, machine
from yiwang.kernel.masks import mask_name
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import IdempotencyConflict, NotFound
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.journal import queries as journal
from yiwang.mechanisms.rulings import queries as rulings
from yiwang.support.letters import queries as letters


def get_case(case: Held, actor: Actor, *, at: datetime | None = None) -> CaseView:
    """One case of one's own, or of the body one works for or that passed it on; else ``NotFound``.

    The applicant sees everything of their own; to others personal answers are masked here
    (``actions.read_case`` shows them and writes who looked).
    """
    row = row_of(case)
    if not row.is_open_to(actor):
        raise NotFound
    return view_of(row, actor, at=at or moments.now(), unmasked=actor.applicant == row.applicant)


def get_whole_case(key: str, *, at: datetime) -> CaseView:
    """All of a case for its archive package, opinions too: unmasked, never shown; ``NotFound``."""
    row = Case.objects.filter(key=key).first()
    if row is None:
        raise NotFound
    view = view_of(row, machine("archives"), at=at, unmasked=True)
    return replace(view, opinions=keeping.opinions_of(row))


def has_ended(key: str) -> bool:
    """Is a case over for good, nobody being asked to look at a rule's decision again?"""
    over = Case.objects.filter(key=key, state__in=rules.DONE)
    asked = {"by_rule": True, "person_asked_at__isnull": False, "person_answered_at": None}
    return over.exclude(**asked).exists()


def get_shared_case(key: str, actor: Actor, *, at: datetime) -> CaseView:
    """The case as a body that was let in may see it: masked, without letters, rulings and opinions.

    ``NotFound`` for bodies that were not. What it is shown of the materials, the branch says.
    """
    row = Case.objects.visible_to(actor).filter(key=key).first()
    if row is None or actor.kind is not ActorKind.OFFICIAL:
        raise NotFound
    view = view_of(row, actor, at=at, unmasked=False)
    return replace(view, documents=(), rulings=(), correction=(), decision=None, blocks=())


def find_receipt(*, actor: Actor, idempotency_key: str, body_digest: str) -> Receipt | None:
    """The receipt this actor already holds for a key; ``IdempotencyConflict`` for another body."""
    row = Case.objects.filter(submitted_by=actor.reference, idempotency_key=idempotency_key).first()
    if row is None:
        return None
    if row.body_digest != body_digest:
        raise IdempotencyConflict
    clock = clocks.find_clock(subject=row.reference, kind=ClockKind.DECIDE, at=row.received_at)
    return receipt_of(
        row,
        answer_by=clock.due_on if clock else None,
        provisional=bool(clock and clock.provisional),
    )


def receipt_of(row: Case, *, answer_by: date | None, provisional: bool) -> Receipt:
    """What the applicant holds."""
    at_start = rules.Standing(
        profile=row.profile,
        state=standing.machine_for(row).initial,
        instant=row.instant,
        outcome="",
        department_name=row.department_name,
        result_label="",
        person_asked=row.person_asked_at == row.received_at,
    )
    return Receipt(
        case_key=row.key,
        case_no=row.case_no,
        item_name=row.item_name,
        received_at=row.received_at,
        answer_by=answer_by,
        provisional=provisional,
        next_step=rules.next_step(at_start),
    )


def view_of(row: Case, actor: Actor, *, at: datetime, unmasked: bool) -> CaseView:
    """The whole of a case; what a citizen may not see of the office's work is left out."""
    today = legal_date(at)
    found = clocks.find_clocks(subjects=[row.reference], at=at)[row.reference]
    running = views.leading(found)
    content = row.content
    said = views.standing(row, content["result_label"], running)
    official = actor.kind in (ActorKind.OFFICIAL, ActorKind.MACHINE)
    name = content["applicant_name"]
    view = CaseView(
        key=row.key,
        reference=row.reference,
        case_no=row.case_no,
        item_code=row.item_code,
        item_version=row.item_version,
        item_name=row.item_name,
        profile=row.profile,
        state=row.state,
        state_label=views.state_label(row),
        version=row.version,
        applicant=row.applicant,
        applicant_name=name if unmasked else mask_name(name),
        applicant_masked=row.applicant_masked,
        on_behalf_of=row.on_behalf_of,
        division_code=row.division_code,
        department=row.department,
        department_name=row.department_name,
        received_at=row.received_at,
        headline=rules.headline(
            said,
            due_on=running.due_on if running else None,
            today=today,
            provisional=bool(running and running.provisional),
        ),
        holder=rules.holder(said),
        instant=row.instant,
        correction=views.notice_lines(row),
        clocks=found,
        acts=standing.acts_of(row, actor, at, **views.clock_facts(row, found, at)),
        timeline=views.timeline(row, journal.list_acts_on(subject=row.reference)),
        steps=rules.steps(said, views.reached(row)),
        answers=views.answer_rows(row, unmasked=unmasked),
        answer_values=_values(row) if unmasked else {},
        materials=_materials(row, unmasked=unmasked),
        documents=_documents(row),
        rulings=rulings.list_rulings(subject=row.reference) if unmasked or official else (),
        decision=views.decision_view(row),
        result=views.result_view(row),
        draft_key=row.draft_key,
    )
    return _with_the_file(view, row, actor, at)


def _documents(row: Case) -> tuple[DocumentRow, ...]:
    return tuple(
        DocumentRow(
            key=one.key,
            kind=one.kind,
            title=one.title,
            state=one.state,
            at=one.created_at,
            opened_at=one.opened_at,
            receipt=one.receipt,
            seal_wait=one.seal_wait,
        )
        for one in letters.list_letters(row.reference)
    )


def _with_the_file(view: CaseView, row: Case, actor: Actor, at: datetime) -> CaseView:
    """What stands beside the case; opinions are the officials' own."""
    in_charge = actor.kind is not ActorKind.OFFICIAL or bool(standing.offices_of(row, actor))
    signing = in_charge and actor.kind is ActorKind.OFFICIAL and standing.order_for(row).chained
    account = keeping.account_of(row, at)
    stood = any(span.kind == HolderKind.SPECIAL for span in account.spans)
    return replace(
        view,
        in_charge=in_charge,
        blocks=keeping.blocks_of(row),
        time_account=account,
        opinions=keeping.opinions_of(row) if signing else (),
        special=keeping.special_of(row) if stood else (),
        deemed=row.deemed,
        silence_at=row.silence_at,
        handed_in_by=views.handed_in_by(
            submitted_by=row.submitted_by,
            applicant=row.applicant,
            hand=row.content.get("hand", ""),
        ),
        earlier=row.content.get("acts_on", ""),
        decided=row.decided_at is not None,
        ended=row.ended_at is not None,
        body_name=row.body_name or row.department_name,
        delivered_by=(row.delivery or {}).get("manner", ""),
    )


def _values(row: Case) -> Mapping[str, object]:
    values: Mapping[str, object] = row.content["answers"]
    return values


def _materials(row: Case, *, unmasked: bool) -> tuple[MaterialRow, ...]:
    rows = []
    for one in materials.list_materials(subject=row.reference):
        mark = one.verified
        plain = MaterialRow(
            key=one.material,
            name=one.name,
            state=one.supply,
            source=one.source_label,
            label=one.supply_label,
            verified=f"{mark.body}，{legal_date(mark.at).isoformat()}" if mark else "",
            told=one.told if unmasked else "",
        )
        rows += [replace(plain, file_key=f.key, filename=f.filename) for f in one.files] or [plain]
    return tuple(rows)
