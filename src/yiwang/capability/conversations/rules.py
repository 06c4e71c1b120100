"""Whose turn it is after a message, and when one is too much. Pure."""

from __future__ import annotations

from typing import Final

from yiwang.capability.conversations.definitions import Side, Turn

LONGEST_TEXT: Final = 1000
MOST_FILES: Final = 5
#: Messages of one side in a row before the other answers: enough to explain, not enough to flood.
MOST_IN_A_ROW: Final = 10


def turn_after(side: str, *, asks: bool, before: str) -> Turn:
    """The applicant always expects an answer; the office only when it asks. A plain word of the office
    answers what waited for it, and leaves what waits for the applicant waiting."""
    if side == Side.APPLICANT:
        return Turn.OFFICE
    if asks:
        return Turn.APPLICANT
    return Turn.APPLICANT if before == Turn.APPLICANT else Turn.NOBODY


def turn_label(turn: str, *, reader: str) -> str:
    """The same for both, in the reader's words."""
    if turn == Turn.NOBODY:
        return "现在没有等谁回复"
    if reader == turn:
        return "等您回复"
    return "等承办人回复" if turn == Turn.OFFICE else "等申请人回复"


def problems(text: str, files: int, in_a_row: int) -> tuple[tuple[str, str], ...]:
    """(field, sentence) for what cannot be taken."""
    found = []
    if not text.strip():
        found.append(("text", "请写下要说的话。"))
    elif len(text) > LONGEST_TEXT:
        found.append(("text", f"最多写 {LONGEST_TEXT} 字。"))
    if files > MOST_FILES:
        found.append(("files", f"一次最多 {MOST_FILES} 个文件。"))
    if in_a_row >= MOST_IN_A_ROW:
        found.append(("text", "已经连着留了很多条，请等对方回复；急事请打 12345。"))
    return tuple(found)
