"""What happens in a hall: windows open, clerks begin and rest, numbers are called, people are served."""

from yiwang.capability.halls.actions.places import close_counter, open_counter, open_hall
from yiwang.capability.halls.actions.queue import call_again, call_next, miss, take_ticket
from yiwang.capability.halls.actions.screens import (
    end_pairing,
    offer_code,
    pair,
)
from yiwang.capability.halls.actions.sessions import (
    begin_session,
    end_session,
    note_applicant,
    note_case,
    note_consultation,
    note_draft,
    note_outcome,
    note_person,
    note_printed,
    note_signature,
)
from yiwang.capability.halls.actions.shifts import begin_shift, end_shift, pause, relieve, resume

__all__ = [
    "begin_session",
    "begin_shift",
    "call_again",
    "call_next",
    "close_counter",
    "end_pairing",
    "end_session",
    "end_shift",
    "miss",
    "note_applicant",
    "note_case",
    "note_consultation",
    "note_draft",
    "note_outcome",
    "note_person",
    "note_printed",
    "note_signature",
    "offer_code",
    "open_counter",
    "open_hall",
    "pair",
    "pause",
    "relieve",
    "resume",
    "take_ticket",
]
