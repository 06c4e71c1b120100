"""What other registers say for a draft. Asked outside any transaction, a second at most."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings

from yiwang.capability.intake import rules
from yiwang.capability.intake.definitions import (
    REGISTER_OF,
    DraftView,
    Field,
    Form,
    LookedUp,
    Named,
    Prefilled,
    Said,
)
from yiwang.capability.intake.queries.forms import get_form
from yiwang.foundation.exchange import sources
from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import InvalidInput, NotFound

#: A person waits at most this long for prefilled answers.
PREFILL_SECONDS: Final = settings.SOURCE_SECONDS
#: What sources are asked for here, as receipts and grants say it.
FOR_FORM: Final = "填写申请表"
FOR_REGISTER: Final = "核对申请表里填的人和单位"


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
    told = ((f, f.prefill_parameters(draft.answers)) for f in form.fields if f.prefill)
    asked = [(f, p) for f, p in told if p is not None and _is_wanted(f.key, draft, fields)]
    wanted = [f for f, _ in asked]
    questions = [sources.Question(f.prefill or "", draft.applicant, p) for f, p in asked]
    if not questions:
        return Prefill({})
    answers = sources.ask_all(
        questions,
        purpose=FOR_FORM,
        item=draft.item_code,
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


def _is_wanted(key: str, draft: DraftView, fields: Collection[str] | None) -> bool:
    return key in fields if fields is not None else key not in draft.prefilled


def _fits(field: Field, value: Any) -> Any:
    """The value as this question keeps it; None when it is not an answer to it."""
    if value is None:
        return None
    said = next((o.value for o in field.options if o.label == value), value)  # words for their code
    if field.unit and isinstance(said, str):
        said = said.removesuffix(field.unit).strip()
    kept, problems = rules.clean([field], {field.key: said})
    if problems or not rules.has_right_type(field, kept.get(field.key)):
        return None
    return kept[field.key]


def to_look_up(
    draft: DraftView, *, at: datetime, step: str | None = None, again: bool = True
) -> tuple[Named, ...]:
    """Persons and firms the draft (or one step) names that nobody has looked up.

    ``again``: also those about whom nothing was learnt, and what was denied a day ago.
    """
    found: dict[str, Named] = {}
    for one in _list_named(draft, at, step):
        known = draft.looked_up.get(one.key)
        if known is None or (again and known.is_to_be_asked_again(at)):
            found.setdefault(one.key, one)
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Told:
    """What a register said about whoever is named at one place of the form."""

    field: str
    key: str
    said: Said
    source_label: str
    remark: str
    at: datetime


def list_told(draft: DraftView, *, at: datetime, step: str | None = None) -> tuple[Told, ...]:
    """Everybody the draft (or one step) names and what was said about them, in form order."""
    named = _list_named(draft, at, step)
    known = [(one, draft.looked_up.get(one.key)) for one in named]
    return tuple(
        Told(one.place, one.key, told.said, told.source_label, told.remark, told.at)
        for one, told in known
        if told is not None
    )


def find_named(draft: DraftView, place: str, value: Mapping[str, str], *, at: datetime) -> Named:
    """Who is named by what was just typed at one place of the form.

    Refuses NotFound when no person or firm is asked for there, InvalidInput while name or number is
    not whole.
    """
    form = get_form(draft.item_code, draft.item_version)
    field = rules.field_at(form, place)
    if field is None or field.kind not in REGISTER_OF:
        raise NotFound("表里没有这个问题。", "请刷新页面。")
    kept, problems = rules.clean([field], {field.key: value})
    named = rules.find_named(form, place, kept.get(field.key), on=legal_date(at))
    if problems or named is None:
        raise InvalidInput("姓名和号码还没有填完整。", "请填好两栏再核对。", fields=problems)
    return named


def list_named_among(
    form: Form, answers: Mapping[str, Any], *, fields: Collection[str], on: date
) -> tuple[Named, ...]:
    """Everybody named in full by these questions of a form, in form order."""
    named = rules.list_named(form, answers, on=on)
    return tuple(one for one in named if one.place.partition("-")[0] in fields)


def ask_registers(
    named: Sequence[Named],
    *,
    applicant: str,
    item: str,
    case: str,
    limit_seconds: float = PREFILL_SECONDS,
    at: datetime,
) -> Mapping[str, LookedUp]:
    """Compare names and numbers with the registers, all at once; by ``Named.key``.

    ``case``: the number of the case, or the draft, they stand in. A register answers whether they agree; under
    which other name a number is listed it never says.
    """
    questions = [
        sources.Question(
            REGISTER_OF[one.field.kind],
            applicant,
            {"name": one.name, "number": one.number},
        )
        for one in named
    ]
    if not questions:
        return {}
    answers = sources.ask_all(
        questions,
        purpose=FOR_REGISTER,
        item=item,
        case=case,
        limit_seconds=limit_seconds,
        at=at,
    )
    return {one.key: _said(one, answer, at) for one, answer in zip(named, answers, strict=True)}


def register_label(field: Field) -> str:
    """The register a person or firm is looked up in, in words."""
    source = sources.find_source(REGISTER_OF[field.kind])
    return source.source_label if source else "登记信息"


def _list_named(draft: DraftView, at: datetime, step: str | None) -> tuple[Named, ...]:
    form = get_form(draft.item_code, draft.item_version)
    return rules.list_named(
        form, draft.answers, on=legal_date(at), step=step, prefilled=draft.prefilled
    )


def _said(one: Named, answer: sources.Answer, at: datetime) -> LookedUp:
    """What is not an answer to the question means the register is away.

    A register elsewhere does not know our references: whom it was about is found here, so that they
    see who looked.
    """
    value = answer.value
    if answer.status is sources.Status.NOT_FOUND:
        return LookedUp(Said.NOT_LISTED, answer.source_label, at)
    if not isinstance(value, dict) or not isinstance(value.get("agrees"), bool):
        return LookedUp(Said.AWAY, answer.source_label, at)
    about, agrees = str(value.get("about") or _known_here(one)), value["agrees"]
    if not agrees:
        return LookedUp(Said.DIFFERS, answer.source_label, at, about=about)
    remark = str(value.get("remark") or "")
    return LookedUp(Said.AGREES, answer.source_label, at, remark, about)


def _known_here(one: Named) -> str:
    if REGISTER_OF[one.field.kind].startswith("person."):
        person = libraries.find_person(one.number)
        return person.reference if person else ""
    body = libraries.find_organization(one.number)
    return body.reference if body else ""
