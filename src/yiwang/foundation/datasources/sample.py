"""A small register for tests and for the sample installation, and who may publish it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from yiwang.foundation.datasources import actions
from yiwang.foundation.datasources.definitions import (
    OFFICERS,
    Field,
    FieldType,
    Parameter,
    Published,
    ServiceKind,
    SourceKind,
)
from yiwang.foundation.datasources.queries import QueryView, SourceView
from yiwang.kernel.actor import Actor, ActorKind, Grant
from yiwang.kernel.references import new_key
from yiwang.mechanisms.files import actions as files

AT: Final = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DIVISION: Final = "620102000000"
DEPARTMENT: Final = "11620102MB0000017A"
OTHER_DEPARTMENT: Final = "11620102MB0000025X"

#: Fictional: licences of sellers at a market.
CSV: Final = (
    "证号,经营者,摊位数,押金,发证日期,在营\n"
    + "".join(
        f"LZ{n:06d},示例商户{n}号,{n % 5 + 1},{n}.50,2026-01-{n % 28 + 1:02d},{'是' if n % 3 else '否'}\n"
        for n in range(1, 1201)
    )
).encode("utf-8-sig")


def officer(name: str = "", *, department: str = DEPARTMENT) -> Actor:
    """An officer of a department who may publish."""
    key = name or new_key()
    return Actor(
        kind=ActorKind.OFFICIAL,
        reference=f"official:{key}",
        display_name="示例数据专员",
        grants=(Grant(OFFICERS[0], DIVISION, department),),
        person=f"person:{key}",
    )


def query(name: str = "market-licence", **changes: object) -> Published:
    """A published query of one licence by its number."""
    plain = {
        "name": name,
        "title": "摊位登记查询（示例）",
        "kind": ServiceKind.QUERY,
        "table": "data",
        "fields": (
            Field("licence_no", "证号", "证号", FieldType.TEXT),
            Field("holder", "经营者", "经营者", FieldType.TEXT, 3, "NAME"),
            Field("stalls", "摊位数", "摊位数", FieldType.INTEGER),
            Field("deposit", "押金", "押金", FieldType.DECIMAL),
            Field("issued_on", "发证日期", "发证日期", FieldType.DATE),
            Field("open", "在营", "在营", FieldType.YES_NO),
        ),
        "parameters": (Parameter("licence_no", "证号", FieldType.TEXT, "证号"),),
    }
    return Published(**{**plain, **changes})  # type: ignore[arg-type]


def verification(name: str = "market-licence-check", **changes: object) -> Published:
    """A published verification: do this number and this name belong together?"""
    plain = {
        "name": name,
        "title": "摊位登记核验（示例）",
        "kind": ServiceKind.VERIFY,
        "table": "data",
        "fields": (
            Field("licence_no", "证号", "证号", FieldType.TEXT, 3),
            Field("holder", "经营者", "经营者", FieldType.TEXT, 3),
        ),
        "key": ("证号", "经营者"),
    }
    return Published(**{**plain, **changes})  # type: ignore[arg-type]


def uploaded(
    data: bytes = CSV,
    *,
    actor: Actor | None = None,
    at: datetime = AT,
    label: str = "摊位登记（示例）",
) -> SourceView:
    """An uploaded CSV, declared as a source."""
    who = actor or officer("sampler")
    department = next((g.department for g in who.grants if g.department), DEPARTMENT)
    stored = files.store(data=data, filename="register.csv", actor=who, at=at)
    return actions.register_source(
        label=label,
        kind=SourceKind.CSV,
        department=department,
        division_code=DIVISION,
        file_key=stored.key,
        actor=who,
        at=at,
    )


def published(
    body: Published | None = None, *, actor: Actor | None = None, at: datetime = AT
) -> QueryView:
    """A source with one published query."""
    who = actor or officer("sampler")
    source = uploaded(actor=who, at=at)
    return actions.propose_query(source=source.key, published=body or query(), actor=who, at=at)
