"""A million catalogue resources with their items, a million receipts and uses, requests and grants: how
long do the lists take that officers, citizens, operators and programs page through?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import psycopg

from tests import database
from trial import million_rows as rows
from trial import timed
from trial.outcome import Outcome

TIMES = 30
#: Milliseconds of one page of a list, and of a figure over everything.
LIST, FIGURE = 50.0, 100.0
BIG = (
    "resources_resource", "resources_resourceitem", "resources_resourceversion",
    "resources_dataneed", "resources_datacorrection", "exchange_receipt", "exchange_use",
    "exchange_figure", "exchange_service_day", "agreements_request", "agreements_grant",
)  # fmt: skip


def run() -> Outcome:
    """Fill by statements of the database itself, then ask as those ask who have the pages."""
    outcome = Outcome("million_exchange")
    with database.running() as environment:
        environment = {**environment, "YIWANG_NODE": rows.OWN}
        _inside(environment, "yiwang", "manage", "migrate")
        filled = json.loads(_inside(environment, "trial.million_exchange", "fill"))
        said = _inside(environment, "trial.million_exchange", "ask")
    outcome.count(**filled)
    for name, (p50, p95, read) in json.loads(said.splitlines()[-1]).items():
        outcome.count(**{f"{name}_p50_ms": p50, f"{name}_p95_ms": p95})
        outcome.claim(f"{name}: no big table is read from end to end", read < rows.ROWS)
        most = FIGURE if name.startswith("figure_") else LIST
        outcome.gate(f"{name}: p95 {p95} ms of {most:.0f}", p95 <= most)
    return outcome


def _inside(environment: Mapping[str, str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *words], env=dict(environment), stdout=subprocess.PIPE, text=True,
        check=True, timeout=3600,
    )  # fmt: skip
    return done.stdout


def _fill() -> dict[str, Any]:
    """Inside: everything, and the statistics the planner needs; how long it took."""
    from yiwang.foundation.exchange.queries import SUBJECT_PURPOSE
    from yiwang.mechanisms.crypto import actions as crypto

    given = {
        "content": json.dumps(rows.content()),
        "index": crypto.keyed_index(rows.NUMBER, purpose=SUBJECT_PURPOSE),
    }
    began = time.monotonic()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        for statement in rows.STATEMENTS:
            connection.execute(statement, given)
        connection.execute("VACUUM ANALYZE")
    return {"rows": rows.ROWS, "seconds_to_fill": round(time.monotonic() - began)}


def _ask() -> dict[str, Any]:
    """Inside: name → (p50, p95, rows read by scanning whole tables)."""
    asked = _catalogue() | _exchange() | _agreements()
    return {name: timed.taken(ask, times=TIMES, tables=BIG) for name, ask in asked.items()}


def _catalogue() -> dict[str, Callable[[], object]]:
    from yiwang.foundation.resources import queries
    from yiwang.foundation.resources.definitions import DemandState, ResourceFilter
    from yiwang.foundation.resources.models import DataNeed, Resource
    from yiwang.kernel.actor import ANONYMOUS, Role
    from yiwang.kernel.moments import now

    officer = _official(Role.DATA_OFFICER, rows.BODY)
    authority = _official(Role.DATA_AUTHORITY, None)
    middle = Resource.objects.filter(code__gt="300500/000001").order_by("code")
    half = middle.values_list("key", flat=True)[0]
    far = DataNeed.objects.filter(item_code__gt="item-002000").order_by("item_code")
    need = far.values_list("key", flat=True)[0]
    at = now()

    def listed(actor: Any, after: str = "", **said: str) -> Callable[[], object]:
        only = ResourceFilter(**said)
        return lambda: queries.list_resources(actor, filter=only, after=after)

    found: dict[str, Callable[[], object]] = {
        "catalogue": listed(officer),
        "catalogue_middle": listed(officer, half),
        "catalogue_of_one_body": listed(officer, provider=rows.BODY),
        "catalogue_drafts": listed(officer, state="DRAFT"),
        "catalogue_all_drafts": listed(authority, state="DRAFT"),
        "catalogue_not_shared": listed(officer, sharing="NONE"),
        "catalogue_base": listed(officer, kind="BASE"),
        "catalogue_words_often": listed(officer, text="登记信息"),
        "catalogue_words_rarely": listed(officer, text="户籍登记信息77760"),
        "catalogue_words_never": listed(officer, text="没有这个"),
        "catalogue_one_character": listed(officer, text="婚"),
        "catalogue_words_and_kind": listed(officer, text="登记信息", kind="BASE"),
        "catalogue_of_the_public": listed(ANONYMOUS),
        "catalogue_words_of_the_public": listed(ANONYMOUS, text="第77局"),
        "one_resource": lambda: queries.get_resource("300500/000001"),
        "waiting_versions": lambda: queries.list_waiting(authority, at=at),
        "waiting_versions_of_a_body": lambda: queries.list_waiting(officer, at=at),
        "demand": queries.demand_list,
        "demand_middle": lambda: queries.demand_list(after=need),
        "negative": queries.negative_list,
        "negative_middle": lambda: queries.negative_list(after=half),
        "corrections_of_a_body": lambda: queries.list_corrections(officer, at=at),
        "corrections_of_a_place": lambda: queries.list_corrections(authority, at=at, state="ASKED"),
        "copies_waiting": lambda: queries.list_copies_waiting(officer),
        "changes": lambda: queries.list_changes(authority, at=at),
        "figure_duty": queries.duty_list,
        "figure_duty_of_a_body": lambda: queries.duty_list(provider=rows.BODY),
        "figure_census": lambda: queries.census(at=at),
    }
    for state in DemandState:
        found[f"demand_{state.lower()}"] = lambda state=state: queries.demand_list(state=state)
    return found


def _exchange() -> dict[str, Callable[[], object]]:
    from yiwang.foundation.exchange import queries
    from yiwang.foundation.exchange.models import Receipt
    from yiwang.foundation.exchange.queries import ReceiptFilter
    from yiwang.kernel.actor import Role
    from yiwang.kernel.moments import legal_date, now

    operator, at = _official(Role.OPERATOR, None), now()
    today, hour = legal_date(at), timedelta(hours=1)
    newest = Receipt.objects.order_by("-id")[0]

    def listed(before: int = 0, **said: str) -> Callable[[], object]:
        only = ReceiptFilter(**said)
        return lambda: queries.list_receipts(operator, only=only, before=before)

    own = rows.OWN
    return {
        "receipts": listed(),
        "receipts_middle": listed(newest.pk // 2),
        "receipts_of_a_service": listed(service=rows.SERVICE),
        "receipts_of_a_rare_service": listed(service=f"{own}/s7"),
        "receipts_of_an_unknown_service": listed(service=f"{own}/none"),
        "receipts_of_a_system": listed(system=f"{own}/system-7"),
        "receipts_of_an_unknown_system": listed(system=f"{own}/none"),
        "receipts_of_a_case": listed(case_no="62-2026-77"),
        "receipts_refused": listed(status="REFUSED"),
        "receipts_away_of_a_service": listed(status="AWAY", service=rows.SERVICE),
        "receipts_away_of_a_rare_service": listed(status="AWAY", service=f"{own}/s7"),
        "receipts_refused_of_a_system": listed(status="REFUSED", system=f"{own}/system-7"),
        "receipts_not_found_of_a_system": listed(status="NOT_FOUND", system=f"{own}/system-7"),
        "receipts_of_a_system_and_service": listed(system=f"{own}/system-7", service=f"{own}/s7"),
        "one_call": lambda: queries.get_receipts(newest.message, operator),
        "who_looked": lambda: queries.list_calls_about(rows.NUMBER),
        "who_looked_middle": lambda: queries.list_calls_about(rows.NUMBER, before=newest.pk // 2),
        "who_looked_at_nobody": lambda: queries.list_calls_about("620102199001010000"),
        "calls_of_a_grant": lambda: queries.list_grant_calls(rows.GRANT),
        "calls_of_an_unused_grant": lambda: queries.list_grant_calls("g-none"),
        "days_of_a_grant": lambda: queries.list_use_days(rows.GRANT),
        "oddities": lambda: queries.list_oddities(at=at),
        "unsigned": lambda: queries.count_unsigned(older_than=hour, at=at),
        "mismatches": queries.list_mismatches,
        "services": queries.list_services,
        "figure_uses_of_a_grant": lambda: queries.count_uses(rows.GRANT),
        "figure_traffic_hour": lambda: queries.list_traffic(since=at - hour, until=at),
        "figure_traffic_day": lambda: queries.list_traffic(since=at - 24 * hour, until=at),
        "figure_traffic_week": lambda: queries.list_traffic(since=at - 168 * hour, until=at),
        "figure_services_week": lambda: queries.list_service_figures(
            since=today - timedelta(days=6), until=today
        ),
        "figure_services_quarter": lambda: queries.list_service_figures(
            since=today - timedelta(days=89), until=today
        ),
        "figure_service_days": lambda: queries.list_service_days(
            since=today - timedelta(days=29), until=today
        ),
    }


def _agreements() -> dict[str, Callable[[], object]]:
    from yiwang.foundation.agreements import queries
    from yiwang.foundation.agreements.models import DataGrant, DataRequest
    from yiwang.foundation.agreements.queries.requests import TABS
    from yiwang.kernel.actor import Role
    from yiwang.kernel.moments import now

    at = now()
    officer = _official(Role.DATA_OFFICER, rows.BODY)
    authority = _official(Role.DATA_AUTHORITY, None)
    operator = _official(Role.OPERATOR, None)
    key = DataRequest.objects.filter(consumer=rows.BODY)[0].key
    mine = DataGrant.objects.filter(consumer=rows.BODY)[0].key
    found: dict[str, Callable[[], object]] = {
        "one_request": lambda: queries.get_request(key, officer, at=at),
        "grants_of_a_body": lambda: queries.list_grants(officer, at=at),
        "grants_of_a_place": lambda: queries.list_grants(authority, at=at),
        "grants_suspended": lambda: queries.list_grants(operator, at=at, state="SUSPENDED"),
        "uses_of_a_grant": lambda: queries.list_uses(rows.GRANT, operator),
        "figure_uses": lambda: queries.count_uses(mine, officer),
        "figure_offices_quarter": lambda: queries.list_offices(
            since=at - timedelta(days=90), until=at
        ),
        "figure_offices_three_years": lambda: queries.list_offices(
            since=at - timedelta(days=1096), until=at
        ),
    }
    for tab in TABS:
        found[f"requests_{tab}_of_a_body"] = lambda tab=tab: queries.list_requests(
            officer, at=at, tab=tab
        )
        found[f"requests_{tab}_of_a_place"] = lambda tab=tab: queries.list_requests(
            authority, at=at, tab=tab
        )
    return found


def _official(role: Any, department: str | None) -> Any:
    from yiwang.kernel.actor import Actor, ActorKind, Grant

    division = "620102000000" if department else "620000000000"
    grant = Grant(role, division, department)
    return Actor(ActorKind.OFFICIAL, "official:x", "王", grants=(grant,))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.project.settings")
    import django

    django.setup()
    print(json.dumps({"fill": _fill, "ask": _ask}[sys.argv[1]]()))
