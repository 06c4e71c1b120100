"""What the handbooks print is run as it is printed, on the sample province, by a reader who fills in names."""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests import handbook, terminal
from tests.installation import ROOT, Installation
from tests.platform.handbook_cases import CALLING, CASES, NODES
from yiwang.foundation.exchange.partner import register
from yiwang.foundation.exchange.tests import running
from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.network.directory import sample as places
from yiwang.support.identity import commands, queries
from yiwang.support.identity.definitions import AccountKind

pytestmark = pytest.mark.slow
CATALOGUE = ROOT / "src/yiwang/capability/catalogue/data/guangan_district_items.csv"
CALENDAR = "# 来源：国务院办公厅关于2027年部分节假日安排的通知（测试）\non,working,name\n2027-01-01,0,元旦\n"
NOBODY = "62010219400303003X"
#: A system of the county's civil affairs with a key, as its data officer makes it on /data/systems/.
SYSTEM = """
import json
from yiwang.foundation.exchange import actions
from yiwang.foundation.libraries import queries as libraries, sample
from yiwang.kernel.moments import now
from yiwang.support.identity import queries
from yiwang.support.identity.definitions import AccountKind
at = now()
people = [libraries.find_citizen_id("person:" + sample.key_of("person", n)) for n in (1, 2)]
account = queries.get_account_by_user_name("minzheng-shuju", AccountKind.OFFICIAL)
who = queries.get_actor(account.key, at=at)
body = who.grants[0].department
actions.register_system(code="62/handbook", name="联调", department=body, actor=who, at=at)
key = actions.issue_key(system="62/handbook", point="", actor=who, at=at)
print(json.dumps({"KEY": key.key_id, "YIWANG_SECRET": key.secret, "department": body, "people": people}))
"""


@dataclass
class Reader:
    """Somebody with a clone of the project before him, and what he wrote down."""

    place: Installation
    folder: Path
    notes: dict[str, str] = field(default_factory=dict)
    exports: dict[str, str] = field(default_factory=dict)

    def types(self, command: str, answers: tuple[tuple[str, str], ...] = (), code: int = 0) -> str:
        environment = {**self.place.environment, **self.exports, "TERM": "dumb"}
        environment["PYTHONPATH"] = str(self.folder / "clients" / "python")
        return terminal.typed(
            command, folder=self.folder, environment=environment, answers=answers, code=code,
            seconds=600,
        )  # fmt: skip


@pytest.fixture(scope="module")
def reader(tmp_path_factory) -> Iterator[Reader]:
    clone = Path(tempfile.mkdtemp(prefix="yiwang-reader-"))
    clone.chmod(0o755)  # the database's account runs its programs from here
    folder = clone / "yiwang"
    left = shutil.ignore_patterns(".venv", "var", ".git", "__pycache__", ".mypy_cache")
    shutil.copytree(ROOT, folder, ignore=left, symlinks=True)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    backup = tmp_path_factory.mktemp("backup")
    place = Installation(sample=True, more={"YIWANG_BACKUP": str(backup)})
    try:
        place.start()
        place.wait_for_line("ready: ", seconds=600)
        with running.partner(register, slow_seconds=3.0) as (_partner, address):
            yield prepared(Reader(place, folder), f"{address}/good")
    finally:
        place.remove()
        shutil.rmtree(clone)


def prepared(reader: Reader, service: str) -> Reader:
    """The files and values the pages tell him to have."""
    folder, place = reader.folder, reader.place
    end = time.monotonic() + 600
    # The first copy is made by itself; one by hand beside it would be refused.
    while not re.search(r"^\w{16}  ", reader.types("./yiwang backup list"), re.MULTILINE):
        assert time.monotonic() < end, "no backup was made by itself"
        time.sleep(1)
    said = reader.types(f"./yiwang manage shell -v 0 -c '{SYSTEM}'")
    issued = json.loads(re.search(r"{.*}", said)[0])
    reader.exports = {
        "NODE": f"http://127.0.0.1:{place.port + 10}",
        "KEY": issued["KEY"],
        "YIWANG_SECRET": issued["YIWANG_SECRET"],
    }
    reader.notes = {
        "user": "shouce", "person": "手册", "department": issued["department"],
        "catalogue": "目录.csv", "service": service,
    }  # fmt: skip
    (folder / "目录.csv").write_text(catalogue(), encoding="utf-8")
    (folder / "2027.csv").write_text(CALENDAR, encoding="utf-8")
    program = handbook.block(CALLING, "# call.py").text
    (folder / "call.py").write_text(program, encoding="utf-8")
    (folder / "examples.json").write_text(examples(*issued["people"]), encoding="utf-8")
    (folder / "declaration.json").write_text(declaration(), encoding="utf-8")
    programs = folder / "client" / "bin"
    programs.mkdir(parents=True)
    for name, module in (("python", ""), ("yiwang-conformance", "-m yiwang_conformance ")):
        (programs / name).write_text(f'#!/bin/sh\nexec {sys.executable} {module}"$@"\n')
        (programs / name).chmod(0o755)
    return reader


def catalogue() -> str:
    """One item nobody has yet, written as a shipped catalogue is."""
    head, row, *_rest = CATALOGUE.read_text(encoding="utf-8-sig").splitlines()
    return f"{head}\n{row.replace('511Z07001006', '511Z07009999')}\n"


def examples(one: str, other: str) -> str:
    """Test data as the page shows them."""
    found = [{"citizen_id": one}, {"citizen_id": other}]
    return json.dumps({"found": found, "not_found": {"citizen_id": NOBODY}})


def declaration() -> str:
    """The protocol page's own, with test data and all the fields of the service that is tried."""
    written = json.loads(handbook.block("look-up/exchange-protocol.md", '"limit_seconds": 3').text)
    del written["health"]
    written["fields"] += [
        {"name": "citizen_id", "type": "text"}, {"name": "address", "type": "text"},
        {"name": "alive", "type": "yes-no"},
    ]  # fmt: skip
    written["examples"] = json.loads(examples("62010219400101001X", "620102194002020027"))
    return json.dumps(written, ensure_ascii=False)


@pytest.mark.parametrize(("page", "line"), CASES, ids=lambda text: text[:60])
def test_what_is_printed_does_what_is_said(reader, page, line):
    case = CASES[page, line]
    command = line
    for place, note in case.fills.items():
        command = command.replace(place, reader.notes[note])
    said = reader.types(command, case.answers, case.code)
    assert case.says in said, said[-2000:]
    for name, pattern in case.notes.items():
        reader.notes[name] = re.search(pattern, said)[1]


@pytest.mark.django_db
def test_the_first_five_are_opened_by_the_line_as_it_is_printed(settings, monkeypatch):
    start = handbook.block(NODES, "YIWANG_SAMPLE=0").text
    for name, setting in (("NODE_USCC", "NODE"), ("NODE_NAME", "NODE_NAME"), ("NODE_DIVISION", "NODE_DIVISION")):  # fmt: skip
        setattr(settings, name, re.search(rf"YIWANG_{setting}=(\S+)", start)[1])
    places.load_chengguan()
    monkeypatch.setattr(commands.getpass, "getpass", lambda _prompt: "Mima-2026-Yiwang")
    monkeypatch.setattr("builtins.input", lambda _prompt: "同意")
    _program, _group, *words = handbook.block(NODES, "first-staff").text.split()
    assert commands.main(words) == 0
    at, roles = moments.now(), []
    for user in (word.partition("=")[0] for word in words[1:]):
        account = queries.get_account_by_user_name(user, AccountKind.OFFICIAL)
        roles += [grant.role for grant in queries.get_actor(account.key, at=at).grants]
    assert roles == [
        Role.SECURITY_ADMIN, Role.SECURITY_ADMIN, Role.OPERATOR, Role.DATA_OFFICER, Role.HEAD,
    ]  # fmt: skip
