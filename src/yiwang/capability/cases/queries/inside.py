"""A case as the journey needs it: unmasked, never shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import Q

from yiwang.capability.cases.definitions import ClockKind, DecisionView
from yiwang.capability.cases.definitions.profiles import State, Step
from yiwang.capability.cases.models import Case
from yiwang.capability.cases.queries.standing import (
    accepted_by_now,
    counted_from,
    facts_of,
    has_silent_acceptance,
    machine_for,
)
from yiwang.capability.cases.queries.views import decision_view, earlier_decisions
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.statements import prepared
from yiwang.mechanisms.states import rules as state_rules
from yiwang.mechanisms.states.definitions import Party


@dataclass(frozen=True, slots=True)
class Inside:
    """What the platform itself knows of a case. Personal values: never log, never show."""

    key: str
    reference: str
    case_no: str
    state: str
    version: int
    profile: str
    instant: bool
    item_code: str
    item_version: int
    item_name: str
    applicant: str
    applicant_name: str
    applicant_masked: str
    submitted_by: str
    hand: str  # who came to the window for the applicant, masked
    division_code: str
    department: str
    department_name: str
    received_at: datetime
    decided_at: datetime | None
    ended_at: datetime | None
    answers: Mapping[str, object]
    words: Mapping[str, str]
    result_kind: str
    result_label: str
    review_body: str
    draft_key: str
    by_person: bool
    body: str
    body_name: str
    earlier: str
    effect: str
    silence_at: datetime | None
    counted_from: datetime
    issue_blocked: bool

    @property
    def ended(self) -> bool:
        return self.ended_at is not None


#: A case by its key; or its row, as an earlier verb of the same act returned it: locked, not read again.
Held = str | Case

_ONE: Final = "SELECT {columns} FROM cases_case WHERE key = %s"
_LOCKED: Final = f"{_ONE} FOR UPDATE"
_NOT_SAID: Final = (State.SUBMITTED, State.WITH_OFFICIAL)


def get_inside(case: Held, *, lock: bool = False) -> Inside:
    """One case for the platform's own work; ``NotFound``. Rights were checked by the act before.

    ``lock``: its row stays locked until the transaction ends.
    """
    return inside_of(row_of(case, lock=lock))


def read_once(key: str) -> Held:
    """A case's row for several of these questions about one moment; ``NotFound``."""
    return row_of(key)


def row_of(case: Held, *, lock: bool = False) -> Case:
    if isinstance(case, Case):
        return case
    if lock and not connection.in_atomic_block:
        raise RuntimeError("a row is locked only inside a transaction")
    rows = prepared.read(Case, _LOCKED if lock else _ONE, [case])
    if not rows:
        raise NotFound
    return rows[0]


@dataclass(frozen=True, slots=True)
class Notice:
    """What the applicant was told to mend, or why the case was not accepted."""

    problems: tuple[str, ...] = ()
    reason: str = ""
    advice: str = ""
    appeal: tuple[str, ...] = ()


def get_notice(key: str) -> Notice:
    """The notice of a returned, handed-back or refused case; ``NotFound`` without one."""
    given = row_of(key).notice
    if given is None:
        raise NotFound
    return Notice(
        tuple(given.get("problems", ())),
        given.get("reason", ""),
        given.get("advice", ""),
        tuple(given.get("appeal", ())),
    )


def find_extension_reason(key: str) -> str:
    """Why more time was asked for; "" when it was not, or is no longer on the case."""
    row = Case.objects.filter(key=key).first()
    return (row.extension or {}).get("reason", "") if row else ""


def list_standing(cases: Sequence[str]) -> Mapping[str, str]:
    """Of these cases (references) the ones that wait for somebody, and in which state, in words."""
    keys = [case.partition(":")[2] for case in cases]
    rows = Case.objects.filter(key__in=keys, decided_at=None, ended_at=None)
    light = rows.only("key", "state", "profile", "machine_version")
    return {row.reference: machine_for(row).labels.get(row.state, row.state) for row in light}


def find_open_on(licence: str) -> tuple[str, str] | None:
    """Key and number of the case on a licence (its first version) that is not settled yet.

    Settled: rejected, ended, or approved and carried out.
    """
    waits = Q(decided_at=None) | Q(outcome="APPROVE", issued_at=None)
    rows = Case.objects.filter(waits, acts_on=licence, ended_at=None).exclude(acts_on="")
    return rows.values_list("key", "case_no").first()


def list_item_names(cases: Sequence[str]) -> Mapping[str, str]:
    """What the items of these cases (references) are called."""
    keys = [case.partition(":")[2] for case in cases]
    found = Case.objects.filter(key__in=keys).values_list("key", "item_name")
    return {f"case:{key}": name for key, name in found}


def list_silent(*, at: datetime, limit: int = 200) -> tuple[str, ...]:
    """Keys of cases whose old term ended without a decision, the oldest first."""
    waiting = Case.objects.filter(
        silence_at__isnull=False, silence_at__lte=at, decided_at=None, ended_at=None
    )
    return tuple(waiting.order_by("silence_at").values_list("key", flat=True)[:limit])


def is_silent(key: str, *, at: datetime) -> bool:
    """Are the days to say something about acceptance over, everything being there, nothing said?"""
    rows = prepared.read(Case, _ONE, [key])
    row = rows[0] if rows and rows[0].state in _NOT_SAID else None
    if row is None or not has_silent_acceptance(row):
        return False
    clock = clocks.find_clock(subject=row.reference, kind=ClockKind.ACCEPT, at=at)
    return accepted_by_now(row, clock, at)


def is_renewed_by_silence(key: str, *, at: datetime) -> bool:
    """Would the clock renew this case now?"""
    row = Case.objects.filter(key=key).first()
    if row is None:
        return False
    acts = state_rules.allowed_acts(
        machine_for(row), state=row.state, role=Party.MACHINE, facts=facts_of(row, at)
    )
    return Step.DEEM_RENEWED in acts


@dataclass(frozen=True, slots=True)
class Revoked:
    """A decision a person took back: when and why."""

    decided_at: str
    revoked_at: str
    reason: str
    result: str


def list_revoked(key: str) -> tuple[Revoked, ...]:
    """The decisions of a case that were taken back, oldest first; ``NotFound``."""
    row = Case.objects.filter(key=key).first()
    if row is None:
        raise NotFound
    return tuple(
        Revoked(one["decided_at"], one["revoked_at"], one["revoked_because"], one["result"])
        for one in row.content.get("earlier", ())
    )


def get_decision(case: Held, *, outcome: str = "") -> DecisionView:
    """The decision of a decided case; ``NotFound``.

    ``outcome``: the newest with this outcome, one that was taken back since included: who hears of a
    decision late still hears what it said.
    """
    row = row_of(case)
    stands = decision_view(row)
    known: tuple[DecisionView, ...] = (stands,) if stands else ()
    known += earlier_decisions(row) if outcome else ()
    found = next((one for one in known if outcome in ("", one.outcome)), None)
    if found is None:
        raise NotFound
    return found


def inside_of(row: Case) -> Inside:
    content = row.content
    return Inside(
        key=row.key,
        reference=row.reference,
        case_no=row.case_no,
        state=row.state,
        version=row.version,
        profile=row.profile,
        instant=row.instant,
        item_code=row.item_code,
        item_version=row.item_version,
        item_name=row.item_name,
        applicant=row.applicant,
        applicant_name=content["applicant_name"],
        applicant_masked=row.applicant_masked,
        submitted_by=row.submitted_by,
        hand=content.get("hand", ""),
        division_code=row.division_code,
        department=row.department,
        department_name=row.department_name,
        received_at=row.received_at,
        decided_at=row.decided_at,
        ended_at=row.ended_at,
        answers=content["answers"],
        words={row["field"]: row["value"] for row in content["rows"]},
        result_kind=content["result_kind"],
        result_label=content["result_label"],
        review_body=content["review_body"],
        draft_key=row.draft_key,
        by_person=row.person_asked_at is not None,
        body=row.body or row.department,
        body_name=row.body_name or row.department_name,
        earlier=content.get("acts_on", ""),
        effect=content.get("effect", ""),
        silence_at=row.silence_at,
        counted_from=counted_from(row),
        issue_blocked=row.issue_blocks > 0,
    )
