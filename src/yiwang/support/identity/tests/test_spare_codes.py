from datetime import timedelta

import pyotp
import pytest
from django.db import connection

from yiwang.foundation.libraries import sample as people
from yiwang.kernel.actor import Role
from yiwang.kernel.refusals import NotAllowed
from yiwang.mechanisms.journal import queries as journal
from yiwang.support.identity import actions, queries, sample
from yiwang.support.identity.definitions import (
    FAILURES_BEFORE_LOCK,
    AccountKind,
    CannotSignIn,
    Method,
    Origin,
    TooManyTries,
)
from yiwang.support.identity.definitions.factors import CannotMakeSpareCodes, NeedsStepUp
from yiwang.support.identity.models import Account, SignIn, SpareCode
from yiwang.support.messages import queries as messages

pytestmark = pytest.mark.django_db
HERE = Origin("198.51.100.7")


@pytest.fixture
def enrolled(official, at):
    """An official with a device, signed in just now: the session's key and the actor."""
    actions.set_second_factor(account=official.key, actor=people.SAMPLER, at=at)
    return session(official, at)


def session(account, at):
    found = queries.find_session(sample.session_token(account.subject, at=at), at=at)
    return {"session_key": found.key, "actor": found.actor}


def half_way(at, origin=HERE):
    return actions.sign_in(
        kind=AccountKind.OFFICIAL, login="approver", password=sample.PASSWORD, origin=origin, at=at
    )


def enter(code, at, origin=HERE):
    return actions.confirm_second_factor(
        needed=half_way(at, origin), number=code, origin=origin, at=at
    )


def test_a_spare_code_lets_in_once_and_is_counted_told_and_written_down(enrolled, official, at):
    codes = actions.make_spare_codes(**enrolled, at=at)
    assert len(set(codes)) == 10 == queries.count_spare_codes(enrolled["actor"])
    signed = enter(f" {codes[3].lower()} ", at)
    assert SignIn.objects.get(account=official.key, method=Method.PASSWORD_AND_SPARE)
    assert signed.actor.reference == official.subject
    assert queries.count_spare_codes(enrolled["actor"]) == 9
    with pytest.raises(CannotSignIn):
        enter(codes[3], at)
    enter(codes[4].replace("-", ""), at + timedelta(minutes=2))
    acts = [
        (entry.act, entry.facts.get("left"))
        for entry in journal.list_entries(subject=f"account:{official.key}")
        if "spare" in entry.act
    ]
    assert acts == [
        ("identity.spare_codes_made", None),
        ("identity.spare_code_used", 9),
        ("identity.spare_code_used", 8),
    ]
    told = [one.text for one in messages.list_messages(enrolled["actor"])]
    assert any("还剩 9 个" in text for text in told)


def test_the_device_goes_on_working_beside_them(enrolled, official, at):
    actions.make_spare_codes(**enrolled, at=at)
    secret = Account.objects.get(key=official.key).totp_secret
    assert enter(pyotp.TOTP(secret).at(at), at)
    assert queries.count_spare_codes(enrolled["actor"]) == 10


def test_new_codes_make_the_old_ones_void(enrolled, at):
    old = actions.make_spare_codes(**enrolled, at=at)
    new = actions.make_spare_codes(**enrolled, at=at)
    with pytest.raises(CannotSignIn):
        enter(old[0], at)
    assert enter(new[0], at)


def test_guessing_costs_waits_together_with_the_devices_numbers(enrolled, at):
    code = actions.make_spare_codes(**enrolled, at=at)[0]
    needed = half_way(at)
    for guess in ["AAAAA-AAAAA", "000000"] * FAILURES_BEFORE_LOCK:
        try:
            actions.confirm_second_factor(needed=needed, number=guess, origin=HERE, at=at)
        except CannotSignIn:
            continue
        except TooManyTries:
            break
    with pytest.raises(TooManyTries):
        actions.confirm_second_factor(needed=needed, number=code, origin=HERE, at=at)
    assert queries.count_spare_codes(enrolled["actor"]) == 10
    later = at + timedelta(minutes=20)
    assert enter(code, later)


def test_another_officials_code_and_an_empty_one_are_wrong(enrolled, at):
    actions.make_spare_codes(**enrolled, at=at)
    other = sample.open_official_account("other", at=at)
    actions.set_second_factor(account=other.key, actor=people.SAMPLER, at=at)
    theirs = actions.make_spare_codes(**session(other, at), at=at)
    for code in (theirs[0], "", " - "):
        with pytest.raises(CannotSignIn):
            enter(code, at)
    assert SpareCode.objects.filter(used_at=None).count() == 20


def test_a_code_alone_is_nothing_without_the_password(enrolled, at):
    code = actions.make_spare_codes(**enrolled, at=at)[0]
    with pytest.raises(CannotSignIn):
        actions.sign_in(
            kind=AccountKind.OFFICIAL, login="approver", password=code, origin=HERE, at=at
        )


def test_who_may_make_them(enrolled, official, person, at):
    with pytest.raises(NeedsStepUp):
        actions.make_spare_codes(**enrolled, at=at + timedelta(minutes=20))
    with pytest.raises(NotAllowed):
        actions.make_spare_codes(**session(queries.find_account(person.reference), at), at=at)
    bare = sample.open_official_account("bare", at=at)
    with pytest.raises(CannotMakeSpareCodes):
        actions.make_spare_codes(**session(bare, at), at=at)
    sample.give_passkey(bare.subject, at=at)
    assert actions.make_spare_codes(**session(bare, at), at=at)


def test_a_recovery_and_a_device_set_by_the_operator_end_them(enrolled, official, at):
    actions.make_spare_codes(**enrolled, at=at)
    grant = ((Role.SECURITY_ADMIN, "620000000000", None),)
    first, second = (
        queries.get_actor(sample.open_official_account(name, at=at, grants=grant).key, at=at)
        for name in ("one", "two")
    )
    asked = actions.ask_recovery(
        kind=AccountKind.OFFICIAL, login="approver", reason="核对工作证", actor=first, at=at
    )
    assert queries.count_spare_codes(enrolled["actor"]) == 10
    actions.confirm_recovery(recovery=asked, actor=second, at=at)
    assert not SpareCode.objects.exists()
    actions.set_second_factor(account=official.key, actor=people.SAMPLER, at=at)
    actions.make_spare_codes(**session(official, at), at=at)
    actions.set_second_factor(account=official.key, actor=people.SAMPLER, at=at)
    assert not SpareCode.objects.exists()


def test_codes_are_kept_as_digests_only(enrolled, at):
    codes = actions.make_spare_codes(**enrolled, at=at)
    with connection.cursor() as cursor:
        cursor.execute(
            "select row_to_json(c)::text from identity_sparecode c union all"
            " select row_to_json(e)::text from journal_entry e"
        )
        stored = "".join(row[0] for row in cursor.fetchall())
    for code in codes:
        assert code not in stored
        assert code.replace("-", "") not in stored
