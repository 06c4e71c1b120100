"""Papers to sign, late materials of a case, commitments to look into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from django.db.models import Q

from yiwang.capability.cases import queries as cases
from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.catalogue.definitions import Commitment as Promise
from yiwang.capability.catalogue.definitions import Item, Material
from yiwang.capability.commitments import rules
from yiwang.capability.commitments.definitions import (
    KIND_LABELS,
    LATE,
    Act,
    CommitmentRow,
    CommitmentState,
    CommitmentView,
    Note,
    Paper,
    PaperView,
    ToleranceState,
    ToleranceView,
)
from yiwang.capability.commitments.definitions.machines import COMMITMENT, TOLERANCE
from yiwang.capability.commitments.models import Commitment, Tolerance, Undertaking
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.clocks.definitions import ClockView
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.statements import prepared
from yiwang.mechanisms.states import rules as states
from yiwang.mechanisms.states.definitions import Party

_PROMISES: Final = f"""
SELECT 'late' WHERE EXISTS (SELECT FROM {Tolerance._meta.db_table} WHERE "case" = %(case)s)
UNION ALL
SELECT 'commitment' WHERE EXISTS (SELECT FROM {Commitment._meta.db_table} WHERE "case" = %(case)s)
"""  # noqa: S608 # nosec B608
_OPEN: Final = (ToleranceState.OPEN, ToleranceState.LAPSED)
#: What a list of commitments may be narrowed to.
TO_DO: Final = (CommitmentState.TO_CHECK, CommitmentState.TO_CORRECT)


def papers_for(
    item: Item, item_version: int, *, late: Sequence[Material], promise: Promise | None
) -> tuple[Paper, ...]:
    """The undertakings an application needs, as they would be read now; none for most."""
    papers = []
    if promise is not None:
        papers.append(rules.commitment_paper(item, item_version, promise))
    if late:
        papers.append(rules.tolerance_paper(item, item_version, late))
    return tuple(papers)


def translated(
    item: Item, chinese: Paper, *, late: Sequence[str] = (), promise: bool = False
) -> Paper | None:
    """A paper in English; ``item`` in the pack's English words, ``late``: keys of the late materials.

    None when the item does not say what the paper is about.
    """
    if promise:
        told = item.commitment
        return rules.english.commitment_paper(item, told, chinese) if told else None
    named = [m for m in item.materials if m.key in set(late)]
    return rules.english.tolerance_paper(item, named, chinese) if named else None


def paper_view(paper: Paper) -> PaperView:
    """A paper with the fingerprint of its text."""
    return PaperView(paper, crypto.digest(paper.text.encode()))


def list_papers(*, subject: str, papers: Sequence[Paper]) -> tuple[PaperView, ...]:
    """Each with the moment it was signed, when exactly this text was."""
    shown = [paper_view(paper) for paper in papers]
    rows = {row.kind: row for row in Undertaking.objects.filter(subject=subject)} if shown else {}
    return tuple(
        replace(one, signed_at=rows[one.paper.kind].signed_at)
        if one.paper.kind in rows and rows[one.paper.kind].digest == one.digest
        else one
        for one in shown
    )


def list_signed(*, case: str) -> tuple[tuple[str, str], ...]:
    """(title, whole text) of what was signed for a case; its rights were checked."""
    rows = Undertaking.objects.filter(subject=case).order_by("id")
    return tuple((row.text.partition("\n")[0], row.text.partition("\n")[2]) for row in rows)


def list_tolerances(*, case: str, at: datetime) -> tuple[ToleranceView, ...]:
    """The late materials of a case; its rights were checked."""
    return _tolerances(list(Tolerance.objects.filter(case=case).order_by("id")), at)


@dataclass(frozen=True, slots=True)
class PromisesOfCase:
    """A case's late materials, and the commitment it was handed in on."""

    late: tuple[ToleranceView, ...] = ()
    commitment: CommitmentView | None = None


def get_promises(case: str, actor: Actor, *, at: datetime) -> PromisesOfCase:
    """What was promised with a case whose rights were checked; one statement where nothing was."""
    has = {kind for (kind,) in prepared.run(_PROMISES, {"case": case})}
    return PromisesOfCase(
        late=list_tolerances(case=case, at=at) if "late" in has else (),
        commitment=find_case_commitment(case, actor, at=at) if "commitment" in has else None,
    )


def list_waiting(actor: Actor, *, at: datetime, limit: int = 20) -> tuple[ToleranceView, ...]:
    """What the actor still has to hand in, the nearest day first."""
    mine = Tolerance.objects.visible_to(actor).filter(applicant=actor.applicant, state__in=_OPEN)
    return _tolerances(list(mine.order_by("due_on", "id")[: min(limit, 200)]), at)


def get_tolerance(key: str, actor: Actor, *, at: datetime) -> ToleranceView:
    """One late material the actor may see; ``NotFound``."""
    row = Tolerance.objects.visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    return _tolerances([row], at)[0]


def _tolerances(rows: Sequence[Tolerance], at: datetime) -> tuple[ToleranceView, ...]:
    found = clocks.find_clocks(subjects=[row.reference for row in rows], at=at) if rows else {}
    return tuple(_tolerance(row, found[row.reference]) for row in rows)


def _tolerance(row: Tolerance, found: tuple[ClockView, ...]) -> ToleranceView:
    return ToleranceView(
        key=row.key,
        reference=row.reference,
        case=row.case,
        material=row.material,
        name=row.name,
        state=row.state,
        state_label=TOLERANCE.labels[row.state],
        withdraws=row.withdraws,
        due_on=row.due_on,
        clock=next((c for c in found if c.kind == LATE), None),
        supplied_at=row.supplied_at,
        settled=row.settled_at is not None,
        reason=row.reason,
        version=row.version,
    )


def find_late(key: str) -> tuple[str, str]:
    """(case, name) of a late material, for what the platform tells; ``NotFound``."""
    row = Tolerance.objects.filter(key=key).values_list("case", "name").first()
    if row is None:
        raise NotFound
    return row


def reason_of(key: str) -> str:
    """Why a late material was sent back, for the message to its applicant."""
    return str(Tolerance.objects.get(key=key).reason)


def case_of(key: str) -> str:
    """The case of a commitment."""
    return Commitment.objects.get(key=key).case


def last_words(key: str) -> str:
    """What an official wrote last about a commitment, for the message to its applicant."""
    notes = Commitment.objects.get(key=key).notes
    return str(notes[-1]["words"]) if notes else ""


def offer_of(row: Commitment) -> Promise:
    """What the item version said of its commitment; frozen with it."""
    offer = catalogue.get_content(row.item_code, row.item_version).commitment
    if offer is None:
        raise LookupError(f"{row.item_code}@{row.item_version} has no commitment")
    return offer


def is_chained(row: Commitment) -> bool:
    """Do the cases of this item go through a chain of signatures?"""
    if not cases.has_flow(row.item_code, row.item_version):
        return False
    return len(cases.get_flow(row.item_code, row.item_version).chain) > 1


def list_commitments(
    actor: Actor, *, at: datetime, states: Sequence[str] = TO_DO, after: str = "", limit: int = 50
) -> tuple[CommitmentRow, ...]:
    """Commitments the actor may see, the nearest day first; ``after``: a row's ``position``."""
    rows = Commitment.objects.visible_to(actor).filter(state__in=list(states))
    day, _, pk = after.partition("_")
    if pk.isdecimal() and len(pk) < 18:
        rows = rows.filter(_later(day, int(pk)))
    page = list(rows.order_by("due_on", "id").defer("notes")[: min(limit, 200)])
    found = clocks.find_clocks(subjects=[row.reference for row in page], at=at) if page else {}
    return tuple(_row(row, found[row.reference]) for row in page)


def _later(day: str, pk: int) -> Q:
    """After this row in the order of the list; rows without a day come last."""
    if not day:
        return Q(due_on=None, pk__gt=pk)
    try:
        on = date.fromisoformat(day)
    except ValueError:
        return Q(pk__gt=pk)
    return Q(due_on__gt=on) | Q(due_on=on, pk__gt=pk) | Q(due_on=None)


def _row(row: Commitment, found: tuple[ClockView, ...]) -> CommitmentRow:
    return CommitmentRow(
        key=row.key,
        case=row.case,
        item_name=row.item_name,
        kind_label=KIND_LABELS[row.kind],
        applicant_masked=row.applicant_masked,
        department_name=row.department_name,
        state=row.state,
        state_label=COMMITMENT.labels[row.state],
        due_on=row.due_on,
        clock=_running(found),
        position=f"{row.due_on.isoformat() if row.due_on else ''}_{row.pk}",
    )


def _running(found: tuple[ClockView, ...]) -> ClockView | None:
    return next((c for c in found if c.stopped_on is None), None)


def get_commitment(key: str, actor: Actor, *, at: datetime) -> CommitmentView:
    """One commitment the actor may see; ``NotFound``."""
    rows = Commitment.objects.visible_to(actor).select_related("undertaking")
    row = rows.filter(key=key).first()
    if row is None:
        raise NotFound
    return _view(row, actor, at)


def find_case_commitment(case: str, actor: Actor, *, at: datetime) -> CommitmentView | None:
    """The commitment a case was handed in on, when the actor may see it."""
    rows = Commitment.objects.visible_to(actor).select_related("undertaking")
    row = rows.filter(case=case).first()
    return _view(row, actor, at) if row else None


def _view(row: Commitment, actor: Actor, at: datetime) -> CommitmentView:
    found = clocks.find_clocks(subjects=[row.reference], at=at)[row.reference]
    notes = tuple(
        Note(datetime.fromisoformat(n["at"]), states.label_of(COMMITMENT, n["act"]), n["words"])
        for n in row.notes
    )
    ordered = [n["words"] for n in row.notes if n["act"] == "order_correction"]
    return CommitmentView(
        key=row.key,
        reference=row.reference,
        case=row.case,
        item_code=row.item_code,
        item_version=row.item_version,
        item_name=row.item_name,
        kind=row.kind,
        kind_label=KIND_LABELS[row.kind],
        applicant=row.applicant,
        applicant_masked=row.applicant_masked,
        division_code=row.division_code,
        department=row.department,
        department_name=row.department_name,
        state=row.state,
        state_label=COMMITMENT.labels[row.state],
        version=row.version,
        text=row.undertaking.text,
        signed_at=row.undertaking.signed_at,
        due_on=row.due_on,
        clock=_running(found),
        correction=ordered[-1] if ordered else "",
        finding=row.finding,
        serious=row.serious,
        notes=notes,
        acts=_acts(row, actor, at),
    )


def _acts(row: Commitment, actor: Actor, at: datetime) -> tuple[tuple[str, str], ...]:
    """(act, label) the actor may take now; nothing on one's own promise as an official."""
    mine = row.applicant == actor.applicant
    party = Party.APPLICANT if mine else Party.OFFICIAL
    if party is Party.OFFICIAL and row.applicant in {actor.reference, actor.person}:
        return ()
    facts: Mapping[str, bool] = rules.facts(
        correctable=offer_of(row).correction is not None,
        due_on=row.due_on,
        reported=row.reported_at is not None,
        today=legal_date(at),
    )
    names = states.allowed_acts(COMMITMENT, state=row.state, role=party, facts=facts)
    held, chained = actor.roles_at(row.division_code, row.department), is_chained(row)
    return tuple(
        (name, states.label_of(COMMITMENT, name))
        for name in names
        if name != Act.END and (mine or rules.may_take(held, name, chained=chained))
    )
