"""Acts with a page of their own: every one can be taken by form and by program."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.test import Client

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import CaseView
from yiwang.capability.journey import sample
from yiwang.entrance.desk import case_acts
from yiwang.entrance.desk.act_forms import FORMS
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.kernel.moments import legal_date
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.directory import sample as places
from yiwang.support.identity import sample as accounts

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(db):
    places.load_chengguan()
    places.register_departments()
    return sample.publish_plain(
        at=moments.now(),
        chain=["HANDLE", "APPROVE"],
        special_procedures=["HEARING"],
        delivery={"within": {"amount": 10}, "chosen": "answer:delivery"},
    )


@pytest.fixture
def me(item):
    now = moments.now()
    return sample.citizen(libraries.register_person(5, at=now, born_on=date(1980, 1, 1)))


def signed_in(item, *roles: Role) -> Client:
    """Somebody of the item's body with these roles; without any, somebody of another place."""
    name = "-".join(role.lower() for role in roles).replace("_", "-") or "elsewhere"
    grants = tuple((role, item.division_code, item.department) for role in roles)
    accounts.open_official_account(
        name, at=moments.now(), grants=grants or ((Role.APPROVER, "620103000000", None),)
    )
    client = Client()
    accounts.sign_in_client(client, f"official:{libraries.key_of(f'official/{name}', 0)}")
    return client


def look(case: CaseView, me) -> CaseView:
    return cases.get_case(case.key, me)


def handed_in(me, **answers) -> CaseView:
    receipt = sample.handed_in(me, at=moments.now(), **answers)
    return cases.get_case(receipt.case_key, me)


def page(client: Client, case: CaseView, slug: str = "") -> str:
    response = client.get(f"/desk/cases/{case.key}/{f'acts/{slug}/' if slug else ''}")
    assert response.status_code == 200, (slug, response.status_code)
    return response.content.decode()


def take(client: Client, case: CaseView, slug: str, **given):
    """As a person: open the page, fill in its fields, press its button."""
    text = page(client, case, slug)
    version = re.search(r'name="version" value="(\d+)"', text)[1]
    for name in given:
        assert f'name="{name}"' in text
    return client.post(f"/desk/cases/{case.key}/acts/{slug}/", {"version": version, **given})


def accept(client: Client, case: CaseView, me) -> None:
    seen = look(case, me)
    done = client.post(f"/desk/cases/{case.key}/accept/", {"version": seen.version})
    assert done.status_code == 302


def test_a_case_is_signed_heard_decided_and_handed_over_by_pages_alone(item, me) -> None:
    handler, approver = signed_in(item, Role.HANDLER), signed_in(item, Role.APPROVER)
    clerk, head = signed_in(item, Role.WINDOW_CLERK), signed_in(item, Role.HEAD)
    case = handed_in(me, delivery="window")
    accept(handler, case, me)
    soon = (legal_date(moments.now()) + timedelta(days=9)).isoformat()
    take(handler, case, "begin-special", kind="HEARING", expected_on=soon, reason="涉及相邻权")
    assert "听证" in page(handler, case)
    take(handler, case, "end-special", kind="HEARING", finding="无异议")
    take(handler, case, "forward", proposal="APPROVE", opinion="拟同意，材料属实")
    take(approver, case, "send-back", opinion="图纸再核")
    take(handler, case, "forward", proposal="APPROVE", opinion="已核")
    assert "拟同意，材料属实" in page(approver, case)
    decided = approver.post(
        f"/desk/cases/{case.key}/approve/",
        {"version": look(case, me).version, "reason": "同意"},
    )
    assert decided.status_code == 302
    assert look(case, me).state == "ISSUED"
    take(clerk, case, "deliver", manner="WINDOW", receiver="本人", checked="查验身份证")
    assert look(case, me).state == "CLOSED"
    take(head, case, "revoke", reason="以欺骗手段取得")
    take(head, case, "reopen", ground="COURT", document="（2026）甘01行终9号", reason="重办")
    assert look(case, me).state == "ACCEPTED"
    take(head, case, "terminate", reason="主体已注销")
    assert look(case, me).state == "TERMINATED"


def test_what_is_not_ours_or_another_bodys_is_sent_on_by_pages(item, me) -> None:
    handler, head = signed_in(item, Role.HANDLER), signed_in(item, Role.HEAD)
    case, other = handed_in(me), handed_in(me)
    wrong = take(handler, case, "not-ours", kind="NOT_THIS_BODY", reason="不归本局")
    assert wrong.status_code == 422
    assert "不归本局" in wrong.content.decode()
    take(handler, case, "not-ours", kind="NOT_THIS_BODY", reason="不归本局", where="住建局")
    assert look(case, me).state == "NOT_OURS"
    to = places.department_uscc(places.CHENGGUAN, 2)
    take(head, other, "transfer", department=to, reason="职权划转")
    assert look(other, me).department == to


def test_a_page_of_an_act_that_is_not_open_leads_back_to_the_case(item, me) -> None:
    case = handed_in(me)
    clerk = signed_in(item, Role.WINDOW_CLERK)
    for slug in case_acts.SLUGS:
        response = clerk.get(f"/desk/cases/{case.key}/acts/{slug}/")
        assert response.headers["Location"] == f"/desk/cases/{case.key}/"
    elsewhere = signed_in(item)
    assert elsewhere.get(f"/desk/cases/{case.key}/acts/transfer/").status_code in (403, 404)


def test_two_at_once_and_the_slower_sees_why_and_keeps_what_was_typed(item, me) -> None:
    handler = signed_in(item, Role.HANDLER)
    case = handed_in(me)
    accept(handler, case, me)
    sent = {"version": 1, "proposal": "APPROVE", "opinion": "写了很久的意见"}
    slow = handler.post(f"/desk/cases/{case.key}/acts/forward/", sent)
    assert slow.status_code == 409
    assert "写了很久的意见" in slow.content.decode()


def test_every_act_of_the_table_has_a_step_behind_it() -> None:
    for name, form in FORMS.items():
        assert callable(getattr(journey, name)), name
        assert form.title
        assert form.consequences


def test_letters_handed_over_on_paper_are_chosen_and_receipted(item, me) -> None:
    case = look(cases.get_case(sample.handed_in(me, at=moments.now()).case_key, me), me)
    head = signed_in(item, Role.HANDLER)
    journey.return_for_correction(
        case_key=case.key, version=case.version, problems=["缺"],
        actor=sample.official(item, Role.HANDLER), at=moments.now(),
    )  # fmt: skip
    address = f"/desk/cases/{case.key}/letters/"
    page = head.get(address).content.decode()
    (key,) = re.findall(r'name="keys" value="([0-9a-z]+)"', page)
    wrong = head.post(address, {"keys": [key], "manner": "ELECTRONIC", "receiver": "马某"})
    assert wrong.status_code == 422
    nobody = head.post(address, {"keys": [key], "manner": "WINDOW", "receiver": " "})
    assert nobody.status_code == 422
    done = head.post(address, {"keys": [key], "manner": "WINDOW", "receiver": "马某"})
    assert done.status_code == 302
    assert [one.kind for one in look(case, me).documents][-1] == "DELIVERY"
    assert "有纸质送达回证" in head.get(f"/desk/cases/{case.key}/").content.decode()
    assert "每一份都已经有送达回证" in head.get(address).content.decode()
    assert signed_in(item).get(address).status_code == 404


def test_a_register_is_read_narrowed_and_taken_away_by_pages(item, me) -> None:
    case = look(cases.get_case(sample.handed_in(me, at=moments.now()).case_key, me), me)
    journey.refuse_acceptance(
        case_key=case.key, version=case.version, reason="不属于法定情形",
        actor=sample.official(item, Role.HANDLER), at=moments.now(),
    )  # fmt: skip
    for _ in range(2):
        journal.seal(at=moments.now())
        journal.run_listeners(at=moments.now())
    clerk = signed_in(item, Role.WINDOW_CLERK)
    page = clerk.get("/desk/registers/").content.decode()
    (key,) = re.findall(r'href="/desk/registers/REFUSAL/([0-9a-z]{16})/"', page)
    assert "不属于法定情形" not in page
    entry = clerk.get(f"/desk/registers/REFUSAL/{key}/").content.decode()
    assert "不属于法定情形" in entry
    assert clerk.get(f"/desk/registers/CORRECTION/{key}/").status_code == 404
    assert clerk.get("/desk/registers/ANOTHER/").status_code == 404
    assert "没有记录" in clerk.get("/desk/registers/?until=2020-01-01").content.decode()
    assert clerk.get("/desk/registers/?since=yesterday").status_code == 422
    taken = clerk.post("/desk/registers/REFUSAL/export/")
    assert "不属于法定情形" in taken.content.decode("utf-8-sig")
    elsewhere = signed_in(item)
    assert key not in elsewhere.get("/desk/registers/").content.decode()
    assert elsewhere.get(f"/desk/registers/REFUSAL/{key}/").status_code == 404
    assert (
        "不属于法定情形" not in elsewhere.post("/desk/registers/REFUSAL/export/").content.decode()
    )


def test_originals_travel_and_a_result_is_fetched_by_pages_alone(item, me) -> None:
    key = sample.handed_in(me, at=moments.now(), delivery="window").case_key
    clerk = signed_in(item, Role.WINDOW_CLERK)
    empty = clerk.post(f"/desk/cases/{key}/originals/", {"version": 1, "pieces": " "})
    assert empty.status_code == 422
    taken = clerk.post(f"/desk/cases/{key}/originals/", {"version": 1, "pieces": "房产证 2\n图纸"})
    assert taken.status_code == 302
    page = clerk.get("/desk/originals/").content.decode()
    originals = re.findall(r'href="/desk/originals/([0-9a-z]{16})/"', page)
    assert len(originals) == 2
    assert "房产证 2 份" in page
    there = places.department_uscc(places.CHENGGUAN, 5)
    begun = clerk.post("/desk/bags/", {"sender": item.department, "receiver": there})
    bag = begun["Location"]
    assert clerk.post(f"{bag}pack/", {"version": 1, "original": originals[0]}).status_code == 302
    assert clerk.post(f"{bag}seal/", {"version": 2, "seal_no": ""}).status_code == 422
    assert clerk.post(f"{bag}seal/", {"version": 2, "seal_no": "F7"}).status_code == 302
    assert "封袋的人不能自己交出" in clerk.get(bag).content.decode()
    colleague = signed_in(item, Role.HANDLER)
    assert colleague.post(f"{bag}hand-over/", {"version": 3}).status_code == 302
    back = clerk.post(
        f"/desk/originals/{originals[1]}/give-back/", {"version": 1, "receiver": "本人"}
    )
    assert back.status_code == 302
    assert (
        clerk.post(f"/desk/cases/{key}/shelf/", {"version": 1, "place": "大厅"}).status_code == 409
    )
    assert signed_in(item).get(bag).status_code == 404
