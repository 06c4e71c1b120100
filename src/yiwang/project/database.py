"""Which database, in which role: embedded under YIWANG_HOME, or the one behind DATABASE_URL."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final
from urllib.parse import quote

from yiwang.cloud.storage import queries as storage
from yiwang.cloud.storage.definitions import ANSWER_WITHIN, Address, DatabaseRole

#: The driver prepares only what ``mechanisms.statements`` asks it to, never what the ORM builds.
NEVER_BY_ITSELF: Final = 1_000_000


def as_owner() -> bool:
    """True in a process that changes tables: YIWANG_DATABASE_ROLE=owner, for migrations only."""
    return os.environ.get("YIWANG_DATABASE_ROLE") == "owner"


def chosen_address(home: Path) -> Address:
    """The address this process uses: the owner's for migrations, else the application's."""
    owner_url = os.environ.get("DATABASE_URL")
    if owner_url is None:
        role = DatabaseRole.OWNER if as_owner() else DatabaseRole.APP
        return storage.embedded_address(home, role)
    app_url = os.environ.get("DATABASE_APP_URL")
    return storage.parse_address(owner_url if as_owner() or not app_url else app_url)


def django_form(address: Address) -> dict[str, object]:
    """An address as Django's DATABASES wants it, with the limits every process keeps.

    A page's statement ends after five seconds; a server that does not even say so within eight is
    frozen. A migration may take long, and gives way when it waits for somebody else's lock.
    """
    owner, page = "-c statement_timeout=0 -c lock_timeout=2000", "-c statement_timeout=5000"
    limits = owner if as_owner() else page
    return {
        "ENGINE": "yiwang.cloud.storage.engine",
        "NAME": address.name,
        "USER": address.user,
        "PASSWORD": address.password,
        "HOST": address.host,
        "PORT": address.port,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        ANSWER_WITHIN: None if as_owner() else 8.0,
        "OPTIONS": {
            "options": f"{limits} -c timezone=UTC",
            "connect_timeout": 5,
            "prepare_threshold": NEVER_BY_ITSELF,
        },
        "TEST": {"NAME": f"test_{address.name}"},
    }


def as_url(address: Address) -> str:
    """The address as one line for a child's environment."""
    user, password, host = (
        quote(part, safe="") for part in (address.user, address.password, address.host)
    )
    port = f"&port={address.port}" if address.port else ""
    return f"postgresql://{user}:{password}@/{address.name}?host={host}{port}"
