"""A department's own program sees and steers the tables it takes: the acts its pages have."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from yiwang.foundation.exchange import parts
from yiwang.foundation.tables import sample, taking
from yiwang.foundation.tables.models import TableCopy
from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.mechanisms.journal.models import Entry
from yiwang.network.directory import sample as places
from yiwang.support.identity import actions as identity
from yiwang.support.identity import queries as people
from yiwang.support.identity import sample as accounts

pytestmark = pytest.mark.django_db
HERE = places.CHENGGUAN
OURS, OTHERS = places.department_uscc(HERE, 7), places.department_uscc(HERE, 1)
TABLES = "/api/v1/data/tables"


def program(name, role=Role.DATA_OFFICER, department=OURS, scopes=("data:read", "data:write")):
    at, place = moments.now(), HERE if department else "620000000000"
    account = accounts.open_official_account(
        name, at=at, department=department or OURS, grants=((role, place, department),)
    )
    issued = identity.issue_token(
        name="tables", scopes=list(scopes), actor=people.get_actor(account.key, at=at), at=at,
        expires_at=at + timedelta(days=1),
    )  # fmt: skip
    return Client(headers={"Authorization": f"Bearer {issued.token}"})


def post(client, path, expect=200, /, **body):
    answer = client.post(path, body, content_type="application/json")
    assert answer.status_code == expect, answer.content.decode()
    return answer.json()


@pytest.fixture
def copies(db):
    places.load_chengguan()
    places.register_departments()
    at = moments.now()
    made = [
        sample.copy(f"62/register-{n}", department=OURS, division_code=HERE, at=at)
        for n in range(3)
    ]
    sample.copy("62/other", department=OTHERS, division_code=HERE, at=at)
    return made


def sheet(service, grant, day, theirs):
    parts.keep_sheet(
        service=service, grant=grant, partner="620100", day=day, ours=(3, "aa", "1"),
        theirs=(theirs, "aa", "2"), at=moments.now(),
    )  # fmt: skip


def test_the_department_s_tables_come_page_by_page_and_no_other_s(copies) -> None:
    client = program("reader", scopes=["data:read"])
    first = client.get(f"{TABLES}?limit=2").json()
    second = client.get(f"{TABLES}?limit=2&after={first['next']}").json()
    services = [row["service"] for row in (*first["rows"], *second["rows"])]
    assert services == ["62/register-2", "62/register-1", "62/register-0"]
    assert second["next"] == ""
    assert "sample@" not in str(first)
    other = TableCopy.objects.get(service="62/other").key
    for path in (f"/{other}", f"/{other}/sheets", f"/{other}/findings"):
        assert client.get(f"{TABLES}{path}").status_code == 404
    assert client.get(f"{TABLES}?after={other}").json()["rows"] == []


def test_a_table_is_paused_once_by_its_version_and_goes_on(copies) -> None:
    client, path = program("officer"), f"{TABLES}/{copies[0].key}"
    paused = post(client, f"{path}/acts/pause", version=1)
    assert (paused["state"], paused["version"]) == ("PAUSED", 2)
    post(client, f"{path}/acts/pause", 409, version=1)
    assert post(client, f"{path}/acts/resume", version=2)["state"] == "RUNNING"
    post(client, f"{path}/acts/drop", 422, version=3)
    post(client, f"{path}/acts/pause", 422)
    assert [one.act for one in Entry.objects.filter(act__startswith="tables.").order_by("pk")] == [
        "tables.copy_paused", "tables.copy_resumed"
    ]  # fmt: skip


def test_who_may_only_read_or_comes_from_elsewhere_steers_nothing(copies) -> None:
    path = f"{TABLES}/{copies[0].key}/acts/pause"
    post(program("reads", scopes=["data:read"]), path, 403, version=1)
    post(program("elsewhere", department=OTHERS), path, 404, version=1)
    post(program("handles", role=Role.HANDLER), path, 403, version=1)
    operator = program("operator", role=Role.OPERATOR, department=None)
    post(operator, path, version=1)
    finding = copies[0].findings.get().key
    post(operator, f"/api/v1/data/table-findings/{finding}/mend", 403)


def test_a_day_s_sheet_is_of_the_grant_the_table_was_taken_under(copies) -> None:
    client, copy = program("days"), copies[0]
    today = moments.legal_date(moments.now())
    sheet(copy.service, "ours", today - timedelta(days=1), 3)
    sheet(copy.service, "ours", today, 4)
    sheet(copy.service, "another-s", today, 9)
    assert client.get(f"{TABLES}/{copy.key}/sheets").json() == {"rows": []}
    TableCopy.objects.filter(pk=copy.pk).update(grant_key="ours")
    rows = client.get(f"{TABLES}/{copy.key}/sheets").json()["rows"]
    assert [(row["their_rows"], row["sum"], row["equal"]) for row in rows] == [
        (4, "aa", False), (3, "aa", True)
    ]  # fmt: skip
    one = client.get(f"{TABLES}/{copy.key}").json()
    assert (one["sheet_day"], one["sheet_equal"]) == (today.isoformat(), False)
    assert (one["number"], one["total"], one["open_findings"]) == (21, 1_000_000, 1)


def test_a_stretch_that_differs_is_taken_again_once(copies, monkeypatch) -> None:
    client, taken = program("mender"), []
    monkeypatch.setattr(taking, "retake", lambda row, stretch, *, at: taken.append(stretch))
    (found,) = client.get(f"{TABLES}/{copies[0].key}/findings").json()["rows"]
    assert (found["kind"], found["closed_at"]) == ("DIFFERENT", None)
    assert "R1" not in str(found)
    path = f"/api/v1/data/table-findings/{found['key']}/mend"
    closed = post(client, path)
    assert closed["closed_at"]
    assert post(client, path) == closed
    assert taken == [(["R1"], ["R9"])]
    others = TableCopy.objects.get(service="62/other").findings.get().key
    post(client, f"/api/v1/data/table-findings/{others}/mend", 404)


def test_a_table_is_declared_for_the_own_department_only(copies) -> None:
    client = program("declares")
    wish = {
        "service": "62/market", "purpose": "核对申请人情况", "department": OURS,
        "address": "postgresql://a:b@169.254.169.254:5432/x", "place": "front.market",
        "deletions": "FLAG",
    }  # fmt: skip
    refused = post(client, TABLES, 422, **wish)
    assert refused["refusal"]["code"] == "SourceNotAllowed"
    assert "169.254" not in str(refused)
    assert post(client, TABLES, 422, **{**wish, "service": "x"})["refusal"]["fields"]
    post(client, TABLES, 403, **{**wish, "department": OTHERS})
    assert TableCopy.objects.count() == len(copies) + 1
