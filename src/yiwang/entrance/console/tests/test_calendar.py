from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from yiwang.kernel import moments
from yiwang.kernel.actor import Role, machine
from yiwang.mechanisms.clocks import actions, queries
from yiwang.mechanisms.clocks.definitions import CalendarDay
from yiwang.support.identity import sample as accounts

pytestmark = pytest.mark.django_db


def signed_in(client: Client, role: Role) -> Client:
    at = moments.now()
    account = accounts.open_official_account(
        "console-calendar", at=at, grants=((role, "620000000000", None),)
    )
    accounts.sign_in_client(client, account.subject, at=at)
    return client


def test_an_operator_sees_until_when_dates_are_final_and_what_was_imported(client: Client) -> None:
    operator = signed_in(client, Role.OPERATOR)
    before = queries.get_calendar().settled_until
    page = operator.get("/console/calendar/").content.decode()
    assert f"{before.year}年{before.month}月{before.day}日" in page
    assert "没有导入过" in page
    year = queries.get_calendar().last_year + 1
    day = CalendarDay(date(year, 10, 1), working=False, name="国庆节")
    actions.import_calendar(
        year=year, source="示例通知一号", days=[day], at=moments.now(), actor=machine("test")
    )
    page = operator.get("/console/calendar/").content.decode()
    assert "示例通知一号" in page
    assert f"{year}年10月1日" in page
    queries.forget_calendar()


def test_only_operators_see_it(client: Client) -> None:
    assert signed_in(client, Role.APPROVER).get("/console/calendar/").status_code in (403, 404)
