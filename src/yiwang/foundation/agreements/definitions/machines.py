"""How a request for data and a grant go from state to state: one declared table each.

Source: 政务数据共享条例 20-22 (request, answer, delivery), 25, 27 (use, ending), 28 (disputes),
29 (what the using department records).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from yiwang.mechanisms.states.definitions import Machine, Transition


class Side(StrEnum):
    """Who moves a request or a grant."""

    CONSUMER = "CONSUMER"  # 需求部门的数据专员
    CONSUMER_HEAD = "CONSUMER_HEAD"  # its head, who signs
    PROVIDER = "PROVIDER"  # 提供部门的数据专员
    PROVIDER_HEAD = "PROVIDER_HEAD"
    AUTHORITY = "AUTHORITY"  # 政务数据共享主管部门
    OPERATOR = "OPERATOR"  # 运维: the technical stop alone
    MACHINE = "MACHINE"  # the clock


class RequestState(StrEnum):
    DRAFT = "DRAFT"
    TO_SIGN = "TO_SIGN"  # written, the head of the asking office has not signed
    RECEIVED = "RECEIVED"  # signed and with the provider: the answer clock runs
    TOLD_ONCE = "TOLD_ONCE"  # something is missing; told once, the clock stands
    TO_ANSWER = "TO_ANSWER"  # the answer is written, the provider's head has not signed
    AGREED = "AGREED"  # the delivery clock runs
    REFUSED = "REFUSED"  # with reasons and the article
    DELIVERED = "DELIVERED"
    TALKS = "TALKS"  # dispute: the two talk
    AT_AUTHORITY = "AT_AUTHORITY"  # dispute: the sharing authority mediates
    AT_SUPERIOR = "AT_SUPERIOR"  # dispute: the common superior
    AT_GOVERNMENT = "AT_GOVERNMENT"  # dispute: the government decides
    UPHELD = "UPHELD"  # the refusal stands
    WITHDRAWN = "WITHDRAWN"


class GrantState(StrEnum):
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    ENDED = "ENDED"


class Act(StrEnum):
    """What moves a request."""

    REWRITE = "rewrite"
    HAND_TO_HEAD = "hand_to_head"
    HAND_BACK = "hand_back"
    SIGN = "sign"
    TELL_MISSING = "tell_missing"
    SUPPLY = "supply"
    ASK_LONGER = "ask_longer"
    CONSENT_LONGER = "consent_longer"
    DECLINE_LONGER = "decline_longer"
    PROPOSE_YES = "propose_yes"
    PROPOSE_NO = "propose_no"
    RETURN_ANSWER = "return_answer"
    SIGN_YES = "sign_yes"
    SIGN_NO = "sign_no"
    DELIVER = "deliver"
    DISPUTE = "dispute"
    CLIMB = "climb"
    SETTLE_YES = "settle_yes"
    SETTLE_NO = "settle_no"
    WITHDRAW = "withdraw"


class GrantAct(StrEnum):
    """What moves a grant."""

    SUSPEND = "suspend"
    STOP_NOW = "stop_now"
    REPORT_MENDED = "report_mended"
    RESUME = "resume"
    END_MISUSE = "end_misuse"
    ASK_END = "ask_end"
    AGREE_END = "agree_end"
    DECLINE_END = "decline_end"
    ASK_RENEWAL = "ask_renewal"
    RENEW = "renew"
    DECLINE_RENEWAL = "decline_renewal"
    EXPIRE = "expire"
    REPORT_EFFECT = "report_effect"
    REPORT_STORAGE = "report_storage"
    REQUIRE_DISPOSAL = "require_disposal"
    DECLARE_DISPOSAL = "declare_disposal"
    RECITE = "recite"


_S, _A = RequestState, Act
_ASKER = (Side.CONSUMER, Side.CONSUMER_HEAD)
_GIVER = (Side.PROVIDER, Side.PROVIDER_HEAD)
_BOTH = (*_ASKER, *_GIVER)
_AUTHORITY = (Side.AUTHORITY,)
_LADDER: Final = (
    (_S.TALKS, _S.AT_AUTHORITY, "协商不成，报请主管部门协调"),
    (_S.AT_AUTHORITY, _S.AT_SUPERIOR, "协调不成，报请共同的上一级主管部门"),
    (_S.AT_SUPERIOR, _S.AT_GOVERNMENT, "仍有分歧，报请政府决定"),
)

REQUEST: Final = Machine(
    profile="DATA_REQUEST",
    version=1,
    initial=_S.DRAFT,
    labels={
        _S.DRAFT: "起草",
        _S.TO_SIGN: "待本部门负责人签字",
        _S.RECEIVED: "提供部门办理中",
        _S.TOLD_ONCE: "待补充",
        _S.TO_ANSWER: "待提供部门负责人签字",
        _S.AGREED: "已同意，待提供",
        _S.REFUSED: "不予共享",
        _S.DELIVERED: "已提供",
        _S.TALKS: "有争议，双方协商",
        _S.AT_AUTHORITY: "有争议，主管部门协调",
        _S.AT_SUPERIOR: "有争议，上一级主管部门协调",
        _S.AT_GOVERNMENT: "有争议，报政府决定",
        _S.UPHELD: "维持不予共享",
        _S.WITHDRAWN: "已撤回",
    },
    transitions=(
        Transition(_S.DRAFT, _A.REWRITE, _ASKER, _S.DRAFT, "修改"),
        Transition(_S.DRAFT, _A.HAND_TO_HEAD, _ASKER, _S.TO_SIGN, "送本部门负责人签字"),
        Transition(
            _S.TO_SIGN, _A.HAND_BACK, (Side.CONSUMER_HEAD,), _S.DRAFT, "退回修改"
        ),
        Transition(_S.TO_SIGN, _A.SIGN, (Side.CONSUMER_HEAD,), _S.RECEIVED, "签字，送提供部门"),
        Transition(
            _S.RECEIVED, _A.TELL_MISSING, _GIVER, _S.TOLD_ONCE, "一次告知要补充的", "!told"
        ),
        Transition(_S.TOLD_ONCE, _A.SUPPLY, _ASKER, _S.RECEIVED, "补充后送回"),
        Transition(
            _S.RECEIVED,
            _A.ASK_LONGER,
            _GIVER,
            _S.RECEIVED,
            "申请延长答复期限",
            "conditional & !longer_asked",
        ),
        Transition(
            _S.RECEIVED, _A.CONSENT_LONGER, _AUTHORITY, _S.RECEIVED, "同意延长", "longer_open"
        ),
        Transition(
            _S.RECEIVED, _A.DECLINE_LONGER, _AUTHORITY, _S.RECEIVED, "不同意延长", "longer_open"
        ),
        Transition(_S.RECEIVED, _A.PROPOSE_YES, _GIVER, _S.TO_ANSWER, "拟同意共享"),
        Transition(
            _S.RECEIVED, _A.PROPOSE_NO, _GIVER, _S.TO_ANSWER, "拟不予共享", "refusable"
        ),
        Transition(
            _S.TO_ANSWER, _A.RETURN_ANSWER, (Side.PROVIDER_HEAD,), _S.RECEIVED, "退回重拟"
        ),
        Transition(
            _S.TO_ANSWER, _A.SIGN_YES, (Side.PROVIDER_HEAD,), _S.AGREED, "签字同意", "yes"
        ),
        Transition(
            _S.TO_ANSWER, _A.SIGN_NO, (Side.PROVIDER_HEAD,), _S.REFUSED, "签字，不予共享", "!yes"
        ),
        Transition(_S.AGREED, _A.DELIVER, _GIVER, _S.DELIVERED, "提供数据服务"),
        Transition(_S.REFUSED, _A.DISPUTE, _ASKER, _S.TALKS, "提出争议，先协商"),
        Transition(_S.TALKS, _A.SETTLE_YES, _GIVER, _S.AGREED, "协商一致，同意共享"),
        Transition(_S.TALKS, _A.SETTLE_NO, _ASKER, _S.UPHELD, "协商一致，不再要"),
        *(Transition(here, _A.CLIMB, _BOTH, above, label) for here, above, label in _LADDER),
        *(
            Transition(here, act, _AUTHORITY, there, label)
            for here in (_S.AT_AUTHORITY, _S.AT_SUPERIOR, _S.AT_GOVERNMENT)
            for act, there, label in (
                (_A.SETTLE_YES, _S.AGREED, "定为共享"),
                (_A.SETTLE_NO, _S.UPHELD, "定为不予共享"),
            )
        ),
        *(
            Transition(here, _A.WITHDRAW, _ASKER, _S.WITHDRAWN, "撤回申请")
            for here in (
                _S.DRAFT, _S.TO_SIGN, _S.RECEIVED, _S.TOLD_ONCE, _S.TO_ANSWER, _S.AGREED,
            )
        ),
    ),
)  # fmt: skip

_G, _B = GrantState, GrantAct
_OPEN = (_G.ACTIVE, _G.SUSPENDED)

GRANT: Final = Machine(
    profile="DATA_GRANT",
    version=1,
    initial=_G.ACTIVE,
    labels={_G.ACTIVE: "有效", _G.SUSPENDED: "已暂停", _G.ENDED: "已终止"},
    transitions=(
        Transition(
            _G.ACTIVE, _B.SUSPEND, (*_GIVER, *_AUTHORITY), _G.SUSPENDED, "使用不当，暂停共享"
        ),
        Transition(
            _G.ACTIVE,
            _B.STOP_NOW,
            (*_GIVER, *_AUTHORITY, Side.OPERATOR),
            _G.SUSPENDED,
            "立即技术停用",
        ),
        Transition(
            _G.SUSPENDED, _B.REPORT_MENDED, _ASKER, _G.SUSPENDED, "报告已经整改", "misuse & !mended"
        ),
        Transition(_G.SUSPENDED, _B.RESUME, (*_GIVER, *_AUTHORITY), _G.ACTIVE, "恢复共享"),
        Transition(
            _G.SUSPENDED,
            _B.END_MISUSE,
            (*_GIVER, *_AUTHORITY),
            _G.ENDED,
            "没有整改，终止共享",
            "misuse & mending_over",
        ),
        *(
            row
            for here in _OPEN
            for row in (
                Transition(here, _B.ASK_END, _BOTH, here, "提出终止", "!end_asked"),
                Transition(here, _B.AGREE_END, _ASKER, _G.ENDED, "同意终止", "end_by_provider"),
                Transition(here, _B.AGREE_END, _GIVER, _G.ENDED, "同意终止", "end_by_consumer"),
                Transition(here, _B.DECLINE_END, _ASKER, here, "不同意终止", "end_by_provider"),
                Transition(here, _B.DECLINE_END, _GIVER, here, "不同意终止", "end_by_consumer"),
                Transition(here, _B.EXPIRE, (Side.MACHINE,), _G.ENDED, "期满终止", "over"),
                Transition(here, _B.REPORT_STORAGE, _ASKER, here, "记存储情况"),
                Transition(here, _B.RECITE, _ASKER, here, "核对依据的条文"),
            )
        ),
        *(Transition(here, _B.REPORT_EFFECT, _ASKER, here, "记应用成效") for here in GrantState),
        Transition(_G.ENDED, _B.REQUIRE_DISPOSAL, _GIVER, _G.ENDED, "提出处置要求"),
        Transition(
            _G.ENDED, _B.DECLARE_DISPOSAL, _ASKER, _G.ENDED, "申报留存和销毁", "!disposed"
        ),
        Transition(
            _G.ACTIVE, _B.ASK_RENEWAL, _ASKER, _G.ACTIVE, "申请续期", "!renewal_asked"
        ),
        Transition(_G.ACTIVE, _B.RENEW, (Side.PROVIDER_HEAD,), _G.ACTIVE, "同意续期", "renewal_asked"),
        Transition(
            _G.ACTIVE,
            _B.DECLINE_RENEWAL,
            (Side.PROVIDER_HEAD,),
            _G.ACTIVE,
            "不同意续期",
            "renewal_asked",
        ),
    ),
)  # fmt: skip
