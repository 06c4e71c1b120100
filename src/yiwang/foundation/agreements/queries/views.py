"""A request or a grant as its reader sees it: what he is to it, what he may do, what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from yiwang.foundation.agreements import citing, rules
from yiwang.foundation.agreements.definitions import (
    BASIS_LABELS,
    GRANT,
    REQUEST,
    SHARING_LABELS,
    SIDE_LABELS,
    WAY_LABELS,
    Body,
    GrantView,
    Note,
    Origin,
    RequestView,
    Sharing,
    Side,
    Way,
)
from yiwang.foundation.agreements.definitions.reports import (
    DISPOSAL_LABELS,
)
from yiwang.foundation.agreements.models import DataGrant, DataRequest
from yiwang.foundation.exchange.definitions import misfit
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.clocks.definitions import ClockView
from yiwang.mechanisms.states import rules as states
from yiwang.mechanisms.states.definitions import Machine


def sides_of(row: DataRequest | DataGrant, actor: Actor) -> frozenset[Side]:
    """What somebody is to this row. A copy is changed where it was agreed, not here."""
    if isinstance(row, DataGrant) and row.origin == Origin.REGISTRY:
        return frozenset()
    return rules.sides(
        actor,
        consumer=(row.consumer_division, row.consumer),
        provider=(row.provider_division, row.provider),
        state=row.state,
    )


def facts_of(row: DataRequest | DataGrant, at: datetime) -> Mapping[str, bool]:
    """What the guards of its table ask for."""
    if isinstance(row, DataRequest):
        return rules.request_facts(
            sharing=row.sharing,
            told=row.told_at is not None,
            longer=row.longer,
            answer_yes=row.answer_yes,
        )
    return rules.grant_facts(
        misuse=row.misuse,
        mended=row.mended_at is not None,
        mend_by=row.mend_by,
        end_asked_by=row.end_asked_by,
        renewal=row.renew_until is not None,
        ends_on=legal_date(row.valid_until - timedelta(seconds=1)),
        today=legal_date(at),
        disposal=row.disposal,
    )


def acts_of(
    row: DataRequest | DataGrant, machine: Machine, actor: Actor, at: datetime
) -> tuple[tuple[str, str], ...]:
    """(act, label) open to somebody now, as any of what he is to the row."""
    held, facts = sides_of(row, actor), facts_of(row, at)
    if isinstance(row, DataRequest) and row.signed_by == actor.reference:
        held -= {Side.PROVIDER_HEAD}  # who signed the request does not sign its answer
    names = [
        name
        for side in Side
        if side in held
        for name in states.allowed_acts(machine, state=row.state, role=side, facts=facts)
    ]
    return tuple((name, _label(machine, row.state, name)) for name in dict.fromkeys(names))


def _label(machine: Machine, state: str, act: str) -> str:
    """What an act is called from a state: the same act has other words on other steps."""
    steps = (one for one in machine.transitions if one.act == act and one.source == state)
    step = next(steps, None)
    return step.label if step else states.label_of(machine, act)


def request_view(row: DataRequest, actor: Actor, at: datetime) -> RequestView:
    """A row that was read with its rights."""
    found = clocks.find_clocks(subjects=[row.reference], at=at)[row.reference]
    grant = row.grants.values_list("key", flat=True).first() or ""
    return RequestView(
        key=row.key,
        no=row.no,
        reference=row.reference,
        resource=row.resource,
        resource_name=row.resource_name,
        sharing=row.sharing,
        sharing_label=SHARING_LABELS[Sharing(row.sharing)],
        consumer=body_of(row, "consumer"),
        provider=body_of(row, "provider"),
        purpose=row.purpose,
        basis=row.basis,
        basis_label=BASIS_LABELS[row.basis],
        items=tuple(row.items),
        duty=row.duty,
        scene=row.scene,
        fields=tuple(row.fields),
        clear_fields=tuple(row.clear_fields),
        way=row.way,
        way_label=WAY_LABELS[Way(row.way)],
        needs_case=row.needs_case,
        until=row.until,
        per_day=row.per_day,
        state=row.state,
        state_label=REQUEST.labels[row.state],
        version=row.version,
        missing=row.missing,
        longer=row.longer,
        longer_days=row.longer_days,
        answer_yes=row.answer_yes,
        answer_words=row.answer_words,
        article=row.article,
        off_list=row.off_list,
        service=row.service,
        grant=grant,
        received_at=row.received_at,
        answered_at=row.answered_at,
        delivered_at=row.delivered_at,
        clock=running(found),
        notes=_notes(row, REQUEST),
        acts=acts_of(row, REQUEST, actor, at),
        articles=citing.citations_of(row, on=legal_date(at)),
    )


def grant_view(row: DataGrant, actor: Actor, at: datetime, *, in_list: bool = False) -> GrantView:
    """A row that was read with its rights; in a list without what changed articles say now."""
    return GrantView(
        key=row.key,
        reference=row.reference,
        request=row.request.key if row.request else "",
        resource=row.resource,
        service=row.service,
        consumer=body_of(row, "consumer"),
        provider=body_of(row, "provider"),
        purposes=tuple(row.purposes),
        items=tuple(row.items),
        needs_case=row.needs_case,
        fields=tuple(row.fields),
        clear_fields=tuple(row.clear_fields),
        way=row.way,
        way_label=WAY_LABELS[Way(row.way)],
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        per_day=row.per_day,
        per_second=row.per_second,
        state=row.state,
        state_label=GRANT.labels[row.state],
        version=row.version,
        origin=row.origin,
        stopped_here=row.stopped_here,
        misuse=row.misuse,
        end_asked_by=row.end_asked_by,
        notes=_notes(row, GRANT),
        mend_by=row.mend_by,
        renew_until=row.renew_until,
        disposal=row.disposal,
        disposal_label=DISPOSAL_LABELS.get(row.disposal, ""),
        dispose_by=row.dispose_by,
        misfit=misfit(row.way, row.misfit) if row.misfit else "",
        acts=acts_of(row, GRANT, actor, at),
        articles=citing.citations_of(row, on=None if in_list else legal_date(at)),
    )


def body_of(row: DataRequest | DataGrant, side: str) -> Body:
    """The asking (``consumer``) or the giving (``provider``) department of a row."""
    said = row.__dict__
    return Body(
        uscc=said[side],
        name=said[f"{side}_name"],
        division_code=said[f"{side}_division"],
        node=said[f"{side}_node"],
    )


def running(found: Sequence[ClockView]) -> ClockView | None:
    """The clock that has not stopped, if there is one."""
    return next((clock for clock in found if clock.stopped_on is None), None)


def _notes(row: DataRequest | DataGrant, machine: Machine) -> tuple[Note, ...]:
    return tuple(
        Note(
            at=datetime.fromisoformat(note["at"]),
            label=_label(machine, note["from"], note["act"]),
            who=note["who"],
            side_label=SIDE_LABELS[note["side"]],
            words=note["words"],
        )
        for note in row.notes
    )
