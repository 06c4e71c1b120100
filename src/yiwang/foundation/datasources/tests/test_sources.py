"""Declaring a source and publishing what may be asked: who may, what is refused, what is written."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from yiwang.foundation.datasources import actions, queries, sample
from yiwang.foundation.datasources.definitions import (
    CannotPublishQuery,
    CannotReadSource,
    Field,
    FieldType,
    NeedsSecondPerson,
    Parameter,
    SourceKind,
    SourceNotAllowed,
    State,
)
from yiwang.foundation.datasources.models import QueryRecord, SourceRecord, VersionRecord
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound, VersionConflict
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.journal import queries as journal
from yiwang.mechanisms.states.rules import CannotDo

pytestmark = pytest.mark.django_db
AT = sample.AT


@pytest.fixture
def officer():
    return sample.officer("zhang")


def register(actor, *, kind=SourceKind.CSV, **changes):
    given = {"label": "登记", "kind": kind, "department": sample.DEPARTMENT,
             "division_code": sample.DIVISION, "actor": actor, "at": AT}  # fmt: skip
    return actions.register_source(**{**given, **changes})


def test_a_csv_becomes_a_service_without_code(officer):
    source = sample.uploaded(actor=officer)
    assert [c.name for c in source.tables[0].columns][:2] == ["证号", "经营者"]
    published = actions.propose_query(
        source=source.key, published=sample.query(), actor=officer, at=AT
    )
    assert (published.state, published.upstream) == (State.PUBLISHED, "local:market-licence")
    acts = [e.act for e in journal.list_entries(subject=f"query:{published.key}")]
    assert acts == ["datasources.query_published"]
    assert queries.list_queries(officer) == (published,)


def test_another_departments_officer_neither_sees_nor_touches_it(officer):
    published = sample.published(actor=officer)
    other = sample.officer("li", department=sample.OTHER_DEPARTMENT)
    assert queries.list_queries(other) == queries.list_sources(other) == ()
    for act in (
        lambda: queries.get_query(published.key, other),
        lambda: queries.get_source(published.source.key, other),
        lambda: actions.stop_query(query=published.key, version=2, reason="x", actor=other, at=AT),
        lambda: actions.approve_query(query=published.key, version=2, actor=other, at=AT),
        lambda: actions.propose_query(
            source=published.source.key, published=sample.query("other"), actor=other, at=AT
        ),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(NotAllowed):
        register(other, file_key="x" * 16)


def test_an_address_is_closed_in_the_table(officer, tmp_path, settings):
    settings.SOURCE_FOLDER = str(tmp_path)
    (tmp_path / sample.DEPARTMENT).mkdir()
    (tmp_path / sample.DEPARTMENT / "a.csv").write_bytes(sample.CSV)
    source = register(officer, address=f"{sample.DEPARTMENT}/a.csv")
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SELECT address FROM datasources_source WHERE key = %s", [source.key])
        assert "a.csv" not in cursor.fetchone()[0]


@pytest.mark.parametrize(
    "address",
    ["../../etc/passwd", "/etc/passwd", "x", "", "a/../b", "a//b", "link/passwd", "dir", "a.csv\x00",
     "./a.csv", "fifo", "leads-out.csv"],
)  # fmt: skip
def test_no_file_outside_the_departments_folder_is_opened(officer, tmp_path, settings, address):
    settings.SOURCE_FOLDER = str(tmp_path / "sources")
    home = tmp_path / "sources" / sample.DEPARTMENT
    (home / "dir").mkdir(parents=True)
    (tmp_path / "secret.csv").write_bytes(sample.CSV)
    (home / "leads-out.csv").symlink_to(tmp_path / "secret.csv")
    (home / "link").symlink_to("/etc")
    import os

    os.mkfifo(home / "fifo")
    with pytest.raises(CannotReadSource):
        register(officer, address=f"{sample.DEPARTMENT}/{address}")
    with pytest.raises((CannotReadSource, InvalidInput)):
        register(officer, address=address)


def test_without_a_folder_and_without_hosts_nothing_is_reached(officer):
    with pytest.raises(SourceNotAllowed):
        register(officer, address=f"{sample.DEPARTMENT}/a.csv")
    for address in (
        "postgresql://a:b@127.0.0.1:5432/x",
        "postgresql://a:b@metadata.internal/x",
        "host=/var/run dbname=x user=a",
    ):
        with pytest.raises(SourceNotAllowed):
            register(officer, kind=SourceKind.POSTGRES, address=address)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://a:b@db:5432/x?options=-c%20default_transaction_read_only%3Doff",
        "host=db dbname=x user=a passfile=/etc/passwd",
        "host=db dbname=x user=a service=x",
        "host=db hostaddr=10.0.0.1 dbname=x user=a",
        "not an address",
        "host=db",
    ],
)
def test_an_address_says_nothing_but_where(officer, settings, address):
    settings.SOURCE_HOSTS = ["db:5432"]
    with pytest.raises(CannotReadSource):
        register(officer, kind=SourceKind.POSTGRES, address=address)


def test_rows_that_do_not_fit_are_named(officer):
    data = "证号,数\nA1,1\n=cmd|x,2\nA3,三\n".encode()
    stored = files.store(data=data, filename="a.csv", actor=officer, at=AT)
    with pytest.raises(CannotReadSource) as refused:
        register(officer, file_key=stored.key)
    assert [one.field for one in refused.value.fields] == ["第 3 行"]
    assert "公式" in refused.value.fields[0].sentence
    assert not SourceRecord.objects.exists()


def test_a_newer_file_takes_the_place_of_the_last(officer):
    source = sample.uploaded(actor=officer)
    good = files.store(data=sample.CSV, filename="b.csv", actor=officer, at=AT)
    newer = actions.replace_file(
        source=source.key, file_key=good.key, version=1, actor=officer, at=AT
    )
    assert newer.version == 2
    other = files.store(data="列\n1\n".encode(), filename="c.csv", actor=officer, at=AT)
    with pytest.raises(CannotReadSource):
        actions.replace_file(source=source.key, file_key=other.key, version=2, actor=officer, at=AT)
    with pytest.raises(VersionConflict):
        actions.replace_file(source=source.key, file_key=good.key, version=1, actor=officer, at=AT)


def test_a_wrong_definition_is_not_published(officer):
    source = sample.uploaded(actor=officer)
    bad = replace(sample.query(), table="users")
    with pytest.raises(CannotPublishQuery) as refused:
        actions.propose_query(source=source.key, published=bad, actor=officer, at=AT)
    assert "table" in {one.field for one in refused.value.fields}
    assert not QueryRecord.objects.exists()


def test_a_name_belongs_to_one_service(officer):
    sample.published(actor=officer)
    source = sample.uploaded(actor=officer)
    with pytest.raises(CannotPublishQuery) as refused:
        actions.propose_query(source=source.key, published=sample.query(), actor=officer, at=AT)
    assert [one.field for one in refused.value.fields] == ["name"]


ANALYST = replace(
    sample.query("market-sum"),
    sql="SELECT 在营 AS open, count(*) AS n FROM data WHERE 摊位数 >= :least GROUP BY 1",
    fields=(
        Field("open", "open", "在营", FieldType.YES_NO),
        Field("n", "n", "户数", FieldType.INTEGER),
    ),
    parameters=(Parameter("least", "最少摊位数", FieldType.INTEGER),),
)


def test_analyst_sql_waits_for_a_second_person(officer):
    source = sample.uploaded(actor=officer)
    waiting = actions.propose_query(source=source.key, published=ANALYST, actor=officer, at=AT)
    assert waiting.state is State.WAITING
    with pytest.raises(NeedsSecondPerson):
        actions.approve_query(query=waiting.key, version=2, actor=officer, at=AT)
    other = sample.officer("wang")
    done = actions.approve_query(query=waiting.key, version=2, actor=other, at=AT)
    assert (done.state, done.approved_by) == (State.PUBLISHED, other.reference)
    with pytest.raises(CannotDo):
        actions.approve_query(query=waiting.key, version=3, actor=other, at=AT)


def test_the_database_too_wants_two_for_analyst_sql(officer):
    source = sample.uploaded(actor=officer)
    waiting = actions.propose_query(source=source.key, published=ANALYST, actor=officer, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        VersionRecord.objects.filter(query__key=waiting.key).update(approved_by=officer.reference)


def test_what_was_declined_leaves_the_version_in_force(officer):
    published = sample.published(actor=officer)
    newer = replace(ANALYST, name="market-licence", sql=ANALYST.sql)
    waiting = actions.propose_query(
        source=published.source.key, published=newer, query=published.key,
        version=published.version, actor=officer, at=AT,
    )  # fmt: skip
    assert (waiting.state, waiting.newer) == (State.WAITING, True)
    actions.decline_query(
        query=waiting.key, version=waiting.version, reason="不必要", actor=officer, at=AT
    )
    row = QueryRecord.objects.get(key=waiting.key)
    assert (row.state, row.published_version) == (State.PUBLISHED, 1)


def test_who_saw_an_older_state_changes_nothing(officer):
    published = sample.published(actor=officer)
    actions.stop_query(
        query=published.key, version=published.version, reason="检修", actor=officer, at=AT
    )
    with pytest.raises(VersionConflict):
        actions.propose_query(
            source=published.source.key, published=sample.query(), query=published.key,
            version=published.version, actor=officer, at=AT,
        )  # fmt: skip
    with pytest.raises(CannotDo):
        actions.stop_query(
            query=published.key, version=published.version + 1, reason="再停", actor=officer, at=AT
        )
