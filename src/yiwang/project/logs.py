"""Log lines: JSON, one event one line, request id always, control characters escaped."""

from __future__ import annotations

import contextvars
import logging
from datetime import UTC, datetime
from typing import Any, Final

from pythonjsonlogger.json import JsonFormatter

from yiwang.kernel import masks

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")


class Formatter(JsonFormatter):
    """Adds the request id and hides what looks like an identity or phone number.

    Code must not log personal values at all; this catches the slip, it does not permit it.
    """

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        super().add_fields(log_data, record, message_dict)
        log_data["request_id"] = request_id.get()

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        """Aware and UTC, to the millisecond."""
        del datefmt
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")

    def format(self, record: logging.LogRecord) -> str:
        return masks.hide_numbers(super().format(record))


CONFIGURATION: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": Formatter,
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s",
            "rename_fields": {"asctime": "at", "levelname": "level", "name": "from"},
            "json_ensure_ascii": False,
        }
    },
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "json",
        }
    },
    "root": {"handlers": ["stdout"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.request": {"level": "CRITICAL"},  # told by our own middleware, once
        "django.server": {"level": "WARNING", "propagate": True},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "procrastinate": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        "fido2": {"level": "WARNING"},  # it names credentials
    },
}
