"""Questions about forms and drafts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from yiwang.capability.intake import rules
from yiwang.capability.intake.definitions import (
    AnswerRow,
    Contradiction,
    DraftRow,
    DraftView,
    Field,
    FieldConflict,
    Form,
    Kind,
    Prefilled,
    parse_form,
)
from yiwang.capability.intake.models import Attachment, Draft, PublishedForm
from yiwang.foundation.exchange import sources
from yiwang.foundation.standards import queries as standards
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound
from yiwang.network.directory import queries as directory

#: A person waits at most this long for prefilled answers.
PREFILL_SECONDS: Final = 1.0


@lru_cache(maxsize=512)
def get_form(item_code: str, item_version: int) -> Form:
    """The published form of an item version, which never changes; NotFound when there is none."""
    row = PublishedForm.objects.filter(item_code=item_code, item_version=item_version).first()
    form = parse_form(row.document)[0] if row else None
    if form is None:
        raise NotFound("这个事项还不能在网上填表。", "请看办事指南里的其他办理方式。")
    return form


def has_form(item_code: str, item_version: int) -> bool:
    """True when this item version can be filled in here."""
    return PublishedForm.objects.filter(item_code=item_code, item_version=item_version).exists()


def get_draft(key: str, actor: Actor) -> DraftView:
    """One of the actor's own drafts, with its answers; NotFound for anybody else's."""
    row = Draft.objects.visible_to(actor).filter(key=key, discarded_at=None).first()
    if row is None:
        raise NotFound("没有找到这份草稿。", "它可能已经删除或过期，请重新开始办理。")
    return view_of(row)


def list_drafts(actor: Actor, *, at: datetime, limit: int = 50) -> tuple[DraftRow, ...]:
    """The actor's drafts that can still be continued, newest first."""
    rows = Draft.objects.visible_to(actor).open(at).order_by("-saved_at")
    rows = rows.defer("answers", "prefilled", "conflicts")
    return tuple(_row_of(row) for row in rows[: min(limit, 200)])


def list_attachments(draft_key: str, actor: Actor) -> Mapping[str, str]:
    """File key → file name of everything uploaded to the actor's own draft."""
    mine = Draft.objects.visible_to(actor).filter(key=draft_key)
    return dict(Attachment.objects.filter(draft__in=mine).values_list("file_key", "filename"))


def check(draft: DraftView, *, on: date, step: str | None = None) -> tuple[FieldProblem, ...]:
    """Everything wrong with a draft on that day, codes compared with the registers."""
    form = get_form(draft.item_code, draft.item_version)
    return check_answers(form, draft.answers, on=on, step=step)


def check_answers(
    form: Form, answers: Mapping[str, Any], *, on: date, step: str | None = None
) -> tuple[FieldProblem, ...]:
    """The same for answers that are in no draft: the API, the counter, a pack's examples."""
    registers = rules.Registers(division=_division_exists, industry=_industry_exists)
    return rules.validate(form, answers, on=on, step=step, registers=registers)


def tidy_answers(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Typed answers as the form keeps them, empty ones as None. Refuses InvalidInput.

    Files are handed in as files, never named by key: nobody may name somebody else's.
    """
    kept, problems = rules.clean(form.fields, answers)
    files = [f.key for f in form.fields if f.kind is Kind.FILE and answers.get(f.key)]
    strange = [FieldProblem(key, "这里不能这样交文件。", "请上传文件。") for key in files]
    if problems or strange:
        raise InvalidInput(fields=[*problems, *strange])
    return {key: kept.get(key) for key in answers}


def answer_rows(
    form: Form,
    answers: Mapping[str, Any],
    *,
    prefilled: Mapping[str, Prefilled],
    file_names: Mapping[str, str],
) -> tuple[AnswerRow, ...]:
    """The answers in words, with the names of divisions, industries and files."""
    names = {**names_of_codes(form.fields, answers), **file_names}
    return rules.answer_rows(form, answers, prefilled=prefilled, names=names)


def visible_keys(form: Form, answers: Mapping[str, Any]) -> frozenset[str]:
    """Which questions are asked, given these answers."""
    return frozenset(field.key for field in rules.visible_fields(form, answers))


def wants_prefill(draft: DraftView, fields: Sequence[Field]) -> tuple[Field, ...]:
    """Questions a source may answer that nothing is known about yet."""
    return tuple(
        f
        for f in fields
        if f.prefill and f.key not in draft.prefilled and f.key not in draft.answers
    )


def source_label_of(field: Field) -> str:
    """The register a question is prefilled from, in words."""
    source = sources.find_source(field.prefill or "")
    return source.source_label if source else "登记信息"


def list_contradictions(draft: DraftView) -> tuple[Contradiction, ...]:
    """Where the person says otherwise than a register."""
    form = get_form(draft.item_code, draft.item_version)
    return rules.contradictions(form, draft.answers, draft.prefilled)


def questions_now(draft: DraftView) -> Mapping[str, str]:
    """The guide's answers as the form has them by now: what narrows the materials."""
    form = get_form(draft.item_code, draft.item_version)
    return rules.questions_now(form, draft.questions, draft.answers)


def questions_of(
    form: Form, questions: Mapping[str, str], answers: Mapping[str, Any]
) -> Mapping[str, str]:
    """``questions_now`` for answers that are no draft: a pack's examples."""
    return rules.questions_now(form, questions, answers)


def material_files(draft: DraftView) -> Mapping[str, tuple[str, ...]]:
    """Materials the form itself asks for, with the files uploaded there."""
    form = get_form(draft.item_code, draft.item_version)
    return rules.material_files(form, draft.answers)


def mask_answer(field: Field, value: Any) -> str:
    """A sensitive answer as it may be shown to anybody looking over the shoulder."""
    return rules.mask(field, value, {})


def names_of_codes(fields: Sequence[Field], answers: Mapping[str, Any]) -> dict[str, str]:
    """What the chosen divisions and industries are called."""
    given = {f.kind: set[str]() for f in fields if f.kind in (Kind.DIVISION, Kind.INDUSTRY)}
    for field in fields:
        value = answers.get(field.key)
        if field.kind in given and isinstance(value, str):
            given[field.kind].add(value)
    divisions = directory.find_divisions(given.get(Kind.DIVISION, ()))
    names = {code: view.full_name for code, view in divisions.items()}
    for code in given.get(Kind.INDUSTRY, ()):
        names[code] = standards.find_label("industry", code) or code
    return names


@dataclass(frozen=True, slots=True)
class Prefill:
    """What the sources said: found, no such record, or not reachable now."""

    found: Mapping[str, Prefilled]
    not_found: tuple[str, ...] = ()
    away: Mapping[str, str] | None = None  # field → the source's name in words


def prefill(
    draft: DraftView,
    actor: Actor,
    *,
    fields: Collection[str] | None = None,
    limit_seconds: float = PREFILL_SECONDS,
    at: datetime | None = None,
) -> Prefill:
    """Ask every source the form names, all at once, outside any transaction.

    Only what is not known yet is asked; ``fields`` asks again for exactly these.
    """
    form = get_form(draft.item_code, draft.item_version)
    wanted = [f for f in form.fields if f.prefill and _is_wanted(f.key, draft, fields)]
    questions = [sources.Question(f.prefill or "", draft.applicant) for f in wanted]
    if not questions:
        return Prefill({})
    answers = sources.ask_all(
        questions,
        purpose="填写申请表",
        case=draft.reference,
        limit_seconds=limit_seconds,
        at=at,
    )
    found: dict[str, Prefilled] = {}
    missing, away = [], {}
    for field, answer in zip(wanted, answers, strict=True):
        value = _fits(field, answer.value)
        if answer.status is sources.Status.AWAY or (answer.value is not None and value is None):
            away[field.key] = answer.source_label
        elif value is None:
            missing.append(field.key)
        else:
            found[field.key] = Prefilled(value, answer.source_label, answer.as_of, answer.source)
    return Prefill(found, tuple(missing), away)


def list_industries(text: str, *, limit: int = 12) -> tuple[tuple[str, str], ...]:
    """Industry classes whose name contains all the words, or whose code begins so: (code, name)."""
    words = text.split()[:5]
    if not words:
        return ()
    hits = []
    for code in standards.get_table("industry").codes:
        if len(code.code) == 4 and (
            code.code.startswith(words[0]) or all(word in code.label for word in words)
        ):
            hits.append((code.code, code.label))
    return tuple(sorted(hits, key=lambda hit: (len(hit[1]), hit[0]))[:limit])


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


def _is_wanted(key: str, draft: DraftView, fields: Collection[str] | None) -> bool:
    return key in fields if fields is not None else key not in draft.prefilled


def _fits(field: Field, value: Any) -> Any:
    """The value as this question keeps it; None when it is not an answer to it."""
    if value is None:
        return None
    kept, problems = rules.clean([field], {field.key: value})
    if problems or not rules.has_right_type(field, kept.get(field.key)):
        return None
    return kept[field.key]


def _division_exists(code: str) -> bool:
    found = directory.find_division(code)
    return found is not None and found.valid_until is None


def _industry_exists(code: str) -> bool:
    return standards.find_label("industry", code) is not None


def iterate_handed_in(*, since: datetime, until: datetime) -> Iterator[tuple[str, str]]:
    """(draft, case) of every draft handed in between two moments: for the daily reconciliation."""
    rows = Draft.objects.filter(saved_at__gte=since, saved_at__lt=until)
    handed_in = rows.exclude(submitted_case="").order_by("saved_at")
    yield from handed_in.values_list("key", "submitted_case").iterator(chunk_size=500)


def find_handed_in(drafts: Sequence[str]) -> Mapping[str, str]:
    """Draft → the case it became, for those handed in."""
    rows = Draft.objects.filter(key__in=drafts).exclude(submitted_case="")
    return dict(rows.values_list("key", "submitted_case"))
