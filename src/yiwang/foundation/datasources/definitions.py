"""What a source is, what a published query says, and every way both are refused. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final, Self

from yiwang.kernel.actor import Role
from yiwang.kernel.refusals import Refusal, TryLater

#: Who declares sources and publishes what may be asked of them, for the own department.
OFFICERS: Final = (Role.DATA_OFFICER, Role.HEAD)
#: PostgreSQL's channel that wakes the query process and the exchange.
CHANNEL: Final = "exchange_changed"

MOST_ROWS: Final = 5_000
MOST_BATCH: Final = 50_000  # rows of a table at once
MOST_SECONDS: Final = 10.0
MOST_BYTES: Final = 8 * 1024 * 1024
#: Of a large answer, which is laid down on disk before it goes on.
MOST_LARGE_ROWS: Final = 1_000_000
MOST_LARGE_BYTES: Final = 209_715_200
MOST_FIELDS: Final = 60
MOST_PARAMETERS: Final = 20
MOST_VALUES: Final = 100  # in one list
MOST_KEYS: Final = 10_000  # in one batch
LONGEST_VALUE: Final = 200
#: From this grade on a key that is verified must name two things about the subject.
PERSONAL_GRADE: Final = 3
#: What knowing one file's rows may cost: the CSV is held in memory by its own process.
MOST_FILE_BYTES: Final = 2 * 1024 * 1024 * 1024


class SourceKind(StrEnum):
    CSV = "CSV"
    SQLITE = "SQLITE"
    PARQUET = "PARQUET"
    POSTGRES = "POSTGRES"


class FieldType(StrEnum):
    TEXT = "TEXT"
    INTEGER = "INTEGER"
    DECIMAL = "DECIMAL"
    DATE = "DATE"
    YES_NO = "YES_NO"


class Operator(StrEnum):
    EQUALS = "EQUALS"
    AT_LEAST = "AT_LEAST"
    AT_MOST = "AT_MOST"
    BEGINS_WITH = "BEGINS_WITH"
    ONE_OF = "ONE_OF"


class ServiceKind(StrEnum):
    """Handing rows out, only saying yes and no, or a whole table kept in step elsewhere."""

    QUERY = "QUERY"
    VERIFY = "VERIFY"
    TABLE = "TABLE"


class State(StrEnum):
    """Of a published query; a stopped one can be published again."""

    DRAFT = "DRAFT"
    WAITING = "WAITING"  # analyst SQL: for the second person
    PUBLISHED = "PUBLISHED"
    STOPPED = "STOPPED"


class DropState(StrEnum):
    """Of a file sent for a resource."""

    REFUSED = "REFUSED"  # rows are wrong; nothing can be done with it
    CHECKED = "CHECKED"  # every row fits; nothing has changed yet
    TAKEN = "TAKEN"
    UNDONE = "UNDONE"


DROP_STATE_LABELS: Final[Mapping[DropState, str]] = {
    DropState.REFUSED: "有问题，没有采用",
    DropState.CHECKED: "检查合格，还没有采用",
    DropState.TAKEN: "已采用",
    DropState.UNDONE: "已撤回",
}


class Outcome(StrEnum):
    """What an answer is."""

    FOUND = "FOUND"
    NOT_FOUND = "NOT_FOUND"
    REFUSED = "REFUSED"
    AWAY = "AWAY"


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the source has it."""

    name: str
    type: FieldType


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a source; a CSV or Parquet file has the one table ``data``."""

    name: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One field handed out: its name on the line, the column behind it, how private it is."""

    name: str
    column: str
    label: str
    type: FieldType
    grade: int = 2  # 1-4 (standards 7.3)
    mask: str = ""  # the rule the exchange masks by, "" none


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing a caller may say; compared with a field of the query, or named in the analyst's SQL."""

    name: str
    label: str
    type: FieldType
    column: str = ""
    operator: Operator = Operator.EQUALS
    required: bool = True


@dataclass(frozen=True, slots=True)
class Published:
    """问什么、答什么: a whole published query. ``sql``: the analyst's, else it is put together from
    table, fields and parameters. ``key``: columns that together are verified (kind VERIFY)."""

    name: str
    title: str
    kind: ServiceKind
    table: str
    fields: tuple[Field, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    order: tuple[str, ...] = ()
    rows: int = 1000
    seconds: float = 2.0
    bytes: int = 1024 * 1024
    sql: str = ""
    key: tuple[str, ...] = ()
    least: int = 10  # keys in a batch, at the fewest
    keys_per_day: int = 50_000  # for each caller
    misses_per_day: int = 10_000  # keys answered no, for each caller: who guesses misses
    stamp: str = ""  # TABLE: the column that says when a row was changed last, "" none
    gone: str = ""  # TABLE: the yes-no column of rows that count as deleted, "" none
    large: int = 0  # QUERY: rows a large answer may have; 0: there is none
    settle: int = 5  # TABLE: seconds a change rests before it is handed on

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """What ``as_json`` wrote; KeyError, TypeError or ValueError for anything else."""
        plain = dict(body)
        return cls(
            **{
                **plain,
                "kind": ServiceKind(plain["kind"]),
                "fields": tuple(
                    Field(**{**one, "type": FieldType(one["type"])}) for one in plain["fields"]
                ),
                "parameters": tuple(
                    Parameter(
                        **{
                            **one,
                            "type": FieldType(one["type"]),
                            "operator": Operator(one["operator"]),
                        }
                    )
                    for one in plain["parameters"]
                ),
                "order": tuple(plain["order"]),
                "key": tuple(plain["key"]),
            }
        )


@dataclass(frozen=True, slots=True)
class DraftRow:
    """One column as an officer sees it on the page, and what he decided about it."""

    column: str
    type: FieldType
    name: str
    label: str
    out: bool = True
    grade: int = 2
    mask: str = "NONE"
    operator: str = ""  # "": nobody asks by it
    required: bool = True
    key: bool = False  # part of what is verified


KIND_LABELS: Final[Mapping[SourceKind, str]] = {
    SourceKind.CSV: "CSV 文件",
    SourceKind.SQLITE: "SQLite 数据库文件",
    SourceKind.PARQUET: "Parquet 文件",
    SourceKind.POSTGRES: "PostgreSQL 数据库",
}
FIELD_TYPE_LABELS: Final[Mapping[FieldType, str]] = {
    FieldType.TEXT: "文字",
    FieldType.INTEGER: "整数",
    FieldType.DECIMAL: "小数",
    FieldType.DATE: "日期",
    FieldType.YES_NO: "是否",
}
OPERATOR_LABELS: Final[Mapping[Operator, str]] = {
    Operator.EQUALS: "等于",
    Operator.AT_LEAST: "不小于",
    Operator.AT_MOST: "不大于",
    Operator.BEGINS_WITH: "开头是",
    Operator.ONE_OF: "是其中之一",
}
SERVICE_KIND_LABELS: Final[Mapping[ServiceKind, str]] = {
    ServiceKind.QUERY: "查询",
    ServiceKind.VERIFY: "批量核验",
    ServiceKind.TABLE: "整表交换",
}
STATE_LABELS: Final[Mapping[State, str]] = {
    State.DRAFT: "草稿",
    State.WAITING: "等另一人核定",
    State.PUBLISHED: "已发布",
    State.STOPPED: "已停用",
}


class CannotReadSource(Refusal):
    """The source is not what it says, is not there, or does not open; the sentence says which."""

    status = 422
    sentence = "这个数据源打不开。"
    remedy = "请检查文件或地址后再试。"


class NoDataYet(CannotReadSource):
    """Its only file was taken back: nothing is wrong, there is nothing to ask."""

    sentence = "这个数据源现在还没有数据。"
    remedy = "提供部门投递的文件采用以后再查。"


class SourceNotAllowed(Refusal):
    """The address or account of a source is not one the operator allows."""

    status = 422
    sentence = "这个数据源的地址没有登记为可以连接。"
    remedy = "请运维在 YIWANG_SOURCE_HOSTS 里登记这台数据库，再试一次。"


class AccountMayWrite(SourceNotAllowed):
    sentence = "这个数据库账号不是只读的。"
    remedy = "请换一个只有查询权限的账号；查询服务不用能改数据的账号。"


class CannotPublishQuery(Refusal):
    """The definition is wrong; ``fields`` name where."""

    status = 422
    sentence = "这个查询服务的定义有问题，没有发布。"
    remedy = "请按提示改好后再发布。"


class CannotTakeDrop(Refusal):
    sentence = "这份文件现在不能采用。"
    remedy = "请看检查报告，改好后重新投递。"


class NeedsSecondPerson(Refusal):
    sentence = "自编语句要由另一个人核定，不能自己核定自己的。"
    remedy = "请同单位的另一位管理员核定。"


class QueryRefused(Refusal):
    """A question that is not asked the way the service declares; ``fields`` name the parameters."""

    status = 422
    sentence = "询问的参数不对。"
    remedy = "请对照服务的说明检查参数。"


class NoSuchQuery(Refusal):
    status = 404
    sentence = "没有这个查询服务，或者它已经停用。"
    remedy = "请到资源目录核对服务编码。"


class NoLargeAnswer(Refusal):
    status = 404
    sentence = "这个查询服务没有登记大答复。"
    remedy = "请用普通调用；要整批数据时，请提供方在服务定义里写明大答复最多几行，或者用整表交换。"


class AnswerTooLarge(Refusal):
    status = 413
    sentence = "答复太大，没有给出。"
    remedy = "请缩小查询范围，或者少要几个字段。"


class AskedTooLong(Refusal):
    status = 504
    sentence = "查询用的时间超过限度，已经停止。"
    remedy = "请缩小查询范围；数据提供方可以给条件列加索引。"


class NotAsDeclared(Refusal):
    """What the source gave is not of the declared type: said, never handed on."""

    status = 502
    sentence = "数据源给出的内容和声明的类型不一致。"
    remedy = "请数据提供方核对这个字段。"


class TooFewKeys(Refusal):
    status = 422
    sentence = "一次核验的数量太少。"
    remedy = "批量核验每次要达到服务声明的最少数量；单个核实请用查询服务。"


class TooManyKeys(Refusal):
    status = 429
    sentence = "今天核验的数量已经到限度。"
    remedy = "请明天再试，或者申请更大的数量。"


class SourceAwayNow(TryLater):
    sentence = "数据源现在连不上。"
    remedy = "请过一会儿再试。"
