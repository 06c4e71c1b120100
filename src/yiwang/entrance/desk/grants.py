"""待遇: the monthly benefits a body pays, one by one."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yiwang.capability.entitlements import queries as entitlements
from yiwang.capability.entitlements.definitions import (
    REASON_LABELS,
    STATE_LABELS,
    EntitlementState,
    EntitlementView,
)
from yiwang.entrance.desk import navigation
from yiwang.entrance.desk.navigation import PAYING_ROLES, TO_STOP
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel.moments import legal_date, now
from yiwang.support.identity import queries as identity

PAGE_SIZE: Final = 50
_TABS: Final = {TO_STOP: "等确认停发", **STATE_LABELS}
#: Acts by state: the last part of the address, the words on the link, its weight.
ACTS: Final = {
    EntitlementState.ACTIVE: (
        ("change-sum", "调整金额…", ""),
        ("change-account", "更换账户…", ""),
        ("announce-stop", "告知拟停发…", "danger"),
    ),
    EntitlementState.NOTIFIED: (
        ("change-account", "更换账户…", ""),
        ("keep", "异议成立，继续发放…", ""),
        ("stop", "停发…", "danger"),
    ),
    EntitlementState.STOPPED: (("resume", "恢复发放…", "main"),),
}


@require_GET
@access(OFFICIAL, roles=PAYING_ROLES)
def show_grants(request: HttpRequest) -> HttpResponse:
    """The body's benefits in one state, newest first; names masked."""
    wanted = request.GET.get("state", "")
    state = wanted if wanted in _TABS else EntitlementState.ACTIVE.value
    given = request.GET.get("before", "")
    before = int(given) if given.isascii() and given.isdecimal() and len(given) < 18 else None
    rows = entitlements.list_grants(
        request.actor,  # type: ignore[attr-defined]
        state="" if state == TO_STOP else state,
        stoppable_on=legal_date(now()) if state == TO_STOP else None,
        before=before,
        limit=PAGE_SIZE,
    )
    people = libraries.list_persons([row.person for row in rows])
    names = {one: person.name_masked for one, person in people.items()}
    more = len(rows) == PAGE_SIZE
    context = {
        "links": navigation.links(request),
        "tabs": [(value, label, value == state) for value, label in _TABS.items()],
        "label": _TABS[state],
        "state": state,
        "rows": [(row, names.get(row.person, "")) for row in rows],
        "next": f"?state={state}&before={rows[-1].position}" if more else "",
        "first": f"?state={state}" if before else "",
    }
    return render(request, "desk/grants.html", context)


def may_stop(grant: EntitlementView) -> bool:
    """The days to object have run."""
    return grant.object_by is not None and legal_date(now()) > grant.object_by


@require_GET
@access(OFFICIAL, roles=PAYING_ROLES)
def show_grant(request: HttpRequest, grant_key: str) -> HttpResponse:
    """One benefit: what is paid, what happened to it, what can be done now."""
    actor = request.actor  # type: ignore[attr-defined]
    grant = entitlements.get_entitlement(grant_key, actor)
    changes = entitlements.list_changes(grant_key, actor)
    person = libraries.list_persons([grant.person]).get(grant.person)
    acts = [
        act for act in ACTS[EntitlementState(grant.state)] if act[0] != "stop" or may_stop(grant)
    ]
    context = {
        "links": navigation.links(request),
        "grant": grant,
        "case_key": grant.case.partition(":")[2],
        "name": person.name_masked if person else "",
        "reason": REASON_LABELS.get(grant.stop_reason, ""),
        "changes": changes,
        "names": identity.list_names({change.actor for change in changes}),
        "acts": acts,
        "waits": grant.state == EntitlementState.NOTIFIED and not may_stop(grant),
        "done": request.GET.get("done", "") == "1",
    }
    return render(request, "desk/grant.html", context)
