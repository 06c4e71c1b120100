"""Counting one fact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from yiwang.centre.indicators.definitions import OWN_VAULT, Happening, Metric
from yiwang.mechanisms.statements import prepared

_COUNT: Final = """
with marked as (
    insert into indicators_countedfact (position) values (%(position)s)
    on conflict do nothing returning position
), of_body as (
    insert into indicators_bodyday as known ("on", division_code, department,
        received, decided, in_time, rejected, refused, corrected, extended)
    select %(on)s::date, %(division)s::text, %(department)s::text, %(received)s::int,
        %(decided)s::int, %(in_time)s::int, %(rejected)s::int, %(refused)s::int,
        %(corrected)s::int, %(extended)s::int
    from marked where %(department)s::text <> ''
    on conflict ("on", division_code, department) do update set
        received = known.received + excluded.received, decided = known.decided + excluded.decided,
        in_time = known.in_time + excluded.in_time, rejected = known.rejected + excluded.rejected,
        refused = known.refused + excluded.refused,
        corrected = known.corrected + excluded.corrected,
        extended = known.extended + excluded.extended
), daily as (
insert into indicators_dailycount as known ("on", metric, division_code, item_code, value)
select %(on)s::date, counted.metric, %(division)s::text, %(item)s::text, 1
from marked, unnest(%(metrics)s::text[]) as counted(metric)
on conflict ("on", metric, division_code, item_code) do update set value = known.value + 1
) select position from marked
"""
_SPARE: Final = """
with given as (
    select * from unnest(%(materials)s::text[], %(sources)s::text[]) as one(material, source)
), before as (
    select distinct source from indicators_sparedpaper where subject = %(subject)s::text
), fresh as (
    insert into indicators_sparedpaper (subject, material, source)
    select %(subject)s::text, material, source from given
    on conflict (subject, material) do nothing returning source
)
insert into indicators_sparedday as known
    ("on", division_code, department, item_code, source, papers, visits)
select %(on)s::date, %(division)s::text, %(department)s::text, %(item)s::text, fresh.source,
    count(*), (fresh.source <> %(vault)s::text and before.source is null)::int
from fresh left join before using (source) group by fresh.source, before.source
on conflict ("on", division_code, department, item_code, source) do update set
    papers = known.papers + excluded.papers, visits = known.visits + excluded.visits
returning papers
"""
_ENTER: Final = """
with entered as (
    insert into indicators_openmatter (subject, division_code, department, soon, late)
    values (%(subject)s::text, %(division)s::text, %(department)s::text, false, false)
    on conflict do nothing returning subject
)
insert into indicators_bodystock as known (division_code, department, open, soon, late)
select %(division)s::text, %(department)s::text, 1, 0, 0 from entered
on conflict (division_code, department) do update set open = known.open + 1
"""
_LEAVE: Final = """
with gone as (
    delete from indicators_openmatter where subject = %(subject)s
    returning division_code, department, soon, late
)
update indicators_bodystock as known
set open = known.open - 1, soon = known.soon - gone.soon::int, late = known.late - gone.late::int
from gone where known.division_code = gone.division_code and known.department = gone.department
"""
_LIGHT: Final = """
with was as (
    select subject, division_code, department, soon, late from indicators_openmatter
    where subject = %(subject)s for update
), turned as (
    update indicators_openmatter as matter set soon = %(soon)s::boolean, late = %(late)s::boolean
    from was where matter.subject = was.subject
)
update indicators_bodystock as known
set soon = known.soon + %(soon)s::boolean::int - was.soon::int,
    late = known.late + %(late)s::boolean::int - was.late::int
from was where known.division_code = was.division_code and known.department = was.department
"""


def count(
    *,
    position: int,
    on: date,
    division_code: str,
    item_code: str,
    metrics: Sequence[Metric] = (),
    department: str = "",
    happenings: Sequence[Happening] = (),
) -> bool:
    """Add one to each metric of that day, place and item, and to what happened in the body; False
    when the fact is already in.

    One statement in the caller's transaction: the mark and the counters move together.
    """
    values: dict[str, object] = {one.value: int(one in happenings) for one in Happening}
    values |= {
        "position": position,
        "on": on,
        "division": division_code,
        "item": item_code,
        "metrics": [metric.value for metric in metrics],
        "department": department if happenings else "",
    }
    return bool(prepared.run(_COUNT, values))


def spare(
    *,
    on: date,
    subject: str,
    division_code: str,
    department: str,
    item_code: str,
    papers: Mapping[str, str],
) -> bool:
    """Papers of one case nobody was asked for (material → supplier), each counted once; a visit a
    supplier, once a case. False when nothing was new. One's own vault spares no visit."""
    values = {
        "on": on,
        "subject": subject,
        "division": division_code,
        "department": department,
        "item": item_code,
        "materials": list(papers),
        "sources": list(papers.values()),
        "vault": OWN_VAULT,
    }
    return bool(prepared.run(_SPARE, values))


def enter(*, subject: str, division_code: str, department: str) -> None:
    """A case is somebody's work from now on; again changes nothing."""
    values = {"subject": subject, "division": division_code, "department": department}
    prepared.run(_ENTER, values)


def leave(*, subject: str) -> None:
    """It is nobody's work any more; again changes nothing."""
    prepared.run(_LEAVE, {"subject": subject})


def turn(*, subject: str, soon: bool = False, late: bool = False) -> None:
    """Its clock is nearly over, over, or neither; nothing for a case that is not at work."""
    prepared.run(_LIGHT, {"subject": subject, "soon": soon, "late": late})
