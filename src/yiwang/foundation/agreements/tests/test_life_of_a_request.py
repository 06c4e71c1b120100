"""A request for data: who writes, signs, answers, by when, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from yiwang.foundation.agreements import actions, queries, sample
from yiwang.foundation.agreements.definitions import Basis, RequestState, Sharing
from yiwang.foundation.agreements.models import DataRequest
from yiwang.foundation.agreements.tests.people import (
    ACTORS,
    ASKING,
    AT,
    GIVING,
    RESOURCE,
    VALUES,
    agreed,
    delivered,
    drafted,
    offer_as,
    received,
    refused,
)
from yiwang.foundation.exchange import sample as exchange
from yiwang.foundation.exchange.definitions import ServiceKind
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound, VersionConflict
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.journal import queries as journal
from yiwang.mechanisms.states.rules import CannotDo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _offer(monkeypatch):
    offer_as(monkeypatch)


def clock(view, kind="answer", at=AT):
    return clocks.find_clock(subject=view.reference, kind=kind, at=at)


def test_a_draft_is_seen_by_the_asking_office_alone() -> None:
    view = drafted()
    assert queries.get_request(view.key, ACTORS["asking head"], at=AT).purpose == "核对老人户籍"
    for who in ("giver", "giving head", "authority", "other body", "elsewhere", "clerk", "person"):
        with pytest.raises(NotFound):
            queries.get_request(view.key, ACTORS[who], at=AT)


def test_once_it_was_signed_the_provider_and_the_authority_see_it() -> None:
    view = received()
    for who in ("asker", "giver", "giving head", "authority", "leader"):
        assert queries.get_request(view.key, ACTORS[who], at=AT).state == RequestState.RECEIVED
    for who in ("other body", "elsewhere", "clerk", "person", "operator"):
        with pytest.raises(NotFound):
            queries.get_request(view.key, ACTORS[who], at=AT)


@pytest.mark.parametrize(
    ("sharing", "due"),
    [(Sharing.UNCONDITIONAL, date(2026, 3, 3)), (Sharing.CONDITIONAL, date(2026, 3, 16))],
)
def test_the_answer_is_due_after_one_or_ten_working_days(monkeypatch, sharing, due) -> None:
    offer_as(monkeypatch, sharing=sharing)
    assert clock(received()).due_on == due


def test_what_the_catalogue_says_when_it_is_signed_counts(monkeypatch) -> None:
    view = drafted()
    offer_as(monkeypatch, sharing=Sharing.UNCONDITIONAL)
    actions.hand_to_head(key=view.key, version=1, actor=ACTORS["asker"], at=AT)
    signed = actions.sign(key=view.key, version=2, actor=ACTORS["asking head"], at=AT)
    assert signed.sharing == Sharing.UNCONDITIONAL


def test_an_officer_does_not_sign_for_his_head() -> None:
    view = drafted()
    actions.hand_to_head(key=view.key, version=1, actor=ACTORS["asker"], at=AT)
    with pytest.raises(NotAllowed):
        actions.sign(key=view.key, version=2, actor=ACTORS["asker"], at=AT)


def test_the_head_may_send_it_back_and_it_is_written_anew() -> None:
    view = drafted()
    actions.hand_to_head(key=view.key, version=1, actor=ACTORS["asker"], at=AT)
    back = actions.hand_back(
        key=view.key, version=2, words="场景写细些", actor=ACTORS["asking head"], at=AT
    )
    assert back.state == RequestState.DRAFT
    again = actions.rewrite(
        key=view.key,
        version=3,
        values=replace(VALUES, per_day=20),
        actor=ACTORS["asker"],
        at=AT,
    )
    assert (again.per_day, again.notes[-2].words) == (20, "场景写细些")


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("purpose", {"purpose": " "}),
        ("scene", {"scene": "长" * 1001}),
        ("basis", {"basis": ""}),
        ("items", {"items": ()}),
        ("duty", {"basis": Basis.DUTY, "duty": ""}),
        ("fields", {"fields": ()}),
        ("fields", {"fields": ("salary",)}),
        ("clear_fields", {"fields": ("name",), "clear_fields": ("citizen_id",)}),
        ("way", {"way": "PIGEON"}),
        ("until", {"until": date(2026, 3, 2)}),
        ("until", {"until": date(2036, 3, 2)}),
        ("per_day", {"per_day": 0}),
    ],
)
def test_a_request_without_what_the_regulation_asks_for_is_told_so_field_by_field(
    field, changes
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        drafted(**changes)
    assert field in {problem.field for problem in refusal.value.fields}
    assert not DataRequest.objects.exists()


def test_nobody_asks_in_the_name_of_another_office() -> None:
    for who in ("giver", "authority", "leader", "clerk", "other body", "person"):
        with pytest.raises(NotAllowed):
            actions.draft(
                resource=RESOURCE, values=VALUES, consumer=ASKING, actor=ACTORS[who], at=AT
            )


def test_nobody_asks_his_own_office() -> None:
    with pytest.raises(actions.CannotAskOneself):
        actions.draft(
            resource=RESOURCE, values=VALUES, consumer=GIVING, actor=ACTORS["giver"], at=AT
        )


def test_what_is_missing_is_told_once_and_the_clock_stands_meanwhile() -> None:
    view = received()
    told = actions.tell_missing(
        key=view.key, version=view.version, words="缺使用系统的说明", actor=ACTORS["giver"], at=AT
    )
    assert (told.state, told.missing) == (RequestState.TOLD_ONCE, "缺使用系统的说明")
    assert clock(told).paused
    later = AT + timedelta(days=7)
    back = actions.supply(
        key=view.key, version=told.version, values=VALUES, words="已补充", actor=ACTORS["asker"],
        at=later,
    )  # fmt: skip
    assert back.state == RequestState.RECEIVED
    assert clock(back, at=later).due_on == date(2026, 3, 23)
    with pytest.raises(CannotDo):
        actions.tell_missing(
            key=view.key, version=back.version, words="还缺", actor=ACTORS["giver"], at=later
        )


def test_an_incomplete_request_is_not_refused() -> None:
    view = received()
    told = actions.tell_missing(
        key=view.key, version=view.version, words="缺说明", actor=ACTORS["giver"], at=AT
    )
    with pytest.raises(CannotDo):
        actions.propose_no(
            key=view.key, version=told.version, words="不全", article="x", actor=ACTORS["giver"],
            at=AT,
        )  # fmt: skip


def test_more_time_needs_the_authority_and_moves_the_day_once() -> None:
    view = received()
    asked = actions.ask_longer(
        key=view.key, version=view.version, days=10, words="要改系统", actor=ACTORS["giver"], at=AT
    )
    assert clock(asked).due_on == date(2026, 3, 16)
    with pytest.raises(NotAllowed):
        actions.consent_longer(
            key=view.key, version=asked.version, actor=ACTORS["giving head"], at=AT
        )
    longer = actions.consent_longer(
        key=view.key, version=asked.version, actor=ACTORS["authority"], at=AT
    )
    assert clock(longer).due_on == date(2026, 3, 30)
    with pytest.raises(CannotDo):
        actions.ask_longer(
            key=view.key, version=longer.version, days=1, words="x", actor=ACTORS["giver"], at=AT
        )


@pytest.mark.parametrize("days", [0, 11])
def test_more_than_ten_days_cannot_be_asked_for(days) -> None:
    view = received()
    with pytest.raises(InvalidInput):
        actions.ask_longer(
            key=view.key, version=view.version, days=days, words="x", actor=ACTORS["giver"], at=AT
        )


def test_what_is_shared_without_conditions_is_neither_refused_nor_delayed(monkeypatch) -> None:
    offer_as(monkeypatch, sharing=Sharing.UNCONDITIONAL)
    view = received()
    with pytest.raises(CannotDo):
        actions.propose_no(
            key=view.key, version=view.version, words="不想给", article="无",
            actor=ACTORS["giver"], at=AT,
        )  # fmt: skip
    with pytest.raises(CannotDo):
        actions.ask_longer(
            key=view.key, version=view.version, days=5, words="x", actor=ACTORS["giver"], at=AT
        )
    assert not {"propose_no", "ask_longer"} & {
        act for act, _ in queries.get_request(view.key, ACTORS["giver"], at=AT).acts
    }


@pytest.mark.parametrize("missing", ["words", "article"])
def test_a_refusal_needs_reasons_and_the_article(missing) -> None:
    view = received()
    given = {"words": "理由", "article": "条款", missing: " "}
    with pytest.raises(InvalidInput) as refusal:
        actions.propose_no(
            key=view.key, version=view.version, actor=ACTORS["giver"], at=AT, **given
        )
    assert [problem.field for problem in refusal.value.fields] == [missing]


def test_a_refusal_is_on_record_and_says_whether_the_negative_list_has_it(monkeypatch) -> None:
    for sharing, off_list in ((Sharing.CONDITIONAL, True), (Sharing.NONE, False)):
        offer_as(monkeypatch, sharing=sharing)
        view = refused()
        assert (view.state, view.off_list) == (RequestState.REFUSED, off_list)
        facts = [
            entry.facts
            for entry in journal.list_entries(subject=view.reference)
            if entry.act == "agreements.data_refused"
        ]
        assert [fact["off_list"] for fact in facts] == [off_list]


def test_who_signed_the_request_does_not_sign_its_answer() -> None:
    view = received()
    DataRequest.objects.filter(key=view.key).update(signed_by=ACTORS["giving head"].reference)
    asked = actions.propose_yes(
        key=view.key, version=view.version, words="", actor=ACTORS["giver"], at=AT
    )
    with pytest.raises(NotAllowed):
        actions.sign_answer(key=view.key, version=asked.version, actor=ACTORS["giving head"], at=AT)
    offered = queries.get_request(view.key, ACTORS["giving head"], at=AT).acts
    assert "sign_yes" not in dict(offered)


def test_the_provider_s_head_may_have_the_answer_written_anew() -> None:
    view = received()
    asked = actions.propose_yes(
        key=view.key, version=view.version, words="", actor=ACTORS["giver"], at=AT
    )
    back = actions.return_answer(
        key=view.key, version=asked.version, words="再核实", actor=ACTORS["giving head"], at=AT
    )
    assert (back.state, back.answer_yes) == (RequestState.RECEIVED, None)
    assert not clock(back).paused


def test_delivery_is_due_in_twenty_working_days_and_makes_the_grant() -> None:
    view = agreed()
    assert clock(view, "delivery").due_on == date(2026, 3, 30)
    assert clock(view).stopped_on is not None
    done = delivered()
    grant = queries.get_grant(done.grant, ACTORS["asker"], at=AT)
    assert (grant.service, grant.fields, grant.clear_fields, grant.purposes, grant.items) == (
        "62/household-register",
        ("name", "citizen_id"),
        ("citizen_id",),
        ("核对老人户籍",),
        ("elderly-allowance",),
    )
    assert grant.valid_until == datetime(2027, 2, 28, 16, tzinfo=UTC)
    assert [row[0] for row in sample.fast_rows()] == [done.grant]


@pytest.mark.parametrize("service", ["", "61/household-register", "62/Household", "62", "62/x;--"])
def test_only_a_service_of_the_provider_s_own_node_is_delivered(service) -> None:
    view = agreed()
    with pytest.raises(InvalidInput):
        actions.deliver(
            key=view.key, version=view.version, service=service, actor=ACTORS["giver"], at=AT
        )


def test_a_late_answer_and_a_late_delivery_are_kept_as_late() -> None:
    view = received()
    late = AT + timedelta(days=21)
    asked = actions.propose_yes(
        key=view.key, version=view.version, words="", actor=ACTORS["giver"], at=late
    )
    actions.sign_answer(key=view.key, version=asked.version, actor=ACTORS["giving head"], at=late)
    row = DataRequest.objects.get(key=view.key)
    assert row.answered_late is True
    later = late + timedelta(days=40)
    actions.deliver(
        key=view.key, version=row.version, service="62/x1", actor=ACTORS["giver"], at=later
    )
    row.refresh_from_db()
    assert row.delivered_late is True


def test_a_dispute_climbs_to_who_stands_above_both() -> None:
    view = refused()
    for act in (actions.dispute, actions.climb):
        view = act(key=view.key, version=view.version, words="要用", actor=ACTORS["asker"], at=AT)
    assert view.state == RequestState.AT_AUTHORITY
    with pytest.raises((NotAllowed, NotFound)):
        actions.settle_yes(
            key=view.key, version=view.version, words="x", actor=ACTORS["local authority"], at=AT
        )
    for state in (RequestState.AT_SUPERIOR, RequestState.AT_GOVERNMENT):
        view = actions.climb(
            key=view.key, version=view.version, words="没谈成", actor=ACTORS["giver"], at=AT
        )
        assert view.state == state
    with pytest.raises(CannotDo):
        actions.climb(
            key=view.key, version=view.version, words="还要上报", actor=ACTORS["asker"], at=AT
        )
    settled = actions.settle_yes(
        key=view.key, version=view.version, words="政府决定", actor=ACTORS["authority"], at=AT
    )
    assert settled.state == RequestState.AGREED
    assert clock(settled, "delivery").due_on == date(2026, 3, 30)
    assert clock(settled, "dispute").stopped_on is not None


def test_in_talks_the_provider_gives_in_and_the_asker_lets_go() -> None:
    view = refused()
    view = actions.dispute(
        key=view.key, version=view.version, words="要用", actor=ACTORS["asker"], at=AT
    )
    with pytest.raises(NotAllowed):
        actions.settle_yes(
            key=view.key, version=view.version, words="x", actor=ACTORS["leader"], at=AT
        )
    with pytest.raises(CannotDo):
        actions.settle_yes(
            key=view.key, version=view.version, words="x", actor=ACTORS["authority"], at=AT
        )
    stands = actions.settle_no(
        key=view.key, version=view.version, words="另想办法", actor=ACTORS["asker"], at=AT
    )
    assert (stands.state, stands.acts) == (RequestState.UPHELD, ())


def test_a_withdrawn_request_has_no_clock_left() -> None:
    view = received()
    gone = actions.withdraw(
        key=view.key, version=view.version, words="不办了", actor=ACTORS["asker"], at=AT
    )
    assert gone.state == RequestState.WITHDRAWN
    assert gone.clock is None


def test_of_two_who_act_on_what_they_saw_one_is_refused() -> None:
    view = received()
    actions.propose_yes(key=view.key, version=view.version, words="", actor=ACTORS["giver"], at=AT)
    with pytest.raises(VersionConflict):
        actions.propose_no(
            key=view.key, version=view.version, words="x", article="y", actor=ACTORS["giver"], at=AT
        )


@pytest.mark.parametrize(("kind", "fits"), [("QUERY", True), ("TABLE", False), ("VERIFY", False)])
def test_a_service_of_another_kind_than_was_asked_for_is_not_bound(kind, fits) -> None:
    service = "62/household-of-a-kind"
    exchange.service(service, upstream="http://127.0.0.1:9/", kind=ServiceKind(kind))
    view = agreed()
    given = {"key": view.key, "version": view.version, "service": service, "at": AT}
    if fits:
        assert actions.deliver(**given, actor=ACTORS["giver"]).service == service
        return
    with pytest.raises(InvalidInput) as refused:
        actions.deliver(**given, actor=ACTORS["giver"])
    (problem,) = refused.value.fields
    assert problem.field == "service"
    assert problem.sentence.startswith("申请的共享方式是“接口调用”，这个服务是“")
