"""Entering persons and organizations into the basic libraries, and noting what becomes of them."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from yiwang.foundation.libraries import queries
from yiwang.foundation.libraries.definitions import (
    NewOrganization,
    NewPerson,
    OrganizationState,
    OrganizationView,
    PersonView,
)
from yiwang.foundation.libraries.models import Allowance, BankAccount, Organization, Person
from yiwang.kernel import masks
from yiwang.kernel.actor import Actor
from yiwang.kernel.identifiers import is_citizen_id, is_uscc, tidy_citizen_id, tidy_phone
from yiwang.kernel.moments import legal_date
from yiwang.kernel.references import new_key, reference
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound
from yiwang.mechanisms.journal import actions as journal


@transaction.atomic
def register_person(*, person: NewPerson, actor: Actor, at: datetime) -> PersonView:
    """Enter one person, or bring the entry with the same ID number up to date.

    InvalidInput when the ID number's check character or birth date is wrong.
    """
    citizen_id = tidy_citizen_id(person.citizen_id)
    if not is_citizen_id(citizen_id, today=legal_date(at)):
        problem = FieldProblem("citizen_id", "公民身份号码不正确。", "请核对 18 位号码。")
        raise InvalidInput(fields=[problem])
    phone = tidy_phone(person.phone)
    columns = {
        **_columns(person, citizen_id, phone, at),
        "citizen_id_index": queries.citizen_id_index(citizen_id),
    }
    row, created = Person.objects.update_or_create(
        citizen_id_index__in=queries.citizen_id_indexes(citizen_id),
        create_defaults={"key": person.key or new_key(), **columns},
        defaults=columns,
    )
    journal.record(
        actor=actor,
        act="libraries.person_registered" if created else "libraries.person_updated",
        subject=reference("person", row.key),
        at=at,
    )
    return queries.get_person(row.key)


def _columns(person: NewPerson, citizen_id: str, phone: str, at: datetime) -> dict[str, object]:
    return {
        "name": person.name,
        "name_masked": masks.mask_name(person.name),
        "citizen_id": citizen_id,
        "citizen_id_masked": masks.mask_citizen_id(citizen_id),
        "phone": phone,
        "phone_index": queries.phone_index(phone) if phone else None,
        "phone_masked": masks.mask_phone(phone) if phone else "",
        "born_on": person.born_on,
        "sex": person.sex,
        "people": person.people,
        "division_code": person.division_code,
        "address": person.address,
        "died_on": person.died_on,
        "source": person.source,
        "as_of": at,
    }


@transaction.atomic
def note_death(*, person: str, died_on: date, actor: Actor, at: datetime) -> None:
    """A death was reported. NotFound for an unknown person; a second report changes nothing."""
    key = person.removeprefix("person:")
    if Person.objects.filter(key=key, died_on__isnull=True).update(died_on=died_on, as_of=at):
        journal.record(
            actor=actor, act="libraries.death_noted", subject=reference("person", key), at=at
        )
    elif not Person.objects.filter(key=key).exists():
        raise NotFound


def add_bank_account(*, person: str, bank: str, number: str, is_social_card: bool = False) -> None:
    """Note an account of a person; the same number again changes nothing."""
    tidy, indexes = number.replace(" ", ""), queries.bank_account_indexes(number)
    BankAccount.objects.get_or_create(
        person_id=person.removeprefix("person:"),
        number_index__in=indexes,
        defaults={
            "number_index": indexes[0],
            "bank": bank,
            "number": tidy,
            "number_masked": masks.mask_account(tidy),
            "is_social_card": is_social_card,
        },
    )


def report_allowance(
    *, person: str, kind: str, division_code: str, since: date, until: date | None = None
) -> None:
    """Another place reports an allowance it pays or paid."""
    Allowance.objects.update_or_create(
        person_id=person.removeprefix("person:"),
        kind=kind,
        division_code=division_code,
        since=since,
        defaults={"until": until},
    )


@transaction.atomic
def register_organization(
    *, organization: NewOrganization, actor: Actor, at: datetime
) -> OrganizationView:
    """Enter one organization, or bring the entry with the same code up to date.

    InvalidInput for a code whose check characters are wrong.
    """
    if not is_uscc(organization.uscc):
        problem = FieldProblem("uscc", "统一社会信用代码不正确。", "请核对 18 位代码。")
        raise InvalidInput(fields=[problem])
    columns: dict[str, object] = {
        "name": organization.name,
        "kind": organization.kind,
        "legal_representative_id": (organization.legal_representative or "").removeprefix("person:")
        or None,
        "division_code": organization.division_code,
        "address": organization.address,
        "industry": organization.industry,
        "established_on": organization.established_on,
        "state": organization.state,
        "source": organization.source,
        "as_of": at,
    }
    row, created = Organization.objects.update_or_create(
        uscc=organization.uscc,
        create_defaults={"key": organization.key or new_key(), **columns},
        defaults=columns,
    )
    act = "registered" if created else "updated"
    journal.record(
        actor=actor,
        act=f"libraries.organization_{act}",
        subject=reference("organization", row.key),
        at=at,
    )
    return queries.get_organization(row.key)


@transaction.atomic
def end_organization(
    *, organization: str, state: OrganizationState, actor: Actor, at: datetime
) -> None:
    """A firm was cancelled or its licence revoked. NotFound unless it is in operation."""
    key = organization.removeprefix("organization:")
    standing = Organization.objects.filter(key=key, state=OrganizationState.IN_OPERATION)
    if not standing.update(state=state, as_of=at):
        raise NotFound
    journal.record(
        actor=actor,
        act="libraries.organization_ended",
        subject=reference("organization", key),
        at=at,
        facts={"state": state.value},
    )
