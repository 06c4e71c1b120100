"""行政许可: every step of the licence law, with its clocks, through the journey."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from yiwang.capability import journey
from yiwang.capability.cases import actions as case_actions
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import CaseView, DeliveryProof, Manner, Stage
from yiwang.capability.journey import acceptance, sample
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel.actor import Actor, Role, machine
from yiwang.kernel.refusals import InvalidInput, NotFound, VersionConflict
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.journal import queries as entries
from yiwang.mechanisms.states.rules import CannotDo
from yiwang.network.directory import queries as directory_queries
from yiwang.network.directory import sample as directory
from yiwang.support.letters import queries as letters
from yiwang.support.licences import queries as licences
from yiwang.support.messages import queries as messages

#: A Monday, two weeks before the holiday of Tomb-sweeping Day.
AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
CLOCK = machine("clock")
pytestmark = pytest.mark.django_db


@pytest.fixture
def item(db):
    directory.load_chengguan()
    directory.register_departments()
    return sample.publish_plain(
        at=AT,
        extension={"amount": 10, "basis": "行政许可法 第四十二条"},
        special_procedures=["HEARING", "EXPERT_REVIEW"],
        delivery={"within": {"amount": 10}, "chosen": "answer:delivery"},
    )


@pytest.fixture
def me(item) -> Actor:
    return sample.citizen(libraries.register_person(5, at=AT, born_on=date(1980, 1, 1)))


@pytest.fixture
def official(item) -> Actor:
    return sample.official(item)


def look(key: str, actor: Actor, at: datetime = AT) -> CaseView:
    return cases.get_case(key, actor, at=at)


def handed_in(me: Actor, at: datetime = AT, **answers) -> CaseView:
    receipt = sample.handed_in(me, at=at, **answers)
    return look(receipt.case_key, me, at)


def clock(case: CaseView, kind: str):
    return next((one for one in case.clocks if one.kind == kind), None)


def kinds(case: CaseView) -> list[str]:
    return [letter.kind for letter in letters.list_letters(case.reference)]


def acts(case: CaseView) -> list[str]:
    return [e.act for e in entries.list_entries(subject=case.reference)]


def hear(at: datetime) -> None:
    """The clock's round, then everybody who listens."""
    clocks.warn(at=at, actor=CLOCK)
    journal.seal(at=at)
    journal.run_listeners(at=at)


def test_the_days_to_answer_run_from_receipt_and_those_to_decide_from_acceptance(
    me, official
) -> None:
    case = handed_in(me)
    assert clock(case, "accept").due_on == date(2026, 3, 9)
    assert clock(case, "decide") is None
    assert case.headline == "城关区民政局正在审查，最晚3月9日（周一）答复您是否受理"
    at = AT + 2 * DAY
    case = journey.accept(case_key=case.key, version=case.version, actor=official, at=at)
    assert clock(case, "accept").stopped_on == date(2026, 3, 4)
    assert clock(case, "decide").started_on == date(2026, 3, 4)
    assert clock(case, "decide").due_on == date(2026, 4, 1)
    assert "ACCEPTANCE" in kinds(case)


def test_five_working_days_of_silence_accept_it_from_the_day_of_receipt(me, official) -> None:
    case = handed_in(me)
    hear(AT + 7 * DAY)  # the Monday it falls due: the day is not over
    assert look(case.key, me).state == "WITH_OFFICIAL"
    late = AT + 9 * DAY  # the round comes two days late: that moves nothing
    hear(late)
    case = look(case.key, official, late)
    assert case.state == "ACCEPTED"
    assert case.deemed
    assert clock(case, "decide").started_on == date(2026, 3, 2)
    assert clock(case, "decide").due_on == date(2026, 3, 30)
    letter = letters.list_letters(case.reference)[-1]
    assert (letter.kind, letter.template) == ("ACCEPTANCE", "acceptance-by-silence")
    assert "cases.accepted_by_silence" in acts(case)
    hear(late + DAY)
    assert acts(case).count("cases.accepted_by_silence") == 1


@pytest.mark.parametrize(
    "verb",
    [
        lambda k, v, a, at: journey.accept(case_key=k, version=v, actor=a, at=at),
        lambda k, v, a, at: journey.return_for_correction(
            case_key=k, version=v, problems=["缺"], actor=a, at=at
        ),
        lambda k, v, a, at: journey.refuse_acceptance(
            case_key=k, version=v, reason="不收", actor=a, at=at
        ),
        lambda k, v, a, at: journey.not_ours(
            case_key=k, version=v, kind="NOT_NEEDED", reason="不用", actor=a, at=at
        ),
    ],
)
def test_who_says_something_too_late_finds_it_accepted_already(verb, me, official) -> None:
    case = handed_in(me)
    late = AT + 8 * DAY  # the worker has not been there yet
    with pytest.raises(VersionConflict):
        verb(case.key, case.version, official, late)
    case = look(case.key, official, late)
    assert case.state == "ACCEPTED"
    assert clock(case, "decide").started_on == date(2026, 3, 2)


def test_what_is_told_in_time_stops_the_clock_and_counts_again_from_what_was_supplied(
    me, official
) -> None:
    case = handed_in(me)
    told = AT + 4 * DAY
    case = journey.return_for_correction(
        case_key=case.key, version=case.version, problems=["缺图"], actor=official, at=told
    )
    assert clock(case, "accept").stopped_on == date(2026, 3, 6)
    hear(AT + 20 * DAY)
    assert look(case.key, me).state == "RETURNED"
    mended = AT + 21 * DAY  # Monday 23 March
    case = journey.supply_correction(
        case_key=case.key, version=case.version, answers={"subject": "补"}, actor=me, at=mended
    )
    assert clock(case, "accept").due_on == date(2026, 3, 30)
    assert "return_for_correction" not in {a.name for a in look(case.key, official, mended).acts}
    hear(AT + 29 * DAY)
    case = look(case.key, official, AT + 29 * DAY)
    assert case.deemed
    assert clock(case, "decide").started_on == date(2026, 3, 23)


def test_what_was_never_supplied_is_not_accepted_by_silence(me, official) -> None:
    case = handed_in(me)
    case = journey.return_for_correction(
        case_key=case.key, version=case.version, problems=["缺图"], actor=official, at=AT
    )
    lapsed = AT + 22 * DAY
    hear(lapsed)
    case = look(case.key, official, lapsed)
    assert case.state == "WITH_OFFICIAL"
    assert clock(case, "accept").stopped_on is None  # somebody must look
    hear(lapsed + 20 * DAY)
    case = look(case.key, official, lapsed + 20 * DAY)
    assert case.state == "WITH_OFFICIAL"
    assert clock(case, "accept").colour == "RED"
    done = journey.refuse_acceptance(
        case_key=case.key, version=case.version, reason="没有补正", actor=official,
        at=lapsed + 20 * DAY,
    )  # fmt: skip
    assert done.state == "REFUSED"


def test_another_bodys_matter_is_told_with_where_to_turn(me, official) -> None:
    case = handed_in(me)
    with pytest.raises(InvalidInput):
        journey.not_ours(
            case_key=case.key, version=case.version, kind="NOT_THIS_BODY", reason="不归本局",
            actor=official, at=AT,
        )  # fmt: skip
    case = journey.not_ours(
        case_key=case.key, version=case.version, kind="NOT_THIS_BODY", reason="不归本局",
        where="城关区住房和城乡建设局", actor=official, at=AT,
    )  # fmt: skip
    assert case.state == "NOT_OURS"
    assert "REFUSAL_OF_ACCEPTANCE" in kinds(case)
    assert clock(case, "accept").stopped_on is not None
    hear(AT)
    told = messages.list_messages(me)
    assert "住房和城乡建设局" in told[0].text


def test_what_needs_no_licence_is_told_so(me, official) -> None:
    case = handed_in(me)
    case = journey.not_ours(
        case_key=case.key, version=case.version, kind="NOT_NEEDED", reason="自用不用办证",
        actor=official, at=AT,
    )  # fmt: skip
    assert "NOT_NEEDED" in kinds(case)


def test_a_transfer_keeps_the_day_of_receipt_and_changes_whose_name_stands(me, official) -> None:
    case = handed_in(me)
    uscc = directory.department_uscc(directory.CHENGGUAN, 2)
    other = directory_queries.get_department(uscc)
    at = AT + 3 * DAY
    seen = journey.transfer(
        case_key=case.key, version=case.version, department=other.uscc, reason="职权已划转",
        actor=official, at=at,
    )  # fmt: skip
    assert seen.department == other.uscc
    assert not seen.in_charge
    assert seen.acts == ()
    assert clock(seen, "accept").due_on == date(2026, 3, 9)
    assert kinds(seen)[-1] == "TRANSFER"
    there = Actor(
        official.kind, "official:there", "孙*", grants=(
            type(official.grants[0])(Role.APPROVER, case.division_code, other.uscc),
        ),
    )  # fmt: skip
    assert "accept" in {a.name for a in look(case.key, there, at).acts}
    account = look(case.key, me, at + 4 * DAY).time_account
    assert [span.label for span in account.spans] == ["城关区民政局", other.name]
    hear(AT + 8 * DAY)
    assert look(case.key, there, AT + 8 * DAY).deemed
    with pytest.raises(NotFound):
        journey.transfer(
            case_key=case.key, version=1, department="0" * 18, reason="x", actor=there, at=at
        )


def accepted(me: Actor, official: Actor, **answers) -> CaseView:
    case = handed_in(me, **answers)
    return journey.accept(case_key=case.key, version=case.version, actor=official, at=AT)


def test_a_hearing_stands_outside_the_clock_and_is_told_in_writing(me, official) -> None:
    case = accepted(me, official)
    assert clock(case, "decide").due_on == date(2026, 3, 30)
    case = journey.begin_special(
        case_key=case.key, version=case.version, kind="HEARING", reason="涉及相邻权",
        expected_on=date(2026, 3, 20), actor=official, at=AT + DAY,
    )  # fmt: skip
    assert case.state == "SUSPENDED"
    assert clock(case, "decide").paused
    assert kinds(case)[-1] == "SPECIAL_PROCEDURE"
    case = journey.begin_special(
        case_key=case.key, version=case.version, kind="EXPERT_REVIEW", reason="技术复杂",
        expected_on=date(2026, 3, 13), actor=official, at=AT + 2 * DAY,
    )  # fmt: skip
    case = journey.end_special(
        case_key=case.key, version=case.version, kind="EXPERT_REVIEW", finding="可行",
        actor=official, at=AT + 11 * DAY,
    )  # fmt: skip
    assert case.state == "SUSPENDED"
    assert clock(case, "decide").paused
    case = journey.end_special(
        case_key=case.key, version=case.version, kind="HEARING", finding="无异议",
        actor=official, at=AT + 15 * DAY,
    )  # fmt: skip
    assert case.state == "ACCEPTED"
    # from 4 to 17 March ten working days stood outside; 30 March plus ten is 14 April (holiday 6 April)
    assert clock(case, "decide").due_on == date(2026, 4, 14)
    assert [(one.label, one.finding) for one in case.special] == [
        ("听证", "无异议"),
        ("专家评审", "可行"),
    ]
    spans = [(s.kind, s.working_days) for s in look(case.key, me, AT + 16 * DAY).time_account.spans]
    assert spans == [("DEPARTMENT", 1), ("SPECIAL", 10), ("DEPARTMENT", 1)]


def test_only_what_the_item_names_stops_the_clock(me, official) -> None:
    case = accepted(me, official)
    with pytest.raises(InvalidInput):
        journey.begin_special(
            case_key=case.key, version=case.version, kind="TEST", reason="检测",
            expected_on=date(2026, 3, 20), actor=official, at=AT,
        )  # fmt: skip
    with pytest.raises(InvalidInput):
        journey.begin_special(
            case_key=case.key, version=case.version, kind="HEARING", reason="听证",
            expected_on=date(2026, 3, 1), actor=official, at=AT,
        )  # fmt: skip
    with pytest.raises(CannotDo):
        journey.end_special(
            case_key=case.key, version=case.version, kind="HEARING", finding="完",
            actor=official, at=AT,
        )  # fmt: skip


def test_ten_days_more_with_the_heads_approval_and_a_letter(me, official, item) -> None:
    case = accepted(me, official)
    case = journey.ask_extension(
        case_key=case.key, version=case.version, reason="情况复杂", actor=official, at=AT
    )
    head = sample.official(item, Role.HEAD, "head")
    case = journey.grant_extension(case_key=case.key, version=case.version, actor=head, at=AT)
    assert clock(case, "decide").due_on == date(2026, 4, 14)
    assert kinds(case)[-1] == "EXTENSION"
    assert "ask_extension" not in {a.name for a in look(case.key, official).acts}


def test_a_result_wanted_in_hand_waits_for_its_proof_of_delivery(me, official) -> None:
    case = accepted(me, official, delivery="window")
    case = journey.decide(
        case_key=case.key, version=case.version, outcome="APPROVE", reason="符合条件",
        actor=official, at=AT + DAY,
    )  # fmt: skip
    assert case.state == "ISSUED"
    assert clock(case, "deliver").due_on == date(2026, 3, 17)
    clerk = sample.official(sample.publish_plain(at=AT, code="other"), Role.WINDOW_CLERK, "qian")
    proof = DeliveryProof(Manner.WINDOW, "马晓燕", "查验身份证", remark="本人")
    with pytest.raises(InvalidInput):
        journey.deliver(
            case_key=case.key, version=case.version, actor=clerk, at=AT + 2 * DAY,
            proof=DeliveryProof(Manner.WINDOW, " "),
        )  # fmt: skip
    case = journey.deliver(
        case_key=case.key, version=case.version, proof=proof, actor=clerk, at=AT + 2 * DAY
    )
    assert (case.state, case.delivered_by) == ("CLOSED", "WINDOW")
    assert kinds(case)[-1] == "DELIVERY"
    assert clock(case, "deliver").stopped_on == date(2026, 3, 4)
    assert clock(case, "deliver").colour == "GREEN"


def test_an_electronic_result_is_delivered_at_once(me, official) -> None:
    case = accepted(me, official, delivery="electronic")
    case = journey.decide(
        case_key=case.key, version=case.version, outcome="APPROVE", reason="符合条件",
        actor=official, at=AT,
    )  # fmt: skip
    assert case.state == "CLOSED"
    assert clock(case, "deliver") is None


def test_a_late_material_keeps_the_result_back_and_its_coming_lets_it_go(me, official) -> None:
    case = accepted(me, official)
    block = {"case_key": case.key, "stage": Stage.ISSUE, "reason": "tolerance:x", "at": AT}
    case_actions.block(**block, actor=official)
    case = journey.decide(
        case_key=case.key, version=case.version, outcome="APPROVE", reason="符合条件",
        actor=official, at=AT,
    )  # fmt: skip
    assert case.state == "APPROVED"
    assert licences.find_case_licence(case.reference, at=AT) is None
    assert clock(case, "deliver").stopped_on is None
    case_actions.unblock(**{**block, "at": AT + DAY}, actor=me)
    hear(AT + DAY)
    case = look(case.key, me, AT + DAY)
    assert case.state == "CLOSED"
    assert licences.find_case_licence(case.reference, at=AT + DAY) is not None
    assert clock(case, "deliver").stopped_on == date(2026, 3, 3)


def test_a_case_that_can_go_on_no_more_is_ended_with_reasons(me, official) -> None:
    case = accepted(me, official)
    case = journey.terminate(
        case_key=case.key, version=case.version, reason="申请人主体已注销", actor=official, at=AT
    )
    assert case.state == "TERMINATED"
    assert kinds(case)[-1] == "TERMINATION"
    assert all(one.stopped_on for one in case.clocks)


def closed(me: Actor, official: Actor, outcome: str = "APPROVE") -> CaseView:
    case = accepted(me, official)
    return journey.decide(
        case_key=case.key, version=case.version, outcome=outcome, reason="理由", actor=official,
        at=AT,
    )  # fmt: skip


def test_the_body_takes_its_own_decision_back_and_the_licence_ends(me, official) -> None:
    case = closed(me, official)
    with pytest.raises(InvalidInput):
        journey.revoke(
            case_key=case.key, version=case.version, reason=" ", actor=official, at=AT + DAY
        )
    case = journey.revoke(
        case_key=case.key, version=case.version, reason="以欺骗手段取得", actor=official,
        at=AT + DAY,
    )  # fmt: skip
    assert case.state == "REVOKED"
    assert case.acts[0].name == "reopen"
    assert licences.find_case_licence(case.reference, at=AT + DAY).state == "REVOKED"
    assert kinds(case)[-1] == "TAKING_BACK"


def test_what_was_taken_back_is_given_again_after_a_judgment(me, official) -> None:
    case = closed(me, official)
    case = journey.revoke(
        case_key=case.key, version=case.version, reason="认定有误", actor=official, at=AT + DAY
    )
    case = journey.reopen(
        case_key=case.key, version=case.version, ground="COURT", document="（2026）甘01行终9号",
        reason="判决撤销", actor=official, at=AT + 2 * DAY,
    )  # fmt: skip
    case = journey.decide(
        case_key=case.key, version=case.version, outcome="APPROVE", reason="符合条件",
        actor=official, at=AT + 3 * DAY,
    )  # fmt: skip
    assert case.state == "CLOSED"
    assert licences.find_case_licence(case.reference, at=AT + 3 * DAY).state == "VALID"
    assert kinds(case).count("TAKING_BACK") == 1


def test_a_rejection_overturned_by_review_is_decided_anew_within_what_was_set(me, official) -> None:
    case = closed(me, official, "REJECT")
    later = AT + 40 * DAY
    with pytest.raises(InvalidInput):
        journey.reopen(
            case_key=case.key, version=case.version, ground="REVIEW", document=" ",
            reason="重新审查", actor=official, at=later,
        )  # fmt: skip
    case = journey.reopen(
        case_key=case.key, version=case.version, ground="REVIEW",
        document="城政复决〔2026〕3号", reason="重新审查", actor=official, at=later,
    )  # fmt: skip
    assert case.state == "ACCEPTED"
    assert case.decision is None
    assert clock(case, "decide").started_on == date(2026, 4, 11)
    assert cases.list_revoked(case.key)[0].reason == "城政复决〔2026〕3号：重新审查"
    spans = look(case.key, me, later + 3 * DAY).time_account.spans
    assert [(s.kind, s.ended_at) for s in spans] == [("DEPARTMENT", AT), ("DEPARTMENT", None)]
    case = journey.decide(
        case_key=case.key, version=case.version, outcome="APPROVE", reason="符合条件",
        actor=official, at=later,
    )  # fmt: skip
    assert case.state == "CLOSED"
    assert licences.find_case_licence(case.reference, at=later) is not None


def test_a_decision_heard_after_it_was_overturned_still_says_what_it_said(me, official) -> None:
    """The listeners may be late; a fact whose case moved on must not stop all that follow it."""
    case = closed(me, official, "REJECT")
    journey.reopen(
        case_key=case.key, version=case.version, ground="REVIEW", document="〔2026〕1号",
        reason="重新审查", actor=official, at=AT,
    )  # fmt: skip
    hear(AT)
    assert entries.list_parked() == ()
    told = [one.text for one in messages.list_messages(me)]
    assert any("理由" in text and "行政复议" in text for text in told)


def test_settling_asks_nothing_of_a_case_that_is_in_time(me) -> None:
    case = handed_in(me)
    acceptance.settle(case_key=case.key, at=AT + DAY)
    assert look(case.key, me).version == case.version
    assert not journey.deem_accepted(case_key=case.key, actor=CLOCK, at=AT + DAY)
