"""The earlier licence an application acts on, beside what it would become: for whoever decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions.flow import EFFECT_LABELS, Effect
from yiwang.capability.cases.queries import Inside
from yiwang.capability.journey import earlier, official, results
from yiwang.kernel.actor import Actor
from yiwang.kernel.references import split
from yiwang.kernel.refusals import NotFound
from yiwang.kernel.sentences import said
from yiwang.support.licences import queries as licences
from yiwang.support.licences.definitions import LicenceView

_CONDITIONS: Final = "case:conditions"


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One thing the licence states: as it is, and as it would be or has become."""

    label: str
    now: str
    then: str

    @property
    def changed(self) -> bool:
        return self.now != self.then


@dataclass(frozen=True, slots=True)
class Compared:
    """The earlier licence as the case found it. ``case_key``: its own case, "" when not to be seen."""

    licence: LicenceView
    effect: str
    effect_label: str
    settled: bool
    rows: tuple[ComparedRow, ...]
    case_key: str = ""

    @property
    def ends(self) -> bool:
        """A cancellation: nothing follows it."""
        return self.effect == Effect.CANCEL


def compare_earlier(*, case_key: str, actor: Actor, at: datetime) -> Compared | None:
    """What the case would change on which licence; None for a case on none.

    The caller has shown that the actor may open the case. Nothing is changed or written.
    """
    inside = case_queries.get_inside(case_key)
    if not inside.earlier:
        return None
    made = licences.find_case_licence(inside.reference, at=at)
    old = licences.get_by_key(split(inside.earlier)[1], at=at)
    if made is None and inside.decided_at is None:
        old = _standing(inside, old, at)
    then = _become(inside, old, made, at)
    return Compared(
        licence=old,
        effect=inside.effect,
        effect_label=EFFECT_LABELS[inside.effect],
        settled=made is not None,
        rows=_rows(old, then),
        case_key=_case_of(old, actor, at),
    )


def _standing(inside: Inside, chosen: LicenceView, at: datetime) -> LicenceView:
    """The version the decision would meet now; the one that was chosen when nothing holds any more."""
    try:
        return earlier.living(inside, at)
    except earlier.EarlierGone:
        return chosen


def _become(
    inside: Inside, old: LicenceView, made: LicenceView | None, at: datetime
) -> dict[str, str]:
    """Label → value of the version that would follow, or has; nothing after a cancellation."""
    if inside.effect == Effect.CANCEL:
        return {}
    if made is not None:
        return _stated(made)
    flow = case_queries.get_flow(inside.item_code, inside.item_version, inside.profile)
    asked = replace(
        flow, values={name: of for name, of in flow.values.items() if of != _CONDITIONS}
    )
    values: Mapping[str, str] = results.values_of(inside, asked, None, at)
    fresh = {name: value for name, value in values.items() if value}
    for name, of in flow.values.items():
        if of == _CONDITIONS:
            fresh[name] = official.propose_conditions(inside.key)
    months = licences.get_template(old.template).validity_months
    begins, ends = earlier.next_term(inside, flow, old, months, at)
    return {
        **dict(licences.face_of(old.template, {**licences.get_values(old.key), **fresh})),
        **_term(begins, ends),
    }


def _stated(one: LicenceView) -> dict[str, str]:
    return {**dict(one.rows), **_term(one.valid_from, one.valid_until)}


def _term(begins: date, ends: date | None) -> dict[str, str]:
    last = licences.last_day_of(ends)
    return {
        "从哪天起": said("%(day)s", day=begins),
        "到哪天止": said("%(day)s", day=last) if last else "长期",
    }


def _rows(old: LicenceView, then: Mapping[str, str]) -> tuple[ComparedRow, ...]:
    now = _stated(old)
    labels = [*now, *(label for label in then if label not in now)]
    return tuple(ComparedRow(label, now.get(label, ""), then.get(label, "")) for label in labels)


def _case_of(licence: LicenceView, actor: Actor, at: datetime) -> str:
    kind, key = split(licence.case)
    try:
        return case_queries.get_case(key, actor, at=at).key if kind == "case" else ""
    except NotFound:
        return ""
