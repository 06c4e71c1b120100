"""谁看过我的资料: reads by officials and calls of the exchange about one person, in one list by time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.conf import settings

from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import CaseBrief
from yiwang.capability.catalogue import queries as catalogue
from yiwang.foundation.exchange import queries as exchange
from yiwang.foundation.exchange.definitions import CallStatus
from yiwang.foundation.exchange.queries import ReceiptView, ServiceView
from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.journal import queries as journal
from yiwang.mechanisms.journal.definitions import Entry
from yiwang.network.directory import queries as directory
from yiwang.network.nodes import queries as nodes
from yiwang.support.enquiries import actions as enquiries
from yiwang.support.enquiries import queries as enquiry_queries
from yiwang.support.enquiries.definitions import EnquiryKind, Look, Office
from yiwang.support.identity import queries as identity

#: How a call ended, in words.
RESULTS: Final[Mapping[str, str]] = {
    CallStatus.FOUND: "查到了",
    CallStatus.NOT_FOUND: "没有查到",
    CallStatus.REFUSED: "没有给",
    CallStatus.AWAY: "没有连上",
}
_KINDS: Final[Mapping[str, str]] = {
    "case": "办件",
    "draft": "草稿",
    "licence": "证照",
    "letter": "文书",
    "file": "材料",
    "person": "登记信息",
    "entitlement": "待遇",
}
_AUTHORITY: Final = "政务数据共享主管部门"
_PLATFORM: Final = "一体化平台"
_READ, _CALL = "read", "call"
_LONGEST_CURSOR: Final = 40


@dataclass(frozen=True, slots=True)
class LookRow:
    """One look at my data. ``subject``: the page it is about; ``result``: of a call only.

    ``enquiry``: the key of what I asked about it, "" when nothing.
    """

    key: str
    at: datetime
    who: str
    what: str
    purpose: str
    source: str = ""
    fields: tuple[str, ...] = ()
    result: str = ""
    item_name: str = ""
    case_no: str = ""
    subject: str = ""
    enquiry: str = ""
    looker: str = ""
    office: Office | None = None

    @property
    def is_call(self) -> bool:
        return self.key.startswith(_CALL)


@dataclass(frozen=True, slots=True)
class LookPage:
    """Looks, the newest first. ``next``: where the next page begins, "" at the end; ``reads_from``:
    where this one began in the journal, 0 at its newest."""

    rows: tuple[LookRow, ...]
    next: str
    reads_from: int = 0


def list_looks(actor: Actor, *, before: str = "", limit: int = 20) -> LookPage:
    """Everything anybody looked at of the actor's own; ``before``: where the last page ended."""
    reads_before, calls_before = _positions(before)
    number = _number_of(actor.applicant)
    entries = journal.list_reads_of(actor.applicant, before=reads_before, limit=limit + 1)
    calls = _calls(number, before=calls_before, limit=limit + 1)
    shown = _by_time(entries, calls)[:limit]
    rows = {
        row.key: row
        for row in (*_reads([o for o in shown if isinstance(o, Entry)]), *_receipts(shown, actor))
    }
    asked = enquiry_queries.find_asked(actor, list(rows))
    lines = [rows[_key(one)] for one in shown]
    more = len(entries) + len(calls) > limit
    return LookPage(
        tuple(replace(row, enquiry=asked.get(row.key, "")) for row in lines),
        _cursor(shown, before) if more else "",
        reads_before,
    )


def get_look(key: str, actor: Actor) -> LookRow:
    """One of them; ``NotFound`` when it is not a look at the actor's own data."""
    kind, _, digits = key.partition("-")
    if not digits.isdecimal() or len(digits) > 18:
        raise NotFound
    number, rows = int(digits), tuple[LookRow, ...]()
    if kind == _READ:
        found = journal.list_reads_of(actor.applicant, before=number + 1, limit=1)
        rows = _reads([one for one in found if one.entry_id == number])
    elif kind == _CALL:
        calls = _calls(_number_of(actor.applicant), before=number + 1, limit=1)
        rows = _receipts([one for one in calls if one.id == number], actor)
    if not rows:
        raise NotFound
    asked = enquiry_queries.find_asked(actor, [key])
    return replace(rows[0], enquiry=asked.get(key, ""))


def ask_about(*, key: str, kind: EnquiryKind, words: str, actor: Actor, at: datetime) -> str:
    """Ask the body that looked, or object; answers the enquiry's key. Refusals: ``NotFound``, and those
    of ``enquiries.ask``."""
    row = get_look(key, actor)
    what = "、".join([*([row.source] if row.source else []), *(row.fields or [row.what])])
    look = Look(key, row.at, row.who, what, row.purpose, row.case_no, row.looker)
    office = row.office or _office_of(row.looker)
    return enquiries.ask(look=look, office=office, kind=kind, words=words, actor=actor, at=at)


def _by_time(entries: Sequence[Entry], calls: Sequence[ReceiptView]) -> list[Entry | ReceiptView]:
    """The later of both heads first. Neither list is sorted anew: its cursor is its own order."""
    merged: list[Entry | ReceiptView] = []
    reads, asked = list(reversed(entries)), list(reversed(calls))
    while reads or asked:
        first = reads if not asked or (reads and reads[-1].at >= asked[-1].at) else asked
        merged.append(first.pop())
    return merged


def _key(one: Entry | ReceiptView) -> str:
    return f"{_READ}-{one.entry_id}" if isinstance(one, Entry) else f"{_CALL}-{one.id}"


def _reads(entries: Sequence[Entry]) -> tuple[LookRow, ...]:
    """The names of those who looked are asked for once."""
    names = identity.list_names({entry.actor for entry in entries})
    cases = {entry.subject for entry in entries if entry.subject.startswith("case:")}
    items = case_queries.list_item_names(sorted(cases))
    return tuple(
        LookRow(
            key=_key(entry),
            at=entry.at,
            who=names.get(entry.actor) or ("系统" if entry.actor_kind == "MACHINE" else "工作人员"),
            what=_KINDS.get(entry.subject.partition(":")[0], "资料"),
            purpose=entry.purpose,
            item_name=items.get(entry.subject, ""),
            subject=entry.subject,
            looker=entry.actor,
        )
        for entry in entries
    )


def _receipts(shown: Sequence[Entry | ReceiptView], actor: Actor) -> tuple[LookRow, ...]:
    calls = [one for one in shown if isinstance(one, ReceiptView)]
    if not calls:
        return ()
    briefs = case_queries.find_briefs([one.case_no for one in calls if one.case_no])
    services = {code: exchange.find_service(code) for code in {one.service for one in calls}}
    return tuple(
        _receipt(one, briefs.get(one.case_no), services[one.service], actor) for one in calls
    )


def _receipt(
    one: ReceiptView, case: CaseBrief | None, service: ServiceView | None, actor: Actor
) -> LookRow:
    """A case of somebody else's that names me is told by its item, without a way in."""
    office, item_name = _asker(one, case)
    mine = case is not None and case.applicant == actor.applicant
    draft = one.case_no if one.case_no.startswith("draft:") else ""
    titles = (
        {str(f["name"]): str(f.get("title") or f["name"]) for f in service.fields}
        if service
        else {}
    )
    return LookRow(
        key=_key(one),
        at=one.at,
        who=office.name if office else _node_name(one.from_node),
        what="登记信息",
        purpose=one.purpose,
        source=service.title if service else one.service,
        fields=tuple(titles.get(name, name) for name in one.fields),
        result=RESULTS[one.status],
        item_name=item_name,
        case_no=case.case_no if mine and case else "",
        subject=f"case:{case.key}" if mine and case else ("" if case else draft),
        office=office,
    )


def _asker(one: ReceiptView, case: CaseBrief | None) -> tuple[Office | None, str]:
    """The body whose case it is; before there is a case, the one whose item is being filled in."""
    if case is not None:
        return Office(case.division_code, case.department, case.department_name), case.item_name
    found = catalogue.find_item(one.item) if one.item else None
    if found is None or one.from_node != settings.NODE:
        return None, ""
    item = found.item
    return Office(item.division_code, item.department, item.department_name), item.name


def _office_of(looker: str) -> Office:
    """The body an official belongs to: its data officer answers; of all others the data authority."""
    account = identity.find_account(looker) if looker else None
    code = (account.department or "") if account else ""
    body = directory.find_departments([code]).get(code) if code else None
    if body is None:
        return Office(settings.NODE_DIVISION, "", _AUTHORITY)
    return Office(body.division_code, body.uscc, body.name)


def _node_name(code: str) -> str:
    if code == settings.NODE:
        return _PLATFORM
    found = nodes.find_node(code)
    return found.name if found else code


def _number_of(holder: str) -> str:
    """The number calls are found by."""
    if holder.startswith("person:"):
        return libraries.find_citizen_id(holder) or ""
    return libraries.get_organization(holder).uscc


def _calls(number: str, *, before: int, limit: int) -> tuple[ReceiptView, ...]:
    return exchange.list_calls_about(number, before=before, limit=limit) if number else ()


def _positions(cursor: str) -> tuple[int, int]:
    """Where both lists go on; 0 is their beginning."""
    first, _, second = cursor.partition("-")
    good = len(cursor) <= _LONGEST_CURSOR and first.isdecimal() and second.isdecimal()
    return (int(first), int(second)) if good else (0, 0)


def _cursor(shown: Sequence[Entry | ReceiptView], before: str) -> str:
    """Behind the last shown of each list; a list that showed nothing stays where it was."""
    reads, calls = _positions(before)
    for one in shown:
        if isinstance(one, Entry):
            reads = one.entry_id
        else:
            calls = one.id
    return f"{reads}-{calls}"
