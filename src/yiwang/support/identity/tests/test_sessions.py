from datetime import timedelta

import pytest

from yiwang.foundation.libraries import actions as libraries
from yiwang.foundation.libraries import sample as people
from yiwang.foundation.libraries.definitions import OrganizationState
from yiwang.kernel.actor import Role
from yiwang.kernel.refusals import NotFound, NotSignedIn
from yiwang.mechanisms.journal import queries as journal
from yiwang.support.identity import actions, queries, sample
from yiwang.support.identity.definitions import AccountKind, Origin
from yiwang.support.identity.models import SignIn

CHENGGUAN = "620102000000"


def _alive(token, at):
    return queries.find_session(token, at=at) is not None


def test_a_citizens_session_idles_out_after_thirty_minutes_an_officials_after_fifteen(
    person, official, at
):
    citizen = sample.session_token(person.reference, at=at)
    clerk = sample.session_token(official.subject, at=at)
    assert _alive(citizen, at + timedelta(minutes=29))
    assert not _alive(citizen, at + timedelta(minutes=30))
    assert _alive(clerk, at + timedelta(minutes=14))
    assert not _alive(clerk, at + timedelta(minutes=15))


def test_use_keeps_a_session_alive_but_not_longer_than_twelve_hours(person, at):
    token = sample.session_token(person.reference, at=at)
    moment = at
    while moment < at + timedelta(hours=12):
        session = queries.find_session(token, at=moment)
        assert session is not None
        actions.keep_alive(session_key=session.key, actor=session.actor, at=moment)
        moment += timedelta(minutes=20)
    assert not _alive(token, moment)


def test_who_a_session_belongs_to_is_one_question(person, at, django_assert_num_queries):
    token = sample.session_token(person.reference, at=at)
    with django_assert_num_queries(1):
        assert queries.find_session(token, at=at).actor.reference == person.reference


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(person, at):
    token = sample.session_token(person.reference, at=at)
    session = queries.find_session(token, at=at)
    actions.sign_out(session_key=session.key, actor=session.actor, at=at)
    assert not _alive(token, at)


def test_nobody_ends_anothers_session(person, at):
    other = people.register_person(2, at=at)
    sample.open_person_account(other.reference, at=at)
    mine = queries.find_session(sample.session_token(person.reference, at=at), at=at)
    token = sample.session_token(other.reference, at=at)
    theirs = queries.find_session(token, at=at)
    actions.sign_out(session_key=theirs.key, actor=mine.actor, at=at)
    assert _alive(token, at)


class TestMyList:
    def _mine(self, person, at):
        return queries.find_session(sample.session_token(person.reference, at=at), at=at)

    def _listed(self, session, at):
        found = queries.list_sessions(session.actor, current=session.key, at=at)
        return [(one.key, one.current) for one in found]

    def test_it_shows_the_living_ones_this_one_first(self, person, at):
        mine, other, idle, ended = (self._mine(person, at) for _ in range(4))
        actions.sign_out(session_key=ended.key, actor=ended.actor, at=at)
        later = at + timedelta(minutes=20)
        for one in (mine, other):
            actions.keep_alive(session_key=one.key, actor=one.actor, at=later)
        later += timedelta(minutes=15)
        assert self._listed(mine, later) == [(mine.key, True), (other.key, False)]
        assert idle.key not in dict(self._listed(mine, later))

    def test_one_or_all_others_end_at_once_and_once(self, person, at):
        mine, one, two = (self._mine(person, at) for _ in range(3))
        actions.end_session(session_key=one.key, actor=mine.actor, at=at)
        with pytest.raises(NotFound):
            actions.end_session(session_key=one.key, actor=mine.actor, at=at)
        assert actions.end_other_sessions(session_key=mine.key, actor=mine.actor, at=at) == 1
        assert actions.end_other_sessions(session_key=mine.key, actor=mine.actor, at=at) == 0
        assert self._listed(mine, at) == [(mine.key, True)]
        acts = [e.act for e in journal.list_entries(subject=f"session:{mine.key}")]
        assert acts == ["identity.other_sessions_ended"]
        acts = [e.act for e in journal.list_entries(subject=f"session:{one.key}")]
        assert acts == ["identity.session_ended"]
        assert SignIn.objects.get(key=two.key).ended_at == at

    def test_nobody_ends_anothers(self, person, official, at):
        mine = self._mine(person, at)
        theirs = queries.find_session(sample.session_token(official.subject, at=at), at=at)
        with pytest.raises(NotFound):
            actions.end_session(session_key=theirs.key, actor=mine.actor, at=at)
        actions.end_other_sessions(session_key=mine.key, actor=mine.actor, at=at)
        assert SignIn.objects.get(key=theirs.key).ended_at is None


@pytest.mark.parametrize(
    "change", ["disable", "password", "grant", "revoke", "factor", "person", "recovery"]
)
def test_a_change_of_rights_ends_sessions_and_tokens_at_once(official, at, change):
    grant = sample.give(official.key, Role.APPROVER, CHENGGUAN, None, at=at)
    session = sample.session_token(official.subject, at=at)
    actor = queries.get_actor(official.key, at=at)
    token = actions.issue_token(
        name="t",
        scopes=["desk:read"],
        expires_at=at + timedelta(days=1),
        actor=actor,
        at=at,
    ).token
    assert _alive(session, at)
    assert queries.find_token_actor(token, at=at)
    match change:
        case "disable":
            actions.disable_account(account=official.key, actor=people.SAMPLER, at=at)
        case "password":
            actions.change_password(
                account=official.key,
                old=sample.PASSWORD,
                new="Another#Pass9",
                actor=actor,
                at=at,
            )
        case "grant":
            sample.give(official.key, Role.OPERATOR, CHENGGUAN, None, at=at)
        case "revoke":
            actions.revoke_grant(grant=grant, actor=sample.GRANTER, at=at)
        case "factor":
            actions.set_second_factor(account=official.key, actor=people.SAMPLER, at=at)
        case "person":
            who = people.register_person(5, at=at)
            number = people.new_person(5).citizen_id
            assert who
            actions.link_person(
                account=official.key, citizen_id=number, actor=people.SAMPLER, at=at
            )
        case "recovery":
            one, two = (_security(name, at) for name in ("one", "two"))
            recovery = actions.ask_recovery(
                kind=AccountKind.OFFICIAL, login="approver", reason="x", actor=one, at=at
            )
            actions.confirm_recovery(recovery=recovery, actor=two, at=at)
    assert not _alive(session, at)
    assert queries.find_token_actor(token, at=at) is None


def _security(name, at):
    grants = ((Role.SECURITY_ADMIN, "620000000000", None),)
    account = sample.open_official_account(name, at=at, grants=grants)
    return queries.get_actor(account.key, at=at)


def test_a_role_that_runs_out_is_gone_with_the_next_request(official, at):
    actions.confirm_grant(
        grant=actions.grant_role(
            account=official.key,
            role=Role.APPROVER,
            division_code=CHENGGUAN,
            department=None,
            valid_until=at + timedelta(minutes=5),
            actor=sample.GRANTER,
            at=at,
        ),
        actor=sample.CONFIRMER,
        at=at,
    )
    token = sample.session_token(official.subject, at=at)
    assert queries.find_session(token, at=at).actor.has_role(Role.APPROVER)
    later = at + timedelta(minutes=5)
    assert not queries.find_session(token, at=later).actor.has_role(Role.APPROVER)


class TestActingForAFirm:
    @pytest.fixture
    def firm(self, person, at):
        return people.register_organization(1, at=at, legal_representative=person.reference)

    def _session(self, person, at):
        return queries.find_session(sample.session_token(person.reference, at=at), at=at)

    def _choose(self, session, firm, at):
        return actions.choose_organization(
            session_key=session.key, organization=firm, actor=session.actor, at=at
        )

    def test_the_legal_representative_goes_on_for_the_firm_under_a_new_secret(
        self, person, firm, at
    ):
        session = self._session(person, at)
        acting = self._choose(session, firm.reference, at)
        assert acting.actor.applicant == firm.reference
        assert acting.actor.reference == person.reference
        assert SignIn.objects.get(key=session.key).ended_at == at
        back = self._choose(queries.find_session(acting.token, at=at), None, at)
        assert back.actor.applicant == person.reference

    def test_nobody_goes_on_for_a_firm_he_does_not_represent(self, person, at):
        other = people.register_organization(2, at=at)
        for wanted in (other.reference, "organization:none", ""):
            with pytest.raises(NotFound):
                self._choose(self._session(person, at), wanted, at)

    def test_an_ended_session_chooses_nothing(self, person, firm, at):
        session = self._session(person, at)
        actions.sign_out(session_key=session.key, actor=session.actor, at=at)
        with pytest.raises(NotSignedIn):
            self._choose(session, firm.reference, at)

    def test_who_no_longer_represents_the_firm_is_out_within_a_minute(self, person, firm, at):
        token = self._choose(self._session(person, at), firm.reference, at).token
        libraries.end_organization(
            organization=firm.reference,
            state=OrganizationState.REVOKED,
            actor=people.SAMPLER,
            at=at,
        )
        session = queries.find_session(token, at=at)
        soon = at + timedelta(seconds=60)
        assert not actions.keep_alive(session_key=session.key, actor=session.actor, at=soon)
        assert not _alive(token, soon)


def test_what_is_over_is_cleared_away_and_what_lives_stays(person, at):
    old = sample.session_token(person.reference, at=at)
    session = queries.find_session(old, at=at)
    actions.sign_out(session_key=session.key, actor=session.actor, at=at)
    actions.send_code(phone="19910000001", origin=Origin("203.0.113.7"), at=at)
    assert actions.clear_away(at=at + timedelta(hours=47)) == 0
    later = at + timedelta(days=3)
    living = sample.session_token(person.reference, at=later)
    assert actions.clear_away(at=later) == 5  # a session, a code, three counters
    assert _alive(living, later)
