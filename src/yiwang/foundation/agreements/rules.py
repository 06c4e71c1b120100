"""Who stands on which side, what holds of a request or a grant, what a draft must say. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Final

from yiwang.foundation.agreements.definitions import (
    LONGEST_TEXT,
    MOST_FIELDS,
    MOST_LONGER,
    MOST_PER_DAY,
    Basis,
    Draft,
    Longer,
    Offer,
    RequestState,
    Sharing,
    Side,
    Way,
)
from yiwang.foundation.agreements.definitions.reports import (
    Disposal,
)
from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.kernel.places import in_subtree, lineage
from yiwang.kernel.refusals import FieldProblem

#: A term ends within five years at most; then it is asked for anew (ours: the regulation names none).
LONGEST_TERM: Final = timedelta(days=5 * 366)
_SERVICE: Final = re.compile(r"[0-9A-Z-]{2,32}/[a-z0-9-]{2,40}")
_ABOVE: Final = (RequestState.AT_SUPERIOR, RequestState.AT_GOVERNMENT)


def sides(
    actor: Actor,
    *,
    consumer: tuple[str, str],
    provider: tuple[str, str],
    state: str = "",
) -> frozenset[Side]:
    """What somebody is to a request or a grant; ``consumer``, ``provider``: (division, department).

    The authority of a dispute's higher steps lies above both departments.
    """
    if actor.kind is ActorKind.MACHINE:
        return frozenset({Side.MACHINE})
    if actor.kind is not ActorKind.OFFICIAL:
        return frozenset()
    found = set(_of_office(actor, *consumer, Side.CONSUMER, Side.CONSUMER_HEAD))
    found |= set(_of_office(actor, *provider, Side.PROVIDER, Side.PROVIDER_HEAD))
    places = authority_places(consumer[0], provider[0], state)
    if any(_watches(actor, Role.DATA_AUTHORITY, place) for place in places):
        found.add(Side.AUTHORITY)
    if any(_watches(actor, Role.OPERATOR, place) for place in (consumer[0], provider[0])):
        found.add(Side.OPERATOR)
    return frozenset(found)


def _of_office(
    actor: Actor, division: str, department: str, officer: Side, head: Side
) -> Iterator[Side]:
    held = actor.roles_at(division, department)
    if Role.DATA_OFFICER in held:
        yield officer
    if Role.HEAD in held:
        yield head


def _watches(actor: Actor, role: Role, place: str) -> bool:
    return any(
        grant.role == role and in_subtree(place, grant.division_code) for grant in actor.grants
    )


def common_place(first: str, second: str) -> str:
    """The lowest place both divisions belong to; the first's province when there is none."""
    others = set(lineage(second))
    return next((place for place in lineage(first) if place in others), lineage(first)[-1])


def authority_places(consumer: str, provider: str, state: str) -> tuple[str, ...]:
    """Whose sharing authority speaks now: either side's; in a dispute the common one, then above it."""
    if state not in (RequestState.AT_AUTHORITY, *_ABOVE):
        return consumer, provider
    common = common_place(consumer, provider)
    if state in _ABOVE:
        line = lineage(common)
        return (line[min(1, len(line) - 1)],)
    return (common,)


def request_facts(
    *, sharing: str, told: bool, longer: str, answer_yes: bool | None
) -> dict[str, bool]:
    """What the guards of the request's table ask for."""
    return {
        "told": told,
        "conditional": sharing != Sharing.UNCONDITIONAL,
        "refusable": sharing != Sharing.UNCONDITIONAL,
        "longer_asked": longer != Longer.NO,
        "longer_open": longer == Longer.ASKED,
        "yes": bool(answer_yes),
    }


def grant_facts(
    *,
    misuse: bool,
    mended: bool,
    mend_by: date | None,
    end_asked_by: str,
    renewal: bool,
    ends_on: date,
    today: date,
    disposal: str = "",
) -> dict[str, bool]:
    """What the guards of the grant's table ask for; ``ends_on``: the last day it holds."""
    return {
        "disposed": disposal in (Disposal.NONE_HELD, Disposal.DESTROYED),
        "misuse": misuse,
        "mended": mended,
        "mending_over": mended or (mend_by is not None and today > mend_by),
        "end_asked": bool(end_asked_by),
        "end_by_provider": end_asked_by == Side.PROVIDER,
        "end_by_consumer": end_asked_by == Side.CONSUMER,
        "renewal_asked": renewal,
        "over": today > ends_on,
    }


def problems_of(draft: Draft, offer: Offer, *, today: date) -> tuple[FieldProblem, ...]:
    """What a request lacks (条例 20: basis, scene, scope, way, term), field by field."""
    return (
        *_texts(draft),
        *_basis(draft),
        *_scope(draft, {one.code for one in offer.fields}),
        *_term(draft.until, today),
        *_numbers(draft),
    )


def _texts(draft: Draft) -> Iterator[FieldProblem]:
    for name, label, text, most in (
        ("purpose", "用途", draft.purpose, 100),
        ("scene", "使用场景", draft.scene, LONGEST_TEXT),
    ):
        if not text.strip():
            yield FieldProblem(name, f"{label}还没有写", "，请写明")
        elif len(text) > most:
            yield FieldProblem(name, f"{label}超过 {most} 字", "，请精简")


def _basis(draft: Draft) -> Iterator[FieldProblem]:
    if draft.basis not in set(Basis):
        yield FieldProblem("basis", "还没有选依据", "，请选一项")
    if draft.basis == Basis.ITEM and not draft.items:
        yield FieldProblem("items", "还没有写是哪个事项", "，请填事项编码")
    if any(not one.strip() or len(one) > 120 for one in draft.items) or len(draft.items) > 50:
        yield FieldProblem("items", "事项编码不对", "，每行一个，最多 50 个")
    if draft.basis == Basis.DUTY and not draft.duty.strip() and not draft.articles:
        yield FieldProblem("duty", "还没有写履行什么职责", "，请写明，或者写依据的条文")
    if len(draft.duty) > LONGEST_TEXT:
        yield FieldProblem("duty", f"职责超过 {LONGEST_TEXT} 字", "，请精简")


def _scope(draft: Draft, known: Collection[str]) -> Iterator[FieldProblem]:
    if not draft.fields:
        yield FieldProblem("fields", "还没有选要哪些信息项", "，至少选一项，只选用得着的")
    elif len(draft.fields) > MOST_FIELDS or not set(draft.fields) <= set(known):
        yield FieldProblem("fields", "有信息项不在这个资源里", "，请重新选")
    if not set(draft.clear_fields) <= set(draft.fields):
        yield FieldProblem("clear_fields", "要原文的信息项没有选上", "，先选信息项")
    if draft.way not in set(Way):
        yield FieldProblem("way", "还没有选共享方式", "，请选一项")


def _term(until: date, today: date) -> Iterator[FieldProblem]:
    if until <= today:
        yield FieldProblem("until", "使用期限要在今天以后", "，请改一个日期")
    elif until - today > LONGEST_TERM:
        yield FieldProblem("until", "使用期限最长五年", "，到期可以续")


def _numbers(draft: Draft) -> Iterator[FieldProblem]:
    if not 1 <= draft.per_day <= MOST_PER_DAY:
        yield FieldProblem("per_day", "每天多少次不对", f"，请写 1 到 {MOST_PER_DAY} 的整数")


def longer_problem(days: int) -> tuple[FieldProblem, ...]:
    """Ten working days at most (条例 21)."""
    if 1 <= days <= MOST_LONGER:
        return ()
    return (FieldProblem("days", "延长的天数不对", f"，请写 1 到 {MOST_LONGER} 的整数"),)


def is_service(code: str, *, node: str) -> bool:
    """A service of the provider's own node: "<node>/<name>"."""
    return _SERVICE.fullmatch(code) is not None and code.startswith(f"{node}/")
