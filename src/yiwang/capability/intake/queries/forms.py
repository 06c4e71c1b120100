"""Questions about published forms, and about answers whether or not they are in a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from functools import lru_cache, partial
from typing import Any

from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.intake import rules
from yiwang.capability.intake.definitions import (
    AnswerRow,
    Field,
    Form,
    Kind,
    LookedUp,
    Prefilled,
    parse_form,
)
from yiwang.capability.intake.models import PublishedForm
from yiwang.foundation.exchange import sources
from yiwang.foundation.standards import queries as standards
from yiwang.kernel.moments import SHANGHAI
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound
from yiwang.network.directory import queries as directory
from yiwang.support.licences import queries as licences

#: How long the code of a class (小类) is; longer and shorter ones name wider groups.
_CLASS = 4
#: The language packs are written in.
_WRITTEN = "zh-hans"


@lru_cache(maxsize=512)
def get_form(item_code: str, item_version: int) -> Form:
    """The published form of an item version, which never changes; NotFound when there is none."""
    row = PublishedForm.objects.filter(item_code=item_code, item_version=item_version).first()
    form = parse_form(row.document)[0] if row else None
    if form is None:
        raise NotFound("这个事项还不能在网上填表。", "请看办事指南里的其他办理方式。")
    return form


def get_spoken_form(item_code: str, item_version: int, language: str) -> Form:
    """The same form as a page in this language shows it, Chinese where its pack has no word; NotFound."""
    form = get_form(item_code, item_version)
    if language == _WRITTEN:
        return form
    return _spoken(item_code, item_version, language, form.digest)


@lru_cache(maxsize=512)
def _spoken(item_code: str, item_version: int, language: str, _digest: str) -> Form:
    said = catalogue.get_texts(item_code, item_version).get(language, {})
    return rules.in_language(get_form(item_code, item_version), said.get("words", {}))


def get_glossary(item_code: str, item_version: int, language: str) -> Mapping[str, str]:
    """Every Chinese word of a pack, of its guide and its form, and how it says it in a language.

    What a case keeps is Chinese; a page in another language shows the pack's own words for it.
    ``item_version`` 0: the one in force.
    """
    if language == _WRITTEN:
        return {}
    if not item_version:
        now = catalogue.find_item(item_code)
        item_version = now.version if now else 0
    return _glossary(item_code, item_version, language)


@lru_cache(maxsize=256)
def _glossary(item_code: str, item_version: int, language: str) -> Mapping[str, str]:
    try:
        written = catalogue.get_item(item_code, version=item_version)
        spoken = catalogue.get_item(item_code, version=item_version, language=language)
        forms = [get_form(item_code, item_version)]
        forms.append(get_spoken_form(item_code, item_version, language))
    except NotFound:
        return {}
    chinese, other = (catalogue.words_of(one.item) for one in (written, spoken))
    pairs = [(word, other[path]) for path, word in chinese.items() if path in other]
    pairs += zip(*(rules.words_of(form) for form in forms), strict=True)
    return {word: said for word, said in pairs if word != said}


def has_form(item_code: str, item_version: int) -> bool:
    """True when this item version can be filled in here."""
    return PublishedForm.objects.filter(item_code=item_code, item_version=item_version).exists()


def check_answers(
    form: Form,
    answers: Mapping[str, Any],
    *,
    on: date,
    step: str | None = None,
    looked_up: Mapping[str, LookedUp] | None = None,
    holder: str = "",
) -> tuple[FieldProblem, ...]:
    """Everything wrong with answers, codes compared with their registers.

    ``holder``: whose licences may be chosen; "" they are not compared. Without ``looked_up`` (no draft: the counter, a pack's examples) nobody named was looked up, and
    only form and check digits are judged.
    """
    registers = rules.Registers(
        division=_division_exists,
        industry=_industry_exists,
        named=looked_up.get if looked_up is not None else None,
        licence=partial(_is_held, holder, on) if holder else None,
    )
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
    looked_up: Mapping[str, LookedUp] | None = None,
) -> tuple[AnswerRow, ...]:
    """The answers in words, with the names of divisions, industries and files."""
    names = {**names_of_codes(form.fields, answers), **file_names}
    return rules.answer_rows(form, answers, prefilled=prefilled, names=names, looked_up=looked_up)


def visible_keys(form: Form, answers: Mapping[str, Any]) -> frozenset[str]:
    """Which questions are asked, given these answers."""
    return frozenset(field.key for field in rules.visible_fields(form, answers))


def source_label_of(field: Field) -> str:
    """The register a question is prefilled from, in words."""
    source = sources.find_source(field.prefill or "")
    return source.source_label if source else "登记信息"


def questions_of(
    form: Form, questions: Mapping[str, str], answers: Mapping[str, Any]
) -> Mapping[str, str]:
    """``questions_now`` for answers that are no draft: a pack's examples."""
    return rules.questions_now(form, questions, answers)


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
    for identifier in _given_licences(fields, answers):
        names[identifier] = licences.find_label(identifier) or identifier
    for code in given.get(Kind.INDUSTRY, ()):
        names[code] = standards.find_label("industry", code) or code
    return names


def list_licences(template: str, holder: str, *, at: datetime) -> tuple[tuple[str, str], ...]:
    """The holder's licences of a type that are in force: (identifier, what it is called)."""
    held = licences.list_held(holder=holder, template=template, at=at)
    return tuple((one.identifier, one.label) for one in held)


def _is_held(holder: str, on: date, template: str, identifier: str) -> bool:
    at = datetime.combine(on, time(12), tzinfo=SHANGHAI)
    held = licences.find_numbered(identifier=identifier, holder=holder, at=at)
    return held is not None and held.template == template


def _given_licences(fields: Sequence[Field], answers: Mapping[str, Any]) -> tuple[str, ...]:
    chosen = (answers.get(f.key) for f in fields if f.kind is Kind.LICENCE)
    return tuple(one for one in chosen if isinstance(one, str))


def list_industries(text: str, *, limit: int = 12) -> tuple[tuple[str, str], ...]:
    """Industry classes by their name, their code or how people speak of them: (code, name).

    What somebody says word for word (“修鞋店”) comes first, then names that hold all the words.
    """
    words = text.split()[:5]
    if not words:
        return ()
    everyday = standards.everyday_words("industry")
    hits = []
    for code in standards.get_table("industry").codes:
        rank = rules.industry_rank(words, code.code, code.label, everyday.get(code.code, ()))
        if len(code.code) == _CLASS and rank is not None:
            hits.append((rank, len(code.label), code.code, code.label))
    return tuple((code, label) for _rank, _length, code, label in sorted(hits)[:limit])


def _division_exists(code: str) -> bool:
    found = directory.find_division(code)
    return found is not None and found.valid_until is None


def _industry_exists(code: str) -> bool:
    return standards.find_label("industry", code) is not None
