"""A department's data source, what is published from it, and an analyst's statement that waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

OFFICER = "shujuyuan"


def addresses(body: str, *, by, at: datetime) -> tuple[str, ...]:
    """The pages of data sources, for the officer named above."""
    from yiwang.foundation.datasources import actions, sample
    from yiwang.foundation.datasources.definitions import Field, FieldType
    from yiwang.foundation.resources import sample as resources
    from yiwang.foundation.resources.definitions import Datum
    from yiwang.foundation.standards.definitions import ElementType
    from yiwang.foundation.tables import sample as tables
    from yiwang.network.directory import sample as places

    published = sample.published(actor=by, at=at)
    source = published.source
    actions.propose_query(source=source.key, published=sample.verification(), actor=by, at=at)
    waiting = actions.propose_query(
        source=source.key,
        published=replace(
            sample.query("market-sum", title="在营户数（示例）", parameters=()),
            fields=(Field("stalls", "n", "户数", FieldType.INTEGER, 1),),
            sql="SELECT count(*) AS n FROM data WHERE 在营 = 1",
        ),
        actor=sample.officer("colleague", department=body),
        at=at,
    )
    content = resources.content(
        resources.ALLOWANCES,
        code="301008/7",
        provider=body,
        items=(Datum("no", "编号", ElementType.TEXT, 4, 2),),
    )
    resources.publish(content, at=at)
    drops = [
        actions.check_drop(
            resource=content.code, data=text.encode(), filename="登记.csv", actor=by, at=at
        ).key
        for text in ("编号\nA1\n=1+1\n", "编号\nA1\n")
    ]
    copy = tables.copy(department=body, division_code=places.CHENGGUAN, at=at)
    here = f"/data/sources/{source.key}/"
    return (
        "/data/tables/",
        "/data/tables/new/",
        f"/data/tables/{copy.key}/",
        "/data/sources/",
        "/data/sources/new/",
        here,
        f"{here}publish/",
        f"{here}definition/",
        f"/data/sources/queries/{published.key}/",
        f"/data/sources/queries/{waiting.key}/",
        "/data/sources/drops/",
        *(f"/data/sources/drops/{key}/" for key in drops),
    )
