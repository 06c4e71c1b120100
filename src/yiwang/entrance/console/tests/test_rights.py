from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.network.directory import sample as places
from yiwang.support.identity import actions, queries
from yiwang.support.identity import sample as accounts

pytestmark = pytest.mark.django_db
RIGHTS = "/console/rights/"


def official(name: str, *roles: Role) -> Client:
    at = moments.now()
    grants = tuple((role, places.GANSU, None) for role in roles)
    account = accounts.open_official_account(name, at=at, name=f"官{name}", grants=grants)
    client = Client()
    accounts.sign_in_client(client, account.subject, at=at)
    return client


@pytest.fixture
def first(db) -> Client:
    places.load_chengguan()
    places.register_departments()
    return official("sec1", Role.SECURITY_ADMIN)


@pytest.fixture
def second(first) -> Client:
    return official("sec2", Role.SECURITY_ADMIN)


@pytest.fixture
def newcomer(db):
    return accounts.open_official_account("newcomer", at=moments.now(), name="新来的")


def proposal(**changes):
    last = moments.legal_date(moments.now()) + timedelta(days=30)
    return {
        "user_name": "newcomer",
        "role": "APPROVER",
        "division": places.CHENGGUAN,
        "department": places.department_uscc(places.CHENGGUAN, 1),
        "until": last.isoformat(),
    } | changes


def grants_of(account):
    return queries.get_actor(account.key, at=moments.now()).grants


def page(client: Client, address: str = RIGHTS, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_one_proposes_another_confirms_and_then_it_counts(first, second, newcomer):
    assert first.post(f"{RIGHTS}propose/", proposal()).status_code == 302
    (waiting,) = queries.list_standing_grants(at=moments.now(), waiting=True)
    assert grants_of(newcomer) == ()
    address = f"{RIGHTS}{waiting.grant.key}/confirm/"
    assert address in page(first)
    assert "另一位安全管理员" in page(first, address)
    assert first.post(address).status_code == 409
    asked = page(second, address)
    assert "城关区民政局（示例）" in asked
    assert "审批人" in asked
    assert second.post(address)["Location"] == f"{RIGHTS}?done=confirmed"
    assert [grant.role for grant in grants_of(newcomer)] == [Role.APPROVER]
    assert second.post(address).status_code == 409


def test_a_role_is_taken_back_after_one_more_question(first, newcomer):
    key = accounts.give(newcomer.key, Role.APPROVER, places.CHENGGUAN, None, at=moments.now())
    address = f"{RIGHTS}{key}/end/"
    assert address in page(first)
    assert "马上失效" in page(first, address)
    assert grants_of(newcomer)
    assert first.post(address)["Location"] == f"{RIGHTS}?done=ended"
    assert grants_of(newcomer) == ()
    assert "已经处理过" in page(first, address)
    assert first.post(address).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"user_name": "nobody"}, "user_name"),
        ({"role": "KING"}, "role"),
        ({"division": "62"}, "division"),
        ({"division": "999999999999"}, "division"),
        ({"department": "x"}, "department"),
        ({"until": "soon"}, "until"),
    ],
)
def test_a_wrong_field_is_named_and_the_others_stay(first, newcomer, wrong, field):
    answer = first.post(f"{RIGHTS}propose/", proposal(**wrong))
    said = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#{field}"' in said
    assert f'value="{wrong.get("user_name", "newcomer")}"' in said
    assert queries.list_standing_grants(at=moments.now(), waiting=True) == ()


def test_a_term_that_is_over_or_too_long_is_refused(first, newcomer):
    for until in ("2020-01-01", "2099-01-01"):
        assert first.post(f"{RIGHTS}propose/", proposal(until=until)).status_code == 422


def test_nobody_proposes_a_role_for_himself(first, newcomer):
    answer = first.post(f"{RIGHTS}propose/", proposal(user_name="sec1"))
    assert answer.status_code == 403
    assert "不能给自己授权" in answer.content.decode()


def test_everybody_else_stays_outside(first, newcomer):
    key = accounts.give(newcomer.key, Role.APPROVER, places.CHENGGUAN, None, at=moments.now())
    addresses = (RIGHTS, f"{RIGHTS}propose/", f"{RIGHTS}{key}/confirm/", f"{RIGHTS}{key}/end/")
    other = official("op", Role.OPERATOR, Role.APPROVER)
    for address in addresses:
        page(other, address, 403)
        assert other.post(address).status_code == 403
        assert Client().get(address)["Location"].startswith("/staff/sign-in/")
    assert grants_of(newcomer)
    assert RIGHTS not in page(other, "/console/")


def test_the_bar_leads_only_where_one_may_go(first):
    assert 'href="/console/jobs/"' not in page(first)
    both = official("both", Role.OPERATOR, Role.APPROVER)
    assert RIGHTS not in page(both, "/console/")
    assert 'href="/desk/"' in page(both, "/console/")


def test_the_list_goes_on_where_the_page_ended(first, second):
    at = moments.now()
    one = queries.list_standing_grants(at=at, limit=1)
    rest = queries.list_standing_grants(at=at, after=one[0].position)
    assert len(one) == 1
    assert {row.grant.key for row in one}.isdisjoint({row.grant.key for row in rest})
    assert len(rest) == len(queries.list_standing_grants(at=at)) - 1
    for strange in ("x|y", "|", "2026-01-01|z"):
        assert len(queries.list_standing_grants(at=at, after=strange)) == len(rest) + 1


def test_an_ended_or_expired_role_is_not_listed(first, newcomer):
    at = moments.now()
    key = accounts.give(newcomer.key, Role.APPROVER, places.CHENGGUAN, None, at=at)
    later = at + timedelta(days=400)
    assert queries.list_standing_grants(at=later) == ()
    actions.revoke_grant(grant=key, actor=accounts.GRANTER, at=at)
    assert key not in {row.grant.key for row in queries.list_standing_grants(at=at)}
