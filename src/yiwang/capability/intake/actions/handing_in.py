"""Handing in: the draft frozen as it is, then closed for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from yiwang.capability.intake import queries, rules
from yiwang.capability.intake.actions import rows
from yiwang.capability.intake.actions.looking_up import NotLookedUp
from yiwang.capability.intake.actions.rows import AlreadyHandedIn
from yiwang.capability.intake.definitions import Form, FrozenApplication, Kind
from yiwang.capability.intake.models import Attachment, Draft
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.statements import prepared

_LOCK: Final = """
SELECT {columns} FROM intake_draft
 WHERE key = %s AND applicant = %s AND discarded_at IS NULL FOR UPDATE
"""
_CLOSE: Final = """
UPDATE intake_draft SET submitted_case = %s, saved_at = %s, version = version + 1
 WHERE key = %s AND applicant = %s AND submitted_case = '' RETURNING id
"""


class AnswersConflict(Refusal):
    """Two devices said different things and nobody has chosen yet."""

    sentence = "有的内容在两台设备上填得不一样，还没有选定。"
    remedy = "请在表里选用哪一个，再提交。"


def freeze(*, draft_key: str, actor: Actor, at: datetime) -> FrozenApplication:
    """The application exactly as it is handed in: checked whole, hidden answers dropped.

    Locks the draft for the rest of the transaction; ``mark_submitted`` closes it. Refuses
    InvalidInput with every field's problem, NotLookedUp, AnswersConflict, AlreadyHandedIn, NotFound.
    """
    draft = rows.insist_open(
        next(iter(prepared.read(Draft, _LOCK, [draft_key, actor.applicant])), None), at
    )
    form = queries.get_form(draft.item_code, draft.item_version)
    names = _uploaded(draft, form)
    view = queries.view_of(draft, files=tuple(names))
    if view.conflicts:
        named = [FieldProblem(c.field, f"{c.label}有两种填法。") for c in view.conflicts]
        raise AnswersConflict(fields=named)
    problems = queries.check(view, on=legal_date(at))
    if problems:
        raise InvalidInput(fields=problems)
    if queries.to_look_up(view, at=at, again=False):
        raise NotLookedUp
    answers = rules.visible_answers(form, view.answers)
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
        rows=queries.answer_rows(
            form,
            answers,
            prefilled=view.prefilled,
            file_names=names,
            looked_up=view.looked_up,
        ),
        sources=agreed,
        contradictions=rules.contradictions(form, answers, view.prefilled),
        files={key: tuple(answers[key]) for key in uploads},
        material_files=rules.material_files(form, answers),
        attached=tuple(names),
    )


def _uploaded(draft: Draft, form: Form) -> dict[str, str]:
    """File key → file name; a form without a file question is not asked about."""
    if not any(field.kind is Kind.FILE for field in form.fields):
        return {}
    return dict(draft.attachments.values_list("file_key", "filename"))


def mark_submitted(
    *, draft_key: str, case: str, actor: Actor, at: datetime, files_of: Sequence[str] | None = None
) -> None:
    """The draft became a case (a reference), which keeps its files; once only.

    ``files_of``: the keys ``freeze`` found, when the caller has them; else they are looked up.
    """
    if not prepared.run(_CLOSE, [case, at, draft_key, actor.applicant]):
        raise AlreadyHandedIn
    if files_of is None:
        mine = Attachment.objects.filter(draft__key=draft_key)
        files_of = list(mine.values_list("file_key", flat=True))
    for file_key in files_of:
        files.attach(key=file_key, subject=case, at=at)
