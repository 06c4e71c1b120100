"""Monthly benefits and their lists by page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yiwang.capability.entitlements import actions as entitlements
from yiwang.capability.entitlements import queries
from yiwang.capability.entitlements import sample as benefits
from yiwang.capability.entitlements.models import Entitlement
from yiwang.foundation.libraries import sample as people
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor, ActorKind, Grant, Role, machine
from yiwang.mechanisms.journal import queries as journal
from yiwang.network.directory import actions as directory
from yiwang.network.directory.definitions import DepartmentView
from yiwang.support.identity import sample as accounts
from yiwang.support.letters import queries as letters

pytestmark = pytest.mark.django_db
ME = machine("tests")
DECIDER = Actor(
    ActorKind.OFFICIAL,
    "official:x",
    grants=(Grant(Role.APPROVER, benefits.DIVISION, benefits.DEPARTMENT),),
)


def official(
    name="zhao", place=benefits.DIVISION, body=benefits.DEPARTMENT, role=Role.APPROVER
) -> Client:
    client, at = Client(), moments.now()
    account = accounts.open_official_account(
        name, at=at, department=body, grants=((role, place, body),)
    )
    accounts.sign_in_client(client, account.subject, at=at)
    return client


@pytest.fixture
def body(db):
    view = DepartmentView(
        uscc=benefits.DEPARTMENT, name="城关区民政局（示例）", short_name="民政局",
        division_code=benefits.DIVISION, phone="0931-0000001", address="大厅",
    )  # fmt: skip
    directory.register_department(department=view)


def give(seed=1):
    at = moments.now()
    person = people.register_person(seed, at=at, name="马晓燕")
    first = moments.legal_date(at).replace(day=1)
    return benefits.grant(
        case=f"case:{seed:016d}", person=person.reference, starts_on=first, at=at, actor=ME
    )


@pytest.fixture
def grant(body):
    return give()


@pytest.fixture
def client(grant):
    return official()


def newest(grant):
    return queries.get_entitlement(grant.key, DECIDER)


def page(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def post(client, grant, act, **given):
    sent = {"version": str(newest(grant).version)} | given
    return client.post(f"/desk/entitlements/{grant.key}/{act}/", sent)


def announce(client, grant, **changes):
    today = moments.legal_date(moments.now())
    given = {
        "cause": "MOVED",
        "stops_on": f"{today:%Y-%m}",
        "object_by": (today + timedelta(days=10)).isoformat(),
        "basis": "本地规定（示例）",
    } | changes
    return post(client, grant, "announce-stop", **given)


def run_out(grant):
    """The days to object are over."""
    yesterday = moments.legal_date(moments.now()) - timedelta(days=1)
    Entitlement.objects.filter(key=grant.key).update(object_by=yesterday)


def test_the_list_shows_names_masked_and_sums(client, grant):
    said = page(client, "/desk/entitlements/")
    assert "发放中 1 人" in said
    assert "马**" in said or "马*" in said
    assert "马晓燕" not in said
    assert "¥60.00" in said
    one = page(client, f"/desk/entitlements/{grant.key}/")
    assert "6217000000000000417" not in one
    assert "批准发放" in one


def test_a_stop_is_told_first_and_done_after_the_days_to_object(client, grant):
    assert announce(client, grant).status_code == 302
    said = page(client, f"/desk/entitlements/{grant.key}/")
    assert "可以提出异议" in said
    assert "期限届满后" in said
    assert f"/desk/entitlements/{grant.key}/stop/" not in said
    letter = newest(grant).notice_letter
    assert letters.get_letter(letter, subject=grant.case).title
    assert post(client, grant, "stop").status_code == 409
    run_out(grant)
    asked = page(client, f"/desk/entitlements/{grant.key}/stop/")
    assert "停发后不再列入名册" in asked
    assert newest(grant).state == "NOTIFIED"
    assert post(client, grant, "stop").status_code == 302
    assert newest(grant).state == "STOPPED"
    assert "马" in page(client, "/desk/entitlements/?state=STOPPED")


def test_an_objection_that_was_right_keeps_the_benefit(client, grant):
    announce(client, grant)
    assert post(client, grant, "keep", reason="户籍没有迁出").status_code == 302
    assert newest(grant).state == "ACTIVE"


def test_a_stopped_benefit_is_resumed(client, grant):
    announce(client, grant)
    run_out(grant)
    post(client, grant, "stop")
    month = f"{moments.legal_date(moments.now()):%Y-%m}"
    assert post(client, grant, "resume", from_month=month, reason="迁回").status_code == 302
    assert newest(grant).state == "ACTIVE"


def test_sum_and_account_are_changed(client, grant):
    coming = (moments.legal_date(moments.now()).replace(day=1) + timedelta(days=40)).strftime(
        "%Y-%m"
    )
    assert post(client, grant, "change-sum", yuan="80.5", from_month=coming).status_code == 302
    assert newest(grant).monthly_fen == 8050
    answer = post(
        client, grant, "change-account", account="6228480000000001", account_name="马晓燕"
    )
    assert answer.status_code == 302
    assert newest(grant).account_masked.endswith("0001")
    said = page(client, f"/desk/entitlements/{grant.key}/")
    assert "更换收款账户" in said
    assert "6228480000000001" not in said


@pytest.mark.parametrize(
    ("act", "given", "field"),
    [
        ("announce-stop", {"cause": ""}, "cause"),
        ("announce-stop", {"cause": "MOVED", "object_by": "明天"}, "object_by"),
        ("announce-stop", {"cause": "MOVED", "object_by": "2020-01-01"}, "object_by"),
        (
            "announce-stop",
            {"cause": "MOVED", "object_by": "2099-01-01", "stops_on": "x"},
            "stops_on",
        ),
        ("change-sum", {"yuan": "-1"}, "yuan"),
        ("change-sum", {"yuan": "1.234"}, "yuan"),
        ("change-sum", {"yuan": "0"}, "yuan"),
        ("change-sum", {"yuan": "９"}, "yuan"),
        ("change-account", {"account": ""}, "account"),
    ],
)
def test_what_is_wrong_is_named_and_stays_typed(client, grant, act, given, field):
    before = newest(grant)
    answer = post(client, grant, act, **given)
    said = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#{field}"' in said
    assert f'id="{field}"' in said
    assert newest(grant) == before


def test_an_older_page_is_told_so_and_changes_nothing(client, grant):
    announce(client, grant)
    answer = client.post(
        f"/desk/entitlements/{grant.key}/keep/", {"version": "1", "reason": "写好的理由"}
    )
    assert answer.status_code == 409
    assert "写好的理由" in answer.content.decode()
    assert newest(grant).state == "NOTIFIED"


def test_pages_of_acts_the_state_does_not_offer_lead_back(client, grant):
    for act in ("stop", "keep", "resume"):
        answer = client.get(f"/desk/entitlements/{grant.key}/{act}/")
        assert answer["Location"] == f"/desk/entitlements/{grant.key}/"
    for act in ("announce-stop", "change-sum", "change-account"):
        page(client, f"/desk/entitlements/{grant.key}/{act}/")


def test_strangers_and_clerks_find_nothing(grant):
    for number, (place, body) in enumerate(
        [("620103000000", benefits.DEPARTMENT), (benefits.DIVISION, "z" * 18)]
    ):
        other = official(f"other{number}", place=place, body=body)
        page(other, f"/desk/entitlements/{grant.key}/", 404)
        assert (
            other.post(f"/desk/entitlements/{grant.key}/change-sum/", {"version": "1"}).status_code
            == 404
        )
        assert grant.key not in page(other, "/desk/entitlements/")
    clerk = official("clerk", role=Role.WINDOW_CLERK)
    page(clerk, "/desk/entitlements/", 403)
    assert "/desk/entitlements/" not in page(clerk, "/desk/")


def test_the_list_asks_as_often_for_three_as_for_one(client, grant):
    page(client, "/desk/entitlements/")
    with CaptureQueriesContext(connection) as one:
        page(client, "/desk/entitlements/")
    give(2)
    give(3)
    with CaptureQueriesContext(connection) as three:
        page(client, "/desk/entitlements/")
    assert len(three) == len(one)


# -- monthly lists --------------------------------------------------------------------------------


@pytest.fixture
def month(client, grant):
    today = moments.legal_date(moments.now())
    answer = client.post("/desk/entitlements/months/close/", {"month": f"{today:%Y-%m}"})
    assert answer.status_code == 302
    return queries.list_months(DECIDER)[0]


def bank(client, month, text, name="r.csv"):
    data = text if isinstance(text, bytes) else text.encode()
    return client.post(
        f"/desk/entitlements/months/{month.key}/import/", {"file": SimpleUploadedFile(name, data)}
    )


def entry(month) -> str:
    return next(iter(queries.iterate_entries(month.key)))[0]


def test_closing_a_month_is_asked_once_more_and_twice_makes_one_list(client, month):
    assert "不能撤回" in page(client, "/desk/entitlements/months/close/")
    client.post("/desk/entitlements/months/close/", {"month": f"{month.month:%Y-%m}"})
    assert len(queries.list_months(DECIDER)) == 1
    assert "¥60.00" in page(client, "/desk/entitlements/months/")


@pytest.mark.parametrize("given", ["", "2026-13", "x", "2099-01"])
def test_a_month_that_is_none_or_has_not_begun_is_refused(client, given):
    answer = client.post("/desk/entitlements/months/close/", {"month": given})
    assert answer.status_code == 422
    assert queries.list_months(DECIDER) == ()


def test_the_list_is_exported_with_whole_accounts_and_noted(client, month):
    answer = client.post(f"/desk/entitlements/months/{month.key}/export/")
    assert answer["Content-Disposition"].endswith('.xlsx"')
    assert answer.content[:2] == b"PK"
    (noted,) = [
        entry
        for entry in journal.list_entries(subject=f"monthly-list:{month.key}")
        if entry.act == "entitlements.list_exported"
    ]
    assert noted.facts["count"] == 1
    assert client.get(f"/desk/entitlements/months/{month.key}/export/").status_code == 405


def test_the_banks_answer_is_taken_over_and_every_line_is_reported(client, month):
    number = entry(month)
    said = bank(client, month, f"行号,结果,说明\n{number},失败,账号已销户\n").content.decode()
    assert "记为未到账 1 笔" in said
    assert "账号已销户" in said
    again = bank(client, month, f"{number},失败,账号已销户\n{number},成功,\n").content.decode()
    assert "以前已记 1 笔" in again
    assert "记为已到账 1 笔" in again
    late = bank(client, month, f"{number},失败,\n").content.decode()
    assert "失败结果未采用" in late
    assert queries.get_month(month.key, DECIDER).paid_fen == 6000


def test_a_file_with_one_wrong_line_is_refused_whole_and_names_it(client, month):
    answer = bank(client, month, f"{entry(month)},成功,\n999999999,成功,\n")
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "第 2 行：名册里没有 999999999" in said
    assert queries.get_month(month.key, DECIDER).paid_fen == 0


@pytest.mark.parametrize(
    "data", [b"\xff\xfe\x00", "1,也许\n".encode(), "1,成功,\x00\n".encode(), b"", b"x" * 200_000]
)
def test_a_file_that_is_none_is_refused(client, month, data):
    assert bank(client, month, data).status_code == 422


def test_no_file_at_all_is_named(client, month):
    answer = client.post(f"/desk/entitlements/months/{month.key}/import/")
    assert answer.status_code == 422
    assert 'href="#file"' in answer.content.decode()


def test_another_body_finds_no_list(month):
    other = official("other", body="z" * 18)
    page(other, f"/desk/entitlements/months/{month.key}/", 404)
    assert other.post(f"/desk/entitlements/months/{month.key}/export/").status_code == 404
    assert bank(other, month, "1,成功\n").status_code == 404
    assert month.key not in page(other, "/desk/entitlements/months/")


def told_of_the_stop(grant, *, days):
    """Announced so long ago that the days to object ended ``days`` ago."""
    at = moments.now() - timedelta(days=days + 10)
    last = moments.legal_date(at) + timedelta(days=10)
    return entitlements.announce_stop(
        key=grant.key, version=grant.version, reason="MOVED", stops_on=last, object_by=last,
        addressee="马晓燕", body="城关区民政局（示例）", basis="本地规定（示例）", at=at, actor=ME,
    )  # fmt: skip


def test_a_stop_that_may_be_confirmed_is_offered_on_every_page_until_it_is(client, grant):
    told = told_of_the_stop(grant, days=1)
    assert "等确认停发 1" in page(client, "/desk/")
    listed = page(client, "/desk/entitlements/?state=TO_STOP")
    assert f"/desk/entitlements/{grant.key}/" in listed
    assert listed.count('aria-current="page"') == 2  # the link above, the tab
    sent = {"version": str(told.version)}
    assert client.post(f"/desk/entitlements/{grant.key}/stop/", sent).status_code == 302
    assert "等确认停发 1" not in page(client, "/desk/")
    assert "没有等确认停发的待遇" in page(client, "/desk/entitlements/?state=TO_STOP")


def test_nothing_is_offered_while_somebody_may_still_object_or_to_another_body(client, grant):
    told_of_the_stop(grant, days=0)
    assert "等确认停发 1" not in page(client, "/desk/")
    told_of_the_stop(give(2), days=1)
    other = official("far", place="620103000000", body="1" * 18)
    assert "等确认停发 1" not in page(other, "/desk/")
