from datetime import UTC, datetime, timedelta

import pytest

from yiwang.kernel.actor import Power, PowerAct
from yiwang.support.mandates import rules
from yiwang.support.mandates.definitions import PROPOSAL_LIFE, MandateKind, Standing

AT = datetime(2026, 12, 14, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def stands(at=AT, **given):
    values = {
        "valid_until": AT + DAY,
        "proposed_at": AT - DAY,
        "consent_kind": "ONLINE",
        "consented_at": AT - DAY,
        "accepted_at": AT - DAY,
        "revoked_at": None,
    } | given
    return rules.standing(at=at, **values)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, Standing.IN_FORCE),
        ({"at": AT + DAY}, Standing.EXPIRED),
        ({"at": AT + DAY - timedelta(microseconds=1)}, Standing.IN_FORCE),
        ({"revoked_at": AT}, Standing.REVOKED),
        ({"revoked_at": AT + timedelta(seconds=1)}, Standing.IN_FORCE),
        ({"accepted_at": None}, Standing.WAITS_FOR_TAKER),
        ({"consented_at": None}, Standing.WAITS_FOR_GIVER),
        ({"consented_at": None, "consent_kind": "PAPER"}, Standing.WAITS_FOR_SECOND),
        ({"accepted_at": None, "revoked_at": AT}, Standing.DECLINED),
        ({"accepted_at": None, "proposed_at": AT - PROPOSAL_LIFE}, Standing.EXPIRED),
    ],
)
def test_how_a_mandate_stands_follows_from_its_moments(given, expected):
    assert stands(**given) is expected


def test_whoever_may_apply_sees_what_becomes_of_it_but_receives_nothing():
    power = Power("k", frozenset({"a"}), frozenset({PowerAct.APPLY}))
    assert power.covers(PowerAct.SEE, "a")
    assert not power.covers(PowerAct.SEE, "b")
    assert not power.covers(PowerAct.RECEIVE, "a")
    assert Power("k", None, frozenset()).over


def wrong(**given):
    wish = {
        "kind": MandateKind.FAMILY,
        "giver": "person:a",
        "taker": "person:b",
        "items": ["x"],
        "acts": [PowerAct.APPLY],
        "valid_until": AT + DAY,
        "at": AT,
    } | given
    return {problem.field for problem in rules.problems(**wish)}


def test_a_wish_names_everything_that_cannot_be():
    assert wrong() == set()
    assert wrong(taker="person:a") == {"taker"}
    assert wrong(taker="official:x") == {"taker"}
    assert wrong(giver="organization:f") == {"kind"}
    assert wrong(items=[]) == {"items"}
    assert wrong(items=None) == set()
    assert wrong(acts=[]) == {"acts"}
    assert wrong(valid_until=AT) == {"valid_until"}
    assert wrong(valid_until=AT + timedelta(days=1096)) == {"valid_until"}
    assert wrong(kind=MandateKind.FIRM_AGENT, giver="organization:f") == set()


def test_the_text_names_parties_matters_powers_and_term():
    text = rules.text_of(
        giver="马建国",
        taker="马小兰",
        items={"elderly-allowance": "高龄津贴"},
        acts=[PowerAct.RECEIVE, PowerAct.APPLY],
        valid_from=AT,
        valid_until=AT + timedelta(days=30),
    )
    for part in ("马建国", "马小兰", "“高龄津贴”", "申请、领取结果", "2026-12-14", "2027-01-13"):
        assert part in text
