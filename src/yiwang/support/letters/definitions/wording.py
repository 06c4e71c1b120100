"""Every letter's fixed text. Values are put in as data; nobody but a developer changes a text here.

Sources (read in the law library): 行政许可法（2019）32, 38, 44；行政复议法（2023）20, 22；行政诉讼法（2017）46；
市场主体登记管理条例（2021）19, 20, 21；市场主体登记管理条例实施细则 18, 19.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from yiwang.support.letters.definitions import LetterKind, Wording
from yiwang.support.letters.definitions.wording_licence import LICENCE_LETTERS
from yiwang.support.letters.definitions.wording_parts import APPEAL as _APPEAL
from yiwang.support.letters.definitions.wording_parts import SIGNED as _SIGNED
from yiwang.support.letters.definitions.wording_parts import letter as _letter

#: Put in by the letter itself, never by the caller.
OWN_NAMES: Final = frozenset({"today"})

#: Names every letter may use.
COMMON_NAMES: Final = frozenset(
    {"number", "case_no", "item_name", "addressee", "body", "division", "phone"}
)

_ALL: Final = (
    _letter(
        LetterKind.RECEIPT,
        "申请材料接收凭证",
        (
            "您提交的“{item_name}”申请已于{received_at}进入本平台，我们已经收到。",
            "我们将在{answer_by}前答复您是否受理；申请材料不齐全或者不符合法定形式的，会一次告知需要补正的全部内容。",
        ),
        rows=(("收到材料", "{materials}"), ("说明", "{remark}")),
        optional=("materials", "remark", "answer_by"),
    ),
    _letter(
        LetterKind.RECEIPT,
        "申请材料接收凭证",
        (
            "您提交的“{item_name}”申请已于{received_at}进入本平台，我们已经收到。",
            "不能当场登记的，登记机关将在{answer_by}前予以登记或者告知您结果（《市场主体登记管理条例》第十九条）。",
        ),
        code="registration-receipt",
        rows=(("收到材料", "{materials}"), ("说明", "{remark}")),
        optional=("materials", "remark", "answer_by"),
    ),
    _letter(
        LetterKind.ACCEPTANCE,
        "受理通知书",
        (
            "您提出的“{item_name}”申请，申请材料齐全、符合法定形式，属于本单位职权范围，本单位决定自{accepted_on}起受理。",
            "本单位将在{due_on}前作出决定。{remark}",
        ),
        rows=(("受理依据", "{basis}"),),
        optional=("basis", "remark"),
    ),
    _letter(
        LetterKind.CORRECTION,
        "补正告知书",
        (
            "您提出的“{item_name}”申请，申请材料不齐全或者不符合法定形式。需要补正的全部内容如下：",
            "{corrections}",
            "请您在{supply_by}前补正。补正后可以继续办理，不用重新申请。",
        ),
        rows=(("告知依据", "{basis}"),),
        optional=("basis", "supply_by"),
    ),
    _letter(
        LetterKind.REFUSAL_OF_ACCEPTANCE,
        "不予受理通知书",
        (
            "您提出的“{item_name}”申请，经审查，本单位决定不予受理。",
            "理由：{reason}",
            "依据：{basis}",
            "{advice}",
            _APPEAL,
        ),
        optional=("advice", "review_channel"),
    ),
    _letter(
        LetterKind.HAND_BACK,
        "材料退回告知书",
        (
            "您提交的“{item_name}”申请材料不齐全或者不符合法定形式，现将材料退回，并依照《市场主体登记管理条例》"
            "第十九条一次性告知需要补正的材料：",
            "{corrections}",
            "请您按上述内容准备齐全后重新提出申请，已填写的内容可以直接带入新的申请。",
        ),
        optional=("reason",),
    ),
    _letter(
        LetterKind.APPROVAL,
        "准予决定书",
        (
            "您提出的“{item_name}”申请，经审查，符合规定的条件，本单位决定准予。",
            "{content}",
            "{conditions}",
        ),
        rows=(("决定依据", "{basis}"), ("决定方式", "{manner}")),
        optional=("content", "conditions", "manner"),
    ),
    _letter(
        LetterKind.REJECTION,
        "不予决定书",
        (
            "您提出的“{item_name}”申请，经审查，本单位决定不予批准。",
            "理由：{reason}",
            "依据：{basis}",
            _APPEAL,
        ),
        optional=("review_channel",),
    ),
    _letter(
        LetterKind.EXTENSION,
        "延长办理期限告知书",
        (
            "您提出的“{item_name}”申请，因情形复杂，经本机关负责人批准，依照《市场主体登记管理条例》第十九条，"
            "办理期限延长{more}。",
            "情形：{reason}",
            "我们将在{due_on}前作出决定。",
        ),
    ),
    _letter(
        LetterKind.EXTENSION,
        "延长办理期限告知书",
        (
            "您提出的“{item_name}”申请，因情形复杂，经本机关负责人批准，依照{basis}，"
            "办理期限延长{more}。",
            "情形：{reason}",
            "我们将在{due_on}前作出决定。",
        ),
        version=2,
    ),
    _letter(
        LetterKind.REVOCATION,
        "撤销决定告知书",
        (
            "您要求由工作人员复核“{item_name}”自动作出的决定。经复核，本单位撤销该决定，由工作人员重新办理。",
            "理由：{reason}",
            "{effect}",
            "我们将在{due_on}前重新作出决定。",
            _APPEAL,
        ),
        optional=("effect", "review_channel"),
    ),
    _letter(
        LetterKind.REGISTRATION,
        "登记通知书",
        (
            "您提出的“{item_name}”申请，申请材料齐全、符合法定形式，本机关依照《市场主体登记管理条例》第十九条予以登记。",
            "登记内容：{content}",
            "营业执照签发日期为成立日期（《市场主体登记管理条例》第二十一条）。",
        ),
        rows=(("统一社会信用代码", "{uscc}"), ("登记日期", "{registered_on}")),
        optional=("uscc", "content"),
    ),
    _letter(
        LetterKind.REFUSAL_OF_REGISTRATION,
        "不予登记通知书",
        (
            "您提出的“{item_name}”申请，本机关依照《市场主体登记管理条例》第二十条决定不予登记。",
            "理由：{reason}",
            "依据：{basis}",
            _APPEAL,
        ),
        optional=("review_channel", "basis"),
    ),
    _letter(
        LetterKind.UNDERTAKING,
        "容缺受理承诺书",
        ("{told}", "我承诺：", "{declared}"),
        code="undertaking-of-late-materials",
        rows=_SIGNED,
    ),
    _letter(
        LetterKind.UNDERTAKING,
        "告知承诺书",
        ("{told}", "我承诺：", "{declared}"),
        code="undertaking-of-commitment",
        rows=_SIGNED,
    ),
    _letter(
        LetterKind.CORRECTION_ORDER,
        "责令限期改正通知书",
        (
            "您在办理“{item_name}”时作出了书面承诺。经核查，下列情况和承诺不符：",
            "{corrections}",
            "依照{basis}，责令您在{correct_by}前改正。改好后请在“我的办件”里告诉我们，我们来复查；"
            "逾期不改正，或者改正后仍不符合要求的，依法撤销已经作出的决定。",
            _APPEAL,
        ),
        optional=("review_channel",),
    ),
    _letter(
        LetterKind.WITHDRAWAL,
        "终止办理通知书",
        ("您于{withdrawn_on}撤回了“{item_name}”申请，本单位终止办理。您可以随时重新提出申请。",),
        optional=("reason",),
    ),
    _letter(
        LetterKind.DELIVERY,
        "送达回证",
        ("下列文书已按您确认的方式送达。",),
        rows=(
            ("送达文书", "{documents}"),
            ("受送达人", "{addressee}"),
            ("送达方式", "{manner}"),
            ("送达时间", "{delivered_at}"),
            ("备注", "{remark}"),
        ),
        optional=("remark",),
    ),
    _letter(
        LetterKind.DELIVERY,
        "送达回证",
        ("下列文书已按您确认的方式送达。",),
        version=2,
        rows=(
            ("送达文书", "{documents}"),
            ("受送达人", "{addressee}"),
            ("签收人", "{receiver}"),
            ("送达方式", "{manner}"),
            ("送达时间", "{delivered_at}"),
            ("备注", "{remark}"),
        ),
        optional=("remark",),
    ),
    _letter(
        LetterKind.ACCEPTANCE,
        "受理通知书",
        (
            "您提出的“{item_name}”申请，本单位没有在收到申请材料之日起五个工作日内一次告知您需要补正的内容。"
            "依照《中华人民共和国行政许可法》第三十二条，自{accepted_on}收到申请材料之日起即为受理。",
            "办理期限从{accepted_on}起算，本单位将在{due_on}前作出决定。",
        ),
        code="acceptance-by-silence",
    ),
    _letter(
        LetterKind.APPROVAL,
        "准予延续决定书",
        (
            "您提出的“{item_name}”申请，本单位没有在{old_term}有效期届满前作出是否准予延续的决定。"
            "依照《中华人民共和国行政许可法》第五十条，视为准予延续，原许可的有效期自届满之日起延续。",
        ),
        code="renewal-by-silence",
        rows=(("依据", "{basis}"),),
        optional=("basis",),
    ),
    _letter(
        LetterKind.NOT_NEEDED,
        "不受理告知书",
        (
            "您提出的“{item_name}”申请，依法不需要取得行政许可，本单位不受理（《中华人民共和国行政许可法》第三十二条）。",
            "理由：{reason}",
            "{advice}",
            _APPEAL,
        ),
        optional=("advice", "basis", "review_channel"),
    ),
    _letter(
        LetterKind.TRANSFER,
        "转办告知书",
        (
            "您提出的“{item_name}”申请已转由{body}办理，不用您重新申请。",
            "原因：{reason}",
            "收到申请的日期仍是{received_on}，办理期限不重新计算。",
        ),
    ),
    _letter(
        LetterKind.TERMINATION,
        "终止办理决定书",
        (
            "您提出的“{item_name}”申请，本单位决定终止办理。",
            "理由：{reason}",
            "依据：{basis}",
            _APPEAL,
        ),
        optional=("basis", "review_channel"),
    ),
    _letter(
        LetterKind.SPECIAL_PROCEDURE,
        "特别程序告知书",
        (
            "您提出的“{item_name}”申请，需要进行{procedure}，自{began_on}开始，预计{expected_on}结束。",
            "原因：{reason}",
            "依照《中华人民共和国行政许可法》第四十五条，{procedure}所需时间不计算在办理期限内。",
        ),
    ),
    _letter(
        LetterKind.TAKING_BACK,
        "撤销决定书",
        (
            "本单位对您的“{item_name}”申请作出的准予决定，现予以撤销。",
            "理由：{reason}",
            "依据：{basis}",
            "{effect}",
            _APPEAL,
        ),
        optional=("basis", "effect", "review_channel"),
    ),
    _letter(
        LetterKind.REOPENING,
        "重新办理告知书",
        (
            "根据{ground}（{document}），本单位对您的“{item_name}”申请重新办理。",
            "{effect}",
            "我们将在{due_on}前重新作出决定，不用您重新申请。",
        ),
        optional=("effect",),
    ),
    _letter(
        LetterKind.FILING,
        "备案回执",
        ("您提交的“{item_name}”备案材料已于{filed_on}收到，材料齐全、符合规定形式，予以备案。",),
        rows=(("依据", "{basis}"),),
        optional=("basis",),
    ),
    _letter(
        LetterKind.STOP_OF_BENEFIT,
        "停发告知书",
        (
            "您领取的“{item_name}”，拟自{stop_from}起停发。",
            "理由：{reason}",
            "依据：{basis}",
            "您对此有异议的，请在{object_by}前告诉我们，我们核实后再作决定；在此之前不会停发。",
        ),
        optional=("basis", "case_no"),
    ),
    *LICENCE_LETTERS,
    _letter(
        LetterKind.HAND_OVER_LIST,
        "电子档案移交清册",
        (
            "依照《中华人民共和国档案法》第十五条、第三十九条，移交下列电子档案，共{count}件：",
            "{lines}",
            "每件档案包的完整摘要见随附的机器可读清册。",
        ),
        closing=(),
        optional=("case_no", "item_name"),
    ),
    _letter(
        LetterKind.DESTRUCTION_LIST,
        "电子档案销毁清册",
        (
            "下列电子档案保管期限届满，经鉴定不再保存，依照《中华人民共和国档案法实施条例》第二十四条销毁，共{count}件：",
            "{lines}",
            "鉴定意见：{reason}",
            "内容已经销毁，本清册永久保存。",
        ),
        rows=(("提出", "{proposed}"), ("确认", "{confirmed}")),
        closing=(),
        optional=("case_no", "item_name"),
    ),
    _letter(
        LetterKind.ONE_TIME_NOTICE,
        "一次性告知单",
        (
            "您咨询的“{item_name}”，要带的材料、怎么办、多久办好，一次告诉您：",
            "{who}",
            "{materials}",
            "{where}",
            "{limit}",
            "{fee}",
            "{conditions}",
            "{remark}",
            "这张单子只作告知，不是受理凭证。要求以办理当天的规定为准。",
        ),
        rows=(("依据", "{basis}"),),
        optional=(
            "basis",
            "case_no",
            "who",
            "materials",
            "where",
            "limit",
            "fee",
            "conditions",
            "remark",
        ),
    ),
)

TEMPLATES: Final[Mapping[tuple[str, int], Wording]] = MappingProxyType(
    {(wording.code, wording.version): wording for wording in _ALL}
)
NEWEST: Final[Mapping[str, Wording]] = MappingProxyType({w.code: w for w in _ALL})
