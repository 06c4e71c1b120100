"""Rights to a row that was read already are those the database would have narrowed to."""

from __future__ import annotations

import pytest

from yiwang.capability.cases import actions, queries, sample
from yiwang.capability.cases.models import Case
from yiwang.kernel.actor import ANONYMOUS, Actor, ActorKind, Grant, Power, PowerAct, Role, machine
from yiwang.kernel.refusals import NotFound

pytestmark = pytest.mark.django_db
AT, WORKER = sample.AT, machine("worker")
OTHER = "11620102000000027X"


def by_mandate(*acts: PowerAct, items: frozenset[str] | None = None) -> Actor:
    return Actor(
        ActorKind.PERSON,
        "person:helper",
        on_behalf_of="person:ma",
        mandate=Power("m1", items, frozenset(acts)),
    )


ACTORS = {
    "applicant": sample.citizen(),
    "stranger": sample.citizen("li"),
    "firm": Actor(ActorKind.ORGANIZATION, "organization:a", on_behalf_of="organization:a"),
    "for_ma_over": by_mandate(),
    "for_ma_sees": by_mandate(PowerAct.SEE),
    "for_ma_applies": by_mandate(PowerAct.APPLY),
    "for_ma_receives": by_mandate(PowerAct.RECEIVE),
    "for_ma_this_item": by_mandate(PowerAct.SEE, items=frozenset({"sample-item"})),
    "for_ma_other_item": by_mandate(PowerAct.SEE, items=frozenset({"another"})),
    "body": sample.official(),
    "body_of_the_city": sample.official(place="620100000000"),
    "body_of_a_street": sample.official(place="620102001000"),
    "another_place": sample.official(place="620103000000"),
    "whole_place": sample.official(body=None),
    "body_let_in": sample.official(body=OTHER),
    "body_let_in_elsewhere": sample.official(place="620103000000", body=OTHER),
    "leader": sample.official(Role.LEADER),
    "operator": sample.official(Role.OPERATOR, body=None),
    "two_offices": Actor(
        ActorKind.OFFICIAL,
        "official:two",
        grants=(
            Grant(Role.AUDITOR, sample.PLACE, None),
            Grant(Role.HANDLER, "620103000000", None),
            Grant(Role.HANDLER, sample.PLACE, sample.BODY),
        ),
    ),
    "machine": WORKER,
    "anonymous": ANONYMOUS,
}


@pytest.fixture
def cases() -> list[Case]:
    """One nobody else was let into, one with a body that is asked, one that body passed on."""
    alone, asked, passed_on = (sample.opened() for _ in range(3))
    for case, reference in ((asked, "branch:a"), (passed_on, f"department:{sample.BODY}")):
        actions.let_in(
            case_key=case.key, department=OTHER, division_code=sample.PLACE, reference=reference,
            actor=WORKER, at=AT,
        )  # fmt: skip
    return [alone, asked, passed_on]


@pytest.mark.parametrize("name", list(ACTORS))
def test_a_row_and_a_list_say_the_same_of_who_may_see_it(name: str, cases: list[Case]) -> None:
    actor = ACTORS[name]
    for case in cases:
        row = Case.objects.get(pk=case.pk)
        asked = {
            "in charge": (row.is_in_charge(actor), Case.objects.in_charge_of(actor)),
            "visible": (row.is_visible_to(actor), Case.objects.visible_to(actor)),
            "open": (row.is_open_to(actor), Case.objects.open_to(actor)),
        }
        for what, (said, rows) in asked.items():
            assert said == rows.filter(pk=case.pk).exists(), (what, case.pk)


def test_the_actors_tried_are_of_every_kind_of_answer(cases: list[Case]) -> None:
    answers = {
        (case.is_in_charge(actor), case.is_visible_to(actor), case.is_open_to(actor))
        for case in cases
        for actor in ACTORS.values()
    }
    assert answers == {
        (True, True, True),
        (False, True, True),
        (False, True, False),
        (False, False, False),
    }


def test_who_may_not_see_a_case_takes_no_verb_to_it(cases: list[Case]) -> None:
    for verb in (actions.take_up, actions.ask_for_person):
        more = {} if verb is actions.take_up else {"at": AT}
        with pytest.raises(NotFound):
            verb(case_key=cases[0].key, actor=ACTORS["stranger"], **more)
    with pytest.raises(NotFound):
        actions.take_up(case_key="none", actor=WORKER)


def test_an_act_of_several_verbs_ends_as_one_row_with_every_fact_told() -> None:
    case = sample.decided(sample_accepted())
    row = actions.take_up(case_key=case.key, actor=WORKER)
    before = row.version
    actions.conclude(case_key=row, result_kind="DOCUMENT", result="letter:x", actor=WORKER, at=AT)
    kept = Case.objects.get(pk=case.pk)
    assert (kept.state, kept.version, kept.result_reference) == ("CLOSED", before + 3, "letter:x")
    assert (kept.issued_at, kept.delivered_at, kept.ended_at) == (AT, AT, AT)
    assert (row.state, row.version) == (kept.state, kept.version)
    told = [one.label for one in queries.get_case(row, sample.official(), at=AT).timeline]
    assert told[-3:] == ["结果已制作", "已送达", "办结"]


def sample_accepted() -> Case:
    case = actions.to_official(case_key=sample.opened().key, actor=WORKER, at=AT)
    return actions.accept(case_key=case.key, version=case.version, actor=sample.official(), at=AT)
