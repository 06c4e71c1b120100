from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from yiwang.capability.cases import sample as cases
from yiwang.capability.reviews import actions, queries
from yiwang.capability.reviews.models import RectificationOrder, Review
from yiwang.kernel.actor import Actor, ActorKind, Grant, Role
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound, VersionConflict
from yiwang.mechanisms.journal.models import Entry
from yiwang.support.messages import queries as messages

AT = cases.AT  # Monday 2026-03-02 in Shanghai
pytestmark = pytest.mark.django_db


@pytest.fixture
def case(db):
    with transaction.atomic():
        return cases.opened()


def give(case, level=2, actor=None, at=AT, **more):
    given = {"tags": ["attitude"], "text": "办得快", "channel": "WEB"} | more
    return actions.give_review(
        case_key=case.key, handling=case.reference, level=level,
        actor=actor or cases.citizen(), at=at, **given,
    )  # fmt: skip


def bad(case):
    review = give(case, level=5, text="等了两个小时")
    return queries.get_order(review.rectification, cases.official(), at=AT)


def contact(order, at=AT, *, complex_matter=False, actor=None):
    return actions.contact(
        key=order.key, version=order.version, note="已通过平台联系", complex_matter=complex_matter,
        actor=actor or cases.official(), at=at,
    )  # fmt: skip


def answer(order, at=AT):
    return actions.answer(
        key=order.key, version=order.version, answer="CORRECTED", text="已加开窗口",
        actor=cases.official(), at=at,
    )  # fmt: skip


def test_a_good_review_is_kept_and_opens_nothing(case):
    review = give(case, level=1)
    assert review.level_label == "非常满意"
    assert review.rectification == ""
    assert not RectificationOrder.objects.exists()


def test_a_handling_is_reviewed_once(case):
    give(case)
    with pytest.raises(actions.CannotReview):
        give(case, level=5)
    assert Review.objects.get().level == 2


def test_only_the_applicant_may_review(case):
    with pytest.raises(NotFound):
        give(case, actor=cases.citizen("other"))
    with pytest.raises(NotAllowed):
        give(case, actor=cases.official())


@pytest.mark.parametrize("wrong", [{"level": 0}, {"level": 6}, {"tags": ["x"]}, {"channel": "FAX"}])
def test_what_is_not_on_the_form_is_refused(case, wrong):
    with pytest.raises(InvalidInput):
        give(case, **wrong)


def test_a_bad_review_opens_a_follow_up_with_its_limits(case):
    order = bad(case)
    assert order.state == "OPEN"
    assert order.contact_by == date(2026, 3, 3)
    assert order.answer_by == date(2026, 3, 9)


def test_staff_never_learn_who_wrote_it(case):
    order = bad(case)
    seen = str(asdict(order)) + str(asdict(queries.list_reviews(cases.official()).rows[0]))
    assert "person:ma" not in seen
    assert not hasattr(order.review, "reviewer")


def test_the_journal_holds_no_words_of_the_review(case):
    bad(case)
    assert "两个小时" not in str(list(Entry.objects.values_list("body", flat=True)))


def test_a_complex_matter_gets_fifteen_working_days_from_the_beginning(case):
    order = contact(bad(case), complex_matter=True)
    assert order.state == "CONTACTED"
    assert order.answer_by == date(2026, 3, 23)


def test_the_loop_ends_with_the_reviewers_second_judgement(case):
    order = answer(contact(bad(case)))
    assert order.state == "ANSWERED"
    done = actions.review_again(
        key=order.key, version=order.version, level=2, actor=cases.citizen(), at=AT
    )
    assert (done.state, done.second_level) == ("CLOSED", 2)
    assert RectificationOrder.objects.get().in_time is True
    assert [act.label for act in done.acts][-1] == "评价人再次评价"


def inbox(actor=None):
    return messages.list_messages(actor or cases.citizen())


def test_the_reviewer_is_written_to_when_contacted_and_when_answered(case):
    contacted = contact(bad(case), complex_matter=True)
    (message,) = inbox()
    assert message.subject == case.reference
    assert "已通过平台联系" in message.text
    assert "2026年3月23日前会给您答复" in message.text
    answer(contacted)
    (answered,) = [other for other in inbox() if other.key != message.key]
    assert "已加开窗口" in answered.text
    assert case.case_no in answered.text
    assert inbox(cases.citizen("other")) == ()


def test_nothing_is_sent_when_nothing_was_written_or_the_act_lost(case):
    order = bad(case)
    with pytest.raises(InvalidInput):
        actions.contact(key=order.key, version=order.version, note="  ", complex_matter=False,
                        actor=cases.official(), at=AT)  # fmt: skip
    contact(order)
    with pytest.raises(VersionConflict):
        contact(order)
    assert len(inbox()) == 1


def test_the_journal_holds_no_words_written_to_the_reviewer(case):
    contact(bad(case))
    assert "已通过平台联系" not in str(list(Entry.objects.values_list("body", flat=True)))


def test_an_answer_after_the_limit_is_late(case):
    late = AT + timedelta(days=10)
    answer(contact(bad(case), at=late), at=late)
    assert RectificationOrder.objects.get().in_time is False


def test_steps_cannot_be_skipped_or_repeated(case):
    order = bad(case)
    with pytest.raises(actions.CannotRectify):
        answer(order)
    contacted = contact(order)
    with pytest.raises(VersionConflict):
        contact(order)
    with pytest.raises(actions.CannotRectify):
        contact(contacted)


def test_another_body_or_place_sees_no_follow_up(case):
    order = bad(case)
    for stranger in (cases.official(place="620103000000"), cases.official(body="z" * 18)):
        with pytest.raises(NotFound):
            contact(order, actor=stranger)


def test_only_the_reviewer_judges_the_answer(case):
    order = answer(contact(bad(case)))
    with pytest.raises(NotFound):
        actions.review_again(
            key=order.key, version=order.version, level=1, actor=cases.citizen("other"), at=AT
        )
    with pytest.raises(NotFound):
        actions.review_again(
            key=order.key, version=order.version, level=1, actor=cases.official(), at=AT
        )


def test_the_reviewed_body_cannot_set_a_review_aside_but_the_checking_office_can(case):
    order = bad(case)
    with pytest.raises(NotAllowed):
        actions.set_aside(key=order.key, version=1, reason="误点", actor=cases.official(), at=AT)
    grant = Grant(Role.APPROVER, "620102000000", None)
    office = Actor(ActorKind.OFFICIAL, "official:check", grants=(grant,))
    done = actions.set_aside(key=order.key, version=1, reason="误点", actor=office, at=AT)
    assert done.state == "NOT_COUNTED"
    assert done.review.counted is False


def test_rates_are_computed_from_what_was_given(case):
    order = answer(contact(bad(case)))
    actions.close(key=order.key, version=order.version, actor=cases.official(), at=AT)
    rates = queries.get_rates(since=AT, until=AT + timedelta(days=1), handled=4)
    assert (rates.active, rates.good, rates.bad) == (1, 0, 1)
    assert rates.active_rate == 0.25
    assert rates.in_time_rate == 1


def test_the_words_lie_encrypted_in_the_table(case):
    bad(case)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM reviews_review")
        assert cursor.fetchone()[0].startswith("sm4-gcm$")


def test_the_database_refuses_a_sixth_level(case):
    give(case)
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.update(level=6)


@pytest.mark.django_db(transaction=True)
def test_twenty_reviews_at_once_are_one():
    with transaction.atomic():
        case = cases.opened()

    def run(_):
        try:
            give(case)
        except actions.CannotReview:
            return "refused"
        finally:
            connection.close()
        return "given"

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(run, range(20)))
    assert outcomes.count("given") == 1
    assert outcomes.count("refused") == 19


def three_reviews():
    made = []
    for _ in range(3):
        with transaction.atomic():
            made.append(bad(cases.opened()))
    return made


@pytest.mark.parametrize("actor", [cases.citizen(), cases.official()], ids=["author", "body"])
def test_reviews_are_paged_newest_first_for_their_author_and_the_body(db, actor):
    keys = [order.review.key for order in three_reviews()]
    first = queries.list_reviews(actor, limit=2)
    assert [row.key for row in first.rows] == [keys[2], keys[1]]
    last = queries.list_reviews(actor, limit=2, after=first.next)
    assert ([row.key for row in last.rows], last.next) == ([keys[0]], "")


def test_follow_ups_are_paged_oldest_first_and_a_step_taken_meanwhile_hides_none(db):
    orders = three_reviews()
    first = queries.list_orders(cases.official(), at=AT, state="OPEN", limit=1)
    contact(orders[0])  # the row that marked the page has left this list
    rest = queries.list_orders(cases.official(), at=AT, state="OPEN", after=first.next)
    assert [row.key for row in rest.rows] == [order.key for order in orders[1:]]


def test_another_bodys_row_marks_no_page(db):
    order = three_reviews()[0]
    grants = (Grant(Role.APPROVER, "620103000000", None),)
    elsewhere = Actor(ActorKind.OFFICIAL, "official:far", grants=grants)
    with pytest.raises(NotFound):
        queries.list_reviews(elsewhere, after=order.review.key)
    with pytest.raises(NotFound):
        queries.list_orders(elsewhere, at=AT, after=order.key)
