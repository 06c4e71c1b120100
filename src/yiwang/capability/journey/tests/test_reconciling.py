"""The daily comparison: silent when all agrees, loud about every planted difference."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from yiwang.capability import journey
from yiwang.capability.cases.models import Case
from yiwang.capability.entitlements.models import Entitlement
from yiwang.capability.intake.models import Draft
from yiwang.capability.journey import reconciling, sample
from yiwang.cloud.health import queries as health
from yiwang.kernel.references import new_key
from yiwang.mechanisms.clocks.models import Clock
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.mechanisms.journal import queries as journal
from yiwang.support.letters.models import Letter

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
NIGHT = AT + timedelta(hours=16)
pytestmark = pytest.mark.django_db


@pytest.fixture
def cases(db) -> list[Case]:
    """One decided by the rule, one asked again, one waiting with an official."""
    sample.publish(sample.ALLOWANCE, at=AT)
    for seed, by_person in ((1, False), (2, False), (3, True)):
        person = sample.elder(seed, at=AT, born_on=date(1943, 5, 6))
        me = sample.citizen(person)
        receipt = sample.submitted(
            sample.ALLOWANCE, me, sample.allowance_answers(person), at=AT, by_person=by_person
        )
        jobs.run_waiting(at=AT)
        if seed == 2:
            journey.ask_for_person(case_key=receipt.case_key, actor=me, at=AT)
    return list(Case.objects.order_by("id"))


def check():
    return next(
        one for one in health.check_all(at=NIGHT) if one.name == "reconciliation_differences"
    )


def test_when_all_agrees_nothing_is_said(cases: list[Case]) -> None:
    assert reconciling.reconcile(at=NIGHT) == ()
    assert (check().good, check().value) == (True, 0.0)


@pytest.mark.parametrize(
    ("plant", "what"),
    [
        (lambda c: Draft.objects.filter(key=c.draft_key).update(submitted_case=""),
         "case without receipt"),
        (lambda c: Clock.objects.filter(subject=c.reference).delete(), "case without clock"),
        (lambda c: Clock.objects.filter(subject=c.reference).update(stopped_at=None),
         "clock and state"),
        (lambda c: Case.objects.filter(pk=c.pk).update(version=c.version + 1), "journal and case"),
        (lambda c: Case.objects.filter(pk=c.pk).update(result_reference=""),
         "decision without result"),
        (lambda c: Entitlement.objects.filter(case=c.reference).update(case="case:other"),
         "decision without result"),
        (lambda c: Letter.objects.filter(subject=c.reference, kind="RECEIPT").update(
            subject="case:other"), "case without receipt letter"),
    ],
)  # fmt: skip
def test_a_planted_difference_is_announced_and_shown_to_operators(
    cases: list[Case], plant, what: str
) -> None:
    plant(cases[0])
    found = reconciling.reconcile(at=NIGHT)
    assert found == (reconciling.Difference(cases[0].reference, what),)
    told = [
        entry.facts["what"]
        for entry in journal.list_entries(subject=cases[0].reference)
        if entry.act == "journey.difference_found"
    ]
    assert told == [what]
    assert (check().good, check().value) == (False, 1.0)


def test_a_receipt_without_its_case_is_found(cases: list[Case]) -> None:
    Draft.objects.create(
        applicant="person:x", started_by="person:x", item_code="i", item_version=1,
        started_at=AT, saved_at=AT, expires_at=AT, submitted_case=f"case:{new_key()}",
    )  # fmt: skip
    assert [one.what for one in reconciling.reconcile(at=NIGHT)] == ["receipt without case"]


def test_what_is_minutes_old_is_left_alone_and_a_missed_day_is_an_alert(cases: list[Case]) -> None:
    Case.objects.filter(pk=cases[0].pk).update(version=99)
    assert reconciling.reconcile(at=AT + timedelta(minutes=10)) == ()
    later = AT + timedelta(days=3)
    late = [c for c in health.check_all(at=later) if c.name == "reconciliation_differences"]
    assert [one.good for one in late] == [False]
