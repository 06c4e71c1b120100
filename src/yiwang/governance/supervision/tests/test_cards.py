"""Cards: issued once for a limit, explained, taken to the superior, taken back by two people."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from yiwang.governance.supervision import actions, queries
from yiwang.governance.supervision.definitions import CardState, CardStatus, Colour
from yiwang.governance.supervision.models import Card
from yiwang.kernel.actor import Actor, ActorKind, Grant, Role
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound, VersionConflict
from yiwang.mechanisms.journal import queries as journal
from yiwang.network.directory import sample as places
from yiwang.support.identity import sample as accounts
from yiwang.support.messages import queries as messages

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
BODY = "11620102000000019B"


def official(role=Role.HANDLER, name="zhao", *, body=BODY, place=places.CHENGGUAN) -> Actor:
    return Actor(ActorKind.OFFICIAL, f"official:{name}", "赵*", grants=(Grant(role, place, body),))


def issued(colour=Colour.RED, *, at=AT, **changes):
    given = {
        "subject": "case:abc", "matter": "decide", "division_code": places.CHENGGUAN,
        "department": BODY, "due_on": date(2026, 2, 27), "basis": "行政许可法 第四十二条",
    }  # fmt: skip
    actions.issue(colour=colour, at=at, **{**given, **changes})
    return Card.objects.latest("id")


def account(name, role, *, body=BODY, place=places.CHENGGUAN):
    made = accounts.open_official_account(
        name, at=AT, department=body or "", grants=((role, place, body),)
    )
    grants = (Grant(role, place, body),)
    return Actor(ActorKind.OFFICIAL, made.subject, name, grants=grants)


class TestIssuing:
    def test_the_same_limit_heard_again_gives_no_second_card(self):
        issued()
        assert not actions.issue(
            colour=Colour.RED, subject="case:abc", matter="decide", at=AT + timedelta(days=1),
            division_code=places.CHENGGUAN, department=BODY, due_on=date(2026, 2, 27),
        )  # fmt: skip
        assert Card.objects.count() == 1

    def test_yellow_and_red_and_a_new_day_are_cards_of_their_own(self):
        issued(Colour.YELLOW)
        issued(Colour.RED)
        issued(Colour.RED, due_on=date(2026, 3, 9))
        assert Card.objects.count() == 3

    def test_the_one_who_goes_on_and_the_head_are_told_what_when_and_why(self):
        handler, head = account("handler", Role.HANDLER), account("head", Role.HEAD)
        stranger = account("other", Role.HANDLER)
        issued(official=handler.reference)
        for who in (handler, head):
            (told,) = messages.list_messages(who)
            assert told.title == "红牌：作出决定，已超期"
            assert "2026年2月27日" in told.text
            assert "行政许可法 第四十二条" in told.text
        assert messages.list_messages(stranger) == ()

    def test_what_has_its_end_says_so_and_the_card_stays(self):
        card = issued()
        assert actions.settle(subject="case:abc", at=AT) == 1
        assert queries.get_card(card.key, official()).settled_at == AT
        assert actions.settle(subject="case:abc", at=AT) == 0


class TestRights:
    def test_only_the_body_and_its_leaders_see_a_card(self):
        card = issued()
        leader = official(Role.LEADER, "li", body=None, place="620100000000")
        for actor in (official(), leader):
            assert queries.get_card(card.key, actor).colour == "RED"
        outside = official(body="11620102000000020X")
        citizen = Actor(ActorKind.PERSON, "person:ma")
        for actor in (outside, citizen, official(place="620103000000")):
            with pytest.raises(NotFound):
                queries.get_card(card.key, actor)
            assert queries.list_cards(actor, status=CardStatus.ALL).rows == ()
            assert queries.count_open(actor) == 0

    def test_a_leader_changes_nothing(self):
        card = issued()
        leader = official(Role.LEADER, "li", body=None)
        assert queries.get_card(card.key, leader).acts == ()
        with pytest.raises(NotAllowed):
            actions.explain(key=card.key, version=1, text="急", actor=leader, at=AT)


class TestExplaining:
    def test_an_explanation_is_kept_and_noted_without_its_words(self):
        card = issued()
        view = actions.explain(
            key=card.key, version=1, text=" 系统停机两天 ", actor=official(), at=AT
        )
        assert (view.state, view.explanation) == (CardState.EXPLAINED, "系统停机两天")
        assert queries.count_open(official()) == 0
        entries = journal.list_entries(subject=card.reference)
        assert [one.act for one in entries][-1] == "supervision.card_explained"
        assert "停机" not in str([one.facts for one in entries])

    def test_without_words_or_on_an_old_version_it_is_refused(self):
        card = issued()
        for text in ("", " ", "长" * 1001):
            with pytest.raises(InvalidInput):
                actions.explain(key=card.key, version=1, text=text, actor=official(), at=AT)
        with pytest.raises(VersionConflict):
            actions.explain(key=card.key, version=2, text="有原因", actor=official(), at=AT)


class TestCancelling:
    def asked(self, by: Actor):
        card = issued(official="official:zhao")
        return actions.ask_cancel(key=card.key, version=1, reason="误发", actor=by, at=AT)

    def test_two_people_one_of_them_a_head_take_it_back(self):
        view = self.asked(official(Role.APPROVER, "qian"))
        done = actions.confirm_cancel(
            key=view.key, version=2, actor=official(Role.HEAD, "sun"), at=AT
        )
        assert done.state == CardState.CANCELLED
        assert queries.list_cards(official(), status=CardStatus.OPEN).rows == ()

    def test_not_alone_not_two_who_are_no_head_and_not_whom_it_is_about(self):
        view = self.asked(official(Role.APPROVER, "qian"))
        for actor in (
            official(Role.HEAD, "qian"),
            official(Role.APPROVER, "sun"),
            official(Role.HEAD, "zhao"),
            official(Role.HANDLER, "li"),
        ):
            with pytest.raises(NotAllowed):
                actions.confirm_cancel(key=view.key, version=2, actor=actor, at=AT)
        card = issued(due_on=date(2026, 2, 26), official="official:zhao")
        with pytest.raises(NotAllowed):
            actions.ask_cancel(
                key=card.key, version=1, reason="误发", actor=official(Role.HEAD, "zhao"), at=AT
            )

    def test_the_second_person_may_let_it_stand(self):
        view = self.asked(official(Role.HEAD, "qian"))
        back = actions.decline_cancel(
            key=view.key, version=2, actor=official(Role.APPROVER, "sun"), at=AT
        )
        assert back.state == CardState.ISSUED

    def test_the_table_itself_refuses_one_person_alone(self):
        card = issued()
        card.state, card.cancel_asked_by, card.cancelled_by = (
            "CANCELLED",
            "official:a",
            "official:a",
        )
        with pytest.raises(IntegrityError), transaction.atomic():
            card.save()


class TestEscalating:
    def test_every_three_working_days_without_a_word_it_goes_one_level_up(self):
        leader = account("leader", Role.LEADER, body=None)
        above = account("above", Role.LEADER, body=None, place="620100000000")
        card = issued(at=AT)
        assert actions.escalate(at=AT + timedelta(days=2)) == 0
        assert actions.escalate(at=AT + timedelta(days=3)) == 1
        assert actions.escalate(at=AT + timedelta(days=3)) == 0
        (told,) = messages.list_messages(leader)
        assert told.title == "红牌：作出决定，没有说明，报到您这里"
        assert messages.list_messages(above) == ()
        assert actions.escalate(at=AT + timedelta(days=9)) == 1
        assert len(messages.list_messages(above)) == 1
        assert actions.escalate(at=AT + timedelta(days=60)) == 0
        assert queries.get_card(card.key, leader).level_label == "上一级领导"

    def test_yellow_and_explained_cards_stay_where_they_are(self):
        issued(Colour.YELLOW)
        card = issued()
        actions.explain(key=card.key, version=1, text="有原因", actor=official(), at=AT)
        assert actions.escalate(at=AT + timedelta(days=30)) == 0


@pytest.mark.django_db(transaction=True)
def test_of_twenty_listeners_at_once_one_issues_the_card():
    def once(_):
        try:
            return actions.issue(
                colour=Colour.RED, subject="case:abc", matter="decide", at=AT,
                division_code=places.CHENGGUAN, department=BODY, due_on=date(2026, 2, 27),
            )  # fmt: skip
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(once, range(20))) == 1
    assert Card.objects.count() == 1
