"""Where the embedded server lives and who may do what in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

DATABASE: Final = "yiwang"
OLDEST_SERVER: Final = 150000
NEWEST_SERVER: Final = 190000  # exclusive
#: The key in DATABASES: seconds the server has for one answer; None: as long as it takes.
ANSWER_WITHIN: Final = "ANSWER_WITHIN"
SOCKET_PATH_LIMIT: Final = 100  # the kernel allows 107 characters


class DatabaseRole(StrEnum):
    """Three roles, so that a hole in the application cannot change tables or history."""

    ADMIN = "yiwang_admin"  # makes roles and the database; used at start-up only
    OWNER = "yiwang_owner"  # owns the tables; migrations
    APP = "yiwang_app"  # reads and writes rows; web, worker, sealer, clock


@dataclass(frozen=True, slots=True)
class Account:
    """The operating-system account the server runs as; None for the one we already are."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Placement:
    """Every folder of one embedded server. ``moved``: not under YIWANG_HOME, and why."""

    folder: Path
    data: Path
    sockets: Path
    program: Path  # the folder holding bin/, lib/, share/
    secrets: Path
    account: Account | None
    copy_program_from: Path | None = None
    moved: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """How one role reaches one database."""

    host: str  # a socket folder, or a host name
    name: str
    user: str
    password: str
    port: str = ""

    @property
    def conninfo(self) -> dict[str, str]:
        """Keyword arguments for psycopg."""
        given = {
            "host": self.host,
            "dbname": self.name,
            "user": self.user,
            "password": self.password,
            "port": self.port,
        }
        return {key: value for key, value in given.items() if value}
