from datetime import timedelta

import pyotp
import pytest

from yiwang.foundation.libraries import sample as people
from yiwang.kernel.actor import Role
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.journal import queries as journal
from yiwang.support.identity import actions, queries, sample
from yiwang.support.identity.definitions import (
    FAILURES_BEFORE_LOCK,
    AccountKind,
    CannotSignIn,
    Origin,
    SecondFactorNeeded,
    TooManyTries,
)
from yiwang.support.identity.definitions.factors import CannotRecover, CannotUsePasskey
from yiwang.support.identity.models import Account
from yiwang.support.identity.tests.test_passkeys import enrol, enter, session_of
from yiwang.support.messages import queries as messages

HERE = Origin("198.51.100.7")
NEW = "Found#Again9"
WHERE = "620102000000"


def _official(name, role, at):
    account = sample.open_official_account(name, at=at, grants=((role, WHERE, None),))
    return queries.get_actor(account.key, at=at)


@pytest.fixture
def clerk(db, at):
    return _official("clerk", Role.WINDOW_CLERK, at)


@pytest.fixture
def head(db, at):
    return _official("head", Role.HEAD, at)


@pytest.fixture
def security(db, at):
    return [_official(f"security-{n}", Role.SECURITY_ADMIN, at) for n in (1, 2)]


def _ask(actor, at, *, kind=AccountKind.PERSON, login=None, reason="核对身份证原件", **more):
    return actions.ask_recovery(
        kind=kind,
        login=login or people.new_person(1).citizen_id,
        reason=reason,
        actor=actor,
        at=at,
        **more,
    )


def _recover(code, at, *, login="maxiaoyan", new=NEW, kind=AccountKind.PERSON):
    return actions.recover(kind=kind, login=login, code=code, new=new, origin=HERE, at=at)


def test_two_officials_open_a_new_way_in_and_close_the_old_ones(person, clerk, head, at):
    device, _ = enrol(person.reference, at)
    old = sample.session_token(person.reference, at=at)
    recovery = _ask(clerk, at)
    assert queries.find_session(old, at=at)  # nothing happens before the second person
    assert [row.key for row in queries.list_recoveries(head)] == [recovery]
    code = actions.confirm_recovery(recovery=recovery, actor=head, at=at)
    assert any("由窗口找回" in sms.text for sms in messages.list_simulated_sms())
    assert queries.find_session(old, at=at) is None
    with pytest.raises(CannotUsePasskey):
        enter(device, at)
    with pytest.raises(CannotSignIn):
        actions.sign_in(
            kind=AccountKind.PERSON,
            login="maxiaoyan",
            password=sample.PASSWORD,
            origin=HERE,
            at=at,
        )
    signed_in = _recover(f"{code[:4]}-{code[4:8].lower()} {code[8:]}", at)
    assert signed_in.actor.reference == person.reference
    assert queries.find_session(signed_in.token, at=at)
    assert actions.sign_in(
        kind=AccountKind.PERSON, login="maxiaoyan", password=NEW, origin=HERE, at=at
    )
    account = queries.find_account(person.reference)
    acts = [entry.act for entry in journal.list_entries(subject=f"account:{account.key}")]
    wanted = ["identity.recovery_asked", "identity.recovery_confirmed", "identity.recovered"]
    assert [act for act in acts if act in wanted] == wanted


def test_a_code_is_good_once_and_for_a_day(person, clerk, head, at):
    code = actions.confirm_recovery(recovery=_ask(clerk, at), actor=head, at=at)
    with pytest.raises(CannotSignIn):
        _recover(code, at + timedelta(hours=24))
    _recover(code, at)
    with pytest.raises(CannotSignIn):
        _recover(code, at)


def test_the_one_who_asks_does_not_confirm(person, clerk, at):
    with pytest.raises(CannotRecover):
        actions.confirm_recovery(recovery=_ask(clerk, at), actor=clerk, at=at)


def test_it_is_confirmed_once_and_dropped_only_before(person, clerk, head, at):
    recovery = _ask(clerk, at)
    actions.confirm_recovery(recovery=recovery, actor=head, at=at)
    for act in (actions.confirm_recovery, actions.drop_recovery):
        with pytest.raises(CannotRecover):
            act(recovery=recovery, actor=head, at=at)


def test_what_was_dropped_changes_nothing(person, clerk, head, at):
    session = session_of(person.reference, at)
    recovery = _ask(clerk, at)
    actions.drop_recovery(recovery=recovery, actor=head, at=at)
    assert session_of(person.reference, at).actor == session.actor
    assert queries.list_recoveries(clerk) == ()
    assert _ask(clerk, at) != recovery


def test_one_waits_at_a_time_and_a_lost_code_is_void_after_a_new_asking(person, clerk, head, at):
    recovery = _ask(clerk, at)
    with pytest.raises(CannotRecover):
        _ask(head, at)
    code = actions.confirm_recovery(recovery=recovery, actor=head, at=at)
    _ask(clerk, at)
    with pytest.raises(CannotSignIn):
        _recover(code, at)


def test_a_lost_number_gets_no_codes_any_more(person, clerk, head, at):
    recovery = _ask(clerk, at, phone_lost=True)
    actions.confirm_recovery(recovery=recovery, actor=head, at=at)
    assert messages.list_simulated_sms() == ()
    assert Account.objects.get(subject=person.reference).phone_index is None


def test_guessing_the_code_costs_a_wait_also_for_an_unknown_name(person, clerk, head, at):
    actions.confirm_recovery(recovery=_ask(clerk, at), actor=head, at=at)
    for login in ("maxiaoyan", "nobody"):
        for _ in range(FAILURES_BEFORE_LOCK):
            with pytest.raises(CannotSignIn):
                _recover("AAAABBBBCCCC", at, login=login)
        with pytest.raises(TooManyTries):
            _recover("AAAABBBBCCCC", at, login=login)


def test_an_easy_password_does_not_use_the_code_up(person, clerk, head, at):
    code = actions.confirm_recovery(recovery=_ask(clerk, at), actor=head, at=at)
    with pytest.raises(InvalidInput):
        _recover(code, at, new="short")
    assert _recover(code, at)


def test_who_may_ask_depends_on_whose_account_it_is(person, official, clerk, security, at):
    one, two = security
    with pytest.raises(NotAllowed):
        _ask(clerk, at, kind=AccountKind.OFFICIAL, login="approver")
    auditor = _official("auditor", Role.AUDITOR, at)
    with pytest.raises(NotAllowed):
        _ask(auditor, at)
    with pytest.raises(NotAllowed):
        _ask(session_of(person.reference, at).actor, at)
    recovery = _ask(one, at, kind=AccountKind.OFFICIAL, login="approver")
    assert queries.list_recoveries(clerk) == ()
    with pytest.raises(NotFound):
        actions.confirm_recovery(recovery=recovery, actor=clerk, at=at)
    assert actions.confirm_recovery(recovery=recovery, actor=two, at=at)


def test_an_officials_device_is_gone_and_the_code_is_his_second_person(
    official, security, at, settings
):
    one, two = security
    actions.set_second_factor(account=official.key, actor=people.SAMPLER, at=at)
    settings.SAMPLE = False
    recovery = _ask(one, at, kind=AccountKind.OFFICIAL, login="approver")
    code = actions.confirm_recovery(recovery=recovery, actor=two, at=at)
    signed_in = _recover(code, at, login="approver", kind=AccountKind.OFFICIAL)
    session = queries.find_session(signed_in.token, at=at)
    asked = actions.begin_passkey(session_key=session.key, actor=session.actor, at=at)
    assert asked.options
    needed = actions.sign_in(
        kind=AccountKind.OFFICIAL, login="approver", password=NEW, origin=HERE, at=at
    )
    assert isinstance(needed, SecondFactorNeeded)
    with pytest.raises(CannotSignIn):
        actions.confirm_second_factor(
            needed=needed, number=pyotp.TOTP("A" * 32).at(at), origin=HERE, at=at
        )


def test_nobody_does_it_for_himself_not_even_for_his_private_account(person, clerk, head, at):
    account = clerk.reference.removeprefix("official:")
    number = people.new_person(1).citizen_id
    actions.link_person(account=account, citizen_id=number, actor=people.SAMPLER, at=at)
    own = queries.get_actor(account, at=at)
    with pytest.raises(NotAllowed):
        _ask(own, at)
    with pytest.raises(NotAllowed):
        actions.confirm_recovery(recovery=_ask(head, at), actor=own, at=at)


@pytest.mark.parametrize("login", ["nobody", "19930000009"])
def test_an_unknown_account_is_not_found_and_a_reason_is_needed(person, clerk, at, login):
    with pytest.raises(NotFound):
        _ask(clerk, at, login=login)
    with pytest.raises(InvalidInput):
        _ask(clerk, at, reason="  ")
