"""Acting on a licence one holds: what the pages say before, at and after handing in."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.intake import queries as intake
from yiwang.capability.intake.models import Draft
from yiwang.capability.journey import sample
from yiwang.entrance.citizen.apply.tests.conftest import sign_in
from yiwang.kernel import moments
from yiwang.kernel.actor import machine
from yiwang.kernel.moments import SHANGHAI, legal_date
from yiwang.support.licences import actions as licences

pytestmark = pytest.mark.django_db
CODE = "road-occupation"


@pytest.fixture
def mine(client, places):
    sample.publish(CODE, at=moments.now(), changes={"valid_from": date(2026, 1, 1)})
    intake.get_form.cache_clear()
    return sign_in(client)


@pytest.fixture
def permit(mine):
    """A permit that holds until in a month."""
    today = legal_date(moments.now())
    said = {
        "holder": "马晓燕", "way": "挖掘", "road": "酒泉路", "place": "酒泉路 18 号门前", "area": "12.5",
        "purpose": "供水管道更换", "builder": "兰州示例供水工程有限公司",
        "first": today.isoformat(), "last": (today + timedelta(days=30)).isoformat(),
    }  # fmt: skip
    return licences.issue(
        case="case:earlier", template="road-permit", holder=mine.actor.applicant,
        holder_name="马晓燕", values=said, valid_from=today,
        valid_until=today + timedelta(days=31), at=moments.now(), actor=machine("tests"),
        issuer="116201020000000351", issuer_name="城关区住房和城乡建设局",
        division_code="620102000000", item_code=CODE,
    )  # fmt: skip


def to_cancel(mine, permit) -> str:
    """A filled draft to cancel the permit; its key."""
    answers = {
        "act": "cancel", "earlier": permit.identifier, "why": "已完工", "contact_name": "罗文博",
        "phone": "13900000005", "delivery": "electronic",
    }  # fmt: skip
    return sample.filled(CODE, mine.actor, answers, at=moments.now(), questions={"act": "cancel"})


def test_a_second_application_is_refused_on_the_last_page_and_leads_to_the_first(mine, permit):
    first, second = to_cancel(mine, permit), to_cancel(mine, permit)
    receipt = journey.submit(
        draft_key=first, idempotency_key="one", actor=mine.actor, at=moments.now()
    )
    answer = mine.post(f"/my/drafts/{second}/check/", {"agree": "yes"})
    said = answer.content.decode()
    assert answer.status_code == 409
    assert f"这张证照上还有一件没有办结的申请（办件编号 {receipt.case_no}）。" in said
    assert "请等它办结，或者先撤回它" in said
    assert f'href="/my/cases/{receipt.case_key}/"' in said
    case = cases.get_case(receipt.case_key, mine.actor, at=moments.now())
    journey.withdraw(case_key=case.key, version=case.version, actor=mine.actor, at=moments.now())
    answer = mine.post(f"/my/drafts/{second}/check/", {"agree": "yes"})
    assert answer.headers["Location"].endswith("/receipt/")


def licence_page(mine, permit) -> str:
    answer = mine.get(f"/my/licences/{permit.key}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_licence_leads_into_the_form_with_the_licence_filled_in(mine, permit):
    said = licence_page(mine, permit)
    where = f"/items/{CODE}/apply/?act=change&amp;licence={permit.key}"
    assert f'href="{where}"' in said
    begun = mine.get(where.replace("&amp;", "&")).content.decode()
    assert permit.serial in begun
    answer = mine.post(
        f"/items/{CODE}/apply/", {"act": "change", "licence": permit.key, "trees": "untouched"}
    )
    [draft] = Draft.objects.all()
    assert answer.headers["Location"] == f"/my/drafts/{draft.key}/"
    assert (draft.answers["act"], draft.answers["earlier"]) == ("change", permit.identifier)


def test_somebody_elses_licence_begins_nothing(mine, permit, client):
    stranger = sign_in(Client(), seed=9)
    for sent in (stranger.get, stranger.post):
        answer = sent(f"/items/{CODE}/apply/", {"act": "cancel", "licence": permit.key})
        assert answer.status_code == 404
    assert not Draft.objects.exists()


def test_while_an_application_is_open_the_licence_says_so_instead_of_buttons(mine, permit):
    receipt = journey.submit(
        draft_key=to_cancel(mine, permit), idempotency_key="one", actor=mine.actor, at=moments.now()
    )
    said = licence_page(mine, permit)
    assert f"这张证照上还有一件没有办结的申请（办件编号 {receipt.case_no}）" in said
    assert f'href="/my/cases/{receipt.case_key}/"' in said
    assert "/apply/?" not in said


def test_a_licence_that_has_ended_offers_a_new_application_only(mine, permit):
    licences.change_state(
        key=permit.key, act="revoke", reason="违法取得", at=moments.now(), actor=machine("tests")
    )
    assert "要延续、变更或者注销" not in licence_page(mine, permit)


@pytest.fixture
def food(mine):
    """A food licence that ends in so many days."""
    sample.publish("food-business", at=moments.now())

    def issue(days: int):
        today = legal_date(moments.now())
        return licences.issue(
            case=f"case:food{days}", template="food-business-licence",
            holder=mine.actor.applicant, holder_name="马晓燕",
            values={"operator": "示例饭店", "in_charge": "马晓燕", "place": "示例路 1 号",
                    "kind": "餐饮服务", "scope": "热菜、面食等热食", "issued_on": today.isoformat()},
            valid_from=today, valid_until=today + timedelta(days=days), at=moments.now(),
            actor=machine("tests"), issuer="116201020000000276", issuer_name="市场监督管理局",
            division_code="620102000000", item_code="food-business",
        )  # fmt: skip

    return issue


def test_renewal_is_a_button_in_its_time_and_before_it_a_sentence_with_the_first_day(mine, food):
    early = licence_page(mine, food(400))
    assert "离期满还有很久，现在还不能申请延续。" in early
    assert re.search(r"请在期满前 90 个工作日以内申请，从\d{4}年\d+月\d+日起。", early)
    assert "act=renew" not in early
    assert "act=rebuild" in early
    assert "act=renew" in licence_page(mine, food(60))


def test_the_day_a_licence_names_is_the_first_on_which_the_renewal_is_open(mine, food):
    held = food(400)
    [day] = re.findall(r"以内申请，从(\d+)年(\d+)月(\d+)日起", licence_page(mine, held))
    first = datetime(*map(int, day), 12, tzinfo=SHANGHAI)

    def renewal(at):
        ways = journey.list_ways(licence_key=held.key, actor=mine.actor, at=at).ways
        return next(way for way in ways if way.effect == "RENEW")

    assert renewal(first).why_not == ""
    assert renewal(first - timedelta(days=1)).why_not
