"""Questions about drafts: the actor's own, never anybody else's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Q

from yiwang.capability.intake import rules
from yiwang.capability.intake.definitions import (
    Contradiction,
    DraftRow,
    DraftView,
    Field,
    FieldConflict,
    LookedUp,
    Prefilled,
    Said,
)
from yiwang.capability.intake.models import Attachment, Draft
from yiwang.capability.intake.queries.forms import (
    check_answers,
    get_form,
    get_spoken_form,
    visible_keys,
)
from yiwang.kernel.actor import Actor
from yiwang.kernel.pages import Page, bounded, cut
from yiwang.kernel.refusals import FieldProblem, NotFound

#: What a list does not show is not opened.
_CLOSED: Final = ("answers", "prefilled", "conflicts", "looked_up")


def get_draft(key: str, actor: Actor) -> DraftView:
    """One of the actor's own drafts, with its answers; NotFound for anybody else's."""
    row = Draft.objects.visible_to(actor).filter(key=key, discarded_at=None).first()
    if row is None:
        raise NotFound("没有找到这份草稿。", "它可能已经删除或过期，请重新开始办理。")
    return view_of(row)


def list_drafts(
    actor: Actor, *, at: datetime, item_code: str = "", after: str = "", limit: int = 50
) -> Page[DraftRow]:
    """The actor's drafts that can still be continued, newest first; ``item_code`` narrows.

    NotFound when ``after`` names no draft of the actor.
    """
    rows = Draft.objects.visible_to(actor).open(at)
    if item_code:
        rows = rows.filter(item_code=item_code)
    if after:
        last = Draft.objects.visible_to(actor).filter(key=after).values_list("saved_at", "pk")
        if (seen := last.first()) is None:
            raise NotFound
        rows = rows.filter(Q(saved_at__lt=seen[0]) | Q(saved_at=seen[0], pk__lt=seen[1]))
    ordered = rows.order_by("-saved_at", "-pk").defer(*_CLOSED)
    shown, following = cut(ordered[: bounded(limit) + 1], limit)
    return Page(tuple(_row_of(row) for row in shown), following)


def list_attachments(draft_key: str, actor: Actor) -> Mapping[str, str]:
    """File key → file name of everything uploaded to the actor's own draft."""
    mine = Draft.objects.visible_to(actor).filter(key=draft_key)
    return dict(Attachment.objects.filter(draft__in=mine).values_list("file_key", "filename"))


def check(
    draft: DraftView, *, on: date, step: str | None = None, language: str = "zh-hans"
) -> tuple[FieldProblem, ...]:
    """Everything wrong with a draft on that day; who is not looked up yet is no mistake yet.

    ``language``: of the labels that the sentences name.
    """
    form = get_spoken_form(draft.item_code, draft.item_version, language)
    return check_answers(
        form,
        draft.answers,
        on=on,
        step=step,
        looked_up=draft.looked_up,
        holder=draft.applicant,
    )


def wants_prefill(draft: DraftView, fields: Sequence[Field]) -> tuple[Field, ...]:
    """Questions asked now that a source may answer and that nothing is known about yet."""
    asked = visible_keys(get_form(draft.item_code, draft.item_version), draft.answers)
    return tuple(
        f
        for f in fields
        if f.prefill
        and f.key in asked
        and f.key not in draft.prefilled
        and f.key not in draft.answers
        and f.prefill_parameters(draft.answers) is not None
    )


def list_contradictions(draft: DraftView) -> tuple[Contradiction, ...]:
    """Where the person says otherwise than a register."""
    form = get_form(draft.item_code, draft.item_version)
    return rules.contradictions(form, draft.answers, draft.prefilled)


def questions_now(draft: DraftView) -> Mapping[str, str]:
    """The guide's answers as the form has them by now: what narrows the materials."""
    form = get_form(draft.item_code, draft.item_version)
    return rules.questions_now(form, draft.questions, draft.answers)


def material_files(draft: DraftView) -> Mapping[str, tuple[str, ...]]:
    """Materials the form itself asks for, with the files uploaded there."""
    form = get_form(draft.item_code, draft.item_version)
    return rules.material_files(form, draft.answers)


def view_of(row: Draft, *, files: Sequence[str] | None = None) -> DraftView:
    """A draft row as others may see it (for this module's actions)."""
    keys = row.attachments.values_list("file_key", flat=True) if files is None else files
    return DraftView(
        key=row.key,
        item_code=row.item_code,
        item_version=row.item_version,
        applicant=row.applicant,
        answers=row.answers,
        prefilled={key: _prefilled(fact) for key, fact in row.prefilled.items()},
        questions=row.questions,
        step=row.step,
        version=row.version,
        started_at=row.started_at,
        saved_at=row.saved_at,
        expires_at=row.expires_at,
        form_instance=row.form_instance,
        files=tuple(keys),
        conflicts=_conflicts(row),
        submitted_case=row.submitted_case or None,
        looked_up={key: _looked_up(one) for key, one in (row.looked_up or {}).items()},
    )


def _row_of(row: Draft) -> DraftRow:
    form = get_form(row.item_code, row.item_version)
    step = form.find_step(row.step) or form.steps[0]
    return DraftRow(
        key=row.key,
        item_code=row.item_code,
        item_version=row.item_version,
        title=form.title,
        step=step.key,
        step_title=step.title,
        saved_at=row.saved_at,
        expires_at=row.expires_at,
    )


def _prefilled(fact: Mapping[str, Any]) -> Prefilled:
    as_of = datetime.fromisoformat(fact["as_of"])
    return Prefilled(fact["value"], fact["source_label"], as_of, fact["source"])


def _looked_up(kept: Mapping[str, str]) -> LookedUp:
    at = datetime.fromisoformat(kept["at"])
    return LookedUp(Said(kept["said"]), kept["source_label"], at, kept["remark"])


def _conflicts(row: Draft) -> tuple[FieldConflict, ...]:
    if not row.conflicts:
        return ()
    form = get_form(row.item_code, row.item_version)
    return tuple(
        FieldConflict(
            field=key,
            label=(form.find_field(key) or form.fields[0]).label,
            kept=row.answers.get(key),
            other=other["value"],
            at=datetime.fromisoformat(other["at"]),
        )
        for key, other in row.conflicts.items()
    )


def iterate_handed_in(*, since: datetime, until: datetime) -> Iterator[tuple[str, str]]:
    """(draft, case) of every draft handed in between two moments: for the daily reconciliation."""
    rows = Draft.objects.filter(saved_at__gte=since, saved_at__lt=until)
    handed_in = rows.exclude(submitted_case="").order_by("saved_at")
    yield from handed_in.values_list("key", "submitted_case").iterator(chunk_size=500)


def find_handed_in(drafts: Sequence[str]) -> Mapping[str, str]:
    """Draft → the case it became, for those handed in."""
    rows = Draft.objects.filter(key__in=drafts).exclude(submitted_case="")
    return dict(rows.values_list("key", "submitted_case"))
