from __future__ import annotations

import copy

import pytest

from yiwang.capability.cases.definitions.flow import Derived
from yiwang.capability.cases.definitions.flow_file import parse_flow
from yiwang.capability.cases.definitions.profiles import PROFILES, Profile, State, machine_of
from yiwang.mechanisms.states import rules as state_rules
from yiwang.mechanisms.states.definitions import Party

GOOD = {
    "profile": "BENEFIT",
    "instant": True,
    "decide": {"within": {"amount": 5, "unit": "WORKING_DAY", "warn_days": 1}, "local": True},
    "ruling": {
        "table": "eligibility",
        "about": "elder",
        "inputs": {
            "age": {"label": "年龄", "provider": "person.born_on", "as": "AGE"},
            "name": {"label": "户名", "answer": "account_name"},
        },
    },
    "result": {"values": {"monthly_fen": "output:monthly_fen", "account": "answer:account"}},
    "approve_basis": [{"law": "老年人权益保障法", "article": "第三十三条"}],
}


def test_a_good_flow_is_read() -> None:
    flow, problems = parse_flow(GOOD)
    assert problems == ()
    assert flow is not None
    assert flow.ruling is not None
    assert flow.ruling.inputs[0].derived is Derived.AGE
    assert flow.values["account"] == "answer:account"


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (("profile",), "LICENCE", "profile"),
        (("profile",), "SOMETHING", "profile"),
        (("instant",), "yes", "instant"),
        (("colour",), "red", "colour"),
        (("decide", "local"), False, "decide/basis"),
        (("decide", "within", "amount"), -1, "decide/within/amount"),
        (("decide", "within", "amount"), True, "decide/within/amount"),
        (("decide", "within", "unit"), "WEEK", "decide/within/unit"),
        (("ruling",), None, "ruling"),
        (("ruling", "table"), "Bad Name", "ruling/table"),
        (("ruling", "inputs"), {}, "ruling/inputs"),
        (("ruling", "inputs", "年龄"), {"label": "年龄", "answer": "age"}, "ruling/inputs/年龄"),
        (("ruling", "inputs", "age", "answer"), "age", "ruling/inputs/age"),
        (("ruling", "inputs", "age", "as"), "WEIGHT", "ruling/inputs/age/as"),
        (("ruling", "inputs", "name", "parameters"), {"a": "answer:b"}, "ruling/inputs/name"),
        (("result", "values", "x"), "case:secret", "result/values/x"),
        (("result", "values", "x"), "plain", "result/values/x"),
        (("approve_basis",), [{"law": "某法"}], "approve_basis/0/article"),
        (("approve_basis",), "某法", "approve_basis"),
    ],
)
def test_each_mistake_in_a_flow_is_named(path: tuple, value: object, where: str) -> None:
    broken = copy.deepcopy(GOOD)
    here = broken
    for key in path[:-1]:
        here = here[key]
    here[path[-1]] = value
    flow, problems = parse_flow(broken)
    assert flow is None
    assert where in [p.path for p in problems]


@pytest.mark.parametrize("nothing", [None, 3, [], "text", {}])
def test_something_that_is_no_flow_is_refused_and_never_crashes(nothing: object) -> None:
    flow, problems = parse_flow(nothing)
    assert flow is None
    assert problems


LIVE = [p for p in Profile if PROFILES[p].is_live]


def test_two_profiles_are_lived_and_the_others_say_they_are_not() -> None:
    assert set(LIVE) == {Profile.MARKET_REGISTRATION, Profile.BENEFIT}
    assert all(rule.label and rule.rule for rule in PROFILES.values())


@pytest.mark.parametrize("profile", LIVE)
def test_each_table_is_sound(profile: Profile) -> None:
    machine = machine_of(profile)
    assert machine is not None
    assert state_rules.problems(machine) == ()


@pytest.mark.parametrize("profile", LIVE)
def test_a_machine_never_rejects_refuses_or_hands_back(profile: Profile) -> None:
    machine = machine_of(profile)
    assert machine is not None
    negative = {State.REJECTED, State.REFUSED, State.HANDED_BACK, State.RETURNED}
    assert not [t for t in machine.transitions if t.target in negative and Party.MACHINE in t.roles]


@pytest.mark.parametrize("profile", LIVE)
def test_every_instant_case_can_be_taken_to_a_person(profile: Profile) -> None:
    machine = machine_of(profile)
    assert machine is not None
    acts = state_rules.allowed_acts(machine, state="SUBMITTED", role="APPLICANT", facts={})
    assert "ask_for_person" in acts


def test_market_registration_hands_back_and_never_returns_for_correction() -> None:
    machine = machine_of(Profile.MARKET_REGISTRATION)
    assert machine is not None
    assert "return_for_correction" not in {t.act for t in machine.transitions}
    assert "RETURNED" not in machine.states
