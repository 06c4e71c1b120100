"""Whatever changes somebody's rights shows at his next request, at the latest within a minute."""

from datetime import timedelta

import pytest
from django.test import Client

from yiwang.foundation.libraries import actions as libraries
from yiwang.foundation.libraries import sample as people
from yiwang.foundation.libraries.definitions import OrganizationState
from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.support.identity import actions, queries, sample
from yiwang.support.identity.models import SignIn

pytestmark = pytest.mark.django_db
WHERE = "620102000000"


def _token(actor, *scopes):
    at = moments.now()
    return actions.issue_token(
        name="t", scopes=scopes, expires_at=at + timedelta(days=1), actor=actor, at=at
    ).token


def _api(token, address):
    return Client().get(f"/api/v1/{address}", headers={"Authorization": f"Bearer {token}"})


class TestAnOfficial:
    @pytest.fixture
    def account(self, db):
        return sample.open_official_account("approver", at=moments.now())

    @pytest.fixture
    def grant(self, account):
        return sample.give(account.key, Role.APPROVER, WHERE, None, at=moments.now())

    @pytest.mark.parametrize("change", ["disabled", "password", "more", "less", "factor"])
    def test_a_change_of_role_password_or_state_ends_pages_and_programs(
        self, client, account, grant, change
    ):
        actor = sample.sign_in_client(client, account.subject)
        token, at = _token(actor, "cases:read"), moments.now()
        assert client.get("/desk/").status_code == 200
        assert _api(token, "cases").status_code == 200
        given = {"account": account.key, "actor": people.SAMPLER, "at": at}
        match change:
            case "disabled":
                actions.disable_account(**given)
            case "password":
                actions.change_password(
                    old=sample.PASSWORD, new="Another#Pass9", **given | {"actor": actor}
                )
            case "more":
                sample.give(account.key, Role.HEAD, WHERE, None, at=at)
            case "less":
                actions.revoke_grant(grant=grant, actor=sample.GRANTER, at=at)
            case "factor":
                actions.set_second_factor(**given)
        assert client.get("/desk/")["Location"].startswith("/staff/sign-in/")
        assert _api(token, "cases").status_code == 401


class TestForAFirm:
    @pytest.fixture
    def person(self, db):
        made = people.register_person(1, at=moments.now())
        sample.open_person_account(made.reference, at=moments.now())
        return made.reference

    @pytest.fixture
    def firm(self, person):
        return people.register_organization(
            1, at=moments.now(), legal_representative=person
        ).reference

    def test_who_no_longer_stands_for_the_firm_is_out_within_a_minute(self, client, person, firm):
        actor = sample.sign_in_client(client, person, on_behalf_of=firm)
        token = _token(actor, "messages:read")
        assert client.get("/my/").status_code == 200
        assert _api(token, "messages").status_code == 200
        libraries.end_organization(
            organization=firm,
            state=OrganizationState.REVOKED,
            actor=people.SAMPLER,
            at=moments.now(),
        )
        assert _api(token, "messages").status_code == 401  # a program is asked each time
        SignIn.objects.update(seen_at=moments.now() - timedelta(seconds=61))
        assert client.get("/my/")["Location"].startswith("/sign-in/")
        assert queries.find_account(person).active
