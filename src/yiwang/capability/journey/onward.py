"""What the holder of a licence may go on to: 延续、延期、变更、注销, each open now or from when and why.

Only what the licence's item declares (``earlier`` in flow.yaml), judged by the checks of handing in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Final

from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions.flow import EFFECT_LABELS, EarlierAct
from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.catalogue.queries import ItemVersion
from yiwang.capability.journey import earlier
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import InvalidInput
from yiwang.kernel.sentences import said
from yiwang.support.licences import queries as licences
from yiwang.support.licences.definitions import LicenceState, LicenceView

_ENDED: Final = (LicenceState.REVOKED, LicenceState.CANCELLED, LicenceState.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class Way:
    """One thing the holder may do with the licence; ``why_not``: "" when it is open now."""

    effect: str
    title: str  # 延续, 变更, …
    label: str  # the pack's own words for it
    item_code: str
    questions: Mapping[str, str]  # what is settled by choosing it
    why_not: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Unneeded:
    """What the law does not have for this licence, why, and where it says so."""

    title: str
    why: str
    basis: str


@dataclass(frozen=True, slots=True)
class Onward:
    """The ways on from a licence, the open application that keeps them closed, and a later version."""

    ways: tuple[Way, ...] = ()
    open_case: tuple[str, str] | None = None  # key, number
    newest: LicenceView | None = None  # a version after this one
    unneeded: tuple[Unneeded, ...] = ()


def list_ways(*, licence_key: str, actor: Actor, at: datetime, language: str = "zh-hans") -> Onward:
    """What its holder may do with a licence; nothing for officials. Refuses ``NotFound``."""
    licence = licences.get_licence(licence_key, actor, at=at)
    versions = licences.list_versions(licence_key, at=at)
    newest = versions[-1] if versions[-1].version > licence.version else None
    if actor.applicant != licence.holder or licence.state in _ENDED or not licence.item_code:
        return Onward(newest=newest)
    on = legal_date(at)
    item = catalogue.find_item(licence.item_code, on=on, language=language)
    flow = case_queries.find_flow(item.code, item.version) if item else None
    if item is None or flow is None or flow.earlier is None:
        return Onward(newest=newest)
    open_case = case_queries.find_open_on(versions[0].reference)
    ways = (
        _judged(way, act, licence, at, held_up=open_case is not None)
        for act in flow.earlier.acts
        for way in _ways(act, item)
    )
    words = catalogue.get_words(item.code, item.version, language)
    told = tuple(
        Unneeded(
            EFFECT_LABELS[one.effect],
            words.get(f"flow.earlier.without.{one.effect}", one.why),
            one.basis,
        )
        for one in flow.earlier.without
    )
    return Onward(tuple(ways) if item.open_for_application else (), open_case, newest, told)


def _ways(act: EarlierAct, item: ItemVersion) -> Iterator[Way]:
    """One way for every answer of the guide that leads to the act."""
    for chosen in product(*act.when.values()):
        questions = dict(zip(act.when, chosen, strict=True))
        words = [
            option.label
            for question in item.item.questions
            for option in question.options
            if questions.get(question.key) == option.value
        ]
        title = EFFECT_LABELS[act.effect]
        yield Way(act.effect, title, "，".join(words) or title, item.code, questions)


def _judged(way: Way, act: EarlierAct, licence: LicenceView, at: datetime, *, held_up: bool) -> Way:
    why, remedy = _why_not(act, licence, at)
    if held_up:
        why, remedy = earlier.LicenceInHand.sentence, earlier.LicenceInHand.remedy
    return Way(way.effect, way.title, way.label, way.item_code, way.questions, why, remedy)


def _why_not(act: EarlierAct, licence: LicenceView, at: datetime) -> tuple[str, str]:
    if licence.state == LicenceState.SUSPENDED:
        return said("证照暂扣期间不能办理。"), said("恢复以后再申请。")
    if licence.state == LicenceState.EXPIRED:
        return said("这张证照已经过了有效期。"), said("还要用的，请重新申请。")
    try:
        earlier.insist_on_time("", act, earlier.newest_of(licence.key, at), legal_date(at))
    except InvalidInput as refused:
        return refused.fields[0].sentence, refused.fields[0].remedy
    return "", ""
