"""数据纠错: said once, answered by the source within ten working days, followed by every copy."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection

from yiwang.foundation.libraries import queries as libraries
from yiwang.foundation.libraries import sample as people
from yiwang.foundation.resources import actions, queries, sample
from yiwang.foundation.resources.actions import CannotReport
from yiwang.foundation.resources.definitions.corrections import CorrectionState
from yiwang.foundation.standards.definitions import About
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound, VersionConflict
from yiwang.mechanisms.clocks.definitions import Colour
from yiwang.mechanisms.journal import queries as journal
from yiwang.mechanisms.states.rules import CannotDo

pytestmark = pytest.mark.django_db
POLICE, CIVIL = sample.officer("police"), sample.officer("civil", serial=1)
SOCIAL, KEEPER = sample.officer("social", serial=5), sample.authority()
WRONG, RIGHT = "住址还是搬家前的", "静宁路 12 号"


@pytest.fixture
def catalogue(ground, at):
    return sample.publish_all(at=at)


@pytest.fixture
def person(catalogue, at):
    return people.register_person(1, at=at)


def self_of(person):
    return Actor(ActorKind.PERSON, person.reference)


def report(actor, at, *, element="person.name", about="", **more):
    said = {"wrong": WRONG, "right": RIGHT, **more}
    return actions.report_error(element=element, about=about, actor=actor, at=at, **said)


def test_a_person_says_that_a_datum_is_wrong_and_its_source_has_ten_working_days(person, at):
    made = report(self_of(person), at)
    assert (made.department_name, made.resource_name) == ("城关区公安分局（示例）", "人口基础信息")
    assert made.due_on == date(2026, 3, 16)
    seen = queries.get_correction(made.key, POLICE, at=at + timedelta(days=14))
    assert seen.clock is not None
    assert seen.clock.colour is Colour.YELLOW
    assert seen.who.endswith("****" + person.citizen_id_masked[-4:]) or "*" in seen.who
    assert person.name not in seen.who
    late = queries.get_correction(made.key, POLICE, at=at + timedelta(days=20))
    assert late.clock.colour is Colour.RED


def test_the_same_again_is_the_same_request_while_it_is_open(person, at):
    first = report(self_of(person), at)
    again = report(self_of(person), at + timedelta(days=1), wrong="再说一遍")
    assert again.key == first.key
    assert again.wrong == WRONG
    actions.decline(key=first.key, version=1, answer="无误", actor=POLICE, at=at)
    assert report(self_of(person), at).key != first.key


def test_the_source_corrects_and_every_copy_is_told_to_follow(person, at):
    made = report(self_of(person), at)
    done = actions.correct(key=made.key, version=1, answer="已按户口簿更正", actor=POLICE, at=at)
    assert (done.state, done.due_on) == (CorrectionState.CORRECTED, None)
    seen = queries.get_correction(made.key, self_of(person), at=at)
    assert seen.answer == "已按户口簿更正"
    assert seen.clock is None
    assert [one.resource_name for one in seen.copies] == ["社会保障卡和收款账户"]
    ((correction, copy),) = queries.list_copies_waiting(SOCIAL)
    assert correction == made.key
    with pytest.raises(NotFound):
        actions.take_over(key=copy.key, actor=CIVIL, at=at)
    with pytest.raises(NotAllowed):
        actions.take_over(key=copy.key, actor=KEEPER, at=at)
    assert actions.take_over(key=copy.key, actor=SOCIAL, at=at)
    assert not actions.take_over(key=copy.key, actor=SOCIAL, at=at)
    assert queries.list_copies_waiting(SOCIAL) == ()
    acts = [one.act for one in journal.list_entries(subject=made.reference)]
    assert acts == [
        "clocks.start",
        "resources.correction_asked",
        "clocks.stop",
        "resources.correction_made",
        "resources.take_over",
    ]


def test_a_body_reports_what_it_found_at_a_copy_and_it_goes_to_the_source(person, at):
    number = libraries.find_citizen_id(person.reference)
    copy = queries.get_resource(sample.ACCOUNTS)
    made = report(SOCIAL, at, about=number, found_at=copy.key)
    assert made.department_name == "城关区公安分局（示例）"
    assert made.found_at == "社会保障卡和收款账户"
    assert made.by_department == "城关区人力资源和社会保障局（示例）"
    assert made.applicant == person.reference
    assert [row.key for row in queries.list_corrections(self_of(person), at=at).rows] == [made.key]
    for nobody in ("", "620102194402290021", "x"):
        with pytest.raises(InvalidInput):
            report(SOCIAL, at, element="person.alive", about=nobody)


def test_a_firm_speaks_about_firms_and_a_person_about_persons(person, at):
    firm = people.register_organization(1, at=at, legal_representative=person.reference)
    acting = Actor(ActorKind.ORGANIZATION, person.reference, on_behalf_of=firm.reference)
    made = report(acting, at, element="organization.address")
    assert made.applicant == firm.reference
    with pytest.raises(InvalidInput):
        report(acting, at, element="person.name")
    with pytest.raises(InvalidInput):
        report(self_of(person), at, element="organization.address")
    seen = queries.get_correction(made.key, sample.officer("market", serial=2), at=at)
    assert firm.uscc in seen.who


def test_what_has_no_source_cannot_be_answered(ground, at):
    with pytest.raises(CannotReport):
        report(self_of(people.register_person(1, at=at)), at)


def test_no_datum_and_empty_words_say_nothing(person, at):
    with pytest.raises(InvalidInput):
        report(self_of(person), at, element="no.such")
    for words in ("", "  ", "长" * 2001):
        with pytest.raises(InvalidInput):
            report(self_of(person), at, wrong=words)


def test_others_neither_see_nor_answer(person, at):
    made = report(self_of(person), at)
    stranger = people.register_person(2, at=at)
    market = sample.officer("market", serial=2)
    for other in (self_of(stranger), market, CIVIL):
        with pytest.raises(NotFound):
            queries.get_correction(made.key, other, at=at)
        with pytest.raises(NotFound):
            actions.correct(key=made.key, version=1, answer="x", actor=other, at=at)
    for looker in (KEEPER, self_of(person)):
        with pytest.raises(NotAllowed):
            actions.correct(key=made.key, version=1, answer="x", actor=looker, at=at)
    own = replace(POLICE, person=person.reference)
    with pytest.raises(NotAllowed):
        actions.decline(key=made.key, version=1, answer="x", actor=own, at=at)


def test_it_is_answered_once(person, at):
    made = report(self_of(person), at)
    with pytest.raises(InvalidInput):
        actions.correct(key=made.key, version=1, answer=" ", actor=POLICE, at=at)
    actions.decline(key=made.key, version=1, answer="和户口簿一致", actor=POLICE, at=at)
    with pytest.raises(VersionConflict):
        actions.correct(key=made.key, version=1, answer="x", actor=POLICE, at=at)
    with pytest.raises(CannotDo):
        actions.correct(key=made.key, version=2, answer="x", actor=POLICE, at=at)
    assert queries.get_correction(made.key, POLICE, at=at).copies == ()


def test_who_it_is_about_is_read_by_the_source_alone_and_noted(person, at):
    made = report(self_of(person), at)
    number = libraries.find_citizen_id(person.reference)
    assert actions.read_whole(key=made.key, actor=POLICE, at=at) == f"{person.name} {number}"
    (entry,) = journal.list_reads_of(person.reference)
    assert entry.actor == POLICE.reference
    with pytest.raises(NotAllowed):
        actions.read_whole(key=made.key, actor=KEEPER, at=at)


def test_nothing_that_was_written_lies_in_clear(person, at):
    made = report(self_of(person), at)
    actions.correct(key=made.key, version=1, answer="已经更正好了", actor=POLICE, at=at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(c)::text FROM resources_datacorrection c")
        (row,) = cursor.fetchone()
        cursor.execute("SELECT string_agg(body, '') FROM journal_entry")
        (entries,) = cursor.fetchone()
    for words in (WRONG, RIGHT, "已经更正好了", person.name):
        assert words not in row
        assert words not in entries


def test_what_can_be_corrected_has_a_source_that_answers(catalogue):
    codes = [one.code for one in queries.list_correctable(About.PERSON)]
    assert "person.name" in codes
    assert "organization.name" not in codes
    assert len(codes) == 12


def test_lists_come_in_pages_newest_first(person, at):
    for element in ("person.name", "person.sex", "person.people"):
        report(self_of(person), at, element=element)
    first = queries.list_corrections(POLICE, at=at, state="ASKED", limit=2)
    rest = queries.list_corrections(POLICE, at=at, state="ASKED", limit=2, after=first.next)
    assert [row.element for row in (*first.rows, *rest.rows)] == [
        "person.people",
        "person.sex",
        "person.name",
    ]
    assert rest.next == ""
    assert queries.list_corrections(POLICE, at=at, state="DECLINED").rows == ()
