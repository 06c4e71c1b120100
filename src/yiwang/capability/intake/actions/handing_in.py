"""Handing in: the draft frozen as it is, then closed for good."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from yiwang.capability.intake import queries, rules
from yiwang.capability.intake.actions import rows
from yiwang.capability.intake.actions.looking_up import NotLookedUp
from yiwang.capability.intake.actions.rows import AlreadyHandedIn
from yiwang.capability.intake.definitions import Form, FrozenApplication, Kind
from yiwang.capability.intake.models import Draft
from yiwang.kernel.actor import Actor, PowerAct
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound, Refusal
from yiwang.kernel.sentences import said
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.statements import prepared

_CLOSE: Final = """
UPDATE intake_draft SET submitted_case = %(case)s, saved_at = %(at)s, version = version + 1
 WHERE key = %(key)s AND applicant = %(applicant)s AND submitted_case = ''
   AND discarded_at IS NULL AND expires_at > %(at)s
RETURNING {columns}
"""


class AnswersConflict(Refusal):
    """Two devices said different things and nobody has chosen yet."""

    sentence = "有的内容在两台设备上填得不一样，还没有选定。"
    remedy = "请在表里选用哪一个，再提交。"


def freeze(*, draft_key: str, case: str, actor: Actor, at: datetime) -> FrozenApplication:
    """The draft becomes a case (a reference), once only, and its files the case's: the answers
    exactly as they are handed in, checked whole, hidden ones dropped.

    A refusal undoes it with the caller's transaction: InvalidInput with every field's problem,
    NotLookedUp, AnswersConflict, AlreadyHandedIn, NotFound.
    """
    draft = _close(draft_key, case, actor, at)
    if not actor.may(PowerAct.APPLY, draft.item_code):  # undone with the caller's transaction
        raise NotFound
    form = queries.get_form(draft.item_code, draft.item_version)
    names = _uploaded(draft, form)
    view = queries.view_of(draft, files=tuple(names))
    if view.conflicts:
        named = [
            FieldProblem(c.field, said("%(label)s有两种填法。", label=c.label))
            for c in view.conflicts
        ]
        raise AnswersConflict(fields=named)
    problems = queries.check(view, on=legal_date(at))
    if problems:
        raise InvalidInput(fields=problems)
    if queries.to_look_up(view, at=at, again=False):
        raise NotLookedUp
    for file_key in names:
        files.attach(key=file_key, subject=case, at=at)
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
    )


def _close(key: str, case: str, actor: Actor, at: datetime) -> Draft:
    """The draft's row, closed. Of two at once one waits for the other and finds it closed."""
    values = {"key": key, "case": case, "applicant": actor.applicant, "at": at}
    for draft in prepared.read(Draft, _CLOSE, values):
        return draft
    rows.insist_open(Draft.objects.visible_to(actor).filter(key=key, discarded_at=None).first(), at)
    raise AlreadyHandedIn


def _uploaded(draft: Draft, form: Form) -> dict[str, str]:
    """File key → file name; a form without a file question is not asked about."""
    if not any(field.kind is Kind.FILE for field in form.fields):
        return {}
    return dict(draft.attachments.values_list("file_key", "filename"))
