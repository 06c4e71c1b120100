"""The applicant confirms what stands in the form: on the pad, or on paper."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from yiwang.capability.halls import actions as halls
from yiwang.capability.halls import queries as hall_queries
from yiwang.capability.halls.definitions import NotPrinted, SessionView, Signing
from yiwang.capability.intake import queries as intake
from yiwang.capability.intake.definitions import AnswerRow
from yiwang.capability.journey import supplying
from yiwang.capability.materials.definitions import MaterialView, Supply
from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel.actor import Actor
from yiwang.kernel.actor import machine as platform
from yiwang.kernel.refusals import NotFound, VersionConflict
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files.definitions import StoredFile

#: The applicant's screen at the window.
SCREEN: Final = platform("screen")
_BY_HAND: Final = (Supply.UPLOADED, Supply.REUSED, Supply.PROMISED, Supply.COMMITTED)


@dataclass(frozen=True, slots=True)
class Filled:
    """What the applicant confirms: the form in words, the papers handed over, and their digest."""

    applicant_name: str
    item_name: str
    rows: tuple[AnswerRow, ...]
    materials: tuple[MaterialView, ...]
    digest: str


def get_filled(session: SessionView) -> Filled | None:
    """The form as it stands, for the applicant's screen and the paper; None before there is one.

    Whoever calls has the turn: its clerk, or the screen that is paired with its window.
    """
    if not session.draft:
        return None
    draft = intake.get_draft(session.draft, SCREEN)
    form = intake.get_form(draft.item_code, draft.item_version)
    rows = intake.answer_rows(
        form,
        draft.answers,
        prefilled=draft.prefilled,
        file_names=intake.list_attachments(draft.key, SCREEN),
        looked_up=draft.looked_up,
    )
    supplied = supplying.list_supplied(draft)
    name = libraries.get_name(session.applicant)
    return Filled(name, session.item_name, rows, supplied, _digest(session, rows, supplied))


def _digest(
    session: SessionView, rows: Sequence[AnswerRow], supplied: Sequence[MaterialView]
) -> str:
    """SM3 over what is confirmed: for whom, which item, every answer, every paper handed over."""
    papers = [
        [one.material, one.supply.value, [file.digest for file in one.files]]
        for one in supplied
        if one.supply in _BY_HAND
    ]
    said = [
        session.applicant, session.item_code, session.item_version,
        [[row.field, row.value] for row in rows], papers,
    ]  # fmt: skip
    return crypto.digest(json.dumps(said, ensure_ascii=False).encode())


def is_signed(session: SessionView, filled: Filled | None) -> bool:
    """Did the applicant confirm exactly this?"""
    return filled is not None and session.signed_digest == filled.digest


@transaction.atomic
def print_form(*, session_key: str, actor: Actor, at: datetime) -> Filled:
    """The form as it stands goes on paper, to be read and signed. ``NotFound`` before there is one."""
    session = hall_queries.get_open_session(session_key, actor)
    filled = get_filled(session)
    if filled is None:
        raise NotFound("还没有申请表。", "请先选要办的事。")
    halls.note_printed(session=session.key, digest=filled.digest, actor=actor, at=at)
    return filled


@transaction.atomic
def sign_on_paper(*, session_key: str, actor: Actor, at: datetime) -> SessionView:
    """The printed form was signed and is kept. ``NotPrinted``: it is not what stands here now."""
    session = hall_queries.get_open_session(session_key, actor)
    filled = get_filled(session)
    if filled is None or session.printed_digest != filled.digest:
        raise NotPrinted
    return halls.note_signature(
        session=session.key, signing=Signing.PAPER, digest=filled.digest, file="", actor=actor,
        at=at,
    )  # fmt: skip


def find_on_screen(token: str) -> tuple[SessionView | None, Filled | None]:
    """What the applicant's screen shows now. ``NotPaired``."""
    session = hall_queries.find_screen_session(token)
    return session, get_filled(session) if session else None


@transaction.atomic
def sign_on_screen(*, token: str, digest: str, picture: StoredFile, at: datetime) -> SessionView:
    """在签字板上签: the picture is kept with the turn. ``NotPaired``, ``VersionConflict``, ``TurnOver``."""
    session = hall_queries.find_screen_session(token)
    if session is None:
        raise VersionConflict("现在没有要签的申请表。", "请等窗口人员。")
    _insist_on_same(session, digest)
    files.attach(key=picture.key, subject=session.reference, at=at)
    return halls.note_signature(
        session=session.key, signing=Signing.PAD, digest=digest, file=picture.key, actor=SCREEN,
        at=at,
    )  # fmt: skip


def _insist_on_same(session: SessionView, digest: str) -> None:
    filled = get_filled(session)
    if filled is None or filled.digest != digest:
        raise VersionConflict("申请表刚刚又改过。", "请重新看一遍再签。")
