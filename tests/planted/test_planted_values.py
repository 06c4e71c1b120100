"""More than a hundred personal values go in through real actions; none may be found in clear anywhere."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from tests.planted.search import Search, forms
from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.catalogue.definitions import Material, MaterialSource
from yiwang.capability.journey import sample as services
from yiwang.capability.journey.tests.conftest import _fresh  # noqa: F401  forgets cached packs
from yiwang.capability.materials import actions as materials
from yiwang.foundation.libraries import actions as libraries
from yiwang.foundation.libraries import queries as library_queries
from yiwang.foundation.libraries.definitions import NewPerson, PersonView, Sex
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor, ActorKind, machine
from yiwang.kernel.identifiers import citizen_id_check_character
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.directory import sample as directory
from yiwang.project import background
from yiwang.support.identity import sample as accounts
from yiwang.support.letters import queries as letters
from yiwang.support.messages import actions as messages
from yiwang.support.messages import queries as message_queries
from yiwang.support.messages.definitions import EmailState
from yiwang.support.messages.models import Email

pytestmark = pytest.mark.slow
AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
REGISTRAR = machine("registrar")
FINISHED = range(5)
QUESTIONS = {"place": "shop", "proof": "declaration", "operator": "mainland", "approval": "none"}


@dataclass(frozen=True)
class Planted:
    """One fictional person's level-3 values."""

    citizen_id: str
    phone: str
    account: str
    address: str
    email: str

    @property
    def values(self) -> tuple[str, ...]:
        return (self.citizen_id, self.phone, self.account, self.address, self.email)


def make(number: int) -> Planted:
    """Valid in form, random in content: a value found anywhere is ours."""
    digits = secrets.randbelow
    born_on = date(1920 + number, 1 + number % 12, 11)  # old enough for the allowance
    first17 = f"620102{born_on:%Y%m%d}{digits(1000):03d}"
    street = "".join(chr(0x4E00 + digits(0x5000)) for _ in range(8))
    return Planted(
        citizen_id=first17 + citizen_id_check_character(first17),
        phone=f"13{digits(10**9):09d}",
        account=f"6217{digits(10**15):015d}",
        address=f"{street}路{1000 + digits(9000)}号",
        email=f"post{digits(10**12):012d}@example.com",
    )


def plant(one: Planted) -> PersonView:
    """By the doors below the services: register, account, short message, file, journal."""
    with transaction.atomic():
        person = libraries.register_person(
            person=NewPerson(
                name="示例人",
                citizen_id=one.citizen_id,
                born_on=date.fromisoformat(
                    f"{one.citizen_id[6:10]}-{one.citizen_id[10:12]}-{one.citizen_id[12:14]}"
                ),
                sex=Sex.MALE if int(one.citizen_id[16]) % 2 else Sex.FEMALE,
                division_code="620102000000",
                phone=one.phone,
                address=one.address,
            ),
            actor=REGISTRAR,
            at=AT,
        )
        libraries.add_bank_account(person=person.reference, bank="示例银行", number=one.account)
        messages.write_sms(phone=one.phone, text=f"验证号码尾号，住址{one.address}", at=AT)
        messages.keep_address(owner=person.reference, address=one.email, at=AT)
        journal.record(
            actor=REGISTRAR, act="READ", subject=person.reference, at=AT, purpose="核对住址"
        )
    citizen = Actor(kind=ActorKind.PERSON, reference=person.reference)
    text = "，".join(one.values)
    files.store(data=text.encode(), filename=f"{one.citizen_id}.txt", actor=citizen, at=AT)
    logging.getLogger("yiwang.planted").warning("registered %s", person.reference)
    assert library_queries.find_person(one.citizen_id).reference == person.reference
    return person


def publish_packs() -> Actor:
    """Both services on the shelf; the official who decides the allowance."""
    background.know_all()
    directory.load_chengguan()
    services.publish(services.BUSINESS, at=AT)
    return services.official(services.publish(services.ALLOWANCE, at=AT))


def hand_in(one: Planted, person: PersonView) -> tuple[str, str, str]:
    """Both services with every planted value in the answers; the cases' keys and a draft's."""
    me = services.citizen(person)
    allowance = services.allowance_answers(person) | {
        "phone": one.phone, "account": one.account, "account_kind": "bank-card",
        "bank": f"示例银行，{one.address}",
    }  # fmt: skip
    shop = services.business_answers(person, phone=one.phone, domicile=one.address)
    shop["trade_name"] = f"兰州市城关区{person.reference[-4:]}百货店"
    assert one.citizen_id in shop.values()
    draft = services.filled(services.ALLOWANCE, me, allowance, at=AT)
    upload(one, f"draft:{draft}", me)
    by_rule = services.submitted(services.BUSINESS, me, shop, at=AT, questions=QUESTIONS)
    by_hand = services.submitted(services.ALLOWANCE, me, allowance, at=AT, by_person=True)
    return by_rule.case_key, by_hand.case_key, draft


def finish(keys: tuple[str, str, str], person: PersonView, reason: str, officer: Actor) -> None:
    """Until the licence and the entitlement are there, the letters printed, the applicant told."""
    me = services.citizen(person)
    work()
    decide(keys[1], reason, officer)
    work()
    for case in (cases.get_case(key, me, at=AT) for key in keys[:2]):
        assert case.result is not None
        assert len(letters.list_letters(case.reference)) > 1
    assert message_queries.list_messages(me, limit=50)


def upload(one: Planted, subject: str, me: Actor) -> None:
    """A file with the values in its name and its content, as a material of the draft."""
    map_ = Material(
        key="map", name="示意图", why="要看", source=MaterialSource.UPLOADED, issuer="示例局",
        basis=(), provider=None, required=False,
    )  # fmt: skip
    data = f"{one.address}\n{one.account}\n".encode()
    stored = files.store(data=data, filename=f"{one.phone}.txt", actor=me, at=AT)
    with transaction.atomic():
        materials.upload(subject=subject, material=map_, stored=stored, actor=me, at=AT)


def decide(key: str, reason: str, officer: Actor) -> None:
    """An official writes personal values into the reasons, as people do."""
    case = cases.get_case(key, officer, at=AT)
    case = journey.accept(case_key=key, version=case.version, actor=officer, at=AT)
    journey.decide(
        case_key=key, version=case.version, outcome="APPROVE", reason=reason, actor=officer, at=AT
    )


def work() -> None:
    """Jobs, seals and listeners, until what was announced is heard."""
    for _ in range(3):
        jobs.run_waiting(at=AT)
        journal.seal(at=AT)
        journal.run_listeners(at=AT)


def browse(client: Client, one: Planted, person: PersonView) -> None:
    """The applicant looks at everything of theirs and names an e-mail address: what requests log."""
    accounts.open_person_account(person.reference, at=moments.now())
    accounts.sign_in_client(client, person.reference)
    named = client.post("/my/security/email/", {"address": one.email})
    assert named["Location"] == "/my/security/?done=email-asked"
    for address in ("/my/", "/my/licences/", "/my/messages/", "/my/reads/"):
        assert client.get(address).status_code == 200


@pytest.fixture
def log_folder(tmp_path: Path) -> Iterator[Path]:
    """What the product's loggers write while values are planted, as a file."""
    handler = logging.FileHandler(tmp_path / "log.jsonl", encoding="utf-8")
    logging.getLogger().addHandler(handler)
    yield tmp_path
    logging.getLogger().removeHandler(handler)
    handler.close()


def other_connection() -> psycopg.Connection[Any]:
    d = connection.settings_dict
    return psycopg.connect(
        dbname=d["NAME"], user=d["USER"], password=d["PASSWORD"], host=d["HOST"], port=d["PORT"]
    )


@pytest.mark.django_db(transaction=True)
def test_none_of_the_planted_values_is_found_in_clear(log_folder: Path, client: Client) -> None:
    began = time.time() - 1
    officer = publish_packs()
    people = [make(number) for number in range(25)]
    for number, one in enumerate(people):
        person = plant(one)
        keys = hand_in(one, person)
        # Printing takes long: the other cases' jobs lie waiting, arguments and all.
        if number in FINISHED:
            five = people[number * 5 : number * 5 + 5]
            reason = "，".join(value for each in five for value in each.values)
            with transaction.atomic():
                messages.write_sms(phone=one.phone, text=reason, at=AT)
            finish(keys, person, reason, officer)
            browse(client, one, person)
    assert Email.objects.filter(state=EmailState.SENT).count() > 5
    values = [value for one in people for value in one.values]
    assert len(set(values)) == 125
    search = Search(values)
    with other_connection() as other:
        assert search.look_in_tables(other) > 30
        seen = search.look_in_data_files(other, since=began)
    search.look_in_folders([Path(settings.YIWANG_HOME), log_folder])
    places = "tables, database files, log, folders" if seen else "tables, log, folders"
    print(f"{len(search.found)} of {len(values)} planted values found in clear in {places}")
    assert search.found == {}
    log = (log_folder / "log.jsonl").read_text()
    assert "registered" in log
    assert "request" in log


@pytest.mark.django_db(transaction=True)
def test_a_value_in_clear_would_be_found_wherever_it_lay(tmp_path: Path) -> None:
    one = make(1)
    (tmp_path / "log").write_text(f"x{one.phone}x")
    (tmp_path / "wide").write_bytes("前".encode() + one.address.encode("utf-16-le"))
    with other_connection() as other:
        other.execute("CREATE TABLE scratch_clear AS SELECT %s::text AS v", [one.citizen_id])
        search = Search(one.values)
        search.look_in_tables(other)
        other.rollback()
    search.look_in_folders([tmp_path])
    assert search.found[one.citizen_id] == ["table scratch_clear"]
    assert search.found[one.phone] == [str(tmp_path / "log")]
    assert search.found[one.address] == [str(tmp_path / "wide")]


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
def test_a_value_inside_base64_or_an_escape_counts_as_clear(before: str) -> None:
    import base64
    import json

    value = make(2).address
    packed = base64.b64encode(f"{before}{value} and more".encode())
    assert any(form in packed for form in forms(value))
    assert any(form in json.dumps({"v": before + value}).encode() for form in forms(value))
    assert not any(form in base64.b64encode(b"something else entirely") for form in forms(value))
