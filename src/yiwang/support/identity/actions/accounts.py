"""Opening, changing and closing accounts. Each change of rights raises the epoch: sessions end."""

from __future__ import annotations

from datetime import datetime

import pyotp
from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction
from django.db.models import F

from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel.actor import Actor
from yiwang.kernel.references import new_key, reference
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.identity import queries, rules
from yiwang.support.identity.definitions import AccountKind, AccountView, CannotOpenAccount
from yiwang.support.identity.models import Account, SpareCode
from yiwang.support.messages import actions as messages


def create_person_account(
    *,
    person: str,
    password: str | None,
    actor: Actor,
    at: datetime,
    user_name: str | None = None,
    assurance_level: int = 3,
    encoded_password: str = "",
) -> AccountView:
    """Open the account of a registered person; ID number and phone are known by index only.

    CannotOpenAccount when the person, phone or user name has one; NotFound for an unknown person.
    """
    who = libraries.get_person(person)
    citizen_id = libraries.find_citizen_id(person) or ""
    phone = libraries.find_phone(person)
    account = Account(
        kind=AccountKind.PERSON,
        subject=who.reference,
        display_name=who.name_masked,
        user_name=user_name,
        citizen_id_index=libraries.citizen_id_index(citizen_id),
        phone_index=libraries.phone_index(phone) if phone else None,
        assurance_level=assurance_level,
    )
    secrets_known = tuple(value for value in (citizen_id, phone, user_name) if value)
    return _open(account, password, encoded_password, secrets_known, actor, at)


def create_official_account(
    *,
    name: str,
    user_name: str,
    department: str,
    password: str | None,
    actor: Actor,
    at: datetime,
    key: str = "",
    encoded_password: str = "",
    person: str | None = None,
) -> AccountView:
    """Open the working account of an official; it may do nothing until a role is granted.

    ``person``: who this is as a citizen, so that nobody handles their own case. CannotOpenAccount when
    the user name is taken or the person has a working account.
    """
    own = key or new_key()
    account = Account(
        key=own,
        kind=AccountKind.OFFICIAL,
        subject=reference("official", own),
        display_name=name,
        user_name=user_name,
        department=department,
        person=libraries.get_person(person).reference if person else None,
        assurance_level=4,
    )
    return _open(account, password, encoded_password, (user_name,), actor, at)


def _open(
    account: Account,
    password: str | None,
    encoded: str,
    known: tuple[str, ...],
    actor: Actor,
    at: datetime,
) -> AccountView:
    if password is not None:
        _refuse_weak(password, known)
    account.password = encoded or make_password(password)
    with transaction.atomic():
        try:
            with transaction.atomic():
                account.save(force_insert=True)
        except IntegrityError as error:
            raise CannotOpenAccount from error
        _note("account_opened", account.key, actor, at)
    return queries.get_account(account.key)


def _refuse_weak(password: str, known: tuple[str, ...]) -> None:
    sentence = rules.password_problem(password, known=known)
    if sentence:
        raise InvalidInput(fields=[FieldProblem("password", sentence, "请换一个密码。")])


def _note(act: str, account: str, actor: Actor, at: datetime) -> None:
    journal.record(actor=actor, act=f"identity.{act}", subject=reference("account", account), at=at)


def change_password(*, account: str, old: str, new: str, actor: Actor, at: datetime) -> None:
    """The owner changes the password; every session and token of the account ends.

    InvalidInput when the old one is wrong or the new one too easy.
    """
    row = Account.objects.filter(key=account, subject=actor.reference, active=True).first()
    if row is None:
        raise NotFound
    if not check_password(old[:1024], row.password):
        raise InvalidInput(fields=[FieldProblem("old", "原密码不正确。", "请重新输入。")])
    _refuse_weak(new, tuple(v for v in (row.user_name,) if v))
    encoded = make_password(new)
    with transaction.atomic():
        Account.objects.filter(key=account).update(password=encoded, epoch=F("epoch") + 1)
        _note("password_changed", account, actor, at)


@transaction.atomic
def link_person(*, account: str, citizen_id: str, actor: Actor, at: datetime) -> None:
    """Say who an official is as a citizen; from then on no act on their own cases. Sessions end.

    NotFound for an unknown account or person; CannotOpenAccount when another account is that person.
    """
    who = libraries.find_person(citizen_id)
    if who is None:
        raise NotFound("没有这个人的登记信息。", "请核对身份证号。")
    rows = Account.objects.filter(key=account, kind=AccountKind.OFFICIAL)
    try:
        with transaction.atomic():
            changed = rows.update(person=who.reference, epoch=F("epoch") + 1)
    except IntegrityError as error:
        raise CannotOpenAccount from error
    if not changed:
        raise NotFound
    _note("person_linked", account, actor, at)


@transaction.atomic
def disable_account(*, account: str, actor: Actor, at: datetime) -> None:
    """An account may not sign in any more and is out at once, and no e-mails go out about its work.

    NotFound unless active.
    """
    rows = Account.objects.filter(key=account, active=True)
    subject = rows.values_list("subject", flat=True).first()
    if subject is None or not rows.update(active=False, epoch=F("epoch") + 1):
        raise NotFound
    messages.drop_address(owner=subject)
    _note("account_disabled", account, actor, at)


@transaction.atomic
def set_second_factor(*, account: str, actor: Actor, at: datetime) -> str:
    """Enrol a device for an official: returns the secret once, to be shown as a QR code. Spare codes are void."""
    row = Account.objects.select_for_update().filter(key=account, kind=AccountKind.OFFICIAL).first()
    if row is None:
        raise NotFound
    secret = pyotp.random_base32()
    row.totp_secret, row.totp_last_step, row.epoch = secret, 0, row.epoch + 1
    row.save(update_fields=["totp_secret", "totp_last_step", "epoch"])
    SpareCode.objects.filter(account=row).delete()
    _note("second_factor_set", account, actor, at)
    return secret
