from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.test import override_settings

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.entitlements import actions as entitlement_actions
from yiwang.capability.entitlements import queries as entitlements
from yiwang.capability.journey import reactions, sample
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.mechanisms.journal import queries as journal
from yiwang.mechanisms.journal import registry
from yiwang.project.wiring import WHO_HEARS
from yiwang.support.messages import queries as messages

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def told(db) -> Callable[..., list[str]]:
    """What the applicant of a case is told when its journal is heard twice over."""
    own = {
        kind.name: (kind, [r for r in heard if r.__module__ == reactions.__name__])
        for kind, heard in WHO_HEARS.items()
    }

    def hear(subject: str, me) -> list[str]:
        for _ in range(2):
            for entry in journal.list_entries(subject=subject):
                kind, heard = own.get(entry.act, (None, []))
                for reaction in heard:
                    event = kind(subject=subject, at=entry.at, **dict(entry.facts))
                    reaction(event=event, position=entry.entry_id)
        return sorted(m.title for m in messages.list_messages(me, limit=50))

    return hear


def test_who_is_approved_at_once_hears_it_once_and_is_invited_to_review(told) -> None:
    sample.publish(sample.ALLOWANCE, at=AT)
    person = sample.elder(at=AT)
    me = sample.citizen(person)
    receipt = sample.submitted(sample.ALLOWANCE, me, sample.allowance_answers(person), at=AT)
    jobs.run_waiting(at=AT)
    assert told(f"case:{receipt.case_key}", me) == sorted(["申请已通过", "请您评价"])


def test_the_pack_says_it_in_its_own_words_in_the_inbox_and_on_the_phone(told) -> None:
    sample.publish(sample.ALLOWANCE, at=AT)
    person = sample.elder(at=AT)
    me = sample.citizen(person)
    receipt = sample.submitted(sample.ALLOWANCE, me, sample.allowance_answers(person), at=AT)
    jobs.run_waiting(at=AT)
    told(f"case:{receipt.case_key}", me)
    words = "高龄津贴已办好：每月 50 元，从 2026年3月 起列入每月发放名单，到账日期以银行为准。"
    assert words in [m.text for m in messages.list_messages(me, limit=50)]
    with override_settings(SAMPLE=True):
        assert f"【一网】{words}" in [one.text for one in messages.list_simulated_sms()]


def test_a_stop_is_announced_in_the_packs_words_with_reason_and_month(told) -> None:
    item = sample.publish(sample.ALLOWANCE, at=AT)
    person = sample.elder(at=AT)
    me = sample.citizen(person)
    receipt = sample.submitted(sample.ALLOWANCE, me, sample.allowance_answers(person), at=AT)
    jobs.run_waiting(at=AT)
    granted = entitlements.find_case_entitlement(f"case:{receipt.case_key}")
    assert granted is not None
    entitlement_actions.announce_stop(
        key=granted.key,
        version=granted.version,
        reason="MOVED",
        stops_on=date(2026, 6, 1),
        object_by=date(2026, 5, 20),
        addressee=person.name,
        body="城关区民政局",
        basis="本地规定（示例）",
        at=AT,
        actor=sample.official(item),
    )
    told(granted.reference, me)
    (text,) = [m.text for m in messages.list_messages(me, limit=50)]
    assert text.startswith("因为户籍迁出，高龄津贴拟从 2026年6月 起停发。")
    assert "城关区民政局" in text


def test_every_turn_with_an_official_is_told(told) -> None:
    item = sample.publish(sample.ALLOWANCE, at=AT)
    person = sample.elder(at=AT)
    me, officer = sample.citizen(person), sample.official(item)
    answers = sample.allowance_answers(person)
    receipt = sample.submitted(sample.ALLOWANCE, me, answers, at=AT, by_person=True)
    jobs.run_waiting(at=AT)
    case = cases.get_case(receipt.case_key, me, at=AT)
    case = journey.return_for_correction(
        case_key=case.key, version=case.version, problems=["电话"], actor=officer, at=AT
    )
    case = journey.supply_correction(
        case_key=case.key, version=case.version, answers={"phone": "13900000002"}, actor=me, at=AT
    )
    case = journey.accept(case_key=case.key, version=case.version, actor=officer, at=AT)
    journey.decide(
        case_key=case.key,
        version=case.version,
        outcome="REJECT",
        reason="迁出",
        actor=officer,
        at=AT,
    )
    expected = ["已转人工办理", "请补正材料", "申请已受理", "申请未通过", "请您评价"]
    assert told(case.reference, me) == sorted(expected)


def test_every_listener_of_ours_is_wired() -> None:
    ours = {r.__name__ for heard in WHO_HEARS.values() for r in heard} & set(vars(reactions))
    public = {
        name
        for name in vars(reactions)
        if name.startswith(
            ("tell_", "remind_", "invite_", "pass_on_", "accept_by_", "go_on_", "deliver_")
        )
    }
    assert ours == public
    assert reactions.__name__ in {listener.name for listener in registry.listeners()}
