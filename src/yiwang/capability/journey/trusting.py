"""信: what an applicant promises, and what becomes of it.

Before handing in: read and sign. With the case: a late paper comes, or an official goes on without it.
After the decision: a commitment is looked into; not kept, the result ends and a breach is on record.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import transaction

from yiwang.capability.cases import actions as cases
from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import Application, CaseView, CitationRow, Stage
from yiwang.capability.cases.definitions.profiles import State
from yiwang.capability.cases.queries import Inside
from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.catalogue.definitions import Item, Material
from yiwang.capability.catalogue.queries import Narrowed
from yiwang.capability.commitments import actions as commitments
from yiwang.capability.commitments import queries as promises
from yiwang.capability.commitments.definitions import (
    CommitmentState,
    CommitmentView,
    Paper,
    PaperKind,
    PaperView,
    ToleranceView,
)
from yiwang.capability.intake import queries as intake
from yiwang.capability.intake.definitions import DraftView
from yiwang.capability.journey import afterwards, letters, promise_letters
from yiwang.capability.materials import actions as materials
from yiwang.capability.materials import queries as material_queries
from yiwang.capability.materials.definitions import MaterialView, Supply
from yiwang.kernel.actor import Actor, ActorKind, PowerAct
from yiwang.kernel.references import split
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.files.definitions import StoredFile
from yiwang.support.mandates import queries as mandates

_GRANTED: Final = (State.APPROVED, State.ISSUED, State.DELIVERED, State.CLOSED)


def list_papers(draft: DraftView, *, language: str = "zh-hans") -> tuple[PaperView, ...]:
    """What the applicant of a draft reads and signs before handing in; nothing for most.

    ``language``: also in the pack's words in another language; what is signed stays the Chinese.
    """
    views = promises.list_papers(subject=draft.reference, papers=_papers_of(draft))
    if language != "en" or not views:
        return views
    item = catalogue.get_item(draft.item_code, version=draft.item_version, language=language).item
    late = [m.key for m in _late_of(draft)]
    return tuple(
        replace(
            view,
            translation=promises.translated(
                item, view.paper, late=late, promise=view.paper.kind is PaperKind.COMMITMENT
            ),
        )
        for view in views
    )


def translate_commitment(view: CommitmentView, *, language: str) -> Paper | None:
    """The commitment of a case in the pack's words in another language; None for Chinese."""
    if language != "en":
        return None
    item = catalogue.get_content(view.item_code, view.item_version)
    spoken = catalogue.get_item(view.item_code, version=view.item_version, language=language).item
    [chinese] = promises.papers_for(item, view.item_version, late=(), promise=item.commitment)
    return promises.translated(spoken, chinese, promise=True)


@transaction.atomic
def sign(
    *, draft_key: str, kind: str, digest: str, agreed: Collection[str], actor: Actor, at: datetime
) -> PaperView:
    """Sign one undertaking of one's own draft, every sentence ticked.

    Refusals: ``NotFound`` (nothing of the kind to sign), ``TextChanged``, ``InvalidInput`` (each sentence
    left), ``CommitmentClosed``.
    """
    draft = intake.get_draft(draft_key, actor)
    paper = next((one for one in _papers_of(draft) if one.kind == kind), None)
    if paper is None or draft.submitted_case:
        raise NotFound("这份申请现在没有要签的承诺书。", "请回到申请，看看还差什么。")
    return commitments.sign(
        subject=draft.reference, paper=paper, digest=digest, agreed=agreed, actor=actor, at=at
    )


def pledge(
    *,
    case: str,
    item: Item,
    application: Application,
    narrowed: Narrowed,
    supplied: Sequence[MaterialView],
    actor: Actor,
    at: datetime,
) -> None:
    """While it is handed in: what was signed becomes the case's, late papers keep its result back.

    Refusals: ``NotSigned``, ``CommitmentClosed``.
    """
    later = {view.material for view in supplied if view.supply is Supply.PROMISED}
    late = tuple(m for m in narrowed.materials if m.key in later)
    if not late and narrowed.commitment is None:
        return
    if narrowed.commitment is not None:
        commitments.insist_on_trust(applicant=actor.applicant)
    papers = promises.papers_for(
        item, application.item_version, late=late, promise=narrowed.commitment
    )
    draft, key = f"draft:{application.draft_key}", split(case)[1]
    signed = commitments.insist_on_signed(draft=draft, papers=papers)
    bound = commitments.bind(
        signed=signed,
        draft=draft,
        handed=_handed(case, application),
        late=late,
        promise=narrowed.commitment,
        actor=actor,
        at=at,
    )
    for material, tolerance in zip(late, bound, strict=True):
        _hold_back(key, tolerance, material.name, actor, at)
    inside = case_queries.get_inside(key)
    for paper in papers:
        promise_letters.undertaken(inside=inside, paper=paper, actor=actor, at=at)


def _handed(case: str, application: Application) -> commitments.Handed:
    return commitments.Handed(
        case=case,
        item_code=application.item_code,
        item_version=application.item_version,
        item_name=application.item_name,
        division_code=application.division_code,
        department=application.department,
        department_name=application.department_name,
        applicant_masked=application.applicant_masked,
    )


def _hold_back(case_key: str, tolerance: str, name: str, actor: Actor, at: datetime) -> None:
    cases.block(
        case_key=case_key,
        stage=Stage.ISSUE,
        reason=tolerance,
        label=f"容缺材料“{name}”还没有补交",
        actor=actor,
        at=at,
    )


def _papers_of(draft: DraftView) -> tuple[Paper, ...]:
    item, narrowed = _narrowed(draft)
    late = _late_of(draft)
    return promises.papers_for(item, draft.item_version, late=late, promise=narrowed.commitment)


def _late_of(draft: DraftView) -> tuple[Material, ...]:
    """The materials of a draft that were put off."""
    _, narrowed = _narrowed(draft)
    if not any(m.tolerance is not None for m in narrowed.materials):
        return ()
    known = material_queries.list_materials(subject=draft.reference)
    later = {view.material for view in known if view.supply is Supply.PROMISED}
    return tuple(m for m in narrowed.materials if m.key in later and m.tolerance is not None)


def _narrowed(draft: DraftView) -> tuple[Item, Narrowed]:
    item = catalogue.get_content(draft.item_code, draft.item_version)
    return item, catalogue.narrow(item, dict(intake.questions_now(draft)))


@transaction.atomic
def supply_late(
    *,
    case_key: str,
    tolerance_key: str,
    files: Sequence[StoredFile],
    actor: Actor,
    at: datetime,
) -> CaseView:
    """The late paper, from the progress page. Approved already: an official looks before the result.

    Refusals: ``NotFound``, ``InvalidInput`` (no file), ``TooManyFiles``, ``CannotDo``.
    """
    view = case_queries.get_case(case_key, actor, at=at)
    inside = case_queries.get_inside(case_key, lock=True)
    if actor.kind not in (ActorKind.PERSON, ActorKind.ORGANIZATION):
        raise NotAllowed
    mandates.insist(actor, PowerAct.APPLY, inside.item_code)
    late = _of_case(view.reference, tolerance_key, actor, at)
    if not files:
        raise InvalidInput("还没有选文件。", "请选好文件再提交。")
    commitments.supply(key=tolerance_key, actor=actor, at=at)
    item = catalogue.get_content(inside.item_code, inside.item_version)
    asked = {m.key: m for m in catalogue.narrow(item, {}).materials}
    for stored in files:
        materials.add_to_case(
            case=inside.reference,
            material=late.material,
            name=late.name,
            stored=stored,
            actor=actor,
            at=at,
            wanted=asked.get(late.material),
        )
    if inside.state not in _GRANTED:
        cases.unblock(
            case_key=case_key, stage=Stage.ISSUE, reason=late.reference, actor=actor, at=at
        )
    return case_queries.get_case(case_key, actor, at=at)


@transaction.atomic
def send_back_late(
    *, case_key: str, tolerance_key: str, version: int, reason: str, actor: Actor, at: datetime
) -> CaseView:
    """An official says the late paper is not what was asked for; what is left of its term runs on."""
    inside = _open_for(case_key, actor, at)
    late = _of_case(inside.reference, tolerance_key, actor, at)
    commitments.send_back(key=tolerance_key, version=version, reason=reason, actor=actor, at=at)
    _hold_back(case_key, late.reference, late.name, actor, at)
    return case_queries.get_case(case_key, actor, at=at)


@transaction.atomic
def confirm_late(
    *, case_key: str, tolerance_key: str, version: int, actor: Actor, at: datetime
) -> CaseView:
    """An official has looked at the late paper of an approved case: verified, and the result is made."""
    inside = _open_for(case_key, actor, at)
    late = _of_case(inside.reference, tolerance_key, actor, at)
    commitments.confirm(key=tolerance_key, version=version, actor=actor, at=at)
    materials.verify(
        case=inside.reference,
        materials=[late.material],
        body=inside.department_name,
        actor=actor,
        at=at,
    )
    cases.unblock(case_key=case_key, stage=Stage.ISSUE, reason=late.reference, actor=actor, at=at)
    return case_queries.get_case(case_key, actor, at=at)


@transaction.atomic
def verify_materials(
    *, case_key: str, chosen: Collection[str], actor: Actor, at: datetime
) -> tuple[str, ...]:
    """核验: an official marks papers of a case as compared; the vault offers them so marked.

    Refusals: ``NotFound``, ``NotAllowed`` (a citizen; one's own case), ``InvalidInput`` (none chosen).
    """
    inside = _open_for(case_key, actor, at)
    if not chosen:
        raise InvalidInput("还没有选材料。", "请勾选核验过的材料。")
    return materials.verify(
        case=inside.reference,
        materials=chosen,
        body=inside.department_name,
        actor=actor,
        at=at,
    )


@transaction.atomic
def find_true(
    *, commitment_key: str, version: int, words: str, actor: Actor, at: datetime
) -> CommitmentView:
    """核查属实: looked into, as promised."""
    _lock_case_of(commitment_key, actor, at)
    commitments.find_true(key=commitment_key, version=version, words=words, actor=actor, at=at)
    return promises.get_commitment(commitment_key, actor, at=at)


@transaction.atomic
def order_correction(
    *, commitment_key: str, version: int, words: str, actor: Actor, at: datetime
) -> CommitmentView:
    """责令限期改正, in writing with rights of appeal; the term is the item's."""
    inside = _lock_case_of(commitment_key, actor, at)
    row = commitments.order_correction(
        key=commitment_key, version=version, words=words, actor=actor, at=at
    )
    promise_letters.ordered(
        inside=inside,
        words=words,
        correct_by=row.due_on,
        basis=_liability(inside),
        actor=actor,
        at=at,
    )
    return promises.get_commitment(commitment_key, actor, at=at)


@transaction.atomic
def report_correction(
    *, commitment_key: str, version: int, words: str, actor: Actor, at: datetime
) -> CommitmentView:
    """The applicant says what was put right."""
    inside = _lock_case_of(commitment_key, actor, at)
    mandates.insist(actor, PowerAct.APPLY, inside.item_code)
    commitments.report_correction(
        key=commitment_key, version=version, words=words, actor=actor, at=at
    )
    return promises.get_commitment(commitment_key, actor, at=at)


@transaction.atomic
def find_corrected(
    *, commitment_key: str, version: int, words: str, actor: Actor, at: datetime
) -> CommitmentView:
    """复查合格: put right."""
    _lock_case_of(commitment_key, actor, at)
    commitments.find_corrected(key=commitment_key, version=version, words=words, actor=actor, at=at)
    return promises.get_commitment(commitment_key, actor, at=at)


@transaction.atomic
def find_broken(
    *,
    commitment_key: str,
    version: int,
    words: str,
    serious: bool,
    actor: Actor,
    at: datetime,
) -> CommitmentView:
    """承诺不实, or not put right in its term: what was granted is revoked, a breach is on record.

    ``serious``: the road of commitments is closed until it is repaired. Refusals: ``NotAllowed``,
    ``CannotDo``, ``InvalidInput``, ``VersionConflict``, ``NotYourOwnPromise``.
    """
    inside = _lock_case_of(commitment_key, actor, at)
    view = promises.get_commitment(commitment_key, actor, at=at)
    find = (
        commitments.find_not_corrected
        if view.state == CommitmentState.TO_CORRECT
        else commitments.find_false
    )
    find(key=commitment_key, version=version, words=words, serious=serious, actor=actor, at=at)
    if inside.state in _GRANTED:
        afterwards.revoke(
            case_key=inside.key,
            version=inside.version,
            reason=words,
            basis=_liability(inside),
            actor=actor,
            at=at,
        )
    return promises.get_commitment(commitment_key, actor, at=at)


def _open_for(case_key: str, actor: Actor, at: datetime) -> Inside:
    """The case, locked, for an official who sees it and is not its applicant."""
    case_queries.get_case(case_key, actor, at=at)
    inside = case_queries.get_inside(case_key, lock=True)
    if actor.kind is not ActorKind.OFFICIAL:
        raise NotAllowed
    if {inside.applicant, inside.submitted_by} & {actor.reference, actor.person}:
        raise cases.NotYourOwnCase
    if not actor.roles_at(inside.division_code, inside.department):
        raise NotAllowed
    return inside


def _of_case(case: str, tolerance_key: str, actor: Actor, at: datetime) -> ToleranceView:
    """A late material of exactly this case; ``NotFound``."""
    late = promises.get_tolerance(tolerance_key, actor, at=at)
    if late.case != case:
        raise NotFound
    return late


def _lock_case_of(commitment_key: str, actor: Actor, at: datetime) -> Inside:
    """The case of a commitment the actor may see, locked before the commitment is."""
    view = promises.get_commitment(commitment_key, actor, at=at)
    return case_queries.get_inside(view.case_key, lock=True)


def _liability(inside: Inside) -> tuple[CitationRow, ...]:
    """The articles a commitment of this item stands on; 行政许可法 69 where it names none."""
    promise = letters.item_of(inside).commitment
    named = promise.basis if promise else ()
    return tuple(CitationRow(c.law, c.article) for c in named) or (
        CitationRow("行政许可法", "第六十九条"),
    )
