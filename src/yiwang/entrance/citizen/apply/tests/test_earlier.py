"""Acting on a licence one holds: what the pages say before, at and after handing in."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.intake import queries as intake
from yiwang.capability.journey import sample
from yiwang.entrance.citizen.apply.tests.conftest import sign_in
from yiwang.kernel import moments
from yiwang.kernel.actor import machine
from yiwang.kernel.moments import legal_date
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
