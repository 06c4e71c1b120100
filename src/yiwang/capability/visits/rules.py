"""Who may be sent, when a record is complete, what two signatures mean. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Final

from yiwang.capability.cases.definitions.jointly import CheckPoint
from yiwang.capability.visits.definitions import (
    FEWEST_OFFICERS,
    OPEN_STATES,
    Answer,
    Finding,
    Record,
    Result,
)

LONGEST_TEXT: Final = 1000
MOST_PHOTOGRAPHS: Final = 40
MOST_OFFICERS: Final = 6
Wrong = tuple[tuple[str, str], ...]


def plan_problems(
    officers: Sequence[str],
    colleagues: Collection[str],
    *,
    planned_on: date,
    today: date,
    place: str,
) -> Wrong:
    """(field, sentence): two or more different colleagues with the right to it (行政许可法 34 III)."""
    found = []
    if len(set(officers)) < FEWEST_OFFICERS or len(set(officers)) != len(officers):
        found.append(("officers", "要指派两名以上不同的工作人员（行政许可法第三十四条）。"))
    elif len(officers) > MOST_OFFICERS:
        found.append(("officers", f"最多指派 {MOST_OFFICERS} 名。"))
    elif not set(officers) <= set(colleagues):
        found.append(("officers", "只能指派本单位有核查权限的工作人员，申请人本人不能。"))
    if planned_on < today:
        found.append(("planned_on", "不能安排在过去的日子。"))
    if not place.strip() or len(place) > LONGEST_TEXT:
        found.append(("place", "请写明去哪里核查。"))
    return tuple(found)


def record_problems(record: Record, checklist: Sequence[CheckPoint], *, complete: bool) -> Wrong:
    """(field, sentence) for what cannot be kept, or, when ``complete``, cannot be signed.

    “Conforms” needs every point met or not applicable; a point not met needs words.
    """
    found = []
    keys = {point.key for point in checklist}
    for key, answer in record.answers.items():
        if key not in keys or answer.finding not in ("", *Finding):
            found.append((f"point-{key}", "核查表里没有这一项。"))
        elif len(answer.note) > LONGEST_TEXT:
            found.append((f"point-{key}", f"最多写 {LONGEST_TEXT} 字。"))
    if record.result not in ("", *Result):
        found.append(("result", "请选核查结论。"))
    for field in ("remarks", "present", "statement"):
        if len(getattr(record, field)) > LONGEST_TEXT:
            found.append((field, f"最多写 {LONGEST_TEXT} 字。"))
    if complete and not found:
        found = list(_incomplete(record, checklist))
    return tuple(found)


def _incomplete(record: Record, checklist: Sequence[CheckPoint]) -> Wrong:
    found = []
    failed = False
    for point in checklist:
        answer = record.answers.get(point.key, Answer(""))
        if not answer.finding:
            found.append((f"point-{point.key}", f"还没有核查“{point.text}”。"))
        if answer.finding == Finding.FAILS:
            failed = True
            if not answer.note.strip():
                found.append((f"point-{point.key}", f"“{point.text}”不符合，请写明情况。"))
    if not record.result:
        found.append(("result", "请选核查结论。"))
    elif record.result == Result.CONFORMS and failed:
        found.append(("result", "有一项不符合，结论不能是符合要求。"))
    elif record.result == Result.DOES_NOT_CONFORM and not failed and not record.remarks.strip():
        found.append(("remarks", "各项都符合，结论却是不符合要求，请写明为什么。"))
    return tuple(found)


def all_signed(officers: Collection[str], signed: Mapping[str, str], digest: str) -> bool:
    """Every officer, two at least, signed this very record."""
    agreeing = {who for who, what in signed.items() if what == digest}
    return len(set(officers)) >= FEWEST_OFFICERS and set(officers) <= agreeing


def blocks(state: str) -> bool:
    """Until it is recorded, skipped or closed, the case is not approved."""
    return state in OPEN_STATES


def in_time(done_on: date, due_on: date | None) -> bool:
    """Recorded on or before the last day."""
    return due_on is None or done_on <= due_on
