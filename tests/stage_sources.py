"""A department's data source, what is published from it, and an analyst's statement that waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

OFFICER = "shujuyuan"


def addresses(body: str, *, by, at: datetime) -> tuple[str, ...]:
    """The pages of data sources, for the officer named above."""
    from yiwang.foundation.datasources import actions, sample
    from yiwang.foundation.datasources.definitions import Field, FieldType

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
    here = f"/data/sources/{source.key}/"
    return (
        "/data/sources/",
        "/data/sources/new/",
        here,
        f"{here}publish/",
        f"{here}definition/",
        f"/data/sources/queries/{published.key}/",
        f"/data/sources/queries/{waiting.key}/",
    )
