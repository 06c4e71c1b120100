"""A table from one department's front-end database to another's, over two nodes."""

from __future__ import annotations

import os
import secrets
import threading
import time
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings as configured
from django.db import connection

from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.agreements.definitions import Way
from yiwang.foundation.agreements.models import DataGrant
from yiwang.foundation.datasources import actions as sources
from yiwang.foundation.datasources import sample as departments
from yiwang.foundation.datasources.definitions import SourceKind
from yiwang.foundation.datasources.tests.running import process
from yiwang.foundation.exchange import parts, rules
from yiwang.foundation.exchange.definitions import CallStatus
from yiwang.foundation.exchange.models import Receipt, Sheet
from yiwang.foundation.exchange.tests import two as pair
from yiwang.foundation.tables import actions, queries, sample, taking
from yiwang.foundation.tables.definitions import CopyState, Deletions, Difference, Phase
from yiwang.foundation.tables.models import TableCopy
from yiwang.foundation.tables.target import Reached
from yiwang.kernel.actor import machine
from yiwang.kernel.moments import now

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

PURPOSE = "核对申请人情况"
ROWS = 2_500
BY = machine("tables")


@pytest.fixture(scope="module")
def two(django_db_setup, django_db_blocker, tmp_path_factory):
    home = tmp_path_factory.mktemp("lanzhou")
    (home / "run").mkdir()
    os.symlink(os.path.join(configured.YIWANG_HOME, "run", "query.sock"), home / "run/query.sock")
    with django_db_blocker.unblock(), pair.running_two(home) as found:
        yield found


class Base:
    """The department's and the receiver's schema, with an account for each; here in one server."""

    def __init__(self) -> None:
        given = connection.settings_dict
        self.place = f"host='{given['HOST']}' port={given['PORT'] or 5432} dbname={given['NAME']}"
        self.host = f"{given['HOST']}:{given['PORT'] or 5432}"
        self.owner = f"{self.place} user={given['USER']} password={given['PASSWORD']}"
        self.do("DROP SCHEMA IF EXISTS front CASCADE", "DROP SCHEMA IF EXISTS back CASCADE")
        for role in ("yiwang_front_reader", "yiwang_back"):
            self.do(f"DROP ROLE IF EXISTS {role}", f"CREATE ROLE {role} LOGIN PASSWORD 'sample'")
        self.do(
            "CREATE SCHEMA front",
            *sample.CREATE.format(schema="front", rows=ROWS).split(";\n")[:2],
            "GRANT USAGE ON SCHEMA front TO yiwang_front_reader",
            "GRANT SELECT ON front.register TO yiwang_front_reader",
            "CREATE SCHEMA back AUTHORIZATION yiwang_back",
        )

    def do(self, *statements: str) -> list[tuple]:
        with psycopg.connect(self.owner, autocommit=True) as base:
            for statement in statements:
                found = base.execute(statement)
            return found.fetchall() if found.description else []

    def rows(self, table: str) -> list[tuple]:
        return self.do(
            "SELECT no, name, fee, since, n, changed::timestamptz FROM"  # noqa: S608
            f" {table} WHERE gone IS NOT TRUE ORDER BY no"
        )

    def end(self) -> None:
        for role in ("yiwang_front_reader", "yiwang_back"):
            self.do(f"DROP OWNED BY {role} CASCADE", f"DROP ROLE {role}")
        self.do("DROP SCHEMA front CASCADE")


@pytest.fixture
def base(two, settings):
    found = Base()
    settings.SOURCE_HOSTS = [found.host]
    settings.EXCHANGE_PORT = two.province.port
    two.introduce()
    with process(YIWANG_SOURCE_HOSTS=found.host):
        yield found
    found.end()


def publish(two, base, settings, **changes):
    """Lanzhou's register as a service, and the province's grant of it."""
    officer, name = departments.officer("zhang"), f"register-{secrets.token_hex(3)}"
    settings.NODE = "620100"
    source = sources.register_source(
        label="前置库（示例）", kind=SourceKind.POSTGRES, department=departments.DEPARTMENT,
        division_code=departments.DIVISION, actor=officer, at=now(),
        address=f"{base.place} user=yiwang_front_reader password=sample",
    )  # fmt: skip
    body = sample.table(name, **{"rows": 400, **changes})
    sources.propose_query(source=source.key, published=body, actor=officer, at=now())
    settings.NODE = "62"
    fields = tuple(one.name for one in body.fields)
    agreements.grant(
        f"620100/{name}", fields=fields, consumer=departments.DEPARTMENT, way=Way.TABLE
    )
    return f"620100/{name}"


def begin(two, base, service, deletions=Deletions.FLAG, **changes):
    copy = actions.begin_copy(
        service=service, purpose=PURPOSE, place="back.register", deletions=deletions,
        address=f"{base.place} user=yiwang_back password=sample",
        department=departments.DEPARTMENT, division_code=departments.DIVISION,
        actor=departments.officer("li"), at=now(), **changes,
    )  # fmt: skip
    key = parts.key_of(departments.DEPARTMENT, now())
    two.tell()

    def known() -> bool:
        part = parts.fetch_part(
            service=service, part={"way": "full", "after": []}, purpose=PURPOSE, item="",
            fields=(), key=key, at=now(),
        )  # fmt: skip
        return part.status is CallStatus.FOUND

    until(known)
    return copy.key


@pytest.fixture
def copy(two, base, settings):
    return begin(two, base, publish(two, base, settings))


def pull(key, **more):
    pulled = actions.pull_copy(copy=key, actor=BY, at=now(), **more)
    return pulled, queries.get_copy(key, BY)


def until(met, seconds=60.0):
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "not met in time"
        time.sleep(0.05)


def test_a_table_comes_whole_then_what_changes_and_both_nodes_sign_the_day(two, base, copy):
    pulled, seen = pull(copy)
    assert (pulled.rows, pulled.end, seen.problem) == (ROWS + 1, True, ""), seen
    assert base.rows("back.register") == base.rows("front.register")
    assert base.do("SELECT phone FROM back.register WHERE no = 'R00000007'") == [("139****0007",)]
    receipts = Receipt.objects.filter(side="CONSUMER", status="FOUND", rows__gt=0)
    far = two.there("SELECT message, rows FROM exchange_receipt WHERE rows > 0")
    assert set(receipts.values_list("message", "rows")) <= set(far)
    names = ", ".join(rules.FACTS)
    for row in two.there(f"SELECT {names} FROM exchange_receipt WHERE side = 'PROVIDER'"):  # noqa: S608
        theirs = dict(zip(rules.FACTS, row, strict=True))
        ours = Receipt.objects.filter(message=theirs["message"]).values(*rules.FACTS).get()
        assert {n: ours[n] for n in rules.SHARED} == {n: theirs[n] for n in rules.SHARED}

    base.do(
        "INSERT INTO front.register VALUES ('R9', E'tab\\tback\\\\slash\\nline', NULL, NULL, NULL,"
        " NULL, NULL, now())",
        "UPDATE front.register SET name = '改名', changed = now() WHERE n = 5",
        "UPDATE front.register SET gone = true, changed = now() WHERE n = 6",
    )
    pulled, seen = pull(copy)
    assert (pulled.rows, seen.phase) == (3, Phase.CHANGES)
    assert base.rows("back.register") == base.rows("front.register")
    pulled, seen = pull(copy)
    assert (pulled.rows, pulled.end, seen.problem) == (0, True, "")

    base.do("DELETE FROM front.register WHERE gone")  # its flag was seen; both are without it now
    assert actions.reconcile_copy(copy=copy, actor=BY, at=now()) is True
    ours = Sheet.objects.get(side="CONSUMER")
    ((rows, total, theirs, signature),) = two.there(
        "SELECT rows, sum, their_rows, their_signature FROM exchange_sheet"
    )
    assert (rows, total, theirs) == (ours.rows, ours.sum, ours.their_rows)
    assert signature == ours.signature
    assert ours.rows == ROWS


def test_a_planted_difference_is_found_and_mended(two, base, copy):
    pull(copy)
    base.do(
        "UPDATE back.register SET name = 'planted' WHERE n = 1700",
        "DELETE FROM back.register WHERE n IN (20, 21)",
        "INSERT INTO back.register SELECT 'S1', name FROM back.register WHERE n = 1",
    )
    assert actions.reconcile_copy(copy=copy, actor=BY, at=now()) is False
    assert queries.get_copy(copy, BY).sheet_equal is False
    found = queries.list_findings(copy, BY)
    assert {(one.kind, one.rows) for one in found} == {
        (Difference.DIFFERENT, 1), (Difference.MISSING, 2), (Difference.SURPLUS, 1),
    }  # fmt: skip
    for one in found:
        actions.mend_finding(finding=one.key, actor=BY, at=now())
    assert base.rows("back.register") == base.rows("front.register")
    assert actions.reconcile_copy(copy=copy, actor=BY, at=now()) is True
    assert queries.get_copy(copy, BY).open_findings == 0


def test_deletions_are_found_by_comparing_the_keys(two, base, settings):
    copy = begin(two, base, publish(two, base, settings, gone=""), Deletions.COMPARE)
    pull(copy)
    base.do("DELETE FROM front.register WHERE n % 500 = 3")
    assert actions.reconcile_copy(copy=copy, actor=BY, at=now()) is True
    assert base.rows("back.register") == base.rows("front.register")
    assert queries.list_findings(copy, BY) == ()


def test_a_grant_for_calls_opens_no_table(two, base, settings):
    service = publish(two, base, settings)
    copy = begin(two, base, service)
    pull(copy)
    rows = base.rows("back.register")
    DataGrant.objects.filter(service=service).update(way=Way.CALL)
    until(lambda: "接口调用" in pull(copy)[1].problem)
    base.do("INSERT INTO front.register (no, changed) VALUES ('R9', now())")
    pull(copy)
    assert base.rows("back.register") == rows


def test_a_table_without_a_stamp_follows_by_the_daily_comparison(two, base, settings):
    copy = begin(two, base, publish(two, base, settings, stamp="", gone=""), Deletions.COMPARE)
    assert pull(copy)[1].phase is Phase.RESTING
    base.do(
        "DELETE FROM front.register WHERE n = 10",
        "UPDATE front.register SET fee = 1 WHERE n = 900",
        "INSERT INTO front.register (no, changed) VALUES ('R2', now()), ('Z1', now())",
    )
    assert actions.reconcile_copy(copy=copy, actor=BY, at=now()) is True
    assert base.rows("back.register") == base.rows("front.register")


@pytest.mark.parametrize("side", ["provider", "consumer", "platform"])
def test_a_side_killed_in_the_middle_goes_on_without_losing_or_doubling(two, base, copy, side):
    """The provider's and the receiver's exchange, and the one that applies, each in the middle."""
    base.do("ALTER TABLE front.register ADD CONSTRAINT once UNIQUE (n)")
    if side == "platform":
        real, applied = taking.Target.apply_full, []

        def dies(self, *given):
            done = real(self, *given)
            applied.append(done)
            if len(applied) == 3:  # applied, and nobody heard of it
                raise SystemExit
            return done

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(taking.Target, "apply_full", dies)
            with pytest.raises(SystemExit):
                pull(copy)
        assert queries.get_copy(copy, BY).number == 2
    else:
        node = two.lanzhou if side == "provider" else two.province
        timer = threading.Timer(0.15, node.kill)
        timer.start()
        pull(copy)
        timer.join()
        node.start()
    until(lambda: pull(copy)[0].end)
    assert base.do("SELECT count(*), count(DISTINCT no) FROM back.register") == [(ROWS, ROWS)]
    assert base.rows("back.register") == base.rows("front.register")
    seen = queries.get_copy(copy, BY)
    assert seen.problem == ""
    assert base.do("SELECT number FROM back.yiwang_taken") == [(seen.number,)]


def test_a_part_that_is_repeated_or_late_changes_nothing(base, copy):
    pull(copy)
    row = TableCopy.objects.get(key=copy)
    with taking._target(row) as target:
        part = taking._fetcher(row, now())({"way": "full", "after": []})
        found, shape = taking._checked(part)
        first = Reached()
        after = taking._following(first, found, shape)
        assert target.apply_full(first, after, shape, after.after, part.lines) is False
    assert base.rows("back.register") == base.rows("front.register")


@pytest.mark.parametrize("what", ["lines", "sum", "rows"])
def test_an_altered_part_is_refused(base, copy, monkeypatch, what):
    real = parts.fetch_part

    def altered(**given):
        part = real(**given)
        lines, found = part.lines, dict(part.found)
        if what == "lines":
            lines = lines.replace("示例商户7\t".encode(), "示例商户8\t".encode())
        elif what == "sum":
            found["sum"] = "0" * 64
        else:
            found["rows"] += 1
        return type(part)(part.status, found, lines, part.message)

    monkeypatch.setattr(parts, "fetch_part", altered)
    pulled, seen = pull(copy)
    assert pulled.rows == 0
    assert "校验和不一致" in seen.problem
    assert base.do("SELECT to_regclass('back.register')") == [(None,)]
    monkeypatch.undo()
    assert pull(copy)[1].problem == ""


def test_a_revoked_grant_stops_it_and_a_paused_copy_stands(two, base, copy):
    pull(copy, seconds=0.01)
    seen = queries.get_copy(copy, BY)
    officer = departments.officer("li")
    actions.turn_copy(
        copy=copy, state=CopyState.PAUSED, version=seen.version, actor=officer, at=now()
    )
    assert pull(copy)[0].batches == 0
    actions.turn_copy(
        copy=copy, state=CopyState.RUNNING, version=seen.version + 1, actor=officer, at=now()
    )
    DataGrant.objects.update(
        valid_until=now() - timedelta(seconds=1), valid_from=now() - timedelta(1)
    )
    two.tell()
    until(lambda: "授权" in pull(copy)[1].problem)
    before = queries.get_copy(copy, BY).number
    assert pull(copy)[0].batches == 0
    assert queries.get_copy(copy, BY).number == before


def test_a_walk_that_another_day_or_hand_began_is_not_signed(base, copy):
    pull(copy)
    row = TableCopy.objects.get(key=copy)
    fetch = taking._fetcher(row, now())
    part = fetch({"way": "sheet", "after": [], "so_far": None})
    so_far = {**part.found["so_far"], "rows": 1}
    told = fetch({"way": "sheet", "after": so_far["after"], "so_far": so_far})
    assert (told.status, told.refusal) == (CallStatus.REFUSED, "MessageNotGenuine")
    told = fetch({"way": "sign", "so_far": part.found["so_far"], "ours": {}})
    assert told.status is CallStatus.REFUSED  # not at its end
    assert not Sheet.objects.exists()
