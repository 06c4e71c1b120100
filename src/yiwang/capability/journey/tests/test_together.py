"""Three bodies at once, consultation, an expert review: from acceptance to the decision."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from yiwang.capability import journey
from yiwang.capability.branches import queries as branches
from yiwang.capability.branches.definitions import BranchStatus
from yiwang.capability.cases import queries as cases
from yiwang.capability.journey import together
from yiwang.capability.journey.tests import jointly
from yiwang.capability.journey.tests.jointly import AT, GREEN, LEAD, ORDER, POLICE
from yiwang.kernel.actor import Role, machine
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.states.rules import CannotDo

pytestmark = pytest.mark.django_db


@pytest.fixture
def applicant(db):
    jointly.publish()
    return jointly.citizen()


def of(case: str, department: str, at=AT):
    """The branch of one body, as the lead reads it."""
    found = branches.list_case_branches(case, jointly.official(), at=at)
    return next(view for view in found if view.department == department)


def answer(case: str, department: str, opinion: str = "AGREE", at=AT, **more):
    branch = of(case, department, at)
    return together.answer_branch(
        key=branch.key, version=branch.version, opinion=opinion, at=at,
        actor=jointly.official(department, name=department[-4:]), **more,
    )  # fmt: skip


def decide(case: str, outcome: str = "APPROVE", at=AT):
    version = cases.get_inside(case).version
    return journey.decide(
        case_key=case, version=version, outcome=outcome, reason="符合规定", actor=jointly.official(),
        at=at,
    )  # fmt: skip


def skip_visit(case: str, at=AT):
    from yiwang.capability.visits import queries as visits

    (visit,) = visits.list_case_visits(case, jointly.official(), at=at)
    together.skip_visit(
        key=visit.key, version=visit.version, reason="原地延期，范围没有变",
        actor=jointly.official(), at=at,
    )  # fmt: skip


def test_three_bodies_are_asked_at_acceptance_each_with_its_own_clock(applicant):
    case = jointly.accepted(applicant, trees="touched")
    found = branches.list_case_branches(case, jointly.official(), at=AT)
    assert {view.department: view.clock.due_on for view in found} == {
        POLICE: date(2026, 3, 9),
        GREEN: date(2026, 3, 11),
        ORDER: date(2026, 3, 5),
    }
    assert {view.state for view in found} == {"OPEN"}


def test_the_applicant_sees_who_has_which_part_and_until_when(applicant):
    case = jointly.accepted(applicant)
    parts = branches.list_parts(case, applicant, at=AT)
    assert [(p.department_name, p.state_label, p.due_on) for p in parts] == [
        ("城关区公安分局（示例）", "正在审查", date(2026, 3, 9)),
        ("城关区城市管理局（示例）", "正在审查", date(2026, 3, 5)),
        ("城关区林业和草原局（示例）", "不需要", None),
    ]


def test_a_case_with_three_branches_is_approved_when_all_have_agreed(applicant):
    case = jointly.accepted(applicant, trees="touched", site="same")
    skip_visit(case)
    answer(case, POLICE, "AGREE_WITH_CONDITIONS", conditions="不占机动车道")
    answer(case, GREEN)
    with pytest.raises(CannotDo):
        decide(case)
    answer(case, ORDER)
    assert decide(case).decision.outcome == "APPROVE"


def test_an_open_branch_keeps_from_approval_but_not_from_rejection(applicant):
    case = jointly.accepted(applicant, site="same")
    view = cases.get_case(case, jointly.official(), at=AT)
    assert {block.label for block in view.blocks} == {
        "城关区公安分局（示例）还没有同意", "城关区城市管理局（示例）还没有同意", "现场核查还没有完成",
    }  # fmt: skip
    assert "approve" not in {act.name for act in view.acts}
    assert decide(case, "REJECT").decision.outcome == "REJECT"


def test_a_case_accepted_by_silence_asks_everybody_too(applicant):
    case = jointly.handed_in(applicant, at=AT)
    late = AT + timedelta(days=9)
    assert journey.deem_accepted(case_key=case, actor=machine("clock"), at=late)
    found = branches.list_case_branches(case, jointly.official(), at=late)
    assert [view.clock.started_on for view in found] == [date(2026, 3, 11)] * 2


def test_nobody_is_left_out_by_a_decision_without_acceptance(applicant):
    case = jointly.handed_in(applicant)
    with pytest.raises(together.OthersNotAsked):
        together.insist_on_begun(case)
    accepted = jointly.accepted(applicant)
    together.insist_on_begun(accepted)


def test_one_refusal_ends_it_and_the_lead_may_not_overrule(applicant):
    case = jointly.accepted(applicant, site="same")
    skip_visit(case)
    answer(case, ORDER)
    answer(case, POLICE, "REFUSE", reasons="早晚高峰不能断行")
    with pytest.raises(CannotDo):
        decide(case)
    assert decide(case, "REJECT").decision.outcome == "REJECT"


def test_where_the_flow_says_so_the_lead_decides_over_a_refusal(applicant):
    case = jointly.accepted(applicant, site="same")
    skip_visit(case)
    answer(case, POLICE)
    answer(case, ORDER, "REFUSE", reasons="围挡影响市容")
    assert decide(case).decision.outcome == "APPROVE"


def test_opinions_are_visible_to_the_lead_with_reasons_and_author(applicant):
    case = jointly.accepted(applicant)
    answer(case, POLICE, "REFUSE", reasons="早晚高峰不能断行")
    (opinion,) = of(case, POLICE).opinions
    assert (opinion.opinion_label, opinion.reasons) == ("不同意", "早晚高峰不能断行")


def test_the_applicant_reads_conditions_but_no_reasons_of_the_office(applicant):
    case = jointly.accepted(applicant)
    answer(case, POLICE, "AGREE_WITH_CONDITIONS", conditions="不占机动车道", reasons="内部研究")
    shown = branches.list_case_branches(case, applicant, at=AT)
    assert "内部研究" not in str(shown)
    part = next(p for p in branches.list_parts(case, applicant, at=AT) if p.conditions)
    assert (part.state_label, part.conditions) == ("附条件同意", "不占机动车道")


def test_a_joint_body_sees_the_case_masked_and_only_its_materials_and_cannot_decide(applicant):
    case = jointly.accepted(applicant)
    police = jointly.official(POLICE, name="ma")
    branch = of(case, POLICE)
    found = together.get_branch_case(branch.key, police, at=AT)
    assert "13900000005" not in str(found.case.answers)
    assert found.case.applicant_name != "罗文博"
    assert found.case.acts == ()
    with pytest.raises(Exception) as refused:
        journey.decide(
            case_key=case, version=cases.get_inside(case).version, outcome="REJECT",
            reason="x", actor=police, at=AT,
        )  # fmt: skip
    assert refused.value.status in (403, 404)


def test_a_body_not_asked_sees_neither_branch_nor_case(applicant):
    case = jointly.accepted(applicant)
    stranger = jointly.official(jointly.STRANGER, name="li")
    for look in (
        lambda: together.get_branch_case(of(case, POLICE).key, stranger, at=AT),
        lambda: cases.get_case(case, stranger, at=AT),
        lambda: branches.get_branch(of(case, POLICE).key, stranger, at=AT),
    ):
        with pytest.raises(NotFound):
            look()
    assert branches.list_branches(stranger, at=AT, status=BranchStatus.ALL).rows == ()


def test_the_asked_body_finds_it_on_its_list_until_it_has_answered(applicant):
    case = jointly.accepted(applicant)
    police = jointly.official(POLICE, name="ma")
    assert [row.case_key for row in branches.list_branches(police, at=AT).rows] == [case]
    answer(case, POLICE)
    assert branches.list_branches(police, at=AT).rows == ()
    done = branches.list_branches(police, at=AT, status=BranchStatus.ANSWERED).rows
    assert [row.opinion for row in done] == ["AGREE"]


def test_a_late_answer_is_said_to_be_late_and_a_red_clock_names_the_body(applicant):
    from yiwang.mechanisms.clocks import actions as clocks
    from yiwang.mechanisms.journal import queries as journal

    case = jointly.accepted(applicant)
    late = AT + timedelta(days=9)
    clocks.warn(at=late, actor=jointly.official())
    jointly.hear(late)
    facts = [
        e for e in journal.list_entries(subject=f"case:{case}") if e.act.startswith("branches.")
    ]
    assert ("branches.branch_late", POLICE) in {(e.act, e.facts["department"]) for e in facts}
    answer(case, POLICE, at=late)
    given = journal.list_entries(subject=f"case:{case}")[-1]
    assert given.facts["in_time"] is False


def test_when_the_case_ends_nobody_is_asked_any_more(applicant):
    case = jointly.accepted(applicant)
    decide(case, "REJECT")
    jointly.hear(AT)
    assert {of(case, body).state for body in (POLICE, ORDER)} == {"CLOSED"}
    assert of(case, POLICE).clock.stopped_on is not None
    police = jointly.official(POLICE, name="ma")
    assert branches.list_branches(police, at=AT).rows == ()


def consult(case: str, actor=None, **changes):
    given = {
        "department": jointly.STRANGER, "title": "噪声影响", "question": "夜间施工是否扰民？",
        "days": 3, "materials": [],
    } | changes  # fmt: skip
    return together.open_consultation(
        case_key=case, actor=actor or jointly.official(role=Role.HANDLER), at=AT, **given
    )


def test_a_consultation_is_a_timed_object_the_lead_weighs(applicant):
    case = jointly.accepted(applicant, site="same")
    skip_visit(case)
    asked = consult(case)
    assert asked.clock.due_on == date(2026, 3, 5)
    answer(case, POLICE)
    answer(case, ORDER)
    with pytest.raises(CannotDo):
        decide(case)
    answer(case, jointly.STRANGER, "REFUSE", reasons="会扰民")
    assert decide(case).decision.outcome == "APPROVE"


def test_the_applicant_is_told_who_is_consulted_not_what_they_think(applicant):
    case = jointly.accepted(applicant)
    consult(case)
    answer(case, jointly.STRANGER, "REFUSE", reasons="会扰民")
    shown = [p for p in branches.list_parts(case, applicant, at=AT) if p.title == "噪声影响"]
    assert [p.state_label for p in shown] == ["已经答复"]
    assert "会扰民" not in str(branches.list_case_branches(case, applicant, at=AT))


def test_only_the_lead_asks_again_and_the_first_opinion_stays(applicant):
    case = jointly.accepted(applicant)
    answer(case, POLICE, "REFUSE", reasons="断行")
    branch = of(case, POLICE)
    again = {"key": branch.key, "version": branch.version, "question": "改为夜间施工", "days": 2}
    with pytest.raises(Exception) as refused:
        together.ask_branch_again(**again, actor=jointly.official(POLICE, name="ma"), at=AT)
    assert refused.value.status == 403
    asked = together.ask_branch_again(**again, actor=jointly.official(), at=AT)
    assert (asked.state, asked.clock.due_on) == ("OPEN", date(2026, 3, 4))
    answer(case, POLICE)
    assert [given.opinion for given in of(case, POLICE).opinions] == ["REFUSE", "AGREE"]


def test_the_lead_may_leave_out_what_it_asked_itself_but_no_body_the_law_names(applicant):
    case = jointly.accepted(applicant)
    asked = consult(case)
    closed = together.close_branch(
        key=asked.key, version=asked.version, reason="已经当面答复", actor=jointly.official(), at=AT
    )
    assert closed.state == "CLOSED"
    police = of(case, POLICE)
    with pytest.raises(Exception, match="牵头部门不能代它决定"):
        together.close_branch(
            key=police.key, version=police.version, reason="等不及", actor=jointly.official(), at=AT
        )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"question": " "}, "question"),
        ({"days": 0}, "days"),
        ({"days": 61}, "days"),
        ({"department": "1" * 18}, "department"),
    ],
)
def test_a_consultation_names_what_is_wrong_with_it(applicant, changes, field):
    case = jointly.accepted(applicant)
    with pytest.raises(Exception) as refused:
        consult(case, **changes)
    assert [problem.field for problem in refused.value.fields] == [field]


def test_who_does_not_examine_the_case_asks_nobody(applicant):
    case = jointly.accepted(applicant)
    for actor, status in (
        (jointly.official(role=Role.WINDOW_CLERK), 403),
        (jointly.official(POLICE, name="ma"), 404),
        (applicant, 404),
    ):
        with pytest.raises(Exception) as refused:
            consult(case, actor=actor)
        assert refused.value.status == status


def test_nobody_is_asked_about_a_decided_case(applicant):
    case = jointly.accepted(applicant)
    decide(case, "REJECT")
    with pytest.raises(Exception, match="已经有了决定"):
        consult(case)


def test_the_lead_itself_is_not_consulted(applicant):
    case = jointly.accepted(applicant)
    with pytest.raises(Exception, match="不能向本部门"):
        consult(case, department=LEAD)


def review(case: str, actor=None, at=AT, **changes):
    given = {"title": "基坑支护", "question": "支护方案是否安全？", "days": 10} | changes
    return together.open_expert_review(
        case_key=case, version=cases.get_inside(case).version, at=at,
        actor=actor or jointly.official(role=Role.HANDLER), **given,
    )  # fmt: skip


def decide_clock(case: str, at):
    return clocks.find_clock(subject=f"case:{case}", kind="decide", at=at)


def test_an_expert_review_stops_the_clock_until_the_opinion_is_recorded(applicant):
    case = jointly.accepted(applicant, site="same")
    before = decide_clock(case, AT).due_on
    opened = review(case)
    assert decide_clock(case, AT).paused
    assert cases.get_case(case, applicant, at=AT).special[0].expected_on == opened.clock.due_on
    later = AT + timedelta(days=7)
    answered = together.answer_branch(
        key=opened.key, version=opened.version, opinion="AGREE", reasons="方案安全",
        actor=jointly.official(role=Role.HANDLER), at=later,
    )  # fmt: skip
    assert answered.state == "ANSWERED"
    assert not decide_clock(case, later).paused
    assert decide_clock(case, later).due_on > before


def test_an_expert_review_blocks_approval_and_is_advice(applicant):
    case = jointly.accepted(applicant, site="same")
    skip_visit(case)
    answer(case, POLICE)
    answer(case, ORDER)
    opened = review(case)
    with pytest.raises(CannotDo):
        decide(case)
    together.answer_branch(
        key=opened.key, version=opened.version, opinion="REFUSE", reasons="要加固",
        actor=jointly.official(), at=AT,
    )  # fmt: skip
    assert decide(case).decision.outcome == "APPROVE"


def test_a_review_that_is_not_held_ends_and_the_clock_goes_on(applicant):
    case = jointly.accepted(applicant)
    opened = review(case)
    closed = together.close_branch(
        key=opened.key, version=opened.version, reason="不需要了", actor=jointly.official(), at=AT
    )
    assert closed.state == "CLOSED"
    assert not decide_clock(case, AT).paused


def test_a_review_ended_as_a_special_procedure_waits_for_nobody(applicant):
    case = jointly.accepted(applicant)
    opened = review(case)
    journey.end_special(
        case_key=case, version=cases.get_inside(case).version, kind="EXPERT_REVIEW",
        finding="方案安全", actor=jointly.official(role=Role.HANDLER), at=AT,
    )  # fmt: skip
    jointly.hear(AT)
    assert branches.get_branch(opened.key, jointly.official(), at=AT).state == "CLOSED"


def test_experts_are_not_on_the_list_of_other_bodies_questions(applicant):
    case = jointly.accepted(applicant)
    review(case)
    assert branches.list_branches(jointly.official(), at=AT).rows == ()
