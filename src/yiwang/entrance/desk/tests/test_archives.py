"""电子档案 at the desk and by the API: lists, a package, its acts, lists that go out; who may not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from yiwang.capability import journey
from yiwang.capability.archives import queries
from yiwang.capability.archives.models import ArchivePackage
from yiwang.capability.cases import queries as cases
from yiwang.capability.journey import sample
from yiwang.capability.journey.tests import test_archiving as story
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.support.identity import sample as accounts
from yiwang.support.messages import queries as messages

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db
item = story.item
assert messages


@pytest.fixture
def key(item):
    """A withdrawn case, due for archiving."""
    me = sample.citizen(libraries.register_person(5, at=AT, born_on=date(1980, 1, 1)))
    receipt = sample.handed_in(me, at=AT)
    case = cases.get_case(receipt.case_key, me, at=AT)
    journey.withdraw(case_key=case.key, version=case.version, actor=me, at=AT)
    story.settle()
    return story.due(case)


def signed_in(client, item, role: Role, name: str):
    account = accounts.open_official_account(
        name, at=AT, department=item.department,
        grants=((role, item.division_code, item.department),),
    )  # fmt: skip
    accounts.sign_in_client(client, f"official:{account.key}")
    return client


@pytest.fixture
def keeper(client, item):
    return signed_in(client, item, Role.HANDLER, "keeper")


def version_of(key: str) -> int:
    return ArchivePackage.objects.get(key=key).version


def test_a_keeper_archives_tests_holds_and_takes_out(key, keeper):
    assert "待归档" in keeper.get("/desk/archives/").content.decode()
    here = f"/desk/archives/{key}/"
    assert keeper.post(f"{here}build/", {"version": version_of(key)}).status_code == 302
    page = keeper.get(here).content.decode()
    assert "四性检测：通过" in page
    number = ArchivePackage.objects.get(key=key).archive_no
    assert (
        number in keeper.get(f"/desk/archives/?tab=ARCHIVED&archive_no={number}").content.decode()
    )
    assert keeper.post(f"{here}test/", {"version": version_of(key)}).status_code == 302
    refused = keeper.post(f"{here}hold/", {"version": version_of(key)})
    assert refused.status_code == 422
    given = {"version": version_of(key), "ground": "REVIEW", "reason": "复议〔2026〕1号"}
    assert keeper.post(f"{here}hold/", given).status_code == 302
    assert "复议〔2026〕1号" in keeper.get(here).content.decode()
    assert keeper.post(f"{here}take-out/", {"purpose": ""}).status_code == 422
    taken = keeper.post(f"{here}take-out/", {"purpose": "答辩"})
    assert b"".join(taken.streaming_content).startswith(b"PK")
    case = queries.find_case(key).partition(":")[2]
    assert number in keeper.get(f"/desk/cases/{case}/").content.decode()


def test_a_list_is_begun_sent_and_printed_without_a_script(key, keeper):
    keeper.post(f"/desk/archives/{key}/build/", {"version": version_of(key)})
    nothing = keeper.post("/desk/archives/hand-overs/", {})
    assert nothing.status_code == 422
    assert "还没有选" in nothing.content.decode()
    begun = keeper.post("/desk/archives/hand-overs/", {"packages": key})
    here = begun.headers["Location"]
    assert keeper.post(f"{here}send/", {"version": 1}).status_code == 302
    story.settle(moments.now())
    page = keeper.get(here).content.decode()
    assert "档案馆已接收" in page
    assert b"".join(keeper.get(f"{here}document/").streaming_content).startswith(b"%PDF")
    assert keeper.post(f"{here}csv/").content.startswith(b"\xef\xbb\xbf")
    assert keeper.post(f"{here}send/", {"version": 1}).status_code == 409


def test_two_people_destroy_at_the_desk(key, keeper, item):
    from django.test import Client

    keeper.post(f"/desk/archives/{key}/build/", {"version": version_of(key)})
    ArchivePackage.objects.filter(key=key).update(
        retained_until=moments.legal_date(moments.now()) - timedelta(days=1)
    )
    assert "提出销毁" in keeper.get("/desk/archives/?tab=EXPIRED").content.decode()
    bare = keeper.post("/desk/archives/destructions/", {"packages": key})
    assert bare.status_code == 422
    proposed = keeper.post("/desk/archives/destructions/", {"packages": key, "reason": "到期"})
    here = proposed.headers["Location"]
    assert "确认销毁</button>" not in keeper.get(here).content.decode()
    assert keeper.post(f"{here}confirm/", {"version": 1, "sure": "1"}).status_code == 403
    head = signed_in(Client(), item, Role.HEAD, "head")
    assert head.post(f"{here}confirm/", {"version": 1}).status_code == 422
    assert head.post(f"{here}confirm/", {"version": 1, "sure": "1"}).status_code == 302
    assert "已销毁" in head.get("/desk/archives/?tab=GONE").content.decode()


def test_others_do_not_come_in(key, client, item):
    approver = signed_in(client, item, Role.APPROVER, "approver")
    for address in ("", f"{key}/", "hand-overs/", "destructions/"):
        assert approver.get(f"/desk/archives/{address}").status_code == 403


def test_the_same_by_the_api(key, keeper):
    def post(address: str, **body: object):
        return keeper.post(f"/api/v1/{address}", body, content_type="application/json")

    assert keeper.get("/api/v1/archives?tab=DUE").json()["rows"][0]["key"] == key
    built = post(f"archives/{key}/build").json()
    assert built["row"]["state"] == "ARCHIVED"
    assert post(f"archives/{key}/build").status_code == 409
    assert post(f"archives/{key}/test").json()["runs"][0]["sound"] is True
    listed = post("archive-lists", packages=[key]).json()["row"]
    assert post(f"archive-lists/{listed['key']}/send", version=1).json()["row"]["state"] == "SENT"
    assert keeper.get("/api/v1/archive-lists").json()["rows"][0]["batch_no"] == listed["batch_no"]
    assert post(f"archive-lists/{listed['key']}/export").content
    assert post("archive-destructions", packages=[key], reason="x").status_code == 409
    assert keeper.get(f"/api/v1/archives/{'0' * 16}").status_code == 404
