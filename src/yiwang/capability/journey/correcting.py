"""一次告知补正: what the applicant hands in then, changed answers and new files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from yiwang.capability.cases import actions as cases
from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import AnswerRow, CaseView
from yiwang.capability.cases.definitions.profiles import State, Step
from yiwang.capability.cases.queries import Inside
from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.catalogue.definitions import MaterialSource
from yiwang.capability.intake import actions as intake
from yiwang.capability.intake import queries as intake_queries
from yiwang.capability.intake.definitions import Form, LookedUp
from yiwang.capability.journey import clocks as case_clocks
from yiwang.capability.journey import letters, looking_up
from yiwang.capability.materials import actions as materials
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import FieldProblem, InvalidInput
from yiwang.mechanisms.files.definitions import StoredFile

#: Whatever the notice asks for that the item's list does not name.
OTHER: Final = "correction"
_QUESTION: Final = "question:"


@dataclass(frozen=True, slots=True)
class Correctable:
    """One material new files may be handed in for."""

    key: str
    name: str


def list_correctable(
    *, item_code: str, item_version: int, answers: Mapping[str, object]
) -> tuple[Correctable, ...]:
    """What the person uploads for this application, and one place for anything else."""
    item = catalogue.get_content(item_code, item_version)
    given = {k.removeprefix(_QUESTION): str(v) for k, v in answers.items() if _QUESTION in k}
    named = [
        Correctable(m.key, m.name)
        for m in catalogue.narrow(item, given).materials
        if m.source is MaterialSource.UPLOADED
    ]
    return (*named, Correctable(OTHER, "告知里说的其他材料"))


def supply_correction(
    *,
    case_key: str,
    version: int,
    answers: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    rows: Sequence[AnswerRow] = (),
    files: Mapping[str, Sequence[StoredFile]] | None = None,
) -> CaseView:
    """Hand in what was missing; the clock goes on. Answers are checked like the first time.

    Persons and firms the changed answers name are looked up as at submission, before the transaction
    opens. ``files``: material → stored files; ``list_correctable`` says which. Refusals:
    ``InvalidInput`` (every field named), ``TooManyFiles``, ``VersionConflict``, ``NotFound``.
    """
    case = case_queries.get_case(case_key, actor, at=at)
    inside = case_queries.get_inside(case.key)
    form = intake_queries.get_form(inside.item_code, inside.item_version)
    answers = intake_queries.tidy_answers(form, answers)
    whole = {**_answers_only(inside.answers), **answers}
    _insist(intake_queries.check_answers(form, whole, on=legal_date(at)))
    told: Mapping[str, LookedUp] = {}
    if any(act.name == Step.SUPPLY for act in case.acts):  # else it is refused below, nobody asked
        told = _look_up(inside, form, whole, answers, actor, at)
        _insist(intake_queries.check_answers(form, whole, on=legal_date(at), looked_up=told))
    worded = [
        answer_row(row)
        for row in intake_queries.answer_rows(
            form, whole, prefilled={}, file_names={}, looked_up=told
        )
        if row.field in answers
    ]
    with transaction.atomic():
        _hand_in(inside, version, answers, [*worded, *rows], files or {}, actor, at)
        return case_queries.get_case(case_key, actor, at=at)


def _hand_in(
    inside: Inside,
    version: int,
    answers: Mapping[str, Any],
    rows: Sequence[AnswerRow],
    files: Mapping[str, Sequence[StoredFile]],
    actor: Actor,
    at: datetime,
) -> None:
    handed_in = _keep_files(inside, files, actor=actor, at=at)
    if rows:
        handed_in.append(f"申请表（改了{'、'.join(row.label for row in rows)}）")
    cases.supply_correction(
        case_key=inside.key, version=version, answers=answers, rows=rows, actor=actor, at=at
    )
    flow = case_queries.get_flow(inside.item_code, inside.item_version, inside.profile)
    late = inside.state != State.RETURNED  # the limit ran out and an official went on already
    case_clocks.supplied(inside.reference, flow, late=late, actor=actor, at=at)
    letters.supplied(inside=inside, flow=flow, names=handed_in, actor=actor, at=at)


def _look_up(
    inside: Inside,
    form: Form,
    whole: Mapping[str, Any],
    answers: Mapping[str, Any],
    actor: Actor,
    at: datetime,
) -> Mapping[str, LookedUp]:
    """What the registers say about whom the changed answers name; written down even when refused."""
    named = intake_queries.list_named_among(form, whole, fields=answers, on=legal_date(at))
    if not named:
        return {}
    told = looking_up.ask(
        named,
        item=inside.item_code,
        case=inside.case_no,
        applicant=inside.applicant,
        actor=actor,
        at=at,
    )
    with transaction.atomic():
        intake.record_looked_up(
            subject=inside.reference, named=named, told=told, actor=actor, at=at
        )
    return told


def _insist(problems: Sequence[FieldProblem]) -> None:
    if problems:
        raise InvalidInput(fields=problems)


def _keep_files(
    inside: Inside, files: Mapping[str, Sequence[StoredFile]], *, actor: Actor, at: datetime
) -> list[str]:
    """Join new files to the case; what they are. Refuses InvalidInput for a material not asked for."""
    offered = list_correctable(
        item_code=inside.item_code, item_version=inside.item_version, answers=inside.answers
    )
    names = {one.key: one.name for one in offered}
    unknown = [
        FieldProblem(key, "没有这样材料。", "请刷新页面。") for key in files if key not in names
    ]
    if unknown:
        raise InvalidInput(fields=unknown)
    for key, stored in files.items():
        for one in stored:
            materials.add_to_case(
                case=inside.reference,
                material=key,
                name=names[key],
                stored=one,
                actor=actor,
                at=at,
            )
    return [names[key] for key, stored in files.items() if stored]


def _answers_only(answers: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in answers.items() if not key.startswith("question:")}


def answer_row(row: Any) -> AnswerRow:
    """A row of the form as the case keeps it."""
    return AnswerRow(
        label=row.label,
        value=row.value,
        source=row.source,
        field=row.field,
        step_title=row.step_title,
        sensitive=row.sensitive,
        masked=row.masked,
        checked=row.checked,
    )
