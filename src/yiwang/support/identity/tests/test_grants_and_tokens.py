from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from yiwang.foundation.libraries import queries as libraries
from yiwang.foundation.libraries import sample as people
from yiwang.kernel.actor import Role
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound
from yiwang.support.identity import actions, queries, sample
from yiwang.support.identity.definitions import CannotConfirm, CannotOpenAccount
from yiwang.support.identity.models import Account, ApiToken, RoleGrant

CHENGGUAN = "620102000000"


@pytest.fixture
def security(db, at):
    """Two security administrators."""
    made = []
    for name in ("security-one", "security-two"):
        grants = ((Role.SECURITY_ADMIN, "620000000000", None),)
        account = sample.open_official_account(name, at=at, grants=grants)
        made.append(queries.get_actor(account.key, at=at))
    return made


def _grant(official, actor, at, **more):
    given = {
        "role": Role.APPROVER,
        "division_code": CHENGGUAN,
        "department": None,
        "valid_until": at + timedelta(days=30),
    } | more
    return actions.grant_role(account=official.key, actor=actor, at=at, **given)


class TestGrants:
    def test_a_grant_counts_only_when_a_second_person_confirmed_it(self, official, security, at):
        first, second = security
        grant = _grant(official, first, at)
        assert queries.get_actor(official.key, at=at).grants == ()
        with pytest.raises(CannotConfirm):
            actions.confirm_grant(grant=grant, actor=first, at=at)
        actions.confirm_grant(grant=grant, actor=second, at=at)
        (given,) = queries.get_actor(official.key, at=at).grants
        assert (given.role, given.division_code, given.department) == (
            Role.APPROVER,
            CHENGGUAN,
            None,
        )
        with pytest.raises(CannotConfirm):
            actions.confirm_grant(grant=grant, actor=second, at=at)

    def test_the_database_itself_refuses_a_grant_confirmed_by_its_giver(
        self, official, security, at
    ):
        grant = _grant(official, security[0], at)
        rows = RoleGrant.objects.filter(key=grant)
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(confirmed_by=security[0].reference)

    def test_a_grant_ends_by_itself(self, official, at):
        sample.give(official.key, Role.APPROVER, CHENGGUAN, None, at=at)
        assert queries.get_actor(official.key, at=at + timedelta(days=359)).grants
        assert queries.get_actor(official.key, at=at + timedelta(days=361)).grants == ()

    def test_nobody_grants_himself_or_without_the_role(self, official, security, at):
        account = queries.find_account(security[0].reference)
        with pytest.raises(NotAllowed):
            _grant(account, security[0], at)
        with pytest.raises(NotAllowed):
            _grant(account, queries.get_actor(official.key, at=at), at)

    @pytest.mark.parametrize("days", [-1, 0, 367])
    def test_a_term_is_at_most_a_year(self, official, security, at, days):
        with pytest.raises(InvalidInput):
            _grant(official, security[0], at, valid_until=at + timedelta(days=days))

    def test_a_person_account_gets_no_role(self, person, security, at):
        with pytest.raises(NotFound):
            _grant(queries.find_account(person.reference), security[0], at)


class TestTokens:
    def _issue(self, actor, at, **more):
        given = {
            "name": "脚本",
            "scopes": ["cases:read"],
            "expires_at": at + timedelta(days=30),
        } | more
        return actions.issue_token(actor=actor, at=at, **given)

    @pytest.fixture
    def owner(self, person, at):
        return queries.get_actor(queries.find_account(person.reference).key, at=at)

    def test_a_token_carries_its_scopes_and_is_kept_as_a_digest(
        self, owner, at, django_assert_num_queries
    ):
        token = self._issue(owner, at).token
        with django_assert_num_queries(1):
            actor = queries.find_token_actor(token, at=at)
        assert (actor.reference, actor.scopes) == (owner.reference, frozenset({"cases:read"}))
        assert token not in str(ApiToken.objects.values_list())

    def test_a_token_ends_by_time_or_by_its_owner_only(self, owner, at, official):
        issued = self._issue(owner, at)
        assert queries.find_token_actor(issued.token, at=at + timedelta(days=31)) is None
        with pytest.raises(NotFound):
            actions.revoke_token(
                token=issued.key, actor=queries.get_actor(official.key, at=at), at=at
            )
        actions.revoke_token(token=issued.key, actor=owner, at=at)
        assert queries.find_token_actor(issued.token, at=at) is None

    @pytest.mark.parametrize(
        "wrong", [{"scopes": []}, {"scopes": ["everything"]}, {"expires_at": None}]
    )
    def test_an_unsound_token_is_refused(self, owner, at, wrong):
        if "expires_at" in wrong:
            wrong = {"expires_at": at + timedelta(days=400)}
        with pytest.raises(InvalidInput):
            self._issue(owner, at, **wrong)

    def test_a_token_makes_no_token(self, owner, at):
        actor = queries.find_token_actor(self._issue(owner, at).token, at=at)
        with pytest.raises(NotAllowed):
            self._issue(actor, at)

    def test_twenty_living_tokens_are_enough(self, owner, at):
        for _ in range(20):
            self._issue(owner, at)
        with pytest.raises(InvalidInput):
            self._issue(owner, at)


class TestAccounts:
    def test_one_person_has_one_account(self, person, at):
        with pytest.raises(CannotOpenAccount):
            sample.open_person_account(person.reference, at=at)

    def test_a_phone_belongs_to_one_account(self, person, at):
        twin = people.register_person(10_000_001, at=at)  # same phone as seed 1
        with pytest.raises(CannotOpenAccount):
            sample.open_person_account(twin.reference, at=at)

    def test_a_weak_password_opens_no_account(self, at, db):
        with pytest.raises(InvalidInput):
            actions.create_official_account(
                name="x",
                user_name="y",
                department="",
                password="short",
                actor=people.SAMPLER,
                at=at,
            )

    def test_nothing_personal_is_kept_in_clear(self, person, at):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("select row_to_json(a)::text from identity_account a")
            stored = cursor.fetchone()[0]
        new = people.new_person(1)
        for value in (new.citizen_id, new.phone, "马晓燕"):
            assert value not in stored


class TestFirstAdmins:
    def _appoint(self, one, two, at, actor=people.SAMPLER):
        actions.appoint_first_admins(one=one.key, two=two.key, actor=actor, at=at)

    def test_the_first_two_confirm_each_other_and_there_is_no_second_time(self, official, at):
        other = sample.open_official_account("other", at=at)
        self._appoint(official, other, at)
        for account in (official, other):
            assert queries.get_actor(account.key, at=at).has_role(Role.SECURITY_ADMIN)
        third = sample.open_official_account("third", at=at)
        with pytest.raises(NotAllowed):
            self._appoint(other, third, at)

    def test_one_person_is_not_two(self, official, at):
        with pytest.raises(CannotConfirm):
            self._appoint(official, official, at)

    def test_only_the_machine_itself_may_appoint(self, official, at):
        other = sample.open_official_account("other", at=at)
        with pytest.raises(NotAllowed):
            self._appoint(official, other, at, actor=queries.get_actor(other.key, at=at))


class TestAnOfficialIsAlsoACitizen:
    def test_the_actor_names_the_person_and_older_sessions_end(self, official, security, at):
        epoch = Account.objects.get(key=official.key).epoch
        who = people.register_person(41, at=at)
        number = libraries.find_citizen_id(who.reference)
        with transaction.atomic():
            actions.link_person(account=official.key, citizen_id=number, actor=security[0], at=at)
        assert queries.get_actor(official.key, at=at).person == who.reference
        assert Account.objects.get(key=official.key).epoch == epoch + 1

    def test_a_person_has_one_working_account_and_must_be_registered(self, official, security, at):
        who = people.register_person(41, at=at)
        number = libraries.find_citizen_id(who.reference)
        actions.link_person(account=official.key, citizen_id=number, actor=security[0], at=at)
        other = sample.open_official_account("another", at=at)
        with pytest.raises(CannotOpenAccount):
            actions.link_person(account=other.key, citizen_id=number, actor=security[0], at=at)
        with pytest.raises(NotFound):
            actions.link_person(account=other.key, citizen_id="0" * 18, actor=security[0], at=at)
