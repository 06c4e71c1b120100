"""Which letter is written when, and with which words. Written in the transaction of the act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import (
    GROUND_LABELS,
    MANNER_LABELS,
    CitationRow,
    DeliveryProof,
    Ground,
    NotOurs,
)
from yiwang.capability.cases.definitions.flow import SPECIAL_LABELS, Flow
from yiwang.capability.cases.definitions.profiles import Profile
from yiwang.capability.cases.queries import Held, Inside
from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.catalogue.definitions import Item
from yiwang.capability.journey.clocks import ACCEPT, DECIDE
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import SHANGHAI, legal_date
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.clocks.definitions import Allowance
from yiwang.support.letters import actions as letters
from yiwang.support.letters import queries as letter_queries
from yiwang.support.letters.definitions import LetterKind, LetterView

_REGISTRATION: Final = Profile.MARKET_REGISTRATION
#: What a proof of delivery lists beside the result itself.
DECISIONS: Final = (
    LetterKind.APPROVAL,
    LetterKind.REJECTION,
    LetterKind.REGISTRATION,
    LetterKind.REFUSAL_OF_REGISTRATION,
    LetterKind.FILING,
)
#: Receipts of what came in later: after a notice of correction, on paper.
_CORRECTED: Final = ("correction-receipt", "licence-correction-receipt", "originals-receipt")
#: 行政许可: the names the law gives to its decisions.
_APPROVALS: Final = {
    Profile.LICENCE: "licence-approval",
    Profile.COMMITMENT: "licence-approval-on-promise",
}
_REJECTIONS: Final = {
    Profile.LICENCE: "licence-rejection",
    Profile.COMMITMENT: "licence-rejection",
}


def receipt(*, inside: Inside, flow: Flow, actor: Actor, at: datetime) -> None:
    """申请材料接收凭证, once; the case's row is locked by the caller.

    Where silence accepts, the receipt says so (行政许可法 32 (4)): whoever holds it knows the day.
    """
    written = letter_queries.list_letters(inside.reference)
    if any(o.kind == LetterKind.RECEIPT and o.template not in _CORRECTED for o in written):
        return
    template = "registration-receipt" if inside.profile == _REGISTRATION else ""
    template = "licence-receipt" if flow.acceptance.deemed else template
    values = {"received_at": minute(inside.received_at), "answer_by": answer_by(inside, at)}
    _write(LetterKind.RECEIPT, template, inside, values, actor, at)


def supplied(
    *, inside: Inside, flow: Flow, names: Sequence[str], actor: Actor, at: datetime
) -> None:
    """补正材料接收凭证: what came in afterwards, and until when it is answered."""
    template = "licence-correction-receipt" if flow.acceptance.deemed else "correction-receipt"
    values = {
        "received_at": minute(at),
        "answer_by": answer_by(inside, at),
        "materials": "、".join(names),
    }
    by = case_queries.handed_in_by(
        submitted_by=inside.submitted_by, applicant=inside.applicant, hand=inside.hand
    )
    if by:
        values["remark"] = f"本件由{by}提交"
    _write(LetterKind.RECEIPT, template, inside, values, actor, at)


def originals(*, inside: Inside, names: Sequence[str], actor: Actor, at: datetime) -> None:
    """原件接收凭证: which originals were taken in, to be given back."""
    values = {"received_at": minute(at), "materials": _numbered(names)}
    _write(LetterKind.RECEIPT, "originals-receipt", inside, values, actor, at)


def accepted(*, case_key: Held, actor: Actor, at: datetime) -> None:
    """受理通知书; market registration has its receipt already."""
    inside = case_queries.get_inside(case_key)
    if inside.profile != _REGISTRATION:
        values = {"accepted_on": say(legal_date(at)), "due_on": answer_by(inside, at)}
        _write(LetterKind.ACCEPTANCE, "", inside, values, actor, at)


def accepted_by_silence(*, inside: Inside, actor: Actor, at: datetime) -> None:
    """受理通知书 when nothing was told in time: from which day, and until when it is decided."""
    values = {
        "accepted_on": say(legal_date(inside.counted_from)),
        "due_on": answer_by(inside, at),
    }
    _write(LetterKind.ACCEPTANCE, "acceptance-by-silence", inside, values, actor, at)


def returned(
    *, case_key: str, problems: Sequence[str], supply_by: date, actor: Actor, at: datetime
) -> None:
    """补正告知书: everything at once."""
    values = {"corrections": _numbered(problems), "supply_by": say(supply_by)}
    _write(LetterKind.CORRECTION, "", case_queries.get_inside(case_key), values, actor, at)


def handed_back(*, case_key: str, problems: Sequence[str], actor: Actor, at: datetime) -> None:
    """材料退回告知书."""
    values = {"corrections": _numbered(problems)}
    _write(LetterKind.HAND_BACK, "", case_queries.get_inside(case_key), values, actor, at)


def refused(
    *,
    case_key: str,
    reason: str,
    basis: Sequence[CitationRow],
    advice: str,
    actor: Actor,
    at: datetime,
) -> None:
    """不予受理通知书."""
    inside = case_queries.get_inside(case_key)
    values = {
        "reason": reason,
        "basis": cite(basis),
        "advice": advice,
        "review_body": inside.review_body or "行政复议机关",
    }
    _write(LetterKind.REFUSAL_OF_ACCEPTANCE, "", inside, values, actor, at)


def not_ours(
    *, case_key: str, kind: NotOurs, reason: str, where: str, actor: Actor, at: datetime
) -> None:
    """不受理告知书 (no licence needed), or 不予受理 with the body to turn to."""
    inside = case_queries.get_inside(case_key)
    values = {
        "reason": reason,
        "basis": "《行政许可法》第三十二条",
        "review_body": inside.review_body or "行政复议机关",
    }
    if kind is NotOurs.NOT_NEEDED:
        _write(LetterKind.NOT_NEEDED, "", inside, {**values, "advice": where}, actor, at)
        return
    advice = f"请向{where}申请。"
    _write(LetterKind.REFUSAL_OF_ACCEPTANCE, "", inside, {**values, "advice": advice}, actor, at)


def transferred(*, case_key: str, reason: str, actor: Actor, at: datetime) -> None:
    """转办告知书: who has it now; the day of receipt stays."""
    inside = case_queries.get_inside(case_key)
    values = {"reason": reason, "received_on": say(legal_date(inside.received_at))}
    _write(LetterKind.TRANSFER, "", inside, values, actor, at)


def terminated(
    *,
    case_key: str,
    reason: str,
    basis: Sequence[CitationRow],
    actor: Actor,
    at: datetime,
) -> None:
    """终止办理决定书: with reasons and rights of appeal."""
    inside = case_queries.get_inside(case_key)
    values = {
        "reason": reason,
        "basis": cite(basis),
        "review_body": inside.review_body or "行政复议机关",
    }
    _write(LetterKind.TERMINATION, "", inside, values, actor, at)


def special(
    *, case_key: str, kind: str, reason: str, expected_on: date, actor: Actor, at: datetime
) -> None:
    """特别程序告知书: which, why, until when; the days are not counted (行政许可法 45)."""
    values = {
        "procedure": SPECIAL_LABELS[kind],
        "reason": reason,
        "began_on": say(legal_date(at)),
        "expected_on": say(expected_on),
    }
    _write(LetterKind.SPECIAL_PROCEDURE, "", case_queries.get_inside(case_key), values, actor, at)


def taken_back(
    *,
    inside: Inside,
    reason: str,
    basis: Sequence[CitationRow],
    effect: str,
    actor: Actor,
    at: datetime,
) -> None:
    """撤销决定书 (行政许可法 69): with reasons and rights of appeal."""
    values = {
        "reason": reason,
        "basis": cite(basis),
        "effect": effect,
        "review_body": inside.review_body or "行政复议机关",
    }
    _write(LetterKind.TAKING_BACK, "", inside, values, actor, at)


def reopened(
    *,
    inside: Inside,
    ground: Ground,
    document: str,
    effect: str,
    due_on: date,
    actor: Actor,
    at: datetime,
) -> None:
    """重新办理告知书: after a review or a judgment."""
    values = {
        "ground": GROUND_LABELS[ground],
        "document": document,
        "effect": effect,
        "due_on": say(due_on),
    }
    _write(LetterKind.REOPENING, "", inside, values, actor, at)


def delivered(*, inside: Inside, proof: DeliveryProof, actor: Actor, at: datetime) -> None:
    """送达回证 of a result: the decisions that came to the applicant with it, how, into whose hands."""
    written = letter_queries.list_letters(inside.reference)
    decisions = [one for one in written if one.kind in DECISIONS and not one.receipt]
    served(
        inside=inside, documents=decisions, with_it=inside.result_label, proof=proof, actor=actor,
        at=at,
    )  # fmt: skip


def served(
    *,
    inside: Inside,
    documents: Sequence[LetterView],
    proof: DeliveryProof,
    actor: Actor,
    at: datetime,
    with_it: str = "",
) -> None:
    """送达回证: which letters (and what came with them), how, into whose hands."""
    titles = [*(one.title for one in documents), *([with_it] if with_it else [])]
    remarks = [f"核验方式：{proof.checked}" if proof.checked else "", proof.remark]
    remarks.append(f"运单号：{proof.tracking}" if proof.tracking else "")
    values = {
        "documents": "、".join(dict.fromkeys(titles)),
        "receiver": proof.receiver,
        "manner": MANNER_LABELS[proof.manner],
        "delivered_at": minute(at),
        "remark": "；".join(filter(None, remarks)),
    }
    receipt = _write(LetterKind.DELIVERY, "", inside, values, actor, at)
    letters.mark_served(
        keys=[one.key for one in documents], subject=inside.reference, receipt=receipt.key,
        actor=actor, at=at,
    )  # fmt: skip


def decided(
    *,
    inside: Inside,
    approved: bool,
    reason: str,
    basis: Sequence[CitationRow],
    actor: Actor,
    at: datetime,
    conditions: str = "",
    content: str = "",
    by_rule: bool = False,
    by_silence: bool = False,
    uscc: str = "",
) -> None:
    """登记通知书、准予决定书、备案回执, or the refusal with reasons and rights of appeal."""
    registration = inside.profile == _REGISTRATION
    if approved and inside.profile == Profile.FILING:
        values = {"filed_on": say(legal_date(at)), "basis": cite(basis)}
        _write(LetterKind.FILING, "", inside, values, actor, at)
    elif approved and by_silence:
        values = {"basis": cite(basis), "old_term": say(legal_date(inside.decided_at or at))}
        _write(LetterKind.APPROVAL, "renewal-by-silence", inside, values, actor, at)
    elif approved and registration:
        values = {
            "content": content or inside.item_name,
            "uscc": uscc,
            "registered_on": say(legal_date(at)),
        }
        _write(LetterKind.REGISTRATION, "", inside, values, actor, at)
    elif approved:
        manner = "由决策表自动核对，您可以请工作人员复核" if by_rule else "由工作人员审查"
        values = {
            "basis": cite(basis),
            "content": content,
            "conditions": conditions,
            "manner": manner,
        }
        template = _APPROVALS.get(Profile(inside.profile), "")
        _write(LetterKind.APPROVAL, template, inside, values, actor, at)
    else:
        kind = LetterKind.REFUSAL_OF_REGISTRATION if registration else LetterKind.REJECTION
        values = {
            "reason": reason,
            "basis": cite(basis),
            "review_body": inside.review_body or "行政复议机关",
        }
        template = _REJECTIONS.get(Profile(inside.profile), "")
        _write(kind, template, inside, values, actor, at)


def extended(
    *, case_key: str, flow: Flow, reason: str, due_on: date, actor: Actor, at: datetime
) -> None:
    """延长办理期限告知书."""
    if flow.extension is None:
        raise LookupError(case_key)
    more = Allowance(flow.extension.amount, flow.decide_within.unit)
    law, _, article = flow.extension.basis.partition(" ")
    values = {
        "more": str(more).replace(" ", ""),
        "basis": f"《{law}》{article}" if article else law,
        "reason": reason,
        "due_on": say(due_on),
    }
    _write(LetterKind.EXTENSION, "", case_queries.get_inside(case_key), values, actor, at)


def revoked(
    *, inside: Inside, reason: str, effect: str, due_on: date, actor: Actor, at: datetime
) -> None:
    """撤销决定告知书: with reasons and rights of appeal."""
    values = {
        "reason": reason,
        "effect": effect,
        "due_on": say(due_on),
        "review_body": inside.review_body or "行政复议机关",
    }
    _write(LetterKind.REVOCATION, "", inside, values, actor, at)


def withdrawn(*, case_key: str, actor: Actor, at: datetime) -> None:
    """终止办理通知书."""
    values = {"withdrawn_on": say(legal_date(at))}
    _write(LetterKind.WITHDRAWAL, "", case_queries.get_inside(case_key), values, actor, at)


def say(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"


def minute(at: datetime) -> str:
    """2026年3月2日10:00, by the clocks on the wall."""
    local = at.astimezone(SHANGHAI)
    return f"{say(local.date())}{local:%H:%M}"


def cite(basis: Sequence[CitationRow]) -> str:
    """《市场主体登记管理条例》第十九条；…"""
    return "；".join(f"《{c.law.strip('《》')}》{c.article}" for c in basis)


def body_of(words: str) -> str:
    """The body named at the start of a contact line: “城关区人民政府（收到决定之日起…）”."""
    return words.split("（")[0].split("(")[0].strip()


def item_of(inside: Inside) -> Item:
    return catalogue.get_content(inside.item_code, inside.item_version)


def answer_by(inside: Inside, at: datetime) -> str:
    """Until when the applicant hears: of the decision, before acceptance whether it is accepted."""
    found = clocks.find_clocks(subjects=[inside.reference], at=at, brief=True)[inside.reference]
    by_kind = {clock.kind: clock for clock in found}
    clock = by_kind.get(DECIDE) or by_kind.get(ACCEPT)
    if clock is None:
        return ""
    return say(clock.due_on) + ("（暂定）" if clock.provisional else "")


def _numbered(problems: Sequence[str]) -> str:
    named = [problem.strip() for problem in problems if problem.strip()]
    return "\n".join(f"{number}. {problem}" for number, problem in enumerate(named, start=1))


def _write(
    kind: LetterKind,
    template: str,
    inside: Inside,
    values: dict[str, str],
    actor: Actor,
    at: datetime,
) -> LetterView:
    contact = item_of(inside).contact
    common = {
        "case_no": inside.case_no,
        "item_name": inside.item_name,
        "addressee": inside.applicant_name,
        "body": inside.body_name,
        "phone": contact.consult if contact else "12345",
    }
    return letters.request_letter(
        kind=kind,
        subject=inside.reference,
        template=template,
        values={**common, **values},
        at=at,
        actor=actor,
        sealer=inside.body,
    )
