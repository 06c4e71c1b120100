import time
from datetime import timedelta

import pyotp
import pytest

from yiwang.foundation.libraries import sample as people
from yiwang.mechanisms.journal import queries as journal
from yiwang.support.identity import actions, queries, sample
from yiwang.support.identity.definitions import (
    FAILURES_BEFORE_LOCK,
    FAILURES_PER_ADDRESS_BEFORE_LOCK,
    AccountKind,
    CannotSignIn,
    Origin,
    SecondFactorNeeded,
    TooManyTries,
)
from yiwang.support.identity.models import SignIn, Throttle

HERE = "203.0.113.7"


def _sign_in(login, at, password=sample.PASSWORD, kind=AccountKind.PERSON, address=HERE):
    return actions.sign_in(kind=kind, login=login, password=password, origin=Origin(address), at=at)


def test_a_person_signs_in_by_id_number_phone_or_user_name(person, at):
    for login in (people.new_person(1).citizen_id.lower(), "199 1000 0001", "maxiaoyan"):
        signed_in = _sign_in(login, at)
        assert signed_in.actor.reference == person.reference
        assert signed_in.actor.display_name == "马**"
        session = queries.find_session(signed_in.token, at=at)
        assert session.actor.reference == person.reference


def test_the_secret_is_kept_as_a_digest_only(person, at):
    token = _sign_in("maxiaoyan", at).token
    assert not SignIn.objects.filter(token_digest=token).exists()
    assert SignIn.objects.get().token_digest == queries.token_digest(token)


def test_wrong_unknown_and_disabled_say_the_same(person, official, at):
    account = queries.find_account(person.reference)
    said = set()
    for login, password in (
        ("maxiaoyan", "wrong"),
        ("nobody", "wrong"),
        ("nobody", sample.PASSWORD),
    ):
        with pytest.raises(CannotSignIn) as caught:
            _sign_in(login, at, password)
        said.add((caught.value.sentence, caught.value.remedy, caught.value.status))
    actions.disable_account(account=account.key, actor=people.SAMPLER, at=at)
    with pytest.raises(CannotSignIn) as caught:
        _sign_in("maxiaoyan", at)
    said.add((caught.value.sentence, caught.value.remedy, caught.value.status))
    with pytest.raises(CannotSignIn):
        _sign_in("approver", at)  # an official's account is none at the persons' door
    assert len(said) == 1


def test_another_spelling_of_a_phone_brings_no_more_tries(person, at):
    phone = "19910000001"
    spellings = [phone, f"+86{phone}", f"86{phone}", "1-9-9 1000 0001", "199-1000-0001"]
    assert len(spellings) == FAILURES_BEFORE_LOCK
    for login in spellings:
        with pytest.raises(CannotSignIn):
            _sign_in(login, at, "wrong")
    for login in (*spellings, "19-910000001"):
        with pytest.raises(TooManyTries):
            _sign_in(login, at)


def test_an_unknown_phone_is_locked_in_every_spelling_as_a_known_one_is(person, at):
    for login in ["19910000999", "199-10000999", "1-9910000999", "+8619910000999", "199 10000999"]:
        with pytest.raises(CannotSignIn):
            _sign_in(login, at, "wrong")
    with pytest.raises(TooManyTries):
        _sign_in("1991-0000-999", at)


def test_an_unknown_account_costs_the_same_work(person, at):
    """One hashing each: the faster of several rounds differs by less than half."""

    def fastest(login):
        best = 9.0
        for n in range(3):
            begun = time.process_time()
            with pytest.raises(CannotSignIn):
                _sign_in(login + " " * n, at + timedelta(hours=n), "wrong")
            best = min(best, time.process_time() - begun)
        return best

    known, unknown = fastest("maxiaoyan"), fastest("nobody")
    assert 0.5 < known / unknown < 2


def test_five_failures_lock_the_account_even_for_the_right_password(person, at):
    for _ in range(FAILURES_BEFORE_LOCK):
        with pytest.raises(CannotSignIn):
            _sign_in("maxiaoyan", at, "wrong")
    with pytest.raises(TooManyTries):
        _sign_in("MaXiaoYan ", at)
    assert _sign_in("maxiaoyan", at + timedelta(minutes=16)).actor.reference == person.reference


def test_an_unknown_name_is_locked_like_a_known_one(person, at):
    for _ in range(FAILURES_BEFORE_LOCK):
        with pytest.raises(CannotSignIn):
            _sign_in("nobody", at, "wrong")
    with pytest.raises(TooManyTries):
        _sign_in("nobody", at, "wrong")


def test_an_address_that_tries_many_names_is_locked_for_all_of_them(person, at, monkeypatch):
    monkeypatch.setattr(
        "yiwang.support.identity.actions.signing_in.check_password", lambda *_: False
    )
    for n in range(FAILURES_PER_ADDRESS_BEFORE_LOCK):
        with pytest.raises(CannotSignIn):
            _sign_in(f"name{n}", at)
    monkeypatch.undo()
    with pytest.raises(TooManyTries):
        _sign_in("maxiaoyan", at)
    assert _sign_in("maxiaoyan", at, address="203.0.113.8")


def test_a_success_forgets_the_failures_before_it(person, at):
    for _ in range(FAILURES_BEFORE_LOCK - 1):
        with pytest.raises(CannotSignIn):
            _sign_in("maxiaoyan", at, "wrong")
    _sign_in("maxiaoyan", at)
    for _ in range(FAILURES_BEFORE_LOCK - 1):
        with pytest.raises(CannotSignIn):
            _sign_in("maxiaoyan", at, "wrong")
    assert _sign_in("maxiaoyan", at)


def test_counters_keep_no_name_and_no_address(person, at):
    with pytest.raises(CannotSignIn):
        _sign_in("maxiaoyan", at, "wrong")
    kept = str(list(Throttle.objects.values_list()))
    assert "maxiaoyan" not in kept
    assert HERE not in kept


def test_signing_in_out_and_failing_are_in_the_journal(person, at):
    with pytest.raises(CannotSignIn):
        _sign_in("maxiaoyan", at, "wrong")
    signed_in = _sign_in("maxiaoyan", at)
    session = queries.find_session(signed_in.token, at=at)
    actions.sign_out(session_key=session.key, actor=signed_in.actor, at=at)
    account = queries.find_account(person.reference)
    acts = [e.act for e in journal.list_entries(subject=f"account:{account.key}")]
    assert {"identity.sign_in_failed", "identity.signed_in"} <= set(acts)
    (out,) = journal.list_entries(subject=f"session:{session.key}")
    assert out.act == "identity.signed_out"


class TestSecondFactor:
    def _needed(self, at):
        needed = _sign_in("approver", at, kind=AccountKind.OFFICIAL)
        assert isinstance(needed, SecondFactorNeeded)
        return needed

    def _confirm(self, needed, number, at):
        return actions.confirm_second_factor(
            needed=needed, number=number, origin=Origin(HERE), at=at
        )

    def test_outside_the_sample_a_password_alone_never_lets_an_official_in(
        self, official, at, settings
    ):
        assert _sign_in("approver", at, kind=AccountKind.OFFICIAL).token
        settings.SAMPLE = False
        needed = self._needed(at)
        with pytest.raises(CannotSignIn):
            self._confirm(needed, "000000", at)

    def test_the_shown_number_lets_in_once(self, official, at):
        secret = actions.set_second_factor(account=official.key, actor=people.SAMPLER, at=at)
        number = pyotp.TOTP(secret).at(at)
        assert self._confirm(self._needed(at), number, at).actor.reference == official.subject
        with pytest.raises(CannotSignIn):
            self._confirm(self._needed(at), number, at)
        later = at + timedelta(seconds=90)
        with pytest.raises(CannotSignIn):
            self._confirm(self._needed(later), number, later)

    def test_guessing_numbers_locks(self, official, at):
        actions.set_second_factor(account=official.key, actor=people.SAMPLER, at=at)
        needed = self._needed(at)
        for _ in range(FAILURES_BEFORE_LOCK):
            with pytest.raises(CannotSignIn):
                self._confirm(needed, "000000", at)
        with pytest.raises(TooManyTries):
            self._confirm(needed, "000000", at)

    def test_a_password_changed_meanwhile_ends_the_half_done_sign_in(self, official, at):
        secret = actions.set_second_factor(account=official.key, actor=people.SAMPLER, at=at)
        needed = self._needed(at)
        actor = queries.get_actor(official.key, at=at)
        actions.change_password(
            account=official.key, old=sample.PASSWORD, new="Another#Pass9", actor=actor, at=at
        )
        with pytest.raises(CannotSignIn):
            self._confirm(needed, pyotp.TOTP(secret).at(at), at)
