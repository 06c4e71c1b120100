"""文书清单: every kind of letter, which act writes it, by which article, and whether it is served.

The names of the first nine are those of the standard list of case documents; the rest belong to
procedures that list does not know. A test plays the acts and finds each letter written by one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from yiwang.support.letters.definitions import LetterKind


@dataclass(frozen=True, slots=True)
class Duty:
    """One kind of letter. ``by``: the journey's steps that write it; ``served``: it goes to a person,
    who may want it on paper, so that it can have a 送达回证.
    """

    kind: LetterKind
    name: str
    by: tuple[str, ...]
    basis: str = ""
    standard: bool = False
    served: bool = True


_LICENCE_LAW: Final = "行政许可法 第{}条"
_ALL: Final = (
    Duty(
        LetterKind.RECEIPT,
        "申请材料接收凭证",
        ("write_receipt", "supply_correction", "take_in_originals"),
        _LICENCE_LAW.format("三十二"),
        standard=True,
    ),
    Duty(
        LetterKind.CORRECTION,
        "补正告知书",
        ("return_for_correction",),
        _LICENCE_LAW.format("三十二"),
        standard=True,
    ),
    Duty(
        LetterKind.ACCEPTANCE,
        "受理通知书",
        ("accept", "deem_accepted"),
        _LICENCE_LAW.format("三十二"),
        standard=True,
    ),
    Duty(
        LetterKind.REFUSAL_OF_ACCEPTANCE,
        "不予受理通知书",
        ("refuse_acceptance", "not_ours"),
        _LICENCE_LAW.format("三十二"),
        standard=True,
    ),
    Duty(
        LetterKind.EXTENSION,
        "延期通知书",
        ("grant_extension",),
        _LICENCE_LAW.format("四十二"),
        standard=True,
    ),
    Duty(
        LetterKind.SPECIAL_PROCEDURE,
        "特别程序告知书",
        ("begin_special",),
        _LICENCE_LAW.format("四十五"),
        standard=True,
    ),
    Duty(
        LetterKind.APPROVAL,
        "准予行政许可决定书",
        ("decide", "decide_by_rule", "renew_by_silence", "go_on"),
        _LICENCE_LAW.format("三十八"),
        standard=True,
    ),
    Duty(
        LetterKind.REJECTION,
        "不予行政许可决定书",
        ("decide",),
        _LICENCE_LAW.format("三十八"),
        standard=True,
    ),
    Duty(
        LetterKind.DELIVERY,
        "送达回证",
        ("deliver", "serve_letters", "collect", "deliver_posted"),
        _LICENCE_LAW.format("四十四"),
        standard=True,
        served=False,
    ),
    Duty(
        LetterKind.HAND_BACK,
        "材料退回告知书",
        ("hand_back",),
        "市场主体登记管理条例 第十九条",
    ),
    Duty(
        LetterKind.REGISTRATION,
        "登记通知书",
        ("decide", "decide_by_rule", "go_on"),
        "市场主体登记管理条例 第十九条",
    ),
    Duty(
        LetterKind.REFUSAL_OF_REGISTRATION,
        "不予登记通知书",
        ("decide",),
        "市场主体登记管理条例 第二十条",
    ),
    Duty(LetterKind.FILING, "备案回执", ("after_submission", "decide", "go_on")),
    Duty(LetterKind.NOT_NEEDED, "不受理告知书", ("not_ours",), _LICENCE_LAW.format("三十二")),
    Duty(LetterKind.TRANSFER, "转办告知书", ("transfer",)),
    Duty(LetterKind.TERMINATION, "终止办理决定书", ("terminate",)),
    Duty(LetterKind.WITHDRAWAL, "终止办理通知书", ("withdraw",)),
    Duty(LetterKind.REVOCATION, "撤销决定告知书", ("revoke_by_person",)),
    Duty(
        LetterKind.TAKING_BACK,
        "撤销决定书",
        ("revoke", "find_broken"),
        _LICENCE_LAW.format("六十九"),
    ),
    Duty(LetterKind.REOPENING, "重新办理告知书", ("reopen",)),
    Duty(LetterKind.CORRECTION_ORDER, "责令限期改正通知书", ("order_correction",)),
    Duty(LetterKind.UNDERTAKING, "承诺书", ("submit",), served=False),
    # without an application, so by no step: the counter prints it for who only asks
    Duty(LetterKind.ONE_TIME_NOTICE, "一次性告知单", (), served=False),
    # about many cases, by no step of one: the archive prints them
    Duty(LetterKind.HAND_OVER_LIST, "电子档案移交清册", (), "档案法 第三十九条", served=False),
    Duty(
        LetterKind.DESTRUCTION_LIST,
        "电子档案销毁清册",
        (),
        "档案法实施条例 第二十四条",
        served=False,
    ),
    Duty(
        LetterKind.STOP_OF_BENEFIT,
        "停发告知书",
        ("withdraw", "decide", "refuse_acceptance", "not_ours", "terminate", "revoke"),
    ),
)

#: Kind → its duty; every kind has exactly one.
DOCUMENTS: Final[Mapping[LetterKind, Duty]] = MappingProxyType({one.kind: one for one in _ALL})
#: Kinds that go to the person and may be handed over on paper.
SERVED: Final = frozenset(kind for kind, one in DOCUMENTS.items() if one.served)
