"""差评整改 by page."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yiwang.capability.cases import sample as cases
from yiwang.capability.reviews import actions as reviews
from yiwang.capability.reviews import queries
from yiwang.entrance.desk import reviews as pages
from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.support.identity import sample as accounts

pytestmark = pytest.mark.django_db


def official(name="zhao", place=cases.PLACE, body=cases.BODY, role=Role.APPROVER) -> Client:
    client, at = Client(), moments.now()
    account = accounts.open_official_account(
        name, at=at, department=body or "", grants=((role, place, body),)
    )
    accounts.sign_in_client(client, account.subject, at=at)
    return client


def complain(name="ma"):
    at = moments.now()
    with transaction.atomic():
        case = cases.opened(cases.citizen(name), at=at)
    given = reviews.give_review(
        case_key=case.key, handling=case.reference, level=5, tags=["attitude"],
        text="等了两个小时<b>", actor=cases.citizen(name), at=at,
    )  # fmt: skip
    return given.rectification, case


@pytest.fixture
def order(db):
    return complain()[0]


@pytest.fixture
def client(order):
    return official()


def newest(key):
    return queries.get_order(key, cases.official(), at=moments.now())


def post(client, key, act, **given):
    sent = {"version": str(newest(key).version)} | given
    return client.post(f"/desk/reviews/{key}/{act}/", sent)


def page(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_the_list_shows_the_limits_and_never_who_wrote(client, order):
    said = page(client, "/desk/reviews/")
    assert "待联系 1 件" in said
    assert f"/desk/reviews/{order}/" in said
    assert "非常不满意" in said
    one = page(client, f"/desk/reviews/{order}/")
    assert "等了两个小时&lt;b&gt;" in one
    for words in ("马晓燕", "马**", "person:ma"):
        assert words not in said + one


def test_the_case_behind_a_review_is_not_named(client):
    key, case = complain("luo")
    assert case.key not in page(client, f"/desk/reviews/{key}/")
    assert case.case_no not in page(client, f"/desk/reviews/{key}/")


def test_the_loop_is_walked_from_contact_to_close(client, order):
    assert post(client, order, "contact", note="已通过平台联系").status_code == 302
    assert post(client, order, "answer", answer="CORRECTED", text="已加开窗口").status_code == 302
    assert "已加开窗口" in page(client, f"/desk/reviews/{order}/")
    asked = page(client, f"/desk/reviews/{order}/close/")
    assert "不能再改答复" in asked
    assert newest(order).state == "ANSWERED"
    assert post(client, order, "close").status_code == 302
    assert newest(order).state == "CLOSED"
    assert f"/desk/reviews/{order}/" in page(client, "/desk/reviews/?state=CLOSED")


def test_a_complex_matter_gets_the_longer_limit(client, order):
    before = newest(order).answer_by
    post(client, order, "contact", note="要请示", complex="1")
    assert newest(order).answer_by > before


@pytest.mark.parametrize(
    ("act", "given", "field"),
    [
        ("contact", {"note": " "}, "note"),
        ("answer", {"answer": "", "text": "写好的答复"}, "answer"),
        ("answer", {"answer": "CORRECTED", "text": ""}, "text"),
    ],
)
def test_what_is_missing_is_named_and_what_was_typed_stays(client, order, act, given, field):
    if act == "answer":
        post(client, order, "contact", note="已联系")
    answer = post(client, order, act, **given)
    said = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#{field}"' in said
    assert f'id="{field}"' in said
    assert all(value.strip() in said for value in given.values())


def test_an_older_page_gets_the_newest_state(client, order):
    post(client, order, "contact", note="已联系")
    answer = client.post(f"/desk/reviews/{order}/contact/", {"version": "1", "note": "第二次"})
    assert answer.status_code == 409
    assert "刚刚被别人处理过" in answer.content.decode()


def test_an_act_the_state_does_not_allow_is_refused_and_its_page_leads_back(client, order):
    assert client.get(f"/desk/reviews/{order}/close/")["Location"] == f"/desk/reviews/{order}/"
    assert post(client, order, "close").status_code == 409
    assert newest(order).state == "OPEN"


def test_the_reviewed_body_cannot_set_aside_another_office_can(client, order):
    assert "set-aside" not in page(client, f"/desk/reviews/{order}/")
    assert client.get(f"/desk/reviews/{order}/set-aside/").status_code == 302
    assert post(client, order, "set-aside", reason="误点").status_code == 403
    office = official("check", body=None)
    assert "不能撤回" in page(office, f"/desk/reviews/{order}/set-aside/")
    refused = post(office, order, "set-aside", reason="")
    assert refused.status_code == 422
    assert 'href="#reason"' in refused.content.decode()
    assert post(office, order, "set-aside", reason="核实为误点").status_code == 302
    assert newest(order).state == "NOT_COUNTED"


def test_strangers_find_nothing(client, order):
    for number, (place, body) in enumerate([("620103000000", cases.BODY), (cases.PLACE, "z" * 18)]):
        other = official(f"other{number}", place=place, body=body)
        page(other, f"/desk/reviews/{order}/", 404)
        assert order not in page(other, "/desk/reviews/")
        for act in ("contact", "answer", "close", "set-aside"):
            assert other.post(f"/desk/reviews/{order}/{act}/", {"version": "1"}).status_code == 404
    page(official("op", role=Role.OPERATOR), "/desk/reviews/", 403)
    assert Client().get("/desk/reviews/")["Location"].startswith("/staff/sign-in/")


def test_acts_take_no_gets_and_lists_no_posts(client, order):
    assert client.get(f"/desk/reviews/{order}/contact/").status_code == 405
    assert client.get(f"/desk/reviews/{order}/answer/").status_code == 405
    assert client.post("/desk/reviews/").status_code == 405


def test_the_list_is_paged_and_asks_as_often_for_three_as_for_one(client, order, monkeypatch):
    page(client, "/desk/reviews/")
    with CaptureQueriesContext(connection) as one:
        page(client, "/desk/reviews/")
    made = {order, complain("b")[0], complain("c")[0]}
    with CaptureQueriesContext(connection) as three:
        page(client, "/desk/reviews/")
    assert len(three) == len(one)
    monkeypatch.setattr(pages, "PAGE_SIZE", 2)
    first = page(client, "/desk/reviews/")
    assert "2 件以上" in first
    after = queries.list_orders(cases.official(), at=moments.now()).rows[1].key
    assert f"?state=OPEN&amp;after={after}" in first
    rest = page(client, f"/desk/reviews/?state=OPEN&after={after}")
    linked = [f'href="/desk/reviews/{key}/"' for key in made]
    assert all((link in first) != (link in rest) for link in linked)
