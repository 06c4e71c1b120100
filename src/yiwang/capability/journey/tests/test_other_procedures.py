"""备案, 告知承诺, 行政确认 and decisions in another body's name, through the journey."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.journey import reconciling, sample
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel.actor import Role
from yiwang.mechanisms.states.rules import CannotDo
from yiwang.network.directory import sample as directory
from yiwang.support.letters import queries as letters
from yiwang.support.licences import queries as licences

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db
BODY = "116201020000000276"


@pytest.fixture
def me(db):
    directory.load_chengguan()
    return sample.citizen(libraries.register_person(5, at=AT, born_on=date(1980, 1, 1)))


def handed_in(me):
    return cases.get_case(sample.handed_in(me, at=AT).case_key, me, at=AT)


def kinds(case) -> list[str]:
    return [letter.kind for letter in letters.list_letters(case.reference)]


def test_a_filing_is_receipted_at_once_without_a_rule_or_a_person(me) -> None:
    sample.publish_plain(at=AT, profile="FILING", instant=True)
    case = handed_in(me)
    assert case.state == "CLOSED"
    assert "FILING" in kinds(case)
    assert "APPROVAL" not in kinds(case)
    assert all(clock.stopped_on for clock in case.clocks)
    assert case.time_account.sentence == "当天办完。"
    journey.write_receipt(case_key=case.key, actor=sample.PUBLISHER, at=AT)
    assert reconciling.reconcile(at=AT.replace(day=3)) == ()


def test_a_filing_an_official_looks_at_is_filed_or_told_what_is_missing_never_refused(me) -> None:
    item = sample.publish_plain(at=AT, profile="FILING")
    case = handed_in(me)
    official = sample.official(item)
    offered = {act.name for act in cases.get_case(case.key, official, at=AT).acts}
    assert offered == {"not_ours", "transfer", "return_for_correction", "approve"}
    with pytest.raises(CannotDo):
        journey.decide(
            case_key=case.key, version=case.version, outcome="REJECT", reason="不行",
            actor=official, at=AT,
        )  # fmt: skip
    case = journey.decide(
        case_key=case.key, version=case.version, outcome="APPROVE", reason="材料齐全",
        actor=official, at=AT,
    )  # fmt: skip
    assert case.state == "CLOSED"
    assert case.decision.outcome_label == "已备案"


def test_a_permit_on_a_promise_is_decided_at_once_and_silence_accepts_it_too(me) -> None:
    item = sample.publish_plain(at=AT, profile="COMMITMENT")
    case = handed_in(me)
    assert [clock.kind for clock in case.clocks] == ["accept"]
    case = journey.decide(
        case_key=case.key, version=case.version, outcome="APPROVE", reason="承诺齐全",
        actor=sample.official(item), at=AT,
    )  # fmt: skip
    assert case.state == "CLOSED"
    assert licences.find_case_licence(case.reference, at=AT) is not None
    waiting, late = handed_in(me), AT.replace(day=12)
    assert journey.deem_accepted(case_key=waiting.key, actor=sample.PUBLISHER, at=late)
    assert cases.get_case(waiting.key, me, at=late).deemed


def test_what_is_delegated_is_decided_in_the_delegating_bodys_name(me) -> None:
    item = sample.publish_plain(
        at=AT,
        in_name_of={"department": BODY, "department_name": "城关区林业局", "basis": "委托公告"},
    )
    case, official = handed_in(me), sample.official(item)
    assert (case.department_name, case.body_name) == ("城关区民政局", "城关区林业局")
    case = journey.accept(case_key=case.key, version=case.version, actor=official, at=AT)
    case = journey.decide(
        case_key=case.key, version=case.version, outcome="APPROVE", reason="符合", actor=official,
        at=AT,
    )  # fmt: skip
    licence = licences.find_case_licence(case.reference, at=AT)
    assert (licence.issuer, licence.issuer_name) == (BODY, "城关区林业局")
    letter = letters.list_letters(case.reference)[-1]
    assert letters.open_face(letter.key, subject=case.reference).body == "城关区林业局"
    head = sample.official(item, Role.HEAD, "head")
    case = journey.revoke(case_key=case.key, version=case.version, reason="骗取", actor=head, at=AT)
    assert licences.find_case_licence(case.reference, at=AT).state == "REVOKED"


def test_a_confirmation_is_decided_from_the_day_of_receipt(me) -> None:
    sample.publish_plain(at=AT, profile="CONFIRMATION")
    case = handed_in(me)
    assert [(clock.kind, clock.started_on) for clock in case.clocks] == [
        ("decide", date(2026, 3, 2))
    ]
