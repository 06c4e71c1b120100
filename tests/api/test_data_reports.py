"""By program under a grant: its uses read, effect, storage and destruction recorded (条例 27, 29; decision 0342)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.api.programs import API, HERE, Program
from yiwang.foundation.agreements import sample
from yiwang.foundation.agreements.models import DataGrant, UsageReport
from yiwang.foundation.laws import actions as laws
from yiwang.foundation.resources import sample as resources
from yiwang.kernel import moments
from yiwang.kernel.actor import Role, machine
from yiwang.mechanisms.journal import queries as journal
from yiwang.network.directory import sample as places

pytestmark = pytest.mark.django_db
ASKING, GIVING = places.department_uscc(HERE, 1), places.department_uscc(HERE, 7)
TODAY = moments.legal_date(moments.now())
DAY = TODAY.isoformat()
EFFECT = {"words": "老人不用再交户口簿", "since": DAY, "until": DAY, "papers": 120, "visits": 60}
STORED = {"words": "科室三人，库里加密", "place": "高龄津贴系统", "held": 40}
GONE = {"words": "两人在场，覆写删除", "disposal": "DESTROYED", "day": DAY}
KEPT = {
    "words": "已发放津贴的凭证", "disposal": "KEPT", "held": 12, "basis": "会计法第二十三条",
    "until": (TODAY + timedelta(days=3650)).isoformat(),
}  # fmt: skip
NONE = {"disposal": "NONE_HELD"}


class Grant:
    """One grant, and the programs of both sides."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.asker = Program("asker", Role.DATA_OFFICER, ASKING)
        self.giver = Program("giver", Role.DATA_OFFICER, GIVING)

    @property
    def row(self) -> DataGrant:
        return DataGrant.objects.get(key=self.key)

    def act(self, act: str, who: Program | None = None, version: int | None = None, **body: object):
        said = {"version": self.row.version if version is None else version, **body}
        return (who or self.asker).post(f"/grants/{self.key}/acts/{act}", **said)

    def done(self, act: str, who: Program | None = None, **body: object):
        answer = self.act(act, who, **body)
        assert answer.status_code == 200, answer.content.decode()
        return answer.json()

    def reports(self, who: Program | None = None):
        return (who or self.asker).get(f"/grants/{self.key}/reports").json()["rows"]


@pytest.fixture
def grant(db):
    at = moments.now()
    places.load_chengguan()
    places.register_departments()
    laws.import_shipped(actor=machine("test"), at=at)
    resources.publish_all(at=at)
    had = sample.delivered(
        resource=resources.POPULATION, consumer=ASKING, service="62/register", at=at
    )
    return Grant(had.grant)


@pytest.fixture
def ended(grant):
    grant.done("ask_end", words="不再需要")
    grant.done("agree_end", grant.giver)
    return grant


def code_of(answer):
    return answer.status_code, answer.json()["refusal"]["code"]


def fields_of(answer):
    assert answer.status_code == 422, answer.content
    return {problem["field"] for problem in answer.json()["refusal"]["fields"]}


def test_effect_and_storage_are_recorded_and_read_by_both_sides_and_who_watches(grant):
    grant.done("report_effect", report=EFFECT)
    grant.done("report_storage", report=STORED)
    authority = Program("authority", Role.DATA_AUTHORITY, None)
    for who in (grant.asker, grant.giver, authority):
        stored, effect = grant.reports(who)
        assert {**effect, **EFFECT, "kind": "EFFECT"} == effect
        assert {**stored, **STORED, "kind": "STORAGE"} == stored
    acts = [one.act for one in journal.list_entries(subject=f"data-grant:{grant.key}")]
    assert acts[-2:] == ["agreements.report_effect", "agreements.report_storage"]


def test_records_are_turned_page_by_page(grant):
    for visits in range(3):
        grant.done("report_effect", report=EFFECT | {"visits": visits})
    first = grant.asker.get(f"/grants/{grant.key}/reports?limit=2").json()
    rest = grant.asker.get(f"/grants/{grant.key}/reports?limit=2&after={first['next']}").json()
    assert [one["visits"] for one in first["rows"] + rest["rows"]] == [2, 1, 0]
    assert rest["next"] == ""


@pytest.mark.parametrize(("act", "report"), [("report_effect", EFFECT), ("report_storage", STORED)])
def test_the_same_record_sent_twice_is_one(grant, act, report):
    version = grant.row.version
    assert grant.act(act, version=version, report=report).status_code == 200
    assert code_of(grant.act(act, version=version, report=report)) == (409, "VersionConflict")
    assert UsageReport.objects.count() == 1


@pytest.mark.parametrize(
    ("act", "report", "field"),
    [
        ("report_effect", None, None),
        ("report_effect", EFFECT | {"words": " "}, "words"),
        ("report_effect", EFFECT | {"since": "1999-01-01"}, "since"),
        ("report_effect", EFFECT | {"until": "2999-01-01"}, "until"),
        ("report_effect", EFFECT | {"until": "soon"}, "until"),
        ("report_effect", EFFECT | {"papers": -1}, "papers"),
        ("report_effect", EFFECT | {"papers": "viele"}, "papers"),
        ("report_effect", EFFECT | {"more": 1}, "more"),
        ("report_storage", STORED | {"held": None}, "held"),
        ("report_storage", STORED | {"place": ""}, "place"),
        ("report_storage", STORED | {"place": "长" * 201}, "place"),
        ("report_storage", {}, None),
    ],
)
def test_what_is_wrong_is_named_by_its_field_and_nothing_is_kept(grant, act, report, field):
    version = grant.row.version
    answer = grant.act(act, **({} if report is None else {"report": report}))
    found = fields_of(answer)
    if field is None:
        assert {"words"} < found
    else:
        assert found == {field}
    assert not UsageReport.objects.exists()
    assert grant.row.version == version


def test_the_provider_and_others_do_not_write_for_the_using_department(grant):
    other = Program("other", Role.DATA_OFFICER, places.department_uscc(HERE, 2))
    authority = Program("authority", Role.DATA_AUTHORITY, None)
    for act, report in (("report_effect", EFFECT), ("report_storage", STORED)):
        assert grant.act(act, grant.giver, report=report).status_code == 403
        assert grant.act(act, authority, report=report).status_code == 403
        assert grant.act(act, other, report=report).status_code == 404
    for read in ("reports", "uses", "uses/count"):
        assert other.get(f"/grants/{grant.key}/{read}").status_code == 404
    assert not UsageReport.objects.exists()


def test_a_token_does_what_its_scopes_say_and_nobody_does_nothing(grant, client):
    reader = Program("reader", Role.DATA_OFFICER, ASKING, scopes=("data:read",))
    assert grant.act("report_effect", reader, report=EFFECT).status_code == 403
    for read in ("reports", "uses", "uses/count"):
        assert reader.get(f"/grants/{grant.key}/{read}").status_code == 200
        assert client.get(f"{API}/grants/{grant.key}/{read}").status_code == 401
    answer = client.post(
        f"{API}/grants/{grant.key}/acts/report_effect", {"version": 1, "report": EFFECT},
        content_type="application/json",
    )  # fmt: skip
    assert answer.status_code == 401


def test_a_grant_nobody_used_counts_nothing(grant):
    assert grant.asker.get(f"/grants/{grant.key}/uses").json() == {"rows": [], "next": ""}
    counted = grant.giver.get(f"/grants/{grant.key}/uses/count").json()
    assert (counted["total"]["calls"], counted["days"]) == (0, [])


@pytest.mark.parametrize(("report", "disposal"), [(GONE, "DESTROYED"), (NONE, "NONE_HELD")])
def test_after_the_end_destruction_is_declared_once(ended, report, disposal):
    assert ended.row.dispose_by is not None
    told = ended.done("declare_disposal", report=report)
    assert (told["disposal"], told["dispose_by"]) == (disposal, None)
    assert code_of(ended.act("declare_disposal", report=report)) == (409, "CannotDo")
    (row,) = ended.reports(ended.giver)
    assert (row["kind"], row["disposal"]) == ("DISPOSAL", disposal)


def test_what_a_law_has_kept_may_be_declared_destroyed_later(ended):
    assert ended.done("declare_disposal", report=KEPT)["disposal"] == "KEPT"
    assert ended.done("declare_disposal", report=GONE)["disposal"] == "DESTROYED"
    assert [one["disposal"] for one in ended.reports()] == ["DESTROYED", "KEPT"]


def test_what_the_provider_requires_is_declared_anew(ended):
    ended.done("declare_disposal", report=NONE)
    assert ended.act("require_disposal", words="备份也删").status_code == 403
    assert fields_of(ended.act("require_disposal", ended.giver, words=" ")) == {"words"}
    told = ended.done("require_disposal", ended.giver, words="备份里的也要删")
    assert told["disposal"] == ""
    assert told["dispose_by"] > DAY
    assert ended.done("declare_disposal", report=GONE)["disposal"] == "DESTROYED"


def test_nothing_is_declared_or_required_while_it_holds_nor_stored_after_its_end(grant):
    assert code_of(grant.act("declare_disposal", report=NONE)) == (409, "CannotDo")
    assert code_of(grant.act("require_disposal", grant.giver, words="删")) == (409, "CannotDo")
    grant.done("ask_end", words="不再需要")
    grant.done("agree_end", grant.giver)
    assert code_of(grant.act("report_storage", report=STORED)) == (409, "CannotDo")
    grant.done("report_effect", report=EFFECT)  # what it brought may be told afterwards


@pytest.mark.parametrize(
    ("report", "field"),
    [
        ({}, "disposal"),
        ({"disposal": "BURNT"}, "disposal"),
        (GONE | {"day": None}, "day"),
        (GONE | {"day": (TODAY + timedelta(days=1)).isoformat()}, "day"),
        (GONE | {"words": ""}, "words"),
        (KEPT | {"basis": ""}, "basis"),
        (KEPT | {"held": 0}, "held"),
        (KEPT | {"until": DAY}, "until"),
    ],
)
def test_a_declaration_that_lacks_something_leaves_the_days_running(ended, report, field):
    by = ended.row.dispose_by
    assert fields_of(ended.act("declare_disposal", report=report)) == {field}
    assert (ended.row.disposal, ended.row.dispose_by) == ("", by)
    assert not UsageReport.objects.exists()
