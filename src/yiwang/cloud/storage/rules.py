"""Decisions about folders and processes, on plain values."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

from yiwang.cloud.storage.definitions import (
    NEWEST_SERVER,
    OLDEST_SERVER,
    SOCKET_PATH_LIMIT,
    Account,
)


def short_name(home: Path) -> str:
    """Twelve characters that stand for this installation in places outside it."""
    return hashlib.sha256(str(home).encode()).hexdigest()[:12]


def may_enter(status: Sequence[int], account: Account) -> bool:
    """True when the account may pass through a folder: ``status`` is (mode, uid, gid)."""
    mode, uid, gid = status
    if uid == account.uid:
        return bool(mode & stat.S_IXUSR)
    if gid == account.gid:
        return bool(mode & stat.S_IXGRP)
    return bool(mode & stat.S_IXOTH)


def socket_folder(folder: Path, *, name: str) -> Path:
    """Beside the data when the path is short enough, else a private folder under /tmp."""
    beside = folder / "sockets"
    if len(str(beside / ".s.PGSQL.5432")) < SOCKET_PATH_LIMIT:
        return beside
    return Path("/tmp") / f"yiwang-{name}"  # noqa: S108 # nosec B108 private, checked


def durability_problems(given: Mapping[str, str]) -> tuple[str, ...]:
    """Settings that would let a receipt be lost, as ``name = value``; empty when there are none.

    reliability: what a citizen was given a receipt for is never lost.
    """
    wrong = [
        f"{name} = {given[name]}" for name in ("fsync", "full_page_writes") if given[name] != "on"
    ]
    if given["synchronous_commit"] == "off":
        wrong.append("synchronous_commit = off")
    return tuple(wrong)


def is_supported(server_version: int) -> bool:
    """PostgreSQL 15 to 18."""
    return OLDEST_SERVER <= server_version < NEWEST_SERVER
