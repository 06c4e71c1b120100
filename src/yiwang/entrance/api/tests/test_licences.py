"""Where a licence leads on to, by program: the ways its page shows as buttons."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from yiwang.capability import journey
from yiwang.capability.intake.models import Draft
from yiwang.capability.journey import sample
from yiwang.foundation.libraries import sample as people
from yiwang.kernel import moments
from yiwang.kernel.actor import Role, machine
from yiwang.kernel.moments import legal_date
from yiwang.network.directory import sample as places
from yiwang.support.identity import actions as identity
from yiwang.support.identity import sample as accounts
from yiwang.support.licences import actions as licences

pytestmark = pytest.mark.django_db
ITEM, ROAD = "food-business", "road-occupation"
SCOPES = ["licences:read", "drafts:read", "drafts:write"]


def calling(client, actor, scopes=SCOPES):
    """A program of this person's or official's own."""
    at = moments.now()
    issued = identity.issue_token(
        name="licences", scopes=scopes, actor=actor, at=at, expires_at=at + timedelta(days=1)
    )

    def call(address, body=None, expect=200):
        send = client.post if body is not None else client.get
        answer = send(
            f"/api/v1{address}", body, content_type="application/json",
            headers={"Authorization": f"Bearer {issued.token}"},
        )  # fmt: skip
        assert answer.status_code == expect, answer.content.decode()
        return answer.json()

    return call


@pytest.fixture
def holder(client):
    places.load_chengguan()
    sample.publish(ITEM, at=moments.now())
    return signed_in(client, 5)


def signed_in(client, seed):
    at = moments.now()
    person = people.register_person(seed, at=at)
    accounts.open_person_account(person.reference, at=at)
    actor = accounts.sign_in_client(client, person.reference, at=at)
    client.cookies.clear()
    return actor


@pytest.fixture
def food(holder):
    """A food licence of the holder's that ends in so many days."""

    def issue(days: int):
        today = legal_date(moments.now())
        return licences.issue(
            case=f"case:food{days}", template="food-business-licence", holder=holder.applicant,
            holder_name="示例人",
            values={"operator": "示例饭店", "in_charge": "示例人", "place": "示例路 1 号",
                    "kind": "餐饮服务", "scope": "热菜、面食等热食", "issued_on": today.isoformat()},
            valid_from=today, valid_until=today + timedelta(days=days), at=moments.now(),
            actor=machine("tests"), issuer="116201020000000276", issuer_name="市场监督管理局",
            division_code="620102000000", item_code=ITEM,
        )  # fmt: skip

    return issue


@pytest.fixture
def permit(holder):
    """A permit to dig that holds until in a month."""
    sample.publish(ROAD, at=moments.now(), changes={"valid_from": date(2026, 1, 1)})
    today = legal_date(moments.now())
    said = {
        "holder": "示例人", "way": "挖掘", "road": "酒泉路", "place": "酒泉路 18 号门前", "area": "12.5",
        "purpose": "供水管道更换", "builder": "兰州示例供水工程有限公司",
        "first": today.isoformat(), "last": (today + timedelta(days=30)).isoformat(),
    }  # fmt: skip
    return licences.issue(
        case="case:road", template="road-permit", holder=holder.applicant, holder_name="示例人",
        values=said, valid_from=today, valid_until=today + timedelta(days=31), at=moments.now(),
        actor=machine("tests"), issuer="116201020000000351", issuer_name="城关区住房和城乡建设局",
        division_code="620102000000", item_code=ROAD,
    )  # fmt: skip


def ways_of(call, licence, effect):
    return [
        one for one in call(f"/licences/{licence.key}")["onward"]["ways"] if one["effect"] == effect
    ]


def test_the_holder_is_told_each_way_and_why_one_is_not_open_yet(client, holder, food):
    call = calling(client, holder)
    [early] = ways_of(call, food(400), "RENEW")
    assert (early["title"], early["item_code"]) == ("延续", ITEM)
    assert early["why_not"] == "离期满还有很久，现在还不能申请延续。"
    assert "90 个工作日" in early["remedy"]
    [open_now] = ways_of(call, food(60), "RENEW")
    assert (open_now["why_not"], open_now["questions"]["act"]) == ("", "renew")


def test_a_way_begins_an_application_on_the_licence(client, holder, food):
    call, held = calling(client, holder), food(60)
    [way] = ways_of(call, held, "CANCEL")
    start = {"item_code": way["item_code"], "questions": way["questions"], "licence": held.key}
    begun = call("/drafts", start, expect=201)
    assert held.identifier in begun["answers"].values()
    assert begun["answers"]["act"] == "cancel"


def test_an_open_application_closes_the_ways_and_is_named(client, holder, permit):
    call = calling(client, holder)
    answers = {
        "act": "cancel", "earlier": permit.identifier, "why": "已完工", "contact_name": "罗文博",
        "phone": "13900000005", "delivery": "electronic",
    }  # fmt: skip
    at = moments.now()
    draft = sample.filled(ROAD, holder, answers, at=at, questions={"act": "cancel"})
    before = call(f"/licences/{permit.key}")["onward"]
    assert before["open_case"] is None
    assert {one["effect"] for one in before["ways"] if not one["why_not"]} >= {"CHANGE", "CANCEL"}
    receipt = journey.submit(draft_key=draft, idempotency_key="one", actor=holder, at=at)
    onward = call(f"/licences/{permit.key}")["onward"]
    assert onward["open_case"] == {"key": receipt.case_key, "case_no": receipt.case_no}
    assert {way["why_not"] for way in onward["ways"]} == {journey.LicenceInHand.sentence}


def test_a_licence_that_ended_leads_nowhere(client, holder, food):
    call, held = calling(client, holder), food(60)
    licences.change_state(
        key=held.key, act="revoke", reason="违法取得", at=moments.now(), actor=machine("tests")
    )
    onward = call(f"/licences/{held.key}")["onward"]
    assert onward == {"ways": [], "open_case": None, "later_version": None, "unneeded": []}


def test_officials_see_no_ways_and_strangers_nothing(client, holder, food):
    held, at = food(60), moments.now()
    account = accounts.open_official_account(
        "approver", at=at, grants=((Role.APPROVER, "620102000000", "116201020000000276"),)
    )
    official = accounts.sign_in_client(client, account.subject, at=at)
    client.cookies.clear()
    shown = calling(client, official, ["licences:read"])(f"/licences/{held.key}")
    assert shown["identifier"] == held.identifier
    assert shown["onward"]["ways"] == []
    stranger = calling(client, signed_in(client, 9))
    stranger(f"/licences/{held.key}", expect=404)
    start = {"item_code": ITEM, "questions": {"act": "cancel"}, "licence": held.key}
    stranger("/drafts", start, expect=404)
    assert not Draft.objects.exists()
