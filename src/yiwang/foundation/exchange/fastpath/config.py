"""What the process is told by its environment; the settings of Django are not read here."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import make_conninfo

from yiwang.cloud.storage import queries as storage
from yiwang.cloud.storage.definitions import DatabaseRole


@dataclass(frozen=True, slots=True)
class Config:
    """One exchange process."""

    home: Path
    node: str
    port: int
    database: str  # as libpq reads it
    is_registry: bool = True
    #: A part of a block is compared with the partner's when its last call must be over on both sides.
    countersign_after: float = 20.0
    #: The pauses between callbacks, as a share of the usual ones.
    callback_pace: float = 1.0
    #: Where this node's own pages listen on this machine, and a name they answer to.
    web_port: int = 8000
    web_host: str = "localhost"


def from_environment() -> Config:
    """EXCHANGE_PORT is ten above PORT unless it is given."""
    home = Path(os.environ["YIWANG_HOME"]).resolve()
    url = os.environ.get("DATABASE_URL")
    address = (
        storage.parse_address(url) if url else storage.embedded_address(home, DatabaseRole.APP)
    )
    port = os.environ.get("EXCHANGE_PORT") or str(int(os.environ.get("PORT", "8000")) + 10)
    return Config(
        home=home,
        node=os.environ.get("YIWANG_NODE", "62"),
        port=int(port),
        database=make_conninfo(**address.conninfo),
        is_registry=not os.environ.get("YIWANG_REGISTRY"),
        countersign_after=float(os.environ.get("YIWANG_COUNTERSIGN_AFTER", "20")),
        web_port=int(os.environ.get("PORT", "8000")),
        web_host=os.environ.get("YIWANG_HOSTS", "localhost").split(",")[0].strip() or "localhost",
        callback_pace=float(os.environ.get("YIWANG_CALLBACK_PACE", "1")),
    )
