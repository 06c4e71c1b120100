"""办什么: a draft begins or is taken up, and registers fill in what they know."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.catalogue.definitions import Item
from yiwang.capability.halls import actions as halls
from yiwang.capability.halls import queries as hall_queries
from yiwang.capability.halls.definitions import (
    NotAtThisWindow,
    SessionView,
)
from yiwang.capability.intake import actions as intake_actions
from yiwang.capability.intake import queries as intake
from yiwang.capability.intake.definitions import DraftRow, DraftView
from yiwang.capability.journey import applicant, supplying
from yiwang.capability.journey.counter.who import acting
from yiwang.kernel.actor import Actor, Role
from yiwang.kernel.moments import legal_date


def may_take(session: SessionView, item: Item, actor: Actor) -> bool:
    """收件权: a window clerk where the item is handled, at its own or a comprehensive window."""
    here = session.counter.department in ("", item.department)
    return here and Role.WINDOW_CLERK in actor.roles_at(item.division_code, item.department)


def list_prepared(session: SessionView, actor: Actor, *, at: datetime) -> tuple[DraftRow, ...]:
    """What the applicant began to fill in at home, and this window takes."""
    if not session.applicant or session.case:
        return ()
    rows = intake.list_drafts(acting(session, actor, at), at=at, limit=20).rows
    return tuple(
        row
        for row in rows
        if row.key != session.draft
        and may_take(session, catalogue.get_content(row.item_code, row.item_version), actor)
    )


def choose_item(
    *, session_key: str, item_code: str, questions: Mapping[str, str], actor: Actor, at: datetime
) -> SessionView:
    """办什么: a draft begins, registers fill in what they know. No transaction around.

    Refusals: ``NotAtThisWindow``, and those of ``journey.start``.
    """
    session = hall_queries.get_open_session(session_key, actor)
    version = catalogue.get_item(item_code, on=legal_date(at))
    if not may_take(session, version.item, actor):
        raise NotAtThisWindow
    who = acting(session, actor, at)
    with transaction.atomic():
        draft = applicant.start(item_code=item_code, actor=who, at=at, questions=questions)
        session = _note_draft(session, draft, actor, at)
    _fill_in(draft, who, at)
    return session


def take_up(*, session_key: str, draft_key: str, actor: Actor, at: datetime) -> SessionView:
    """接着办: what was begun at home. ``NotFound`` for another's draft, ``NotAtThisWindow``."""
    session = hall_queries.get_open_session(session_key, actor)
    who = acting(session, actor, at)
    draft = intake.get_draft(draft_key, who)
    if draft.submitted_case:
        raise intake_actions.AlreadyHandedIn
    if not may_take(session, catalogue.get_content(draft.item_code, draft.item_version), actor):
        raise NotAtThisWindow
    with transaction.atomic():
        session = _note_draft(session, draft, actor, at)
    _fill_in(draft, who, at)
    return session


def _note_draft(session: SessionView, draft: DraftView, actor: Actor, at: datetime) -> SessionView:
    item = catalogue.get_content(draft.item_code, draft.item_version)
    return halls.note_draft(
        session=session.key, item_code=draft.item_code, item_name=item.name,
        item_version=draft.item_version, draft=draft.key, actor=actor, at=at,
    )  # fmt: skip


def _fill_in(draft: DraftView, who: Actor, at: datetime) -> None:
    """What registers know is there before the clerk types: answers, then papers."""
    told = intake.prefill(draft, who, at=at)
    with transaction.atomic():
        intake_actions.keep_prefilled(draft_key=draft.key, found=told.found, actor=who, at=at)
    supplying.fetch_materials(draft_key=draft.key, actor=who, at=at)
