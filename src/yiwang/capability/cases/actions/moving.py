"""One step of one case: lock, check who, move along the table, write who has it now, announce."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final, TypeVar

from django.db.models.functions import Greatest

from yiwang.capability.cases import rules
from yiwang.capability.cases.actions import work
from yiwang.capability.cases.definitions import ClockKind, Keeper
from yiwang.capability.cases.definitions.profiles import Step
from yiwang.capability.cases.events import CaseEvent
from yiwang.capability.cases.models import Case, CaseHolding
from yiwang.capability.cases.queries import standing
from yiwang.capability.cases.queries.inside import Held
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.statements import prepared
from yiwang.mechanisms.states import actions as states
from yiwang.mechanisms.states.definitions import Party

Fact = TypeVar("Fact", bound=CaseEvent)
_LOCK: Final = "SELECT {columns} FROM cases_case WHERE key = %s FOR UPDATE"
_ASK_THE_CLOCK: Final = (
    Step.ACCEPT,
    Step.DEEM_ACCEPTED,
    Step.RETURN,
    Step.REFUSE,
    Step.NOT_OURS,
    Step.TRANSFER,
)


class NotYourOwnCase(NotAllowed):
    """Approver is not applicant."""

    sentence = "这是您自己的申请，不能由您来办理。"
    remedy = "请交给其他工作人员办理。"


class SecondPersonNeeded(NotAllowed):
    """Who asks for more time does not grant it; who signs first does not sign twice."""

    sentence = "延长办理期限是您提出的，要由另一位负责人批准。"
    remedy = "请交给本单位的其他审批人员办理。"


def locked(case: Held, actor: Actor) -> Case:
    """The case's row, locked until the transaction ends; ``NotFound`` when not visible.

    A row is one that an earlier verb of the same act has locked: it is as it stands there.
    """
    if isinstance(case, Case):
        return case
    rows = prepared.read(Case, _LOCK, [case])
    if not rows or not rows[0].is_visible_to(actor):
        raise NotFound
    return rows[0]


def take_up(*, case_key: Held, actor: Actor) -> Case:
    """A case locked for an act of several verbs: they take the row instead of reading it again."""
    return locked(case_key, actor)


def step(
    row: Case,
    act: Step,
    *,
    actor: Actor,
    at: datetime,
    version: int | None = None,
    changes: Mapping[str, object] | None = None,
    facts: Mapping[str, bool] | None = None,
) -> None:
    """Move a locked case one step. ``version``: what the actor saw; the platform itself sees the row.

    Refusals: ``NotAllowed`` (office), ``NotYourOwnCase``, ``VersionConflict``, ``CannotDo``.
    """
    _move(row, act, actor=actor, at=at, version=version, changes=changes, facts=facts)
    work.keep(row, actor=actor, act=act)


@contextmanager
def written_once(row: Case, *, actor: Actor) -> Iterator[Callable[..., None]]:
    """Several steps of one act on a locked case: each is taken and checked as ever, the row and its
    place on the lists are written once. Gives the ``step`` to take them with.
    """
    state, version, unwritten, acts = row.state, row.version, dict[str, object](), list[Step]()

    def one(row: Case, act: Step, *, actor: Actor, at: datetime, **more: Any) -> None:
        _move(row, act, actor=actor, at=at, unwritten=unwritten, **more)
        acts.append(act)

    yield one
    if acts:
        states.write(row=row, columns=unwritten, state=state, version=version)
        work.keep(row, actor=actor, act=acts[-1])


def _move(
    row: Case,
    act: Step,
    *,
    actor: Actor,
    at: datetime,
    version: int | None = None,
    changes: Mapping[str, object] | None = None,
    facts: Mapping[str, bool] | None = None,
    unwritten: dict[str, object] | None = None,
) -> None:
    party = rules.party_of(actor, applicant=row.applicant, item_code=row.item_code)
    if party is None or (party is Party.OFFICIAL and not standing.is_theirs(row, actor, act)):
        raise NotAllowed
    if rules.is_own_case(actor, applicant=row.applicant, submitted_by=row.submitted_by):
        raise NotYourOwnCase
    before, ended_at = standing.keeper_of(row), standing.end_of(row)
    row.acting_post = standing.post_for(row, actor, act)
    states.move(
        row,
        machine=standing.machine_for(row),
        act=act,
        role=party,
        version=row.version if version is None else version,
        facts=standing.facts_of(row, at, **_by_the_clock(row, act, at), **(facts or {})),
        changes=changes,
        unwritten=unwritten,
    )
    after = standing.keeper_of(row)
    if after == before:
        return
    if ended_at is not None and row.held_since is None:  # taken up again: write what went before
        _hold(row, standing.first_keeper(row), row.received_at, ended_at)
    hand_to(row, after, at)


def hand_to(row: Case, keeper: Keeper | None, at: datetime) -> None:
    """Write who has a locked case from now on; None: nobody, it has ended.

    The first holder has no row: it follows from how the case came in.
    """
    if row.held_since is not None:
        open_one = CaseHolding.objects.filter(case=row, ended_at=None)
        open_one.update(ended_at=Greatest("began_at", at))  # a machine's clock may have gone back
    if keeper is None:
        return
    _hold(row, keeper, at, None)
    Case.objects.filter(pk=row.pk).update(held_since=at)
    row.held_since = at


def _hold(row: Case, keeper: Keeper, began_at: datetime, ended_at: datetime | None) -> None:
    CaseHolding.objects.create(
        case=row,
        holder_kind=keeper.kind,
        holder=keeper.holder,
        label=keeper.label,
        began_at=began_at,
        ended_at=ended_at,
    )


def _by_the_clock(row: Case, act: Step, at: datetime) -> dict[str, bool]:
    """What only the clock of acceptance knows; asked only by acts and tables that depend on it."""
    if act not in _ASK_THE_CLOCK or not standing.has_silent_acceptance(row):
        return {}
    clock = clocks.find_clock(subject=row.reference, kind=ClockKind.ACCEPT, at=at)
    return {"accept_lapsed": standing.accepted_by_now(row, clock, at)}


def announce(
    row: Case, event: type[Fact], *, actor: Actor, at: datetime, **more: str | int | bool
) -> None:
    """Tell the journal, with what every case event carries."""
    fact = event(
        subject=row.reference,
        at=at,
        case_no=row.case_no,
        item_code=row.item_code,
        item_version=row.item_version,
        profile=row.profile,
        applicant=row.applicant,
        division_code=row.division_code,
        department=row.department,
        version=row.version,
        post=row.acting_post,
        **more,
    )
    journal.announce(fact, actor=actor)


def required(text: str, what: str) -> str:
    """A reason that must be given in writing."""
    if not text.strip():
        raise InvalidInput(f"没有写明{what}。", f"请写明{what}后再办理。")
    return text.strip()
