"""书面授权 on the desk: written down by one clerk, confirmed by another, used at once, ended."""

import io
from datetime import timedelta

import pytest
from django.test import Client

from yiwang.foundation.libraries import queries as libraries
from yiwang.foundation.libraries import sample as people
from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.mechanisms.files import sample as files
from yiwang.mechanisms.files.definitions import Kind
from yiwang.network.directory import sample as places
from yiwang.support.identity import sample as accounts
from yiwang.support.mandates import queries as mandates

HERE = "/desk/mandates/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def clients(item):
    """Two window clerks of one body, one of another, one who is no clerk."""
    made = {}
    for name, serial, role in (
        ("one", 1, Role.WINDOW_CLERK),
        ("two", 1, Role.WINDOW_CLERK),
        ("elsewhere", 2, Role.WINDOW_CLERK),
        ("handler", 1, Role.HANDLER),
    ):
        body = places.department_uscc(places.CHENGGUAN, serial)
        account = accounts.open_official_account(
            name, at=moments.now(), department=body, grants=((role, places.CHENGGUAN, body),)
        )
        made[name] = Client()
        accounts.sign_in_client(made[name], account.subject)
    return made


@pytest.fixture
def parties(item):
    at = moments.now()
    return people.register_person(21, at=at), people.register_person(22, at=at)


def form(parties, **more):
    giver, taker = parties
    until = moments.legal_date(moments.now()) + timedelta(days=30)
    scan = io.BytesIO(files.content(Kind.PNG))
    scan.name = "委托书.png"
    given = {
        "kind": "FAMILY",
        "giver_name": giver.name,
        "giver_citizen_id": libraries.find_citizen_id(giver.reference),
        "taker_name": taker.name,
        "taker_citizen_id": libraries.find_citizen_id(taker.reference),
        "scope": "ALL",
        "acts": ["APPLY", "SEE"],
        "until": until.isoformat(),
        "scan": scan,
        "proof": "电话核实",
        "taker_signed": "1",
    }
    return given | more


def test_two_clerks_and_it_is_used_and_ended(clients, parties):
    made = clients["one"].post(f"{HERE}new/", form(parties))
    page = made["Location"].partition("?")[0]
    assert "要由另一位窗口人员核对" in clients["one"].get(page).content.decode()
    assert clients["one"].post(f"{page}settle/", {"verb": "confirm"}).status_code == 403
    assert parties[0].name in clients["two"].get(HERE).content.decode()
    shown = clients["two"].get(page).content.decode()
    assert "电话核实" in shown
    assert "逐字比对" in shown
    scan = clients["two"].get(f"{page}scan/")
    assert b"PNG" in b"".join(scan)[:8]
    assert clients["two"].post(f"{page}settle/", {"verb": "confirm"}).status_code == 302
    (usable,) = mandates.list_usable_by(parties[1].reference, at=moments.now())
    assert usable.giver == parties[0].reference
    assert clients["two"].post(f"{page}settle/", {"verb": "end"}).status_code == 422
    ended = clients["two"].post(f"{page}settle/", {"verb": "end", "because": "GIVER_CAME"})
    assert ended.status_code == 302
    assert mandates.list_usable_by(parties[1].reference, at=moments.now()) == ()
    assert "已撤回" in clients["two"].get(f"{HERE}?list=ALL").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": ""},
        {"giver_name": "不是他"},
        {"giver_citizen_id": "620102194305060000"},
        {"acts": []},
        {"until": "x"},
        {"until": "2020-01-01"},
        {"scan": ""},
        {"proof": ""},
        {"scope": "SOME", "items": []},
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(clients, parties, wrong):
    answer = clients["one"].post(f"{HERE}new/", form(parties, **wrong))
    assert answer.status_code == 422
    assert parties[1].name in answer.content.decode()
    assert mandates.list_usable_by(parties[1].reference, at=moments.now()) == ()


def test_another_body_and_who_is_no_clerk_see_none(clients, parties):
    page = clients["one"].post(f"{HERE}new/", form(parties))["Location"].partition("?")[0]
    for address in (page, f"{page}scan/"):
        assert clients["elsewhere"].get(address).status_code == 404
        assert clients["handler"].get(address).status_code == 403
    assert parties[0].name not in clients["elsewhere"].get(HERE).content.decode()
    assert clients["elsewhere"].post(f"{page}settle/", {"verb": "confirm"}).status_code == 404


def test_a_firm_names_its_agent_on_paper(clients, parties):
    firm = people.register_organization(
        31, at=moments.now(), legal_representative=parties[0].reference
    )
    about = {"kind": "FIRM_AGENT", "giver_name": firm.name, "giver_citizen_id": firm.uscc}
    assert clients["one"].post(f"{HERE}new/", form(parties, **about)).status_code == 302
    about["giver_name"] = "别的单位"
    assert clients["one"].post(f"{HERE}new/", form(parties, **about)).status_code == 422
