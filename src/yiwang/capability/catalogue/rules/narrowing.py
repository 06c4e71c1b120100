"""A few questions narrow the guide: only what this person needs stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from yiwang.capability.catalogue.definitions import (
    Commitment,
    HandlingItem,
    Item,
    Material,
    MaterialSource,
    Question,
    When,
)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What this person must bring: nothing fetched is asked for."""

    materials: tuple[Material, ...]
    handling_item: HandlingItem | None
    sentence: str
    open_questions: tuple[str, ...] = ()  # keys still unanswered
    commitment: Commitment | None = None  # this road was chosen

    @property
    def to_bring(self) -> tuple[Material, ...]:
        return tuple(m for m in self.materials if m.source is MaterialSource.UPLOADED)

    @property
    def not_here(self) -> str:
        """What to tell somebody whose variant is not applied for here: no licence needed, or elsewhere."""
        chosen = self.handling_item
        return chosen.note or chosen.name if chosen is not None and not chosen.online else ""

    @property
    def fetched(self) -> tuple[Material, ...]:
        return tuple(m for m in self.materials if m.source is MaterialSource.FETCHED)


def holds(when: When, answers: Mapping[str, str]) -> bool:
    """True unless an answered question excludes it; an open question excludes nothing yet."""
    return all(key not in answers or answers[key] in values for key, values in when.items())


def chosen_commitment(item: Item, answers: Mapping[str, str]) -> Commitment | None:
    """The item's commitment when an answer chose that road; nobody is put on it without choosing."""
    promise = item.commitment
    if promise is None or not all(answers.get(key) in on for key, on in promise.when.items()):
        return None
    return promise


def asked(item: Item, answers: Mapping[str, str]) -> tuple[Question, ...]:
    """The questions that still matter: proof of a place is not asked about an online shop.

    A question falls away when every material and handling item that depends on it is excluded by
    another answer. One nothing depends on is asked: the form may need it.
    """
    dependents: list[When] = [m.when for m in item.materials]
    dependents += [h.when for h in item.handling_items]
    dependents += [item.commitment.when] if item.commitment else []

    def matters(key: str) -> bool:
        others = {name: value for name, value in answers.items() if name != key}
        mine = [when for when in dependents if key in when]
        return not mine or any(holds(when, others) for when in mine)

    return tuple(question for question in item.questions if matters(question.key))


def narrow(item: Item, answers: Mapping[str, str], language: str = "zh-hans") -> Narrowed:
    """Materials and handling item that remain after the answers, and a sentence in ``language``.

    Unknown questions and unknown answers are ignored: a guide never fails on a stale link.
    """
    known = {
        q.key: answers[q.key]
        for q in item.questions
        if q.key in answers and answers[q.key] in {option.value for option in q.options}
    }
    promise = chosen_commitment(item, known)
    replaced = promise.replaces if promise else ()
    materials = tuple(
        _as_asked(m, item, committed=m.key in replaced)
        for m in item.materials
        if holds(m.when, known)
    )
    variants = tuple(h for h in item.handling_items if holds(h.when, known))
    chosen = variants[0] if len(variants) == 1 else None
    if chosen is not None and not chosen.online:
        materials = ()  # nothing is handed in for what is not applied for here
    unanswered = tuple(q.key for q in asked(item, known) if q.key not in known)
    return Narrowed(materials, chosen, _sentence(materials, chosen, language), unanswered, promise)


def _as_asked(material: Material, item: Item, *, committed: bool) -> Material:
    """With its kind (the item's own unless it names a shared one), and as the chosen road asks it."""
    kind = material.kind or f"{item.code}.{material.key}"
    if committed:
        return replace(material, kind=kind, source=MaterialSource.COMMITTED, tolerance=None)
    return replace(material, kind=kind)


@dataclass(frozen=True, slots=True)
class _Words:
    """The sentences of one language; ``joint`` stands between names."""

    not_here: str
    chosen: str
    bring: str
    nothing: str
    later: str
    promised: str
    fetched: str
    joint: str
    gap: str = ""


_SAID: Final[Mapping[str, _Words]] = {
    "zh-hans": _Words(
        "“{name}”不在这里申请。",
        "您办理的是“{name}”。",
        "需要您准备 {number} 样材料：{names}。",
        "不用准备材料。",
        "其中{names}可以先受理、后补交。",
        "{names}用您的书面承诺代替。",
        "{names}由我们查询，不用您提交。",
        "、",
    ),
    "en": _Words(
        "“{name}” is not applied for here.",
        "You are applying for “{name}”.",
        "You prepare {number}: {names}.",
        "You need not prepare anything.",
        "May come after acceptance: {names}.",
        "Your written promise stands for: {names}.",
        "We look up, you need not hand in: {names}.",
        "; ",
        " ",
    ),
}


def _sentence(
    materials: tuple[Material, ...], chosen: HandlingItem | None, language: str = "zh-hans"
) -> str:
    said = _SAID.get(language, _SAID["zh-hans"])
    if chosen is not None and not chosen.online:
        return chosen.note or said.not_here.format(name=chosen.name)
    bring = [m.name for m in materials if m.source is MaterialSource.UPLOADED]
    names = {
        said.later: [m.name for m in materials if m.tolerance is not None],
        said.promised: [m.name for m in materials if m.source is MaterialSource.COMMITTED],
        said.fetched: [m.name for m in materials if m.source is MaterialSource.FETCHED],
    }
    parts = [said.chosen.format(name=chosen.name)] if chosen else []
    named = said.joint.join(bring)
    parts.append(said.bring.format(number=len(bring), names=named) if bring else said.nothing)
    parts += [words.format(names=said.joint.join(found)) for words, found in names.items() if found]
    return said.gap.join(parts)
