"""The limited process: what it opens, what it answers, what it cannot do."""

from __future__ import annotations

import json
import os
import sqlite3
import struct
import subprocess
from pathlib import Path

import duckdb
import pytest

from yiwang.foundation.datasources import sample
from yiwang.foundation.datasources.opening import COMMAND, ENVIRONMENT


class Child:
    """The script with its pipes."""

    def __init__(self, data: bytes | Path, kind: str, **told) -> None:
        if isinstance(data, Path):
            number = os.open(data, os.O_RDONLY)
        else:
            number = os.memfd_create("t")
            os.write(number, data)
            os.lseek(number, 0, os.SEEK_SET)
        self.process = subprocess.Popen(
            COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, pass_fds=(number,), env=ENVIRONMENT, cwd="/",
        )  # fmt: skip
        os.close(number)
        self.opened = self.say({"kind": kind, "fd": number, "seconds": 30, "tables": True, **told})

    def say(self, told: dict) -> dict:
        data = json.dumps(told).encode()
        self.process.stdin.write(struct.pack(">I", len(data)) + data)
        self.process.stdin.flush()
        head = self.process.stdout.read(4)
        if not head:
            return {"problem": "ended", "code": self.process.wait(10)}
        answer = json.loads(self.process.stdout.read(struct.unpack(">I", head)[0]))
        answer["rows_"] = json.loads(self.process.stdout.read(answer.get("body", 0)) or "[]")
        return answer

    def ask(
        self, sql: str, *values, names=("a",), types=("TEXT",), rows=100, room=1 << 20, seconds=1.0
    ):
        return self.say({
            "sql": sql, "values": values, "names": names, "types": types, "rows": rows,
            "bytes": room, "seconds": seconds,
        })  # fmt: skip

    def end(self) -> None:
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(10)


@pytest.fixture
def start():
    children = []

    def begin(*args, **told) -> Child:
        children.append(Child(*args, **told))
        return children[-1]

    yield begin
    for child in children:
        child.end()


COLUMNS = [["证号", "TEXT"], ["经营者", "TEXT"], ["摊位数", "INTEGER"], ["押金", "DECIMAL"],
           ["发证日期", "DATE"], ["在营", "YES_NO"]]  # fmt: skip


@pytest.fixture
def register(start):
    return start(sample.CSV, "CSV", columns=COLUMNS, indexes=["证号"])


@pytest.fixture
def files(tmp_path):
    base, parquet = tmp_path / "a.db", tmp_path / "a.parquet"
    with sqlite3.connect(base) as db:
        db.execute("CREATE TABLE people (no TEXT, born DATE, fee NUMERIC, alive BOOLEAN)")
        db.execute("INSERT INTO people VALUES ('007', '1990-01-31', 12.5, 1), (8, 'x', 'y', 5)")
    duckdb.sql(
        "SELECT '00' || range AS no, DATE '1990-01-31' AS born, 12.50::DECIMAL(9,2) AS fee,"
        " true AS alive FROM range(3000)"
    ).write_parquet(str(parquet))
    return base, parquet


def test_a_csv_is_typed_and_asked(register):
    names = [name for name, _ in COLUMNS]
    answer = register.ask(
        "SELECT * FROM data WHERE 证号 = ?", ["TEXT", "LZ000004"],
        names=names, types=[kind for _, kind in COLUMNS],
    )  # fmt: skip
    assert answer["rows_"] == [
        {"证号": "LZ000004", "经营者": "示例商户4号", "摊位数": 5, "押金": "4.5",
         "发证日期": "2026-01-05", "在营": True}
    ]  # fmt: skip


def test_columns_are_guessed_and_codes_stay_text(start):
    data = "号,数,钱,日,对,长\n01,3,1.5,2026-01-01,是,620102199001011234\n02,,2,2026-01-02,否,1\n"
    opened = start(data.encode(), "CSV").opened
    assert opened["tables"][0]["columns"] == [
        ["号", "TEXT"], ["数", "INTEGER"], ["钱", "DECIMAL"], ["日", "DATE"], ["对", "YES_NO"],
        ["长", "TEXT"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"a,b\n1,\x002\n", "nul"),
        (b"\xff\xfe\xfa,b\n\x81", "not-text"),
        (b"", "no-header"),
        (b"a,a\n1,2\n", "same-header"),
        (b"a,\n1,2\n", "bad-header"),
        (b'a,b\n"1,2\n', "quotes"),
        (b"a,b\n1,2,3\n", "ragged"),
        (b"a,b\n1," + b"x" * 20_000, "long-cell"),
    ],
)
def test_a_broken_csv_is_named(start, data, code):
    assert start(data, "CSV").opened["problem"] == code


def test_every_bad_row_is_named_and_formulae_are_bad(start):
    data = b"a,b\n=1+1,2\nok,3\n@x,four\n-5,5\n-x,6\n+86 931,7\n\t=x,8\nx\x07,9\n"
    opened = start(data, "CSV", columns=[["a", "TEXT"], ["b", "INTEGER"]]).opened
    assert opened["problem"] == "bad-rows"
    assert json.loads(opened["about"]) == [
        [2, 0, "formula"], [4, 0, "formula"], [4, 1, "integer"], [6, 0, "formula"],
        [8, 0, "formula"], [9, 0, "control"],
    ]  # fmt: skip


def test_a_csv_in_the_older_encoding_is_read(start):
    opened = start("名称\n示例\n".encode("gb18030"), "CSV").opened
    assert opened["tables"][0]["columns"] == [["名称", "TEXT"]]


def test_sqlite_and_parquet_tell_their_tables(start, files):
    base, parquet = files
    columns = [["no", "TEXT"], ["born", "DATE"], ["fee", "DECIMAL"], ["alive", "YES_NO"]]
    assert start(base, "SQLITE").opened["tables"] == [{"name": "people", "columns": columns}]
    assert start(parquet, "PARQUET").opened["tables"] == [{"name": "data", "columns": columns}]
    words = base.with_name("words")
    words.write_text("no database, only words")
    assert start(words, "SQLITE").opened["problem"] == "not-sqlite"
    assert start(b"no parquet", "PARQUET").opened["problem"] == "not-parquet"


def test_what_is_not_of_the_declared_type_is_never_handed_on(start, files):
    child = start(files[0], "SQLITE")
    assert child.ask("SELECT born FROM people WHERE no='007'", types=["DATE"])["rows"] == 1
    for column, kind in (
        ("no", "INTEGER"),
        ("born", "DATE"),
        ("fee", "DECIMAL"),
        ("alive", "YES_NO"),
    ):
        assert (
            child.ask(f"SELECT {column} FROM people", types=[kind])["problem"] == "other-type"  # noqa: S608
        )


def test_parquet_is_asked(start, files):
    child = start(files[1], "PARQUET")
    answer = child.ask(
        "SELECT no, born, fee, alive FROM data WHERE no = ? AND born <= ? AND fee >= ? LIMIT 2",
        ["TEXT", "0077"], ["DATE", "2000-01-01"], ["DECIMAL", "12.50"],
        names=["n", "b", "f", "a"], types=["TEXT", "DATE", "DECIMAL", "YES_NO"],
    )  # fmt: skip
    assert answer["rows_"] == [{"n": "0077", "b": "1990-01-31", "f": "12.50", "a": True}]


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO people VALUES (1,1,1,1)",
        "DELETE FROM people",
        "DROP TABLE people",
        "PRAGMA writable_schema=ON",
        "ATTACH '/tmp/x.db' AS x",
        "VACUUM INTO '/tmp/x.db'",
        "CREATE TEMP TABLE x (a)",
        "SELECT load_extension('/tmp/x.so')",
        "SELECT 1; SELECT 2",
    ],
)
def test_sqlite_only_reads(start, files, sql):
    child = start(files[0], "SQLITE")
    assert child.ask(sql)["problem"] in ("forbidden", "broken")
    assert child.ask("SELECT no FROM people WHERE no = '007'")["rows"] == 1


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT content FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM glob('/etc/*')",
        "COPY data TO '/tmp/x.csv'",
        "ATTACH '/tmp/x.db'",
        "INSTALL httpfs",
        "SET enable_external_access=true",
        "SELECT * FROM read_parquet('http://127.0.0.1:1/x.parquet')",
        "SELECT 1; SELECT 2",
    ],
)
def test_parquet_reaches_no_other_file(start, files, sql):
    child = start(files[1], "PARQUET")
    assert child.ask(sql)["problem"] in ("forbidden", "broken")


ENDLESS = {
    "SQLITE": "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n) SELECT count(*) FROM n",
    "PARQUET": "SELECT count(*) FROM data a, data b, data c, data d WHERE a.no||b.no||c.no||d.no='x'",
}


def test_a_question_that_never_ends_is_ended(start, files):
    for path, kind in ((files[0], "SQLITE"), (files[1], "PARQUET")):
        child = start(path, kind)
        answer = child.ask(ENDLESS[kind], types=["INTEGER"], seconds=0.3)
        assert answer["problem"] == "too-slow" or answer.get("code") == -14, answer


def test_fifty_megabytes_do_not_come(start, files):
    child = start(files[0], "SQLITE")
    many = (
        "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n LIMIT 60)"
        " SELECT hex(zeroblob(500000)) FROM n"
    )
    assert child.ask(many, seconds=5.0)["problem"] == "too-large"
    assert child.ask("SELECT hex(zeroblob(30000000))", seconds=5.0)["problem"] == "too-large"
    assert child.ask("SELECT no FROM people WHERE no = '007'")["rows"] == 1


def test_no_more_rows_than_may_be_given(register):
    answer = register.ask("SELECT 证号 FROM data LIMIT 701", rows=700)
    assert (answer["rows"], answer["more"], len(answer["rows_"])) == (700, True, 700)
    answer = register.ask("SELECT 证号 FROM data LIMIT 700", rows=700)
    assert (answer["rows"], answer["more"]) == (700, False)


def test_the_process_has_no_network_and_opens_nothing(register):
    status = Path(f"/proc/{register.process.pid}")
    assert os.readlink(status / "ns/net") != os.readlink("/proc/self/ns/net")
    limits = (status / "limits").read_text()
    opened = {int(name) for name in os.listdir(status / "fd")}
    (most,) = (int(line.split()[3]) for line in limits.splitlines() if "open files" in line)
    assert opened == set(range(most))  # no free descriptor is left
    assert "Max file size             0                    0" in limits
