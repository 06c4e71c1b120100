"""变更、延续、延期、注销: what an application does to an earlier licence of the same applicant.

The flow says which answer names the licence and what each answer on the guide means for it
(``earlier`` in flow.yaml); versions of one licence keep its serial and stay readable, oldest first.
行政许可法 49 (change), 50 (renewal), 70 (cancellation).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions.flow import EFFECT_LABELS, EarlierAct, Effect, Flow
from yiwang.capability.cases.queries import Inside
from yiwang.capability.catalogue.definitions import Item
from yiwang.capability.intake.definitions import FrozenApplication
from yiwang.kernel.actor import Actor, machine
from yiwang.kernel.moments import SHANGHAI, add_months, legal_date
from yiwang.kernel.references import split
from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal
from yiwang.kernel.sentences import said
from yiwang.mechanisms.clocks import queries as clock_queries
from yiwang.mechanisms.clocks.definitions import UNIT_LABELS, Allowance, Unit
from yiwang.support.licences import actions as licences
from yiwang.support.licences import queries as licence_queries
from yiwang.support.licences.definitions import LicenceState, LicenceView

#: Acts on a licence for the body that decided, also when another body's name stands on it.
_REGISTER: Final = machine("register")
_LIVING: Final = (
    LicenceState.VALID,
    LicenceState.NOT_YET,
    LicenceState.EXPIRED,
    LicenceState.SUSPENDED,
)


class EarlierGone(Refusal):
    """The earlier licence ended while the application was being handled."""

    sentence = "原证照已经失效，不能再按这件申请处理它。"
    remedy = "请核对原证照现在的状态；确实不能办理的，写明理由作不予批准的决定。"


class LicenceInHand(Refusal):
    """Another application on the same licence is not settled yet: one after the other."""

    sentence = "这张证照上还有一件没有办结的申请。"
    remedy = "请等它办结，或者先撤回它，再提交这一件。"
    case_key = ""


class LaterVersionStands(Refusal):
    """A later version of the licence stands on the decision that is to be taken back."""

    sentence = "这个决定之后，证照又换发过新版本。"
    remedy = "请先处理后面的决定，再撤销这一个。"


@dataclass(frozen=True, slots=True)
class Earlier:
    """The licence an application acts on, what it does to it, and when silence renews it (or None)."""

    licence: str = ""
    effect: str = ""
    silence_at: datetime | None = None
    acts_on: str = ""  # its first version: the same for all


def take_up(flow: Flow, item: Item, asked: FrozenApplication, *, at: datetime) -> Earlier:
    """What an application is to do to which licence; nothing for a new one.

    The licence stays locked until the transaction ends, so that of two applications on it one is
    handed in. A renewal asked for too late is handled all the same, but silence does not renew it.
    Refuses ``LicenceInHand``; ``InvalidInput``: not the applicant's own, not in force, not of this
    item; too early; renewed already; a new end that is not later.
    """
    plan = flow.earlier
    act = plan.find_act(asked.questions) if plan else None
    if plan is None or act is None:
        return Earlier()
    held = _held(plan.licence, item, asked, at)
    acts_on = licences.hold(held.key)
    _insist_on_one(acts_on)
    held = newest_of(held.key, at)
    last_day = held.last_day
    insist_on_time(plan.licence, act, held, legal_date(at))
    if act.effect is Effect.PROLONG and last_day is not None:
        _insist_on_later(flow.term.last, asked.answers, last_day)
    silent = flow.silence is not None and act.effect is Effect.RENEW and act.ask_before is not None
    if not silent or held.valid_until is None or not _in_time(act, legal_date(at), last_day):
        return Earlier(held.reference, act.effect, acts_on=acts_on)
    ends_at = datetime.combine(held.valid_until, time(), tzinfo=SHANGHAI)
    return Earlier(held.reference, act.effect, ends_at, acts_on)


def issue_next(
    inside: Inside, flow: Flow, values: Mapping[str, str], *, actor: Actor, at: datetime
) -> tuple[str, str]:
    """A new version takes the place of the living one: its reference, and how the letter says it.

    What was not asked anew stays as it was. Refusals: ``EarlierGone``, those of ``licences.renew``.
    """
    old = living(inside, at)
    months = licence_queries.get_template(old.template).validity_months
    begins, ends = next_term(inside, flow, old, months, at)
    kept = licence_queries.get_values(old.key)
    made = licences.renew(
        key=old.key,
        case=inside.reference,
        values={**kept, **{name: value for name, value in values.items() if value}},
        valid_from=begins,
        valid_until=ends,
        at=at,
        actor=actor,
    )
    until = f"，有效期至{_say(made.last_day)}" if made.last_day else ""
    did = EFFECT_LABELS[inside.effect]
    return made.reference, (
        f"{old.name}（编号 {old.identifier}）准予{did}{until}，"
        f"换发第 {made.version} 版，原版本停止使用。"
    )


def cancel(inside: Inside, *, at: datetime) -> str:
    """The earlier licence ends at the holder's wish; how the letter says it. Refuses ``EarlierGone``."""
    old = living(inside, at)
    for one in reversed(_living(old.key, at)):
        licences.change_state(
            key=one.key,
            act="cancel",
            reason=f"依申请注销，办件 {inside.case_no}",
            at=at,
            actor=_REGISTER,
        )
    return f"{old.name}（编号 {old.identifier}）准予注销，自{_say(legal_date(at))}起停止使用。"


def living(inside: Inside, at: datetime) -> LicenceView:
    """The newest version of the licence the case acts on that has not ended. Refuses ``EarlierGone``."""
    known = _living(split(inside.earlier)[1], at)
    if not known:
        raise EarlierGone
    return known[-1]


def newest_of(key: str, at: datetime) -> LicenceView:
    """The newest version of a licence in force: the one every act starts from."""
    return _living(key, at)[-1]


def insist_on_time(field: str, act: EarlierAct, held: LicenceView, today: date) -> None:
    """Is it the time for this act? Refuses ``InvalidInput``: renewed already, without an end, too early."""
    if act.effect not in (Effect.RENEW, Effect.PROLONG):
        return
    if act.effect is Effect.RENEW and held.version > 1 and held.valid_from > today:
        wrong = said("这张证照已经准予延续，新的一版从%(day)s起生效。", day=held.valid_from)
        raise InvalidInput(fields=[FieldProblem(field, wrong, said("不用再申请。"))])
    _insist_on_term(field, act, held.last_day, today)


def _living(key: str, at: datetime) -> tuple[LicenceView, ...]:
    """The versions that have not ended, oldest first: one, or two while the next waits for its day."""
    versions = licence_queries.list_versions(key, at=at)
    return tuple(one for one in versions if one.state in _LIVING)


def take_back(inside: Inside, licence: str, reason: str, *, actor: Actor, at: datetime) -> str:
    """A decision about a licence is taken back: what holds afterwards, as the letter says it.

    The first decision takes every later version with it; one that changed an earlier licence leaves
    that as it was before. Refuses ``LaterVersionStands``.
    """
    versions = licence_queries.list_versions(split(licence or inside.earlier)[1], at=at)
    if not inside.effect:
        for one in (v for v in reversed(versions) if v.state in _LIVING):
            licences.change_state(key=one.key, act="revoke", reason=reason, at=at, actor=actor)
        return f"已发的{inside.result_label}同时撤销，不能再使用。"
    if inside.effect == Effect.CANCEL:
        was = [v for v in versions if v.state == LicenceState.CANCELLED]
    else:
        mine = next(v for v in versions if v.reference == licence)
        if any(v.version > mine.version and v.state in _LIVING for v in versions):
            raise LaterVersionStands
        if mine.state in _LIVING:
            licences.change_state(key=mine.key, act="revoke", reason=reason, at=at, actor=actor)
        before = [v for v in versions if v.version < mine.version]
        was = _replaced(before)
    if not was:
        return "原证照已经失效，不再恢复。"
    newest = was[-1]
    for one in was:
        licences.restore(key=one.key, reason=reason, at=at, actor=_REGISTER, lasting=one is newest)
    return f"{newest.name}（编号 {newest.identifier}）恢复为办理之前的样子。"


def _replaced(before: Sequence[LicenceView]) -> list[LicenceView]:
    """What a version had replaced: the one before it, and one that held until that one's first day."""
    replaced = [v for v in before if v.state == LicenceState.SUPERSEDED or v.succeeded_on]
    if not replaced:
        return []
    newest = replaced[-1]
    return [v for v in replaced[:-1] if v.succeeded_on == newest.valid_from] + [newest]


def term_of(
    flow: Flow, answers: Mapping[str, object], months: int | None, from_day: date
) -> tuple[date, date | None]:
    """The first day, and the day after the last, of a new licence."""
    first = _day(answers.get(flow.term.first)) or from_day
    last = _day(answers.get(flow.term.last))
    if last is not None:
        return first, last + timedelta(days=1)
    return first, add_months(first, months) if months else None


def next_term(
    inside: Inside, flow: Flow, old: LicenceView, months: int | None, at: datetime
) -> tuple[date, date | None]:
    """The first day, and the day after the last, of the version that follows."""
    last = _day(inside.answers.get(flow.term.last))
    asked_until = last + timedelta(days=1) if last else None
    if inside.effect == Effect.RENEW:
        decided_on = legal_date(inside.decided_at or at)
        begins = max(old.valid_until or decided_on, decided_on)
        return begins, asked_until or (add_months(begins, months) if months else None)
    began = _living(old.key, at)[0].valid_from
    if inside.effect == Effect.CHANGE:
        first = _day(inside.answers.get(flow.term.first))
        return first or began, asked_until or old.valid_until
    if asked_until is None and old.valid_until is not None and months:
        asked_until = add_months(old.valid_until, months)
    return began, asked_until


def _held(field: str, item: Item, asked: FrozenApplication, at: datetime) -> LicenceView:
    number = str(asked.answers.get(field, "")).strip()
    held = licence_queries.find_numbered(identifier=number, holder=asked.applicant, at=at)
    wanted = item.result.licence if item.result else ""
    if held is None or held.template != wanted or held.division_code != item.division_code:
        raise InvalidInput(
            fields=[
                FieldProblem(
                    field, said("没有找到您名下这个编号的有效证照。"), said("请核对编号。")
                )
            ]
        )
    return held


def _insist_on_one(acts_on: str) -> None:
    """One open application on a licence at a time, whoever handed it in."""
    found = case_queries.find_open_on(acts_on)
    if found is None:
        return
    refusal = LicenceInHand(
        said("这张证照上还有一件没有办结的申请（办件编号 %(no)s）。", no=found[1])
    )
    refusal.case_key = found[0]
    raise refusal


def _insist_on_term(field: str, act: EarlierAct, last_day: date | None, today: date) -> None:
    did = EFFECT_LABELS[act.effect]
    if last_day is None:
        wrong = said("这张证照长期有效，不用%(did)s。", did=said(did))
        raise InvalidInput(fields=[FieldProblem(field, wrong, said("请核对要办的事。"))])
    if act.ask_from is not None and not _within(today, last_day, act.ask_from):
        wrong = said("离期满还有很久，现在还不能申请%(did)s。", did=said(did))
        remedy = said(
            "请在期满前 %(within)s以内申请，从%(day)s起。",
            within=said(f"%(n)s {UNIT_LABELS[act.ask_from.unit]}", n=act.ask_from.amount),
            day=_opens_on(last_day, act.ask_from),
        )
        raise InvalidInput(fields=[FieldProblem(field, wrong, remedy)])


def _insist_on_later(field: str, answers: Mapping[str, object], last_day: date) -> None:
    until = _day(answers.get(field))
    if until is not None and until <= last_day:
        wrong = said("新的期限没有比原来的（%(day)s）晚。", day=last_day)
        raise InvalidInput(fields=[FieldProblem(field, wrong, said("请写更晚的日子。"))])


def _in_time(act: EarlierAct, asked_on: date, last_day: date | None) -> bool:
    """Was it asked for so many (working) days before the end?"""
    if act.ask_before is None or last_day is None:
        return False
    return _left(asked_on, last_day, act.ask_before.unit) >= act.ask_before.amount


def _within(asked_on: date, last_day: date, most: Allowance) -> bool:
    return _left(asked_on, last_day, most.unit) <= most.amount


def _opens_on(last_day: date, most: Allowance) -> date:
    """The first day that is no longer too early."""
    days = [last_day - timedelta(days=n) for n in range(3 * most.amount + 60)]
    return days[
        bisect_right(days, most.amount, key=lambda day: _left(day, last_day, most.unit)) - 1
    ]


def _left(asked_on: date, last_day: date, unit: Unit) -> int:
    """Days or working days from one day to the last."""
    if unit is Unit.WORKING_DAY:
        return clock_queries.get_calendar().working_days_between(asked_on, last_day)
    return (last_day - asked_on).days


def _day(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else None


def _say(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
