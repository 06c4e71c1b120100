"""延续: a new term of the same licence, and silence that renews (行政许可法 50)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.models import Case
from yiwang.capability.journey import sample
from yiwang.capability.journey.earlier import LaterVersionStands
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel.actor import machine
from yiwang.kernel.refusals import InvalidInput, VersionConflict
from yiwang.mechanisms.jobs import registry
from yiwang.mechanisms.journal import queries as entries
from yiwang.network.directory import sample as directory
from yiwang.support.letters import queries as letters
from yiwang.support.licences import actions as licence_actions
from yiwang.support.licences import queries as licences
from yiwang.support.licences import sample as licence_samples

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
CLOCK = machine("clock")
pytestmark = pytest.mark.django_db
#: Midnight in Shanghai after the last day of a term that is valid until (exclusive) 1 June.
ENDS = datetime(2026, 5, 31, 16, 0, tzinfo=UTC)


@pytest.fixture
def item(db):
    directory.load_chengguan()
    return sample.publish_plain(
        at=AT,
        silence="RENEWED",
        earlier={
            "licence": "answer:old_licence",
            "acts": [
                {
                    "effect": "RENEW",
                    "ask_before": {"amount": 30},
                    "basis": "行政许可法 第五十条",
                }
            ],
        },
    )


@pytest.fixture
def me(item):
    return sample.citizen(libraries.register_person(5, at=AT, born_on=date(1980, 1, 1)))


@pytest.fixture
def old(me):
    return licence_samples.issue(
        case="case:old", at=AT, actor=CLOCK, holder=me.reference,
        valid_from=date(2025, 6, 1), valid_until=date(2026, 6, 1),
    )  # fmt: skip


def asked(me, old, at: datetime = AT):
    receipt = sample.handed_in(me, at=at, old_licence=old.identifier)
    return cases.get_case(receipt.case_key, me, at=at)


def test_no_decision_by_the_end_of_the_old_term_renews_it(me, old) -> None:
    case = asked(me, old)
    assert case.silence_at == ENDS
    assert journey.renew_by_silence(at=ENDS - timedelta(seconds=1), actor=CLOCK) == 0
    assert journey.renew_by_silence(at=ENDS + timedelta(minutes=3), actor=CLOCK) == 1
    assert journey.renew_by_silence(at=ENDS + timedelta(minutes=13), actor=CLOCK) == 0
    case = cases.get_case(case.key, me, at=ENDS)
    assert case.state == "CLOSED"
    assert case.decision is not None
    assert case.decision.decided_at == ENDS
    assert case.decision.basis[0].article == "第五十条"
    new = licences.find_case_licence(case.reference, at=ENDS)
    assert (new.valid_from, new.valid_until) == (date(2026, 6, 1), date(2027, 6, 1))
    assert new.predecessor == old.identifier
    assert new.version == 2
    letter = letters.list_letters(case.reference)[-1]
    assert (letter.kind, letter.template) == ("APPROVAL", "renewal-by-silence")
    acts = [e.act for e in entries.list_entries(subject=case.reference)]
    assert acts.count("cases.renewed_by_silence") == 1
    assert acts.count("cases.case_decided") == 1
    assert all(clock.stopped_on for clock in case.clocks)


def test_the_clocks_own_round_does_it(me, old) -> None:
    case = asked(me, old)
    registry.TASKS["journey.renew_by_silence"].function(actor=machine("worker"), at=ENDS)
    assert cases.get_case(case.key, me, at=ENDS).state == "CLOSED"


def test_an_application_too_late_is_handled_but_not_protected(me, old) -> None:
    late = datetime(2026, 4, 22, 2, 0, tzinfo=UTC)  # fewer than thirty working days before
    case = asked(me, old, late)
    assert case.silence_at is None
    assert journey.renew_by_silence(at=ENDS + timedelta(days=1), actor=CLOCK) == 0


def test_a_decision_in_time_renews_from_the_end_of_the_old_term(me, old, item) -> None:
    case = asked(me, old)
    official = sample.official(item)
    case = journey.accept(case_key=case.key, version=case.version, actor=official, at=AT)
    case = journey.decide(
        case_key=case.key, version=case.version, outcome="APPROVE", reason="条件没有变化",
        actor=official, at=AT,
    )  # fmt: skip
    new = licences.find_case_licence(case.reference, at=AT)
    assert (new.valid_from, new.valid_until) == (date(2026, 6, 1), date(2027, 6, 1))
    assert journey.renew_by_silence(at=ENDS, actor=CLOCK) == 0
    states = {at: [v.state for v in licences.list_versions(old.key, at=at)] for at in (AT, ENDS)}
    assert states == {AT: ["VALID", "NOT_YET"], ENDS: ["SUPERSEDED", "VALID"]}
    with pytest.raises(InvalidInput) as refused:
        asked(me, old)
    assert "已经准予延续" in refused.value.fields[0].sentence


def test_what_is_still_incomplete_is_not_renewed_by_silence(me, old, item) -> None:
    case = asked(me, old)
    journey.return_for_correction(
        case_key=case.key, version=case.version, problems=["缺"], actor=sample.official(item), at=AT
    )
    assert journey.renew_by_silence(at=ENDS, actor=CLOCK) == 0
    assert cases.get_case(case.key, me, at=ENDS).state == "RETURNED"


def test_somebody_elses_licence_or_none_cannot_be_renewed(me, old) -> None:
    stranger = sample.citizen(libraries.register_person(6, at=AT, born_on=date(1980, 1, 1)))
    with pytest.raises(InvalidInput) as refused:
        asked(stranger, old)
    assert refused.value.fields[0].field == "old_licence"


def renewed(me, item, number: str, at: datetime):
    """A renewal of the licence with this number, decided by an official."""
    official = sample.official(item)
    receipt = sample.handed_in(me, at=at, old_licence=number)
    case = cases.get_case(receipt.case_key, me, at=at)
    case = journey.accept(case_key=case.key, version=case.version, actor=official, at=at)
    return journey.decide(
        case_key=case.key, version=case.version, outcome="APPROVE", reason="条件没有变化",
        actor=official, at=at,
    )  # fmt: skip


def granted(me, item):
    """The plain licence itself, by a case of its own, before anything is renewed."""
    sample.publish_plain(at=AT, code="plain-first")
    receipt = sample.handed_in(me, at=AT, code="plain-first")
    official = sample.official(item)
    case = cases.get_case(receipt.case_key, me, at=AT)
    case = journey.accept(case_key=case.key, version=case.version, actor=official, at=AT)
    return journey.decide(
        case_key=case.key, version=case.version, outcome="APPROVE", reason="符合条件",
        actor=official, at=AT,
    )  # fmt: skip


def revoke(case, by, at: datetime):
    version = cases.get_inside(case.key).version
    return journey.revoke(
        case_key=case.key, version=version, reason="以欺骗手段取得", actor=by, at=at
    )


def test_what_was_renewed_since_is_revoked_from_that_licence_on_with_every_renewal(
    me, item
) -> None:
    first = granted(me, item)
    one = licences.find_case_licence(first.reference, at=AT)
    second = renewed(me, item, one.identifier, AT + timedelta(days=1))
    two = licences.find_case_licence(second.reference, at=AT)
    third = renewed(me, item, two.identifier, AT + timedelta(days=400))
    later = AT + timedelta(days=401)
    revoke(second, sample.official(item), later)
    chain = licences.list_versions(one.key, at=later)
    assert [row.state for row in chain] == ["EXPIRED", "REVOKED", "REVOKED"]
    assert cases.get_case(first.key, me, at=later).state == "CLOSED"
    for case in (second, third):
        assert cases.get_case(case.key, me, at=later).state == "REVOKED"
    told = letters.list_letters(third.reference)[-1]
    assert told.kind == "TAKING_BACK"
    face = letters.open_face(told.key, subject=third.reference)
    assert any(two.identifier in line and "以欺骗手段取得" in line for line in face.paragraphs)
    revoke(first, sample.official(item), later)  # what has ended stays as it ended
    assert licences.list_versions(one.key, at=later)[0].state == "REVOKED"


def test_a_renewal_by_another_body_is_not_taken_back_over_its_head(me, item) -> None:
    first = granted(me, item)
    one = licences.find_case_licence(first.reference, at=AT)
    renewal = renewed(me, item, one.identifier, AT + timedelta(days=1))
    Case.objects.filter(key=renewal.key).update(department="11620102000000027X")
    with pytest.raises(LaterVersionStands), transaction.atomic():
        revoke(first, sample.official(item), AT + timedelta(days=2))
    assert cases.get_case(first.key, me, at=AT).state == "CLOSED"
    assert licences.list_versions(one.key, at=AT)[1].state == "NOT_YET"


def test_a_renewal_taken_up_anew_and_granted_again_follows_the_revoked_version(me, item) -> None:
    first = granted(me, item)
    one = licences.find_case_licence(first.reference, at=AT)
    renewal = renewed(me, item, one.identifier, AT + timedelta(days=1))
    official, later = sample.official(item), AT + timedelta(days=2)
    revoke(renewal, official, later)
    case = journey.reopen(
        case_key=renewal.key, version=cases.get_inside(renewal.key).version, ground="COURT",
        document="（2026）甘01行终9号", reason="判决撤销", actor=official, at=later,
    )  # fmt: skip
    journey.decide(
        case_key=case.key, version=case.version, outcome="APPROVE", reason="符合条件",
        actor=official, at=later + timedelta(days=1),
    )  # fmt: skip
    chain = licences.list_versions(one.key, at=later)
    assert [row.state for row in chain] == ["VALID", "REVOKED", "NOT_YET"]
    assert chain[2].version == 3
    chain = licences.list_versions(one.key, at=later + timedelta(days=400))
    assert [row.state for row in chain] == ["SUPERSEDED", "REVOKED", "VALID"]


def test_silence_renews_no_licence_that_was_revoked_meanwhile_and_stops_no_round(
    me, old, item
) -> None:
    case = asked(me, old)
    licence_actions.change_state(
        key=old.key, act="revoke", reason="违法取得", at=AT, actor=machine("tests")
    )
    assert journey.renew_by_silence(at=ENDS, actor=CLOCK) == 0
    case = cases.get_case(case.key, me, at=ENDS)
    assert case.silence_at is None
    assert case.decision is None
    assert any("已经失效" in row.label for row in case.timeline)


def test_the_slower_of_two_heads_finds_the_chain_revoked_already(me, item) -> None:
    first = granted(me, item)
    one = licences.find_case_licence(first.reference, at=AT)
    renewed(me, item, one.identifier, AT + timedelta(days=1))
    version = cases.get_inside(first.key).version
    later = AT + timedelta(days=2)
    journey.revoke(
        case_key=first.key, version=version, reason="认定有误",
        actor=sample.official(item), at=later,
    )  # fmt: skip
    with pytest.raises(VersionConflict):
        journey.revoke(
            case_key=first.key, version=version, reason="认定有误",
            actor=sample.official(item, name="qian"), at=later,
        )  # fmt: skip
