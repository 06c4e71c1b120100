"""Filling in: start, save, choose between two devices, take over what sources said, throw away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from yiwang.capability.intake import queries, rules
from yiwang.capability.intake.actions import rows
from yiwang.capability.intake.definitions import DraftView, Form, Kind, Prefilled
from yiwang.capability.intake.models import Draft
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal

MOST_DRAFTS: Final = 50


class TooManyDrafts(Refusal):
    sentence = "您没填完的草稿太多了。"
    remedy = "请先到“我的”里办完或删掉几份。"


def start_draft(
    *,
    item_code: str,
    item_version: int,
    actor: Actor,
    at: datetime,
    questions: Mapping[str, str] | None = None,
    answers: Mapping[str, Any] | None = None,
) -> DraftView:
    """Begin an application, carrying the answers already given on the guide, and ``answers`` beside.

    Refuses NotFound without a published form, TooManyDrafts.
    """
    form = queries.get_form(item_code, item_version)
    if Draft.objects.visible_to(actor).open(at)[:MOST_DRAFTS].count() >= MOST_DRAFTS:
        raise TooManyDrafts
    begun: dict[str, Any] = {
        "applicant": actor.applicant,
        "started_by": actor.reference,
        "item_code": item_code,
        "item_version": item_version,
        "questions": dict(questions or {}),
        "answers": {
            **rules.answers_from_questions(form, questions or {}),
            **rules.clean(form.fields, answers or {})[0],
        },
        "step": form.steps[0].key,
        "started_at": at,
        "saved_at": at,
        "expires_at": at + timedelta(days=rows.KEPT_DAYS),
    }
    draft = Draft.objects.create(**begun)
    rows.record(draft, "intake.start", actor, at, item=item_code, item_version=item_version)
    return queries.view_of(draft, files=())


def save_answers(
    *,
    draft_key: str,
    answers: Mapping[str, Any],
    version: int,
    actor: Actor,
    at: datetime,
    step: str | None = None,
) -> DraftView:
    """Keep what was typed, complete or not; ``answers`` holds only changed fields, None removes.

    Somebody else's change of the same field since ``version`` is not overwritten: both values stay
    and the returned draft names them in ``conflicts`` (the page answers 409). Saving another value,
    having seen that, or ``settle`` ends it. Refuses NotFound, AlreadyHandedIn, InvalidInput for text
    that cannot be kept.
    """
    draft = rows.lock(draft_key, actor, at)
    form = queries.get_form(draft.item_code, draft.item_version)
    changes = _clean(form, draft, answers)
    merged = rules.merge(
        kept=draft.answers,
        changed_at=draft.changed_at,
        version=draft.version,
        seen_version=version,
        changes=changes,
        told={key: fact["value"] for key, fact in draft.prefilled.items()},
    )
    kept, facts = _without_stale(form, draft, merged.answers)
    rewritten = {k for k in changes if merged.answers.get(k) != draft.answers.get(k)}
    older = {k: v for k, v in draft.conflicts.items() if k not in rewritten}
    newer = {k: {"value": v, "at": at.isoformat()} for k, v in merged.conflicts.items()}
    conflicts = {**older, **newer}
    moved = step if step is not None and form.find_step(step) else draft.step
    if merged.changed or conflicts != draft.conflicts or moved != draft.step:
        rows.keep(
            draft,
            at,
            answers=kept,
            prefilled=facts,
            changed_at=merged.changed_at,
            conflicts=conflicts,
            step=moved,
        )
        rows.record(draft, "intake.save", actor, at, version=draft.version, conflicts=len(newer))
    return queries.view_of(draft)


def settle(
    *, draft_key: str, field: str, take_other: bool, actor: Actor, at: datetime
) -> DraftView:
    """The person chose between two devices' values: the kept one, or the one that came later."""
    draft = rows.lock(draft_key, actor, at)
    if field not in draft.conflicts:
        return queries.view_of(draft)
    other = draft.conflicts[field]["value"]
    conflicts = {key: value for key, value in draft.conflicts.items() if key != field}
    answers = dict(draft.answers)
    if take_other and other is None:
        answers.pop(field, None)
    elif take_other:
        answers[field] = other
    stamps = rows.stamped(draft, field)
    rows.keep(draft, at, answers=answers, changed_at=stamps, conflicts=conflicts)
    rows.record(draft, "intake.settle", actor, at, field=field, other=take_other)
    return queries.view_of(draft)


def keep_prefilled(
    *, draft_key: str, found: Mapping[str, Prefilled], actor: Actor, at: datetime
) -> DraftView:
    """Put what the sources said into the draft; an answer the person gave is never replaced.

    The source's value stays beside a different answer, as a contradiction for whoever decides.
    """
    draft = rows.lock(draft_key, actor, at)
    if not found:
        return queries.view_of(draft)
    answers, stamps, facts = dict(draft.answers), dict(draft.changed_at), dict(draft.prefilled)
    for key, fact in found.items():
        before = facts.get(key)
        facts[key] = {
            "value": fact.value,
            "source": fact.source,
            "source_label": fact.source_label,
            "as_of": fact.as_of.isoformat(),
        }
        untouched = before is not None and answers.get(key) == before["value"]
        if key not in answers or untouched:
            answers[key], stamps[key] = fact.value, draft.version + 1
    rows.keep(draft, at, answers=answers, changed_at=stamps, prefilled=facts)
    sources = ",".join(sorted({fact.source for fact in found.values()}))
    rows.record(draft, "intake.prefill", actor, at, sources=sources)
    return queries.view_of(draft)


def discard_draft(*, draft_key: str, actor: Actor, at: datetime) -> None:
    """Throw a draft away at the person's wish: its answers are gone at once."""
    draft = rows.lock(draft_key, actor, at)
    rows.let_go_of_files([draft])
    emptied: dict[str, Any] = {"answers": {}, "prefilled": {}, "conflicts": {}, "questions": {}}
    rows.keep(draft, at, **emptied, looked_up=None, discarded_at=at)
    rows.record(draft, "intake.discard", actor, at)


def remove_expired(*, at: datetime, limit: int = 500) -> int:
    """Delete drafts past their day, answers and all; how many. Files are left to the sweeper."""
    late = Draft.objects.filter(submitted_case="", expires_at__lte=at).order_by("expires_at")
    old = list(late.select_for_update(skip_locked=True).only("pk", "key")[:limit])
    rows.let_go_of_files(old)
    Draft.objects.filter(pk__in=[draft.pk for draft in old]).delete()
    return len(old)


def _without_stale(
    form: Form, draft: Draft, answers: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Answers and facts without those a source gave about something else than is chosen now."""
    changed = {k for k in {*answers, *draft.answers} if answers.get(k) != draft.answers.get(k)}
    stale = {
        f.key
        for f in form.fields
        if f.key in draft.prefilled and any(f.is_prefilled_by(key) for key in changed)
    }
    untouched = {key for key in stale if answers.get(key) == draft.prefilled[key]["value"]}
    kept = {key: value for key, value in answers.items() if key not in untouched}
    return kept, {key: fact for key, fact in draft.prefilled.items() if key not in stale}


def _clean(form: Form, draft: Draft, answers: Mapping[str, Any]) -> dict[str, Any]:
    kept, problems = rules.clean(form.fields, answers)
    if problems:
        raise InvalidInput(fields=problems)
    changes = {key: kept.get(key) for key in answers}
    own = set(draft.attachments.values_list("file_key", flat=True))
    for field in form.fields:
        if field.kind is Kind.FILE and any(k not in own for k in changes.get(field.key) or ()):
            stranger = FieldProblem(field.key, "没有找到这个文件。", "请重新上传。")
            raise InvalidInput(fields=[stranger])
    return changes
