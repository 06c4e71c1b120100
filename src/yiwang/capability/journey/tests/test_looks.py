"""Who looked at my data: reads and calls in one list, each of which I may ask about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from yiwang.capability.cases import actions as case_actions
from yiwang.capability.cases import queries as cases
from yiwang.capability.journey import looks, sample
from yiwang.foundation.exchange.models import Receipt
from yiwang.foundation.exchange.queries import SUBJECT_PURPOSE
from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel.references import new_key
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.support.enquiries import queries as enquiries
from yiwang.support.enquiries.definitions import EnquiryKind

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def item(db):
    return sample.publish(sample.ALLOWANCE, at=AT)


@pytest.fixture
def person(item):
    return sample.elder(at=AT)


@pytest.fixture
def me(person):
    return sample.citizen(person)


@pytest.fixture
def case(me, person):
    receipt = sample.submitted(
        sample.ALLOWANCE, me, sample.allowance_answers(person), at=AT, by_person=True
    )
    return cases.get_case(receipt.case_key, me, at=AT)


def call(me, *, minutes=0, case_no="", status="FOUND", **more):
    number = libraries.find_citizen_id(me.reference)
    given = {
        "message": new_key() * 2,
        "side": "PROVIDER",
        "at": AT + timedelta(minutes=minutes),
        "from_node": "62",
        "system": "62/platform",
        "to_node": "62",
        "service": "62/household-register",
        "purpose": "核对办理条件",
        "item": sample.ALLOWANCE,
        "case_no": case_no,
        "subject_index": crypto.keyed_index(number, purpose=SUBJECT_PURPOSE),
        "fields": ["alive"],
        "rows": 1,
        "status": status,
        "request_digest": "0" * 64,
        "milliseconds": 5,
        **more,
    }
    return Receipt.objects.create(**given)


def read(case, item, *, minutes=0):
    with transaction.atomic():
        case_actions.read_case(
            case_key=case.key, actor=sample.official(item), at=AT + timedelta(minutes=minutes)
        )


def test_reads_and_calls_stand_in_one_list_by_time(me, case, item):
    call(me, minutes=1, case_no=case.case_no)
    read(case, item, minutes=2)
    call(me, minutes=3, case_no=case.case_no, status="AWAY")
    page = looks.list_looks(me)
    assert [row.is_call for row in page.rows] == [True, False, True]
    assert [row.result for row in page.rows] == ["没有连上", "", "查到了"]
    newest = page.rows[0]
    assert (newest.who, newest.purpose) == (case.department_name, "核对办理条件")
    assert (newest.case_no, newest.item_name) == (case.case_no, case.item_name)
    assert newest.subject == case.reference


def test_pages_hold_every_look_once(me, case, item):
    for minute in range(0, 10, 2):
        call(me, minutes=minute, case_no=case.case_no)
        read(case, item, minutes=minute + 1)
    seen, before = [], ""
    while True:
        page = looks.list_looks(me, before=before, limit=3)
        seen += [row.key for row in page.rows]
        before = page.next
        if not before:
            break
    assert len(seen) == len(set(seen)) == 10
    assert seen == [row.key for row in looks.list_looks(me, limit=50).rows]


def test_calls_about_others_are_not_mine(me, case, item):
    other = sample.citizen(sample.elder(2, at=AT))
    line = call(other)
    assert looks.list_looks(me).rows == ()
    with pytest.raises(NotFound):
        looks.get_look(f"call-{line.id}", me)
    assert looks.get_look(f"call-{line.id}", other).is_call


def test_a_call_in_somebody_elses_case_shows_no_way_in(me, case):
    other = sample.citizen(sample.elder(2, at=AT))
    call(other, case_no=case.case_no)
    [row] = looks.list_looks(other).rows
    assert (row.item_name, row.case_no, row.subject) == (case.item_name, "", "")


def test_before_there_is_a_case_the_body_of_the_item_looked(me, case):
    call(me, case_no="draft:nosuchdraft00000")
    [row] = looks.list_looks(me).rows
    assert row.who == case.department_name
    assert row.office.department == case.department


def test_another_nodes_call_names_the_node(me, item):
    call(me, from_node="620100", system="620100/approval", case_no="X-1")
    [row] = looks.list_looks(me).rows
    assert (row.who, row.case_no) == ("620100", "")


def test_a_look_is_asked_about_and_then_says_so(me, case, item):
    line = call(me, case_no=case.case_no)
    key = looks.ask_about(
        key=f"call-{line.id}", kind=EnquiryKind.OBJECTION, words="没有必要", actor=me, at=AT
    )
    [row] = looks.list_looks(me).rows
    assert row.enquiry == key
    found = enquiries.get_enquiry(key, me, at=AT)
    assert found.office.department == case.department
    assert (found.look.case_no, found.look.purpose) == (case.case_no, "核对办理条件")


def test_a_read_is_answered_for_by_the_readers_body(me, case, item):
    read(case, item)
    [row] = looks.list_looks(me).rows
    key = looks.ask_about(key=row.key, kind=EnquiryKind.QUESTION, words="为什么？", actor=me, at=AT)
    assert enquiries.get_enquiry(key, me, at=AT).look.looker.startswith("official:")


@pytest.mark.parametrize("key", ["call-0", "read-0", "call-x", "x-1", "", "call-" + "9" * 30])
def test_what_is_no_look_of_mine_is_not_found(me, case, key):
    with pytest.raises(NotFound):
        looks.get_look(key, me)


@pytest.mark.parametrize("cursor", ["x", "1", "1-x", "-", "9" * 60])
def test_a_strange_cursor_is_the_beginning(me, case, item, cursor):
    call(me)
    assert len(looks.list_looks(me, before=cursor).rows) == 1
