"""Cards on the desk, and what an official is told."""

from __future__ import annotations

import re
from datetime import date

import pytest

from yiwang.governance.supervision import actions
from yiwang.governance.supervision.definitions import Colour
from yiwang.kernel.actor import Role
from yiwang.kernel.moments import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def card(item, case):
    def issue() -> None:
        actions.issue(
            colour=Colour.RED, subject=f"case:{case.case_key}", matter="decide", at=now(),
            division_code=item.division_code, department=item.department,
            due_on=date(2026, 11, 27), basis="行政许可法 第四十二条",
        )  # fmt: skip

    return issue


def said(client, address, status=200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def sent(client, page: str, slug: str, **more):
    (key,) = set(re.findall(r'action="/desk/cards/([0-9a-z]{16})/', page))
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    return client.post(f"/desk/cards/{key}/{slug}/", {"version": version} | more)


def open_card(client) -> str:
    (address,) = set(
        re.findall(r'href="(/desk/cards/[0-9a-z]{16}/)"', said(client, "/desk/cards/"))
    )
    return said(client, address)


def test_a_card_is_told_shown_explained_and_then_waits_for_nobody(official, card):
    card()
    assert "红牌：作出决定，已超期" in said(official, "/desk/messages/")
    assert "黄红牌 1" in said(official, "/desk/")
    page = open_card(official)
    assert "行政许可法 第四十二条" in page
    assert sent(official, page, "explain", text="").status_code == 422
    answer = sent(official, page, "explain", text="<b>系统停机</b>")
    shown = said(official, answer["Location"])
    assert "&lt;b&gt;系统停机" in shown
    assert "黄红牌 0" in said(official, "/desk/")


def test_two_people_take_a_card_back_on_their_pages(official, sign_in, card):
    card()
    head = sign_in("qian", role=Role.HEAD)
    sent(official, open_card(official), "ask-cancel", text="误发")
    page = open_card(official)
    assert "confirm-cancel" not in page
    assert sent(head, open_card(head), "confirm-cancel").status_code == 302
    assert "已撤销" in said(official, "/desk/cards/?list=CANCELLED")


def test_a_leader_reads_cards_without_the_case_and_a_stranger_nothing(item, sign_in, card, case):
    card()
    leader = sign_in("li", role=Role.LEADER, body="")
    page = open_card(leader)
    assert case.case_key not in page
    assert '<form method="post" action="/desk/cards/' not in page
    stranger = sign_in("sun", body="11620102000000020X")
    assert "这里没有牌" in said(stranger, "/desk/cards/")


def test_a_notice_is_marked_read_by_its_owner_only(official, sign_in, card):
    card()
    (address,) = re.findall(
        r'action="(/desk/messages/[^"]+/read/)"', said(official, "/desk/messages/")
    )
    assert sign_in("qian").post(address).status_code == 404
    assert official.post(address).status_code == 302
    assert "未读" not in said(official, "/desk/messages/")
