"""三员分立, a county's own administrator, stand-ins, and letting somebody go."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from yiwang.kernel.actor import Role
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound
from yiwang.support.identity import actions, queries, sample
from yiwang.support.identity.definitions.duties import CannotBeTwoAdministrators, CannotStandIn
from yiwang.support.identity.models import StandIn
from yiwang.support.identity.tests.conftest import GANSU, QILIHE, staff
from yiwang.support.identity.tests.test_grants_and_tokens import _grant


class TestThreeAdministrators:
    @pytest.mark.parametrize("second", [Role.OPERATOR, Role.AUDITOR])
    def test_of_the_three_nobody_is_two(self, db, at, second):
        one, _actor = staff("yi", at, (Role.SECURITY_ADMIN, GANSU, None))
        _two, granter = staff("er", at, (Role.SECURITY_ADMIN, GANSU, None))
        with pytest.raises(CannotBeTwoAdministrators):
            _grant(one, granter, at, role=second)
        assert _grant(one, granter, at, role=Role.SECURITY_ADMIN)
        assert _grant(one, granter, at, role=Role.APPROVER)

    def test_two_proposals_at_once_do_not_make_two_of_one(self, official, at):
        _one, first = staff("yi", at, (Role.SECURITY_ADMIN, GANSU, None))
        _grant(official, first, at, role=Role.OPERATOR)
        with pytest.raises(CannotBeTwoAdministrators):
            _grant(official, first, at, role=Role.AUDITOR)

    def test_what_is_taken_back_or_over_no_longer_counts(self, official, at):
        _one, first = staff("yi", at, (Role.SECURITY_ADMIN, GANSU, None))
        grant = _grant(official, first, at, role=Role.OPERATOR)
        actions.revoke_grant(grant=grant, actor=first, at=at)
        assert _grant(official, first, at, role=Role.AUDITOR)


class TestLocalAdministrator:
    def test_working_roles_in_the_own_place_given_by_two(self, admin, another, official, at):
        grant = _grant(official, admin, at)
        with pytest.raises(Exception, match="另一个人"):
            actions.confirm_grant(grant=grant, actor=admin, at=at)
        actions.confirm_grant(grant=grant, actor=another, at=at)
        assert queries.get_actor(official.key, at=at).has_role(Role.APPROVER)

    @pytest.mark.parametrize(
        "more",
        [
            {"division_code": QILIHE},
            {"division_code": GANSU},
            *({"role": role} for role in (Role.LOCAL_ADMIN, Role.OPERATOR, Role.AUDITOR)),
            {"role": Role.SECURITY_ADMIN},
        ],
    )
    def test_nothing_elsewhere_and_no_administrator(self, admin, official, at, more):
        with pytest.raises(NotAllowed):
            _grant(official, admin, at, **more)

    def test_another_place_s_proposal_is_neither_confirmed_nor_ended(self, admin, official, at):
        _one, security = staff("yi", at, (Role.SECURITY_ADMIN, GANSU, None))
        grant = _grant(official, security, at, division_code=QILIHE)
        with pytest.raises(NotAllowed):
            actions.confirm_grant(grant=grant, actor=admin, at=at)
        with pytest.raises(NotAllowed):
            actions.revoke_grant(grant=grant, actor=admin, at=at)

    def test_an_account_is_opened_for_a_body_of_the_place_only(self, admin, body, at):
        made, password = actions.open_staff_account(
            user_name="xinlai", name="新来的", department=body, actor=admin, at=at
        )
        assert len(password) >= 20
        assert queries.get_actor(made.key, at=at).grants == ()
        elsewhere = staff("qili", at, (Role.LOCAL_ADMIN, QILIHE, None))[1]
        with pytest.raises(NotAllowed):
            actions.open_staff_account(
                user_name="x", name="x", department=body, actor=elsewhere, at=at
            )
        with pytest.raises(NotFound):
            actions.open_staff_account(user_name="x", name="x", department="0", actor=admin, at=at)

    def test_the_list_shows_the_place_s_staff_only(self, admin, approver, body, at):
        staff("qili", at, (Role.APPROVER, QILIHE, None))
        names = {
            user for _key, _name, user, _body in queries.list_staff(admin, bodies=[body], at=at)
        }
        assert "shen" in names
        assert "qili" not in names
        with pytest.raises(NotAllowed):
            queries.list_staff(approver[1], bodies=[body], at=at)


class TestStandIn:
    def ask(self, approver, colleague, at, actor=None, **more):
        given = {
            "principal": approver[0].key,
            "taker": colleague[0].key,
            "reason": "休假",
            "valid_from": at,
            "valid_until": at + timedelta(days=5),
        } | more
        return actions.ask_stand_in(actor=actor or approver[1], at=at, **given)

    def session(self, colleague, at):
        token = sample.session_token(colleague[1].reference, at=at)
        found = queries.find_session(token, at=at)
        assert found
        return found

    def test_two_decide_and_every_act_says_for_whom(self, approver, colleague, admin, body, at):
        asked = self.ask(approver, colleague, at)
        with pytest.raises(CannotStandIn):
            actions.choose_stand_in(
                session_key=self.session(colleague, at).key,
                stand_in=asked.key,
                actor=colleague[1],
                at=at,
            )
        actions.confirm_stand_in(stand_in=asked.key, actor=admin, at=at)
        opened = actions.choose_stand_in(
            session_key=self.session(colleague, at).key,
            stand_in=asked.key,
            actor=colleague[1],
            at=at,
        )
        session = queries.find_session(opened.token, at=at)
        assert session
        actor = session.actor
        assert actor.reference == colleague[1].reference
        assert actor.on_behalf_of == approver[1].reference
        assert "代" in actor.display_name
        assert {grant.role for grant in actor.grants} == {Role.APPROVER}
        for when in (at + timedelta(days=5), at - timedelta(seconds=1)):
            over = queries.standing_in(colleague[1], asked.key, at=when)
            assert over.grants == ()
        actions.end_stand_in(stand_in=asked.key, actor=approver[1], at=at)
        session = queries.find_session(opened.token, at=at)
        assert session
        assert session.actor.grants == ()
        with pytest.raises(CannotStandIn):
            actions.end_stand_in(stand_in=asked.key, actor=approver[1], at=at)

    def test_neither_of_the_two_nor_the_asker_confirms(self, approver, colleague, admin, at):
        asked = self.ask(approver, colleague, at)
        for actor in (approver[1], colleague[1]):
            with pytest.raises((NotAllowed, CannotStandIn)):
                actions.confirm_stand_in(stand_in=asked.key, actor=actor, at=at)
        by_admin = self.ask(approver, colleague, at, actor=admin)
        with pytest.raises(CannotStandIn):
            actions.confirm_stand_in(stand_in=by_admin.key, actor=admin, at=at)
        rows = StandIn.objects.filter(key=asked.key)
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(confirmed_by=approver[1].reference)

    def test_another_place_settles_nothing(self, approver, colleague, body, at):
        elsewhere = staff("qili", at, (Role.LOCAL_ADMIN, QILIHE, None))[1]
        with pytest.raises(NotAllowed):
            self.ask(approver, colleague, at, actor=elsewhere)
        asked = self.ask(approver, colleague, at)
        for verb in (actions.confirm_stand_in, actions.end_stand_in):
            with pytest.raises(NotAllowed):
                verb(stand_in=asked.key, actor=elsewhere, at=at)

    def test_an_administrator_s_powers_never_pass_on(self, colleague, admin, another, at):
        key = queries.find_account(admin.reference).key
        row = StandIn.objects.create(
            principal_id=key, taker_id=colleague[0].key, reason="x", valid_from=at,
            valid_until=at + timedelta(days=1), asked_by="official:a", asked_at=at,
            confirmed_by="official:b",
        )  # fmt: skip
        assert queries.standing_in(colleague[1], row.key, at=at).grants == ()

    @pytest.mark.parametrize("days", [0, 91])
    def test_a_term_is_at_most_ninety_days(self, approver, colleague, at, days):
        with pytest.raises(InvalidInput):
            self.ask(approver, colleague, at, valid_until=at + timedelta(days=days))
        with pytest.raises(InvalidInput):
            self.ask(approver, approver, at)
        with pytest.raises(InvalidInput):
            self.ask(approver, colleague, at, reason=" ")

    def test_who_stands_in_makes_no_token_and_gives_no_role(
        self, approver, colleague, admin, official, at
    ):
        asked = self.ask(approver, colleague, at)
        actions.confirm_stand_in(stand_in=asked.key, actor=admin, at=at)
        actor = queries.standing_in(colleague[1], asked.key, at=at)
        with pytest.raises(NotAllowed):
            actions.issue_token(
                name="x",
                scopes=["desk:read"],
                expires_at=at + timedelta(days=1),
                actor=actor,
                at=at,
            )
        with pytest.raises(NotAllowed):
            _grant(official, actor, at)


class TestLettingGo:
    def test_roles_stand_ins_and_sessions_end_together(self, approver, colleague, admin, at):
        asked = TestStandIn().ask(approver, colleague, at)
        token = sample.session_token(approver[1].reference, at=at)
        actions.let_go(account=approver[0].key, actor=admin, at=at)
        assert queries.find_session(token, at=at) is None
        assert queries.get_stand_in(asked.key).ended_at == at
        with pytest.raises(NotFound):
            actions.let_go(account=approver[0].key, actor=admin, at=at)

    def test_only_who_administers_all_he_holds_lets_him_go(self, approver, admin, at):
        elsewhere = staff("qili", at, (Role.LOCAL_ADMIN, QILIHE, None))[1]
        for actor in (elsewhere, approver[1]):
            with pytest.raises(NotAllowed):
                actions.let_go(account=approver[0].key, actor=actor, at=at)
        sample.give(approver[0].key, Role.APPROVER, QILIHE, None, at=at)
        with pytest.raises(NotAllowed):
            actions.let_go(account=approver[0].key, actor=admin, at=at)
