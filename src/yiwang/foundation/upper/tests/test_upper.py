"""Inside a cascade: entries and requests go up once, decisions come down once, calls go through with receipts."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest

from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.exchange import sample as exchange
from yiwang.foundation.exchange.definitions import NewService, ServiceField, ServiceParameter
from yiwang.foundation.exchange.models import Receipt
from yiwang.foundation.exchange.tests import running
from yiwang.foundation.resources import sample as resources
from yiwang.foundation.resources.events import ResourcePublished, ResourceWithdrawn
from yiwang.foundation.upper import actions, gateway, queries, reactions, rules
from yiwang.foundation.upper.definitions import Kind, News, Page, State, UpperAway
from yiwang.foundation.upper.drivers.simulator import Simulator
from yiwang.foundation.upper.models import UpperContact, UpperItem
from yiwang.foundation.upper.refusals import AlreadyAnswered, CannotBeChanged, NothingAbove
from yiwang.kernel.actor import Actor, ActorKind, Grant, Role, machine
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound, VersionConflict
from yiwang.network.directory import sample as places

pytestmark = pytest.mark.django_db
BODY = places.department_uscc(places.CHENGGUAN, 7)
WHO = machine("test")


def official(role, department=BODY, place=places.CHENGGUAN):
    grant = Grant(role, place, department)
    return Actor(ActorKind.OFFICIAL, f"official:{role}", "王", grants=(grant,))


OFFICER = official(Role.DATA_OFFICER)
#: What comes from above concerns all of the node's place.
AUTHORITY = official(Role.DATA_AUTHORITY, None, "620000000000")


@pytest.fixture
def above(settings, tmp_path, db):
    """A platform above; what is written to the answered path is how it behaves."""
    places.load_chengguan()
    places.register_departments()
    settings.UPPER_DRIVER = "yiwang.foundation.upper.drivers.simulator.Simulator"
    settings.UPPER_SECONDS = 0.05
    settings.YIWANG_HOME = tmp_path
    (tmp_path / "simulator").mkdir()
    return tmp_path / "simulator" / "upper"


@pytest.fixture
def published(db):
    places.load_chengguan()
    places.register_departments()
    content = resources.content(resources.POPULATION)
    resources.publish(content, at=now())
    return content.code


def put_up(code, number=1):
    event = ResourcePublished(
        subject="resource:x", at=now(), resource="x", code=code, provider="", division_code="",
        number=number, sharing="CONDITIONAL",
    )  # fmt: skip
    reactions.put_up(event=event, at=now())


def asked(purpose="核对学历"):
    return actions.ask(
        resource="教育部学历",
        purpose=purpose,
        fields="学历",
        department=BODY,
        actor=OFFICER,
        at=now(),
    )


def turn(at=None):
    at = at or now()
    actions.send_due(actor=WHO, at=at)
    actions.fetch(actor=WHO, at=at)


def the(kind):
    (row,) = UpperItem.objects.filter(kind=kind)
    return row


def test_with_nobody_above_nothing_happens(published):
    put_up(published)
    turn()
    assert not UpperItem.objects.exists()
    assert queries.get_contact().name == ""
    with pytest.raises(NothingAbove):
        asked()


def test_an_entry_goes_up_once_and_its_receipt_number_comes_back(above, published):
    put_up(published)
    put_up(published)  # events are told twice
    turn()
    row = the(Kind.ENTRY)
    assert (row.state, row.upper_no[:2]) == (State.SENT, "UP")
    assert Simulator().received("entry") == [row.key]
    put_up(published, number=2)
    turn()
    assert UpperItem.objects.filter(kind=Kind.ENTRY).count() == 2


@pytest.mark.parametrize(("purpose", "agreed"), [("核对学历", True), ("拒绝一次", False)])
def test_a_request_goes_up_and_its_decision_comes_down(above, purpose, agreed):
    view = asked(purpose)
    turn()
    found = queries.get_item(view.key, OFFICER)
    assert (found.state, found.agreed) == (State.DECIDED, agreed)
    assert found.upper_no
    turn()
    assert queries.get_item(view.key, OFFICER).version == found.version


def test_a_request_from_above_is_answered_once(above):
    turn()
    turn()
    row = the(Kind.INCOMING)
    assert row.state == State.ARRIVED
    say = {"key": row.key, "agreed": True, "words": "同意", "at": now()}
    with pytest.raises(NotFound):  # an office sees what it sent
        actions.answer(**say, version=1, actor=OFFICER)
    with pytest.raises(NotAllowed):
        actions.answer(**say, version=1, actor=official(Role.OPERATOR, None, "620000000000"))
    with pytest.raises(VersionConflict):
        actions.answer(**say, version=9, actor=AUTHORITY)
    with pytest.raises(InvalidInput):
        actions.answer(**{**say, "words": " "}, version=1, actor=AUTHORITY)
    actions.answer(**say, version=1, actor=AUTHORITY)
    with pytest.raises(AlreadyAnswered):
        actions.answer(**say, version=2, actor=AUTHORITY)
    turn()
    assert the(Kind.INCOMING).state == State.SENT
    assert Simulator().received("answer") == [row.key]


@pytest.mark.parametrize("mode", ["DOWN", "SLOW", "GARBAGE"])
def test_what_does_not_arrive_is_tried_again_later(above, mode):
    at = now()
    above.write_text(mode)
    view = asked()
    turn(at + timedelta(seconds=5))
    waiting = queries.get_item(view.key, OFFICER)
    assert (waiting.state, waiting.attempts) == (State.WAITING, 1)
    assert waiting.problem
    contact = queries.get_contact()
    assert contact.problem
    assert contact.since
    assert not UpperItem.objects.filter(kind=Kind.INCOMING).exists()
    above.write_text("")
    turn(at + timedelta(seconds=10))  # too early to send
    assert queries.get_item(view.key, OFFICER).attempts == 1
    if mode != "GARBAGE":  # then the request had arrived, only its receipt was nonsense
        actions.try_again(key=view.key, actor=OFFICER, at=at + timedelta(seconds=15))
        turn(at + timedelta(seconds=20))
    assert queries.get_item(view.key, OFFICER).state == State.DECIDED
    assert Simulator().received("request") == [view.key]  # however often it was sent
    assert queries.get_contact().problem == ""


@pytest.mark.parametrize("mode", ["DUPLICATE", "OUT_OF_ORDER"])
def test_news_twice_or_out_of_order_count_once(above, mode):
    above.write_text(mode)
    views = [asked(), asked("核对学位")]
    turn()
    turn()
    assert UpperItem.objects.filter(kind=Kind.INCOMING).count() == 1
    for view in views:
        found = queries.get_item(view.key, OFFICER)
        assert (found.state, found.version) == (State.DECIDED, 3)  # sent, decided


def test_a_decision_quicker_than_the_receipt_is_kept(above):
    """The receipt was lost on its way; the decision arrived."""
    view, at = asked(), now()
    Simulator().ask({}, number=view.key)
    actions.fetch(actor=WHO, at=at)
    actions.send_due(actor=WHO, at=at)
    assert queries.get_item(view.key, OFFICER).state == State.DECIDED


def test_of_news_that_cannot_be_read_nothing_is_taken():
    good = News("UP-2026-1", decision=False, title="x")
    assert rules.page(Page((good,), "1")).news == (good,)
    for spoiled in (
        "page",
        Page((good, News("x y", decision=True)), "1"),
        Page((good, News("UP-1", decision=True, words="\x00")), "1"),
        Page((good, News("UP-1", decision=True, words="长" * 2000)), "1"),
        Page((good,), 7),
        Page((good,) * 2000, "1"),
    ):
        with pytest.raises(UpperAway):
            rules.page(spoiled)


def test_nobody_asks_for_another_office_or_without_words(above):
    with pytest.raises(NotAllowed):
        actions.ask(
            resource="x", purpose="y", fields="z", department=BODY,
            actor=official(Role.DATA_OFFICER, places.department_uscc(places.CHENGGUAN, 1)), at=now(),
        )  # fmt: skip
    with pytest.raises(InvalidInput):
        actions.ask(resource="", purpose="y", fields="z", department=BODY, actor=OFFICER, at=now())
    view = asked()
    other = official(Role.DATA_OFFICER, places.department_uscc(places.CHENGGUAN, 1))
    with pytest.raises(NotFound):
        queries.get_item(view.key, other)
    assert queries.list_items(other).rows == ()
    assert len(queries.list_items(AUTHORITY).rows) == 1


@pytest.mark.django_db(transaction=True)
def test_a_call_to_a_service_above_leaves_receipts_here(settings):
    settings.UPPER_DRIVER = "yiwang.foundation.upper.drivers.simulator.Simulator"
    settings.UPPER_SECONDS = 0.05
    settings.UPPER_PORT = running.free_port()
    with gateway.listening(settings.UPPER_PORT), running.running() as node:
        switch = (
            Path(settings.YIWANG_HOME) / "simulator" / "upper"
        )  # the node's keys lie there, too
        switch.parent.mkdir(exist_ok=True)
        new = NewService(
            code="62/degree-register", title="学历查询（示例）", upstream="",
            fields=(ServiceField("valid", "是否有效"), ServiceField("asked", "编号")),
            parameters=(ServiceParameter("number", "证书编号"),), limit_seconds=2.0,
        )  # fmt: skip
        actions.open_service(service=new, upper_service="moe/degree", actor=WHO, at=now())
        agreements.grant("62/degree-register", fields=("valid",))
        issued = exchange.system()
        caller = running.Caller(node, issued.key_id, issued.secret)

        def call():
            return caller.call("62/degree-register", parameters={"number": "A1"})

        end = time.monotonic() + 60
        while call()[0] != 200 and time.monotonic() < end:
            time.sleep(0.2)
        status, answer = call()
        assert "value" in answer, answer
        assert (status, answer["value"]) == (200, {"valid": True})
        receipts = Receipt.objects.filter(message=answer["message"])
        assert {one.side for one in receipts} == {"CONSUMER", "PROVIDER"}
        try:
            for mode in ("DOWN", "GARBAGE"):
                switch.write_text(mode)
                status, answer = call()
                assert (answer["status"], "value" in answer) == ("AWAY", False), mode
        finally:
            switch.unlink()


def test_the_contact_is_one_row(above):
    turn()
    turn()
    assert UpperContact.objects.count() == 1


def take_down(code):
    event = ResourceWithdrawn(
        subject="resource:x", at=now(), resource="x", code=code, provider="", division_code=""
    )
    reactions.take_down(event=event, at=now())


def amended(view, purpose="核对学位", **more):
    given = {"key": view.key, "version": view.version, "actor": OFFICER, "at": now(), **more}
    return actions.amend(purpose=purpose, fields="学位", **given)


def recalled(view, **more):
    given = {"key": view.key, "version": view.version, "actor": OFFICER, "at": now(), **more}
    return actions.recall(words="不再需要", **given)


def kinds_told():
    return [one.split()[0] for one in Simulator().order()]


def test_an_entry_taken_off_the_catalogue_is_taken_down_above_once(above, published):
    put_up(published)
    for _ in range(2):  # events are told twice
        take_down(published)
    turn()
    assert kinds_told() == ["entry", "removal"]
    row = the(Kind.REMOVAL)
    assert (row.state, row.department) == (State.SENT, the(Kind.ENTRY).department)
    put_up(published, number=2)
    take_down(published)
    turn()
    assert kinds_told() == ["entry", "removal", "entry", "removal"]


def test_what_never_went_up_is_not_taken_down(above, published):
    take_down(published)
    assert not UpperItem.objects.exists()


@pytest.mark.parametrize("mode", ["DOWN", "SLOW", "GARBAGE"])
def test_versions_and_their_end_arrive_in_order_however_badly_it_goes(above, published, mode):
    """What failed waits longer than what was made after it, and still is not overtaken."""
    at = now()
    above.write_text(mode)
    put_up(published)
    for minute in range(1, 9):  # the first one's pauses grow
        turn(at + timedelta(minutes=minute))
    put_up(published, number=2)
    take_down(published)
    turn(at + timedelta(minutes=10))
    above.write_text("")
    turn(at + timedelta(minutes=11))
    assert "removal" not in kinds_told()  # the first still waits for its moment
    waiting = UpperItem.objects.filter(state=State.WAITING)
    for hour in range(1, 10):
        turn(at + timedelta(hours=hour))
    assert not waiting.exists()
    assert kinds_told() == ["entry", "entry", "removal"]
    made = UpperItem.objects.exclude(kind=Kind.INCOMING).order_by("id")
    assert [one.split()[1] for one in Simulator().order()] == [one.key for one in made]


def test_one_line_that_waits_does_not_hold_up_another(above, published):
    at = now()
    above.write_text("DOWN")
    put_up(published)
    turn(at + timedelta(seconds=1))
    above.write_text("")
    view = asked()
    turn(at + timedelta(seconds=10))
    assert kinds_told() == ["request"]
    assert queries.get_item(view.key, OFFICER).state == State.DECIDED


def test_a_request_is_amended_and_taken_back_in_order(above):
    above.write_text("DOWN")
    view = asked()
    first = amended(view)
    second = amended(queries.get_item(view.key, OFFICER), "核对学位证")
    recalled(queries.get_item(view.key, OFFICER))
    above.write_text("")
    turn()
    assert kinds_told() == ["request", "amended", "amended", "recall"]
    assert [one.split()[1] for one in Simulator().order()][1:3] == [first.key, second.key]
    found = queries.get_item(view.key, OFFICER)
    assert (found.state, found.agreed) == (State.RECALLED, None)
    assert first.title == "教育部学历：核对学位"
    with pytest.raises(CannotBeChanged):
        recalled(found)


def test_a_decision_that_comes_before_the_recall_arrived_counts(above):
    view, at = asked(), now()
    actions.send_due(actor=WHO, at=at)
    recalled(queries.get_item(view.key, OFFICER))
    actions.fetch(actor=WHO, at=at)
    turn()
    assert queries.get_item(view.key, OFFICER).state == State.DECIDED
    assert the(Kind.RECALL).state == State.SENT


def test_who_may_change_a_request_and_when(above):
    view = asked()
    other = official(Role.DATA_OFFICER, places.department_uscc(places.CHENGGUAN, 1))
    for change in (amended, recalled):
        with pytest.raises(NotFound):
            change(view, actor=other)
        with pytest.raises(NotAllowed):
            change(view, actor=AUTHORITY)
        with pytest.raises(VersionConflict):
            change(view, version=7)
    with pytest.raises(InvalidInput):
        amended(view, "")
    turn()
    for change in (amended, recalled):
        with pytest.raises(CannotBeChanged):  # decided
            change(queries.get_item(view.key, OFFICER))
    incoming = the(Kind.INCOMING)
    with pytest.raises(NotFound):
        actions.recall(key=incoming.key, version=1, words="x", actor=AUTHORITY, at=now())
