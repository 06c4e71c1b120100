"""What can be done with forms and drafts: publish, start, save, prefill, attach, freeze."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import F

from yiwang.capability.intake import queries, rules
from yiwang.capability.intake.definitions import (
    DraftView,
    Form,
    FrozenApplication,
    Kind,
    Prefilled,
    parse_form,
)
from yiwang.capability.intake.models import Attachment, Draft, PublishedForm
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound, Refusal
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files.definitions import StoredFile
from yiwang.mechanisms.journal import actions as journal

#: A draft nobody touches is kept so long (our own promise, shown on the page).
KEPT_DAYS: Final = 30
MOST_DRAFTS: Final = 50
MOST_FILES: Final = 60


class CannotPublishForm(InvalidInput):
    sentence = "表单文件有错，不能发布。"
    remedy = "请按提示改好 form.yaml。"


class TooManyDrafts(Refusal):
    sentence = "您没填完的草稿太多了。"
    remedy = "请先到“我的”里办完或删掉几份。"


class AlreadyHandedIn(Refusal):
    sentence = "这份申请已经交了，不能再改。"
    remedy = "请到“我的”查看进度；要改内容，请联系办理部门。"


class AnswersConflict(Refusal):
    """Two devices said different things and nobody has chosen yet."""

    sentence = "有的内容在两台设备上填得不一样，还没有选定。"
    remedy = "请在表里选用哪一个，再提交。"


class TooManyFiles(Refusal):
    sentence = "这里放不下更多文件了。"
    remedy = "请删掉一些再上传。"


def publish_form(
    *, item_code: str, item_version: int, form: Mapping[str, Any], actor: Actor, at: datetime
) -> Form:
    """Freeze the form of an item version so that people can fill it in.

    The same form again changes nothing. Refuses CannotPublishForm for a form with mistakes, or
    another form under a version that is already published.
    """
    parsed, problems = parse_form(form)
    if parsed is None:
        raise CannotPublishForm(fields=[FieldProblem(p.path, p.sentence) for p in problems])
    row, created = PublishedForm.objects.get_or_create(
        item_code=item_code,
        item_version=item_version,
        defaults={"document": form, "digest": parsed.digest, "published_at": at},
    )
    if row.digest != parsed.digest:
        raise CannotPublishForm("这个版本的表单已经发布，不能换成另一份。", "请提高事项版本号。")
    if created:
        queries.get_form.cache_clear()
        facts: dict[str, str | int] = {"version": item_version, "digest": parsed.digest}
        subject = f"item:{item_code}"
        journal.record(actor=actor, act="intake.publish_form", subject=subject, at=at, facts=facts)
    return parsed


def start_draft(
    *,
    item_code: str,
    item_version: int,
    actor: Actor,
    at: datetime,
    questions: Mapping[str, str] | None = None,
) -> DraftView:
    """Begin an application, carrying the answers already given on the guide.

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
        "answers": rules.answers_from_questions(form, questions or {}),
        "step": form.steps[0].key,
        "started_at": at,
        "saved_at": at,
        "expires_at": at + timedelta(days=KEPT_DAYS),
    }
    draft = Draft.objects.create(**begun)
    _record(draft, "intake.start", actor, at, item=item_code, item_version=item_version)
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
    draft = _lock(draft_key, actor, at)
    form = queries.get_form(draft.item_code, draft.item_version)
    changes = _clean(form, draft, answers)
    merged = rules.merge(
        kept=draft.answers,
        changed_at=draft.changed_at,
        version=draft.version,
        seen_version=version,
        changes=changes,
    )
    rewritten = {k for k in changes if merged.answers.get(k) != draft.answers.get(k)}
    older = {k: v for k, v in draft.conflicts.items() if k not in rewritten}
    newer = {k: {"value": v, "at": at.isoformat()} for k, v in merged.conflicts.items()}
    conflicts = {**older, **newer}
    moved = step if step is not None and form.find_step(step) else draft.step
    if merged.changed or conflicts != draft.conflicts or moved != draft.step:
        _keep(
            draft,
            at,
            answers=merged.answers,
            changed_at=merged.changed_at,
            conflicts=conflicts,
            step=moved,
        )
        _record(draft, "intake.save", actor, at, version=draft.version, conflicts=len(newer))
    return queries.view_of(draft)


def settle(
    *, draft_key: str, field: str, take_other: bool, actor: Actor, at: datetime
) -> DraftView:
    """The person chose between two devices' values: the kept one, or the one that came later."""
    draft = _lock(draft_key, actor, at)
    if field not in draft.conflicts:
        return queries.view_of(draft)
    other = draft.conflicts[field]["value"]
    conflicts = {key: value for key, value in draft.conflicts.items() if key != field}
    answers = dict(draft.answers)
    if take_other and other is None:
        answers.pop(field, None)
    elif take_other:
        answers[field] = other
    stamps = _stamped(draft, field)
    _keep(draft, at, answers=answers, changed_at=stamps, conflicts=conflicts)
    _record(draft, "intake.settle", actor, at, field=field, other=take_other)
    return queries.view_of(draft)


def keep_prefilled(
    *, draft_key: str, found: Mapping[str, Prefilled], actor: Actor, at: datetime
) -> DraftView:
    """Put what the sources said into the draft; an answer the person gave is never replaced.

    The source's value stays beside a different answer, as a contradiction for whoever decides.
    """
    draft = _lock(draft_key, actor, at)
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
    _keep(draft, at, answers=answers, changed_at=stamps, prefilled=facts)
    sources = ",".join(sorted({fact.source for fact in found.values()}))
    _record(draft, "intake.prefill", actor, at, sources=sources)
    return queries.view_of(draft)


def attach_file(
    *, draft_key: str, field: str, stored: StoredFile, actor: Actor, at: datetime
) -> DraftView:
    """Add a stored file to a file question. Refuses TooManyFiles, InvalidInput for another kind."""
    draft = _lock(draft_key, actor, at)
    form = queries.get_form(draft.item_code, draft.item_version)
    question = form.find_field(field)
    if question is None or question.kind is not Kind.FILE:
        raise InvalidInput(fields=[FieldProblem(field, "这里不能上传文件。", "请刷新页面。")])
    keys = [*draft.answers.get(field, []), stored.key]
    if len(keys) > (question.max_items or 1) or draft.attachments.count() >= MOST_FILES:
        raise TooManyFiles
    Attachment.objects.create(
        draft=draft,
        field=field,
        file_key=stored.key,
        filename=stored.filename,
        size=stored.size,
        digest=stored.digest,
        attached_at=at,
    )
    files.attach(key=stored.key, subject=f"draft:{draft.key}", at=at)
    answers = {**draft.answers, field: keys}
    _keep(draft, at, answers=answers, changed_at=_stamped(draft, field))
    _record(draft, "intake.attach", actor, at, field=field, digest=stored.digest)
    return queries.view_of(draft)


def detach_file(
    *, draft_key: str, field: str, file_key: str, actor: Actor, at: datetime
) -> DraftView:
    """Take a file away from the draft; the sweeper removes it from the store. NotFound otherwise."""
    draft = _lock(draft_key, actor, at)
    removed, _ = draft.attachments.filter(field=field, file_key=file_key).delete()
    if not removed:
        raise NotFound("没有找到这个文件。", "它可能已经删掉了，请刷新页面。")
    files.detach(key=file_key, subject=f"draft:{draft.key}")
    left = [key for key in draft.answers.get(field, []) if key != file_key]
    answers = {**draft.answers, field: left}
    _keep(draft, at, answers=answers, changed_at=_stamped(draft, field))
    _record(draft, "intake.detach", actor, at, field=field)
    return queries.view_of(draft)


def discard_draft(*, draft_key: str, actor: Actor, at: datetime) -> None:
    """Throw a draft away at the person's wish: its answers are gone at once."""
    draft = _lock(draft_key, actor, at)
    _let_go_of_files([draft])
    _keep(draft, at, answers={}, prefilled={}, conflicts={}, questions={}, discarded_at=at)
    _record(draft, "intake.discard", actor, at)


def freeze(*, draft_key: str, actor: Actor, at: datetime) -> FrozenApplication:
    """The application exactly as it is handed in: checked whole, hidden answers dropped.

    Locks the draft for the rest of the transaction; ``mark_submitted`` closes it. Refuses
    InvalidInput with every field's problem, AnswersConflict, AlreadyHandedIn, NotFound.
    """
    draft = _lock(draft_key, actor, at)
    form = queries.get_form(draft.item_code, draft.item_version)
    view = queries.view_of(draft)
    if view.conflicts:
        named = [FieldProblem(c.field, f"{c.label}有两种填法。") for c in view.conflicts]
        raise AnswersConflict(fields=named)
    problems = queries.check(view, on=legal_date(at))
    if problems:
        raise InvalidInput(fields=problems)
    answers = rules.visible_answers(form, view.answers)
    names = dict(draft.attachments.values_list("file_key", "filename"))
    agreed = {k: p for k, p in view.prefilled.items() if k in answers and answers[k] == p.value}
    uploads = [f.key for f in form.fields if f.kind is Kind.FILE and f.key in answers]
    return FrozenApplication(
        draft_key=draft.key,
        applicant=draft.applicant,
        item_code=draft.item_code,
        item_version=draft.item_version,
        form_title=form.title,
        form_digest=form.digest,
        questions=queries.questions_now(view),
        answers=answers,
        rows=queries.answer_rows(form, answers, prefilled=view.prefilled, file_names=names),
        sources=agreed,
        contradictions=rules.contradictions(form, answers, view.prefilled),
        files={key: tuple(answers[key]) for key in uploads},
        material_files=rules.material_files(form, answers),
    )


def mark_submitted(*, draft_key: str, case: str, actor: Actor, at: datetime) -> None:
    """The draft became a case (a reference), which keeps its files; once only."""
    open_ = Draft.objects.visible_to(actor).filter(key=draft_key, submitted_case="")
    if not open_.update(submitted_case=case, saved_at=at, version=F("version") + 1):
        raise AlreadyHandedIn
    mine = Attachment.objects.filter(draft__key=draft_key)
    for file_key in mine.values_list("file_key", flat=True):
        files.attach(key=file_key, subject=case, at=at)


def remove_expired(*, at: datetime, limit: int = 500) -> int:
    """Delete drafts past their day, answers and all; how many. Files are left to the sweeper."""
    late = Draft.objects.filter(submitted_case="", expires_at__lte=at).order_by("expires_at")
    old = list(late.select_for_update(skip_locked=True).only("pk", "key")[:limit])
    _let_go_of_files(old)
    Draft.objects.filter(pk__in=[draft.pk for draft in old]).delete()
    return len(old)


def _let_go_of_files(drafts: Sequence[Draft]) -> None:
    """The store's sweeper removes files nothing refers to any more."""
    for attachment in Attachment.objects.filter(draft__in=drafts).select_related("draft"):
        files.detach(key=attachment.file_key, subject=f"draft:{attachment.draft.key}")


def _lock(key: str, actor: Actor, at: datetime) -> Draft:
    mine = Draft.objects.select_for_update().visible_to(actor)
    draft = mine.filter(key=key, discarded_at=None).first()
    if draft is None or (not draft.submitted_case and draft.expires_at <= at):
        raise NotFound("没有找到这份草稿。", "它可能已经删除或过期，请重新开始办理。")
    if draft.submitted_case:
        raise AlreadyHandedIn
    return draft


def _keep(draft: Draft, at: datetime, **values: Any) -> None:
    expires_at = at + timedelta(days=KEPT_DAYS)
    draft.keep(version=draft.version + 1, at=at, expires_at=expires_at, **values)


def _stamped(draft: Draft, field: str) -> dict[str, int]:
    return {**draft.changed_at, field: draft.version + 1}


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


def _record(
    draft: Draft, act: str, actor: Actor, at: datetime, **facts: str | int | bool | None
) -> None:
    subject = f"draft:{draft.key}"
    journal.record(actor=actor, act=act, subject=subject, at=at, facts=facts)
