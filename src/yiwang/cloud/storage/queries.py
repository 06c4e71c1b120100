"""Where the database of this installation is."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from yiwang.cloud.storage import placement, roles, server
from yiwang.cloud.storage.definitions import DATABASE, Address, DatabaseRole


def embedded_address(home: Path, role: DatabaseRole) -> Address:
    """How a role reaches the embedded server of this installation, running or not."""
    return server.address(placement.choose(home), role, name=DATABASE)


def embedded_data(home: Path) -> Path:
    """Where the embedded server's data of this installation lies, or would lie."""
    return placement.choose(home).data


def embedded_folder(home: Path) -> Path:
    """The folder of the embedded server, which may be outside the installation's home."""
    return placement.choose(home).folder


def is_empty(address: Address, table: str) -> bool:
    """No row in a table, or no such table yet."""
    return roles.is_empty(address, table)


def migrations(address: Address) -> frozenset[tuple[str, str]]:
    """What has been done to a database's tables; nothing for a fresh one."""
    return roles.migrations(address)


def parse_address(url: str) -> Address:
    """``postgresql://user:password@host:port/name`` or ``?host=/socket/folder``."""
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    return Address(
        host=asked.get("host", [parts.hostname or ""])[0],
        name=parts.path.lstrip("/"),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        port=str(asked.get("port", [parts.port or ""])[0]),
    )
