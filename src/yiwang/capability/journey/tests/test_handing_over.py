"""离岗: open cases and visits go to a colleague, or nobody leaves; then everything ends at once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.models import Case, CaseWork
from yiwang.capability.journey import handing_over, sample
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel.actor import Role
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.journal import queries as journal
from yiwang.network.directory import sample as places
from yiwang.support.identity import queries as identity
from yiwang.support.identity import sample as accounts

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
BODY, HERE, ELSEWHERE = "11620102000000019B", "620102000000", "620103000000"
pytestmark = pytest.mark.django_db


def staff(name, *roles, place=HERE, body=BODY):
    account = accounts.open_official_account(
        name, at=AT, department=BODY, grants=tuple((role, place, body) for role in roles)
    )
    return account, identity.get_actor(account.key, at=AT)


@pytest.fixture
def leaving(db):
    places.load_chengguan()
    return staff("zou", Role.APPROVER)


@pytest.fixture
def admin(leaving):
    return staff("bendi", Role.LOCAL_ADMIN, body=None)[1]


@pytest.fixture
def case(leaving):
    """An open case the leaving official goes on with."""
    sample.publish_plain(at=AT)
    me = sample.citizen(libraries.register_person(7, at=AT))
    receipt = sample.handed_in(me, at=AT)
    row = Case.objects.get(key=receipt.case_key)
    CaseWork.objects.filter(case=row).update(official=leaving[1].reference)
    assert CaseWork.objects.filter(case=row, department=BODY).exists()
    return row


def let_go(leaving, admin, taker=""):
    return handing_over.let_go(account=leaving[0].key, taker=taker, actor=admin, at=AT)


def test_nobody_leaves_with_work_in_hand(leaving, admin, case):
    staff("tong", Role.APPROVER)
    with pytest.raises(handing_over.NeedsTaker) as caught:
        let_go(leaving, admin)
    assert "1 件办件" in caught.value.sentence
    assert identity.get_account(leaving[0].key).active


def test_the_case_goes_to_the_colleague_and_says_so(leaving, admin, case):
    _account, colleague = staff("tong", Role.APPROVER)
    work = let_go(leaving, admin, taker=colleague.reference)
    assert (work.cases, work.visits) == (1, 0)
    assert case_queries.count_held_by(colleague.reference) == 1
    assert case_queries.count_held_by(leaving[1].reference) == 0
    (entry,) = [
        one
        for one in journal.list_entries(subject=case.reference)
        if one.act == "cases.handed_over"
    ]
    assert entry.facts == {"from": leaving[1].reference, "to": colleague.reference}
    assert not identity.get_account(leaving[0].key).active


def test_the_last_one_in_an_office_stays_while_cases_are_open(leaving, admin, case):
    _account, handler = staff("tong", Role.HANDLER)
    with pytest.raises(handing_over.NeedsTaker) as caught:
        let_go(leaving, admin, taker=handler.reference)
    assert "审批人" in caught.value.sentence


def test_a_taker_without_an_office_there_is_refused(leaving, admin, case):
    _account, far = staff("yuan", Role.APPROVER, place=ELSEWHERE)
    staff("tong", Role.APPROVER)
    for taker in (far.reference, "official:nobody", leaving[1].reference):
        with pytest.raises(InvalidInput):
            let_go(leaving, admin, taker=taker)


def test_with_nothing_in_hand_one_simply_leaves(leaving, admin):
    assert let_go(leaving, admin).number == 0
    with pytest.raises(NotFound):
        let_go(leaving, admin)


def test_another_place_lets_nobody_go_here(leaving, case):
    elsewhere = staff("qili", Role.LOCAL_ADMIN, place=ELSEWHERE, body=None)[1]
    for actor in (elsewhere, leaving[1]):
        with pytest.raises(NotAllowed):
            let_go(leaving, actor)
