"""Everything a finished case left, as files of its package. Titles say what a file is, never whose."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Final

from yiwang.capability.archives.checker import CASE, JOURNAL
from yiwang.capability.archives.definitions import Piece
from yiwang.capability.branches import queries as branches
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import CaseView
from yiwang.capability.commitments import queries as commitments
from yiwang.capability.conversations import queries as conversations
from yiwang.capability.conversations.definitions import RemarkView
from yiwang.capability.visits import queries as visits
from yiwang.kernel.actor import machine
from yiwang.mechanisms.files import queries as files
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.letters import queries as letters
from yiwang.support.letters.definitions import LetterFace, LetterState
from yiwang.support.licences import queries as licences
from yiwang.support.seals.refusals import NotSealed

_ARCHIVES: Final = machine("archives")
#: Of what a case shows, the parts that are its content; lights, buttons and masks are not.
_CASE_PARTS: Final = (
    "reference", "case_no", "item_code", "item_version", "item_name", "profile", "state", "state_label",
    "applicant_name", "on_behalf_of", "handed_in_by", "division_code", "department", "department_name",
    "body_name", "received_at", "instant", "deemed", "correction", "answers", "materials", "documents",
    "decision", "result", "special", "steps", "timeline", "delivered_by",
)  # fmt: skip
_NEVER: Final = frozenset({"acts", "clock", "may_write", "may_settle", "mine", "unread", "read"})
#: The newest messages come first; a conversation is read back from its end.
_FIRST: Final = 2**31 - 1


class _Numbered:
    """Gives out ``materials/001.pdf``: the place of a file, and nothing of its name."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def __call__(self, folder: str, title: str, file_key: str) -> Piece:
        stored = files.get_file(file_key)
        return self.made(folder, title, stored.kind.value, file_key=file_key)

    def made(self, folder: str, title: str, kind: str, **given: Any) -> Piece:
        number = self._counts[folder] = self._counts.get(folder, 0) + 1
        ending = {"JPEG": "jpg"}.get(kind, kind.lower())
        return Piece(f"{folder}/{number:03d}.{ending}", title, kind, **given)


def gather(case: CaseView, *, at: datetime) -> tuple[Piece, ...]:
    """All pieces of one case. Refuses TryLater while a PDF is being made or the journal is not sealed."""
    return tuple(_pieces(case, at))


def _pieces(case: CaseView, at: datetime) -> Iterator[Piece]:
    numbered = _Numbered()
    whole = {name: getattr(case, name) for name in _CASE_PARTS}
    yield as_json(CASE, "办件：申请表、决定、经过", whole)
    yield as_json("content/time-account.json", "时间账", case.time_account)
    if case.opinions:
        yield as_json("content/opinions.json", "签批意见", case.opinions)
    if case.rulings:
        yield as_json("content/rulings.json", "规则判断记录", case.rulings)
    for row in case.materials:
        if row.file_key:
            yield numbered("materials", row.name, row.file_key)
    yield from _letters(case, numbered)
    yield from _result(case, numbered, at)
    yield from _jointly(case, numbered, at)
    yield from _promises(case, at)
    extract = journal.extract(subject=case.reference, at=at)
    yield as_json(JOURNAL, "日志摘录和证明", extract)


def _letters(case: CaseView, numbered: _Numbered) -> Iterator[Piece]:
    for letter in letters.list_letters(case.reference):
        if letter.state == LetterState.UNPRINTABLE:
            face = letters.open_face(letter.key, subject=case.reference)
            yield numbered.made("letters", letter.title, "TXT", data=_as_text(face))
            continue
        opened = letters.open_pdf(letter.key, subject=case.reference)
        yield numbered.made("letters", letter.title, "PDF", data=b"".join(opened.chunks))


def _as_text(face: LetterFace) -> bytes:
    rows = [f"{label}：{value}" for label, value in face.rows]
    lines = [face.title, face.number, face.addressee, *face.paragraphs, *rows, *face.closing]
    return "\n".join([*lines, face.body, face.dated, face.mark]).encode()


def _result(case: CaseView, numbered: _Numbered, at: datetime) -> Iterator[Piece]:
    licence = licences.find_case_licence(case.reference, at=at)
    if licence is None:
        return
    versions = licences.list_versions(licence.key, at=at)
    yield as_json("content/licence.json", "电子证照", versions)
    if licence.seal_wait:
        raise NotSealed(licence.seal_wait)
    if licence.pdf_ready:
        opened = licences.open_pdf(licence.key, _ARCHIVES)
        title = f"电子证照：{licence.name}"
        yield numbered.made("result", title, "PDF", data=b"".join(opened.chunks))


def _jointly(case: CaseView, numbered: _Numbered, at: datetime) -> Iterator[Piece]:
    asked = branches.list_case_branches(case.key, _ARCHIVES, at=at)
    if asked:
        yield as_json("content/branches.json", "并联审批、征求意见和专家评审", asked)
    for branch in asked:
        for one in branch.files:
            yield numbered("branches", f"附件：{branch.title}", one.key)
    made = visits.list_case_visits(case.key, _ARCHIVES, at=at)
    if made:
        yield as_json("content/visits.json", "现场核查记录", made)
    for visit in made:
        for photograph in visit.photographs:
            title = f"现场核查照片 {photograph.number}"
            yield numbered("visits", title, photograph.file_key)
    yield from _talk(case, numbered, at)


def _talk(case: CaseView, numbered: _Numbered, at: datetime) -> Iterator[Piece]:
    said: list[RemarkView] = []
    before = _FIRST
    while True:
        page = conversations.get_conversation(case.key, _ARCHIVES, at=at, before=before)
        said = [*page.remarks, *said]
        if not page.earlier:
            break
        before = page.remarks[0].number
    if not said:
        return
    yield as_json("content/messages.json", "与申请人的留言", said)
    for remark in said:
        for one in remark.files:
            yield numbered("messages", f"留言 {remark.number} 的附件", one.key)


def _promises(case: CaseView, at: datetime) -> Iterator[Piece]:
    late = commitments.list_tolerances(case=case.reference, at=at)
    commitment = commitments.find_case_commitment(case.reference, _ARCHIVES, at=at)
    if late or commitment:
        found = {"tolerances": late, "commitment": commitment}
        yield as_json("content/promises.json", "容缺和告知承诺", found)


def as_json(path: str, title: str, value: object) -> Piece:
    """A value as a JSON file anybody can read."""
    text = json.dumps(plain(value), ensure_ascii=False, indent=1)
    return Piece(path, title, "JSON", data=text.encode())


def plain(value: object) -> Any:
    """Dataclasses and what is in them as plain JSON values; what only a page needs is left out."""
    if is_dataclass(value) and not isinstance(value, type):
        own = (one.name for one in fields(value) if one.name not in _NEVER)
        return {name: plain(getattr(value, name)) for name in own}
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    return value


def is_over(case: CaseView, *, at: datetime) -> str:
    """What about the case is still open, in words; "" when nothing is."""
    if not cases.has_ended(case.key):
        return "办件还没有办结"
    if any(clock.stopped_on is None for clock in case.clocks):
        return "还有期限在走"
    commitment = commitments.find_case_commitment(case.reference, _ARCHIVES, at=at)
    if commitment is not None and commitment.clock is not None:
        return "承诺核查还没有结束"
    late = commitments.list_tolerances(case=case.reference, at=at)
    return "容缺材料还没有处理完" if any(one.state == "OPEN" for one in late) else ""
