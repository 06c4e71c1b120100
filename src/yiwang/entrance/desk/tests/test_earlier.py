"""The earlier licence beside what it would become, on the case's page."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.journey import sample
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel import moments
from yiwang.kernel.actor import Role, machine
from yiwang.kernel.moments import legal_date
from yiwang.network.directory import sample as directory
from yiwang.support.identity import sample as accounts
from yiwang.support.licences import actions as licences

pytestmark = pytest.mark.django_db
CODE = "road-occupation"


@pytest.fixture
def road(db):
    directory.load_chengguan()
    directory.register_departments()
    return sample.publish(CODE, at=moments.now())


@pytest.fixture
def me(road):
    return sample.citizen(libraries.register_person(5, at=moments.now(), born_on=date(1980, 1, 1)))


@pytest.fixture
def permit(me):
    today = legal_date(moments.now())
    said = {
        "holder": "马晓燕", "way": "挖掘", "road": "酒泉路", "place": "酒泉路 18 号门前",
        "area": "12.5", "purpose": "供水管道更换", "builder": "兰州示例供水工程有限公司",
        "first": today.isoformat(), "last": (today + timedelta(days=30)).isoformat(),
    }  # fmt: skip
    return licences.issue(
        case="case:0000000000000000", template="road-permit", holder=me.applicant,
        holder_name="马晓燕", values=said, valid_from=today,
        valid_until=today + timedelta(days=31), at=moments.now(), actor=machine("tests"),
        issuer="116201020000000351", issuer_name="城关区住房和城乡建设局",
        division_code="620102000000", item_code=CODE,
    )  # fmt: skip


@pytest.fixture
def hers(road, client):
    """Signed in at the desk: somebody of the body who may decide."""
    account = accounts.open_official_account(
        "decider", at=moments.now(), department=road.department,
        grants=((Role.APPROVER, road.division_code, road.department),),
    )  # fmt: skip
    client.actor = accounts.sign_in_client(client, account.subject)
    return client


def asked(me, permit, act: str, **more) -> str:
    answers = {
        "act": act, "earlier": permit.identifier, "why": "旧管走向和图纸不符", "contact_name": "罗文博",
        "phone": "13900000005", "delivery": "electronic", **more,
    }  # fmt: skip
    questions = {"act": act, "trees": "untouched"} if act != "cancel" else {"act": act}
    receipt = sample.submitted(CODE, me, answers, at=moments.now(), questions=questions)
    return receipt.case_key


def said_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def pane(client, key: str) -> str:
    page = client.get(f"/desk/cases/{key}/").content.decode()
    found = re.search(r'<section[^>]*aria-labelledby="earlier-title".*?</section>', page, re.S)
    assert found is not None
    return re.sub(r"<[^>]+>", " ", found[0])


def test_old_and_new_stand_side_by_side_and_what_changes_is_marked(hers, me, permit):
    last = permit.last_day + timedelta(days=20)
    key = asked(me, permit, "extend", trees="untouched", ends_on=last.isoformat())
    said = pane(hers, key)
    for words in (
        "申请延期", permit.identifier, permit.serial, "持有人 马晓燕", "酒泉路 18 号门前", "准予以后",
        said_day(permit.last_day), f"{said_day(last)} （变）",
    ):  # fmt: skip
        assert words in said, words
    assert cases.get_case(key, me, at=moments.now()).state == "WITH_OFFICIAL"


def test_a_cancellation_shows_what_ends_and_nothing_after_it(hers, me, permit):
    said = pane(hers, asked(me, permit, "cancel"))
    assert "申请注销" in said
    assert "准予注销后，这张证照停止使用。" in said
    assert "准予以后" not in said


def test_a_case_on_no_licence_has_no_such_part(me, hers, road):
    assert journey.compare_earlier(
        case_key=plain(me), actor=hers.actor, at=moments.now()
    ) is None  # fmt: skip


def plain(me) -> str:
    sample.publish_plain(at=moments.now())
    return sample.handed_in(me, at=moments.now()).case_key
