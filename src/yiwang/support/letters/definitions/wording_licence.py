"""Letters of 行政许可 (and receipts of what came in on paper) whose names and sentences the licence
law itself gives.

Sources (read in the law library): 行政许可法（2019）32, 38.
"""

from __future__ import annotations

from typing import Final

from yiwang.support.letters.definitions import LetterKind, Wording
from yiwang.support.letters.definitions.wording_parts import APPEAL, letter

_GOT: Final = (("收到材料", "{materials}"), ("说明", "{remark}"))
_MAY_BE_LEFT_OUT: Final = ("materials", "remark", "answer_by")

LICENCE_LETTERS: Final[tuple[Wording, ...]] = (
    letter(
        LetterKind.RECEIPT,
        "申请材料接收凭证",
        (
            "您提交的“{item_name}”申请已于{received_at}进入本平台，我们已经收到。",
            "我们将在{answer_by}前答复您是否受理；申请材料不齐全或者不符合法定形式的，会一次告知需要补正的全部内容。",
            "逾期不告知的，自收到申请材料之日起即为受理（《中华人民共和国行政许可法》第三十二条）；"
            "到时不用您再来问，平台会自动受理并给您发受理通知书。",
        ),
        code="licence-receipt",
        rows=_GOT,
        optional=_MAY_BE_LEFT_OUT,
    ),
    letter(
        LetterKind.RECEIPT,
        "补正材料接收凭证",
        (
            "您按照补正告知书补正的“{item_name}”申请材料已于{received_at}进入本平台，我们已经收到。",
            "我们将在{answer_by}前答复您。",
        ),
        code="correction-receipt",
        rows=_GOT,
        optional=_MAY_BE_LEFT_OUT,
    ),
    letter(
        LetterKind.RECEIPT,
        "补正材料接收凭证",
        (
            "您按照补正告知书补正的“{item_name}”申请材料已于{received_at}进入本平台，我们已经收到。",
            "我们将在{answer_by}前答复您是否受理；按照要求提交全部补正材料的，应当受理。",
            "逾期不答复的，自收到补正材料之日起即为受理（《中华人民共和国行政许可法》第三十二条）。",
        ),
        code="licence-correction-receipt",
        rows=_GOT,
        optional=_MAY_BE_LEFT_OUT,
    ),
    letter(
        LetterKind.RECEIPT,
        "原件接收凭证",
        (
            "您为“{item_name}”交来的下列原件已于{received_at}收到，由{body}保管，用完退还给您：",
            "{materials}",
            "在办件页可以看到原件现在在哪里。取回时请带本凭证或者身份证。",
        ),
        code="originals-receipt",
    ),
    letter(
        LetterKind.APPROVAL,
        "准予行政许可决定书",
        (
            "您提出的“{item_name}”申请，经审查，符合法定条件、标准，本机关依法决定准予行政许可"
            "（《中华人民共和国行政许可法》第三十八条）。",
            "{content}",
            "{conditions}",
        ),
        code="licence-approval",
        rows=(("决定依据", "{basis}"), ("决定方式", "{manner}")),
        optional=("content", "conditions", "manner"),
    ),
    letter(
        LetterKind.APPROVAL,
        "准予行政许可决定书",
        (
            "您提出的“{item_name}”申请，已经按照告知的条件作出书面承诺并交齐材料，本机关决定准予行政许可。",
            "{content}",
            "{conditions}",
            "对您承诺的内容，本机关依法核查；和承诺不符的，责令限期改正，逾期不改正或者改正后仍不符合的，"
            "依法撤销本决定。",
        ),
        code="licence-approval-on-promise",
        rows=(("决定依据", "{basis}"), ("决定方式", "{manner}")),
        optional=("content", "conditions", "manner"),
    ),
    letter(
        LetterKind.REJECTION,
        "不予行政许可决定书",
        (
            "您提出的“{item_name}”申请，经审查，不符合法定条件、标准，本机关决定不予行政许可"
            "（《中华人民共和国行政许可法》第三十八条）。",
            "理由：{reason}",
            "依据：{basis}",
            APPEAL,
        ),
        code="licence-rejection",
        optional=("review_channel",),
    ),
)
