"""What an answer shows: of the service's grade, the catalogue's and the one told with a grant the highest."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from yiwang.foundation.exchange.fastpath import grants, snapshot
from yiwang.foundation.exchange.fastpath.questions import Question
from yiwang.foundation.exchange.fastpath.snapshot import FastField, FastService, Grant, stricter

AT = datetime(2026, 3, 2, tzinfo=UTC)
RECORD = {"name": "马晓燕", "phone": "13800000000", "alive": True, "note": "x"}


def service(grades: dict[str, list[Any]], **fields: tuple[int, str]) -> FastService:
    """As the server reads its row."""
    row = SimpleNamespace(
        code="62/a", kind="CALL", title="t", summary="", upstream="local:a", method="POST",
        limit_seconds=1.0, per_partner=1, reply_bytes=1, private_ok=False, parameters=(),
        subject_parameter="", state="ACTIVE", version=1, department="", grades=grades,
        fields=[{"name": n, "grade": g, "mask": m} for n, (g, m) in fields.items()],
    )  # fmt: skip
    return snapshot._service(row)


def grant(grades: dict[str, tuple[int, str]], *clear: str) -> Grant:
    return Grant(
        key="k", service="62/a", consumer_node="62", provider_node="62", purposes=frozenset("p"),
        items=frozenset(), needs_case=False, fields=tuple(RECORD), clear_fields=frozenset(clear),
        valid_from=AT, valid_until=AT, per_day=1, per_second=1, consumer="c", way="CALL",
        grades=grades,
    )  # fmt: skip


def question() -> Question:
    return Question("62/s", "62/a", "p", "", "", "", {}, ())


OPEN = {"name": (1, ""), "phone": (2, ""), "alive": (1, ""), "note": (2, "")}


@pytest.mark.parametrize(
    ("kept", "told", "shown"),
    [
        ({}, {}, RECORD),
        ({"alive": [3, "NONE"]}, {}, RECORD | {"alive": "****"}),
        ({}, {"alive": (4, "NONE")}, RECORD | {"alive": "****"}),
        ({"name": [3, "NAME"]}, {"phone": (3, "PHONE")}, RECORD | {"name": "马**", "phone": "138****0000"}),
        ({"note": [2, "WHOLE"]}, {}, RECORD | {"note": "****"}),
        ({"alive": [1, "NONE"]}, {"alive": (3, "NONE")}, RECORD | {"alive": "****"}),
    ],
)  # fmt: skip
def test_the_highest_grade_hides(kept: Any, told: Any, shown: dict[str, Any]) -> None:
    sieve = grants.sieve(service(kept, **OPEN), grant(told), question())
    assert sieve.one(RECORD) == shown
    assert sieve.hides_nothing() is (shown == RECORD)


def test_what_two_heads_signed_as_clear_stays_clear() -> None:
    graded = service({"alive": [4, "NONE"], "name": [3, "NAME"]}, **OPEN)
    sieve = grants.sieve(graded, grant({"alive": (4, "NONE")}, "alive"), question())
    assert sieve.one(RECORD) == RECORD | {"name": "马**"}
    assert sieve.hidden() == {"name": "NAME", "phone": "", "alive": "", "note": ""}


def test_a_table_hides_what_is_graded_without_a_rule_as_a_call_does() -> None:
    graded = service({"alive": [3, "NONE"]}, **OPEN)
    sieve = grants.sieve(graded, grant({"phone": (4, "NONE")}), question())
    assert sieve.one(RECORD) == RECORD | {"alive": "****", "phone": "****"}
    assert sieve.hidden() == {"name": "", "phone": "WHOLE", "alive": "WHOLE", "note": ""}


def test_a_field_nobody_declared_is_shown_by_no_call_and_in_no_table() -> None:
    few = {name: rule for name, rule in OPEN.items() if name != "note"}
    sieve = grants.sieve(service({}, **few), grant({}, "note"), question())
    assert sieve.one(RECORD | {"name": None}) == RECORD | {"name": None, "note": "****"}
    assert "note" not in sieve.hidden()
    assert not sieve.hides_nothing()


def test_a_catalogue_never_weakens_what_the_service_says() -> None:
    own = FastField("a", "", 4, "whole")
    assert stricter(own, [1, "NONE"]) == own
    assert stricter(own, [2, "PHONE"]) == own
    assert stricter(own, None) is own
