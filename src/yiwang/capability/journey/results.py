"""From a decision to a result in hand: licence, entitlement or letter; delivery; the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from django.db import transaction

from yiwang.capability.cases import actions as cases
from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import CaseView, CitationRow, DeliveryProof
from yiwang.capability.cases.definitions.flow import Effect, Flow
from yiwang.capability.cases.definitions.profiles import Profile, State
from yiwang.capability.cases.queries import Held, Inside
from yiwang.capability.catalogue.definitions import Benefit, BenefitStart, Item, ResultKind
from yiwang.capability.entitlements import actions as entitlements
from yiwang.capability.entitlements import queries as entitlement_queries
from yiwang.capability.entitlements.definitions import EntitlementState, EntitlementView
from yiwang.capability.journey import clocks as case_clocks
from yiwang.capability.journey import earlier, facts, letters
from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import add_months, legal_date
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import Refusal
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.rulings import queries as rulings
from yiwang.mechanisms.rulings.definitions import Ruling
from yiwang.support.letters import queries as letter_queries
from yiwang.support.licences import actions as licences
from yiwang.support.licences import queries as licence_queries

#: The answer that needs no window: everything else is handed over by somebody.
ELECTRONIC: Final = "electronic"


class CannotIssue(Refusal):
    """A value the result must state is not known."""

    status = 422
    sentence = "结果缺少必要的内容，还不能制作。"
    remedy = "请核实后再办理。"


def finish(
    *, case_key: Held, about: str, ruling: Ruling | None, actor: Actor, at: datetime
) -> None:
    """After a yes: make the result, write the decision, deliver electronically, close.

    ``ruling``: what the rule said just now; else the last one on record counts.

    While something keeps the result from being issued, or when the applicant wants it in hand, the
    case waits and the clock of delivery runs from the decision (行政许可法 44).
    """
    inside = case_queries.get_inside(case_key)
    flow = case_queries.get_flow(inside.item_code, inside.item_version, inside.profile)
    if inside.issue_blocked:
        case_clocks.to_deliver(inside, flow, actor=actor, at=at)
        return
    kind, made = _make(case_key=case_key, actor=actor, at=at, about=about, ruling=ruling)
    if _wanted_in_hand(inside, flow):
        cases.mark_issued(case_key=case_key, result_kind=kind, result=made, actor=actor, at=at)
        case_clocks.to_deliver(inside, flow, actor=actor, at=at)
        return
    cases.conclude(case_key=case_key, result_kind=kind, result=made, actor=actor, at=at)


def go_on(*, case_key: str, actor: Actor, at: datetime) -> bool:
    """What kept an approved case's result back is gone: it is made now. False: nothing to do."""
    inside = case_queries.get_inside(case_key, lock=True)
    if inside.state != State.APPROVED or inside.issue_blocked:
        return False
    flow = case_queries.get_flow(inside.item_code, inside.item_version, inside.profile)
    about = facts.person_about(inside, flow.ruling.about if flow.ruling else "")
    finish(case_key=case_key, about=about or inside.applicant, ruling=None, actor=actor, at=at)
    if case_queries.get_inside(case_key).state == State.CLOSED:
        clocks.stop_all(subject=inside.reference, at=at, actor=actor)
    return True


def _wanted_in_hand(inside: Inside, flow: Flow) -> bool:
    """Did the applicant choose another way than electronic delivery?"""
    if flow.delivery is None or not flow.delivery.chosen:
        return False
    return inside.answers.get(flow.delivery.chosen, ELECTRONIC) != ELECTRONIC


@transaction.atomic
def issue(
    *,
    case_key: str,
    actor: Actor,
    at: datetime,
    about: str | None = None,
    ruling: Ruling | None = None,
) -> CaseView:
    """Make what the item promises: a licence, an entitlement, or the decision itself, and its letter.

    Refusals: ``CannotIssue``, those of ``licences.issue`` and ``entitlements.grant``.
    """
    kind, made = _make(case_key=case_key, actor=actor, at=at, about=about, ruling=ruling)
    cases.mark_issued(case_key=case_key, result_kind=kind, result=made, actor=actor, at=at)
    return case_queries.get_case(case_key, actor, at=at)


@transaction.atomic
def deliver(
    *,
    case_key: str,
    actor: Actor,
    at: datetime,
    version: int | None = None,
    proof: DeliveryProof | None = None,
) -> CaseView:
    """In the applicant's hands: electronically from this moment, or with the proof of delivery 送达回证.

    The case is closed. Refusals: ``InvalidInput`` (nobody named who took it), ``CannotDo``.
    """
    hand_over(case_key=case_key, actor=actor, at=at, version=version, proof=proof)
    inside = case_queries.get_inside(case_key)
    end_clocks(case_key=case_key, actor=actor, at=at)
    if proof is not None:
        letters.delivered(inside=inside, proof=proof, actor=actor, at=at)
    return case_queries.get_case(case_key, actor, at=at)


def end_clocks(*, case_key: str, actor: Actor, at: datetime) -> None:
    """Nothing runs for a case that is over."""
    clocks.stop_all(subject=reference("case", case_key), at=at, actor=actor)


def hand_over(
    *,
    case_key: Held,
    actor: Actor,
    at: datetime,
    version: int | None = None,
    proof: DeliveryProof | None = None,
) -> None:
    """Delivered and closed, in the caller's transaction."""
    row = cases.deliver(case_key=case_key, actor=actor, at=at, version=version, proof=proof)
    cases.close(case_key=row, actor=actor, at=at)


def _make(
    *, case_key: Held, actor: Actor, at: datetime, about: str | None, ruling: Ruling | None
) -> tuple[str, str]:
    """The result and its letter: of which kind it is, and its reference."""
    inside = case_queries.get_inside(case_key)
    flow = case_queries.get_flow(inside.item_code, inside.item_version, inside.profile)
    item = letters.item_of(inside)
    values = values_of(inside, flow, ruling, at)
    kind, content = ResultKind(inside.result_kind), ""
    if inside.effect == Effect.CANCEL:
        made, content = "", earlier.cancel(inside, at=at)
    elif inside.effect:
        made, content = earlier.issue_next(inside, flow, values, actor=actor, at=at)
    elif kind is ResultKind.LICENCE:
        made = _licence(inside, item, flow, values, actor, at)
    elif kind is ResultKind.ENTITLEMENT:
        person = about or facts.person_about(inside, flow.ruling.about if flow.ruling else "")
        made, content = _entitlement(inside, item, values, person, ruling, actor, at)
    else:
        made = ""
    _decision_letter(case_key, inside, flow, content, values, actor, at)
    if not made:
        made = f"letter:{letter_queries.list_letters(inside.reference)[-1].key}"
    return kind.value, made


def named_basis(case_key: Held, *, approved: bool) -> tuple[CitationRow, ...]:
    """What the pack names for such a decision, else what the item stands on."""
    inside = case_queries.get_inside(case_key)
    flow = case_queries.get_flow(inside.item_code, inside.item_version, inside.profile)
    named = basis_of(inside, flow, approved=approved)
    return named or basis_of(inside, flow, approved=True)


def basis_of(inside: Inside, flow: Flow, *, approved: bool) -> tuple[CitationRow, ...]:
    """The articles of a decision: the flow's, else for a yes those the item stands on."""
    named = flow.approve_basis if approved else flow.reject_basis
    if named or not approved:
        return named
    return tuple(CitationRow(c.law, c.article) for c in letters.item_of(inside).basis[:1])


def values_of(inside: Inside, flow: Flow, ruling: Ruling | None, at: datetime) -> dict[str, str]:
    """What the result states, from answers, the ruling, the case."""
    last = ruling
    if last is None and any(source.startswith("output:") for source in flow.values.values()):
        last = next(reversed(rulings.list_rulings(subject=inside.reference)), None)
    output = last.output if last else {}
    return {name: _value(source, inside, output, at) for name, source in flow.values.items()}


def _value(source: str, inside: Inside, output: Mapping[str, object], at: datetime) -> str:
    kind, _, name = source.partition(":")
    match kind:
        case "text":
            return name
        case "answer":
            return _answer(inside, name)
        case "output":
            return _words(output.get(name))
    match name:
        case "received_on":
            return legal_date(inside.received_at).isoformat()
        case "decided_on":
            return legal_date(at).isoformat()
        case "case_no":
            return inside.case_no
        case "conditions":
            return case_queries.get_decision(inside.key).conditions
        case "uscc" if inside.earlier:
            return ""  # a code is given once; the licence keeps it
        case "uscc":
            division = inside.division_code
            return licences.take_uscc(case=inside.reference, division_code=division, at=at)
    return inside.applicant_name


def _answer(inside: Inside, name: str) -> str:
    """Chosen codes in words, everything else as it was given."""
    given = inside.answers.get(name)
    if isinstance(given, str) and (given.isdigit() or not given.isascii()):
        return given
    return inside.words.get(name, _words(given))


def _words(value: object) -> str:
    if isinstance(value, Mapping):
        return str(value.get("name", ""))
    if isinstance(value, list):
        return "、".join(_words(one) for one in value)
    return "" if value is None else str(value)


def _licence(
    inside: Inside,
    item: Item,
    flow: Flow,
    values: Mapping[str, str],
    actor: Actor,
    at: datetime,
) -> str:
    if item.result is None or not item.result.licence:
        raise CannotIssue("事项没有写明发什么证照。")
    template = licence_queries.get_template(item.result.licence)
    valid_from, valid_until = earlier.term_of(
        flow, inside.answers, template.validity_months, legal_date(at)
    )
    issued = licences.issue(
        case=inside.reference,
        template=item.result.licence,
        holder=inside.applicant,
        holder_name=inside.applicant_name,
        values=values,
        valid_from=valid_from,
        valid_until=valid_until,
        at=at,
        actor=actor,
        issuer=inside.body,
        issuer_name=inside.body_name,
        division_code=inside.division_code,
        item_code=inside.item_code,
    )
    return issued.reference


def _entitlement(
    inside: Inside,
    item: Item,
    values: Mapping[str, str],
    person: str | None,
    ruling: Ruling | None,
    actor: Actor,
    at: datetime,
) -> tuple[str, str]:
    benefit = item.result.benefit if item.result else None
    if benefit is None or person is None:
        raise CannotIssue("登记不了待遇：不知道给谁，或者事项没有写明待遇。")
    born_on = libraries.get_person(person).born_on
    fen = _monthly_fen(values, benefit, facts.age_on(born_on, legal_date(inside.received_at)))
    first = _first_month(benefit, legal_date(inside.received_at), born_on)
    known = entitlement_queries.find_case_entitlement(inside.reference)
    if known is not None:  # decided anew after a person took back what a rule had decided
        _keep(known, fen, actor, at)
    granted = entitlements.grant(
        case=inside.reference,
        person=person,
        benefit=benefit.code,
        benefit_name=benefit.name,
        monthly_fen=fen,
        starts_on=first,
        division_code=inside.division_code,
        department=inside.department,
        account=values.get("account", ""),
        account_name=values.get("account_name", ""),
        at=at,
        actor=actor,
    )
    sum_ = f"{fen // 100:,}.{fen % 100:02d}"
    return (
        granted.reference,
        f"{benefit.name}每月 {sum_} 元，自{first.year}年{first.month}月起发放。",
    )


def _keep(known: EntitlementView, fen: int, actor: Actor, at: datetime) -> None:
    """The announced end is taken back; another sum holds from the next month on."""
    if known.state == EntitlementState.STOPPED and known.stops_on is not None:
        entitlements.resume(
            key=known.key, version=known.version, from_month=known.stops_on,
            reason="重新办理后批准", monthly_fen=fen, at=at, actor=actor,
        )  # fmt: skip
        return
    if known.state == EntitlementState.NOTIFIED:
        known = entitlements.keep(
            key=known.key, version=known.version, reason="重新办理后批准", at=at, actor=actor
        )
    if fen != known.monthly_fen:
        entitlements.change_sum(
            key=known.key, version=known.version, monthly_fen=fen,
            from_month=add_months(legal_date(at).replace(day=1), 1), at=at, actor=actor,
        )  # fmt: skip


def _monthly_fen(values: Mapping[str, str], benefit: Benefit, age: int) -> int:
    """What the rule said, else the band of the age (parameters of the item)."""
    said = values.get("monthly_fen", "")
    if said.isdigit() and int(said) > 0:
        return int(said)
    for band in benefit.bands:
        if band.from_age <= age and (band.until_age is None or age < band.until_age):
            return band.monthly_fen
    raise CannotIssue("按年龄查不到待遇标准。")


def _first_month(benefit: Benefit, applied_on: date, born_on: date) -> date:
    first = applied_on.replace(day=1)
    if benefit.starts is BenefitStart.MONTH_AFTER_APPLICATION:
        return add_months(first, 1)
    if benefit.starts is BenefitStart.MONTH_OF_CONDITION:
        age = min(band.from_age for band in benefit.bands)
        return date(born_on.year + age, born_on.month, 1)
    return first


def _decision_letter(
    case_key: Held,
    inside: Inside,
    flow: Flow,
    content: str,
    values: Mapping[str, str],
    actor: Actor,
    at: datetime,
) -> None:
    view = case_queries.get_decision(case_key)
    letters.decided(
        inside=inside,
        approved=True,
        reason=view.reason,
        basis=view.basis or basis_of(inside, flow, approved=True),
        conditions=view.conditions,
        content=content or (values.get("name", "") if inside.profile == _REGISTRATION else ""),
        by_rule=view.by_rule,
        by_silence=inside.silence_at is not None and inside.decided_at == inside.silence_at,
        uscc=values.get("uscc", ""),
        actor=actor,
        at=at,
    )


_REGISTRATION = Profile.MARKET_REGISTRATION
