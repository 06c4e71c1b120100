from datetime import date

import pytest
from django.db import transaction

from yiwang.capability.cases import actions as case_actions
from yiwang.capability.cases import sample as cases
from yiwang.capability.cases.definitions import Outcome
from yiwang.capability.entitlements import actions as entitlements
from yiwang.capability.entitlements.models import Entitlement
from yiwang.entrance.citizen import holdings
from yiwang.foundation.libraries import sample as people
from yiwang.kernel import moments
from yiwang.kernel.actor import Role, machine
from yiwang.support.identity import sample as identity
from yiwang.support.letters import actions as letters
from yiwang.support.licences import actions as licence_actions
from yiwang.support.licences import sample as licences

pytestmark = pytest.mark.django_db
ME = machine("tests")


def person(client, seed):
    at = moments.now()
    view = people.register_person(seed, at=at)
    identity.open_person_account(view.reference, at=at)
    return identity.sign_in_client(client, view.reference, at=at)


@pytest.fixture
def owner(client):
    return person(client, 1)


@pytest.fixture
def case(owner):
    with transaction.atomic():
        opened = cases.opened(owner, instant=False)
    return opened


@pytest.fixture
def licence(case, owner):
    at = moments.now()
    licences.publish(at)
    return licences.issue(case=case.reference, at=at, actor=ME, holder=owner.reference)


def write(case):
    return letters.request_letter(
        kind="WITHDRAWAL", subject=case.reference, template="", at=moments.now(), actor=ME,
        values={"case_no": "1", "item_name": "示例事项", "addressee": "马晓燕<b>", "body": "民政局",
                "withdrawn_on": "2026年12月8日"},
    )  # fmt: skip


def page(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_the_result_shows_the_licence_as_it_looks_with_its_code(client, case, licence):
    said = page(client, f"/my/cases/{case.key}/result/")
    assert "示例证照已经发出" in said
    assert "样本，不作为法律凭证" in said
    assert "示例—未加盖印章" in said
    assert f"/v/{licence.verify_code}/qr.svg" in said
    assert said.count("<h1") == 1


def test_a_case_without_a_result_says_what_will_be_here(client, case):
    assert "作出决定后" in page(client, f"/my/cases/{case.key}/result/")


def test_a_decision_is_shown_with_reason_and_ways_of_appeal(client, case):
    with transaction.atomic():
        at = moments.now()
        taken = case_actions.to_official(case_key=case.key, actor=ME, at=at)
        accepted = case_actions.accept(
            case_key=case.key, version=taken.version, actor=cases.official(), at=at
        )
        cases.decided(accepted, outcome=Outcome.REJECT, at=at)
    said = page(client, f"/my/cases/{case.key}/result/")
    assert "为什么这样决定" in said
    assert "不服这个决定" in said
    assert 'name="level"' in said


def test_another_persons_result_letter_and_licence_are_not_there(client, case, licence):
    letter = write(case)
    person(client, 2)
    for address in (
        f"/my/cases/{case.key}/result/",
        f"/cases/{case.key}/letters/{letter.key}/",
        f"/cases/{case.key}/letters/{letter.key}/pdf",
        f"/my/licences/{licence.key}/",
        f"/my/licences/{licence.key}/pdf",
    ):
        page(client, address, 404)


def test_a_letter_of_another_case_of_mine_is_not_opened_through_this_one(client, owner, case):
    with transaction.atomic():
        second = cases.opened(owner)
    letter = write(second)
    page(client, f"/cases/{case.key}/letters/{letter.key}/", 404)


def test_a_letter_reads_as_a_page_at_once_and_escapes_its_values(client, case):
    letter = write(case)
    said = page(client, f"/cases/{case.key}/letters/{letter.key}/")
    assert "终止办理通知书" in said
    assert "马晓燕&lt;b&gt;" in said
    assert "PDF 正在制作" in said


def test_the_pdf_says_when_to_come_back_and_then_comes(client, case):
    letter = write(case)
    address = f"/cases/{case.key}/letters/{letter.key}/pdf"
    waiting = client.get(address)
    assert waiting.status_code == 503
    assert waiting["Retry-After"]
    letters.print_letter(key=letter.key, actor=ME, at=moments.now())
    answer = client.get(address)
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Cache-Control"] == "no-store"
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")


def test_the_official_in_charge_opens_the_letter_another_office_does_not(client, case):
    letter, at = write(case), moments.now()
    for name, place, status in (("in", cases.PLACE, 200), ("out", "620103000000", 404)):
        account = identity.open_official_account(
            name, at=at, department=cases.BODY, grants=((Role.APPROVER, place, cases.BODY),)
        )
        identity.sign_in_client(client, account.subject, at=at)
        page(client, f"/cases/{case.key}/letters/{letter.key}/", status)


def test_a_licence_is_shown_and_downloaded(client, licence):
    assert "有效" in page(client, f"/my/licences/{licence.key}/")
    licence_actions.print_licence(key=licence.key, actor=ME, at=moments.now())
    answer = client.get(f"/my/licences/{licence.key}/pdf")
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")


@pytest.fixture
def benefit(case, owner):
    return entitlements.grant(
        case=case.reference, person=owner.reference, benefit="elderly-allowance",
        benefit_name="高龄津贴", monthly_fen=6000, starts_on=date(2026, 12, 1),
        at=moments.now(), actor=ME, account="6217000000000000417",
    )  # fmt: skip


def test_a_benefit_shows_its_sum_and_only_the_end_of_the_account(client, case, benefit):
    said = page(client, f"/my/cases/{case.key}/result/")
    assert "¥60.00" in said
    assert "****0417" in said
    assert "6217000000000000417" not in said


def test_the_account_is_changed_without_script(client, benefit):
    address = f"/my/entitlements/{benefit.key}/"
    given = {"version": "1", "account": "6228 4800 0000 0000", "account_name": "马晓燕"}
    assert client.post(address, given).status_code == 302
    assert Entitlement.objects.get().account == "6228480000000000"


def test_a_wrong_account_is_explained_on_the_page(client, benefit):
    answer = client.post(
        f"/my/entitlements/{benefit.key}/", {"version": "1", "account": "12", "account_name": "x"}
    )
    assert answer.status_code == 422
    assert "账号看起来不对" in answer.content.decode()


def test_an_old_page_cannot_change_the_account(client, benefit):
    given = {"version": "7", "account": "6228480000000000", "account_name": "x"}
    assert client.post(f"/my/entitlements/{benefit.key}/", given).status_code == 409


def test_a_relative_who_applied_reads_the_elders_benefit_and_cannot_change_it(client, owner, case):
    elder = people.register_person(9, at=moments.now())
    granted = entitlements.grant(
        case=case.reference, person=elder.reference, benefit="elderly-allowance",
        benefit_name="高龄津贴", monthly_fen=6000, starts_on=date(2026, 12, 1),
        at=moments.now(), actor=ME, account="6217000000000000417",
    )  # fmt: skip
    address = f"/my/entitlements/{granted.key}/"
    assert f'href="{address}"' in page(client, f"/my/cases/{case.key}/result/")
    said = page(client, address)
    assert "替家里人申请" in said
    assert 'name="account"' not in said
    given = {"version": "1", "account": "6228480000000000", "account_name": "马晓燕"}
    assert client.post(address, given).status_code == 404
    assert Entitlement.objects.get().account == "6217000000000000417"
    person(client, 3)
    page(client, address, 404)
    assert client.post(address, given).status_code == 404


def test_what_i_hold_is_paged_each_list_by_its_own_mark(client, case, licence, owner, monkeypatch):
    at = moments.now()
    second = licences.issue(case="case:second", at=at, actor=ME, holder=owner.reference)
    monkeypatch.setattr(holdings, "_A_PAGE", 1)
    first = page(client, "/my/licences/")
    assert f"/my/licences/{second.key}/" in first
    assert f'href="?licences={second.key}#licences"' in first
    rest = page(client, f"/my/licences/?licences={second.key}")
    assert f"/my/licences/{licence.key}/" in rest
    assert f"/my/licences/{second.key}/" not in rest
    assert page(client, f"/my/licences/?benefits={licence.key}", 404)
