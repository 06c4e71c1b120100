from __future__ import annotations

import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from yiwang.capability.cases import actions, queries, sample
from yiwang.capability.cases.definitions import AnswerRow, CaseFilter, CaseStatus, Outcome
from yiwang.capability.cases.definitions.profiles import Profile
from yiwang.capability.cases.models import Case
from yiwang.kernel.actor import Actor, ActorKind, Role, machine
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound, VersionConflict
from yiwang.mechanisms.journal import queries as journal
from yiwang.mechanisms.states.rules import CannotDo

pytestmark = pytest.mark.django_db
AT, WORKER = sample.AT, machine("worker")
SRC = Path(__file__).parents[4]


def with_official(profile: Profile = Profile.BENEFIT) -> Case:
    case = sample.opened(profile=profile)
    return actions.to_official(case_key=case.key, actor=WORKER, at=AT)


def accepted() -> Case:
    case = with_official()
    return actions.accept(case_key=case.key, version=case.version, actor=sample.official(), at=AT)


def acts(case: Case) -> list[str]:
    return [e.act.removeprefix("cases.") for e in journal.list_entries(subject=case.reference)]


def test_a_case_has_a_number_of_its_place_and_day() -> None:
    first, second = sample.opened(), sample.opened()
    assert first.case_no == "6201022026030200001"
    assert second.case_no == "6201022026030200002"


def test_one_draft_becomes_one_case() -> None:
    sample.opened(draft_key="d" * 16)
    with pytest.raises(IntegrityError), transaction.atomic():
        sample.opened(draft_key="d" * 16)


def test_answers_lie_encrypted() -> None:
    sample.opened()
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text FROM cases_case c")
        text = cursor.fetchone()[0]
    assert "6217000000000000000" not in text
    assert "马晓燕" not in text


def test_the_rule_approves_and_says_why() -> None:
    case = sample.opened()
    case = actions.approve_by_rule(
        case_key=case.key, ruling=sample.ruling(), basis=sample.BASIS, actor=WORKER, at=AT
    )
    view = queries.get_case(case.key, sample.citizen(), at=AT)
    assert view.decision is not None
    assert view.decision.by_rule
    assert view.decision.explanation == ("符合。",)
    assert acts(case) == ["case_submitted", "case_decided"]


def test_a_rule_that_did_not_approve_decides_nothing() -> None:
    case = sample.opened()
    with pytest.raises(ValueError, match=r".+"):
        actions.approve_by_rule(
            case_key=case.key, ruling=sample.ruling("TO_OFFICIAL"), basis=(), actor=WORKER, at=AT
        )
    case.refresh_from_db()
    assert case.state == "SUBMITTED"


def test_the_database_refuses_a_rejection_by_rule() -> None:
    case = sample.opened()
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(outcome="REJECT", by_rule=True)


def test_a_rejection_gives_reasons_article_and_rights_of_appeal() -> None:
    case = sample.decided(accepted(), outcome=Outcome.REJECT)
    view = queries.get_case(case.key, sample.citizen(), at=AT)
    assert view.decision is not None
    assert (view.decision.outcome_label, view.decision.reason) == ("不予批准", "材料齐全")
    assert len(view.decision.appeal) == 2
    assert view.decision.basis[0].article == "第三十三条"


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_decision_without_a_reason_is_refused(outcome: Outcome) -> None:
    case = accepted()
    with pytest.raises(InvalidInput, match="理由"):
        actions.decide(
            case_key=case.key,
            version=case.version,
            outcome=outcome,
            reason=" ",
            basis=(),
            actor=sample.official(),
            at=AT,
        )


def test_everything_missing_is_told_once_and_only_once() -> None:
    case = with_official()
    clerk = sample.official(Role.WINDOW_CLERK)
    case = actions.return_for_correction(
        case_key=case.key,
        version=case.version,
        problems=["缺照片", " ", "缺签名"],
        actor=clerk,
        at=AT,
    )
    view = queries.get_case(case.key, sample.citizen(), at=AT)
    assert view.correction == ("缺照片", "缺签名")
    assert [a.name for a in view.acts] == ["supply_correction", "withdraw"]
    case = actions.supply_correction(
        case_key=case.key,
        version=case.version,
        answers={"note": "补了"},
        rows=[AnswerRow("备注", "补了", "", "note")],
        actor=sample.citizen(),
        at=AT,
    )
    assert queries.get_inside(case.key).answers["note"] == "补了"
    assert queries.get_inside(case.key).answers["account"] == "6217000000000000000"
    with pytest.raises(CannotDo):
        actions.return_for_correction(
            case_key=case.key, version=case.version, problems=["又缺"], actor=clerk, at=AT
        )


def test_telling_nothing_is_no_correction_notice() -> None:
    case = with_official()
    with pytest.raises(InvalidInput):
        actions.return_for_correction(
            case_key=case.key, version=case.version, problems=[" "], actor=sample.official(), at=AT
        )


def test_market_registration_hands_back_and_that_is_the_end() -> None:
    case = with_official(Profile.MARKET_REGISTRATION)
    case = actions.hand_back(
        case_key=case.key, version=case.version, problems=["缺租约"], actor=sample.official(), at=AT
    )
    assert case.state == "HANDED_BACK"
    with pytest.raises(CannotDo):
        actions.withdraw(case_key=case.key, version=case.version, actor=sample.citizen(), at=AT)


def test_a_refusal_of_acceptance_names_reason_and_appeal() -> None:
    case = with_official()
    case = actions.refuse_acceptance(
        case_key=case.key, version=case.version, reason="不归本局", actor=sample.official(), at=AT
    )
    assert case.notice["reason"] == "不归本局"
    assert len(case.notice["appeal"]) == 2


def test_an_applicant_asks_for_a_person_before_and_after_the_rule() -> None:
    case = sample.opened()
    case = actions.ask_for_person(case_key=case.key, actor=sample.citizen(), at=AT)
    assert case.state == "WITH_OFFICIAL"
    other = sample.opened()
    actions.approve_by_rule(
        case_key=other.key, ruling=sample.ruling(), basis=(), actor=WORKER, at=AT
    )
    actions.ask_for_person(case_key=other.key, actor=sample.citizen(), at=AT)
    waiting = queries.list_cases(sample.official(), at=AT, filter=CaseFilter(person_asked=True))
    assert {row.key for row in waiting.rows} == {case.key, other.key}
    version = queries.get_inside(other.key).version
    done = actions.confirm_by_person(
        case_key=other.key, version=version, reason="核对无误", actor=sample.official(), at=AT
    )
    assert done.state == "APPROVED"
    assert "人工复核：核对无误" in done.decision["explanation"]
    with pytest.raises(CannotDo):
        actions.confirm_by_person(
            case_key=other.key, version=done.version, reason="再来", actor=sample.official(), at=AT
        )


def test_a_clerk_cannot_decide_and_an_applicant_cannot_accept() -> None:
    case = with_official()
    version = case.version
    with pytest.raises(CannotDo):
        actions.accept(case_key=case.key, version=version, actor=sample.citizen(), at=AT)
    with pytest.raises(NotAllowed):
        actions.decide(
            case_key=case.key,
            version=version,
            outcome=Outcome.APPROVE,
            reason="可以",
            basis=(),
            actor=sample.official(Role.WINDOW_CLERK),
            at=AT,
        )


def test_nobody_decides_what_is_theirs() -> None:
    case = accepted()
    insider = Actor(
        ActorKind.OFFICIAL,
        "official:x",
        on_behalf_of=case.applicant,
        grants=sample.official().grants,
    )
    with pytest.raises(actions.NotYourOwnCase):
        actions.decide(
            case_key=case.key,
            version=case.version,
            outcome=Outcome.APPROVE,
            reason="我自己的",
            basis=(),
            actor=insider,
            at=AT,
        )
    assert queries.get_case(case.key, insider, at=AT).acts == ()


@pytest.mark.parametrize(
    "stranger",
    [
        sample.citizen("somebody-else"),
        sample.official(place="620103000000"),
        sample.official(body="11620102000000027X"),
        sample.official(Role.AUDITOR),
    ],
)
def test_what_is_not_visible_is_not_found_by_any_verb(stranger: Actor) -> None:
    case = with_official()
    verbs = [
        lambda: queries.get_case(case.key, stranger, at=AT),
        lambda: actions.read_case(case_key=case.key, actor=stranger, at=AT),
        lambda: actions.accept(case_key=case.key, version=2, actor=stranger, at=AT),
        lambda: actions.withdraw(case_key=case.key, version=2, actor=stranger, at=AT),
        lambda: actions.ask_for_person(case_key=case.key, actor=stranger, at=AT),
    ]
    for verb in verbs:
        with pytest.raises(NotFound):
            verb()
    assert queries.list_cases(stranger, at=AT).rows == ()


def test_an_official_sees_masked_answers_until_the_file_is_opened_and_that_is_written_down() -> (
    None
):
    case = with_official()
    masked = queries.get_case(case.key, sample.official(), at=AT)
    assert masked.answers[0].value == "****0000"
    assert masked.answer_values == {}
    assert masked.applicant_name == "马**"
    opened = actions.read_case(case_key=case.key, actor=sample.official(), at=AT)
    assert opened.answers[0].value == "6217000000000000000"
    assert journal.list_reads_of(case.applicant)[0].actor == "official:zhao"


def test_lists_page_by_key_mask_and_keep_to_few_statements(django_assert_max_num_queries) -> None:
    made = [sample.opened() for _ in range(7)]
    with django_assert_max_num_queries(3):
        first = queries.list_cases(sample.citizen(), at=AT, limit=3)
    assert [row.key for row in first.rows] == [c.key for c in reversed(made[4:])]
    second = queries.list_cases(sample.citizen(), at=AT, limit=3, after=first.next)
    third = queries.list_cases(sample.citizen(), at=AT, limit=3, after=second.next)
    assert [row.key for row in third.rows] == [made[0].key]
    assert third.next == ""
    worklist = queries.list_cases(
        sample.official(), at=AT, filter=CaseFilter(status=CaseStatus.WAITING_FOR_OFFICIAL), limit=2
    )
    assert [row.key for row in worklist.rows] == [made[0].key, made[1].key]


def test_a_case_goes_from_receipt_to_the_end() -> None:
    case = sample.opened()
    actions.approve_by_rule(
        case_key=case.key, ruling=sample.ruling(), basis=sample.BASIS, actor=WORKER, at=AT
    )
    actions.mark_issued(
        case_key=case.key, result_kind="ENTITLEMENT", result="entitlement:x", actor=WORKER, at=AT
    )
    actions.deliver(case_key=case.key, actor=WORKER, at=AT)
    actions.close(case_key=case.key, actor=WORKER, at=AT + timedelta(minutes=1))
    view = queries.get_case(case.key, sample.citizen(), at=AT)
    assert view.headline == "已办好，高龄津贴待遇资格可以查看了"
    assert view.result is not None
    assert view.result.reference == "entitlement:x"
    assert [row.label for row in view.timeline] == [
        "提交申请",
        "已批准",
        "结果已制作",
        "已送达",
        "办结",
    ]
    assert view.version == 5
    assert {step.state for step in view.steps} == {"DONE"}


def test_an_old_version_loses() -> None:
    case = accepted()
    with pytest.raises(VersionConflict):
        actions.decide(
            case_key=case.key,
            version=case.version - 1,
            outcome=Outcome.APPROVE,
            reason="可以",
            basis=(),
            actor=sample.official(),
            at=AT,
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_once_one_stands_and_the_other_is_told_politely() -> None:
    with transaction.atomic():
        case = accepted()
    outcomes: list[str] = []
    gate = threading.Barrier(2)

    def decide(outcome: Outcome, name: str) -> None:
        try:
            gate.wait()
            with transaction.atomic():
                actions.decide(
                    case_key=case.key,
                    version=case.version,
                    outcome=outcome,
                    reason="理由",
                    basis=(),
                    actor=sample.official(name=name),
                    at=AT,
                )
            outcomes.append(outcome)
        except VersionConflict as conflict:
            outcomes.append("conflict" if conflict.remedy else "rude")
        finally:
            connection.close()

    pair = [(Outcome.APPROVE, "a"), (Outcome.REJECT, "b")]
    threads = [threading.Thread(target=decide, args=one) for one in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("conflict") == 1
    case.refresh_from_db()
    assert case.outcome in outcomes
    assert acts(case).count("case_decided") == 1


@pytest.mark.django_db(transaction=True)
def test_numbers_given_at_once_are_all_different() -> None:
    def one() -> None:
        try:
            with transaction.atomic():
                sample.opened()
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = sorted(Case.objects.values_list("case_no", flat=True))
    assert numbers == [f"62010220260302{n:05d}" for n in range(1, 21)]


def test_no_code_changes_a_state_beside_the_one_function() -> None:
    """No ``state=`` in an update and no ``.state =`` for cases anywhere but in ``states``."""
    pattern = re.compile(r"update\([^)]*\bstate=|\.state = ")
    folders = [SRC / "yiwang/capability/cases", SRC / "yiwang/capability/journey"]
    found = [
        f"{path.name}: {match.group()}"
        for folder in folders
        for path in folder.rglob("*.py")
        if "tests" not in path.parts and "migrations" not in path.parts
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []
