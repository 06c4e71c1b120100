"""Divisions and departments are loaded; a place says when its halls are open and how it looks."""

from yiwang.network.directory.actions.loading import (
    DATA,
    SHIPPED,
    SHIPPED_CUT_ON,
    close_division,
    load_divisions,
    load_shipped_divisions,
    register_department,
)
from yiwang.network.directory.actions.locality import close_day, open_day, set_hours, set_look

__all__ = [
    "DATA",
    "SHIPPED",
    "SHIPPED_CUT_ON",
    "close_day",
    "close_division",
    "load_divisions",
    "load_shipped_divisions",
    "open_day",
    "register_department",
    "set_hours",
    "set_look",
]
