"""The food licence and the fire check as they are shipped: what their flows say is what happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import CaseView
from yiwang.capability.commitments import queries as promises
from yiwang.capability.commitments.actions import CommitmentClosed
from yiwang.capability.intake import queries as intake
from yiwang.capability.journey import sample, together
from yiwang.capability.journey.applicant import CannotStart
from yiwang.capability.visits import queries as visits
from yiwang.capability.visits.definitions import Answer, Record
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel.actor import Actor, Role, machine
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.states.rules import CannotDo
from yiwang.network.directory import sample as places
from yiwang.support.credit import queries as credit
from yiwang.support.identity import queries as identity
from yiwang.support.identity import sample as accounts
from yiwang.support.identity.definitions.factors import NeedsStepUp
from yiwang.support.letters import queries as letters
from yiwang.support.licences import queries as licences

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)  # Monday morning in Shanghai
DAY = timedelta(days=1)
MARKET, FIRE_BRIGADE = (places.department_uscc(places.CHENGGUAN, n) for n in (2, 11))
FOOD_QUESTIONS = {"act": "new", "kind": "catering", "raw": "no-raw", "place": "shop"}
FIRE_QUESTIONS = {"kind": "listed", "size": "large", "road": "promise", "system": "simple"}


@pytest.fixture
def me(db) -> Actor:
    """The head of a registered firm, acting for it."""
    places.load_chengguan()
    places.register_departments()
    sample.publish(sample.FOOD, at=AT)
    sample.publish(sample.FIRE, at=AT)
    person = libraries.register_person(2, at=AT, name="马晓燕", born_on=date(1984, 6, 17))
    firm = libraries.register_organization(1, at=AT, legal_representative=person.reference)
    return replace(sample.citizen(person), assurance_level=4, on_behalf_of=firm.reference)


def staff(name: str, role: Role, department: str) -> Actor:
    account = accounts.open_official_account(
        name, at=AT, name=f"{name}（示例）", department=department,
        grants=((role, places.CHENGGUAN, department),),
    )  # fmt: skip
    return identity.get_actor(account.key, at=AT)


def act(name: str, case: str, actor: Actor, at: datetime = AT, **more: object) -> CaseView:
    version = cases.get_inside(case).version
    return getattr(journey, name)(case_key=case, version=version, actor=actor, at=at, **more)


def look(case: str, me: Actor, at: datetime = AT) -> CaseView:
    return cases.get_case(case, me, at=at)


def hear(at: datetime) -> None:
    for _ in range(3):
        journal.seal(at=at)
        journal.run_listeners(at=at)


def visited(case: str, officers: tuple[Actor, Actor], at: datetime, *, good: bool = True) -> None:
    """Planned, looked at point by point, signed by both."""
    [visit] = visits.list_case_visits(case, officers[0], at=at)
    planned = together.plan_visit(
        key=visit.key, version=visit.version, planned_at=at, place="示例路 12 号",
        officers=[one.reference for one in officers], actor=officers[0], at=at,
    )  # fmt: skip
    finding = "MEETS" if good else "FAILS"
    answers = {point.key: Answer(finding, "" if good else "没有") for point in planned.points}
    result = "CONFORMS" if good else "DOES_NOT_CONFORM"
    kept = together.record_visit(
        key=visit.key, version=planned.version, record=Record(answers, result=result), sign=True,
        actor=officers[0], at=at,
    )  # fmt: skip
    together.sign_visit(key=visit.key, version=kept.version, actor=officers[1], at=at)


@pytest.fixture
def market(me):
    return (
        staff("shihe1", Role.HANDLER, MARKET),
        staff("shihe2", Role.REVIEWER, MARKET),
        staff("shichang", Role.APPROVER, MARKET),
    )


@pytest.fixture
def brigade(me):
    return (
        staff("xiaofang1", Role.HANDLER, FIRE_BRIGADE),
        staff("xiaofang2", Role.HANDLER, FIRE_BRIGADE),
        staff("xiaofangzhang", Role.APPROVER, FIRE_BRIGADE),
        staff("dazhang", Role.HEAD, FIRE_BRIGADE),
    )


# --- the restaurant -----------------------------------------------------------------------------


def restaurant(me: Actor, handler: Actor, **more: object) -> str:
    case = sample.applied(
        sample.FOOD, me, sample.food_answers(), at=AT, questions=FOOD_QUESTIONS, **more
    ).case_key
    act("accept", case, handler)
    return case


def test_a_restaurant_is_visited_inside_ten_days_and_licensed_for_five_years(me, market):
    handler, reviewer, approver = market
    case = restaurant(me, handler)
    view = look(case, me)
    assert {c.kind: c.due_on for c in view.clocks}["decide"] == date(2026, 3, 16)
    visited(case, (handler, reviewer), AT + DAY)
    at = AT + 2 * DAY
    opinion = {"proposal": "APPROVE", "opinion": "符合要求"}
    act("forward", case, handler, at, **opinion)
    act("forward", case, reviewer, at, **opinion)
    done = act(
        "decide", case, approver, at, outcome="APPROVE", reason="符合条件",
        conditions="开业后一个月内装好油烟净化设备。",
    )  # fmt: skip
    assert done.state == "CLOSED"
    licence = licences.find_case_licence(f"case:{case}", at=at)
    assert (licence.name, licence.valid_until) == ("食品经营许可证", date(2031, 3, 4))
    assert done.decision.conditions == "开业后一个月内装好油烟净化设备。"
    assert {c.kind: c.due_on for c in done.clocks}["decide"] == date(2026, 3, 16)


def test_it_is_not_approved_unseen(me, market):
    handler, reviewer, approver = market
    case = restaurant(me, handler)
    opinion = {"proposal": "APPROVE", "opinion": "符合要求"}
    act("forward", case, handler, **opinion)
    act("forward", case, reviewer, **opinion)
    with pytest.raises(CannotDo):
        act("decide", case, approver, outcome="APPROVE", reason="符合条件")


def test_the_list_of_rules_may_come_later_and_the_licence_waits_for_it(me, market):
    case = restaurant(me, market[0], late=("rules",))
    hear(AT)
    [late] = promises.list_tolerances(case=f"case:{case}", at=AT)
    assert (late.name, late.state, late.due_on) == (
        "食品安全规章制度的目录清单", "OPEN", date(2026, 3, 9),
    )  # fmt: skip
    assert [b.stage for b in look(case, me).blocks if b.reason == late.reference] == ["ISSUE"]


def test_what_is_only_packaged_needs_no_licence_and_is_not_begun(me):
    with pytest.raises(CannotStart) as refused:
        journey.start(
            item_code=sample.FOOD, actor=me, at=AT, questions={"act": "new", "kind": "prepackaged"}
        )
    assert "不用办许可" in refused.value.sentence


def test_ten_days_may_become_fifteen_with_the_heads_word(me, market):
    handler, *_ = market
    case = restaurant(me, handler)
    head = staff("juzhang", Role.HEAD, MARKET)
    act("ask_extension", case, handler, AT + 5 * DAY, reason="要再看一次现场")
    act("grant_extension", case, head, AT + 5 * DAY)
    due = {c.kind: c.due_on for c in look(case, me, AT + 5 * DAY).clocks}["decide"]
    assert due == date(2026, 3, 23)


def licensed(me: Actor, market: tuple[Actor, ...]) -> str:
    """A restaurant with its licence; the case."""
    case = restaurant(me, market[0])
    visited(case, market[:2], AT + DAY)
    decided(case, market, AT + DAY)
    return case


def decided(case: str, market: tuple[Actor, ...], at: datetime) -> None:
    handler, reviewer, approver = market
    for who in (handler, reviewer):
        act("forward", case, who, at, proposal="APPROVE", opinion="同意")
    act("decide", case, approver, at, outcome="APPROVE", reason="符合条件")


def on_the_licence(me: Actor, market: tuple[Actor, ...], at: datetime, **answers: object) -> str:
    """An application about the licence, accepted; its case."""
    [held] = licences.list_licences(me, at=at).rows
    said = {"earlier": held.identifier, "phone": "13900000003", **answers}
    case = sample.applied(
        sample.FOOD, me, said, at=at, questions={"act": str(answers["act"])}
    ).case_key
    act("accept", case, market[0], at)
    return case


def test_another_person_in_charge_is_a_change_without_a_visit(me, market):
    licensed(me, market)
    at = AT + 30 * DAY
    case = on_the_licence(me, market, at, act="change", in_charge="罗文博", delivery="electronic")
    assert visits.list_case_visits(case, market[0], at=at) == ()
    decided(case, market, at)
    now = licences.find_case_licence(f"case:{case}", at=at)
    assert dict(now.rows)["法定代表人（负责人）"] == "罗文博"
    assert dict(now.rows)["经营场所"] == "示例路 12 号"
    assert now.valid_until == date(2031, 3, 3)


def test_a_changed_layout_is_looked_at_again(me, market):
    licensed(me, market)
    at = AT + 30 * DAY
    answers = {
        k: v
        for k, v in sample.food_answers().items()
        if k not in ("place_division", "place_address", "in_charge")
    }
    case = on_the_licence(me, market, at, **{**answers, "act": "rebuild", "area": 120})
    assert [v.state for v in visits.list_case_visits(case, market[0], at=at)] == ["WANTED"]


def test_who_stops_gives_the_licence_back(me, market):
    first = licensed(me, market)
    at = AT + 30 * DAY
    case = on_the_licence(me, market, at, act="cancel")
    decided(case, market, at)
    assert licences.find_case_licence(f"case:{first}", at=at).state == "CANCELLED"


def test_a_renewal_begins_where_the_old_term_ends(me, market):
    licensed(me, market)
    at = datetime(2031, 1, 6, 1, 30, tzinfo=UTC)
    case = on_the_licence(me, market, at, act="renew", delivery="electronic")
    decided(case, market, at)
    now = licences.find_case_licence(f"case:{case}", at=at)
    assert (now.valid_from, now.valid_until) == (date(2031, 3, 3), date(2036, 3, 3))


# --- the fire check -----------------------------------------------------------------------------


def checked(me: Actor, road: str = "promise", **answers: object) -> str:
    said = {"road": road, **answers}
    questions = FIRE_QUESTIONS | {k: str(v) for k, v in said.items() if k in FIRE_QUESTIONS}
    answers = sample.fire_answers(**said)
    return sample.applied(sample.FIRE, me, answers, at=AT, questions=questions).case_key


def test_promised_and_complete_it_is_permitted_at_once_and_checked_in_twenty_days(me, brigade):
    case = checked(me)
    view = look(case, me)
    assert (view.state, view.profile) == ("CLOSED", "COMMITMENT")
    assert view.decision.by_rule
    assert licences.find_case_licence(f"case:{case}", at=AT).state == "VALID"
    hear(AT)
    promise = promises.find_case_commitment(f"case:{case}", brigade[0], at=AT)
    assert (promise.state, promise.due_on) == ("TO_CHECK", date(2026, 3, 30))
    assert visits.list_case_visits(case, brigade[0], at=AT) == ()


def test_who_asks_for_a_person_on_the_road_of_a_promise_gets_one(me):
    key = sample.prepared(sample.FIRE, me, sample.fire_answers(), at=AT, questions=FIRE_QUESTIONS)
    receipt = journey.submit(draft_key=key, idempotency_key=key, actor=me, at=AT, by_person=True)
    journey.after_submission(case_key=receipt.case_key, actor=machine("worker"), at=AT)
    assert look(receipt.case_key, me).state == "WITH_OFFICIAL"


def test_who_is_not_in_the_register_is_looked_at_by_an_official(me):
    alone = replace(me, on_behalf_of=None)
    case = checked(alone)
    assert look(case, alone).state == "WITH_OFFICIAL"


def test_a_false_promise_costs_the_permit_and_closes_the_road(me, brigade):
    case = checked(me)
    hear(AT)
    handler, _, _, head = brigade
    promise = promises.find_case_commitment(f"case:{case}", handler, at=AT)
    ordered = journey.order_correction(
        commitment_key=promise.key, version=promise.version, words="安全出口锁着", actor=handler,
        at=AT + DAY,
    )  # fmt: skip
    assert ordered.due_on == date(2026, 3, 17)
    over = AT + 30 * DAY
    journey.find_broken(
        commitment_key=promise.key, version=ordered.version, words="过期还锁着", serious=True,
        actor=head, at=over,
    )  # fmt: skip
    hear(over)
    assert licences.find_case_licence(f"case:{case}", at=over).state == "REVOKED"
    assert look(case, me, over).state == "REVOKED"
    assert credit.has_open_serious_breach(me.applicant)
    assert "TAKING_BACK" in {one.kind for one in letters.list_letters(f"case:{case}")}
    with pytest.raises(CommitmentClosed):
        journey.start(item_code=sample.FIRE, actor=me, at=over, questions=FIRE_QUESTIONS)
    ordinary = FIRE_QUESTIONS | {"road": "ordinary"}
    assert journey.start(item_code=sample.FIRE, actor=me, at=over, questions=ordinary)


def test_the_ordinary_road_is_looked_at_within_ten_days_of_acceptance(me, brigade):
    handler, other, approver, _ = brigade
    case = checked(me, "ordinary")
    assert look(case, me).state == "WITH_OFFICIAL"
    act("accept", case, handler)
    [visit] = visits.list_case_visits(case, handler, at=AT)
    assert (visit.state, visit.clock.due_on) == ("WANTED", date(2026, 3, 16))
    visited(case, (handler, other), AT + 3 * DAY)
    [visit] = visits.list_case_visits(case, handler, at=AT)
    assert visit.clock.due_on == date(2026, 3, 16)
    act("forward", case, handler, AT + 3 * DAY, proposal="APPROVE", opinion="合格")
    done = act("decide", case, approver, AT + 3 * DAY, outcome="APPROVE", reason="检查合格")
    assert (done.state, done.profile) == ("CLOSED", "LICENCE")
    assert promises.find_case_commitment(f"case:{case}", handler, at=AT) is None


def test_accepted_by_silence_the_ten_days_of_the_visit_run_from_the_receipt(me, brigade):
    case = checked(me, "ordinary")
    later = AT + 8 * DAY
    assert journey.deem_accepted(case_key=case, actor=machine("clock"), at=later)
    [visit] = visits.list_case_visits(case, brigade[0], at=later)
    assert visit.clock.due_on == date(2026, 3, 16)


def test_the_operators_list_is_promised_on_one_road_and_may_be_late_on_the_other(me):
    key = sample.filled(
        sample.FIRE, me, sample.fire_answers(system="automatic"), at=AT,
        questions=FIRE_QUESTIONS | {"system": "automatic"},
    )  # fmt: skip
    stand = {m.material: m.supply.value for m in journey.list_supplied(intake.get_draft(key, me))}
    assert stand["staff"] == "COMMITTED"


def test_it_asks_for_identity_level_four(me):
    with pytest.raises(NeedsStepUp):
        journey.start(
            item_code=sample.FIRE, actor=replace(me, assurance_level=3), at=AT,
            questions=FIRE_QUESTIONS,
        )  # fmt: skip
