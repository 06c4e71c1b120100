import re
from datetime import timedelta

import pyotp
import pytest

from yiwang.foundation.libraries import sample as people
from yiwang.kernel.refusals import NotSignedIn
from yiwang.mechanisms.journal import queries as journal
from yiwang.support.identity import actions, queries, sample
from yiwang.support.identity.definitions import FAILURES_BEFORE_LOCK, Origin, TooManyTries
from yiwang.support.identity.definitions.factors import (
    RAISED_FOR,
    CannotStepUp,
    NeedsStepUp,
    Proof,
)
from yiwang.support.identity.drivers.face_simulator import NoFaceCheck
from yiwang.support.identity.models import Account
from yiwang.support.identity.tests.authenticator import Authenticator
from yiwang.support.identity.tests.test_passkeys import enrol, session_of
from yiwang.support.messages import queries as messages

HERE = Origin("198.51.100.7")


@pytest.fixture
def session(person, at):
    return session_of(person.reference, at)


def level(token, at):
    return queries.find_session(token, at=at).actor.assurance_level


def _face(session, at, given="pass"):
    return actions.step_up_with_face(
        session_key=session.key, given=given, actor=session.actor, origin=HERE, at=at
    )


def _password(session, at, password=sample.PASSWORD):
    return actions.step_up_with_password(
        session_key=session.key, password=password, actor=session.actor, origin=HERE, at=at
    )


def _passkey(session, device, at):
    asked = actions.begin_step_up(session_key=session.key, actor=session.actor, at=at)
    return actions.step_up_with_passkey(
        session_key=session.key,
        state=asked.state,
        answer=device.sign(asked.options),
        actor=session.actor,
        origin=HERE,
        at=at,
    )


def test_a_password_makes_three_whatever_the_account_was_proved_to_be(session):
    assert session.actor.assurance_level == 3
    queries.insist_on_assurance(session.actor, level=3)
    with pytest.raises(NeedsStepUp) as caught:
        queries.insist_on_assurance(session.actor, level=4)
    assert caught.value.status == 403
    assert caught.value.level == 4
    assert caught.value.as_json()["refusal"]["fields"][0]["sentence"] == "4"


def test_a_face_check_makes_four_for_half_an_hour_in_this_session_alone(person, session, at):
    other = sample.session_token(person.reference, at=at)
    raised = _face(session, at)
    assert raised.actor.assurance_level == 4
    assert level(raised.token, at + RAISED_FOR - timedelta(minutes=1)) == 4
    actions.keep_alive(session_key=session.key, actor=session.actor, at=at + timedelta(minutes=5))
    assert level(raised.token, at + RAISED_FOR) == 3
    assert level(other, at) == 3


def test_the_session_gets_a_new_secret_and_the_old_one_is_dead(person, at):
    old = sample.session_token(person.reference, at=at)
    session = queries.find_session(old, at=at)
    raised = _face(session, at)
    assert queries.find_session(old, at=at) is None
    assert queries.find_session(raised.token, at=at).key == session.key


def test_a_simulated_check_says_so_in_the_journal_and_exists_in_the_sample_only(
    person, session, at, settings
):
    _face(session, at)
    account = queries.find_account(person.reference)
    entry = journal.list_entries(subject=f"account:{account.key}")[-1]
    assert (entry.act, entry.facts["simulated"]) == ("identity.stepped_up", True)
    settings.SAMPLE = False
    with pytest.raises(NoFaceCheck):
        _face(session, at)
    asked = queries.find_step_up(session.actor, session_key=session.key, wanted=4, at=at)
    assert Proof.FACE not in asked.proofs


def test_a_passkey_raises_to_what_the_account_was_proved_to_be(person, at):
    device, _ = enrol(person.reference, at)
    Account.objects.update(assurance_level=5)
    session = session_of(person.reference, at)
    assert session.actor.assurance_level == 3
    assert _passkey(session, device, at).actor.assurance_level == 5


def test_a_strangers_passkey_raises_nothing(person, at):
    enrol(person.reference, at)
    with pytest.raises(CannotStepUp):
        _passkey(session_of(person.reference, at), Authenticator(), at)


def test_an_answer_given_for_one_session_is_none_for_another(person, at):
    device, _ = enrol(person.reference, at)
    one, two = session_of(person.reference, at), session_of(person.reference, at)
    asked = actions.begin_step_up(session_key=one.key, actor=one.actor, at=at)
    with pytest.raises(CannotStepUp):
        actions.step_up_with_passkey(
            session_key=two.key,
            state=asked.state,
            answer=device.sign(asked.options),
            actor=two.actor,
            origin=HERE,
            at=at,
        )


def _code(session, at):
    actions.send_step_up_code(session_key=session.key, actor=session.actor, at=at)
    return re.search(r"\d{6}", messages.list_simulated_sms()[0].text).group()


def _with_code(session, code, at, citizen_id=None):
    return actions.step_up_with_code(
        session_key=session.key,
        citizen_id=citizen_id or people.new_person(1).citizen_id,
        code=code,
        actor=session.actor,
        origin=HERE,
        at=at,
    )


def test_code_and_number_make_three_of_a_two(session, at):
    Account.objects.update(assurance_level=2)
    code = _code(session, at)
    assert _with_code(session, code, at).actor.assurance_level == 3


def test_a_right_code_with_anothers_number_raises_nothing_and_is_used_up(session, at):
    code = _code(session, at)
    with pytest.raises(CannotStepUp):
        _with_code(session, code, at, citizen_id=people.new_person(2).citizen_id)
    with pytest.raises(CannotStepUp):
        _with_code(session, code, at)


def test_a_code_asked_for_in_one_session_is_good_there_alone(person, session, at):
    code = _code(session, at)
    with pytest.raises(CannotStepUp):
        _with_code(session_of(person.reference, at), code, at)


def test_a_second_code_waits_a_minute(session, at):
    _code(session, at)
    with pytest.raises(TooManyTries):
        actions.send_step_up_code(session_key=session.key, actor=session.actor, at=at)


def test_without_a_phone_no_code_is_sent(session, at):
    Account.objects.update(phone_index=None)
    with pytest.raises(CannotStepUp):
        actions.send_step_up_code(session_key=session.key, actor=session.actor, at=at)


def test_guessing_costs_a_wait_and_every_failure_is_in_the_journal(person, session, at):
    for _ in range(FAILURES_BEFORE_LOCK):
        with pytest.raises(CannotStepUp):
            _password(session, at, "wrong")
    with pytest.raises(TooManyTries):
        _password(session, at)
    account = queries.find_account(person.reference)
    entries = journal.list_entries(subject=f"account:{account.key}")
    failed = [entry for entry in entries if entry.act == "identity.step_up_failed"]
    assert len(failed) == FAILURES_BEFORE_LOCK
    assert {entry.result for entry in failed} == {"REFUSED"}


def test_a_weaker_proof_does_not_lengthen_a_stronger_one(session, at):
    raised = _face(session, at)
    later = at + timedelta(minutes=20)
    actions.keep_alive(session_key=session.key, actor=session.actor, at=at + timedelta(minutes=10))
    again = _password(session, later)
    assert again.actor.assurance_level == 4
    assert level(again.token, at + RAISED_FOR - timedelta(minutes=1)) == 4
    assert level(again.token, at + RAISED_FOR) == 3
    assert raised.token != again.token


def test_an_ended_session_is_not_raised(session, at):
    actions.sign_out(session_key=session.key, actor=session.actor, at=at)
    with pytest.raises(NotSignedIn):
        _face(session, at)


def test_an_official_with_a_second_factor_gives_it_not_the_password(official, at):
    session = session_of(official.subject, at)
    assert _password(session, at)
    secret = actions.set_second_factor(account=official.key, actor=people.SAMPLER, at=at)
    session = session_of(official.subject, at)
    with pytest.raises(CannotStepUp):
        _password(session, at)
    assert actions.step_up_with_totp(
        session_key=session.key,
        number=pyotp.TOTP(secret).at(at),
        actor=session.actor,
        origin=HERE,
        at=at,
    )


def test_a_program_is_never_more_than_a_password(person, session, at):
    raised = _face(session, at)
    issued = actions.issue_token(
        name="t",
        scopes=["drafts:write"],
        expires_at=at + timedelta(days=1),
        actor=raised.actor,
        at=at,
    )
    assert queries.find_token_actor(issued.token, at=at).assurance_level == 3


def test_what_is_offered_reaches_what_is_asked(person, session, at):
    def offered(wanted):
        return queries.find_step_up(
            session.actor, session_key=session.key, wanted=wanted, at=at
        ).proofs

    assert offered(3) == (Proof.FACE, Proof.CODE_AND_ID, Proof.PASSWORD)
    assert offered(4) == (Proof.FACE,)
    assert offered(5) == ()


def test_going_on_for_a_firm_keeps_what_was_proved(person, session, at):
    firm = people.register_organization(1, at=at, legal_representative=person.reference)
    raised = _face(session, at)
    acting = actions.choose_organization(
        session_key=session.key, organization=firm.reference, actor=raised.actor, at=at
    )
    assert acting.actor.assurance_level == 4
    assert acting.actor.applicant == firm.reference
