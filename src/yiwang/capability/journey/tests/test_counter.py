"""One person's turn at a window: who it is, what is needed, confirmed, received, accepted, told, next."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.halls import actions as halls
from yiwang.capability.halls import queries as hall_queries
from yiwang.capability.halls import sample as hall_sample
from yiwang.capability.halls.definitions import (
    BreakReason,
    CannotBegin,
    CannotEnd,
    NobodyWaits,
    NotAtThisWindow,
    NotOnDuty,
    NotPaired,
    NotPrinted,
    NotSignedYet,
    Outcome,
    PersonUnknown,
    StillServing,
    TurnOver,
    WhoIsIt,
    WindowPaused,
    WrongCode,
)
from yiwang.capability.intake import queries as intake
from yiwang.capability.journey import counter, sample
from yiwang.foundation.libraries import queries as libraries
from yiwang.foundation.libraries import sample as people
from yiwang.kernel.actor import Actor, ActorKind, Grant, Role
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound, VersionConflict
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.journal import queries as entries
from yiwang.network.directory import sample as places
from yiwang.support.letters import queries as letters
from yiwang.support.letters.definitions import LetterKind
from yiwang.support.readers import actions as readers
from yiwang.support.readers.definitions import (
    CardExpired,
    CardUnreadable,
    Mood,
    NoCard,
    ReaderAway,
)

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db
BODY = places.department_uscc(places.CHENGGUAN, 1)
OTHER = places.department_uscc(places.CHENGGUAN, 2)


def clerk(name: str = "zhang", body: str | None = BODY, *roles: Role) -> Actor:
    grants = tuple(Grant(role, places.CHENGGUAN, body) for role in (roles or (Role.WINDOW_CLERK,)))
    return Actor(ActorKind.OFFICIAL, f"official:{name}", "张*", grants=grants)


@pytest.fixture
def item(db):
    places.load_chengguan()
    places.register_departments()
    return sample.publish_plain(at=AT, acceptance={"within": {"amount": 5}, "at_window": True})


@pytest.fixture
def window(item):
    hall = hall_sample.hall(places.CHENGGUAN, at=AT)
    return hall_sample.counter(hall, "A01", at=AT, department=BODY)


@pytest.fixture
def person(item):
    return people.register_person(5, at=AT, born_on=date(1980, 1, 1))


@pytest.fixture
def turn(window):
    halls.begin_shift(counter=window.key, actor=clerk(), at=AT)
    return halls.begin_session(actor=clerk(), at=AT)


def put(turn, person, mood: Mood = Mood.GOOD, name: str = "") -> None:
    readers.put_card(
        place=turn.counter.reference,
        name=name or person.name,
        citizen_id=libraries.find_citizen_id(person.reference) or "",
        mood=mood,
        actor=clerk(),
        at=AT,
    )


def found(turn, person):
    put(turn, person)
    return counter.find_by_card(session_key=turn.key, actor=clerk(), at=AT)


def ready(turn, person):
    """A draft with its answer, signed on paper."""
    found(turn, person)
    session = counter.choose_item(
        session_key=turn.key, item_code=sample.PLAIN, questions={}, actor=clerk(), at=AT
    )
    fill(session, "城关小店")
    return sign(session)


def fill(session, subject: str) -> None:
    who = counter.acting(session, clerk(), AT)
    draft = intake.get_draft(session.draft, who)
    journey.answer(
        draft_key=draft.key, answers={"subject": subject}, version=draft.version, actor=who, at=AT
    )


def sign(session):
    counter.print_form(session_key=session.key, actor=clerk(), at=AT)
    return counter.sign_on_paper(session_key=session.key, actor=clerk(), at=AT)


def receive(turn):
    return counter.receive(session_key=turn.key, actor=clerk(), at=AT)


class TestWhoItIs:
    def test_a_card_that_agrees_with_the_register_names_the_person(self, turn, person):
        session = found(turn, person)
        assert (session.person, session.applicant) == (person.reference, person.reference)
        assert session.person_masked == person.name_masked
        assert session.found_label == "读卡核对一致"
        assert session.mandate

    @pytest.mark.parametrize(
        ("mood", "refusal"),
        [
            (Mood.NO_CARD, NoCard),
            (Mood.AWAY, ReaderAway),
            (Mood.SLOW, ReaderAway),
            (Mood.GARBLED, CardUnreadable),
            (Mood.EXPIRED, CardExpired),
        ],
    )
    def test_a_reader_that_misbehaves_names_nobody(self, turn, person, mood, refusal, monkeypatch):
        monkeypatch.setattr("yiwang.support.readers.drivers.simulator.time.sleep", lambda s: None)
        put(turn, person, mood)
        with pytest.raises(refusal):
            counter.find_by_card(session_key=turn.key, actor=clerk(), at=AT)
        assert hall_queries.get_session(turn.key, clerk()).person == ""

    def test_a_card_under_another_name_is_not_believed(self, turn, person):
        put(turn, person, name="别的人")
        with pytest.raises(PersonUnknown):
            counter.find_by_card(session_key=turn.key, actor=clerk(), at=AT)

    def test_a_number_is_typed_with_its_check_digit_and_its_name(self, turn, person):
        number = libraries.find_citizen_id(person.reference)
        about = {"session_key": turn.key, "actor": clerk(), "at": AT}
        wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
        with pytest.raises(InvalidInput) as told:
            counter.find_by_number(citizen_id=wrong, name=person.name, **about)
        assert [one.field for one in told.value.fields] == ["citizen_id"]
        with pytest.raises(PersonUnknown):
            counter.find_by_number(citizen_id=number, name="别的人", **about)
        session = counter.find_by_number(citizen_id=number, name=person.name, **about)
        assert session.found_label == "看证件输入，核对一致"

    def test_the_person_sees_who_looked_and_for_what(self, turn, person):
        found(turn, person)
        acts = {one.act for one in entries.list_entries(subject=turn.reference)}
        assert {"halls.begin_session", "halls.find_person"} <= acts

    def test_a_firm_is_acted_for_by_its_legal_representative_only(self, turn, person):
        mine = people.register_organization(1, at=AT, legal_representative=person.reference)
        other = people.register_organization(2, at=AT)
        session = found(turn, person)
        assert [one.value for one in counter.list_for_whom(session, at=AT)] == [
            person.reference, mine.reference
        ]  # fmt: skip
        about = {"session_key": turn.key, "actor": clerk(), "at": AT}
        assert counter.act_for(applicant=mine.reference, **about).applicant == mine.reference
        with pytest.raises(NotFound):
            counter.act_for(applicant=other.reference, **about)

    def test_nobody_serves_himself(self, turn, person):
        put(turn, person)
        halls.end_session(session=turn.key, actor=clerk(), at=AT)
        halls.end_shift(actor=clerk(), at=AT)
        me = Actor(
            ActorKind.OFFICIAL, "official:me", grants=clerk().grants, person=person.reference
        )
        halls.begin_shift(counter=turn.counter.key, actor=me, at=AT)
        mine = halls.begin_session(actor=me, at=AT)
        with pytest.raises(NotAllowed):
            counter.find_by_card(session_key=mine.key, actor=me, at=AT)


class TestReceiving:
    def test_a_signed_form_is_received_for_the_person_and_accepted_by_who_may(self, turn, person):
        ready(turn, person)
        session = receive(turn)
        case = cases.get_case(session.case_key, clerk(), at=AT)
        assert case.applicant == person.reference
        assert session.outcome == Outcome.RECEIVED
        assert {act.name for act in case.acts} >= {"accept", "return_for_correction"}
        kinds = [one.kind for one in letters.list_letters(session.case)]
        assert kinds == [LetterKind.RECEIPT]
        accepted = counter.accept(
            session_key=turn.key, version=case.version, actor=clerk(), at=AT + MINUTE
        )
        assert accepted.state == "ACCEPTED"
        assert [(one.label, one.who) for one in accepted.timeline if one.label == "已受理"] == [
            ("已受理", accepted.department_name)
        ]
        assert ("提交申请", "申请人，在窗口办") in [
            (one.label, one.who) for one in accepted.timeline
        ]
        assert hall_queries.get_session(turn.key, clerk()).outcome == Outcome.ACCEPTED

    def test_receiving_twice_is_one_case(self, turn, person):
        ready(turn, person)
        first, again = receive(turn), receive(turn)
        assert first.case == again.case
        assert len(letters.list_letters(first.case)) == 1

    def test_what_was_changed_after_the_signature_must_be_signed_again(self, turn, person):
        session = ready(turn, person)
        fill(session, "另一个名字")
        with pytest.raises(NotSignedYet):
            receive(turn)
        sign(session)
        assert receive(turn).case

    def test_a_signature_under_an_older_print_is_refused(self, turn, person):
        session = ready(turn, person)
        fill(session, "另一个名字")
        with pytest.raises(NotPrinted):
            counter.sign_on_paper(session_key=session.key, actor=clerk(), at=AT)

    def test_a_signature_on_the_pad_under_an_older_form_is_refused(self, turn, person):
        token = halls.pair(code=halls.offer_code(actor=clerk(), at=AT), at=AT)
        session = ready(turn, person)
        old = counter.get_filled(session).digest
        fill(session, "另一个名字")
        picture = files.store(data=PNG, filename="签名.png", actor=counter.SCREEN, at=AT)
        with pytest.raises(VersionConflict):
            counter.sign_on_screen(token=token, digest=old, picture=picture, at=AT)

    def test_an_incomplete_form_is_not_received(self, turn, person):
        session = ready(turn, person)
        fill(session, "")
        sign(session)
        with pytest.raises(InvalidInput):
            receive(turn)

    def test_receiving_is_not_accepting_where_the_item_does_not_let_the_window(self, item, person):
        sample.publish_plain(
            at=AT, code="strict", acceptance={"within": {"amount": 5}, "at_window": False}
        )
        hall = hall_sample.hall(places.CHENGGUAN, at=AT)
        window = hall_sample.counter(hall, "A01", at=AT, department=BODY)
        halls.begin_shift(counter=window.key, actor=clerk(), at=AT)
        turn = halls.begin_session(actor=clerk(), at=AT)
        found(turn, person)
        session = counter.choose_item(
            session_key=turn.key, item_code="strict", questions={}, actor=clerk(), at=AT
        )
        fill(session, "城关小店")
        sign(session)
        session = receive(turn)
        case = cases.get_case(session.case_key, clerk(), at=AT)
        assert "accept" not in {act.name for act in case.acts}
        with pytest.raises(NotAllowed):
            counter.accept(session_key=turn.key, version=case.version, actor=clerk(), at=AT)

    def test_a_correction_is_told_once_and_printed(self, turn, person):
        ready(turn, person)
        case = cases.get_case(receive(turn).case_key, clerk(), at=AT)
        counter.return_for_correction(
            session_key=turn.key, version=case.version, problems=["缺平面图"], actor=clerk(), at=AT
        )
        kinds = {one.kind for one in letters.list_letters(case.reference)}
        assert LetterKind.CORRECTION in kinds
        assert hall_queries.get_session(turn.key, clerk()).outcome == Outcome.RETURNED

    def test_what_was_begun_at_home_is_taken_up_at_the_window(self, turn, person):
        home = sample.filled(sample.PLAIN, sample.citizen(person), {"subject": "家里填的"}, at=AT)
        session = found(turn, person)
        [prepared] = counter.list_prepared(session, clerk(), at=AT)
        assert prepared.key == home
        session = counter.take_up(session_key=turn.key, draft_key=home, actor=clerk(), at=AT)
        assert [row.value for row in counter.get_filled(session).rows] == ["家里填的"]
        sign(session)
        assert receive(turn).case

    def test_another_persons_draft_is_not_taken_up(self, turn, person):
        stranger = people.register_person(6, at=AT, born_on=date(1981, 1, 1))
        theirs = sample.filled(sample.PLAIN, sample.citizen(stranger), {"subject": "别人的"}, at=AT)
        found(turn, person)
        with pytest.raises(NotFound):
            counter.take_up(session_key=turn.key, draft_key=theirs, actor=clerk(), at=AT)

    def test_an_item_of_another_body_is_not_taken_here(self, turn, person):
        sample.publish_plain(at=AT, code="elsewhere", said={"department": OTHER})
        found(turn, person)
        with pytest.raises(NotAtThisWindow):
            counter.choose_item(
                session_key=turn.key, item_code="elsewhere", questions={}, actor=clerk(), at=AT
            )

    def test_nothing_is_begun_for_nobody(self, turn, item):
        with pytest.raises(WhoIsIt):
            counter.choose_item(
                session_key=turn.key, item_code=sample.PLAIN, questions={}, actor=clerk(), at=AT
            )


class TestTheApplicantsScreen:
    def paired(self) -> str:
        return halls.pair(code=halls.offer_code(actor=clerk(), at=AT), at=AT)

    def test_it_shows_what_the_clerk_fills_in_and_takes_the_signature(self, turn, person):
        token = self.paired()
        found(turn, person)
        counter.choose_item(
            session_key=turn.key, item_code=sample.PLAIN, questions={}, actor=clerk(), at=AT
        )
        session = hall_queries.get_session(turn.key, clerk())
        fill(session, "城关小店")
        seen, filled = counter.find_on_screen(token)
        assert seen.key == turn.key
        assert [row.value for row in filled.rows] == ["城关小店"]
        picture = files.store(data=PNG, filename="签名.png", actor=counter.SCREEN, at=AT)
        counter.sign_on_screen(token=token, digest=filled.digest, picture=picture, at=AT)
        assert counter.is_signed(hall_queries.get_session(turn.key, clerk()), filled)
        assert receive(turn).case

    def test_a_code_is_typed_once_in_time(self, turn):
        code = halls.offer_code(actor=clerk(), at=AT)
        with pytest.raises(WrongCode):
            halls.pair(code=code, at=AT + 6 * MINUTE)
        assert halls.pair(code=code, at=AT)
        with pytest.raises(WrongCode):
            halls.pair(code=code, at=AT)

    def test_an_unpaired_screen_shows_nothing(self, turn, person):
        token = self.paired()
        found(turn, person)
        for other in ("", "x" * 43):
            with pytest.raises(NotPaired):
                counter.find_on_screen(other)
        halls.end_pairing(actor=clerk(), at=AT)
        with pytest.raises(NotPaired):
            counter.find_on_screen(token)

    def test_a_new_screen_takes_the_place_of_the_old(self, turn):
        old, new = self.paired(), self.paired()
        with pytest.raises(NotPaired):
            counter.find_on_screen(old)
        assert counter.find_on_screen(new)[0].key == turn.key

    def test_it_shows_nobody_when_the_turn_is_over(self, turn, person):
        token = self.paired()
        found(turn, person)
        counter.finish(session_key=turn.key, actor=clerk(), at=AT)
        assert counter.find_on_screen(token) == (None, None)


class TestAsking:
    def test_a_question_is_answered_on_paper_without_saying_who_asks(self, turn, item):
        given = counter.consult(
            session_key=turn.key, item_code=sample.PLAIN, questions={}, remark="先去社区盖章",
            actor=clerk(), at=AT,
        )  # fmt: skip
        face = letters.open_face(given.letter, subject=given.reference)
        assert face.title == "一次性告知单"
        assert face.addressee == "来访群众"
        assert "另外告诉您：先去社区盖章" in face.paragraphs
        assert "材料：不用带材料。" in face.paragraphs
        assert face.rows[0] == ("办理事项", "示例许可")
        session = hall_queries.get_session(turn.key, clerk())
        assert session.outcome == Outcome.CONSULTED

    def test_another_clerk_does_not_see_the_notice(self, turn, item):
        given = counter.consult(
            session_key=turn.key, item_code=sample.PLAIN, questions={}, remark="", actor=clerk(),
            at=AT,
        )  # fmt: skip
        with pytest.raises(NotFound):
            hall_queries.get_consultation(given.key, clerk("li"))


class TestTheQueue:
    def take(self, window, at=AT):
        return halls.take_ticket(hall=window.hall, line="A", at=at)

    def test_first_come_first_called_and_counted(self, window):
        first, second = self.take(window), self.take(window)
        assert (first.number, second.number, second.ahead) == ("A001", "A002", 1)
        halls.begin_shift(counter=window.key, actor=clerk(), at=AT)
        turn = halls.call_next(actor=clerk(), at=AT)
        assert turn.ticket.number == "A001"
        with pytest.raises(StillServing):
            halls.call_next(actor=clerk(), at=AT)
        following = counter.serve_next(actor=clerk(), at=AT + MINUTE)
        assert following.ticket.number == "A002"
        assert hall_queries.get_ticket(first.key, hall=window.hall).state == "DONE"
        with pytest.raises(NobodyWaits):
            counter.serve_next(actor=clerk(), at=AT + 2 * MINUTE)
        assert hall_queries.find_open_session(clerk()).key == following.key

    def test_who_did_not_come_may_be_called_again(self, window):
        ticket = self.take(window)
        halls.begin_shift(counter=window.key, actor=clerk(), at=AT)
        turn = halls.call_next(actor=clerk(), at=AT)
        assert halls.call_again(ticket=ticket.key, actor=clerk(), at=AT).ticket.calls == 2
        halls.miss(actor=clerk(), at=AT + MINUTE)
        assert hall_queries.find_open_session(clerk()) is None
        [missed] = hall_queries.get_queue(turn.counter, at=AT).missed
        again = halls.call_again(ticket=missed.key, actor=clerk(), at=AT + MINUTE)
        assert (again.ticket.calls, again.ticket.state) == (3, "CALLED")

    def test_a_paused_window_calls_nobody(self, window):
        self.take(window)
        halls.begin_shift(counter=window.key, actor=clerk(), at=AT)
        halls.pause(reason=BreakReason.REST, actor=clerk(), at=AT)
        for act in (halls.call_next, halls.begin_session):
            with pytest.raises(WindowPaused):
                act(actor=clerk(), at=AT)
        halls.resume(actor=clerk(), at=AT + MINUTE)
        assert halls.call_next(actor=clerk(), at=AT + MINUTE)

    def test_numbers_begin_anew_every_day(self, window):
        assert self.take(window).number == "A001"
        assert self.take(window, AT + timedelta(days=1)).number == "A001"


class TestRights:
    def test_one_clerk_at_a_window_and_one_window_of_a_clerk(self, window):
        second = hall_sample.counter(
            hall_queries.find_hall(window.hall), "A02", at=AT, department=BODY
        )
        halls.begin_shift(counter=window.key, actor=clerk(), at=AT)
        with pytest.raises(CannotBegin):
            halls.begin_shift(counter=window.key, actor=clerk("li"), at=AT)
        with pytest.raises(CannotBegin):
            halls.begin_shift(counter=second.key, actor=clerk(), at=AT)

    def test_another_bodys_and_another_places_window_is_not_there(self, window):
        for stranger in (
            clerk("li", OTHER),
            Actor(
                ActorKind.OFFICIAL, "official:far",
                grants=(Grant(Role.WINDOW_CLERK, "620103000000", None),),
            ),
        ):  # fmt: skip
            assert hall_queries.list_counters(stranger) == ()
            with pytest.raises(NotFound):
                halls.begin_shift(counter=window.key, actor=stranger, at=AT)

    def test_who_is_no_clerk_does_not_sit_down(self, window):
        with pytest.raises(NotAllowed):
            halls.begin_shift(counter=window.key, actor=clerk("head", BODY, Role.HEAD), at=AT)

    def test_another_clerks_turn_is_not_there(self, turn, person):
        other = clerk("li")
        found(turn, person)
        about = {"session_key": turn.key, "actor": other, "at": AT}
        for act in (counter.find_by_card, counter.receive, counter.finish):
            with pytest.raises(NotFound):
                act(**about)
        with pytest.raises(NotFound):
            hall_queries.get_session(turn.key, other)
        with pytest.raises(NotOnDuty):
            halls.call_next(actor=other, at=AT)

    def test_a_finished_turn_is_not_gone_on_with(self, turn, person):
        found(turn, person)
        counter.finish(session_key=turn.key, actor=clerk(), at=AT)
        assert counter.finish(session_key=turn.key, actor=clerk(), at=AT).open is False
        with pytest.raises(TurnOver):
            counter.choose_item(
                session_key=turn.key, item_code=sample.PLAIN, questions={}, actor=clerk(), at=AT
            )

    def test_nobody_leaves_while_somebody_is_served(self, turn):
        with pytest.raises(CannotEnd):
            halls.end_shift(actor=clerk(), at=AT)
        counter.finish(session_key=turn.key, actor=clerk(), at=AT)
        halls.end_shift(actor=clerk(), at=AT)
        assert hall_queries.find_shift(clerk()) is None


class TestTheDay:
    def test_it_is_counted_from_what_happened(self, turn, person, window):
        ready(turn, person)
        session = receive(turn)
        counter.finish(session_key=turn.key, actor=clerk(), at=AT + 5 * MINUTE)
        asked = halls.begin_session(actor=clerk(), at=AT + 6 * MINUTE)
        counter.consult(
            session_key=asked.key, item_code=sample.PLAIN, questions={}, remark="",
            actor=clerk(), at=AT + 6 * MINUTE,
        )  # fmt: skip
        counter.finish(session_key=asked.key, actor=clerk(), at=AT + 8 * MINUTE)
        halls.pause(reason=BreakReason.MEAL, actor=clerk(), at=AT + 8 * MINUTE)
        halls.resume(actor=clerk(), at=AT + 38 * MINUTE)
        day = self.count(window, clerk())
        [item] = day.items
        assert (item.label, item.received, item.consulted) == ("示例许可", 1, 1)
        [mine] = day.clerks
        assert (mine.persons, mine.minutes, mine.paused) == (2, 7, 30)
        [left] = day.to_hand_over
        assert left.case == session.case
        assert left.words.endswith("纸质申请表在窗口")

    def test_an_accepted_and_decided_case_is_handed_over_to_nobody(self, turn, person, window):
        ready(turn, person)
        session = receive(turn)
        official = clerk("zhao", BODY, Role.APPROVER)
        case = cases.get_case(session.case_key, official, at=AT)
        journey.not_ours(
            case_key=case.key, version=case.version, kind="NOT_NEEDED", reason="不用许可",
            actor=official, at=AT,
        )  # fmt: skip
        assert self.count(window, clerk()).to_hand_over == ()

    def test_a_clerk_sees_his_own_part_the_keeper_all(self, turn, window):
        counter.finish(session_key=turn.key, actor=clerk(), at=AT)
        second = hall_sample.counter(
            hall_queries.find_hall(window.hall), "A02", at=AT, department=BODY
        )
        halls.begin_shift(counter=second.key, actor=clerk("li"), at=AT)
        theirs = halls.begin_session(actor=clerk("li"), at=AT)
        counter.consult(
            session_key=theirs.key, item_code=sample.PLAIN, questions={}, remark="",
            actor=clerk("li"), at=AT,
        )  # fmt: skip
        assert self.count(window, clerk()).total.consulted == 0
        keeper = clerk("local", None, Role.LOCAL_ADMIN)
        whole = self.count(window, keeper)
        assert (whole.whole, whole.total.consulted) == (True, 1)
        with pytest.raises(NotFound):
            self.count(
                window,
                Actor(
                    ActorKind.OFFICIAL, "official:far",
                    grants=(Grant(Role.LOCAL_ADMIN, "620103000000", None),),
                ),
            )  # fmt: skip

    def count(self, window, actor):
        return counter.count_day(
            hall=window.hall, on=date(2026, 3, 2), actor=actor, at=AT + 60 * MINUTE
        )


#: The smallest picture of a signature.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)
