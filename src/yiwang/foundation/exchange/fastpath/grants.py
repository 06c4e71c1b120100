"""May they: which grant a call falls under, and what is left of an answer when it is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
    problems = []
    for grant in snapshot.by_service.get((question.service, node), ()):
        problem = _problem(snapshot, grant, question, at)
        if problem is None:
            return grant
        problems.append(problem)
    raise max(problems, key=lambda found: found[0], default=(0, NotGranted()))[1]


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
    """How many of the conditions hold, and what the next one refuses; None when all do."""
    kind = _kind(snapshot, question)
    if not _is_theirs(grant, question):
        return 0, NotGranted()
    if kind and not ways.fits(grant.way, kind):
        return 1, WayNotGranted(f"{ways.misfit(grant.way, kind)}。")
    if not grant.valid_from <= at < grant.valid_until:
        return 2, GrantIsOver()
    if question.purpose not in grant.purposes:
        return 3, PurposeNotGranted()
    if grant.items and question.item not in grant.items:
        return 4, ItemNotGranted()
    if grant.needs_case and not question.case.strip():
        return 5, CaseNeeded()
    if not set(question.fields).issubset(granted_fields(grant)):
        return 6, FieldNotGranted()
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
    return Sieve({name: _rule(service, grant, name) for name in asked_fields(grant, question)})


def _rule(service: FastService, grant: Grant, name: str) -> str | None:
    """ "" when it is shown as it came; None for a field the service does not declare: nobody graded it."""
    field = service.fields.get(name)
    if field is None:
        return None
    if name in grant.clear_fields:
        return ""
    field = stricter(field, grant.grades.get(name))
    rule = field.mask.upper() or Mask.NONE
    if rule != Mask.NONE:
        return rule
    return "" if field.grade < MASKED_FROM else Mask.WHOLE.value


@dataclass(frozen=True, slots=True)
class Sieve:
    """Lets through the fields a call may have, each by its rule."""

    rules: Mapping[str, str | None]

    def hidden(self) -> dict[str, str]:
        """Each declared field a call may have with the rule it is hidden by; "" as it is."""
        return {name: rule for name, rule in self.rules.items() if rule is not None}

    def hides_nothing(self) -> bool:
        """True when every field may be shown as it came."""
        return not any(rule != "" for rule in self.rules.values())

    def one(self, record: Any) -> dict[str, Any]:
        """PartnerNonsense when the record is no object."""
        if not isinstance(record, dict):
            raise PartnerNonsense
        return {
            name: _shown(record[name], rule) for name, rule in self.rules.items() if name in record
        }


def _shown(value: Any, rule: str | None) -> Any:
    if rule == "" or (value is None and rule is not None):
        return value
    return HIDDEN if rule is None or rule == Mask.WHOLE else privacy.mask(value, rule)
