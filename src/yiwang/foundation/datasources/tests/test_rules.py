"""What may be published, what may be said, and the statement that comes of it."""

from dataclasses import replace

import pytest

from yiwang.foundation.datasources import sample
from yiwang.foundation.datasources.definitions import (
    Column,
    Field,
    FieldType,
    Operator,
    Parameter,
    Published,
    QueryRefused,
    ServiceKind,
    SourceKind,
    Table,
    TooFewKeys,
)
from yiwang.foundation.datasources.rules import analyst, checking, statement, values

TABLE = Table(
    "data",
    (
        Column("证号", FieldType.TEXT),
        Column("经营者", FieldType.TEXT),
        Column("摊位数", FieldType.INTEGER),
        Column("押金", FieldType.DECIMAL),
        Column("发证日期", FieldType.DATE),
        Column("在营", FieldType.YES_NO),
    ),
)
QUERY = sample.query()


def places(published: Published) -> set[str]:
    return {one.field for one in checking.problems(published, [TABLE])}


def test_a_definition_is_the_same_after_it_was_kept():
    assert Published.from_json(QUERY.as_json()) == QUERY
    assert Published.from_json(sample.verification().as_json()) == sample.verification()


def test_the_sample_may_be_published():
    assert checking.problems(QUERY, [TABLE]) == ()
    assert checking.problems(sample.verification(), [TABLE]) == ()


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"name": "../etc"}, "name"),
        ({"name": "A"}, "name"),
        ({"title": ""}, "title"),
        ({"title": "标\x00题"}, "title"),
        ({"rows": 0}, "rows"),
        ({"rows": 1_000_000}, "rows"),
        ({"seconds": 60.0}, "seconds"),
        ({"bytes": 1 << 30}, "bytes"),
        ({"table": "pg_shadow"}, "table"),
        ({"fields": ()}, "fields"),
        ({"fields": (Field("a", "证号", "证号", FieldType.TEXT),) * 2}, "fields.a"),
        ({"fields": (Field('a"; DROP', "证号", "证号", FieldType.TEXT),)}, 'fields.a"; DROP'),
        ({"fields": (Field("a", "没有", "没有", FieldType.TEXT),)}, "fields.a"),
        ({"fields": (Field("a", "证号", "证号", FieldType.TEXT, 9),)}, "fields.a"),
        ({"parameters": (Parameter("p", "p", FieldType.TEXT, "没有"),)}, "parameters.p"),
        ({"parameters": (Parameter("p", "p", FieldType.DATE, "证号"),)}, "parameters.p"),
        (
            {
                "parameters": (
                    Parameter("p", "p", FieldType.DATE, "发证日期", Operator.BEGINS_WITH),
                )
            },
            "parameters.p",
        ),
        ({"parameters": ()}, "parameters"),  # a personal field, and nothing need be said
        ({"order": ("没有",)}, "order"),
        ({"sql": "DELETE FROM data"}, "sql"),
    ],
)
def test_what_is_wrong_is_named_at_its_place(changes, place):
    assert place in places(replace(QUERY, **changes))


def test_a_whole_open_table_may_be_read_without_saying_anything():
    fields = tuple(f for f in QUERY.fields if f.grade < 3)
    assert places(replace(QUERY, fields=fields, parameters=())) == set()


def test_a_personal_number_alone_is_never_verified():
    alone = replace(
        sample.verification(),
        key=("证号",),
        fields=(Field("licence_no", "证号", "证号", FieldType.TEXT, 3),),
    )
    assert places(alone) == {"key"}
    public = replace(alone, fields=(Field("licence_no", "证号", "证号", FieldType.TEXT, 1),))
    assert places(public) == set()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a FROM data WHERE b = :p",
        "WITH x AS (SELECT 1 AS a) SELECT a FROM x WHERE a = :p",
        "select '；--不是注释' as a, \"证号\" from data where 证号 = :p and a::text <> ''",
    ],
)
def test_one_select_is_let_through(sql):
    assert analyst.problem_of(sql) == ""
    assert analyst.names_in(sql).count("p") <= 1


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "DELETE FROM data",
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP TABLE data",
        "SELECT 1 -- ; x",
        "SELECT /* x */ 1",
        "SELECT $$x$$",
        "SELECT $1",
        "SELECT a INTO b FROM data",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT \"pg_read_file\"('/etc/passwd')",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT load_extension('x')",
        "SELECT set_config('a', 'b', false)",
        "SELECT * FROM dblink('host=x', 'select 1')",
        "WITH gone AS (DELETE FROM data RETURNING *) SELECT * FROM gone",
        "SELECT lo_import('/etc/passwd')",
        "SELECT pg_sleep(1000)",
        "PRAGMA database_list",
        "ATTACH 'x' AS y",
        "COPY data TO '/tmp/x'",
        "SELECT 'open",
        "SELECT \x00",
        "SELECT " + "1," * 20_000 + "1",
    ],
)
def test_anything_else_is_not(sql):
    assert analyst.problem_of(sql) != ""


def test_a_parameter_inside_a_text_is_no_parameter():
    sql = "SELECT ':p' AS a, \":p\" FROM data WHERE a = :p AND b LIKE '10%' AND c::text = :q"
    assert analyst.names_in(sql) == ("p", "q")
    assert analyst.with_places(sql, "%s") == (
        "SELECT ':p' AS a, \":p\" FROM data WHERE a = %s AND b LIKE '10%%' AND c::text = %s"
    )


def test_values_never_stand_in_the_statement():
    evil = "x' OR 1=1; DROP TABLE data; --"
    given = values.given(QUERY, {"licence_no": evil})
    built = statement.build(QUERY, given, ("holder",), kind=SourceKind.SQLITE)
    assert evil not in built.sql
    assert built.values == ((FieldType.TEXT, evil),)
    assert built.sql == (
        'SELECT t."经营者" AS "holder" FROM "data" AS t WHERE t."证号" = ? LIMIT 1001'
    )


def test_names_are_quoted_whatever_stands_in_them():
    odd = replace(
        QUERY,
        table='pub"lic.da%ta',
        fields=(Field("a", 'x" FROM y; --%s', "x", FieldType.TEXT),),
        parameters=(),
    )
    built = statement.build(odd, {}, ("a",), kind=SourceKind.POSTGRES)
    assert built.sql == (
        'SELECT t."x"" FROM y; --%%s" AS "a" FROM "pub""lic"."da%%ta" AS t LIMIT 1001'
    )


def test_a_beginning_is_taken_letter_by_letter():
    parameter = Parameter("p", "p", FieldType.TEXT, "证号", Operator.BEGINS_WITH)
    published = replace(QUERY, parameters=(parameter,))
    built = statement.build(
        published, values.given(published, {"p": "10%_!"}), ("holder",), kind=SourceKind.SQLITE
    )
    assert built.values == ((FieldType.TEXT, "10!%!_!!%"),)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (FieldType.TEXT, 7),
        (FieldType.TEXT, "a\x00b"),
        (FieldType.TEXT, "\ud800"),
        (FieldType.TEXT, "x" * 201),
        (FieldType.TEXT, {"$ne": ""}),
        (FieldType.INTEGER, "7"),
        (FieldType.INTEGER, True),
        (FieldType.INTEGER, 2**70),
        (FieldType.INTEGER, 1.5),
        (FieldType.DECIMAL, "1e999999999"),
        (FieldType.DECIMAL, "NaN"),
        (FieldType.DECIMAL, 1.5),
        (FieldType.DATE, "2026-02-30"),
        (FieldType.DATE, "2026-1-1"),
        (FieldType.YES_NO, 1),
    ],
)
def test_a_value_of_another_type_is_refused(kind, value):
    with pytest.raises(values.NotOfType):
        values.tidy(value, kind)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "licence_no"),
        ({"licence_no": None}, "licence_no"),
        ({"licence_no": ["a"]}, "licence_no"),
        ({"licence_no": "a", "1=1": "x"}, "1=1"),
        ({"licence_no": "a", "holder": "x"}, "holder"),
    ],
)
def test_parameters_are_the_declared_ones(said, field):
    with pytest.raises(QueryRefused) as refused:
        values.given(QUERY, said)
    assert [one.field for one in refused.value.fields] == [field]


def test_only_declared_fields_are_asked_for():
    assert values.wanted(QUERY, ["holder", "licence_no"]) == ("licence_no", "holder")
    assert values.wanted(QUERY, None) == tuple(f.name for f in QUERY.fields)
    with pytest.raises(QueryRefused):
        values.wanted(QUERY, ["password"])


def test_a_batch_is_of_whole_keys_and_not_small():
    published = sample.verification(least=2)
    assert published.kind is ServiceKind.VERIFY
    assert values.keys(published, [["a", "b"], ["c", "d"]]) == [("a", "b"), ("c", "d")]
    with pytest.raises(TooFewKeys):
        values.keys(published, [["a", "b"]] * 50)
    for wrong in ("x", [["a"]], [["a", 1], ["c", "d"]], [["a", "b"]] * 10_001, None):
        with pytest.raises(QueryRefused):
            values.keys(published, wrong)
