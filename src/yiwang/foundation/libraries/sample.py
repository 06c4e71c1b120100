"""Synthetic but valid persons and firms; the same seed always makes the same ones."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

from yiwang.foundation.libraries import actions
from yiwang.foundation.libraries.definitions import (
    NewOrganization,
    NewPerson,
    OrganizationKind,
    OrganizationView,
    PersonView,
    Sex,
)
from yiwang.kernel.actor import machine
from yiwang.kernel.identifiers import make_citizen_id, make_uscc
from yiwang.kernel.references import KEY_LENGTH

_SURNAMES = "王李张刘陈杨赵黄周吴马徐孙胡朱高林何郭罗"
_GIVEN = "建国秀英桂兰志强晓燕海涛玉梅文博思远雅琴国栋淑芳俊杰彩霞永福"
_TRADES = ("面馆", "便利店", "五金店", "理发店", "书店", "水果店", "药店", "茶楼")
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_REGISTRAR = {
    OrganizationKind.ENTERPRISE: "91",
    OrganizationKind.INDIVIDUAL_BUSINESS: "92",
    OrganizationKind.COOPERATIVE: "93",
    OrganizationKind.SOCIAL_ORGANIZATION: "51",
    OrganizationKind.PUBLIC_INSTITUTION: "12",
}
SAMPLER = machine("sample")


def key_of(kind: str, seed: int) -> str:
    """The public key sample ``seed`` has: reproducible, and only ever used for samples."""
    chooser = random.Random(f"{kind}/{seed}")
    return "".join(chooser.choice(_ALPHABET) for _ in range(KEY_LENGTH))


def new_person(
    seed: int,
    *,
    name: str = "",
    born_on: date | None = None,
    sex: Sex | None = None,
    division_code: str = "620102000000",
    people: str = "01",
    died_on: date | None = None,
) -> NewPerson:
    """A person that does not exist: name, valid ID number, phone of an unused series, address."""
    chooser = random.Random(f"person/{seed}")
    born = born_on or date(1936, 1, 1) + timedelta(days=chooser.randrange(70 * 365))
    chosen_sex = sex or chooser.choice((Sex.MALE, Sex.FEMALE))
    made_up = chooser.choice(_SURNAMES) + "".join(chooser.sample(_GIVEN, chooser.choice((1, 2, 2))))
    sequence = seed * 2 % 998 + (1 if chosen_sex is Sex.MALE else 2)
    return NewPerson(
        name=name or made_up,
        citizen_id=make_citizen_id(division_code[:6], born, sequence),
        born_on=born,
        sex=chosen_sex,
        division_code=division_code,
        people=people,
        phone=f"1991{seed % 10_000_000:07d}",
        address=f"示例路{seed % 900 + 1}号{chooser.randrange(1, 30)}单元{chooser.randrange(101, 2900)}室",
        died_on=died_on,
        key=key_of("person", seed),
    )


def register_person(
    seed: int, *, at: datetime, account: bool = True, **chosen: object
) -> PersonView:
    """Enter sample person ``seed``; with a social card account unless told otherwise."""
    person = actions.register_person(
        person=new_person(seed, **chosen),  # type: ignore[arg-type]
        actor=SAMPLER,
        at=at,
    )
    if account:
        actions.add_bank_account(
            person=person.reference,
            bank="示例银行",
            number=f"62170{seed % 10**14:014d}",
            is_social_card=True,
        )
    return person


def register_organization(
    seed: int,
    *,
    at: datetime,
    legal_representative: str | None = None,
    name: str = "",
    kind: OrganizationKind = OrganizationKind.ENTERPRISE,
    division_code: str = "620102000000",
    established_on: date = date(2021, 3, 15),
) -> OrganizationView:
    """Enter sample organization ``seed`` with a valid code."""
    chooser = random.Random(f"organization/{seed}")
    registrar, sort = _REGISTRAR[kind][0], _REGISTRAR[kind][1]
    made_up = "城关区" + "".join(chooser.sample(_GIVEN, 2)) + chooser.choice(_TRADES) + f"{seed}号"
    suffix = "有限公司" if kind is OrganizationKind.ENTERPRISE else ""
    return actions.register_organization(
        organization=NewOrganization(
            uscc=make_uscc(registrar, sort, division_code[:6], seed % 90_000_000),
            name=name or f"{made_up}{suffix}（示例）",
            kind=kind,
            division_code=division_code,
            established_on=established_on,
            legal_representative=legal_representative,
            address=f"示例路{seed % 900 + 1}号",
            industry=chooser.choice(("5211", "6210", "8051", "5243")),
            key=key_of("organization", seed),
        ),
        actor=SAMPLER,
        at=at,
    )
