"""The leader's screen: figures and lists, never what is in a case."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from yiwang.capability.journey import sample
from yiwang.entrance.leader import bars
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel.actor import Role, machine
from yiwang.kernel.moments import now
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.directory import sample as places
from yiwang.support.identity import actions as identity
from yiwang.support.identity import sample as accounts

ELSEWHERE = "620103000000"


def hear(at):
    for _ in range(3):
        journal.seal(at=at)
        journal.run_listeners(at=at)


@pytest.fixture
def item(db):
    places.load_lanzhou()
    places.register_departments()
    return sample.publish_plain(at=now())


@pytest.fixture
def late(item):
    """A licence handed in long ago, on which nobody has said a word; its applicant's name."""
    at = now() - timedelta(days=120)
    person = libraries.register_person(5, at=at, name="罗文博", born_on=date(1980, 1, 1))
    receipt = sample.handed_in(sample.citizen(person), at=at)
    hear(at)
    for _ in range(2):  # silence accepts, and the days of the decision are over too
        clocks.warn(at=now(), actor=machine("clock"))
        hear(now())
    return receipt


@pytest.fixture
def sign_in(item):
    def official(role, *, place=places.CHENGGUAN, body="", name="li") -> Client:
        client = Client()
        account = accounts.open_official_account(
            name, at=now(), department=body, grants=((role, place, body or None),)
        )
        accounts.sign_in_client(client, account.subject, at=now())
        return client

    return official


def said(client, address, status=200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


@pytest.mark.django_db
class TestPages:
    def test_a_leader_sees_the_late_one_and_drills_down_to_a_masked_row(self, late, sign_in, item):
        leader = sign_in(Role.LEADER)
        screen = said(leader, "/leader/")
        assert re.search(r"已超期</span><span class=\"n bad-n\">.*?<span>1<small>", screen, re.S)
        (address,) = re.findall(
            r'href="(/leader/cases/\?list=OVERDUE&amp;department=[^"]+)"', screen
        )
        rows = said(leader, address.replace("&amp;", "&"))
        assert late.case_no in rows
        assert "罗**" in rows or "罗*" in rows
        assert "罗文博" not in screen + rows
        assert late.case_key not in screen + rows

    def test_a_leader_opens_no_case_and_no_desk(self, late, sign_in):
        leader = sign_in(Role.LEADER)
        for address in ("/desk/", f"/desk/cases/{late.case_key}/"):
            assert leader.get(address).status_code in (403, 404)

    def test_a_head_sees_his_own_body_and_a_way_into_the_case(self, late, sign_in, item):
        head = sign_in(Role.HEAD, body=item.department)
        rows = said(head, "/leader/cases/?list=OVERDUE")
        assert f"/desk/cases/{late.case_key}/" in rows
        assert "总览" in said(head, "/leader/")

    def test_a_leader_of_another_place_sees_nothing_of_it(self, late, sign_in):
        other = sign_in(Role.LEADER, place=ELSEWHERE)
        assert "没有超期的" in said(other, "/leader/")
        assert "这里没有办件" in said(other, "/leader/cases/?list=OVERDUE")

    @pytest.mark.parametrize("role", [Role.HANDLER, Role.WINDOW_CLERK, Role.OPERATOR])
    def test_who_oversees_nobody_is_turned_away(self, sign_in, role):
        client = sign_in(role)
        for address in ("/leader/", "/leader/cases/"):
            assert client.get(address).status_code == 403

    @pytest.mark.parametrize(
        "query", ["list=NONE", "department=x", "division=1", "after=%27", "by=x"]
    )
    def test_strange_questions_get_a_page(self, sign_in, query):
        leader = sign_in(Role.LEADER)
        assert leader.get(f"/leader/cases/?{query}").status_code == 200
        assert leader.get(f"/leader/?{query}").status_code == 200

    def test_the_screen_asks_no_case_and_as_often_for_many_as_for_one(self, late, sign_in):
        leader = sign_in(Role.LEADER)
        said(leader, "/leader/")
        with CaptureQueriesContext(connection) as asked:
            said(leader, "/leader/")
        assert len(asked) <= 16
        assert not [one for one in asked if "cases_" in (one["sql"] or "")]

    def test_by_place_too(self, late, sign_in):
        assert "城关区" in said(sign_in(Role.LEADER), "/leader/?by=division")

    def test_by_program_the_same_without_keys(self, late, sign_in, client):
        account = accounts.open_official_account(
            "program", at=now(), grants=((Role.LEADER, places.CHENGGUAN, None),)
        )
        actor = accounts.sign_in_client(client, account.subject, at=now())
        token = identity.issue_token(
            name="screen", scopes=["desk:read"], actor=actor, at=now(),
            expires_at=now() + timedelta(days=1),
        ).token  # fmt: skip
        client.cookies.clear()
        headers = {"Authorization": f"Bearer {token}"}
        overview = client.get("/api/v1/leader/overview", headers=headers).json()
        assert (overview["now"]["open"], overview["now"]["late"]) == (1, 1)
        (row,) = client.get("/api/v1/leader/cases?list=OVERDUE", headers=headers).json()["rows"]
        assert row["case_no"] == late.case_no
        assert "key" not in row


class TestBars:
    @given(
        st.lists(
            st.tuples(st.integers(0, 10**7), st.integers(0, 9), st.integers(0, 9)), max_size=12
        )
    )
    def test_no_bar_leaves_its_room_and_nothing_that_is_there_is_invisible(self, values):
        rows = [("部门", whole + soon + late, soon, late) for whole, soon, late in values]
        drawn = bars.chart(rows)
        for bar, (_, whole, _soon, late) in zip(drawn.rows, rows, strict=True):
            assert bar.number_x < bars.WIDTH
            assert (bar.whole > 0) == (whole > 0)
            assert (bar.late > 0) == (late > 0)
            assert bar.soon_x - drawn.left + bar.soon <= max(bar.whole, bar.late)

    @given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), max_size=31))
    def test_columns_begin_at_nought_and_stay_inside(self, days):
        drawn = bars.trend(days)
        for one in drawn.columns:
            assert 0 <= one.received_y == drawn.height - one.received
            assert 0 <= one.decided_y == drawn.height - one.decided
