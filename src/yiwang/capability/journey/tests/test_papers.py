"""纸在哪里: results on the shelf, originals, bags and parcels, through the journey."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

import pytest
from django.db import transaction

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import CaseView
from yiwang.capability.deliveries import actions, jobs, queries
from yiwang.capability.deliveries.actions import IdentityNotProved, NotYourPaper
from yiwang.capability.deliveries.definitions import CourierEvent, Identity, Taker, Tracked
from yiwang.capability.deliveries.drivers import CourierAway
from yiwang.capability.deliveries.models import Parcel
from yiwang.capability.journey import sample
from yiwang.capability.journey.papers import NothingToFetch
from yiwang.foundation.libraries import sample as libraries
from yiwang.foundation.libraries.queries import find_citizen_id
from yiwang.kernel.actor import Actor, ActorKind, Grant, Role, machine
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound, VersionConflict
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.journal import queries as entries
from yiwang.mechanisms.states.rules import CannotDo
from yiwang.network.directory import sample as directory
from yiwang.support.letters import queries as letters
from yiwang.support.messages import queries as messages

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
CLOCK = machine("worker")
THERE = directory.department_uscc(directory.CHENGGUAN, 3)
PLACE = "城关区政务大厅出证窗口"
pytestmark = pytest.mark.django_db


@pytest.fixture
def item(db):
    directory.load_chengguan()
    directory.register_departments()
    return sample.publish_plain(
        at=AT, delivery={"within": {"amount": 10}, "chosen": "answer:delivery"}
    )


@pytest.fixture
def person(item):
    return libraries.register_person(5, at=AT, born_on=date(1980, 1, 1))


@pytest.fixture
def me(person):
    return sample.citizen(person)


@pytest.fixture
def official(item):
    return sample.official(item)


@pytest.fixture
def other(item):
    return sample.official(item, name="qian")


@pytest.fixture
def receiver(item):
    grant = Grant(Role.WINDOW_CLERK, directory.CHENGGUAN, THERE)
    return Actor(ActorKind.OFFICIAL, "official:sun", "孙*", grants=(grant,))


def decided(me: Actor, official: Actor, delivery: str = "window") -> CaseView:
    receipt = sample.handed_in(me, at=AT, delivery=delivery)
    case = cases.get_case(receipt.case_key, me, at=AT)
    case = journey.accept(case_key=case.key, version=case.version, actor=official, at=AT)
    return journey.decide(
        case_key=case.key, version=case.version, outcome="APPROVE", reason="符合条件",
        actor=official, at=AT,
    )  # fmt: skip


def oneself(person, **changes) -> Identity:
    given = {
        "taker": Taker.SELF, "name": person.name, "number": find_citizen_id(person.reference),
    }  # fmt: skip
    return Identity(**{**given, **changes})


def hear(at: datetime) -> None:
    for _ in range(3):
        journal.seal(at=at)
        journal.run_listeners(at=at)


def told(me: Actor) -> list[str]:
    return [one.title for one in messages.list_messages(me, limit=50)]


def on_shelf(me, official, at: datetime = AT):
    case = decided(me, official)
    assert case.state == "ISSUED"
    return case, journey.put_on_shelf(case_key=case.key, place=PLACE, actor=official, at=at)


def test_a_result_lies_under_a_number_and_the_person_is_told_where(me, official) -> None:
    case, shelf = on_shelf(me, official)
    assert (shelf.shelf_no, shelf.state) == ("0001", "WAITING")
    assert on_shelf(me, official)[1].shelf_no == "0002"
    hear(AT)
    assert told(me).count("结果可以领取了") == 2
    (where,) = queries.list_where(case.key, me)
    assert PLACE in where.detail
    assert "0001" in where.detail
    with pytest.raises(CannotDo):
        journey.put_on_shelf(case_key=case.key, place=PLACE, actor=official, at=AT)


def test_the_person_fetches_it_and_the_case_is_closed_with_its_proof(me, person, official) -> None:
    case, shelf = on_shelf(me, official)
    row = journey.collect(
        key=shelf.key, version=shelf.version, who=oneself(person), actor=official, at=AT + DAY
    )
    assert row.state == "COLLECTED"
    case = cases.get_case(case.key, me, at=AT + DAY)
    assert case.state == "CLOSED"
    assert all(clock.stopped_on for clock in case.clocks)
    receipt = letters.list_letters(case.reference)[-1]
    face = letters.open_face(receipt.key, subject=case.reference)
    assert ("签收人", person.name) in face.rows
    assert any("身份证原件和登记核对一致" in text for _, text in face.rows)
    with pytest.raises(VersionConflict):
        journey.collect(
            key=shelf.key, version=shelf.version, who=oneself(person), actor=official, at=AT + DAY
        )


def test_nobody_else_fetches_it_as_the_person(me, person, official) -> None:
    _, shelf = on_shelf(me, official)
    stranger = libraries.register_person(6, at=AT, born_on=date(1980, 1, 1))
    for who in (
        oneself(stranger),
        oneself(person, name="王一"),
        oneself(person, number=find_citizen_id(stranger.reference)),
        oneself(stranger, taker=Taker.AGENT),
        oneself(stranger, taker=Taker.AGENT, name="王一", authority="委托书"),
    ):
        with pytest.raises(IdentityNotProved), transaction.atomic():
            journey.collect(key=shelf.key, version=1, who=who, actor=official, at=AT)
    with pytest.raises(InvalidInput), transaction.atomic():
        journey.collect(
            key=shelf.key, version=1, who=oneself(person, number="123"), actor=official, at=AT
        )
    assert queries.get_shelf_item(shelf.key, official).state == "WAITING"


def test_an_agent_fetches_it_against_a_paper_that_is_kept(me, official) -> None:
    case, shelf = on_shelf(me, official)
    agent = libraries.register_person(6, at=AT, born_on=date(1980, 1, 1))
    who = oneself(agent, taker=Taker.AGENT, authority="委托书一份")
    row = journey.collect(key=shelf.key, version=1, who=who, actor=official, at=AT)
    assert row.receiver == "代领人，身份证原件和登记核对一致，收存委托书一份"
    assert cases.get_case(case.key, me, at=AT).state == "CLOSED"


def test_who_does_not_come_is_reminded_three_times_and_then_it_may_go_back(me, official) -> None:
    _, shelf = on_shelf(me, official)
    assert actions.remind(at=AT + 9 * DAY, actor=CLOCK) == 0
    for days in (10, 20, 30, 40):
        jobs.remind(actor=CLOCK, at=AT + days * DAY)
        jobs.remind(actor=CLOCK, at=AT + days * DAY)
    hear(AT + 40 * DAY)
    assert told(me).count("结果还没有领取") == 3
    row = queries.get_shelf_item(shelf.key, official)
    assert (row.reminders, row.remind_on) == (3, None)
    with transaction.atomic():
        actions.take_off_shelf(
            key=shelf.key, version=row.version, reason="三次提醒没有来", actor=official,
            at=AT + 60 * DAY,
        )  # fmt: skip
    hear(AT + 60 * DAY)
    assert "没有领取的结果已退回办理单位" in told(me)
    again = journey.put_on_shelf(
        case_key=row.case_key, place=PLACE, actor=official, at=AT + 61 * DAY
    )
    assert again.state == "WAITING"


def test_what_is_not_decided_or_not_ones_own_bodys_is_not_put_on_the_shelf(
    me, official, receiver
) -> None:
    receipt = sample.handed_in(me, at=AT)
    with pytest.raises(NothingToFetch):
        journey.put_on_shelf(case_key=receipt.case_key, place=PLACE, actor=official, at=AT)
    case = decided(me, official)
    with pytest.raises(NotFound):
        journey.put_on_shelf(case_key=case.key, place=PLACE, actor=receiver, at=AT)
    with pytest.raises(NotAllowed):
        journey.put_on_shelf(case_key=case.key, place=PLACE, actor=me, at=AT)


def test_a_copy_fetched_after_the_end_has_its_proof_too(me, person, official) -> None:
    case = decided(me, official, delivery="electronic")
    assert case.state == "CLOSED"
    shelf = journey.put_on_shelf(case_key=case.key, place=PLACE, actor=official, at=AT)
    journey.collect(key=shelf.key, version=1, who=oneself(person), actor=official, at=AT)
    kinds = [one.kind for one in letters.list_letters(case.reference)]
    assert kinds[-1] == "DELIVERY"


def test_originals_are_listed_receipted_and_given_back(me, official) -> None:
    case = sample.handed_in(me, at=AT)
    one, two = journey.take_in_originals(
        case_key=case.case_key, pieces=[("房产证", 1), ("身份证复印件", 2)], actor=official, at=AT
    )
    receipt = letters.list_letters(f"case:{case.case_key}")[-1]
    assert receipt.title == "原件接收凭证"
    face = letters.open_face(receipt.key, subject=f"case:{case.case_key}")
    assert "1. 房产证 1 份" in face.paragraphs
    with transaction.atomic():
        actions.give_back(key=one.key, version=1, receiver="本人", actor=official, at=AT + DAY)
    hear(AT + DAY)
    assert "原件已退还" in told(me)
    assert [row.state for row in queries.list_case_originals(case.case_key, me)] == [
        "GIVEN_BACK", "HELD",
    ]  # fmt: skip
    assert [row.key for row in queries.list_originals(official).rows] == [two.key]
    with pytest.raises(CannotDo), transaction.atomic():
        actions.give_back(key=one.key, version=2, receiver="本人", actor=official, at=AT + DAY)
    with pytest.raises(InvalidInput):
        journey.take_in_originals(case_key=case.case_key, pieces=[], actor=official, at=AT)


def test_an_official_does_not_keep_his_own_papers(me, item) -> None:
    own = Actor(
        ActorKind.OFFICIAL, "official:zhao", "赵*", person=me.reference,
        grants=(Grant(Role.APPROVER, item.division_code, item.department),),
    )  # fmt: skip
    case = sample.handed_in(me, at=AT)
    with pytest.raises(NotYourPaper):
        journey.take_in_originals(case_key=case.case_key, pieces=[("房产证", 1)], actor=own, at=AT)


def test_a_lost_original_is_said_aloud_blocks_nothing_and_may_turn_up(me, official) -> None:
    receipt = sample.handed_in(me, at=AT)
    (one,) = journey.take_in_originals(
        case_key=receipt.case_key, pieces=[("房产证", 1)], actor=official, at=AT
    )
    with transaction.atomic():
        actions.report_missing(key=one.key, version=1, reason="昨天还在柜里", actor=official, at=AT)
    case = cases.get_case(receipt.case_key, official, at=AT)
    assert not case.blocks
    journey.accept(case_key=case.key, version=case.version, actor=official, at=AT)
    (where,) = queries.list_where(receipt.case_key, me)
    assert where.tone == "bad"
    with transaction.atomic():
        actions.find_original(key=one.key, version=2, reason="夹在卷里", actor=official, at=AT)
    hear(AT)
    assert {"您的一件材料暂时找不到", "找到了您的材料"} <= set(told(me))


def bag_with(me, official, *names: str):
    case = sample.handed_in(me, at=AT)
    originals = journey.take_in_originals(
        case_key=case.case_key, pieces=[(name, 1) for name in names], actor=official, at=AT
    )
    with transaction.atomic():
        bag = actions.begin_bag(
            sender=official.grants[0].department, receiver=THERE, actor=official, at=AT
        )
    for number, one in enumerate(originals, start=1):
        row = journey.pack(key=bag.key, version=number, original=one.key, actor=official, at=AT)
    row = journey.pack(
        key=bag.key, version=row.version, case_key=case.case_key, name="审查表", actor=official,
        at=AT,
    )  # fmt: skip
    return case.case_key, row


def sealed(bag, official, other, seal: str = "F0001"):
    with transaction.atomic():
        row = actions.seal_bag(
            key=bag.key, version=bag.version, seal_no=seal, actor=official, at=AT
        )
    with pytest.raises(CannotDo), transaction.atomic():
        actions.hand_over_bag(key=bag.key, version=row.version, actor=official, at=AT)
    with transaction.atomic():
        actions.hand_over_bag(key=bag.key, version=row.version, actor=other, at=AT)
    return queries.get_bag(bag.key, official)


def test_a_bag_is_sealed_by_one_handed_over_by_another_and_counted_at_the_other_end(
    me, official, other, receiver
) -> None:
    case_key, bag = bag_with(me, official, "房产证", "图纸")
    assert [row.state for row in queries.list_case_originals(case_key, me)] == ["IN_BAG"] * 2
    bag = sealed(bag, official, other)
    pieces = [one.key for one in bag.pieces]
    with pytest.raises(InvalidInput), transaction.atomic():
        actions.receive_bag(
            key=bag.key, version=bag.version, seal_no="F9999", arrived=pieces, actor=receiver,
            at=AT,
        )  # fmt: skip
    with pytest.raises(CannotDo), transaction.atomic():
        actions.receive_bag(
            key=bag.key, version=bag.version, seal_no="F0001", arrived=pieces, actor=official,
            at=AT,
        )  # fmt: skip
    with transaction.atomic():
        actions.receive_bag(
            key=bag.key, version=bag.version, seal_no="f0001", arrived=pieces, actor=receiver,
            at=AT + DAY,
        )  # fmt: skip
    seen = queries.get_bag(bag.key, receiver)
    assert (seen.state, seen.missing) == ("RECEIVED", 0)
    held = queries.list_originals(receiver).rows
    assert [row.name for row in held] == ["房产证", "图纸"]
    assert queries.list_originals(official).rows == ()


def test_a_missing_piece_is_reported_to_both_ends_and_the_person(
    me, official, other, receiver
) -> None:
    case_key, bag = bag_with(me, official, "房产证")
    bag = sealed(bag, official, other)
    form = next(one.key for one in bag.pieces if not one.original)
    with transaction.atomic():
        actions.receive_bag(
            key=bag.key, version=bag.version, seal_no="F0001", arrived=[form], actor=receiver,
            at=AT, seal_broken=True, remark="封条断了",
        )  # fmt: skip
    for end in (official, receiver):
        seen = queries.get_bag(bag.key, end)
        assert (seen.missing, seen.seal_broken) == (1, True)
    hear(AT)
    assert "您的一件材料暂时找不到" in told(me)
    missing = next(one.key for one in bag.pieces if one.original)
    with transaction.atomic():
        actions.find_piece(key=missing, reason="在寄件处", actor=official, at=AT + DAY)
    assert queries.list_case_originals(case_key, me)[0].state == "HELD"
    stranger = Actor(
        ActorKind.OFFICIAL, "official:x", grants=(Grant(Role.APPROVER, "620103000000", None),)
    )
    with pytest.raises(NotFound):
        queries.get_bag(bag.key, stranger)
    assert queries.list_bags(me).rows == ()


def test_a_seal_number_is_used_once_and_an_empty_bag_is_not_sealed(me, official, other) -> None:
    _, bag = bag_with(me, official, "房产证")
    sealed(bag, official, other)
    _, second = bag_with(me, official, "图纸")
    with pytest.raises(InvalidInput), transaction.atomic():
        actions.seal_bag(
            key=second.key, version=second.version, seal_no="F0001", actor=official, at=AT
        )
    with transaction.atomic():
        empty = actions.begin_bag(
            sender=official.grants[0].department, receiver=THERE, actor=official, at=AT
        )
    with pytest.raises(InvalidInput), transaction.atomic():
        actions.seal_bag(key=empty.key, version=1, seal_no="F0002", actor=official, at=AT)


class Courier:
    """A courier that says what the test wants."""

    name = "测试寄递"
    told: tuple[Tracked, ...] = ()
    away = False
    orders: ClassVar[list[str]] = []

    def order(self, order):
        if Courier.away:
            raise CourierAway
        Courier.orders.append(order.reference)
        return "EMS123456789CN"

    def track(self, tracking, *, at):
        if Courier.away:
            raise CourierAway
        return Courier.told


@pytest.fixture
def courier(settings):
    settings.COURIER_DRIVER = f"{__name__}.Courier"
    Courier.told, Courier.away, Courier.orders = (), False, []
    return Courier


def posted(me, official):
    case, shelf = on_shelf(me, official)
    with transaction.atomic():
        parcel = actions.post(
            key=shelf.key, version=shelf.version, receiver="马某", phone="13900000001",
            address="兰州市城关区示例路1号", actor=official, at=AT,
        )  # fmt: skip
    return case, parcel.key


def test_a_posted_result_closes_the_case_when_the_courier_says_it_was_signed_for(
    me, official, courier
) -> None:
    case, key = posted(me, official)
    courier.away = True
    with pytest.raises(CourierAway):
        jobs.order_parcel(parcel=key, actor=CLOCK, at=AT)
    assert queries.list_case_parcels(case.key)[0].failing
    courier.away = False
    jobs.order_parcel(parcel=key, actor=CLOCK, at=AT)
    jobs.order_parcel(parcel=key, actor=CLOCK, at=AT)
    assert courier.orders == [key]
    signed = Tracked(AT + 2 * DAY, CourierEvent.SIGNED, "兰州", "本人签收")
    taken = Tracked(AT + DAY, CourierEvent.TAKEN, "兰州")
    courier.told = (signed, taken, signed)
    for _ in range(2):
        jobs.ask_couriers(actor=CLOCK, at=AT + 2 * DAY)
        hear(AT + 2 * DAY)
    (parcel,) = queries.list_case_parcels(case.key)
    assert (parcel.state, len(parcel.events)) == ("DELIVERED", 2)
    assert cases.get_case(case.key, me, at=AT + 3 * DAY).state == "CLOSED"
    receipts = [one for one in letters.list_letters(case.reference) if one.kind == "DELIVERY"]
    assert len(receipts) == 1
    face = letters.open_face(receipts[0].key, subject=case.reference)
    assert any("EMS123456789CN" in text for _, text in face.rows)
    facts = entries.list_entries(subject=case.reference)
    assert not any("马某" in str(entry.facts) for entry in facts)


def test_a_courier_that_is_away_or_talks_nonsense_moves_nothing(me, official, courier) -> None:
    case, key = posted(me, official)
    jobs.order_parcel(parcel=key, actor=CLOCK, at=AT)
    courier.told = (Tracked(AT + 30 * DAY, CourierEvent.SIGNED, "未来"),)
    jobs.ask_couriers(actor=CLOCK, at=AT + DAY)
    assert Parcel.objects.get(key=key).state == "ORDERED"
    courier.away = True
    jobs.ask_couriers(actor=CLOCK, at=AT + DAY)
    (parcel,) = queries.list_case_parcels(case.key)
    assert parcel.failing
    assert cases.get_case(case.key, me, at=AT).state == "ISSUED"


def test_a_parcel_that_came_back_is_told_and_lies_on_the_shelf_again(me, official, courier) -> None:
    case, key = posted(me, official)
    jobs.order_parcel(parcel=key, actor=CLOCK, at=AT)
    courier.told = (Tracked(AT + DAY, CourierEvent.BACK, "兰州"),)
    jobs.ask_couriers(actor=CLOCK, at=AT + DAY)
    hear(AT + DAY)
    assert "邮件被退回" in told(me)
    shelf = journey.put_on_shelf(case_key=case.key, place=PLACE, actor=official, at=AT + 2 * DAY)
    assert shelf.state == "WAITING"
