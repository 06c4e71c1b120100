"""From a row to what may be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from yiwang.capability.cases import rules
from yiwang.capability.cases.definitions import (
    AnswerRow,
    CaseRow,
    CitationRow,
    ClockKind,
    DecisionView,
    ResultView,
    TimelineRow,
)
from yiwang.capability.cases.definitions.flow import PLACE_LABELS, SPECIAL_LABELS
from yiwang.capability.cases.models import Case
from yiwang.capability.cases.queries.standing import (
    accepted_by_now,
    machine_for,
)
from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel.moments import legal_date
from yiwang.mechanisms.clocks.definitions import ClockView
from yiwang.mechanisms.journal.definitions import Entry

_TIMELINE: Mapping[str, str] = {
    "cases.case_submitted": "提交申请",
    "cases.passed_to_official": "转工作人员审查",
    "cases.person_asked_for": "请人工办理",
    "cases.person_answered": "人工复核完成",
    "cases.case_accepted": "已受理",
    "cases.case_returned": "一次告知补正",
    "cases.case_corrected": "补正齐全",
    "cases.case_handed_back": "退回材料，一次告知",
    "cases.accepted_by_silence": "五个工作日内没有告知，视为受理",
    "cases.renewed_by_silence": "有效期届满前没有决定，视为准予延续",
    "cases.silence_ended": "要延续的证照已经失效，由工作人员决定",
    "cases.case_not_ours": "不受理",
    "cases.case_transferred": "转办给有权办理的部门",
    "cases.case_forwarded": "送下一步签批",
    "cases.case_sent_back": "退回上一步",
    "cases.special_begun": "进入特别程序",
    "cases.special_ended": "特别程序结束",
    "cases.case_terminated": "终止办理",
    "cases.case_revoked": "撤销决定",
    "cases.case_reopened": "经复议或者诉讼，重新办理",
    "cases.case_refused": "不予受理",
    "cases.case_issued": "结果已制作",
    "cases.case_delivered": "已送达",
    "cases.case_closed": "办结",
    "cases.case_withdrawn": "撤回申请",
    "cases.extension_asked": "提请延长办理期限",
    "cases.extension_granted": "批准延长办理期限",
    "cases.extension_declined": "没有批准延长",
    "cases.decision_revoked": "人工复核后撤销原决定，重新办理",
    "cases.correction_overdue": "补正期限已过，转工作人员接着办",
    "cases.rule_unavailable": "不能自动核对",
    "materials.material_arrived": "其他部门的数据到了",
    "journey.case_checked_again": "数据到齐，重新核对条件",
    "branches.branch_opened": "送其他部门审查",
    "branches.branch_answered": "其他部门已经答复",
    "branches.branch_asked_again": "再送其他部门审查",
    "branches.branch_closed": "其他部门不用再答复",
    "branches.branch_late": "其他部门超过时限",
    "visits.visit_wanted": "要现场核查",
    "visits.visit_planned": "已安排现场核查",
    "visits.visit_recorded": "现场核查完成",
    "visits.visit_skipped": "免于现场核查",
    "visits.visit_late": "现场核查超过时限",
    "commitments.late_material_promised": "承诺补交材料",
    "commitments.tolerance_opened": "容缺受理，材料可以后补",
    "commitments.late_material_supplied": "补交材料",
    "commitments.late_material_sent_back": "补交的材料不对，请再补交",
    "commitments.late_material_confirmed": "补交的材料核对无误",
    "commitments.tolerance_lapsed": "补交期限已过",
    "commitments.commitment_made": "签署告知承诺书",
    "commitments.commitment_took_effect": "按承诺办理，之后核查",
    "commitments.commitment_kept": "承诺核查过，没有问题",
    "commitments.correction_ordered": "和承诺不符，责令限期改正",
    "commitments.correction_reported": "报告已经改好",
    "commitments.commitment_broken": "认定承诺不实",
    "clocks.clock_extended": "答复日期延长",
    "clocks.pause": "时限暂停",
    "clocks.resume": "时限继续",
    "clocks.clock_recomputed": "答复日期重新计算",
    "clocks.clock_turned_red": "超过时限",
}


#: What a row of a list is made of.
_NEEDED: Final = frozenset(
    {
        "id",
        "key",
        "case_no",
        "item_code",
        "item_name",
        "state",
        "version",
        "profile",
        "machine_version",
        "instant",
        "outcome",
        "applicant_masked",
        "division_code",
        "department",
        "department_name",
        "received_at",
        "person_asked_at",
        "person_answered_at",
        "notified_at",
        "supply_lapsed_at",
        "corrected_at",
    }
)
SHOWN: Final = tuple(f.attname for f in Case._meta.concrete_fields if f.attname in _NEEDED)

#: Of several clocks the one an applicant is told about first.
_LEADING = (ClockKind.DECIDE, ClockKind.ACCEPT, ClockKind.DELIVER)


def leading(found: Sequence[ClockView]) -> ClockView | None:
    """The clock that says until when somebody is answered; a stopped one when none runs."""
    ranked = sorted(
        (c for c in found if c.kind in _LEADING),
        key=lambda c: (c.stopped_on is not None, _LEADING.index(ClockKind(c.kind))),
    )
    return ranked[0] if ranked else None


def clock_facts(row: Case, found: Sequence[ClockView], at: datetime) -> dict[str, bool]:
    """What guards ask of the clock of acceptance."""
    clock = next((c for c in found if c.kind == ClockKind.ACCEPT), None)
    return {"accept_lapsed": accepted_by_now(row, clock, at)}


def standing(row: Case, result_label: str = "", clock: ClockView | None = None) -> rules.Standing:
    return rules.Standing(
        profile=row.profile,
        state=row.state,
        instant=row.instant,
        outcome=row.outcome,
        department_name=row.department_name,
        result_label=result_label or "结果",
        person_asked=row.person_asked_at is not None,
        notified=row.notified_at is not None,
        overdue=row.supply_lapsed_at is not None and row.corrected_at is None,
        accepting=clock is not None and clock.kind == ClockKind.ACCEPT and clock.stopped_on is None,
    )


def state_label(row: Case) -> str:
    return machine_for(row).labels.get(row.state, row.state)


def row_view(row: Case, clock: ClockView | None, today: date) -> CaseRow:
    running = clock if clock and clock.stopped_on is None else None
    return CaseRow(
        key=row.key,
        case_no=row.case_no,
        item_code=row.item_code,
        item_name=row.item_name,
        state=row.state,
        state_label=state_label(row),
        version=row.version,
        applicant_masked=row.applicant_masked,
        division_code=row.division_code,
        department=row.department,
        department_name=row.department_name,
        received_at=row.received_at,
        headline=rules.headline(
            standing(row, clock=running),
            due_on=running.due_on if running else None,
            today=today,
            provisional=bool(running and running.provisional),
        ),
        person_asked=row.person_asked_at is not None and row.person_answered_at is None,
        clock=clock,
    )


def answer_rows(row: Case, *, unmasked: bool) -> tuple[AnswerRow, ...]:
    rows = (AnswerRow(**given) for given in row.content["rows"])
    if unmasked:
        return tuple(rows)
    return tuple(replace(r, value=r.masked or "****") if r.sensitive else r for r in rows)


def decision_view(row: Case) -> DecisionView | None:
    """The decision that stands."""
    if row.decision is None or row.decided_at is None:
        return None
    return _decision(row, row.decision, row.outcome, row.decided_at, row.by_rule)


def earlier_decisions(row: Case) -> tuple[DecisionView, ...]:
    """Those that were taken back, newest first. The first records were all a rule's approvals."""
    return tuple(
        _decision(
            row,
            one["decision"],
            one.get("outcome", "APPROVE"),
            datetime.fromisoformat(one["decided_at"]),
            one.get("by_rule", True),
        )
        for one in reversed(row.content.get("earlier", ()))
        if one["decision"] is not None
    )


def _decision(
    row: Case, given: Mapping[str, Any], outcome: str, decided_at: datetime, by_rule: bool
) -> DecisionView:
    labels = machine_for(row).labels
    approved = outcome == "APPROVE"
    return DecisionView(
        outcome=outcome,
        outcome_label=labels["APPROVED" if approved else "REJECTED"],
        decided_at=decided_at,
        by_rule=by_rule,
        reason=given["reason"],
        conditions=given["conditions"],
        basis=tuple(CitationRow(**c) for c in given["basis"]),
        appeal=tuple(given["appeal"]),
        explanation=tuple(given["explanation"]),
    )


def result_view(row: Case) -> ResultView | None:
    if not row.result_reference:
        return None
    return ResultView(row.result_kind, row.result_reference, row.content["result_label"])


def notice_lines(row: Case) -> tuple[str, ...]:
    """What the applicant was told to mend, or why it was not accepted."""
    notice = row.notice or {}
    return (*notice.get("problems", ()), *([notice["reason"]] if notice.get("reason") else []))


def timeline(row: Case, entries: Sequence[Entry]) -> tuple[TimelineRow, ...]:
    """The journal of the case in the words of its applicant."""
    rows = []
    for entry in entries:
        label = _TIMELINE.get(entry.act)
        if entry.act == "cases.case_decided":
            view = decision_view(row)
            label = view.outcome_label if view else "作出决定"
        if label is not None:
            rows.append(TimelineRow(entry.at, label, _who(row, entry), _detail(entry)))
    return tuple(rows)


def handed_in_by(*, submitted_by: str, applicant: str, hand: str = "") -> str:
    """Who handed it in for the applicant; "" when the applicant did. ``hand``: who came to the window
    for him, masked."""
    if submitted_by == applicant:
        return ""
    if submitted_by.startswith("official:"):
        return f"{hand}代办，窗口收件" if hand else "窗口人员当面代办"
    people = libraries.list_persons((submitted_by,))
    names = [person.name_masked for person in people.values()]
    return f"{names[0]}代办" if names else "代办人"


def _who(row: Case, entry: Entry) -> str:
    if entry.on_behalf_of == row.applicant and entry.actor.startswith("official:"):
        others = sum(one.startswith("mandate:") for one in entry.subjects) > 1
        return "代办人，在窗口办" if others else "申请人，在窗口办"
    if entry.mandate:
        return "代办人"
    by_window = row.submitted_by.startswith("official:")
    themselves = (row.applicant,) if by_window else (row.applicant, row.submitted_by)
    if entry.actor in themselves or entry.on_behalf_of == row.applicant:
        return "申请人"
    if entry.act == "branches.branch_answered":
        return str(entry.facts["department_name"])
    if entry.actor_kind == "MACHINE":
        return "系统"
    post = entry.facts.get("post", "")
    return f"{row.department_name} {post}" if post else row.department_name


def _detail(entry: Entry) -> str:
    if entry.act in ("clocks.clock_recomputed", "clocks.clock_extended"):
        return f"从 {entry.facts['was_due_on']} 改为 {entry.facts['due_on']}"
    if entry.act == "materials.material_arrived":
        came = "取到" if entry.facts["found"] else "没有查到"
        return f"{entry.facts['source_label']}{came}“{entry.facts['material_name']}”"
    if entry.act == "cases.rule_unavailable" and entry.result == "IdentityDiffers":
        return "填写的姓名或者身份证号和登记的不一样，由工作人员核对"
    if entry.act == "cases.case_decided" and entry.facts.get("by_rule"):
        return "由决策表自动核对，每一条结果都可以查看"
    if entry.act == "cases.special_begun":
        kind = SPECIAL_LABELS.get(str(entry.facts["kind"]), "")
        return f"{kind}，预计 {entry.facts['expected_on']} 结束，期间不计入办理期限"
    if entry.act in ("cases.case_forwarded", "cases.case_sent_back"):
        return PLACE_LABELS.get(str(entry.facts["place"]), "")
    if entry.act in ("cases.case_returned", "cases.case_handed_back"):
        return f"共 {entry.facts['items']} 处"
    if entry.act.startswith("branches.") and entry.act != "branches.branch_answered":
        return str(entry.facts["department_name"])
    return ""


def reached(row: Case) -> dict[str, date | None]:
    """The days of the step map."""
    moments: dict[str, datetime | None] = {
        "received": row.received_at,
        "notified": row.notified_at,
        "accepted": row.accepted_at,
        "decided": row.decided_at,
        "issued": row.issued_at,
        "delivered": row.delivered_at,
        "ended": row.ended_at,
    }
    return {name: legal_date(at) if at else None for name, at in moments.items()}
