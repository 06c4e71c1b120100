"""Questions about halls: what is there, who is being served, what happened that day."""

from yiwang.capability.halls.queries.counting import count_day
from yiwang.capability.halls.queries.places import (
    find_hall,
    get_counter,
    get_hall,
    list_counters,
    list_halls,
    list_lines,
)
from yiwang.capability.halls.queries.serving import (
    find_open_session,
    find_screen_session,
    find_shift,
    get_consultation,
    get_open_session,
    get_queue,
    get_screen_counter,
    get_session,
    get_shift,
    get_ticket,
    list_called,
    list_consultations,
    list_sessions,
)

__all__ = [
    "count_day",
    "find_hall",
    "find_open_session",
    "find_screen_session",
    "find_shift",
    "get_consultation",
    "get_counter",
    "get_hall",
    "get_open_session",
    "get_queue",
    "get_screen_counter",
    "get_session",
    "get_shift",
    "get_ticket",
    "list_called",
    "list_consultations",
    "list_counters",
    "list_halls",
    "list_lines",
    "list_sessions",
]
