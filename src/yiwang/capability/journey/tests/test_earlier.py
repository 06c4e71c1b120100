"""变更、延期、注销: what an application does to an earlier licence (行政许可法 49, 50, 70)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.journey import sample
from yiwang.capability.journey.earlier import EarlierGone, LicenceInHand
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel.actor import Role, machine
from yiwang.kernel.refusals import InvalidInput
from yiwang.network.directory import sample as directory
from yiwang.support.letters import queries as letters
from yiwang.support.licences import actions as licence_actions
from yiwang.support.licences import queries as licences
from yiwang.support.licences import sample as licence_samples

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
LATER = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db

EARLIER = {
    "licence": "answer:old_licence",
    "acts": [
        {
            "effect": "PROLONG",
            "when": {"what": ["prolong"]},
            "ask_from": {"amount": 60, "unit": "NATURAL_DAY"},
            "basis": "城市道路管理条例 第三十六条",
        },
        {"effect": "RENEW", "when": {"what": ["renew"]}, "basis": "行政许可法 第五十条"},
        {"effect": "CHANGE", "when": {"what": ["change"]}, "basis": "行政许可法 第四十九条"},
        {"effect": "CANCEL", "when": {"what": ["cancel"]}, "basis": "行政许可法 第七十条"},
    ],
}
WHAT = {
    "key": "what",
    "text": "办哪一件？",
    "options": [
        {"value": "new", "label": "新办"},
        {"value": "prolong", "label": "延期"},
        {"value": "renew", "label": "延续"},
        {"value": "change", "label": "变更"},
        {"value": "cancel", "label": "注销"},
    ],
}


@pytest.fixture
def item(db):
    directory.load_chengguan()
    return sample.publish_plain(
        at=AT,
        said={"questions": [WHAT]},
        earlier=EARLIER,
        conditions=[
            {"text": "做好现场防护", "basis": "城市道路管理条例 第三十五条"},
            {"text": "完工后验收", "local": True, "when": {"what": ["new"]}},
        ],
        result={
            "values": {"name": "answer:subject", "operator": "case:applicant_name"},
            "term": {"last": "answer:until"},
        },
    )


@pytest.fixture
def me(item):
    return sample.citizen(libraries.register_person(5, at=AT, born_on=date(1980, 1, 1)))


def asked(me, item, what: str, *, at=LATER, number: str = "", **answers):
    """Handed in and accepted."""
    if number:
        answers["old_licence"] = number
    receipt = sample.handed_in(me, at=at, questions={"what": what}, **answers)
    case = cases.get_case(receipt.case_key, me, at=at)
    return journey.accept(
        case_key=case.key, version=case.version, actor=sample.official(item), at=at
    )


def approved(me, item, what: str, *, at=LATER, number: str = "", **answers):
    case = asked(me, item, what, at=at, number=number, **answers)
    return journey.decide(
        case_key=case.key, version=case.version, outcome="APPROVE", reason="符合规定",
        actor=sample.official(item), at=at,
    )  # fmt: skip


@pytest.fixture
def first(me, item):
    """The first licence, from an ordinary application, until 31 March."""
    case = approved(me, item, "new", at=AT, subject="酒泉路北侧", until="2026-03-31")
    return licences.find_case_licence(case.reference, at=AT)


def verified(code: str, at=LATER) -> str:
    return licences.verify_licence(code=code, at=at).state


def test_the_term_of_a_new_licence_is_the_one_asked_for(first) -> None:
    assert (first.valid_from, first.last_day) == (date(2026, 3, 2), date(2026, 3, 31))


def test_a_yes_carries_the_conditions_of_the_item(me, item, first) -> None:
    case = cases.get_case(first.case.removeprefix("case:"), me, at=AT)
    assert case.decision.conditions == "（1）做好现场防护；（2）完工后验收。"


def test_the_official_may_write_other_conditions_or_none(me, item) -> None:
    for said in ("夜间施工", ""):
        case = asked(me, item, "new", until="2026-03-31")
        case = journey.decide(
            case_key=case.key, version=case.version, outcome="APPROVE", reason="符合",
            conditions=said, actor=sample.official(item), at=LATER,
        )  # fmt: skip
        assert case.decision.conditions == said


def test_prolonging_makes_the_same_term_longer_and_both_versions_say_so(me, item, first) -> None:
    case = approved(me, item, "prolong", number=first.identifier, until="2026-04-20")
    new = licences.find_case_licence(case.reference, at=LATER)
    assert (new.version, new.valid_from, new.last_day) == (2, first.valid_from, date(2026, 4, 20))
    assert new.predecessor == first.identifier
    assert (verified(first.verify_code), verified(new.verify_code)) == ("SUPERSEDED", "VALID")
    rows = licences.verify_licence(code=first.verify_code, at=LATER).versions
    assert [(r.version, r.state, r.asked) for r in rows] == [
        (1, "SUPERSEDED", True), (2, "VALID", False)
    ]  # fmt: skip
    letter = letters.list_letters(case.reference)[-1]
    words = "".join(letters.open_face(letter.key, subject=case.reference).paragraphs)
    assert f"示例证照（编号 {first.identifier}）准予延期，有效期至2026年4月20日" in words
    assert "做好现场防护" in words


def test_what_a_change_does_not_ask_stays_and_so_does_the_term(me, item, first) -> None:
    case = approved(me, item, "change", number=first.identifier, subject="张掖路南侧")
    new = licences.find_case_licence(case.reference, at=LATER)
    assert licences.get_values(new.key) == {
        "name": "张掖路南侧", "operator": licences.get_values(first.key)["operator"]
    }  # fmt: skip
    assert new.last_day == first.last_day


def test_cancelling_ends_it_and_the_result_is_the_decision(me, item, first) -> None:
    case = approved(me, item, "cancel", number=first.identifier)
    assert case.state == "CLOSED"
    assert case.result.reference.startswith("letter:")
    assert verified(first.verify_code) == "CANCELLED"
    assert licences.find_case_licence(case.reference, at=LATER) is None


@pytest.mark.parametrize("what", ["prolong", "change", "cancel"])
def test_only_ones_own_licence_in_force_and_of_this_item_is_acted_on(me, item, first, what) -> None:
    stranger = sample.citizen(libraries.register_person(6, at=AT, born_on=date(1980, 1, 1)))
    licence_actions.publish_template(
        definition={**licence_samples.TEMPLATE, "code": "another-licence"}, version=1, at=AT
    )
    another = licence_actions.issue(
        case="case:else", template="another-licence", holder=me.reference, holder_name="马晓燕",
        values={"name": "别的证", "operator": "马晓燕"}, valid_from=date(2026, 1, 1),
        valid_until=None, at=AT, actor=machine("x"), issuer=item.department, issuer_name="局",
        division_code=item.division_code,
    )  # fmt: skip
    for who, number in (
        (stranger, first.identifier), (me, another.identifier), (me, "没有"), (me, "")
    ):  # fmt: skip
        with pytest.raises(InvalidInput) as refused:
            asked(who, item, what, number=number, until="2026-04-20")
        assert refused.value.fields[0].field == "old_licence"


def test_after_its_end_or_long_before_it_is_not_prolonged(me, item, first) -> None:
    over = datetime(2026, 4, 1, 2, 0, tzinfo=UTC)
    with pytest.raises(InvalidInput):
        asked(me, item, "prolong", at=over, number=first.identifier, until="2026-05-01")
    far = approved(me, item, "new", at=AT, until="2026-12-31")
    number = licences.find_case_licence(far.reference, at=AT).identifier
    with pytest.raises(InvalidInput) as refused:
        asked(me, item, "prolong", number=number, until="2027-01-31")
    assert "60" in refused.value.fields[0].remedy


def test_a_new_end_must_be_later(me, item, first) -> None:
    with pytest.raises(InvalidInput) as refused:
        asked(me, item, "prolong", number=first.identifier, until="2026-03-31")
    assert refused.value.fields[0].field == "until"


def test_a_second_application_waits_for_the_first_and_the_refusal_names_it(me, item, first) -> None:
    change = asked(me, item, "change", number=first.identifier, subject="张掖路南侧")
    with pytest.raises(LicenceInHand) as refused:
        asked(me, item, "prolong", number=first.identifier, until="2026-04-20")
    assert change.case_no in refused.value.sentence
    journey.withdraw(case_key=change.key, version=change.version, actor=me, at=LATER)
    approved(me, item, "prolong", number=first.identifier, until="2026-04-20")


@pytest.mark.parametrize("outcome", ["APPROVE", "REJECT"])
def test_after_the_first_is_settled_another_may_follow_on_the_version_that_holds(
    me, item, first, outcome
) -> None:
    change = asked(me, item, "change", number=first.identifier, subject="张掖路南侧")
    journey.decide(
        case_key=change.key, version=change.version, outcome=outcome, reason="理由",
        actor=sample.official(item), at=LATER,
    )  # fmt: skip
    holds = licences.list_versions(first.key, at=LATER)[-1]
    case = approved(me, item, "prolong", number=holds.identifier, until="2026-04-20")
    new = licences.find_case_licence(case.reference, at=LATER)
    assert (new.version, new.last_day) == (holds.version + 1, date(2026, 4, 20))


def test_another_licence_of_the_same_holder_may_be_asked_for_at_once(me, item, first) -> None:
    asked(me, item, "change", number=first.identifier)
    other = approved(me, item, "new", until="2026-03-31")
    number = licences.find_case_licence(other.reference, at=LATER).identifier
    assert asked(me, item, "change", number=number).state == "ACCEPTED"


@pytest.mark.django_db(transaction=True)
def test_of_two_applications_at_once_on_one_licence_one_is_handed_in(me, item, first) -> None:
    drafts = [
        sample.filled(
            sample.PLAIN,
            me,
            {"subject": "示例", "old_licence": first.identifier},
            at=LATER,
            questions={"what": "change"},
        )
        for _ in range(4)
    ]

    def hand_in(key: str) -> str:
        try:
            return journey.submit(
                draft_key=key, idempotency_key=f"once-{key}", actor=me, at=LATER
            ).case_no
        except LicenceInHand as refused:
            return refused.sentence
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(hand_in, drafts))
    [number] = [one for one in said if one.isdigit()]
    assert [number in one for one in said] == [True] * 4


def test_what_was_cancelled_meanwhile_is_not_prolonged_and_may_be_rejected(me, item, first) -> None:
    waiting = asked(me, item, "prolong", number=first.identifier, until="2026-04-20")
    licence_actions.change_state(
        key=first.key, act="cancel", reason="依职权注销", at=LATER, actor=machine("tests")
    )
    with pytest.raises(EarlierGone):
        journey.decide(
            case_key=waiting.key, version=waiting.version, outcome="APPROVE", reason="符合",
            actor=sample.official(item), at=LATER,
        )  # fmt: skip
    case = journey.decide(
        case_key=waiting.key, version=waiting.version, outcome="REJECT", reason="原证已注销",
        actor=sample.official(item), at=LATER,
    )  # fmt: skip
    assert case.state == "CLOSED"


def states(first, at=LATER):
    return [one.state for one in licences.list_versions(first.key, at=at)]


@pytest.fixture
def renewed(me, item, first):
    """A second term, from 1 April on, decided three weeks before."""
    return approved(me, item, "renew", number=first.identifier, until="2026-12-31")


def test_a_change_before_the_renewed_term_begins_holds_for_both_terms(
    me, item, first, renewed
) -> None:
    assert states(first) == ["VALID", "NOT_YET"]
    case = approved(me, item, "change", number=first.identifier, subject="张掖路南侧")
    new = licences.find_case_licence(case.reference, at=LATER)
    assert (new.valid_from, new.last_day) == (first.valid_from, date(2026, 12, 31))
    assert states(first) == ["SUPERSEDED", "SUPERSEDED", "VALID"]
    revoked(case, item)
    assert states(first) == ["VALID", "NOT_YET", "REVOKED"]
    assert states(first, datetime(2026, 4, 1, 2, 0, tzinfo=UTC)) == [
        "SUPERSEDED", "VALID", "REVOKED"
    ]  # fmt: skip


def test_a_cancellation_ends_both_terms_and_taken_back_brings_both_back(
    me, item, first, renewed
) -> None:
    case = approved(me, item, "cancel", number=first.identifier)
    assert states(first) == ["CANCELLED", "CANCELLED"]
    revoked(case, item)
    assert states(first) == ["VALID", "NOT_YET"]


def test_taking_back_a_renewal_leaves_the_first_term_as_it_was(me, item, first, renewed) -> None:
    revoked(renewed, item)
    assert states(first) == ["VALID", "REVOKED"]
    assert states(first, datetime(2026, 4, 1, 2, 0, tzinfo=UTC)) == ["EXPIRED", "REVOKED"]


def test_what_is_renewed_already_is_not_renewed_again(me, item, first, renewed) -> None:
    with pytest.raises(InvalidInput) as refused:
        asked(me, item, "renew", number=first.identifier, until="2027-12-31")
    assert "已经准予延续" in refused.value.fields[0].sentence


def revoked(case, item, at=LATER):
    head = sample.official(item, Role.HEAD)
    case = cases.get_case(case.key, head, at=at)
    return journey.revoke(
        case_key=case.key, version=case.version, reason="违反法定程序", actor=head, at=at
    )


def test_taking_back_a_prolongation_leaves_the_first_term(me, item, first) -> None:
    case = approved(me, item, "prolong", number=first.identifier, until="2026-04-20")
    longer = licences.find_case_licence(case.reference, at=LATER)
    revoked(case, item)
    assert (verified(first.verify_code), verified(longer.verify_code)) == ("VALID", "REVOKED")
    again = approved(me, item, "prolong", number=first.identifier, until="2026-04-10")
    third = licences.find_case_licence(again.reference, at=LATER)
    assert (third.version, verified(third.verify_code)) == (3, "VALID")


def test_taking_back_a_cancellation_brings_the_licence_back(me, item, first) -> None:
    revoked(approved(me, item, "cancel", number=first.identifier), item)
    assert verified(first.verify_code) == "VALID"


def test_taking_back_the_first_decision_ends_every_later_version(me, item, first) -> None:
    case = approved(me, item, "prolong", number=first.identifier, until="2026-04-20")
    longer = licences.find_case_licence(case.reference, at=LATER)
    revoked(cases.get_case(first.case.removeprefix("case:"), me, at=LATER), item)
    assert (verified(first.verify_code), verified(longer.verify_code)) == ("REVOKED", "REVOKED")
    assert cases.get_case(case.key, me, at=LATER).state == "REVOKED"


def test_a_decision_taken_back_takes_those_that_stand_on_it_and_the_first_holds_again(
    me, item, first
) -> None:
    case = approved(me, item, "prolong", number=first.identifier, until="2026-04-20")
    longer = licences.find_case_licence(case.reference, at=LATER)
    change = approved(me, item, "change", number=longer.identifier)
    changed = licences.find_case_licence(change.reference, at=LATER)
    revoked(case, item)
    assert cases.get_case(change.key, me, at=LATER).state == "REVOKED"
    states = [verified(one.verify_code) for one in (first, longer, changed)]
    assert states == ["VALID", "REVOKED", "REVOKED"]
