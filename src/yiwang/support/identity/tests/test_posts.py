"""岗位: bundles of roles, given by two people, felt at once when they end."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from yiwang.kernel.actor import Role
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound
from yiwang.support.identity import actions, queries, sample
from yiwang.support.identity.definitions import CannotConfirm
from yiwang.support.identity.definitions.duties import (
    CannotBeTwoAdministrators,
    CannotDefinePost,
)
from yiwang.support.identity.models import Post, RoleGrant
from yiwang.support.identity.tests.conftest import CHENGGUAN, GANSU, QILIHE, staff

BOTH = (Role.HANDLER, Role.REVIEWER)


def define(admin, body, at, name="食品许可岗", roles=BOTH, **more):
    given = {"division_code": CHENGGUAN, "department": body} | more
    return actions.define_post(name=name, roles=roles, actor=admin, at=at, **given)


def appoint(account, post, admin, at, **more):
    given = {"valid_until": at + timedelta(days=30)} | more
    return actions.grant_post(account=account.key, post=post.key, actor=admin, at=at, **given)


@pytest.fixture
def post(admin, body, at):
    return define(admin, body, at)


@pytest.fixture
def holder(post, admin, another, body, at):
    """An official with nothing but the post."""
    account, _nothing = staff("gang", at, department=body)
    grant = appoint(account, post, admin, at)
    actions.confirm_grant(grant=grant, actor=another, at=at)
    return account


class TestGiving:
    def test_a_post_gives_all_of_its_roles_once_a_second_person_confirmed(
        self, post, admin, another, body, at
    ):
        account, nobody = staff("gang", at, department=body)
        grant = appoint(account, post, admin, at)
        assert queries.get_actor(account.key, at=at).grants == nobody.grants == ()
        with pytest.raises(CannotConfirm):
            actions.confirm_grant(grant=grant, actor=admin, at=at)
        actions.confirm_grant(grant=grant, actor=another, at=at)
        held = queries.get_actor(account.key, at=at).grants
        assert {one.role for one in held} == set(BOTH)
        assert {(one.post, one.post_name) for one in held} == {(post.key, "食品许可岗")}
        (listed,) = queries.list_standing_grants_of(account.key, at=at)
        assert listed.role_label == "食品许可岗（承办人、审核人）"

    def test_somebody_may_hold_several_posts(self, holder, admin, another, body, at):
        second = define(admin, body, at, name="窗口岗", roles=(Role.WINDOW_CLERK,))
        actions.confirm_grant(grant=appoint(holder, second, admin, at), actor=another, at=at)
        held = queries.get_actor(holder.key, at=at).grants
        assert {one.post_name for one in held} == {"食品许可岗", "窗口岗"}

    def test_from_and_until_are_kept_to_the_moment(self, post, admin, another, body, at):
        account, _nobody = staff("gang", at, department=body)
        begins, ends = at + timedelta(days=3), at + timedelta(days=5)
        grant = appoint(account, post, admin, at, valid_from=begins, valid_until=ends)
        actions.confirm_grant(grant=grant, actor=another, at=at)
        for when, holds in (
            (begins - timedelta(seconds=1), False),
            (begins, True),
            (ends - timedelta(seconds=1), True),
            (ends, False),
        ):
            assert bool(queries.get_actor(account.key, at=when).grants) is holds

    def test_a_term_that_is_over_or_begins_before_now_is_refused(self, post, admin, body, at):
        account, _nobody = staff("gang", at, department=body)
        for more in (
            {"valid_until": at},
            {"valid_until": at + timedelta(days=400)},
            {"valid_from": at - timedelta(days=1)},
        ):
            with pytest.raises(InvalidInput):
                appoint(account, post, admin, at, **more)

    def test_nobody_gives_himself_a_post(self, post, admin, at):
        mine = queries.find_account(admin.reference)
        with pytest.raises(NotAllowed):
            appoint(mine, post, admin, at)

    def test_colleagues_with_the_post_are_found_by_its_roles(self, holder, body, at):
        found = queries.list_colleagues(
            division_code=CHENGGUAN, department=body, roles=(Role.REVIEWER,), at=at
        )
        assert holder.subject in {one.reference for one in found}


class TestDefining:
    def test_nobody_bundles_what_he_may_not_give(self, admin, body, at):
        for more in (
            {"roles": (Role.HANDLER, Role.SECURITY_ADMIN)},
            {"division_code": QILIHE},
            {"division_code": GANSU, "department": None},
        ):
            with pytest.raises(NotAllowed):
                define(admin, body, at, **more)

    def test_no_post_makes_two_administrators_of_one(self, body, at):
        _one, security = staff("yi", at, (Role.SECURITY_ADMIN, GANSU, None))
        with pytest.raises(CannotBeTwoAdministrators):
            define(security, body, at, roles=(Role.OPERATOR, Role.AUDITOR))
        operators = define(security, body, at, roles=(Role.OPERATOR, Role.HANDLER))
        account, _auditor = staff("er", at, (Role.AUDITOR, GANSU, None))
        with pytest.raises(CannotBeTwoAdministrators):
            appoint(account, operators, security, at)

    def test_a_name_is_taken_once_in_a_body_until_the_post_is_ended(self, post, admin, body, at):
        with pytest.raises(CannotDefinePost):
            define(admin, body, at, roles=(Role.APPROVER,))
        actions.end_post(post=post.key, actor=admin, at=at)
        assert define(admin, body, at).key != post.key

    def test_it_has_a_name_and_a_role(self, admin, body, at):
        for more in ({"name": " "}, {"name": "岗" * 31}, {"roles": ()}):
            with pytest.raises(InvalidInput):
                define(admin, body, at, **more)

    def test_the_database_takes_neither_an_empty_post_nor_a_grant_of_both(self, post, at, holder):
        with pytest.raises(IntegrityError), transaction.atomic():
            Post.objects.filter(key=post.key).update(roles=[])
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleGrant.objects.filter(post=post.key).update(role=Role.HEAD)

    def test_another_place_s_administrator_sees_and_ends_none(self, post, body, at):
        elsewhere = staff("qili", at, (Role.LOCAL_ADMIN, QILIHE, None))[1]
        assert queries.list_posts(elsewhere, at=at) == ()
        with pytest.raises(NotFound):
            queries.get_post(post.key, elsewhere)
        with pytest.raises(NotAllowed):
            actions.end_post(post=post.key, actor=elsewhere, at=at)

    def test_the_list_counts_who_holds_it(self, post, holder, admin, approver, at):
        (listed,) = queries.list_posts(admin, at=at)
        assert (listed.name, listed.holders) == ("食品许可岗", 1)
        (held,) = queries.list_standing_grants_of_post(post.key, at=at)
        assert held.subject == holder.subject
        with pytest.raises(NotAllowed):
            queries.list_posts(approver[1], at=at)


class TestEnding:
    def test_an_ended_post_takes_roles_sessions_and_tokens_with_it(self, post, holder, admin, at):
        token = sample.session_token(holder.subject, at=at)
        issued = actions.issue_token(
            name="x",
            scopes=["desk:read"],
            expires_at=at + timedelta(days=1),
            actor=queries.get_actor(holder.key, at=at),
            at=at,
        )
        assert queries.find_session(token, at=at)
        actions.end_post(post=post.key, actor=admin, at=at)
        assert queries.find_session(token, at=at) is None
        assert queries.find_token_actor(issued.token, at=at) is None
        assert queries.get_actor(holder.key, at=at).grants == ()
        assert queries.list_posts(admin, at=at) == ()
        with pytest.raises(NotFound):
            actions.end_post(post=post.key, actor=admin, at=at)

    def test_what_waits_for_it_is_neither_confirmed_nor_proposed_any_more(
        self, post, admin, another, body, at
    ):
        account, _nobody = staff("gang", at, department=body)
        grant = appoint(account, post, admin, at)
        actions.end_post(post=post.key, actor=admin, at=at)
        with pytest.raises(CannotConfirm):
            actions.confirm_grant(grant=grant, actor=another, at=at)
        with pytest.raises(NotFound):
            appoint(account, post, admin, at)

    def test_taking_the_post_back_from_one_leaves_it_to_the_others(
        self, post, holder, admin, another, body, at
    ):
        account, _nobody = staff("lei", at, department=body)
        actions.confirm_grant(grant=appoint(account, post, admin, at), actor=another, at=at)
        (mine,) = queries.list_standing_grants_of(holder.key, at=at)
        actions.revoke_grant(grant=mine.grant.key, actor=admin, at=at)
        assert queries.get_actor(holder.key, at=at).grants == ()
        assert len(queries.get_actor(account.key, at=at).grants) == 2


class TestStandingIn:
    @pytest.fixture
    def two_posts(self, holder, admin, another, body, at):
        second = define(admin, body, at, name="负责人岗", roles=(Role.HEAD,))
        actions.confirm_grant(grant=appoint(holder, second, admin, at), actor=another, at=at)
        return holder, second

    def ask(self, holder, colleague, post, at):
        return actions.ask_stand_in(
            principal=holder.key,
            taker=colleague[0].key,
            reason="休假",
            valid_from=at,
            valid_until=at + timedelta(days=5),
            post=post,
            actor=queries.get_actor(holder.key, at=at),
            at=at,
        )

    def test_of_one_post_only_its_roles_are_taken_over(self, two_posts, post, colleague, admin, at):
        holder, head = two_posts
        asked = self.ask(holder, colleague, head.key, at)
        actions.confirm_stand_in(stand_in=asked.key, actor=admin, at=at)
        actor = queries.standing_in(colleague[1], asked.key, at=at)
        assert {grant.role for grant in actor.grants} == {Role.HEAD}
        assert actor.display_name.endswith("，负责人岗）")
        actions.end_post(post=head.key, actor=admin, at=at)
        assert queries.standing_in(colleague[1], asked.key, at=at).grants == ()
        assert queries.get_stand_in(asked.key).ended_at == at

    def test_a_post_the_principal_does_not_hold_is_refused(
        self, holder, colleague, admin, body, at
    ):
        other = define(admin, body, at, name="别的岗", roles=(Role.HEAD,))
        with pytest.raises(InvalidInput):
            self.ask(holder, colleague, other.key, at)
