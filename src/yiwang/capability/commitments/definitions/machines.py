"""How a late material and a commitment go from state to state: one table each."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from yiwang.mechanisms.states.definitions import Machine, Party, Transition


class ToleranceState(StrEnum):
    SIGNED = "SIGNED"  # handed in with the undertaking, not accepted yet
    OPEN = "OPEN"  # accepted with the gap; the term runs
    SUPPLIED = "SUPPLIED"
    LAPSED = "LAPSED"  # the term is over; an official goes on by the undertaking
    ENDED = "ENDED"  # the case ended before


class CommitmentState(StrEnum):
    SIGNED = "SIGNED"  # handed in, not decided yet
    TO_CHECK = "TO_CHECK"  # decided on the promise; to be looked into
    TO_CORRECT = "TO_CORRECT"  # not as promised; ordered to put it right
    KEPT = "KEPT"  # looked into: as promised, or put right
    BROKEN = "BROKEN"  # untrue, or not put right
    ENDED = "ENDED"  # the case ended without a yes


class Finding(StrEnum):
    TRUE = "TRUE"
    CORRECTED = "CORRECTED"
    FALSE = "FALSE"
    NOT_CORRECTED = "NOT_CORRECTED"


class Act(StrEnum):
    """What moves a late material or a commitment."""

    OPEN = "open"
    SUPPLY = "supply"
    SEND_BACK = "send_back"
    CONFIRM = "confirm"
    LAPSE = "lapse"
    END = "end"
    TAKE_EFFECT = "take_effect"
    TAKE_BACK = "take_back"
    FIND_TRUE = "find_true"
    ORDER_CORRECTION = "order_correction"
    REPORT_CORRECTION = "report_correction"
    FIND_CORRECTED = "find_corrected"
    FIND_FALSE = "find_false"
    FIND_NOT_CORRECTED = "find_not_corrected"


_A, _O, _M = (Party.APPLICANT,), (Party.OFFICIAL,), (Party.MACHINE,)
_ANY = (Party.APPLICANT, Party.OFFICIAL, Party.MACHINE)
_T, _C = ToleranceState, CommitmentState

#: A late material may be handed in, and added to, until the case is decided; late is better than never.
#: Once the case is approved and only waits for it, an official looks at it before the result is made.
TOLERANCE: Final = Machine(
    profile="TOLERANCE",
    version=1,
    initial=_T.SIGNED,
    labels={
        _T.SIGNED: "受理后开始计时",
        _T.OPEN: "等您补交",
        _T.SUPPLIED: "已补交",
        _T.LAPSED: "逾期没有补交",
        _T.ENDED: "不用补了",
    },
    transitions=(
        Transition(_T.SIGNED, Act.OPEN, (*_O, *_M), _T.OPEN, "容缺受理"),
        Transition(_T.SIGNED, Act.SUPPLY, _A, _T.SUPPLIED, "补交材料"),
        Transition(_T.OPEN, Act.SUPPLY, _A, _T.SUPPLIED, "补交材料"),
        Transition(_T.SUPPLIED, Act.SUPPLY, _A, _T.SUPPLIED, "再补交材料", "open"),
        Transition(_T.LAPSED, Act.SUPPLY, _A, _T.SUPPLIED, "补交材料"),
        Transition(
            _T.SUPPLIED, Act.SEND_BACK, _O, _T.OPEN, "不是要的材料，请再补交", "open & !lapsed"
        ),
        Transition(
            _T.SUPPLIED, Act.SEND_BACK, _O, _T.LAPSED, "不是要的材料，请再补交", "open & lapsed"
        ),
        Transition(_T.SUPPLIED, Act.CONFIRM, _O, _T.SUPPLIED, "核对无误，可以发结果", "open"),
        Transition(_T.OPEN, Act.LAPSE, _M, _T.LAPSED, "补交期限已过"),
        *(
            Transition(state, Act.END, _ANY, _T.ENDED, "办件已结束")
            for state in (_T.SIGNED, _T.OPEN, _T.LAPSED)
        ),
    ),
)

#: 行政许可法 61, 69; 消防法 15, 58: checked after the decision; not as promised: put right in a term, or
#: revoked. What was decided by a rule and taken back is decided anew, the promise with it.
COMMITMENT: Final = Machine(
    profile="COMMITMENT",
    version=1,
    initial=_C.SIGNED,
    labels={
        _C.SIGNED: "已承诺，还没有决定",
        _C.TO_CHECK: "已按承诺办理，待核查",
        _C.TO_CORRECT: "和承诺不符，限期改正",
        _C.KEPT: "核查过，没有问题",
        _C.BROKEN: "承诺不实",
        _C.ENDED: "不再有效",
    },
    transitions=(
        Transition(_C.SIGNED, Act.TAKE_EFFECT, _M, _C.TO_CHECK, "按承诺办理"),
        Transition(_C.SIGNED, Act.FIND_FALSE, _O, _C.BROKEN, "认定承诺不实"),
        *(
            Transition(state, Act.END, _ANY, _C.ENDED, "办件已结束")
            for state in (_C.SIGNED, _C.TO_CHECK, _C.TO_CORRECT)
        ),
        Transition(_C.TO_CHECK, Act.FIND_TRUE, _O, _C.KEPT, "核查属实"),
        Transition(
            _C.TO_CHECK, Act.ORDER_CORRECTION, _O, _C.TO_CORRECT, "责令限期改正", "correctable"
        ),
        Transition(_C.TO_CHECK, Act.FIND_FALSE, _O, _C.BROKEN, "认定承诺不实"),
        Transition(_C.TO_CHECK, Act.TAKE_BACK, _M, _C.SIGNED, "原决定撤销，重新办理"),
        Transition(_C.TO_CORRECT, Act.REPORT_CORRECTION, _A, _C.TO_CORRECT, "报告已经改好"),
        Transition(_C.TO_CORRECT, Act.FIND_CORRECTED, _O, _C.KEPT, "复查合格"),
        Transition(
            _C.TO_CORRECT,
            Act.FIND_NOT_CORRECTED,
            _O,
            _C.BROKEN,
            "认定没有改正",
            "correction_over",
        ),
        Transition(_C.TO_CORRECT, Act.TAKE_BACK, _M, _C.SIGNED, "原决定撤销，重新办理"),
    ),
)
