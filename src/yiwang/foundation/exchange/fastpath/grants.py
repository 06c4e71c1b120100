"""May they: which grant a call falls under, and what is left of an answer when it is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from yiwang.foundation.exchange import ways
from yiwang.foundation.exchange.fastpath.local import TABLE, VERDICTS, VERIFY
from yiwang.foundation.exchange.fastpath.questions import Question
from yiwang.foundation.exchange.fastpath.refusals import (
    CannotCall,
    CaseNeeded,
    FieldNotGranted,
    GrantIsOver,
    ItemNotGranted,
    NotGranted,
    PartnerNonsense,
    PurposeNotGranted,
    WayNotGranted,
)
from yiwang.foundation.exchange.fastpath.snapshot import FastService, Grant, Snapshot, stricter
from yiwang.foundation.exchange.fastpath.tables import WAY as TABLE_WAY
from yiwang.foundation.privacy import rules as privacy
from yiwang.foundation.privacy.definitions import Mask

#: From this grade on a field is hidden unless the grant says it is given in clear.
MASKED_FROM: Final = 3
HIDDEN: Final = "****"


def choose(snapshot: Snapshot, question: Question, *, node: str, at: datetime) -> Grant:
    """The first grant of this node that fits; else the refusal of the one that came nearest."""
    nearest: tuple[int, CannotCall] = (-1, NotGranted())
    for grant in snapshot.by_service.get((question.service, node), ()):
        problem = _problem(snapshot, grant, question, at)
        if problem is None:
            return grant
        nearest = max(nearest, problem, key=lambda found: found[0])
    raise nearest[1]


def check(snapshot: Snapshot, question: Question, *, node: str, at: datetime) -> Grant:
    """The grant a call names, if it still holds for this node and fits; asked again before the
    answer leaves, so that a revocation in mid-call counts."""
    grant = snapshot.grants.get(question.grant)
    if grant is None:
        raise GrantIsOver
    if grant.service != question.service or grant.consumer_node != node:
        raise NotGranted
    problem = _problem(snapshot, grant, question, at)
    if problem is not None:
        raise problem[1]
    return grant


def granted_fields(grant: Grant) -> tuple[str, ...]:
    """Its fields; of a grant for verification yes and no alone, whatever fields it is about."""
    return (VERDICTS,) if grant.way == VERIFY else grant.fields


def asked_fields(grant: Grant, question: Question) -> tuple[str, ...]:
    """What the call wants of what it may have; everything when it does not say."""
    return question.fields or granted_fields(grant)


def _problem(
    snapshot: Snapshot, grant: Grant, question: Question, at: datetime
) -> tuple[int, CannotCall] | None:
    kind = _kind(snapshot, question)
    checks: Sequence[tuple[bool, type[CannotCall]]] = (
        (not _is_theirs(grant, question), NotGranted),
        (bool(kind) and not ways.fits(grant.way, kind), WayNotGranted),
        (not grant.valid_from <= at < grant.valid_until, GrantIsOver),
        (question.purpose not in grant.purposes, PurposeNotGranted),
        (bool(grant.items) and question.item not in grant.items, ItemNotGranted),
        (grant.needs_case and not question.case.strip(), CaseNeeded),
        (not set(question.fields) <= set(granted_fields(grant)), FieldNotGranted),
    )
    for step, (wrong, refusal) in enumerate(checks):
        if wrong:
            told = f"{ways.misfit(grant.way, kind)}。" if refusal is WayNotGranted else ""
            return step, refusal(told)
    return None


def _kind(snapshot: Snapshot, question: Question) -> str:
    """What the service is: known of this node's own; of another's only that a table is asked for."""
    service = snapshot.services.get(question.service)
    if service is not None:
        return service.kind
    return TABLE if question.way == TABLE_WAY else ""


def _is_theirs(grant: Grant, question: Question) -> bool:
    """A grant is one department's (条例 25: nobody hands it on). The node's own service platform
    works for whichever department handles the item it names."""
    if not question.department:
        return bool(question.item)
    return question.department == grant.consumer


def sieve(service: FastService, grant: Grant, question: Question) -> Sieve:
    """What a call may have of an answer: hidden as the stricter of service and catalogue says."""
    if grant.grades:
        fields = {
            name: stricter(field, grant.grades.get(name)) for name, field in service.fields.items()
        }
        service = replace(service, fields=fields)
    return Sieve(service, asked_fields(grant, question), grant.clear_fields)


@dataclass(frozen=True, slots=True)
class Sieve:
    """Lets through the fields a call may have, hidden where the grant does not say “in clear”."""

    service: FastService
    fields: tuple[str, ...]
    clear: frozenset[str]

    def hidden(self) -> dict[str, str]:
        """Each field a call may have with the rule it is hidden by; "" as it is."""
        rules = {}
        for name in self.fields:
            if (field := self.service.fields.get(name)) is not None:
                rule = field.mask.upper()
                rules[name] = "" if self._is_clear(name) else rule or Mask.WHOLE.value
        return rules

    def hides_nothing(self) -> bool:
        """True when every field may be shown as it came."""
        return all(self._is_clear(name) for name in self.fields)

    def _is_clear(self, name: str) -> bool:
        field = self.service.fields.get(name)
        rule = field.mask.upper() or Mask.NONE if field else Mask.NONE
        return field is not None and (
            name in self.clear or (rule == Mask.NONE and field.grade < MASKED_FROM)
        )

    def one(self, record: Any) -> dict[str, Any]:
        """PartnerNonsense when the record is no object."""
        if not isinstance(record, dict):
            raise PartnerNonsense
        return {name: self._shown(name, record[name]) for name in self.fields if name in record}

    def _shown(self, name: str, value: Any) -> Any:
        field = self.service.fields.get(name)
        if field is None:  # granted, but the service does not declare it: nobody graded it
            return HIDDEN
        rule = field.mask.upper() or Mask.NONE
        if name in self.clear or value is None:
            return value
        if rule == Mask.NONE:
            return value if field.grade < MASKED_FROM else HIDDEN
        return privacy.mask(value, rule)
