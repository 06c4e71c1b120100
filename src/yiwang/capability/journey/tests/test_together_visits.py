"""A visit on the spot: two officers, a checklist, photographs, both sign; inside the clock."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.journey import together
from yiwang.capability.journey.tests import jointly
from yiwang.capability.journey.tests.jointly import AT, POLICE
from yiwang.capability.journey.together import Sent
from yiwang.capability.visits import queries as visits
from yiwang.capability.visits.definitions import Answer, Position, Record, VisitStatus
from yiwang.capability.visits.models import Visit
from yiwang.kernel.actor import Role
from yiwang.kernel.refusals import InvalidInput, NotFound, VersionConflict
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files import sample as file_samples
from yiwang.mechanisms.files.definitions import Kind
from yiwang.mechanisms.journal import queries as journal
from yiwang.mechanisms.states.rules import CannotDo
from yiwang.support.messages import queries as messages

pytestmark = pytest.mark.django_db
GOOD = {"place": Answer("MEETS"), "pipes": Answer("NOT_APPLICABLE")}
ON_THE_DAY = AT + timedelta(days=2)


@pytest.fixture
def applicant(db):
    jointly.publish()
    return jointly.citizen()


@pytest.fixture
def officers(applicant):
    return jointly.staff("wang"), jointly.staff("liu")


@pytest.fixture
def case(applicant):
    return jointly.accepted(applicant)


def the_visit(case, actor=None, at=AT):
    return visits.list_case_visits(case, actor or jointly.official(), at=at)[-1]


def plan(case, sent, at=AT, **changes):
    visit = the_visit(case)
    given = {
        "planned_at": ON_THE_DAY,
        "place": "静宁路 12 号",
        "officers": [one.reference for one in sent],
        "version": visit.version,
    } | changes
    return together.plan_visit(key=visit.key, actor=jointly.official(), at=at, **given)


def record(case, actor, answers=None, *, result="CONFORMS", sign=False, at=ON_THE_DAY, **more):
    visit = the_visit(case, at=at)
    words = Record(answers if answers is not None else GOOD, result=result)
    return together.record_visit(
        key=visit.key, version=more.pop("version", visit.version), record=words, sign=sign,
        actor=actor, at=at, **more,
    )  # fmt: skip


def sign(case, actor, at=ON_THE_DAY):
    visit = the_visit(case, at=at)
    return together.sign_visit(key=visit.key, version=visit.version, actor=actor, at=at)


def test_a_visit_is_wanted_at_acceptance_and_its_limit_begins_when_officers_are_named(
    case, officers
):
    assert the_visit(case).state == "WANTED"
    assert the_visit(case).clock is None
    planned = plan(case, officers)
    assert planned.clock.due_on == date(2026, 3, 9)


def test_two_officers_both_confirm_one_record_and_the_case_may_be_approved(case, officers):
    one, two = officers
    plan(case, officers)
    assert record(case, one, sign=True).state == "SIGNED"
    done = sign(case, two)
    assert (done.state, done.result, done.done_at) == ("DONE", "CONFORMS", ON_THE_DAY)
    blocks = cases.get_case(case, jointly.official(), at=ON_THE_DAY).blocks
    assert "现场核查还没有完成" not in {block.label for block in blocks}
    assert done.clock.stopped_on is not None


def test_the_visit_runs_inside_the_clock_and_never_pauses_it(case, officers):
    before = clocks.find_clock(subject=f"case:{case}", kind="decide", at=AT)
    plan(case, officers)
    record(case, officers[0], sign=True)
    sign(case, officers[1])
    after = clocks.find_clock(subject=f"case:{case}", kind="decide", at=ON_THE_DAY)
    assert (after.due_on, after.paused) == (before.due_on, False)


@pytest.mark.parametrize(
    "who", [lambda a, b: [a], lambda a, b: [a, a], lambda a, b: [], lambda a, b: [a, "official:x"]]
)
def test_fewer_than_two_different_colleagues_are_refused(case, officers, who):
    names = [one.reference for one in officers]
    with pytest.raises(InvalidInput) as refused:
        plan(case, officers, officers=who(*names))
    assert [problem.field for problem in refused.value.fields] == ["officers"]


def test_an_officer_of_another_body_or_without_the_right_is_not_sent(case, officers):
    elsewhere = jointly.staff("chen", department=POLICE)
    window = jointly.staff("sun", role=Role.WINDOW_CLERK)
    for wrong in (elsewhere, window):
        with pytest.raises(InvalidInput):
            plan(case, [officers[0], wrong])


def test_the_database_refuses_a_visit_by_one(case, officers):
    plan(case, officers)
    for alone in (["official:a"], ["official:a", "official:a"]):
        with pytest.raises(IntegrityError), transaction.atomic():
            Visit.objects.update(officers=alone)


def test_the_applicant_is_told_when_where_and_who_comes(case, officers, applicant):
    plan(case, officers)
    jointly.hear(AT)
    told = [m for m in messages.list_messages(applicant) if m.title == "要到现场核查"]
    assert "静宁路 12 号" in told[0].text
    assert "wang（示例）" in told[0].text


def test_a_visit_is_not_planned_into_the_past(case, officers):
    with pytest.raises(InvalidInput):
        plan(case, officers, planned_at=AT - timedelta(days=1))


def test_who_is_not_sent_neither_records_nor_signs(case, officers):
    plan(case, officers)
    other = jointly.staff("he")
    with pytest.raises(Exception, match="没有指派您"):
        record(case, other)
    with pytest.raises(Exception, match="没有指派您"):
        sign(case, other)


def test_an_unfinished_record_is_kept_but_not_signed(case, officers):
    plan(case, officers)
    half = {"place": Answer("MEETS")}
    assert record(case, officers[0], half, result="").state == "PLANNED"
    with pytest.raises(InvalidInput) as refused:
        sign(case, officers[0])
    assert {problem.field for problem in refused.value.fields} == {"point-pipes", "result"}


def test_a_point_not_met_needs_words_and_cannot_end_well(case, officers):
    plan(case, officers)
    bad = {"place": Answer("FAILS"), "pipes": Answer("MEETS")}
    with pytest.raises(InvalidInput) as refused:
        record(case, officers[0], bad, sign=True)
    assert {problem.field for problem in refused.value.fields} == {"point-place", "result"}


def test_a_record_changed_after_a_signature_must_be_signed_again_by_both(case, officers):
    one, two = officers
    plan(case, officers)
    record(case, one, sign=True)
    changed = {"place": Answer("FAILS", "位置偏了两米"), "pipes": Answer("MEETS")}
    assert record(case, two, changed, result="DOES_NOT_CONFORM", sign=True).state == "SIGNED"
    assert sign(case, one).state == "DONE"


def test_the_same_officer_does_not_sign_twice(case, officers):
    plan(case, officers)
    record(case, officers[0], sign=True)
    with pytest.raises(CannotDo):
        sign(case, officers[0])
    assert the_visit(case).state == "SIGNED"


def test_of_two_officers_writing_at_once_one_gets_the_newest_page(case, officers):
    plan(case, officers)
    seen = the_visit(case).version
    record(case, officers[0])
    with pytest.raises(VersionConflict):
        record(case, officers[1], version=seen)


def photograph(actor, position=None, taken_at=ON_THE_DAY, point="place", kind=Kind.PNG):
    stored = files.store(
        data=file_samples.content(kind), filename=f"现场.{kind.lower()}", actor=actor, at=ON_THE_DAY
    )
    return Sent(stored, point, taken_at, position)


def test_photographs_keep_when_and_where_and_are_the_officers_own(case, officers):
    one, two = officers
    plan(case, officers)
    where = Position(36.05, 103.83, 12.0)
    together.add_photograph(
        key=the_visit(case).key, photograph=photograph(one, where), actor=one, at=ON_THE_DAY
    )
    (shown,) = the_visit(case).points[0].photographs
    assert (shown.position, shown.taken_at, shown.number) == (where, ON_THE_DAY, 1)
    with pytest.raises(NotFound):
        together.add_photograph(
            key=the_visit(case).key, photograph=photograph(one), actor=two, at=ON_THE_DAY
        )


def test_a_photograph_from_the_future_is_dated_now(case, officers):
    plan(case, officers)
    sent = photograph(officers[0], taken_at=ON_THE_DAY + timedelta(days=300))
    together.add_photograph(
        key=the_visit(case).key, photograph=sent, actor=officers[0], at=ON_THE_DAY
    )
    assert the_visit(case).photographs[0].taken_at == ON_THE_DAY


def test_what_is_no_picture_is_no_photograph(case, officers):
    plan(case, officers)
    sent = photograph(officers[0], kind=Kind.PDF)
    with pytest.raises(InvalidInput):
        together.add_photograph(
            key=the_visit(case).key, photograph=sent, actor=officers[0], at=ON_THE_DAY
        )


def test_a_photograph_added_after_a_signature_takes_the_signature_back(case, officers):
    plan(case, officers)
    record(case, officers[0], sign=True)
    together.add_photograph(
        key=the_visit(case).key, photograph=photograph(officers[1]), actor=officers[1],
        at=ON_THE_DAY,
    )  # fmt: skip
    assert the_visit(case).state == "PLANNED"
    assert the_visit(case).officers[0].signed_at is None


def test_a_visit_is_skipped_only_where_the_flow_allows_it(case, applicant):
    must, may = the_visit(case), the_visit(jointly.accepted(applicant, site="same"))
    given = {"reason": "原地延期，范围没有变", "actor": jointly.official(), "at": AT}
    with pytest.raises(Exception, match="不能免"):
        together.skip_visit(key=must.key, version=must.version, **given)
    assert together.skip_visit(key=may.key, version=may.version, **given).state == "SKIPPED"


def test_one_more_visit_is_wanted_with_a_reason_when_the_first_is_done(case, officers):
    again = {
        "case_key": case,
        "reason": "整改后复查",
        "actor": jointly.official(),
        "at": ON_THE_DAY,
    }
    with pytest.raises(Exception, match="已经有一次核查在办"):
        together.want_visit(**again)
    plan(case, officers)
    record(case, officers[0], sign=True)
    sign(case, officers[1])
    assert together.want_visit(**again).number == 2


def test_the_applicant_reads_the_record_once_it_is_done(case, officers, applicant):
    plan(case, officers)
    record(case, officers[0], {"place": Answer("FAILS", "偏了两米"), "pipes": Answer("MEETS")},
           result="DOES_NOT_CONFORM", sign=True)  # fmt: skip
    assert "偏了两米" not in str(the_visit(case, applicant))
    sign(case, officers[1])
    assert "偏了两米" in str(the_visit(case, applicant))
    assert the_visit(case, applicant).acts == ()


def test_another_body_and_another_citizen_see_no_visit(case, officers):
    plan(case, officers)
    for stranger in (jointly.official(POLICE, name="ma"), jointly.citizen(9)):
        with pytest.raises(NotFound):
            visits.get_visit(the_visit(case).key, stranger, at=AT)
        with pytest.raises(NotFound):
            together.sign_visit(key=the_visit(case).key, version=2, actor=stranger, at=AT)


def test_an_officer_finds_his_own_visits_and_the_body_those_to_plan(case, officers):
    lead = jointly.official()
    wanted = visits.list_visits(lead, at=AT, status=VisitStatus.WANTED).rows
    assert [row.case_key for row in wanted] == [case]
    plan(case, officers)
    mine = visits.list_visits(officers[0], at=AT, status=VisitStatus.MINE).rows
    assert [row.case_key for row in mine] == [case]
    assert visits.list_visits(jointly.staff("he"), at=AT, status=VisitStatus.MINE).rows == ()


def test_place_words_and_position_lie_encrypted_and_the_journal_has_none_of_them(case, officers):
    plan(case, officers)
    record(case, officers[0], {"place": Answer("MEETS", "门口有井"), "pipes": Answer("MEETS")})
    together.add_photograph(
        key=the_visit(case).key, photograph=photograph(officers[0], Position(36.05, 103.83, 5)),
        actor=officers[0], at=ON_THE_DAY,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT v::text FROM visits_visit v")
        row = cursor.fetchone()[0]
        cursor.execute("SELECT position FROM visits_photograph")
        assert "36.05" not in str(cursor.fetchone()[0])
    assert "静宁路 12 号" not in row
    assert "门口有井" not in row
    said = str(journal.list_entries(subject=f"case:{case}"))
    assert "门口有井" not in said
    assert "静宁路 12 号" not in said


def test_when_the_case_ends_nobody_need_go(case, applicant):
    view = cases.get_case(case, applicant, at=AT)
    journey.withdraw(case_key=case, version=view.version, actor=applicant, at=AT)
    jointly.hear(AT)
    assert the_visit(case).state == "CLOSED"


def test_opening_a_visit_to_work_on_it_is_written_down(case, applicant):
    together.read_visit(the_visit(case).key, jointly.official(), at=AT)
    looked = journal.list_reads_of(applicant.reference)
    assert [entry.purpose for entry in looked] == ["现场核查"]
