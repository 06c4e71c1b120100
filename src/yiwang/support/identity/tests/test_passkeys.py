from datetime import timedelta

import pyotp
import pytest

from yiwang.foundation.libraries import sample as people
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound, NotSignedIn
from yiwang.mechanisms.journal import queries as journal
from yiwang.support.identity import actions, queries, sample
from yiwang.support.identity.definitions import (
    FAILURES_BEFORE_LOCK,
    FAILURES_PER_ADDRESS_BEFORE_LOCK,
    AccountKind,
    Method,
    Origin,
    SecondFactorNeeded,
    TooManyTries,
)
from yiwang.support.identity.definitions.factors import (
    CannotChangePasskeys,
    CannotUsePasskey,
    NeedsStepUp,
)
from yiwang.support.identity.models import Account, Passkey, SignIn
from yiwang.support.identity.tests.authenticator import Authenticator
from yiwang.support.messages import queries as messages

HERE = Origin("198.51.100.7")


def session_of(subject, at):
    return queries.find_session(sample.session_token(subject, at=at), at=at)


def enrol(subject, at, *, device=None, name="我的手机"):
    """A fresh session adds a passkey; the device and the passkey's key."""
    session, device = session_of(subject, at), device or Authenticator()
    asked = actions.begin_passkey(session_key=session.key, actor=session.actor, at=at)
    key = actions.add_passkey(
        session_key=session.key,
        name=name,
        state=asked.state,
        answer=device.make(asked.options),
        actor=session.actor,
        at=at,
    )
    return device, key


def enter(device, at, *, origin=HERE, change=lambda answer: answer):
    asked = actions.begin_passkey_sign_in(at=at)
    answer = change(device.sign(asked.options))
    return actions.sign_in_with_passkey(state=asked.state, answer=answer, origin=origin, at=at)


def acts_of(subject):
    account = queries.find_account(subject)
    return [entry.act for entry in journal.list_entries(subject=f"account:{account.key}")]


def test_a_citizen_signs_in_with_a_passkey_and_nothing_else(person, at):
    device, _ = enrol(person.reference, at)
    signed_in = enter(device, at)
    session = queries.find_session(signed_in.token, at=at)
    assert session.actor.reference == person.reference
    assert session.actor.assurance_level == 4  # what the account was proved to be
    assert SignIn.objects.get(key=session.key).method == Method.PASSKEY
    assert queries.list_passkeys(session.actor)[0].last_used_at == at
    assert "identity.passkey_added" in acts_of(person.reference)
    assert "添加了一把通行密钥" in messages.list_simulated_sms()[0].text


def test_the_question_names_no_person_to_the_device_but_the_masked_name(person, at):
    session = session_of(person.reference, at)
    asked = actions.begin_passkey(session_key=session.key, actor=session.actor, at=at)
    said = asked.options["publicKey"]
    assert said["user"]["name"] == "马**"
    assert said["authenticatorSelection"]["userVerification"] == "required"
    assert said["authenticatorSelection"]["residentKey"] == "required"
    assert people.new_person(1).citizen_id not in str(asked)


def test_an_answer_opens_once(person, at):
    device, _ = enrol(person.reference, at)
    device.counts = False  # synced passkeys do not count: only the spent question stops a replay
    asked = actions.begin_passkey_sign_in(at=at)
    answer = device.sign(asked.options)
    assert actions.sign_in_with_passkey(state=asked.state, answer=answer, origin=HERE, at=at)
    with pytest.raises(CannotUsePasskey):
        actions.sign_in_with_passkey(state=asked.state, answer=answer, origin=HERE, at=at)


def test_a_question_is_good_for_five_minutes_and_not_from_the_future(person, at):
    device, _ = enrol(person.reference, at)
    asked = actions.begin_passkey_sign_in(at=at)
    answer = device.sign(asked.options)
    for when in (at + timedelta(minutes=6), at - timedelta(minutes=1)):
        with pytest.raises(CannotUsePasskey):
            actions.sign_in_with_passkey(state=asked.state, answer=answer, origin=HERE, at=when)


def test_an_answer_to_another_question_is_none(person, at):
    device, _ = enrol(person.reference, at)
    session = session_of(person.reference, at)
    other = actions.begin_step_up(session_key=session.key, actor=session.actor, at=at)
    mine = actions.begin_passkey_sign_in(at=at)
    answer = device.sign(other.options)
    for state in (other.state, mine.state, "", mine.state[:-2] + "xx", "a:b:c"):
        with pytest.raises(CannotUsePasskey):
            actions.sign_in_with_passkey(state=state, answer=answer, origin=HERE, at=at)


def test_a_copied_key_is_noticed_by_its_counter(person, at):
    device, _ = enrol(person.reference, at)
    enter(device, at)
    device.counter -= 1
    with pytest.raises(CannotUsePasskey):
        enter(device, at)


def test_another_origin_and_an_unverified_user_are_refused(person, at):
    device, _ = enrol(person.reference, at)
    device.origin = "https://evil.example"
    with pytest.raises(CannotUsePasskey):
        enter(device, at)
    device.origin, device.verified = Authenticator().origin, False
    with pytest.raises(CannotUsePasskey):
        enter(device, at)


def test_an_unverified_device_is_not_enrolled(person, at):
    device = Authenticator()
    device.verified = False
    with pytest.raises(CannotUsePasskey):
        enrol(person.reference, at, device=device)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "nothing",
        "[]",
        "{}",
        '{"id": 5}',
        '{"id": "x"}',
        "[" * 30_000,
        '{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{"clientDataJSON":"AAAA"}}',
        '{"id":"AAAA","rawId":"////","type":"public-key","response":7}',
    ],
)
def test_whatever_a_hostile_device_says_is_refused(person, at, answer):
    device, _ = enrol(person.reference, at)
    with pytest.raises(CannotUsePasskey):
        enter(device, at, change=lambda _: answer)
    known = Passkey.objects.get().credential
    with pytest.raises(CannotUsePasskey):
        enter(device, at, change=lambda _: answer.replace("AAAA", known))


def test_anothers_key_does_not_open_my_account(person, at):
    mine, _ = enrol(person.reference, at)
    other = people.register_person(2, at=at)
    sample.open_person_account(other.reference, at=at)
    theirs, _ = enrol(other.reference, at)
    theirs.credential_id, theirs.handle = mine.credential_id, mine.handle
    with pytest.raises(CannotUsePasskey):
        enter(theirs, at)


def test_a_disabled_account_and_a_working_account_are_told_the_same(person, official, at):
    device, _ = enrol(person.reference, at)
    work, _ = enrol(official.subject, at)
    actions.disable_account(
        account=queries.find_account(person.reference).key, actor=people.SAMPLER, at=at
    )
    said = set()
    for one in (device, work, Authenticator()):
        with pytest.raises(CannotUsePasskey) as caught:
            enter(one, at)
        said.add((caught.value.sentence, caught.value.remedy))
    assert len(said) == 1


def test_an_address_that_only_fails_must_wait(person, at):
    device, _ = enrol(person.reference, at)
    stranger = Authenticator()
    for _ in range(FAILURES_PER_ADDRESS_BEFORE_LOCK):
        with pytest.raises(CannotUsePasskey):
            enter(stranger, at)
    with pytest.raises(TooManyTries):
        enter(stranger, at)
    signed_in = enter(device, at, origin=Origin("198.51.100.8"))
    assert enter(device, at, origin=Origin(HERE.address, device=signed_in.device))


class TestManaging:
    def test_it_has_a_name_its_owner_may_change(self, person, at):
        _, key = enrol(person.reference, at, name="  旧 手机 ")
        actor = session_of(person.reference, at).actor
        assert queries.list_passkeys(actor)[0].name == "旧 手机"
        actions.rename_passkey(passkey=key, name="平板", actor=actor, at=at)
        assert queries.list_passkeys(actor)[0].name == "平板"
        with pytest.raises(InvalidInput):
            actions.rename_passkey(passkey=key, name=" ", actor=actor, at=at)
        assert acts_of(person.reference).count("identity.passkey_renamed") == 1

    def test_nobody_names_or_removes_anothers(self, person, official, at):
        _, key = enrol(person.reference, at)
        session = session_of(official.subject, at)
        with pytest.raises(NotFound):
            actions.rename_passkey(passkey=key, name="x", actor=session.actor, at=at)
        with pytest.raises(NotFound):
            actions.remove_passkey(passkey=key, session_key=session.key, actor=session.actor, at=at)

    def test_only_who_proved_himself_lately_changes_his_keys(self, person, at):
        _, key = enrol(person.reference, at)
        session, later = session_of(person.reference, at), at + timedelta(minutes=15)
        given = {"session_key": session.key, "actor": session.actor, "at": later}
        with pytest.raises(NeedsStepUp):
            actions.begin_passkey(**given)
        with pytest.raises(NeedsStepUp):
            actions.remove_passkey(passkey=key, **given)
        signed_in = actions.step_up_with_password(password=sample.PASSWORD, origin=HERE, **given)
        assert actions.begin_passkey(**given | {"actor": signed_in.actor})

    def test_a_program_changes_no_keys(self, person, at):
        session = session_of(person.reference, at)
        issued = actions.issue_token(
            name="t",
            scopes=["profile:read"],
            expires_at=at + timedelta(days=1),
            actor=session.actor,
            at=at,
        )
        program = queries.find_token_actor(issued.token, at=at)
        with pytest.raises(NotAllowed):
            actions.begin_passkey(session_key=session.key, actor=program, at=at)

    def test_an_ended_session_changes_no_keys(self, person, at):
        session = session_of(person.reference, at)
        actions.sign_out(session_key=session.key, actor=session.actor, at=at)
        with pytest.raises(NotSignedIn):
            actions.begin_passkey(session_key=session.key, actor=session.actor, at=at)

    def test_one_device_is_enrolled_once_and_ten_at_most(self, person, at):
        device, _ = enrol(person.reference, at)
        with pytest.raises(CannotUsePasskey):
            enrol(person.reference, at, device=device)
        for _ in range(9):
            enrol(person.reference, at)
        with pytest.raises(CannotChangePasskeys):
            enrol(person.reference, at)

    def test_removing_one_ends_the_other_sessions(self, person, at):
        device, key = enrol(person.reference, at)
        stolen = enter(device, at).token
        session = session_of(person.reference, at)
        actions.remove_passkey(passkey=key, session_key=session.key, actor=session.actor, at=at)
        assert queries.find_session(stolen, at=at) is None
        assert SignIn.objects.get(key=session.key).ended_at is None
        with pytest.raises(CannotUsePasskey):
            enter(device, at)
        assert "identity.passkey_removed" in acts_of(person.reference)

    def test_the_last_way_in_cannot_be_removed(self, person, at):
        _, key = enrol(person.reference, at)
        Account.objects.update(password="!", phone_index=None)
        session = session_of(person.reference, at)
        given = {"session_key": session.key, "actor": session.actor, "at": at}
        with pytest.raises(CannotChangePasskeys):
            actions.remove_passkey(passkey=key, **given)
        enrol(person.reference, at)
        actions.remove_passkey(passkey=key, **given)
        assert Passkey.objects.count() == 1


class TestSecondFactor:
    def _needed(self, at):
        needed = actions.sign_in(
            kind=AccountKind.OFFICIAL,
            login="approver",
            password=sample.PASSWORD,
            origin=HERE,
            at=at,
        )
        assert isinstance(needed, SecondFactorNeeded)
        return needed

    def _confirm(self, needed, device, at):
        asked = actions.begin_second_factor(needed=needed, at=at)
        return actions.confirm_with_passkey(
            needed=needed,
            state=asked.state,
            answer=device.sign(asked.options),
            origin=HERE,
            at=at,
        )

    @pytest.mark.parametrize("sample_installation", [True, False])
    def test_an_officials_passkey_is_asked_for_after_the_password(
        self, official, at, settings, sample_installation
    ):
        device, _ = enrol(official.subject, at)
        settings.SAMPLE = sample_installation
        signed_in = self._confirm(self._needed(at), device, at)
        session = queries.find_session(signed_in.token, at=at)
        assert SignIn.objects.get(key=session.key).method == Method.PASSWORD_AND_PASSKEY
        assert queries.find_account(official.subject).has_second_factor

    def test_a_colleagues_passkey_is_none_of_mine_and_guessing_costs_a_wait(self, official, at):
        enrol(official.subject, at)
        colleague = sample.open_official_account("colleague", at=at)
        theirs, _ = enrol(colleague.subject, at)
        needed = self._needed(at)
        for _ in range(FAILURES_BEFORE_LOCK):
            with pytest.raises(CannotUsePasskey):
                self._confirm(needed, theirs, at)
        with pytest.raises(TooManyTries):
            self._confirm(needed, theirs, at)

    def test_a_right_changed_meanwhile_ends_the_half_done_sign_in(self, official, at):
        device, _ = enrol(official.subject, at)
        needed = self._needed(at)
        actions.set_second_factor(account=official.key, actor=people.SAMPLER, at=at)
        with pytest.raises(CannotUsePasskey):
            self._confirm(needed, device, at)

    def test_the_number_goes_on_working_beside_the_passkey(self, official, at):
        enrol(official.subject, at)
        secret = actions.set_second_factor(account=official.key, actor=people.SAMPLER, at=at)
        number = pyotp.TOTP(secret).at(at)
        assert actions.confirm_second_factor(
            needed=self._needed(at), number=number, origin=HERE, at=at
        )

    def test_the_last_second_factor_cannot_be_removed(self, official, at):
        _, key = enrol(official.subject, at)
        session = session_of(official.subject, at)
        with pytest.raises(CannotChangePasskeys):
            actions.remove_passkey(passkey=key, session_key=session.key, actor=session.actor, at=at)
        actions.set_second_factor(account=official.key, actor=people.SAMPLER, at=at)
        session = session_of(official.subject, at)
        actions.remove_passkey(passkey=key, session_key=session.key, actor=session.actor, at=at)
        assert not Passkey.objects.exists()
