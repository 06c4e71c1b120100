"""Two hundred personal values are asked for through two nodes and their data sources; none may be found in
clear in databases, logs, queue, journal and backups, nor in what is given to who has no right to it."""

from __future__ import annotations

import io
import json
import time
import zipfile
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from tests.planted.search import Search
from tests.planted.test_planted_values import Planted, make
from yiwang.capability.registers import actions as registers
from yiwang.capability.registers.definitions import KIND_LABELS, RegisterFilter
from yiwang.cloud.backup import actions as backup
from yiwang.cloud.storage.definitions import Address
from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.agreements.definitions import Way
from yiwang.foundation.datasources import actions as sources
from yiwang.foundation.datasources import sample as datasources
from yiwang.foundation.datasources.definitions import Field, FieldType, Parameter
from yiwang.foundation.datasources.models import SourceRecord
from yiwang.foundation.datasources.tests.running import process
from yiwang.foundation.exchange import sample
from yiwang.foundation.exchange.definitions import ServiceField
from yiwang.foundation.exchange.models import Receipt
from yiwang.foundation.exchange.tests import running, two
from yiwang.foundation.resources import actions as resources
from yiwang.foundation.resources import sample as catalogue
from yiwang.foundation.resources.definitions import ResourceFilter
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.mechanisms.journal import actions as journal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

PEOPLE = 40
LIST, CHECK, REGISTER = "62/people", "62/people-check", "620100/people"
UNDERSTATED, RESOURCE = "62/people-open", "301008/9"
#: How each value is hidden from who has no right to see it whole.
MASKS = {
    "citizen_id": "CITIZEN_ID",
    "phone": "PHONE",
    "account": "ACCOUNT",
    "address": "ADDRESS",
    "email": "WHOLE",
}


def as_csv(people: list[Planted]) -> bytes:
    lines = ["编号," + ",".join(MASKS)]
    lines += [f"{n}," + ",".join(one.values) for n, one in enumerate(people)]
    return "\n".join(lines).encode("utf-8-sig")


def publish(people: list[Planted], address: str) -> None:
    """A list without code and its verification at the province, a department's service at Lanzhou."""
    officer = datasources.officer("zhang")
    source = datasources.uploaded(as_csv(people), actor=officer)
    columns = tuple(
        Field(name, name, name, FieldType.TEXT, 3, mask) for name, mask in MASKS.items()
    )
    listed = datasources.query(
        "people", fields=columns, parameters=(Parameter("number", "编号", FieldType.TEXT, "编号"),)
    )
    checked = datasources.verification(
        "people-check", fields=columns[:2], key=("citizen_id", "phone")
    )
    for body in (listed, checked):
        sources.propose_query(source=source.key, published=body, actor=officer, at=datasources.AT)
    fields = (
        *(ServiceField(n, n, 3, m) for n, m in MASKS.items()),
        ServiceField("alive", "健在", 2),
    )
    for name in ("good", "half", "garbage"):
        code = REGISTER if name == "good" else f"{REGISTER}-{name}"
        sample.service(code, upstream=f"{address}/{name}", fields=fields)
        agreements.grant(code, fields=("alive",))
    sample.service(f"{REGISTER}-masked", upstream=f"{address}/good", fields=fields)
    agreements.grant(f"{REGISTER}-masked", fields=(*MASKS, "alive"))
    agreements.grant(LIST, fields=tuple(MASKS))
    understate(people, officer)
    agreements.grant(CHECK, fields=("citizen_id", "phone"), way=Way.VERIFY)


def understate(people: list[Planted], officer: Actor) -> None:
    """The same list published once more as if anybody might see it; the catalogue says otherwise."""
    catalogue.grade(RESOURCE, dict.fromkeys(MASKS, 4), at=now())
    source = datasources.uploaded(as_csv(people), actor=officer)
    SourceRecord.objects.filter(key=source.key).update(resource=RESOURCE)
    columns = tuple(Field(name, name, name, FieldType.TEXT, 1) for name in MASKS)
    number = (Parameter("number", "编号", FieldType.TEXT, "编号"),)
    listed = datasources.query("people-open", fields=columns, parameters=number)
    sources.propose_query(source=source.key, published=listed, actor=officer, at=datasources.AT)
    agreements.grant(UNDERSTATED, fields=tuple(MASKS))


def ask_for_everybody(caller: running.Caller, people: list[Planted]) -> list[Any]:
    """As systems do, and as they should not: too much, wrongly, of a partner that answers nonsense."""
    answers = []
    for number, one in enumerate(people):
        who = {"parameters": {"citizen_id": one.citizen_id}, "subject": one.citizen_id}
        answers += [
            caller.call(LIST, parameters={"number": str(number)}, subject=one.citizen_id),
            caller.call(UNDERSTATED, parameters={"number": str(number)}, subject=one.citizen_id),
            caller.call(REGISTER, **who),
            caller.call(f"{REGISTER}-masked", **who),
            caller.call(REGISTER, fields=["address"], **who),
            caller.call(REGISTER, parameters={"citizen_id": one.citizen_id, "phone": one.phone}),
            caller.call(REGISTER, address=one.address, **who),
        ]
    for one in people[:6]:
        who = {"parameters": {"citizen_id": one.citizen_id}, "subject": one.citizen_id}
        answers += [caller.call(f"{REGISTER}-{bad}", **who) for bad in ("half", "garbage")]
    pairs = [[one.citizen_id, one.phone] for one in people]
    answers.append(caller.call(CHECK, parameters={"keys": pairs}))
    assert answers[-1][1]["value"] == {"verdicts": [True] * len(people)}
    return answers


def exports() -> list[bytes]:
    """What an officer of a department with nothing to do with these people takes home."""
    stranger = datasources.officer("li", department=datasources.OTHER_DEPARTMENT)
    found = [
        registers.export_register(kind=kind, filter=RegisterFilter(), actor=stranger, at=now())
        for kind in KIND_LABELS
    ]
    sheet = resources.export_resources(filter=ResourceFilter(), actor=stranger, at=now())
    with zipfile.ZipFile(io.BytesIO(sheet)) as packed:
        return found + [packed.read(name) for name in packed.namelist()]


def dump(folder: Path) -> None:
    """A backup of the province as operators take it."""
    given = connection.settings_dict
    backup.take_dump(
        home=Path(settings.YIWANG_HOME),
        folder=folder,
        address=Address(
            host=given["HOST"], port=str(given["PORT"]), name=given["NAME"],
            user=given["USER"], password=given["PASSWORD"],
        ),
    )  # fmt: skip
    assert any(path.is_file() for path in folder.rglob("*"))


def test_none_of_two_hundred_values_is_found_in_clear(tmp_path: Path, capfd: Any) -> None:
    began = time.time() - 1
    people = [make(number) for number in range(PEOPLE)]
    by_id = {one.citizen_id: one for one in people}

    def record(parameters: dict[str, Any]) -> dict[str, Any]:
        one = by_id[parameters["citizen_id"]]
        return {**dict(zip(MASKS, one.values, strict=True)), "alive": True}

    values = [value for one in people for value in one.values]
    assert len(set(values)) == 200
    search = Search(values)
    with (
        two.databases(tmp_path / "lanzhou") as place,
        running.partner(record) as (_partner, address),
        process(),
        place.running(),
    ):
        place.introduce()
        publish(people, address)
        key = sample.system()
        place.tell()
        caller = running.Caller(place.province, key.key_id, key.secret)
        two.until(lambda: caller.call(LIST, parameters={"number": "0"})[0] == 200)
        two.until(lambda: caller.call(REGISTER, parameters={"citizen_id": values[0]})[0] == 200)
        answers = ask_for_everybody(caller, people)
        journal.seal(at=now())
        dump(tmp_path / "backup")
        with psycopg.connect(running.conninfo()) as here:
            assert search.look_in_tables(here) > 30
            search.look_in_data_files(here, since=began)
        with psycopg.connect(place.conninfo) as there:
            assert search.look_in_tables(there) > 30
            search.look_in_data_files(there, since=began)
    assert [status for status, _answer in answers].count(200) > 4 * PEOPLE
    assert Receipt.objects.exclude(subject_index="").count() >= 4 * PEOPLE
    search.look_at(json.dumps(answers, ensure_ascii=False).encode(), "answers")
    for number, given in enumerate(exports()):
        search.look_at(given, f"export {number}")
    log = capfd.readouterr()
    search.look_at((log.out + log.err).encode(), "log")
    search.look_in_folders([Path(settings.YIWANG_HOME), tmp_path])
    assert search.found == {}
