"""Sample elders with an account, a token and a whole draft, ready to hand in. Untimed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from yiwang.capability.journey import sample as journey_sample
from yiwang.foundation.libraries import queries as libraries
from yiwang.foundation.libraries import sample as people
from yiwang.foundation.libraries.definitions import PersonView
from yiwang.kernel.moments import now
from yiwang.support.identity import actions as identity
from yiwang.support.identity import sample as accounts

QUESTIONS = {"who": "self", "account": "social-card"}
SCOPES = ("drafts:read", "drafts:write", "cases:read")


@dataclass(frozen=True, slots=True)
class Ready:
    """Somebody with everything filled in."""

    person: str
    token: str
    draft: str


def ready(count: int) -> list[Ready]:
    """``count`` people who do not exist yet, each of 80 to 99 years, each with one whole draft."""
    at = now() - timedelta(minutes=1)
    first = _next_seed()
    return [_one(first + number, at) for number in range(count)]


def another_draft(person: str) -> str:
    """One more whole draft of the same person; its key."""
    return _draft(libraries.get_person(person), now())


def _next_seed() -> int:
    """Seeds above every one used before, so that a second run in one place meets nobody twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM libraries_person")
        return 1_000_000 + int(cursor.fetchone()[0]) * 10


@transaction.atomic
def _one(seed: int, at: datetime) -> Ready:
    born = date(at.year - 80 - seed % 20, 1 + seed % 10, 1 + seed // 20 % 28)
    person = people.register_person(seed, at=at, born_on=born)
    accounts.open_person_account(person.reference, at=at)
    token = identity.issue_token(
        name="measurement",
        scopes=SCOPES,
        expires_at=at + timedelta(days=2),
        actor=journey_sample.citizen(person),
        at=at,
    )
    return Ready(person.reference, token.token, _draft(person, at))


def _draft(person: PersonView, at: datetime) -> str:
    return journey_sample.filled(
        journey_sample.ALLOWANCE,
        journey_sample.citizen(person),
        journey_sample.allowance_answers(person),
        at=at,
        questions=QUESTIONS,
    )
