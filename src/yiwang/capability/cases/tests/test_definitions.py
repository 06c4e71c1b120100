from __future__ import annotations

import copy

import pytest

from yiwang.capability.cases.definitions.flow import (
    AcceptancePlan,
    ChainStep,
    Derived,
    ExtensionPlan,
    Special,
)
from yiwang.capability.cases.definitions.flow_file import parse_flow
from yiwang.capability.cases.definitions.profiles import PROFILES, Profile, State, machine_of
from yiwang.mechanisms.clocks.definitions import Allowance, Unit
from yiwang.mechanisms.states import rules as state_rules
from yiwang.mechanisms.states.definitions import Machine, Party

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


TABLES = [machine for rule in PROFILES.values() for machine in rule.machines]
by_name = pytest.mark.parametrize("machine", TABLES, ids=lambda m: f"{m.profile}-{m.version}")


def test_every_profile_is_lived_and_says_what_governs_it() -> None:
    assert set(PROFILES) == set(Profile)
    assert all(rule.label and rule.rule and rule.machines for rule in PROFILES.values())


def test_a_case_keeps_the_table_it_began_with() -> None:
    old, new = machine_of(Profile.BENEFIT, 1), machine_of(Profile.BENEFIT)
    assert (old.version, new.version) == (1, 2)
    assert "reopen" not in {t.act for t in old.transitions}
    with pytest.raises(LookupError):
        machine_of(Profile.BENEFIT, 99)


@by_name
def test_each_table_is_sound(machine: Machine) -> None:
    assert state_rules.problems(machine) == ()


@by_name
def test_a_machine_never_rejects_refuses_or_hands_back(machine: Machine) -> None:
    negative = {
        State.REJECTED, State.REFUSED, State.NOT_OURS, State.HANDED_BACK, State.RETURNED,
        State.TERMINATED, State.REVOKED,
    }  # fmt: skip
    assert not [t for t in machine.transitions if t.target in negative and Party.MACHINE in t.roles]


@by_name
def test_every_instant_case_can_be_taken_to_a_person(machine: Machine) -> None:
    acts = state_rules.allowed_acts(machine, state="SUBMITTED", role="APPLICANT", facts={})
    assert "ask_for_person" in acts


def test_market_registration_hands_back_and_never_returns_for_correction() -> None:
    machine = machine_of(Profile.MARKET_REGISTRATION)
    assert "return_for_correction" not in {t.act for t in machine.transitions}
    assert "RETURNED" not in machine.states


@by_name
def test_an_approval_waits_for_open_blocks_and_a_rejection_never_does(machine: Machine) -> None:
    for one in machine.transitions:
        asked = dict(one.conditions)
        if one.act == "approve":
            assert asked.get("decision_blocked") is False, one
        if one.act == "issue":
            assert asked.get("issue_blocked") is False, one
        if one.act == "reject":
            assert "decision_blocked" not in asked


def test_a_filing_is_never_refused_and_no_word_speaks_of_approval() -> None:
    machine = machine_of(Profile.FILING)
    assert not {"reject", "refuse_acceptance"} & {t.act for t in machine.transitions}
    words = "".join([*machine.labels.values(), *(t.label for t in machine.transitions)])
    assert not [word for word in ("批准", "许可", "同意", "不予") if word in words]


def test_a_site_visit_is_no_special_procedure_and_only_licences_have_any() -> None:
    licence = {**PLAIN, "profile": "LICENCE", "special_procedures": ["SITE_VISIT"]}
    assert parse_flow(licence)[1][0].path == "special_procedures/0"
    benefit = {**PLAIN, "special_procedures": ["HEARING"]}
    assert parse_flow(benefit)[1][0].path == "special_procedures"


PLAIN = {"profile": "BENEFIT", "decide": {"within": {"amount": 20}, "local": True}}


def test_a_licence_is_accepted_within_five_working_days_or_by_silence() -> None:
    flow, problems = parse_flow({**PLAIN, "profile": "LICENCE"})
    assert flow is not None, problems
    assert flow.acceptance.within == Allowance(5, Unit.WORKING_DAY, 2)
    assert flow.acceptance.deemed
    assert not flow.acceptance.at_window
    assert flow.delivery is not None
    assert flow.delivery.within.amount == 10
    assert flow.decided_from_acceptance
    assert flow.extension is None


def test_other_procedures_have_no_silence_and_the_window_may_accept() -> None:
    flow, _ = parse_flow(PLAIN)
    assert flow is not None
    assert flow.acceptance == AcceptancePlan()
    assert flow.chain == (ChainStep.APPROVE,)
    assert not flow.decided_from_acceptance


LICENCE = {
    **PLAIN,
    "profile": "LICENCE",
    "acceptance": {"within": {"amount": 3}, "at_window": True},
    "chain": ["HANDLE", "REVIEW", "APPROVE"],
    "extension": {"amount": 10, "basis": "行政许可法 第四十二条"},
    "special_procedures": ["HEARING", "EXPERT_REVIEW"],
    "delivery": {"within": {"amount": 5}, "chosen": "answer:delivery"},
    "earlier": {
        "licence": "answer:old",
        "acts": [
            {"effect": "RENEW", "ask_before": {"amount": 30}, "basis": "行政许可法 第五十条"},
        ],
    },
    "conditions": [{"text": "做好现场防护", "basis": "城市道路管理条例 第三十五条"}],
    "silence": "RENEWED",
    "in_name_of": {"department": "11620102000000019B", "department_name": "局", "basis": "委托书"},
}


def _acts(*acts: dict[str, object]) -> dict[str, object]:
    return {"licence": "answer:old", "acts": list(acts)}


def test_a_whole_procedure_is_read() -> None:
    flow, problems = parse_flow(LICENCE)
    assert flow is not None, problems
    assert flow.chain[1] is ChainStep.REVIEW
    assert flow.extension == ExtensionPlan(10, "行政许可法 第四十二条")
    assert flow.special == (Special.HEARING, Special.EXPERT_REVIEW)
    assert flow.delivery is not None
    assert flow.delivery.chosen == "delivery"
    assert flow.earlier is not None
    assert flow.earlier.licence == "old"
    assert flow.earlier.find_act({}).effect == "RENEW"
    assert flow.conditions[0].text == "做好现场防护"
    assert flow.in_name_of is not None


@pytest.mark.parametrize(
    ("key", "value", "where"),
    [
        ("acceptance", {"within": {"amount": 6}}, "acceptance/within"),
        ("acceptance", {"within": {"amount": 5, "unit": "NATURAL_DAY"}}, "acceptance/within"),
        ("acceptance", {"deemed": False}, "acceptance/deemed"),
        ("chain", ["REVIEW", "APPROVE"], "chain"),
        ("chain", "APPROVE", "chain"),
        ("extension", {"amount": 0, "basis": "x"}, "extension/amount"),
        ("extension", {"amount": 10}, "extension/basis"),
        ("special_procedures", "HEARING", "special_procedures"),
        ("delivery", {"chosen": "delivery"}, "delivery/chosen"),
        ("earlier", {"licence": "old", "acts": []}, "earlier/licence"),
        ("earlier", {"licence": "answer:old", "acts": []}, "earlier/acts"),
        ("earlier", _acts({"effect": "RENEW"}), "earlier/acts/0/basis"),
        ("earlier", _acts({"effect": "WIDEN", "basis": "x"}), "earlier/acts/0/effect"),
        (
            "earlier",
            _acts({"effect": "CANCEL", "basis": "x", "ask_before": {"amount": 3}}),
            "earlier/acts/0",
        ),
        (
            "earlier",
            _acts({"effect": "CANCEL", "basis": "x"}, {"effect": "CHANGE", "basis": "x"}),
            "earlier/acts",
        ),
        ("conditions", "做好防护", "conditions"),
        ("conditions", [{"text": "做好防护"}], "conditions/0/basis"),
        ("conditions", [{"text": "防" * 301, "local": True}], "conditions/0/text"),
        ("result", {"term": {"last": "until"}}, "result/term/last"),
        ("silence", "REFUSED", "silence"),
        (
            "in_name_of",
            {"department": "1", "department_name": "局", "basis": "x"},
            "in_name_of/department",
        ),
    ],
)
def test_each_mistake_in_a_procedure_is_named(key: str, value: object, where: str) -> None:
    flow, problems = parse_flow({**LICENCE, key: value})
    assert flow is None
    assert where in [p.path for p in problems]


def test_silence_needs_a_renewal_and_a_filing_has_no_chain() -> None:
    silent = {key: value for key, value in LICENCE.items() if key != "earlier"}
    assert "silence" in [p.path for p in parse_flow(silent)[1]]
    filing = {**PLAIN, "profile": "FILING", "chain": ["HANDLE", "APPROVE"]}
    assert "chain" in [p.path for p in parse_flow(filing)[1]]
    assert parse_flow({**PLAIN, "profile": "FILING", "instant": True})[1] == ()
