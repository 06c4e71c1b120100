"""Questions about persons and organizations. Whole numbers are answered one by one, by name."""

from __future__ import annotations

from typing import Final

from yiwang.foundation.libraries.definitions import (
    AccountNumber,
    AllowanceElsewhere,
    OrganizationKind,
    OrganizationState,
    OrganizationView,
    PersonView,
    Sex,
)
from yiwang.foundation.libraries.models import Allowance, BankAccount, Organization, Person
from yiwang.foundation.libraries.rules import same_name
from yiwang.kernel.identifiers import tidy_citizen_id, tidy_phone
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.statements import prepared

_MOST = 200
_NAMES: Final = {
    "person": "SELECT name FROM libraries_person WHERE key = %s",
    "organization": "SELECT name FROM libraries_organization WHERE key = %s",
}
#: A person's name is cipher text in its column (``EncryptedText``), a firm's is public.
_CITIZEN_ID: Final = "libraries.citizen_id"
_PHONE: Final = "libraries.phone"
_CLOSED_NAME: Final = "libraries.person.name"


def citizen_id_index(citizen_id: str) -> str:
    """The look-up value of a citizen ID number, however it was typed."""
    return crypto.keyed_index(tidy_citizen_id(citizen_id), purpose=_CITIZEN_ID)


def citizen_id_indexes(citizen_id: str) -> tuple[str, ...]:
    """All it may have been written under, to look it up."""
    return crypto.keyed_indexes(tidy_citizen_id(citizen_id), purpose=_CITIZEN_ID)


def phone_index(phone: str) -> str:
    """The look-up value of a phone number."""
    return crypto.keyed_index(tidy_phone(phone), purpose=_PHONE)


def phone_indexes(phone: str) -> tuple[str, ...]:
    """All it may have been written under, to look it up."""
    return crypto.keyed_indexes(tidy_phone(phone), purpose=_PHONE)


def bank_account_indexes(number: str) -> tuple[str, ...]:
    """All the number of an account may have been written under, the present one first."""
    return crypto.keyed_indexes(number.replace(" ", ""), purpose="libraries.bank_account")


def _key(kind: str, value: str) -> str:
    return value.removeprefix(f"{kind}:")


def _person(row: Person) -> PersonView:
    return PersonView(
        reference=reference("person", row.key),
        name=row.name,
        name_masked=row.name_masked,
        citizen_id_masked=row.citizen_id_masked,
        phone_masked=row.phone_masked,
        born_on=row.born_on,
        sex=Sex(row.sex),
        people=row.people,
        division_code=row.division_code,
        alive=row.died_on is None,
        died_on=row.died_on,
        source=row.source,
        as_of=row.as_of,
    )


#: Numbers and the address stay closed unless somebody asks for exactly them.
_CLOSED = ("citizen_id", "phone", "address")
_SHOWN: Final = (
    "key", "name", "name_masked", "citizen_id_masked", "phone_masked", "born_on", "sex", "people",
    "division_code", "died_on", "source", "as_of",
)  # fmt: skip
_PERSON: Final = f"SELECT {', '.join(_SHOWN)} FROM libraries_person WHERE key = %s"  # noqa: S608 # nosec B608
_OPENED: Final = {
    column: f"SELECT {column} FROM libraries_person WHERE key = %s"  # noqa: S608 # nosec B608
    for column in _CLOSED
}


def get_person(person: str) -> PersonView:
    """One person by reference or key; NotFound when there is none."""
    for row in prepared.run(_PERSON, [_key("person", person)]):
        known = dict(zip(_SHOWN, row, strict=True))
        known["name"] = crypto.decrypt(known["name"], purpose=_CLOSED_NAME)
        return _person(Person(**known))
    raise NotFound("没有找到这个人的登记信息。", "请核对后再试。")


def get_name(holder: str) -> str:
    """The whole name of a person or an organization, by reference; NotFound when there is none."""
    kind, _bar, key = holder.partition(":")
    found = prepared.run(_NAMES[kind], [key]) if kind in _NAMES else ()
    for (name,) in found:
        return crypto.decrypt(name, purpose=_CLOSED_NAME) if kind == "person" else str(name)
    raise NotFound("没有找到登记信息。", "请核对后再试。")


def find_person(citizen_id: str) -> PersonView | None:
    """The person with this ID number; None when nobody has it."""
    indexes = citizen_id_indexes(citizen_id)
    row = Person.objects.defer(*_CLOSED).filter(citizen_id_index__in=indexes).first()
    return _person(row) if row else None


def is_called(person: PersonView, name: str) -> bool:
    """Is this the person's name, however it was typed (width, spaces, the middle dot)?"""
    return same_name(person.name, name)


def list_persons(references: list[str] | tuple[str, ...]) -> dict[str, PersonView]:
    """Several persons in one question, by reference; unknown ones are left out."""
    keys = [_key("person", one) for one in references[:_MOST]]
    rows = Person.objects.defer(*_CLOSED).filter(key__in=keys)
    return {reference("person", row.key): _person(row) for row in rows}


def list_turning(age: int, *, division_prefix: str, year: int, month: int) -> tuple[str, ...]:
    """References of the living in a place whose birthday number ``age`` falls in a month."""
    rows = Person.objects.filter(
        division_code__startswith=division_prefix,
        born_on__year=year - age,
        born_on__month=month,
        died_on__isnull=True,
    )
    return tuple(reference("person", key) for key in rows.values_list("key", flat=True)[:_MOST])


def find_citizen_id(person: str) -> str | None:
    """The whole ID number. The caller has a purpose and records that it was opened."""
    return _open(person, "citizen_id")


def find_phone(person: str) -> str | None:
    """The whole phone number; None when none is known. As above."""
    return _open(person, "phone") or None


def find_address(person: str) -> str | None:
    """The whole address; None when none is known. As above."""
    return _open(person, "address") or None


def _open(person: str, column: str) -> str | None:
    for (closed,) in prepared.run(_OPENED[column], [_key("person", person)]):
        return crypto.decrypt(closed, purpose=f"libraries.person.{column}") if closed else closed
    return None


def list_bank_accounts(person: str) -> tuple[AccountNumber, ...]:
    """A person's accounts, masked, the social card's first."""
    rows = BankAccount.objects.filter(person=_key("person", person)).defer("number")
    return tuple(
        AccountNumber(row.bank, row.number_masked, row.is_social_card)
        for row in rows.order_by("-is_social_card", "key")[:_MOST]
    )


def find_bank_account(person: str) -> str | None:
    """The whole number of the account to pay to: the social card's, else the first one."""
    rows = BankAccount.objects.filter(person=_key("person", person))
    return rows.order_by("-is_social_card", "key").values_list("number", flat=True).first()


def owns_bank_account(person: str, number: str) -> bool:
    """Does this account belong to this person?"""
    rows = BankAccount.objects.filter(person=_key("person", person))
    return rows.filter(number_index__in=bank_account_indexes(number)).exists()


def list_allowances(person: str, *, kind: str = "") -> tuple[AllowanceElsewhere, ...]:
    """Allowances reported by other places, newest first."""
    rows = Allowance.objects.filter(person=_key("person", person))
    if kind:
        rows = rows.filter(kind=kind)
    return tuple(
        AllowanceElsewhere(row.kind, row.division_code, row.since, row.until)
        for row in rows.order_by("-since", "key")[:_MOST]
    )


def _organization(row: Organization) -> OrganizationView:
    representative = row.legal_representative_id
    return OrganizationView(
        reference=reference("organization", row.key),
        uscc=row.uscc,
        name=row.name,
        kind=OrganizationKind(row.kind),
        legal_representative=reference("person", representative) if representative else None,
        division_code=row.division_code,
        address=row.address,
        industry=row.industry,
        established_on=row.established_on,
        state=OrganizationState(row.state),
        source=row.source,
        as_of=row.as_of,
    )


def get_organization(organization: str) -> OrganizationView:
    """One organization by reference or key; NotFound when there is none."""
    row = Organization.objects.filter(key=_key("organization", organization)).first()
    if row is None:
        raise NotFound("没有找到这个单位的登记信息。", "请核对后再试。")
    return _organization(row)


def find_organization(uscc: str) -> OrganizationView | None:
    """The organization with this unified social credit code; None when there is none."""
    row = Organization.objects.filter(uscc=uscc.strip().upper()).first()
    return _organization(row) if row else None


def find_organization_by_name(name: str) -> OrganizationView | None:
    """The organization with exactly this name (name clash check)."""
    row = Organization.objects.filter(name=name.strip()).order_by("key").first()
    return _organization(row) if row else None


def list_represented_by(person: str) -> tuple[OrganizationView, ...]:
    """The firms in operation a person legally represents, by name."""
    rows = Organization.objects.filter(
        legal_representative=_key("person", person), state=OrganizationState.IN_OPERATION
    )
    return tuple(_organization(row) for row in rows.order_by("name", "key")[:_MOST])


def represents(person: str, organization: str) -> bool:
    """Is this person today the legal representative of this firm in operation?"""
    return Organization.objects.filter(
        key=_key("organization", organization),
        legal_representative=_key("person", person),
        state=OrganizationState.IN_OPERATION,
    ).exists()


def still_exists(holder: str) -> bool:
    """Is this person living, or this organization in operation? Nobody acts for the others."""
    kind, _bar, key = holder.partition(":")
    if kind == "person":
        return Person.objects.filter(key=key, died_on=None).exists()
    in_operation = Organization.objects.filter(key=key, state=OrganizationState.IN_OPERATION)
    return kind == "organization" and in_operation.exists()
