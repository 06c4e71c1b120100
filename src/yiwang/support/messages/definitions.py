"""Messages, the templates they come from, and the ports by which short messages and e-mails leave."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal

#: What a template may mention. Anything else is a spelling mistake in the pack.
VALUES = {
    "item_name": "事项名称",
    "case_no": "办件编号",
    "applicant": "申请人（脱敏）",
    "department": "部门",
    "department_name": "部门",
    "stops_on": "停发日期",
    "monthly_yuan": "每月金额（元）",
    "answer_by": "最晚答复日期",
    "received_on": "收到日期",
    "decided_on": "决定日期",
    "correct_by": "补正截止日期",
    "due_on": "到期日期",
    "evidence": "证据的网址",
    "no": "编号",
    "consumer": "使用部门",
    "provider": "提供部门",
    "state": "现在到了哪一步",
    "material": "材料名称",
    "next_step": "下一步",
    "reason": "原因",
    "remedy": "可以怎么做",
    "appeal": "救济途径",
    "result": "结果",
    "amount": "金额（元）",
    "month": "月份",
    "starts_on": "起始日期",
    "valid_until": "有效期至",
    "licence_name": "证照名称",
    "licence_no": "证照编号",
    "phone": "咨询电话",
    "place": "办理地点",
    "visit_at": "现场核查的时间",
    "officers": "现场核查的人员",
    "shelf_no": "架号",
    "courier": "寄递企业",
    "tracking": "运单号",
    "code": "验证码",
    "minutes": "分钟",
    "link": "网页地址",
    "title": "标题",
    "text": "正文",
}
_PLACEHOLDER = re.compile(r"\{([a-z_]*)\}")
LONGEST_SMS = 300
_LONGEST_TEXT = 2_000
_NO_MAIL = "否"


@dataclass(frozen=True, slots=True)
class Notice:
    """One template: title and text for the inbox, a short text for the phone ("" for none).

    ``email``: title and text go out as an e-mail too, to who gave an address.
    """

    name: str
    title: str
    text: str
    sms: str
    email: bool = True

    @property
    def placeholders(self) -> frozenset[str]:
        """The values it needs."""
        return frozenset(_PLACEHOLDER.findall(self.title + self.text + self.sms))


class CannotTell(Refusal):
    """The template does not exist, or a value it needs was not given."""

    status = 500
    sentence = "通知模板不存在或者缺少内容，通知没有发出。"
    remedy = "请事项管理员检查通知模板。"


class SmsState(StrEnum):
    WAITING = "WAITING"
    SENT = "SENT"


class EmailState(StrEnum):
    """``REFUSED``: the receiving side will never take it; ``DROPPED``: its reader gave the address up."""

    WAITING = "WAITING"
    SENT = "SENT"
    REFUSED = "REFUSED"
    DROPPED = "DROPPED"


class SmsDriver(Protocol):
    """The port to a short-message gateway: a settings name, a folder of its own per gateway."""

    def send(self, *, key: str, phone: str, text: str) -> str:
        """Hand over one message; ``key`` makes a repeated hand-over harmless. Returns its receipt.

        Raises on failure: the job is tried again.
        """
        ...


class EmailDriver(Protocol):
    """The port to a mail server: a settings name, a file of its own per way."""

    def send(self, *, key: str, address: str, title: str, text: str, written_at: datetime) -> str:
        """Hand over one e-mail in plain text; ``key`` marks a repeated one. Returns its receipt.

        Raises EmailRefused when the receiving side will never take it, and anything else when it
        is to be tried again. What it raises names no address: jobs note why they failed.
        """
        ...


class EmailRefused(Exception):
    """The mail server says that this address takes no mail; its number is the receipt."""


@dataclass(frozen=True, slots=True)
class AddressView:
    """An e-mail address as its owner sees it. ``refused_at``: when it last refused an e-mail."""

    masked: str
    confirmed_at: datetime
    refused_at: datetime | None


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message to one recipient, opened for that recipient."""

    key: str
    title: str
    text: str
    subject: str
    sent_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class SimulatedSms:
    """What the simulator's page shows: the phone masked, the text readable."""

    phone_masked: str
    text: str
    state: SmsState
    written_at: datetime


@dataclass(frozen=True, slots=True)
class SimulatedEmail:
    """What the simulator's page shows of an e-mail: the address masked, title and text readable."""

    address_masked: str
    title: str
    text: str
    state: EmailState
    written_at: datetime


def parse(name: str, source: str) -> Notice:
    """Read one ``notices/<name>.txt``. InvalidInput says what is wrong, by line or word.

    First lines ``标题：…``, if a short message goes out too ``短信：…``, and ``邮件：否`` if no e-mail
    is to; then an empty line and the text. ``{item_name}`` and its like are replaced by values; see
    ``VALUES``.
    """
    head, _, text = source.replace("\r\n", "\n").strip().partition("\n\n")
    fields = dict(re.findall(r"^(标题|短信|邮件)[：:][ ]*(.+)$", head, flags=re.MULTILINE))
    mail = fields.get("邮件", "").strip()
    notice = Notice(
        name,
        fields.get("标题", "").strip(),
        text.strip(),
        fields.get("短信", "").strip(),
        email=mail != _NO_MAIL,
    )
    problems = list(_problems(notice, head))
    if mail not in ("", _NO_MAIL):
        problems.append(FieldProblem(name, "“邮件：”一行只能写“否”。"))
    if problems:
        raise InvalidInput(f"通知模板 {name} 有错误。", fields=problems)
    return notice


def parse_pack_notice(name: str, source: str) -> Notice:
    """A pack's ``notices/<name>.txt``: like the platform's, or the bare text without a title.

    The bare text goes to the inbox under the platform's title for the same step, and to the phone
    when it is short enough. A pack says ``submitted`` where the platform says ``case-submitted``.
    """
    step = PACK_NAMES.get(
        name, name if name in WHOLE_NAMES or name.startswith("case-") else f"case-{name}"
    )
    if re.match(r"标题[：:]", source):
        notice = parse(name, source)
        return replace(notice, name=step)
    text = " ".join(source.split("\n")).strip()
    sms = f"【一网】{text}"
    notice = Notice(step, "-", text, sms if len(sms) <= LONGEST_SMS else "")
    problems = _problems(notice, "")
    if problems:
        raise InvalidInput(f"通知模板 {name} 有错误。", fields=problems)
    return Notice(step, "", text, notice.sms)


#: Steps for which packs use a shorter word than the platform.
PACK_NAMES = {
    "to-official": "case-to-person",
    "stopping": "entitlement-stopped",
    "granted": "entitlement-granted",
    "issued": "licence-issued",
}
#: Steps that are no case's: packs name them as the platform does.
WHOLE_NAMES = frozenset(
    ["correction-due-soon", "correction-overdue", "decision-revoked", "due-date-changed", 
     "entitlement-granted", "entitlement-stopped", "licence-issued", "remark-made", "review-invited",
     "visit-planned",
     "late-material-opened", "late-material-due-soon", "late-material-sent-back",
     "late-material-lapsed", "commitment-in-force", "commitment-kept", "correction-ordered",
     "correction-order-due-soon", "commitment-broken"]
)  # fmt: skip


def _problems(notice: Notice, head: str) -> list[FieldProblem]:
    checks = (
        (
            not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", notice.name),
            "文件名只能用小写字母、数字和连字符。",
        ),
        (not notice.title, "缺少“标题：”一行。"),
        (not notice.text, "标题下面要空一行，再写正文。"),
        (len(notice.text) > _LONGEST_TEXT, f"正文不能超过 {_LONGEST_TEXT} 字。"),
        (len(notice.sms) > LONGEST_SMS, f"短信不能超过 {LONGEST_SMS} 字。"),
        (
            any(not re.match(r"(标题|短信|邮件)[：:]", line) for line in head.splitlines()),
            "标题、短信和邮件各占一行，下面要空一行。",
        ),
        (
            bool(re.search(r"[{}]", _PLACEHOLDER.sub("", notice.title + notice.text + notice.sms))),
            "花括号没有配对，或者里面不是字段名。",
        ),
    )
    found = [FieldProblem(notice.name, sentence) for wrong, sentence in checks if wrong]
    unknown = sorted(notice.placeholders - VALUES.keys())
    return found + [FieldProblem(notice.name, f"不认识的字段 {{{word}}}。") for word in unknown]
