"""The names a procedure is written with: families of procedure, states, acts."""

from __future__ import annotations

from enum import StrEnum


class Profile(StrEnum):
    """The family of procedure an item belongs to."""

    LICENCE = "LICENCE"
    MARKET_REGISTRATION = "MARKET_REGISTRATION"
    BENEFIT = "BENEFIT"
    CONFIRMATION = "CONFIRMATION"
    FILING = "FILING"
    COMMITMENT = "COMMITMENT"


class State(StrEnum):
    """Where a case can be. No profile uses all of them."""

    SUBMITTED = "SUBMITTED"
    WITH_OFFICIAL = "WITH_OFFICIAL"
    RETURNED = "RETURNED"
    ACCEPTED = "ACCEPTED"
    IN_REVIEW = "IN_REVIEW"
    FOR_APPROVAL = "FOR_APPROVAL"
    SUSPENDED = "SUSPENDED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    ISSUED = "ISSUED"
    DELIVERED = "DELIVERED"
    CLOSED = "CLOSED"
    HANDED_BACK = "HANDED_BACK"
    REFUSED = "REFUSED"
    NOT_OURS = "NOT_OURS"
    WITHDRAWN = "WITHDRAWN"
    TERMINATED = "TERMINATED"
    REVOKED = "REVOKED"


class Step(StrEnum):
    """The acts that move a case."""

    APPROVE = "approve"
    REJECT = "reject"
    TO_OFFICIAL = "to_official"
    ASK_FOR_PERSON = "ask_for_person"
    CONFIRM_BY_PERSON = "confirm_by_person"
    ACCEPT = "accept"
    DEEM_ACCEPTED = "deem_accepted"
    RETURN = "return_for_correction"
    SUPPLY = "supply_correction"
    HAND_BACK = "hand_back"
    REFUSE = "refuse_acceptance"
    NOT_OURS = "not_ours"
    TRANSFER = "transfer"
    WITHDRAW = "withdraw"
    FORWARD = "forward"
    SEND_BACK = "send_back"
    BEGIN_SPECIAL = "begin_special"
    END_SPECIAL = "end_special"
    TERMINATE = "terminate"
    DEEM_RENEWED = "deem_renewed"
    ISSUE = "issue"
    DELIVER = "deliver"
    CLOSE = "close"
    ASK_EXTENSION = "ask_extension"
    GRANT_EXTENSION = "grant_extension"
    DECLINE_EXTENSION = "decline_extension"
    REVOKE_BY_PERSON = "revoke_by_person"
    SUPPLY_OVERDUE = "supply_overdue"
    REVOKE = "revoke"
    REOPEN = "reopen"


#: The Chinese names of states; a profile may call some of them otherwise.
LABELS = {
    State.SUBMITTED: "已收到",
    State.WITH_OFFICIAL: "等待工作人员审查",
    State.RETURNED: "等您补正",
    State.ACCEPTED: "审查中",
    State.IN_REVIEW: "审核中",
    State.FOR_APPROVAL: "等待批准",
    State.SUSPENDED: "特别程序中",
    State.APPROVED: "已同意",
    State.REJECTED: "不同意",
    State.ISSUED: "结果已制作",
    State.DELIVERED: "已送达",
    State.CLOSED: "已办结",
    State.HANDED_BACK: "材料已退回",
    State.REFUSED: "不予受理",
    State.NOT_OURS: "不受理",
    State.WITHDRAWN: "已撤回",
    State.TERMINATED: "已终止",
    State.REVOKED: "已撤销",
}
