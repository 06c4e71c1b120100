"""A published query asked through its process: what comes back, what never does."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from dataclasses import replace

import duckdb
import psycopg
import pytest
from django.db import connection

from yiwang.foundation.datasources import actions, sample
from yiwang.foundation.datasources.asking import pack, socket_of
from yiwang.foundation.datasources.definitions import (
    AccountMayWrite,
    Field,
    FieldType,
    Operator,
    Outcome,
    Parameter,
    SourceKind,
)
from yiwang.foundation.datasources.tests.running import serving

pytestmark = pytest.mark.django_db(transaction=True)
AT = sample.AT


def run(story, **given):
    async def inside():
        async with serving(**given) as asker:
            return await story(asker)

    return asyncio.run(inside())


async def in_thread(act, **given):
    """In a thread with a connection of its own, closed again."""

    def acted():
        try:
            return act(**given)
        finally:
            connection.close()

    return await asyncio.to_thread(acted)


@pytest.fixture
def officer():
    return sample.officer("zhang")


def test_one_row_by_its_number(officer):
    sample.published(actor=officer)

    async def story(asker):
        found = await asker.ask(name="market-licence", parameters={"licence_no": "LZ000007"})
        some = await asker.ask(
            name="market-licence", parameters={"licence_no": "LZ000007"}, fields=["stalls"]
        )
        none = await asker.ask(name="market-licence", parameters={"licence_no": "LZ999999"})
        return found, some, none

    found, some, none = run(story)
    assert found.outcome is Outcome.FOUND
    assert found.rows == [
        {"licence_no": "LZ000007", "holder": "示例商户7号", "stalls": 3, "deposit": "7.5",
         "issued_on": "2026-01-08", "open": True}
    ]  # fmt: skip
    assert (found.source, found.as_of) == ("摊位登记（示例）", "2026-03-02T01:00:00+00:00")
    assert some.rows == [{"stalls": 3}]
    assert (none.outcome, none.rows) == (Outcome.NOT_FOUND, [])


@pytest.mark.parametrize(
    "parameters",
    [
        {"licence_no": "' OR '1'='1"},
        {"licence_no": "LZ000007' UNION SELECT * FROM sqlite_master --"},
        {"licence_no": 'LZ000007"; DROP TABLE data; --'},
        {"licence_no": "%"},
        {"licence_no": "LZ00000_"},
    ],
)
def test_a_value_is_only_a_value(officer, parameters):
    sample.published(actor=officer)

    async def story(asker):
        evil = await asker.ask(name="market-licence", parameters=parameters)
        after = await asker.ask(name="market-licence", parameters={"licence_no": "LZ000007"})
        return evil, after

    evil, after = run(story)
    assert evil.outcome is Outcome.NOT_FOUND
    assert after.count == 1


@pytest.mark.parametrize(
    ("name", "parameters", "fields", "code"),
    [
        ("market-licence", {}, (), "QueryRefused"),
        ("market-licence", {"licence_no": "x", "1=1 OR a": "x"}, (), "QueryRefused"),
        ("market-licence", {"licence_no": ["x"]}, (), "QueryRefused"),
        ("market-licence", {"licence_no": "a\x00"}, (), "QueryRefused"),
        ("market-licence", {"licence_no": "x"}, ("holder FROM data; --",), "QueryRefused"),
        ("no-such", {"licence_no": "x"}, (), "NoSuchQuery"),
        ("../market-licence", {"licence_no": "x"}, (), "NoSuchQuery"),
    ],
)
def test_what_is_not_declared_is_refused(officer, name, parameters, fields, code):
    sample.published(actor=officer)

    async def story(asker):
        return await asker.ask(name=name, parameters=parameters, fields=fields)

    answer = run(story)
    assert (answer.outcome, answer.refusal["code"]) == (Outcome.REFUSED, code)


def test_operators_compare_as_they_say(officer):
    parameters = (
        Parameter("since", "起", FieldType.DATE, "发证日期", Operator.AT_LEAST, False),
        Parameter("most", "押金至多", FieldType.DECIMAL, "押金", Operator.AT_MOST, False),
        Parameter("begins", "号段", FieldType.TEXT, "证号", Operator.BEGINS_WITH, False),
        Parameter("stalls", "摊位数", FieldType.INTEGER, "摊位数", Operator.ONE_OF, False),
        Parameter("open", "在营", FieldType.YES_NO, "在营", Operator.EQUALS, False),
    )
    open_fields = tuple(replace(f, grade=1) for f in sample.query().fields)
    body = sample.query(parameters=parameters, order=("证号",), fields=open_fields)
    sample.published(body, actor=officer)

    async def story(asker):
        async def count(**said):
            answer = await asker.ask(name="market-licence", parameters=said)
            return answer.count, answer.more

        return [
            await count(begins="LZ00001"),
            await count(most="3.50"),
            await count(stalls=[1, 2], open=True, begins="LZ0000"),
            await count(since="2026-01-28", begins="LZ000"),
            await count(),
        ]

    assert run(story) == [(10, False), (3, False), (26, False), (35, False), (1000, True)]


def test_a_stopped_query_answers_nobody_within_seconds(officer):
    published = sample.published(actor=officer)

    async def story(asker):
        before = await asker.ask(name="market-licence", parameters={"licence_no": "LZ000007"})
        await in_thread(
            actions.stop_query, query=published.key, version=published.version,
            reason="检修", actor=officer, at=AT,
        )  # fmt: skip
        began = time.monotonic()
        while time.monotonic() - began < 5:
            after = await asker.ask(name="market-licence", parameters={"licence_no": "LZ000007"})
            if after.outcome is Outcome.REFUSED:
                return before, time.monotonic() - began
            await asyncio.sleep(0.02)
        return before, 9.0

    before, seconds = run(story)
    assert before.outcome is Outcome.FOUND
    assert seconds < 2


def test_sqlite_and_parquet_in_the_departments_folder(officer, settings, tmp_path):
    settings.SOURCE_FOLDER = str(tmp_path)
    home = tmp_path / sample.DEPARTMENT
    home.mkdir()
    with sqlite3.connect(home / "a.db") as db:
        db.execute("CREATE TABLE people (no TEXT, name TEXT)")
        db.execute("INSERT INTO people VALUES ('007', '示例')")
    duckdb.sql("SELECT '007' AS no, '示例' AS name").write_parquet(str(home / "a.parquet"))
    for kind, file, table in (
        (SourceKind.SQLITE, "a.db", "people"),
        (SourceKind.PARQUET, "a.parquet", "data"),
    ):
        source = actions.register_source(
            label="登记", kind=kind, department=sample.DEPARTMENT, division_code=sample.DIVISION,
            address=f"{sample.DEPARTMENT}/{file}", actor=officer, at=AT,
        )  # fmt: skip
        body = sample.query(
            f"people-{kind.lower()}",
            table=table,
            fields=(Field("name", "name", "姓名", FieldType.TEXT),),
            parameters=(Parameter("no", "号", FieldType.TEXT, "no"),),
        )
        actions.propose_query(source=source.key, published=body, actor=officer, at=AT)
        check = sample.verification(
            f"check-{kind.lower()}",
            table=table,
            fields=(
                Field("no", "no", "号", FieldType.TEXT, 3),
                Field("name", "name", "姓名", FieldType.TEXT, 3),
            ),
            key=("no", "name"),
            least=1,
        )
        actions.propose_query(source=source.key, published=check, actor=officer, at=AT)

    async def story(asker):
        rows = [
            (await asker.ask(name=f"people-{kind}", parameters={"no": "007"})).rows
            for kind in ("sqlite", "parquet")
        ]
        keys = [["007", "示例"], ["007", "别人"], ["008", "示例"]]
        said = [
            (await asker.verify(name=f"check-{kind}", keys=keys, caller="x")).rows
            for kind in ("sqlite", "parquet")
        ]
        return rows, said

    rows, said = run(story, folder=str(tmp_path))
    assert rows == [[{"name": "示例"}]] * 2
    assert said == [[True, False, False]] * 2


# --- a department's PostgreSQL --------------------------------------------------------------------


@pytest.fixture
def department_base():
    """A schema of a department with an account that only reads; its address and the operator's word."""
    given = connection.settings_dict
    with connection.cursor() as cursor:
        for statement in (
            "DROP SCHEMA IF EXISTS dept CASCADE",
            "CREATE SCHEMA dept",
            "CREATE TABLE dept.people (no text PRIMARY KEY, name text, born date, fee numeric(9,2),"
            " n bigint, alive boolean)",
            "INSERT INTO dept.people SELECT lpad(i::text, 6, '0'), '示例' || i, '1990-01-01',"
            " i + 0.25, i, true FROM generate_series(1, 3000) i",
            "DROP ROLE IF EXISTS yiwang_test_reader",
            "CREATE ROLE yiwang_test_reader LOGIN PASSWORD 'reads-only'",
            "GRANT USAGE ON SCHEMA dept TO yiwang_test_reader",
            "GRANT SELECT ON dept.people TO yiwang_test_reader",
        ):
            cursor.execute(statement)
    port = given["PORT"] or "5432"
    address = (
        f"host='{given['HOST']}' port={port} dbname={given['NAME']}"
        " user=yiwang_test_reader password=reads-only"
    )
    yield address, f"{given['HOST']}:{port}"
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA dept CASCADE")
        cursor.execute("DROP OWNED BY yiwang_test_reader")
        cursor.execute("DROP ROLE yiwang_test_reader")


def _people(officer, address, body):
    source = actions.register_source(
        label="人员库（示例）", kind=SourceKind.POSTGRES, department=sample.DEPARTMENT,
        division_code=sample.DIVISION, address=address, actor=officer, at=AT,
    )  # fmt: skip
    return actions.propose_query(source=source.key, published=body, actor=officer, at=AT)


PEOPLE = sample.query(
    "people",
    table="dept.people",
    fields=(
        Field("no", "no", "号", FieldType.TEXT),
        Field("name", "name", "姓名", FieldType.TEXT),
        Field("born", "born", "出生日期", FieldType.DATE),
        Field("fee", "fee", "金额", FieldType.DECIMAL),
        Field("n", "n", "数", FieldType.INTEGER),
        Field("alive", "alive", "在世", FieldType.YES_NO),
    ),
    parameters=(Parameter("no", "号", FieldType.TEXT, "no"),),
)


def test_a_department_s_postgresql_is_asked_read_only(officer, settings, department_base):
    address, host = department_base
    settings.SOURCE_HOSTS = [host]
    _people(officer, address, PEOPLE)

    async def story(asker):
        return await asker.ask(name="people", parameters={"no": "000042"})

    answer = run(story, hosts=frozenset([host]))
    assert answer.rows == [
        {"no": "000042", "name": "示例42", "born": "1990-01-01", "fee": "42.25", "n": 42,
         "alive": True}
    ]  # fmt: skip
    taken_from_the_list = run(story)
    assert taken_from_the_list.outcome is not Outcome.FOUND


def test_text_as_the_database_wrote_it_is_what_would_be_written_here(
    officer, settings, department_base
):
    """The same rows handed on as they came, and, for the sake of one column, each value looked at."""
    address, host = department_base
    settings.SOURCE_HOSTS = [host]
    everything = replace(PEOPLE, name="all-people", parameters=(), order=("no",), rows=50)
    odd = (
        ("000000a", 'O"Neil \\ 100% ', None, "-0.10", -5, None),
        ("000000b", "line\nbreak\ttab 𠮷", "0001-01-01", "1234567.89", 2**31 - 1, False),
        ("000000c", "", "9999-12-31", "0", 0, True),
        ("000000d", None, None, None, None, None),
    )
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO dept.people VALUES (%s, %s, %s, %s, %s, %s)", odd)
    _people(officer, address, everything)
    given = connection.settings_dict
    owner = address.replace("user=yiwang_test_reader password=reads-only", "")
    owner += f"user={given['USER']} password={given['PASSWORD']}"

    async def story(asker):
        def say():
            return asker.ask(name="all-people", parameters={})

        def change(statement):
            with psycopg.connect(owner, autocommit=True) as base:
                base.execute(statement)

        answers = [await say(), await say()]
        for statement in (
            "UPDATE dept.people SET fee = 'NaN' WHERE no = '000000a'",
            "UPDATE dept.people SET fee = 1, born = 'infinity' WHERE no = '000000a'",
            "UPDATE dept.people SET born = '0044-03-15 BC' WHERE no = '000000a'",
            "UPDATE dept.people SET born = '10000-01-01' WHERE no = '000000a'",
            "UPDATE dept.people SET born = NULL WHERE no = '000000a';"
            " ALTER TABLE dept.people ALTER n TYPE text",
        ):
            await asyncio.to_thread(change, statement)
            answers.append(await say())
        answers.append(await say())
        back = (
            "ALTER TABLE dept.people ALTER n TYPE bigint USING n::bigint;"
            " UPDATE dept.people SET fee = -0.10 WHERE n = -5"
        )
        await asyncio.to_thread(change, back)
        await say()
        answers.insert(2, await say())
        await asyncio.to_thread(change, "ALTER TABLE dept.people ALTER name TYPE name")
        await say()
        answers.insert(3, await say())
        return answers

    first, second, again, looked_at, *wrong = run(story, hosts=frozenset([host]))
    assert first.rows == second.rows == again.rows
    # PostgreSQL's own type for names is none of those handed on as they came.
    assert looked_at.rows == first.rows
    assert (first.count, first.more) == (looked_at.count, looked_at.more) == (50, True)
    assert [one.refusal["code"] for one in wrong] == [
        *["NotAsDeclared"] * 4, "SourceAwayNow", "NotAsDeclared"
    ]  # fmt: skip


def test_an_account_that_may_write_is_refused(officer, settings, department_base):
    address, host = department_base
    settings.SOURCE_HOSTS = [host]
    with connection.cursor() as cursor:
        cursor.execute("GRANT INSERT ON dept.people TO yiwang_test_reader")
    with pytest.raises(AccountMayWrite):
        _people(officer, address, PEOPLE)


def _analysts(sql, **changes):
    return sample.query(
        "people-analyst",
        sql=sql,
        fields=(Field("a", "a", "数", FieldType.INTEGER),),
        parameters=(),
        seconds=0.5,
        **changes,
    )


def _approved(officer, address, body):
    """As if the first line had a hole: the words of the statement are not looked at."""
    published = _people(officer, address, body)
    return actions.approve_query(
        query=published.key, version=published.version, actor=sample.officer("wang"), at=AT
    )


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELECT count(*) AS a FROM dept.people", None),
        ("SELECT 1 AS a FROM pg_read_file('/etc/passwd')", "CannotReadSource"),
        ("SELECT lo_create(0)::int AS a", "CannotReadSource"),
        ("SELECT count(*) AS a FROM datasources_source", "CannotReadSource"),
        ("SELECT 1 AS a FROM pg_sleep(30)", "AskedTooLong"),
        ("SELECT count(*) AS a FROM dept.people a, dept.people b, dept.people c", "AskedTooLong"),
        ("SELECT 1 AS a) AS t; DELETE FROM dept.people; --", "TryLater"),
        ("SELECT repeat('x', 100000000)::text AS a", None),
    ],
)
def test_the_server_too_only_lets_read(officer, settings, department_base, monkeypatch, sql, code):
    address, host = department_base
    settings.SOURCE_HOSTS = [host]
    monkeypatch.setattr("yiwang.foundation.datasources.rules.analyst.problem_of", lambda _: "")
    _approved(officer, address, _analysts(sql))

    async def story(asker):
        answer = await asker.ask(name="people-analyst", parameters={})
        return answer

    answer = run(story, hosts=frozenset([host]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM dept.people")
        assert cursor.fetchone() == (3000,)
    if "repeat" in sql:
        assert answer.outcome in (Outcome.REFUSED, Outcome.AWAY)
    elif code is None:
        assert answer.rows == [{"a": 3000}]
    elif code == "TryLater":
        assert answer.outcome is Outcome.AWAY
    else:
        assert answer.refusal["code"] == code


def test_a_killed_connection_is_begun_anew(officer, settings, department_base):
    address, host = department_base
    settings.SOURCE_HOSTS = [host]
    _people(officer, address, PEOPLE)

    async def story(asker):
        first = await asker.ask(name="people", parameters={"no": "000001"})
        await in_thread(_kill)
        outcomes = [
            (await asker.ask(name="people", parameters={"no": "000001"})).outcome for _ in range(3)
        ]
        return first.outcome, outcomes[-1]

    def _kill():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE usename = 'yiwang_test_reader'"
            )

    assert run(story, hosts=frozenset([host])) == (Outcome.FOUND, Outcome.FOUND)


# --- verifying in batches ---------------------------------------------------------------------------


def _keys(first, last):
    return [[f"LZ{n:06d}", f"示例商户{n}号"] for n in range(first, last)]


def test_ten_thousand_keys_are_answered_in_order(officer):
    sample.published(sample.verification(misses_per_day=50_000), actor=officer)
    keys = _keys(1195, 11_195)

    async def story(asker):
        return await asker.verify(name="market-licence-check", keys=keys, caller="62/x")

    answer = run(story)
    assert answer.rows == [n <= 1200 for n in range(1195, 11_195)]
    assert answer.count == 10_000


def test_a_batch_hands_out_nothing_and_is_no_query(officer):
    sample.published(sample.verification(least=1), actor=officer)

    async def story(asker):
        as_query = await asker.ask(name="market-licence-check", parameters={})
        said = await asker.verify(
            name="market-licence-check", keys=[["LZ000001", "别人"], ["LZ000001", "示例商户1号"]],
            caller="62/x",
        )  # fmt: skip
        return as_query, said

    as_query, said = run(story)
    assert as_query.refusal["code"] == "NoSuchQuery"
    assert said.rows == [False, True]


@pytest.mark.parametrize(
    ("keys", "caller", "code"),
    [
        (_keys(1, 5), "62/x", "TooFewKeys"),
        ([["LZ000001", "示例商户1号"]] * 100, "62/x", "TooFewKeys"),
        (_keys(1, 20), "", "InvalidInput"),
        ([["LZ000001"]] * 20, "62/x", "QueryRefused"),
        ("LZ000001", "62/x", "QueryRefused"),
    ],
)
def test_a_batch_that_is_none_is_refused(officer, keys, caller, code):
    sample.published(sample.verification(), actor=officer)

    async def story(asker):
        return await asker.verify(name="market-licence-check", keys=keys, caller=caller)

    assert run(story).refusal["code"] == code


def test_who_guesses_is_stopped_by_misses_and_others_are_not(officer):
    body = sample.verification(keys_per_day=1000, misses_per_day=100)
    sample.published(body, actor=officer)

    async def story(asker):
        async def ask(first, last, caller):
            answer = await asker.verify(
                name="market-licence-check", keys=_keys(first, last), caller=caller
            )
            return answer.refusal["code"] if answer.refusal else answer.rows.count(True)

        return [
            await ask(5000, 5150, "62/guesser"),
            await ask(1, 100, "62/guesser"),
            await ask(1, 600, "62/honest"),
            await ask(1, 600, "62/honest"),
        ]

    assert run(story) == [0, "TooManyKeys", 599, "TooManyKeys"]


def test_of_many_at_once_no_more_than_the_day_s_volume_is_answered(officer):
    sample.published(sample.verification(keys_per_day=200, misses_per_day=200), actor=officer)

    async def story(asker):
        answers = await asyncio.gather(
            *(
                asker.verify(name="market-licence-check", keys=_keys(1, 21), caller="62/x")
                for _ in range(20)
            )
        )
        return sum(answer.outcome is Outcome.FOUND for answer in answers)

    assert run(story) == 10


# --- bad days -----------------------------------------------------------------------------------------


def test_a_killed_child_costs_one_answer(officer):
    sample.published(actor=officer)

    async def story(asker):
        await asker.ask(name="market-licence", parameters={"licence_no": "LZ000007"})
        import os
        import signal
        import subprocess

        found = subprocess.run(
            ["pgrep", "-P", str(os.getpid()), "-f", "datasources.runner.child"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        for pid in found.stdout.split():
            os.kill(int(pid), signal.SIGKILL)
        outcomes = [
            (await asker.ask(name="market-licence", parameters={"licence_no": "LZ000007"})).outcome
            for _ in range(2)
        ]
        return outcomes[-1]

    assert run(story) is Outcome.FOUND


@pytest.mark.parametrize(
    "nonsense",
    [b"GET / HTTP/1.1\r\n\r\n", b"\x00", b"\xff\xff\xff\xff", b"\x00\x00\x00\x04nope",
     b"\x00\x00\x00\x02[]", pack({"query": {"$ne": 1}, "body": -1})],
)  # fmt: skip
def test_nonsense_on_the_line_harms_nobody(officer, nonsense, settings):
    sample.published(actor=officer)

    async def story(asker):
        reader, writer = await asyncio.open_unix_connection(str(socket_of(settings.YIWANG_HOME)))
        writer.write(nonsense)
        writer.write_eof()
        await asyncio.wait_for(reader.read(), 5)
        writer.close()
        return await asker.ask(name="market-licence", parameters={"licence_no": "LZ000007"})

    assert run(story).outcome is Outcome.FOUND


def test_nobody_else_on_the_machine_may_knock(officer, settings):
    async def story(asker):
        del asker
        return socket_of(settings.YIWANG_HOME).stat().st_mode & 0o777

    assert run(story) == 0o600


def test_many_at_once_are_all_answered(officer):
    sample.published(actor=officer)

    async def story(asker):
        answers = await asyncio.gather(
            *(
                asker.ask(name="market-licence", parameters={"licence_no": f"LZ{n:06d}"})
                for n in range(1, 31)
            )
        )
        return {answer.count for answer in answers}

    assert run(story) == {1}


def test_without_the_process_the_answer_is_away():
    async def story():
        from pathlib import Path

        from yiwang.foundation.datasources.asking import Asker

        return await Asker(Path("/nowhere")).ask(name="x", parameters={})

    answer = asyncio.run(story())
    assert (answer.outcome, answer.refusal["status"]) == (Outcome.AWAY, 503)


def test_without_the_database_nothing_is_verified(officer, monkeypatch):
    sample.published(sample.verification(), actor=officer)

    async def fail(*_, **__):
        raise psycopg.OperationalError("away")

    async def story(asker):
        monkeypatch.setattr("yiwang.foundation.datasources.runner.catalogue.Catalogue._write", fail)
        return await asker.verify(name="market-licence-check", keys=_keys(1, 30), caller="62/x")

    assert run(story).outcome is Outcome.AWAY
