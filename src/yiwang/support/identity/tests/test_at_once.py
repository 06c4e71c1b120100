"""What is scarce, taken by twenty at once."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pyotp
import pytest
from django.db import connection

from yiwang.foundation.libraries import sample as people
from yiwang.kernel.refusals import Refusal
from yiwang.support.identity import actions, queries, sample
from yiwang.support.identity.definitions import AccountKind, CannotSignIn, Origin
from yiwang.support.identity.models import Account, OneTimeCode, Passkey, SignIn
from yiwang.support.identity.tests.test_passkeys import enrol, session_of
from yiwang.support.messages import queries as messages

pytestmark = pytest.mark.django_db(transaction=True)
TWENTY = 20
HERE = "203.0.113.7"


def _at_once(act) -> Counter:
    """Everybody waits for everybody, then all act; what came of it, counted."""
    gate = Barrier(TWENTY)

    def one(number):
        try:
            gate.wait(timeout=30)
            act(number)
            return "done"
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(TWENTY) as pool:
        return Counter(pool.map(one, range(TWENTY)))


def test_one_code_signs_in_one_of_twenty(person, at):
    actions.send_code(phone="19910000001", origin=Origin(HERE), at=at)
    code = re.search(r"\d{6}", messages.list_simulated_sms()[0].text).group()

    def use(number):
        address = f"203.0.113.{number}"
        actions.sign_in_with_code(phone="19910000001", code=code, origin=Origin(address), at=at)

    assert _at_once(use)["done"] == 1
    assert SignIn.objects.count() == 1
    assert OneTimeCode.objects.get().tries <= 5


def test_twenty_askings_send_one_code(person, at):
    outcome = _at_once(lambda _: actions.send_code(phone="19910000001", origin=Origin(HERE), at=at))
    assert outcome == {"done": 1, "TooManyTries": TWENTY - 1}
    assert len(messages.list_simulated_sms()) == 1


def test_a_device_number_lets_in_one_of_twenty(official, at):
    secret = actions.set_second_factor(account=official.key, actor=people.SAMPLER, at=at)
    needed = actions.sign_in(
        kind=AccountKind.OFFICIAL,
        login="approver",
        password=sample.PASSWORD,
        origin=Origin(HERE),
        at=at,
    )
    number = pyotp.TOTP(secret).at(at)
    outcome = _at_once(
        lambda n: actions.confirm_second_factor(
            needed=needed, number=number, origin=Origin(f"203.0.113.{n}"), at=at
        )
    )
    assert outcome["done"] == 1


def test_a_spare_code_lets_in_one_of_twenty(official, at):
    actions.set_second_factor(account=official.key, actor=people.SAMPLER, at=at)
    session = queries.find_session(sample.session_token(official.subject, at=at), at=at)
    [code, *_] = actions.make_spare_codes(session_key=session.key, actor=session.actor, at=at)
    needed = actions.sign_in(
        kind=AccountKind.OFFICIAL,
        login="approver",
        password=sample.PASSWORD,
        origin=Origin(HERE),
        at=at,
    )
    outcome = _at_once(
        lambda n: actions.confirm_second_factor(
            needed=needed, number=code, origin=Origin(f"203.0.113.{n}"), at=at
        )
    )
    assert outcome["done"] == 1
    assert queries.count_spare_codes(session.actor) == 9


def test_twenty_confirmations_of_an_address_make_one(person, at):
    session = queries.find_session(sample.session_token(person.reference, at=at), at=at)
    actions.ask_email(session_key=session.key, address="ma@example.com", actor=session.actor, at=at)
    code = re.search(r"\d{6}", messages.list_simulated_emails()[0].text).group()
    outcome = _at_once(lambda _: actions.confirm_email(code=code, actor=session.actor, at=at))
    assert outcome["done"] == 1
    assert len(messages.list_messages(session.actor)) == 1


def test_twenty_wrong_guesses_at_once_lock_the_account(person, at, monkeypatch):
    monkeypatch.setattr(
        "yiwang.support.identity.actions.signing_in.check_password", lambda *_: False
    )

    def guess(number):
        actions.sign_in(
            kind=AccountKind.PERSON,
            login="maxiaoyan",
            password=str(number),
            origin=Origin(f"203.0.113.{number}"),
            at=at,
        )

    assert _at_once(guess)["done"] == 0
    monkeypatch.undo()
    with pytest.raises(Refusal) as caught:
        guess(1)
    assert not isinstance(caught.value, CannotSignIn)


def test_twenty_openings_make_one_account(db, at):
    who = people.register_person(1, at=at)
    outcome = _at_once(lambda _: sample.open_person_account(who.reference, at=at))
    assert outcome == {"done": 1, "CannotOpenAccount": TWENTY - 1}
    assert Account.objects.count() == 1


def test_a_grant_is_confirmed_by_one_of_twenty(official, at):
    from datetime import timedelta

    from yiwang.kernel.actor import Role, machine

    grant = actions.grant_role(
        account=official.key,
        role=Role.APPROVER,
        division_code="620102000000",
        department=None,
        valid_until=at + timedelta(days=1),
        actor=sample.GRANTER,
        at=at,
    )
    outcome = _at_once(
        lambda n: actions.confirm_grant(grant=grant, actor=machine(f"second-{n}"), at=at)
    )
    assert outcome == {"done": 1, "CannotConfirm": TWENTY - 1}
    assert len(queries.get_actor(official.key, at=at).grants) == 1


def test_one_passkey_answer_signs_in_one_of_twenty(person, at):
    device, _ = enrol(person.reference, at)
    device.counts = False
    before = SignIn.objects.count()
    asked = actions.begin_passkey_sign_in(at=at)
    answer = device.sign(asked.options)

    def use(number):
        origin = Origin(f"203.0.113.{number}")
        actions.sign_in_with_passkey(state=asked.state, answer=answer, origin=origin, at=at)

    assert _at_once(use) == {"done": 1, "CannotUsePasskey": TWENTY - 1}
    assert SignIn.objects.count() == before + 1


def test_a_recovery_is_confirmed_by_one_of_twenty_and_its_code_used_once(person, at):
    from yiwang.kernel.actor import Role

    grants = ((Role.WINDOW_CLERK, "620102000000", None),)
    clerks = [
        queries.get_actor(
            sample.open_official_account(f"clerk-{n}", at=at, grants=grants).key, at=at
        )
        for n in range(TWENTY + 1)
    ]
    recovery = actions.ask_recovery(
        kind=AccountKind.PERSON, login="maxiaoyan", reason="x", actor=clerks[-1], at=at
    )
    codes = []

    def confirm(number):
        codes.append(actions.confirm_recovery(recovery=recovery, actor=clerks[number], at=at))

    assert _at_once(confirm) == {"done": 1, "CannotRecover": TWENTY - 1}

    def use(number):
        actions.recover(
            kind=AccountKind.PERSON,
            login="maxiaoyan",
            code=codes[0],
            new="Found#Again9",
            origin=Origin(f"203.0.113.{number}"),
            at=at,
        )

    assert _at_once(use)["done"] == 1
    assert SignIn.objects.filter(method="RECOVERY").count() == 1


def test_the_last_two_passkeys_are_not_both_removed_at_once(official, at):
    for name in ("one", "two"):
        enrol(official.subject, at, name=name)
    keys = [one.key for one in queries.list_passkeys(queries.get_actor(official.key, at=at))]
    session = session_of(official.subject, at)

    def remove(number):
        actions.remove_passkey(
            passkey=keys[number % 2], session_key=session.key, actor=session.actor, at=at
        )

    assert _at_once(remove)["done"] == 1
    assert Passkey.objects.count() == 1


def test_twenty_proposals_make_nobody_two_of_the_three_administrators(official, at):
    from datetime import timedelta

    from yiwang.kernel.actor import Role

    three = (Role.OPERATOR, Role.AUDITOR, Role.SECURITY_ADMIN)

    def propose(number):
        actions.grant_role(
            account=official.key,
            role=three[number % 3],
            division_code="620000000000",
            department=None,
            valid_until=at + timedelta(days=1),
            actor=sample.GRANTER,
            at=at,
        )

    outcome = _at_once(propose)
    waiting = queries.list_standing_grants_of(official.key, at=at)
    assert len({one.grant.roles for one in waiting}) == 1
    assert outcome["CannotBeTwoAdministrators"] == TWENTY - len(waiting)
